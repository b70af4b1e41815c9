"""Tests of worn sensors."""
