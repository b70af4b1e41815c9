"""Lab 1: recognise activities with DTW and k-NN, then reduce the cost step by step.

    python examples/lab1_activity_recognition.py
    python examples/lab1_activity_recognition.py --data motionsense --root PATH
    python examples/lab1_activity_recognition.py --data umafall --root PATH       (fall or not, worn on the wrist)

The order is the lecture's: cut windows and look at them; compare them as they are (Euclid), warped (DTW), warped within
a band, and at a lower sampling rate; then keep a few profiles per class instead of every training window. All results
are for people who were not in training.
"""

import sys
import warnings
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
import har
from common import plotting
from common.tables import ABSENT
from common.validation import band_radius
from examples import lab1_figures
from examples.lab1_data import Data, Lab, at_low_rate, load
from examples.lab1_steps import BAND, NODE_BYTES, LabResults, results_table, run_steps, validate_sizes
from examples.number_formats import ordinal, with_si_prefix
from examples.terminal import console, explained, run


def print_results(table: pd.DataFrame, *, falls: bool) -> None:
    """Print accuracy and cost of every method: in one table, or in two where there is more to measure."""
    names = [row.method + ("" if row.every == 1 else f" *{row.every}") for row in table.itertuples()]
    measured = {
        "accuracy": [f"{value:.3f}" for value in table.accuracy],
        "95%": [f"{100 * low:.0f}–{100 * high:.0f}%" for low, high in zip(table.low, table.high, strict=True)],
    }
    if falls:
        measured |= {name: [f"{value:.3f}" for value in table[name]] for name in ("sensitivity", "specificity")}
    costs = {
        # A forest compares but does not multiply: the note below tells its nodes.
        "cells": [with_si_prefix(value) if value else ABSENT for value in table.cells],
        "MACs": [with_si_prefix(value) if value else ABSENT for value in table.macs],
        "kept": [f"{with_si_prefix(value)}B" for value in table.bytes],
        "µs": [f"{value:,.0f}" for value in table.microseconds],
    }
    console.print("[bold]Accuracy on people who were not in training, and the cost of one decision")
    for columns in (measured, costs) if falls else (measured | costs,):
        printed = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        printed.add_column("method", no_wrap=True)
        for name in columns:
            printed.add_column(name, justify="right", no_wrap=True)
        for name, *cells in zip(names, *columns.values(), strict=True):
            printed.add_row(name, *cells)
        console.print(printed)
    _print_notes(table)


def _print_notes(table: pd.DataFrame) -> None:
    """Print what is needed to read the table."""
    notes = [
        "95%: bootstrap by person, exact without an error. cells: of the DTW tables; MACs: multiply-adds, without "
        "preprocessing; kept: in float32; µs: a decision, warm, of all test windows at once on all cores."
    ]
    notes += [
        f"The {row.method}: {row.nodes:,} nodes of {NODE_BYTES} bytes; {row.comparisons:,} comparisons a decision, "
        "and the statistics of the window before them."
        for row in table[table.nodes > 0].itertuples()
    ]
    notes += [
        f"*{every}: judged on every {ordinal(every)} test window, to keep this step short."
        for every in sorted(set(table.every) - {1})
    ]
    for note in notes:
        console.print(note, style="dim", highlight=False)


def print_validation(lab: Lab, seed: int) -> None:
    """Print the best settings of band, k and number of profiles on the training people of the first fold."""
    console.print(
        "Validated on the training people of the first fold alone, three folds by person (about half a minute)."
    )
    table = validate_sizes(lab, at_low_rate(lab), lab.splits[0], seed)
    printed = table[["band", "n_neighbors", "n_prototypes", "accuracy", "std", "macs"]]
    console.print(str(printed.head(6)), highlight=False)


