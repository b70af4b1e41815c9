"""Rooms and hub over an MQTT broker: the same signed messages, a last will, and the rooms in Home Assistant."""
