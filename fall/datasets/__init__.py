"""Read published data sets and your own folders as frame tables, and turn tables into pipelines for training.

A frame table is a pandas data frame with a row for each image: ``path``, ``label`` (1 = fall), ``subject``,
``sequence``, ``activity``, and, where it is known, the person's box ``x``, ``y``, ``w``, ``h`` in pixels.

Names are loaded on first use; ``__init__.pyi`` lists them.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
