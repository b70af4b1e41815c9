from .c_array import CArray as CArray, export_c_array as export_c_array
from .classifier import TFLiteFallClassifier as TFLiteFallClassifier
from .conversion import (
    convert as convert,
    even_rows as even_rows,
    representative_images as representative_images,
)
from .inspection import (
    StoredSizes as StoredSizes,
    distinct_values as distinct_values,
    float_operators as float_operators,
    sparsity as sparsity,
    stored_sizes as stored_sizes,
    tflite_cost as tflite_cost,
    weight_counts as weight_counts,
)
from .layers.comparison import LayerComparison as LayerComparison, compare_layers as compare_layers
from .memory import peak_memory as peak_memory
from .micro import micro_arena as micro_arena
from .model import CompressedModel as CompressedModel
