"""Export a network as plain C99."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from common.errors import InvalidInputError
from fall.embedded.arena import plan_arena
from fall.embedded.chains import chain_rows
from fall.embedded.header import header
from fall.embedded.lowering import lower
from fall.embedded.project import cmake, example
from fall.embedded.report import CReport
from fall.embedded.source import source
from fall.tflite.embedded.decision import check_decidable
from fall.tflite.embedded.names import check_name
from fall.tflite.embedded.writing import write_together
from fall.tflite.model import CompressedModel


@dataclass(frozen=True)
class CExport:
    header: Path
    source: Path
    cmake: Path
    example: Path
    sha256: str
    report: CReport


def export_c(model: CompressedModel, directory: str | os.PathLike[str], *, name: str = "fall") -> CExport:
    if not isinstance(model, CompressedModel):
        raise InvalidInputError(f"model is a {type(model).__name__}; pass a CompressedModel, see fall.compress")
    check_name(name)
    check_decidable(model)
    sha256 = hashlib.sha256(model.tflite).hexdigest()
    program = lower(model.graph)
    chains = chain_rows(program)
    arena = plan_arena(program, chains)
    report = CReport(0, arena.n_bytes, model.graph.input.size, model.cost.macs)
    folder = Path(directory)
    exported = CExport(
        folder / f"{name}.h",
        folder / f"{name}.c",
        folder / f"{name}.cmake",
        folder / f"{name}_example.c",
        sha256,
        report,
    )
    write_together(
        {
            exported.header: header(model, arena, report, name, sha256),
            exported.source: source(model, program, chains, arena, name, sha256),
            exported.cmake: cmake(name, sha256),
            exported.example: example(name, sha256),
        }
    )
    return exported
