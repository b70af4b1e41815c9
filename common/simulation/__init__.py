"""Simulated residents in simulated rooms: one motion, measured by a worn sensor and seen by a room camera.

All output is labelled as simulated. It serves the offline demo, tests and load tests, and says nothing about how well a
model does on measured data.

Frames are frozen together with their test seeds (see scenario.py), and so are the test days (see day.py): they were
fixed before any model was evaluated on them. Compiled code (Numba) is loaded only when the first frame is drawn.

Modules of the subpackages are also loaded from here on first use; ``__init__.pyi`` lists them.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
