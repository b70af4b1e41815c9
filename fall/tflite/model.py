"""A compressed model: the .tflite file, its cost, and how its probabilities become decisions."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from common.bundles.registry import register
from common.costs.ledger import Cost
from common.errors import FrugalWarning, InvalidInputError
from common.validation import check_integer, check_number, positive_label
from fall.networks.outputs import check_classes
from fall.networks.pixels import DEFAULT_RANGE, InputRange, check_input_range
from fall.tflite.file import Graph, output_kind, read_classifier
from fall.tflite.input_range import find_input_range
from fall.tflite.inspection import tflite_cost

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class CompressedModel:
    """The result of :func:`fall.compress`: everything needed to run a network without TensorFlow.

    Attributes
    ----------
    recipe : str
        How the model was made, such as "int8".
    tflite : bytes
        The .tflite file.
    cost : Cost
        Cost of one decision, read from the file.
    history : pandas.DataFrame or None
        A row for each epoch of fine-tuning, if there was any.
    classes_ : ndarray of shape (n_classes,)
        The labels in the order of the network's outputs.
    threshold_ : float
        An image is a fall if its probability is at least this.
    input_size : int
        Side of the images in pixels.
    graph : Graph
        The file's tensors and operators. May be left out: it is then read from ``tflite``. Functions such as
        :func:`fall.tflite_cost` and :func:`fall.peak_memory` take it and do not read the file again.
    positive : label
        The label of the fall. May be left out for two classes: it is then the one that the labels name, see
        :func:`common.validation.positive_label`, and of labels in order that name none, the second one.
    input_range : tuple of float
        What the network expects for black and for white pixels, see :func:`fall.networks.scale_pixels`.

    Raises
    ------
    InvalidInputError
        If the parts do not fit together.
    ModelIntegrityError
        If the file is damaged.

    Examples
    --------
    >>> import numpy as np
    >>> from fall import build_network, tflite, tflite_cost
    >>> content = tflite.convert(build_network("perceptron", (8, 8, 3), units=4))
    >>> model = CompressedModel("float32", content, tflite_cost(content).total, None, np.array(["adl", "fall"]), 0.5, 8)
    >>> model.positive, model.input_size, model.cost.macs  # 8 * 8 * 3 * 4 + 4 * 2
    ('fall', 8, 776)
    """

    recipe: str
    tflite: bytes
    cost: Cost
    history: pd.DataFrame | None
    classes_: npt.NDArray[Any]
    threshold_: float
    input_size: int
    graph: Graph = field(default=None, repr=False)  # type: ignore[assignment]  # read by __post_init__
    positive: Any = None
    input_range: InputRange = DEFAULT_RANGE

    def __post_init__(self) -> None:
        if not isinstance(self.recipe, str) or not self.recipe:
            raise InvalidInputError(f"recipe is {self.recipe!r}; name how the model was made")
        if not isinstance(self.cost, Cost):
            raise InvalidInputError(f"cost is a {type(self.cost).__name__}; pass fall.tflite_cost(content).total")
        _check_history(self.history)
        is_read = isinstance(self.graph, Graph) and self.graph.content == self.tflite
        graph = read_classifier(self.graph if is_read else self.tflite)
        output_kind(graph)
        classes = check_classes(self.classes_, graph.output.shape[1], "classes_")
        check_integer(self.input_size, "input_size")
        if graph.input_size != self.input_size:
            raise InvalidInputError(f"input_size is {self.input_size}, but the file takes {graph.input_size} pixels")
        # A threshold above one is valid: nothing is a fall.
        threshold = check_number(self.threshold_, "threshold_", at_least=0)
        object.__setattr__(self, "graph", graph)
        object.__setattr__(self, "tflite", graph.content)
        object.__setattr__(self, "classes_", classes)
        object.__setattr__(self, "positive", _positive(classes, self.positive))
        object.__setattr__(self, "input_range", find_input_range(graph, check_input_range(self.input_range)))
        object.__setattr__(self, "threshold_", threshold)

    def __str__(self) -> str:
        return (
            f"{self.recipe}: {len(self.tflite) / 1000:.1f} kB, images of {self.input_size} x {self.input_size} pixels, "
            f"threshold {self.threshold_:.3g}; {self.cost}"
        )


def _check_history(history: Any) -> None:
    if history is None:
        return
    import pandas as pd

    if not isinstance(history, pd.DataFrame):
        raise InvalidInputError(f"history is a {type(history).__name__}; pass a data frame or None")


def _to_files(model: CompressedModel) -> dict[str, Any]:
    files: dict[str, Any] = {
        "model.tflite": model.tflite,
        "model.json": {
            "recipe": model.recipe,
            "cost": model.cost.counts(),
            "threshold": model.threshold_,
            "input_size": model.input_size,
            "positive_index": model.classes_.tolist().index(model.positive),
            "input_range": list(model.input_range),
        },
        "classes.npy": model.classes_,
    }
    if model.history is not None:
        files["history.json"] = json.loads(model.history.to_json(orient="table", double_precision=15))
    return files


def _from_files(files: Mapping[str, Any]) -> CompressedModel:
    about = files["model.json"]
    graph = read_classifier(files["model.tflite"])
    classes = files["classes.npy"]
    return CompressedModel(
        recipe=about["recipe"],
        tflite=graph.content,
        # Counted again: what is written beside the file could be any number.
        cost=tflite_cost(graph).total,
        history=_history(files["history.json"]) if "history.json" in files else None,
        classes_=classes,
        threshold_=about["threshold"],
        input_size=about["input_size"],
        graph=graph,
        positive=_positive_in(about, classes),
        input_range=about.get("input_range", DEFAULT_RANGE),
    )


def _positive(classes: npt.NDArray[Any], positive: Any) -> Any:
    """The label of the fall."""
    try:
        return positive_label(classes, positive, name="classes_")
    except InvalidInputError:
        first, *others = classes.tolist()
        if positive is None and len(others) == 1 and first < others[0]:
            return others[0]
        raise


def _positive_in(about: Any, classes: npt.NDArray[Any]) -> Any:
    """The label of the fall in a bundle; up to version 0.1 it was the second one, whatever the labels said."""
    labels = classes.tolist()
    if "positive_index" in about:
        return labels[check_integer(about["positive_index"], "positive_index", at_least=0, at_most=len(labels) - 1)]
    if _positive(classes, None) != labels[-1]:
        warnings.warn(
            f"the bundle is of an older version, which took {labels[-1]!r} for the fall, and its threshold guards that "
            "class: train and compress again",
            FrugalWarning,
            stacklevel=2,
        )
    return labels[-1]


def _history(table: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.read_json(io.StringIO(json.dumps(table)), orient="table")


register("fall.compressed", CompressedModel, _to_files, _from_files)
