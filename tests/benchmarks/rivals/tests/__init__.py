"""Tests of the harness: what it chooses, stores, counts and reports."""
