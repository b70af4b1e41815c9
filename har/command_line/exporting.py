"""`har export-c`: a model as C99 for a microcontroller."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import common
import har
from common.command_line.options import Json, listed
from common.command_line.output import print_result
from common.command_line.running import explained
from common.errors import InvalidInputError
from har.command_line import options


@explained()
def export_c(
    model: options.Model,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the C project is written.")],
    counts_per_unit: Annotated[
        str,
        typer.Option(
            metavar="NUMBERS", help="What the sensor counts for one unit of a channel; or one for each, with commas."
        ),
    ],
    bits: options.Bits = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="Of the files, and in front of all names in C.")] = (
        "recognizer"
    ),
    rate_hz: Annotated[
        float | None, typer.Option(metavar="HERTZ", help="Samples per second; default: the model's.")
    ] = None,
    step_s: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="From one decision to the next; default: a window.")
    ] = None,
    max_flash_bytes: Annotated[
        int | None, typer.Option(metavar="BYTES", help="Refuse what takes more flash than this.")
    ] = None,
    max_ram_bytes: Annotated[
        int | None, typer.Option(metavar="BYTES", help="Refuse what takes more RAM than this.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a model as C99 without a library, heap or floating point.

    Samples go in as the sensor counts them: an accelerometer with 2048 counts for 1 g and channels in g has
    --counts-per-unit 2048.

    \b
      har export-c model model_c --counts-per-unit 2048 --bits 8
    """
    known = common.describe_bundle(model).trained_on
    exported = har.export_c(
        common.load_bundle(model),
        folder,
        bits=bits,
        name=name,
        rate_hz=known.rate_hz if rate_hz is None else rate_hz,
        counts_per_unit=_counts(counts_per_unit),
        step_s=step_s,
        max_flash_bytes=max_flash_bytes,
        max_ram_bytes=max_ram_bytes,
    )
    print_result(
        exported,
        {
            "folder": exported.directory,
            "header": exported.header,
            "flash_bytes": exported.flash_bytes,
            "flash_parts": exported.flash_parts,
            "ram_bytes": exported.ram_bytes,
            "ram_parts": exported.ram_parts,
            "cells": exported.cells,
            "instructions": exported.instructions,
        },
        as_json=as_json,
    )


def _counts(text: str) -> float | list[float]:
    try:
        numbers = [float(number) for number in listed([text])]
    except ValueError as error:
        raise InvalidInputError(f"--counts-per-unit is {text!r}; pass numbers, with commas between") from error
    if not numbers:
        raise InvalidInputError("--counts-per-unit is empty: pass a number, or one for each channel")
    return numbers[0] if len(numbers) == 1 else numbers
