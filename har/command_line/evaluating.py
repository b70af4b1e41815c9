"""`har evaluate`: figures on people whom the model has not met, of the way to learn or of a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

import common
from common.command_line.grouped import grouped
from common.command_line.options import Folds, Json, Positive
from common.command_line.output import evaluation_document, print_result
from common.command_line.running import WrongUsageError, explained, tell
from common.errors import InvalidInputError
from har.command_line.learning import Settings, check_two_classes, judge_by_person
from har.command_line.reading import Cutting, Source, positive_of

if TYPE_CHECKING:
    from common.evaluation.decisions import Evaluation
    from har.recordings import Recordings
    from har.windows import Windows

SavedModel = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Judge this model instead, on other people than it learned from.")
]
Unseen = Annotated[bool, typer.Option("--unseen", help="With --model: it has met none of these people.")]


@explained()
@grouped
def evaluate(
    source: Source,
    cutting: Cutting,
    settings: Settings,
    model: SavedModel = None,
    unseen: Unseen = False,
    positive: Positive = None,
    folds: Folds = 5,
    as_json: Json = False,
) -> None:
    """Tell the accuracy on people never met.

    Its interval is by person. Without --model, everybody is left out once, as by har train, and nothing is saved. With
    --model, a saved model judges people whom it has not met: a bundle does not name the people that it learned from, so
    --unseen says that it was others. The rate and the length of windows are then the model's.

    \b
      har evaluate walks.csv --time ms --channels ax,ay,az \\
          --label activity --subject who
    """
    if source.subject is None:
        raise WrongUsageError(
            "--subject is missing: name the column of who wore the sensor, by whom people are told apart"
        )
    if model is not None and not unseen:
        raise WrongUsageError(
            "--model: a figure counts only for people whom the model has not met, and the bundle does not name those "
            "it learned from. Say --unseen if these are others; without --model, everybody is left out in turn"
        )
    if unseen and model is None:
        raise WrongUsageError("--unseen is about a model: name it by --model, or leave --unseen out")
    if folds == 0:
        raise WrongUsageError("--folds is 0, which judges nobody: pass 2 or more")
    recordings = source.read()
    tell(f"{recordings.report}")
    if model is not None:
        judged = _judge_model(model, recordings, cutting, positive)
    else:
        windows = cutting.windows(recordings)
        check_two_classes(windows)
        judged = judge_by_person(windows, settings, folds=folds, positive=_falls(windows, positive))
    print_result(judged, evaluation_document(judged), as_json=as_json)


def _judge_model(path: Path, recordings: Recordings, cutting: Cutting, positive: str | None) -> Evaluation:
    """The decisions of a saved model on windows like those that it learned from."""
    known = common.describe_bundle(path).trained_on
    if known.window_s is None:
        raise InvalidInputError(f"--model: the bundle {path} does not state the length of a window; har train does")
    classifier = common.load_bundle(path)
    if not hasattr(classifier, "predict"):
        raise InvalidInputError(f"--model: the bundle {path} holds {type(classifier).__name__}, which decides nothing")
    windows = replace(cutting, window_s=known.window_s).windows(recordings)
    predicted = classifier.predict(windows)
    return common.evaluate(windows.y, predicted, groups=windows.groups, positive=_falls(windows, positive))


def _falls(windows: Windows, positive: str | None) -> object:
    return positive_of(np.unique(windows.y).tolist(), positive)
