"""`har train`: learn a model from a text file, and tell its accuracy on people whom it has not met."""

from __future__ import annotations

import numpy as np

import common
from common.command_line.grouped import grouped
from common.command_line.options import Folds, Json, Positive, check_writable
from common.command_line.output import evaluation_document, print_result
from common.command_line.running import WrongUsageError, explained, tell
from har.command_line import options
from har.command_line.learning import Settings, check_two_classes, cost_of, judge_by_person
from har.command_line.reading import Cutting, Source, positive_of


@explained()
@grouped
def train(
    source: Source,
    out: options.Out,
    cutting: Cutting,
    settings: Settings,
    positive: Positive = None,
    folds: Folds = 5,
    as_json: Json = False,
) -> None:
    """Learn a model; tell its accuracy on people never met.

    Everybody is left out once: a model of the others judges them. The model that is saved then learns from all. Its
    bundle remembers channels, units, rate and window.

    \b
      har train walks.csv --time ms --channels ax,ay,az \\
          --label activity --subject who --out model
    """
    if folds and source.subject is None:
        raise WrongUsageError(
            "--subject is missing: the accuracy is told for people whom the model has not met. Name the column of who "
            "wore the sensor, or train without a figure by --folds 0"
        )
    check_writable(out)
    recordings = source.read()
    tell(f"{recordings.report}")
    windows = cutting.windows(recordings)
    check_two_classes(windows)
    tell(f"{windows}")
    label_of_falls = positive_of(np.unique(windows.y).tolist(), positive)
    judged = judge_by_person(windows, settings, folds=folds, positive=label_of_falls) if folds else None
    model = settings.fitted(windows)
    common.save_bundle(model, out, trained_on=windows)
    saved = f"Saved in {out}: {cost_of(model)} for a decision"
    print_result(
        f"On people never met:\n\n{judged}\n\n{saved}" if judged else saved,
        {
            "model": out,
            "windows": len(windows),
            "cost": cost_of(model).counts(),
            "on_people_never_met": None if judged is None else evaluation_document(judged),
        },
        as_json=as_json,
    )
