"""The simulated room camera: a motion gate on what it draws, a detector that errs, tracks that follow boxes alone."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
