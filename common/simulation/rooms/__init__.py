"""Where residents live: rooms with furniture, their light and surfaces, and the camera that watches."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
