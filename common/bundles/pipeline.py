"""Save and load a scikit-learn Pipeline: each step is a part of the bundle."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sklearn.pipeline import Pipeline

from common.bundles.registry import Part, kind_of, register
from common.bundles.trained_on import TrainingData, plain_labels
from common.errors import FrugalWarning, InvalidInputError

_PASSTHROUGH = "passthrough"


def _write(pipeline: Pipeline) -> dict[str, Any]:
    if pipeline.memory is not None:
        warnings.warn(
            "memory, a cache of this machine, is saved as None: predictions do not need it", FrugalWarning, stacklevel=2
        )
    steps, parts = [], {}
    for number, (name, step) in enumerate(pipeline.steps, start=1):
        if _is_left_out(step):
            steps.append([name, step])
            continue
        steps.append([name, f"step_{number}"])
        parts[f"step_{number}"] = Part(step)
    about = {"steps": steps, "verbose": bool(pipeline.verbose), "transform_input": pipeline.transform_input}
    return {"pipeline.json": about, **parts}


def _read(files: Mapping[str, Any]) -> Pipeline:
    about = files["pipeline.json"]
    steps = [(name, part if _is_left_out(part) else files[part]) for name, part in about["steps"]]
    names = [name for name, _ in steps]
    if not names or len(set(names)) < len(names) or not all(isinstance(name, str) and name for name in names):
        raise InvalidInputError(f"steps must have different names, not {names!r:.200}")
    if len(files) - 1 != sum(not _is_left_out(step) for _, step in steps):
        raise InvalidInputError("it contains parts that are not steps")
    for name, step in steps[:-1]:
        if not (_is_left_out(step) or hasattr(step, "transform")):
            raise InvalidInputError(f"the step {name!r} is a {type(step).__name__}, which is not a transformer")
    if not (_is_left_out(steps[-1][1]) or hasattr(steps[-1][1], "fit")):
        raise InvalidInputError(f"the last step is a {type(steps[-1][1]).__name__}, which is not an estimator")
    verbose, passed_on = about["verbose"], about["transform_input"]
    if not isinstance(verbose, bool) or not (passed_on is None or all(isinstance(name, str) for name in passed_on)):
        raise InvalidInputError("verbose must be true or false, and transform_input names or null")
    return Pipeline(steps, verbose=verbose, transform_input=passed_on)


def _trained_on(pipeline: Pipeline) -> TrainingData:
    """The input of the first step, the classes of the last, and the first rate that a step knows."""
    known = [_known(step) for _, step in pipeline.steps if not _is_left_out(step)]
    first = known[0] if known else TrainingData()
    rate_hz = next((step.rate_hz for step in known if step.rate_hz is not None), None)
    classes = plain_labels(getattr(pipeline, "classes_", None))
    return replace(first, rate_hz=rate_hz, window_s=None, classes=classes)


def _known(step: Any) -> TrainingData:
    kind = kind_of(step)
    return TrainingData.of_estimator(step) if kind is None else kind.trained_on(step)


def _is_left_out(step: Any) -> bool:
    return step is None or (isinstance(step, str) and step == _PASSTHROUGH)


register("common.pipeline", Pipeline, _write, _read, trained_on=_trained_on)
