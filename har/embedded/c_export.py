"""Export a recogniser as C99, for microcontrollers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.errors import InvalidInputError
from common.validation import check_choice, check_integer
from har.embedded.export.naming import check_name
from har.embedded.export.project import project_files
from har.embedded.export.report import CExport, report
from har.embedded.export.stages import plan
from har.embedded.export.writing import write_together
from har.embedded.fixed_point import from_pipeline
from har.embedded.recognizer import IntegerRecognizer

#: The exported code counts samples of a window in 16 bits.
_LONGEST_WINDOW = 65_535


def export_c(
    model: Any,
    directory: str | os.PathLike[str],
    *,
    bits: int | None = None,
    target: str = "c99",
    name: str = "recognizer",
    rate_hz: float | None = None,
    counts_per_unit: float | Sequence[float] | None = None,
    step_s: float | None = None,
    impact_above: float | None = None,
    impact_channels: Sequence[int] = (0, 1, 2),
    reject_above: float | None = None,
    max_flash_bytes: int | None = None,
    max_ram_bytes: int | None = None,
) -> CExport:
    """Write a fitted classifier, with the preprocessing before it, as a library in C99.

    The code needs no heap, floating point, recursion, division or other library, and its memory is known when it is
    compiled. Samples go in as counts of the sensor, one at a time; decisions come out, equal to the bit to those of
    :meth:`har.embedded.recognizer.IntegerRecognizer.stream`. On a Cortex-M4 and later it uses the DSP instructions, on
    a Cortex-M55 Helium, with the same results.

    The folder is a CMake project (``src``, ``examples/host``), an Arduino library (``library.properties``,
    ``examples/sketch``) and a Zephyr module (``zephyr``) at once. Programs include ``NAME.h`` and call two functions::

        static recognizer_state state;

        recognizer_start(&state);
        ...
        if (recognizer_push(&state, sample, &result)) {
            puts(recognizer_classes[result.class_index]);
        }

    Parameters
    ----------
    model : Pipeline, DTWPrototypeClassifier or IntegerRecognizer
        Fitted. What a pipeline may hold is told by :func:`har.embedded.fixed_point.from_pipeline`; an
        ``IntegerRecognizer`` is written as it is.
    directory : path
        Created if it does not exist. Files of an earlier export of that name are replaced, others are left alone.
    bits : {16, 8}, optional
        How prototypes are kept. None means as the classifier keeps them, or 16 if it keeps floating-point numbers.
    target : {"c99"}
        The language.
    name : str
        Of the files, and in front of all names in C.
    rate_hz, counts_per_unit, step_s, impact_above, impact_channels, reject_above
        As for :func:`har.embedded.fixed_point.from_pipeline`. The first two are needed unless ``model`` is an
        ``IntegerRecognizer``, which has all of them already.
    max_flash_bytes, max_ram_bytes : int, optional
        What the device has to spare. The code is estimated; the rest is exact.

    Returns
    -------
    CExport
        The files, and what they need: flash, RAM, cells, instructions, time and energy.

    Raises
    ------
    InvalidInputError
        For a step without an integer form, counts that would overflow, or what does not fit; the message has the
        numbers.

    Examples
    --------
    >>> import tempfile
    >>> import har, numpy as np
    >>> t = np.arange(32) / 16
    >>> X = np.array([np.sin(2 * np.pi * f * t) for f in (1, 2)] * 4)[:, :, None]
    >>> model = har.DTWPrototypeClassifier(1, method="medoid").fit(X, ["slow", "fast"] * 4)
    >>> exported = har.export_c(model, tempfile.mkdtemp(), rate_hz=16, counts_per_unit=1000)
    >>> exported.header.name, exported.prototype_bytes, exported.cells
    ('recognizer.h', 128, 424)
    """
    check_choice(target, "target", ("c99",))
    check_name(name)
    sensor = {
        "rate_hz": rate_hz,
        "counts_per_unit": counts_per_unit,
        "bits": bits,
        "step_s": step_s,
        "impact_above": impact_above,
        "reject_above": reject_above,
    }
    if isinstance(model, IntegerRecognizer):
        given = [argument for argument, value in sensor.items() if value is not None]
        if given:
            raise InvalidInputError(f"{', '.join(given)}: an IntegerRecognizer has these already, pass none of them")
        recognizer = model
    else:
        for argument in ("rate_hz", "counts_per_unit"):
            if sensor[argument] is None:
                raise InvalidInputError(f"{argument} is missing: samples come as counts of the sensor, at its rate")
        recognizer = from_pipeline(model, impact_channels=impact_channels, **sensor)  # type: ignore[arg-type]
    if recognizer.length > _LONGEST_WINDOW:
        raise InvalidInputError(
            f"windows have {recognizer.length:,} samples; 16 bits count up to {_LONGEST_WINDOW:,}: lower the rate of "
            "the sensor"
        )
    stages = plan(recognizer)
    exported = report(recognizer, stages, Path(directory), name)
    _check_fits(exported.flash_bytes, max_flash_bytes, "flash", exported.flash_parts)
    _check_fits(exported.ram_bytes, max_ram_bytes, "ram", exported.ram_parts)
    write_together(exported.directory, project_files(recognizer, stages, name))
    return exported


def _check_fits(n_bytes: int, limit: int | None, memory: str, parts: dict[str, int]) -> None:
    if limit is None or n_bytes <= check_integer(limit, f"max_{memory}_bytes"):
        return
    listed = ", ".join(f"{part} {size:,}" for part, size in parts.items())
    raise InvalidInputError(
        f"max_{memory}_bytes is {limit:,}, but the recogniser needs {n_bytes:,} ({listed}): use fewer prototypes, "
        "8 bits, a lower rate or shorter windows"
    )
