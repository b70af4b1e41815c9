"""Save and load the sensor track's models and windows as bundles: see :func:`common.save_bundle`.

Importing this package registers all kinds of ``har``. A loaded model predicts exactly as the saved one did. Bundles
store parameters and what ``fit`` learned; what is derived from these for speed is rebuilt.
"""

from har.bundles import (
    classifiers as classifiers,
    streaming as streaming,
    transformers as transformers,
    windows as windows,
)
