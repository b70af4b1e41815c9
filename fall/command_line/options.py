"""The options that several commands of `fall` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Images = Annotated[
    Path,
    typer.Argument(metavar="DIR", help="Folder with a folder for each class, and in it a folder for each person."),
]
Layout = Annotated[
    str, typer.Option(metavar="NAME", help="folder, or a published data set: caucafall, gmdcsa24, urfd or yolo.")
]
Labels = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=LABEL",
        help="What your folders show: 1 a fall, 0 none, and none leaves out, such as Sturz=1,Alltag=0,unklar=none.",
    ),
]
Epochs = Annotated[
    int | None, typer.Option(min=1, metavar="NUMBER", help="Epochs of training; default: 40, or 10 for many images.")
]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A .tflite file, or the folder of a saved model.")]
Out = Annotated[Path, typer.Option(metavar="FOLDER", help="Where the model is saved.")]
