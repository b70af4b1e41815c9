"""Worn sensors: a file, a phone, Bluetooth. All give acceleration in g and turning in degrees a second."""
