"""The choice of the network that Lab 2 converts: by held-out people and by size, never by the test."""

from types import SimpleNamespace
from typing import Any

import pandas as pd

from examples.lab2_fall_detection import most_frugal


def trained(n_parameters: int, *steps: list[tuple[float, float]]) -> Any:
    """A network with its losses and accuracies on held-out people, with epochs that restart at 1 in each step."""
    histories = [
        pd.DataFrame(step, columns=["val_loss", "val_accuracy"], index=range(1, len(step) + 1)) for step in steps
    ]
    return SimpleNamespace(history_=pd.concat(histories), model_=SimpleNamespace(count_params=lambda: n_parameters))


NAN = float("nan")


def test_the_smallest_of_the_nearly_best_is_chosen() -> None:
    models = {
        "best": trained(300, [(0.4, 0.90), (0.3, 0.950)]),
        "small": trained(100, [(0.4, 0.945), (0.9, 0.80)]),
        "tiny": trained(10, [(0.5, 0.93)]),
    }
    assert most_frugal(models) == "small"


def test_epochs_may_restart_and_hold_nobody_out() -> None:
    transfer = trained(300, [(0.4, 0.90), (0.3, 0.91)], [(0.2, 0.97), (0.5, 0.6)], [(NAN, NAN)])
    assert most_frugal({"transfer": transfer, "small": trained(100, [(0.1, 0.94)])}) == "transfer"
