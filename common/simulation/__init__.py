"""Simulated residents in simulated rooms: one motion, felt by a worn sensor and seen by a room camera.

What comes out is always called simulated. It serves the offline demo, tests and load tests, and says nothing about
how well a model does on measured data.

Frames are frozen, with the seeds of their test (see scenario.py), and so are the days of the test (see day.py): what
is judged on them came after them. Compiled code (Numba) is loaded when the first frame is drawn, not before.
"""
