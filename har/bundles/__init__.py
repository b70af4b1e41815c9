"""How the sensor track's models and windows are saved as bundles: see :func:`common.save_bundle`.

Importing this room registers all kinds of ``har``. What was loaded predicts as what was saved, to the bit. Stored are
parameters and what ``fit`` found; what is derived from that for speed is made anew.
"""

from har.bundles import (
    classifiers as classifiers,
    streaming as streaming,
    transformers as transformers,
    windows as windows,
)
