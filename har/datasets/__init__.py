"""Published data sets of worn sensors as :class:`har.Recordings`, or :class:`har.Windows` where no more was published.

Every reader takes the folder that you downloaded; ``docs/data.md`` lists sources, licences and layouts.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
