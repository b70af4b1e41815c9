"""The options that several commands of `har` share: where samples are, how windows are cut, what learns from them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[str],
    typer.Argument(metavar="DATA", help="Text files with a line for each sample; or folders, or patterns."),
]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a model that was saved by har train.")]
Out = Annotated[Path, typer.Option(metavar="FOLDER", help="Where the model is saved.")]

Time = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column of time stamps; without it, --rate-hz says the rate.")
]
Channels = Annotated[
    list[str], typer.Option(metavar="COLUMNS", help="Columns of measurements, with commas between, or one by one.")
]
Label = Annotated[str, typer.Option(metavar="COLUMN", help="Column of activities; or re:PATTERN, found in file names.")]
Subject = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Column of who wore the sensor; or re:PATTERN, found in file names."),
]
Recording = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Column that distinguishes recordings; by default files do.")
]
Units = Annotated[
    list[str] | None,
    typer.Option(
        metavar="UNIT",
        help="Unit of all columns, such as g; m/s²:g converts; ax=g is for one column, and may be repeated.",
    ),
]
RateHz = Annotated[float | None, typer.Option(metavar="HERTZ", help="Samples per second; default: by the time stamps.")]
TimeUnit = Annotated[
    str | None, typer.Option(metavar="UNIT", help="Unit of the time stamps: s, ms, us or ns; default: inferred.")
]

WindowS = Annotated[float, typer.Option(metavar="SECONDS", help="Length of a window.")]
Overlap = Annotated[float, typer.Option(metavar="SHARE", help="Share that two consecutive windows have in common.")]
AtPeak = Annotated[
    bool,
    typer.Option(
        "--at-peak", help="One window a recording, around its peak: if each is of one fall or one other movement."
    ),
]

TargetHz = Annotated[
    float | None, typer.Option(metavar="HERTZ", help="Rate at which windows are compared; default: about 12.5.")
]
JerkOf = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMNS",
        help="Columns of the acceleration: learn from the logarithm of its jerk, too, which keeps what is too fast for "
        "the rate at which windows are compared.",
    ),
]
Prototypes = Annotated[int, typer.Option(min=1, metavar="NUMBER", help="Prototypes that are learned for each class.")]
Band = Annotated[float, typer.Option(metavar="SHARE", help="Half-width of the warping band, as a share of a window.")]


class ReadoutKind(StrEnum):
    """How a window's distances to the prototypes become a decision."""

    nearest = "nearest"
    linear = "linear"
    joint = "joint"
    auto = "auto"


class AugmentKind(StrEnum):
    """How much windows are changed at random while a model learns."""

    none = "none"
    little = "little"
    much = "much"


Readout = Annotated[
    ReadoutKind,
    typer.Option(
        help="By the nearest prototype; linear, of all distances; joint, the same learned together with the "
        "prototypes; or auto, the better one of nearest and linear."
    ),
]
Augment = Annotated[
    AugmentKind,
    typer.Option(
        help="Change speed, strength and place of the motion at random while learning: little suits falls, much suits "
        "activities, above all with --readout joint."
    ),
]
Bits = Annotated[
    int | None, typer.Option(metavar="NUMBER", help="Keep prototypes in 16 or 8 bits; default: floating point.")
]
