"""Lab 1: recognise activities with DTW and k-NN, and make them frugal step by step.

    python examples/lab1_activity_recognition.py
    python examples/lab1_activity_recognition.py --data motionsense --root PATH
    python examples/lab1_activity_recognition.py --data umafall --root PATH       (fall or not, worn on the wrist)

The order is the lecture's: cut windows and look at them; compare them as they are (Euclid), warped (DTW),
warped within a band, at a lower sampling rate; then keep a few profiles of each class instead of every
training window. Every figure is for people whom the model has never met.
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
from common import plotting
from common.validation import band_radius
from examples import lab1_figures
from examples.lab1_steps import BAND, Data, load, results, run_steps, slower, validated_size
from examples.terminal import console, explained
from har import preprocessing


def short(number: float) -> str:
    """Three digits and a prefix: 71.2 k, 3.57 M."""
    for factor, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= factor:
            return f"{number / factor:.3g} {prefix}"
    return f"{number:.3g} "


def show(table: pd.DataFrame, falls: bool) -> None:
    """The table of accuracy against cost, in 80 columns."""
    console.print("[bold]Accuracy on people never met, and the price of one decision")
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    shown.add_column("method", no_wrap=True)
    middle = ("sens.", "spec.") if falls else ("cells",)
    for name in ("accuracy", "95%", *middle, "MACs", "kept", "time"):
        shown.add_column(name, justify="right", no_wrap=True)
    for row in table.itertuples():
        free = not row.macs  # a forest compares, it does not multiply: its price is not of this kind
        shown.add_row(
            row.method + ("" if row.every == 1 else f" *{row.every}"),
            f"{row.accuracy:.3f}",
            f"{100 * row.low:.0f}–{100 * row.high:.0f}%",
            *((f"{row.sensitivity:.3f}", f"{row.specificity:.3f}") if falls else ("–" if free else short(row.cells),)),
            "–" if free else short(row.macs),
            "–" if free else short(row.bytes) + "B",
            f"{row.microseconds:.0f} µs" if row.microseconds < 1000 else f"{row.microseconds / 1000:.1f} ms",
        )
    console.print(shown)
    console.print(
        "95%: bootstrap by person. cells: of the DTW tables; MACs: multiply-adds; kept: on the device.", style="dim"
    )
    if (table.every > 1).any():
        console.print("*n: judged on every n-th test window, to keep this step short.", style="dim")


def main(
    data: Annotated[
        Data, typer.Option(help="Which data set; the smartwatch comes with the installation.")
    ] = Data.smartwatch,
    root: Annotated[Path | None, typer.Option(help="Folder of a data set that you downloaded (docs/data.md).")] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = Path("demo"),
    window_s: Annotated[float | None, typer.Option(help="Seconds of a window; default: 2.56, falls 4.")] = None,
    folds: Annotated[int, typer.Option(help="Folds, made of whole people.")] = 5,
    validate: Annotated[bool, typer.Option(help="Validate band, k and number of profiles on training people.")] = True,
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 0,
) -> None:
    """Recognise activities from a worn sensor, and pay less and less for it."""
    with explained(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", common.FrugalWarning)
        lab = load(data, root, window_s, folds, seed)
    for warning in caught:
        console.print(f"[dim]Note: {warning.message}[/]")

    console.rule("[bold]1. The data")
    console.print(lab.windows)
    people = f"{len(lab.splits)} folds by person" if len(lab.splits) > 1 else "one split by person"
    console.print(f"Judged in {people}: nobody is in training and test at once.")

    if validate:
        console.rule("[bold]2. Band, k and number of profiles")
        console.print(
            "Validated on the training people of the first fold alone, three folds by person (about half a minute)."
        )
        table = validated_size(lab, slower(lab), lab.splits[0], seed)
        shown = table[["band", "n_neighbors", "n_prototypes", "accuracy", "std", "macs"]].round(
            {"accuracy": 3, "std": 3}
        )
        console.print(shown.head(6).to_string(index=False), highlight=False)

    console.rule("[bold]3. From plain neighbours to a few profiles")
    steps, model, slow = run_steps(lab, seed, console)
    table = results(steps, lab.positive)
    show(table, falls=lab.positive is not None)

    console.rule("[bold]4. Figures")
    dear = max(steps, key=lambda step: step.cost.macs)
    last = steps[-2]
    evaluation = last.evaluation(lab.positive)
    pair = lab1_figures.telling_pair(preprocessing.ScaleChannels().fit_transform(slow.X), slow.y, slow.groups, BAND)
    searched = [step for step in steps if step.cost.macs]
    figures = {
        "signals": lab1_figures.signals(lab.windows),
        "warping_path": lab1_figures.warping(pair, band=BAND),
        "profiles": lab1_figures.profiles(model, slow.channels, slow.rate_hz),
        "confusion_matrix": plotting.plot_confusion_matrix(
            evaluation.confusion, evaluation.labels, title=f"{last.name} for each class"
        ),
        "accuracy_against_cost": plotting.plot_accuracy_against_cost(
            [step.name for step in searched], [step.cost.macs for step in searched],
            [step.evaluation(None).accuracy for step in searched], families=[step.family for step in searched],
            cost_label="multiply-adds of one decision", title="What a decision costs, and how often it is right",
        ),
    }  # fmt: skip
    for path in lab1_figures.save_all(figures, out):
        console.print(f"  {path}")
    table.to_csv(out / "results.csv", index=False)
    console.print(f"  {out / 'results.csv'}")
    saved = dear.cost.macs / max(1, last.cost.macs)
    radius = band_radius(BAND, slow.X.shape[1], slow.X.shape[1])
    console.print(
        f"\n[bold]{last.name}[/] for each class (band radius {radius} at {lab.slow_hz:g} Hz): "
        f"accuracy {evaluation.accuracy:.3f} against {dear.evaluation(None).accuracy:.3f} of {dear.name}, "
        f"with {saved:,.0f} times fewer multiply-adds."
    )
    console.print(f"The figures are in [bold]{out.resolve()}[/].", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
