"""The tables of the page of results: what programs read from CSV files, in columns and units for people."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from common.tables import ABSENT
from examples.number_formats import ordinal


@dataclass(frozen=True)
class Shown:
    """A table for people: its columns, each formatted as a whole, and what must be said below it."""

    table: pd.DataFrame
    notes: tuple[str, ...] = ()


Results = Callable[[pd.DataFrame], Shown]


def table_html(path: Path, results: Results) -> str:
    """The table of a CSV file, and its notes, as HTML."""
    shown = results(pd.read_csv(path))
    text = shown.table.to_html(index=False, border=0, na_rep=ABSENT)
    notes = "".join(f'<p class="note">{html.escape(note)}</p>' for note in shown.notes)
    return f'<div class="scroll" tabindex="0" role="group" aria-label="Table: {path.stem}">{text}</div>{notes}'


def lab1_results(table: pd.DataFrame) -> Shown:
    """Accuracy and cost of each method of Lab 1."""
    shown = pd.DataFrame({"method": table["method"], "accuracy": _shares(table["accuracy"])})
    shown["95% by person"] = _interval(table["low"], table["high"])
    for measure in ("sensitivity", "specificity"):
        if table[measure].notna().any():
            shown[measure] = _shares(table[measure])
    shown["DTW cells"] = _counts(table["cells"])
    shown["multiply-adds"] = _counts(table["macs"])
    shown["kept"] = _bytes(table["bytes"])
    shown["µs a decision"] = table["microseconds"].map("{:,.0f}".format)
    notes = ["µs: once all is compiled, of all test windows at once on all cores. Kept: numbers in float32."]
    notes += [
        f"The {row.method} has {row.nodes:,} nodes of 16 bytes and takes {row.comparisons:,} comparisons a decision, "
        "no multiply-adds."
        for row in table[table["nodes"] > 0].itertuples()
    ]
    notes += [
        f"{row.method}: judged on every {ordinal(row.every)} test window, to keep the step short."
        for row in table[table["every"] > 1].itertuples()
    ]
    return Shown(shown, tuple(notes))


def lab2_results(table: pd.DataFrame) -> Shown:
    """Measures of each file of Lab 2."""
    shown = table[["network", "file"]].copy()
    for measure in ("accuracy", "sensitivity", "specificity"):
        shown[measure] = _shares(table[measure])
    return Shown(shown)


def fusion_results(table: pd.DataFrame) -> Shown:
    """Results of the fusion, or the energy of its uses: every column, with one number of digits."""
    table = table.dropna(axis="columns", how="all")
    return Shown(pd.DataFrame({name: _numbers(table[name]) for name in table.columns}))


def _numbers(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """All with the same digits: three for shares, none for whole numbers, else as many as the smallest needs."""
    if not pd.api.types.is_numeric_dtype(column):
        return column.fillna(ABSENT)
    known = column.dropna()
    if (known == known.round()).all():
        digits = 0
    else:
        digits = 3 if known.abs().max() <= 1 else 2 if known.abs().max() < 100 else 0
    return column.map(lambda value: ABSENT if pd.isna(value) else f"{value:,.{digits}f}")


def _shares(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return column.map(lambda value: ABSENT if pd.isna(value) else f"{value:.3f}")


def _counts(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return column.map(lambda value: f"{value:,.0f}" if value else ABSENT)


def _bytes(column: "pd.Series[Any]") -> "pd.Series[Any]":
    return column.map(lambda value: f"{value / 1000:,.1f} kB" if value else ABSENT)


def _interval(low: "pd.Series[Any]", high: "pd.Series[Any]") -> list[str]:
    return [ABSENT if pd.isna(a) else f"{a:.3f}–{b:.3f}" for a, b in zip(low, high, strict=True)]
