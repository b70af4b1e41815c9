"""Readers of published data sets of worn sensors.

They return :class:`har.Recordings`, or :class:`har.Windows` where only windows were published. Every reader takes the
folder that you downloaded; ``docs/data.md`` lists sources, licences and layouts.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
