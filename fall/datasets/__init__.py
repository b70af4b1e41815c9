"""Published data sets, and folders of your own, as frame tables; tables -> pipelines for training.

A frame table is a pandas data frame with a row an image: ``path``, ``label`` (1 = fall), ``subject``, ``sequence``,
``activity``, and the person's box ``x``, ``y``, ``w``, ``h`` in pixels of the image where it is known.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
