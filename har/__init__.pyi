from . import datasets as datasets, plotting as plotting, preprocessing as preprocessing
from .dtw.distance import (
    dtw_distance as dtw_distance,
    dtw_path as dtw_path,
    lb_keogh as lb_keogh,
    lb_kim as lb_kim,
    pairwise_dtw as pairwise_dtw,
)
from .embedded.c_export import export_c as export_c
from .embedded.export.report import CExport as CExport
from .neighbors import DTWKNeighborsClassifier as DTWKNeighborsClassifier
from .prototypes import DTWPrototypeClassifier as DTWPrototypeClassifier
from .recordings import Recordings as Recordings
from .selection import validate_neighbors as validate_neighbors
from .streaming import Recognition as Recognition, StreamingRecognizer as StreamingRecognizer
from .windows import Windows as Windows, segment as segment, segment_at_peak as segment_at_peak

__version__: str
