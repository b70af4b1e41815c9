"""What both tracks need: honest evaluation, a cost ledger, calibrated fusion, alarms.

Names are loaded on first use; ``__init__.pyi`` lists them.
"""

import lazy_loader as _lazy

from common import moved as _moved
from common.version import __version__

_moved.install()

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
__all__ += ["__version__"]
