"""What stands in a .tflite file, read and checked without running it, and without TensorFlow.

First every offset of the file (``flatbuffer``), then its tensors and operators (``reading``, ``tensors``), then whether
those fit one another (``rules``): runtimes trust all of it, and a damaged file would end the process.
"""

from fall.tflite.file.reading import read_classifier as read_classifier, read_graph as read_graph
from fall.tflite.file.tensors import (
    QUANTIZED as QUANTIZED,
    Graph as Graph,
    Operator as Operator,
    Tensor as Tensor,
)
