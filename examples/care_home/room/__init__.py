"""Beside the resident: sensors, classifiers, the monitor of the room, and a sound that needs no hub."""
