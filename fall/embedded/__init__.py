"""A network as plain C99: the int8 operators of a .tflite file, without a library, a heap or floating point.

The file's operators become steps (``steps``, ``lowering``); neighbours that hand on rows become chains (``chains``);
what they write is placed in one array (``arena``); and the text is put together (``source``, ``header``, ``project``)
from the kernels in ``kernels/``, of which only those that are called are written.
"""
