"""A compressed model: the file that ships, what it costs, and how its probabilities become decisions."""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from common.bundles.registry import register
from common.costs.ledger import Cost
from common.errors import InvalidInputError
from common.validation import check_integer, check_number, encode_labels
from fall.tflite.file import read_classifier


@dataclass(frozen=True, eq=False)
class CompressedModel:
    """What :func:`fall.compress` returns: all that is needed to run a network, without TensorFlow.

    Attributes
    ----------
    recipe : str
        How it was made, such as "int8".
    tflite : bytes
        The .tflite file.
    cost : Cost
        Of one decision, measured from the file.
    history : pandas.DataFrame or None
        A row an epoch of fine-tuning, where there was any.
    classes_ : ndarray of shape (2,)
        The labels; the second one is the fall.
    threshold_ : float
        Probability from which on an image shows a fall.
    input_size : int
        Side of the images in pixels.

    Raises
    ------
    InvalidInputError
        If the parts do not fit one another.
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

    def __post_init__(self) -> None:
        if not isinstance(self.recipe, str) or not self.recipe:
            raise InvalidInputError(f"recipe is {self.recipe!r}; name how the model was made")
        if not isinstance(self.cost, Cost):
            raise InvalidInputError(f"cost is a {type(self.cost).__name__}; pass fall.tflite_cost(content).total")
        if self.history is not None and not isinstance(self.history, pd.DataFrame):
            raise InvalidInputError(f"history is a {type(self.history).__name__}; pass a data frame or None")
        graph = read_classifier(self.tflite)
        classes, codes = encode_labels(self.classes_, "classes_")
        if len(classes) != 2 or codes.tolist() != [0, 1] or graph.output.shape[1] != 2:
            raise InvalidInputError(
                f"classes_ is {np.asarray(self.classes_).tolist()!r} for {graph.output.shape[1]} outputs; it must be "
                "two different labels in order, for two outputs"
            )
        check_integer(self.input_size, "input_size")
        if graph.input_size != self.input_size:
            raise InvalidInputError(f"input_size is {self.input_size}, but the file takes {graph.input_size} pixels")
        # A threshold above one is legal: never a fall.
        threshold = check_number(self.threshold_, "threshold_", at_least=0)
        object.__setattr__(self, "tflite", bytes(self.tflite))
        object.__setattr__(self, "classes_", classes)
        object.__setattr__(self, "threshold_", threshold)

    def __str__(self) -> str:
        return (
            f"{self.recipe}: {len(self.tflite) / 1000:.1f} kB, images of {self.input_size} x {self.input_size} pixels, "
            f"threshold {self.threshold_:.3g}; {self.cost}"
        )


def _to_files(model: CompressedModel) -> dict[str, Any]:
    files: dict[str, Any] = {
        "model.tflite": model.tflite,
        "model.json": {
            "recipe": model.recipe,
            "cost": asdict(model.cost),
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
    return CompressedModel(
        recipe=about["recipe"],
        tflite=files["model.tflite"],
        cost=Cost(**about["cost"]),
        history=_history(files["history.json"]) if "history.json" in files else None,
        classes_=files["classes.npy"],
        threshold_=about["threshold"],
        input_size=about["input_size"],
    )


def _history(table: Any) -> pd.DataFrame:
    return pd.read_json(io.StringIO(json.dumps(table)), orient="table")


register("fall.compressed", CompressedModel, _to_files, _from_files)
