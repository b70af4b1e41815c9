"""Simulated residents in simulated rooms: one motion, seen by a room camera.

What comes out is always called simulated. It serves the offline demo, tests and load tests, and says nothing about
how well a model does on measured data.

It is frozen, with the seeds of its test (see scenario.py): what is judged on these frames came after them. Compiled
code (Numba) is loaded when the first frame is drawn, not before.
"""
