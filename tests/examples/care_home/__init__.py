"""Tests of the care home: each folder stands where its modules stand."""
