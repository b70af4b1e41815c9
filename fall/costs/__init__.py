"""What does a network cost? Before it is converted, layer by layer; afterwards, read from its .tflite file."""

from fall.costs.network import keras_cost as keras_cost
from fall.tflite.inspection import (
    StoredSizes as StoredSizes,
    distinct_values as distinct_values,
    float_operators as float_operators,
    sparsity as sparsity,
    stored_sizes as stored_sizes,
    tflite_cost as tflite_cost,
    weight_counts as weight_counts,
)
