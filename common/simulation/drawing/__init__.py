"""From a scene to pixels: ray tracing, compiled by Numba and loaded when the first frame is drawn."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
