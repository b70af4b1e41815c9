"""A compressed model: the .tflite file, its cost, and how its probabilities become decisions."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from common.bundles.registry import register
from common.costs.ledger import Cost
from common.errors import InvalidInputError
from common.validation import check_integer, check_number, encode_labels
from fall.tflite.file import Graph, read_classifier
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
    classes_ : ndarray of shape (2,)
        The labels; the second one is the fall.
    threshold_ : float
        An image is a fall if its probability is at least this.
    input_size : int
        Side of the images in pixels.
    graph : Graph
        The file's tensors and operators. May be left out: it is then read from ``tflite``. Functions such as
        :func:`fall.tflite_cost` and :func:`fall.peak_memory` take it and do not read the file again.

    Raises
    ------
    InvalidInputError
        If the parts do not fit together.
    ModelIntegrityError
        If the file is damaged.
    """

    recipe: str
    tflite: bytes
    cost: Cost
    history: pd.DataFrame | None
    classes_: npt.NDArray[Any]
    threshold_: float
    input_size: int
    graph: Graph = field(default=None, repr=False)  # type: ignore[assignment]  # read by __post_init__

    def __post_init__(self) -> None:
        if not isinstance(self.recipe, str) or not self.recipe:
            raise InvalidInputError(f"recipe is {self.recipe!r}; name how the model was made")
        if not isinstance(self.cost, Cost):
            raise InvalidInputError(f"cost is a {type(self.cost).__name__}; pass fall.tflite_cost(content).total")
        _check_history(self.history)
        is_read = isinstance(self.graph, Graph) and self.graph.content == self.tflite
        graph = read_classifier(self.graph if is_read else self.tflite)
        classes, codes = encode_labels(self.classes_, "classes_")
        if len(classes) != 2 or codes.tolist() != [0, 1] or graph.output.shape[1] != 2:
            raise InvalidInputError(
                f"classes_ is {np.asarray(self.classes_).tolist()!r} for {graph.output.shape[1]} outputs; it must be "
                "two different labels in order, for two outputs"
            )
        check_integer(self.input_size, "input_size")
        if graph.input_size != self.input_size:
            raise InvalidInputError(f"input_size is {self.input_size}, but the file takes {graph.input_size} pixels")
        # A threshold above one is valid: nothing is a fall.
        threshold = check_number(self.threshold_, "threshold_", at_least=0)
        object.__setattr__(self, "graph", graph)
        object.__setattr__(self, "tflite", graph.content)
        object.__setattr__(self, "classes_", classes)
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
        },
        "classes.npy": model.classes_,
    }
    if model.history is not None:
        files["history.json"] = json.loads(model.history.to_json(orient="table", double_precision=15))
    return files


def _from_files(files: Mapping[str, Any]) -> CompressedModel:
    about = files["model.json"]
    graph = read_classifier(files["model.tflite"])
    return CompressedModel(
        recipe=about["recipe"],
        tflite=graph.content,
        # Counted again: what is written beside the file could be any number.
        cost=tflite_cost(graph).total,
        history=_history(files["history.json"]) if "history.json" in files else None,
        classes_=files["classes.npy"],
        threshold_=about["threshold"],
        input_size=about["input_size"],
        graph=graph,
    )


def _history(table: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.read_json(io.StringIO(json.dumps(table)), orient="table")


register("fall.compressed", CompressedModel, _to_files, _from_files)
