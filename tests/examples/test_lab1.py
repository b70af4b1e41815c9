"""Lab 1: what is printed fits 80 columns, times are measured warm, costs are what they are."""

from __future__ import annotations

import doctest
import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import common
import har
from common.evaluation.splits import Split
from examples import lab1_activity_recognition as lab1, lab1_data, number_formats
from examples.lab1_steps import NODE_BYTES, Step, mean_cost, results_table, run_forest, timed

METHODS = ("1-NN DTW band, 12.5 Hz", "4 learned, linear readout", "random forest")


@pytest.fixture
def table() -> pd.DataFrame:
    rows = [
        {
            "method": method,
            "accuracy": 0.97,
            "low": 0.9432,
            "high": 1.0,
            "sensitivity": 0.957,
            "specificity": 0.977,
            "comparisons": 412_345,
            "cells": 0 if nodes else 45_958_522,
            "macs": 0 if nodes else 275_742_720,
            "nodes": nodes,
            "bytes": 8_616_960,
            "microseconds": 279.2,
            "every": every,
        }
        for method, nodes, every in zip(METHODS, (0, 0, 93_211), (1, 6, 1), strict=True)
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize("falls", [False, True])
def test_every_measure_is_printed_whole(table: pd.DataFrame, falls: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    monkeypatch.setattr(lab1, "console", console)
    lab1.print_results(table, falls=falls)
    text = console.export_text()
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80
    assert all(method in text for method in METHODS)
    for measure in ("accuracy", *(("sensitivity", "specificity") if falls else ())):
        assert f" {measure}" in text
    assert "93,211 nodes" in text
    assert "every 6th test window" in " ".join(text.split())


def test_axes_are_found_by_name() -> None:
    checked = doctest.testmod(lab1_data)
    assert (checked.failed, checked.attempted) == (0, 2)


def test_numbers_have_three_digits() -> None:
    checked = doctest.testmod(number_formats)
    assert (checked.failed, checked.attempted) == (0, 2)


def test_a_time_is_measured_after_a_first_decision() -> None:
    calls: list[int] = []

    def decide(X: np.ndarray) -> int:
        calls.append(len(X))
        return len(X)

    decided, seconds = timed(decide, np.zeros((500, 2)))
    assert decided == 500
    assert calls[0] < calls[1] == 500
    assert seconds >= 0


def test_costs_are_means_over_folds() -> None:
    assert mean_cost([common.Cost(macs=2, params=1), common.Cost(macs=4, params=2)]) == common.Cost(macs=3, params=2)


def test_a_forest_costs_nodes_and_comparisons() -> None:
    rng = np.random.default_rng(0)
    y = np.repeat(["rest", "walk"], 30)
    X = rng.normal(size=(60, 16, 1)) * np.where(y == "walk", 3, 1)[:, None, None]
    windows = har.Windows(X, y, np.arange(60) // 5, 16.0, ("a [g]",), np.arange(60))
    forest = Step("random forest", "window statistics")
    run_forest(forest, windows, Split(np.arange(0, 60, 2), np.arange(1, 60, 2)), seed=0)
    (row,) = results_table([forest], None).itertuples()
    assert row.nodes >= 300
    assert row.bytes == NODE_BYTES * row.nodes
    assert 0 < row.comparisons < row.nodes
    assert row.cells == row.macs == 0
