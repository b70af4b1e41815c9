"""Tests of rooms and hub over a broker."""
