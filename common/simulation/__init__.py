"""Simulated residents in simulated rooms: one motion, seen by a room camera.

What comes out is always called simulated. It serves the offline demo, tests and load tests, and says nothing about
how well a model does on measured data.
"""
