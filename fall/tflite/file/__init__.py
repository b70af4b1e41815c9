"""The content of a .tflite file, checked and read without running it and without TensorFlow.

Every offset is checked (``flatbuffer``), then tensors and operators are read (``reading``, ``tensors``, ``packing``),
then it is checked that they fit one another (``rules``): every operator is one that image classifiers have, with its
own inputs, options, types, scales and shapes (``operators``, ``calls``, ``dtypes``, ``quantization``, ``shapes``,
``windows``). Runtimes check only a part of this, so a damaged or hostile file would crash the process.
"""

from fall.tflite.file.image_classifier import output_kind as output_kind, read_classifier as read_classifier
from fall.tflite.file.reading import read_graph as read_graph
from fall.tflite.file.tensors import (
    QUANTIZED as QUANTIZED,
    Graph as Graph,
    Operator as Operator,
    Tensor as Tensor,
)
