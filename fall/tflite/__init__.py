"""Convert networks to .tflite files, measure files without running them, and run them without TensorFlow.

Names are loaded on first use; ``__init__.pyi`` lists them.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