def print_summary(results: LabResults, lab: Lab) -> None:
    """Print what the last step of profiles saves, compared with the most expensive step."""
    last, most_expensive = results.last_profiles, max(results.steps, key=lambda step: step.cost.macs)
    factor = most_expensive.cost.macs / max(1, last.cost.macs)
    n_timesteps = results.slow_windows.X.shape[1]
    console.print(
        f"\n[bold]{last.title}[/] (band radius {band_radius(BAND, n_timesteps, n_timesteps)} at "
        f"{lab.protocol.slow_hz:g} Hz): accuracy {last.evaluation(None).accuracy:.3f} against "
        f"{most_expensive.evaluation(None).accuracy:.3f} of {most_expensive.name}, "
        f"with {factor:,.0f} times fewer multiply-adds."
    )


def main(
    data: Annotated[
        Data,
        typer.Option(
            metavar="NAME",
            help=f"Which data set: {', '.join(Data)}. The smartwatch comes with the installation.",
        ),
    ] = Data.smartwatch,
    root: Annotated[Path | None, typer.Option(help="Folder of a data set that you downloaded (docs/data.md).")] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = Path("demo"),
    window_s: Annotated[float | None, typer.Option(help="Seconds of a window; default: 2.56, for falls 4.")] = None,
    folds: Annotated[int, typer.Option(help="Folds, made of whole people.")] = 5,
    validate: Annotated[bool, typer.Option(help="Validate band, k and number of profiles on training people.")] = True,
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 0,
) -> None:
    """Recognise activities from a worn sensor, at lower and lower cost."""
    with explained(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", common.FrugalWarning)
        lab = load(data, root, window_s, folds, seed)
    for warning in caught:
        console.print(f"[dim]Note: {warning.message}[/]")

    console.rule("[bold]1. The data")
    console.print(lab.windows)
    splits = f"{len(lab.splits)} folds by person" if len(lab.splits) > 1 else "one split by person"
    console.print(f"Judged in {splits}: nobody is in training and test at once.")

    if validate:
        console.rule("[bold]2. Band, k and number of profiles")
        print_validation(lab, seed)

    console.rule("[bold]3. From plain neighbours to a few profiles")
    results = run_steps(lab, seed, console)
    table = results_table(results.steps, lab.positive)
    print_results(table, falls=lab.positive is not None)

    console.rule("[bold]4. Figures")
    for path in save_figures(lab, results, out):
        console.print(f"  {path}")
    table.to_csv(out / "results.csv", index=False)
    console.print(f"  {out / 'results.csv'}")
    print_summary(results, lab)
    console.print(f"The figures are in [bold]{out.resolve()}[/].", highlight=False, soft_wrap=True)


def save_figures(lab: Lab, results: LabResults, folder: Path) -> list[Path]:
    """Draw and save all figures; returns their paths."""
    slow, last = results.slow_windows, results.last_profiles
    evaluation = last.evaluation(lab.positive)
    with_macs = [step for step in results.steps if step.cost.macs]
    pair = lab1_figures.most_warped_pair(slow, band=BAND)
    figures = {
        "signals": har.plotting.plot_signals(lab.windows),
        "warping_path": har.plotting.plot_warping_path(
            pair.x, pair.y, band=BAND, title=f"{pair.activity} by two people: what DTW aligns"
        ),
        "profiles": har.plotting.plot_prototypes(results.smallest_model, rate_hz=slow.rate_hz, channels=slow.channels),
        "confusion_matrix": plotting.plot_confusion_matrix(
            evaluation.confusion, evaluation.labels, title=last.title
        ),
        "accuracy_against_cost": plotting.plot_accuracy_against_cost(
            [step.name for step in with_macs], [step.cost.macs for step in with_macs],
            [step.evaluation(None).accuracy for step in with_macs], families=[step.family for step in with_macs],
            cost_label="multiply-adds of one decision", title="What a decision costs, and how often it is right",
        ),
    }  # fmt: skip
    return lab1_figures.save_all(figures, folder)


if __name__ == "__main__":
    run(main)
