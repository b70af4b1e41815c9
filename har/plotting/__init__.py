"""Figures of signals, of warping paths and of prototypes, in the style of :mod:`common.plotting`.

Names are loaded on first use; ``__init__.pyi`` lists them. Matplotlib (extra ``demo``) is imported for the first
figure, not before.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
