"""Simulated residents in simulated rooms: one motion, felt by a worn sensor and seen by a room camera.

What comes out is always called simulated. It serves the offline demo, tests and load tests, and says nothing about
how well a model does on measured data.

Frames are frozen, with the seeds of their test (see scenario.py), and so are the days of the test (see day.py): what
is judged on them came after them. Compiled code (Numba) is loaded when the first frame is drawn, not before.

Modules of the inner rooms are found here, too, on first use; ``__init__.pyi`` lists them.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
