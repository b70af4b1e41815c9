"""Where a .tflite file holds numbers that are worth coding as numbers: its constants."""

from __future__ import annotations

import numpy as np

from common.optional import require
from fall.compression.storage.segments import Segment
from fall.tflite.file import Graph

# Bytes of a number, by its type in the schema; types of a byte or less are coded by the byte.
_WORD_BYTES = {0: 4, 1: 2, 2: 4, 4: 4, 7: 2}


def constant_segments(graph: Graph) -> list[Segment]:
    """The constants of a checked .tflite file, in the order in which they lie in it.

    Tensors may share a constant, which is listed once. What no tensor uses, such as metadata, is left out.
    """
    schema = require("ai_edge_litert.schema_py_generated", extra="edge", purpose="reading .tflite files")
    model = schema.Model.GetRootAs(graph.content, 0)
    first_byte = np.frombuffer(graph.content, np.uint8).ctypes.data
    found: dict[int, Segment] = {}
    for number in range(model.SubgraphsLength()):
        subgraph = model.Subgraphs(number)
        for tensor in (subgraph.Tensors(place) for place in range(subgraph.TensorsLength())):
            buffer = model.Buffers(tensor.Buffer())
            if buffer.DataLength() == 0:
                continue
            data = buffer.DataAsNumpy()
            word_bytes = _WORD_BYTES.get(tensor.Type(), 1)
            if len(data) % word_bytes:
                word_bytes = 1
            start = data.ctypes.data - first_byte
            found.setdefault(start, Segment(start, len(data) // word_bytes, word_bytes))
    return _without_overlaps(sorted(found.values(), key=lambda segment: segment.start))


def _without_overlaps(segments: list[Segment]) -> list[Segment]:
    """A file that nobody's converter wrote may hold one constant inside another."""
    kept: list[Segment] = []
    for segment in segments:
        if not kept or segment.start >= kept[-1].end:
            kept.append(segment)
    return kept
