"""Find people in video: from a file or a camera to tracked, square crops of each person.

Frames come from a source, a detector finds boxes in them, a tracker gives the boxes of one person one number, and
each is cut out as the data sets' crops are.

Names are loaded on first use; ``__init__.pyi`` lists them.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
