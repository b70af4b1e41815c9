"""`har stream`: samples in, decisions out, line by line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

import common
import har
from common.command_line.output import to_json
from common.command_line.running import explained
from common.errors import InvalidInputError
from har.command_line import options
from har.command_line.reading import units_of
from har.command_line.samples import samples

if TYPE_CHECKING:
    from har.streaming import Recognition, StreamingRecognizer

_STANDARD_INPUT = "-"


@explained()
def stream(
    model: options.Model,
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="A text file of samples below a header; - is standard input.")
    ] = _STANDARD_INPUT,
    time: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of time stamps.")] = None,
    time_unit: Annotated[
        str | None, typer.Option(metavar="UNIT", help="Unit of numeric time stamps: s, ms, us or ns; default: s.")
    ] = None,
    units: options.Units = None,
    step_s: Annotated[float, typer.Option(metavar="SECONDS", help="From one decision to the next.")] = 1.0,
    tolerance_s: Annotated[
        float, typer.Option(metavar="SECONDS", help="How late samples may come, by their time stamps.")
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON document a line, instead of CSV.")] = False,
) -> None:
    """Decide on samples as they come, a line for each window.

    Columns are found by the names that the model was trained on. A window with a gap of more than 200 ms has no label.
    Without --time, samples are taken to be evenly spaced.

    \b
      har stream model walks.csv --time seconds --units g
      sensor | har stream model --json
    """
    known = common.describe_bundle(model).trained_on
    if known.channels is None:
        raise InvalidInputError(f"the model {model} does not name its channels: save it with trained_on=windows")
    recognizer = har.StreamingRecognizer.from_bundle(model, step_s=step_s, tolerance_s=tolerance_s)
    show = _show_json if as_json else _show_csv
    if not as_json:
        _write_row(("time_s", "label", "probability"))
    with _opened(data) as lines:
        for sample in samples(lines, known.channels, time=time, time_unit=time_unit, units=units_of(units)):
            times = None if sample.time_s is None else [sample.time_s]
            for recognition in recognizer.push([sample.values], times):
                show(recognition, recognizer)


@contextmanager
def _opened(data: str) -> Iterator[TextIO]:
    if data == _STANDARD_INPUT:
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
        yield sys.stdin
    else:
        with open(data, encoding="utf-8-sig", errors="replace") as file:  # noqa: PTH123  (also a named pipe)
            yield file


def _show_csv(recognition: Recognition, recognizer: StreamingRecognizer) -> None:
    probability = f"{recognition.probabilities.max():.3f}" if recognition.available else ""
    label = recognition.label if recognition.available else ""
    _write_row((f"{recognition.time_s:.3f}", label, probability))


def _write_row(row: tuple[object, ...]) -> None:
    csv.writer(sys.stdout, lineterminator="\n").writerow(row)
    sys.stdout.flush()


def _show_json(recognition: Recognition, recognizer: StreamingRecognizer) -> None:
    labels = map(str, recognizer.classes_.tolist())
    document = {
        "time_s": recognition.time_s,
        "label": recognition.label,
        "available": recognition.available,
        "probabilities": dict(zip(labels, recognition.probabilities.tolist(), strict=True)),
    }
    print(to_json(document), flush=True)
