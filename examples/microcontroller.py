"""From measured movements to C on a microcontroller: choose within a budget, export, and run on emulated processors.

    python examples/microcontroller.py
    python examples/microcontroller.py --data motionsense --root PATH --flash 16384

Candidates differ in their number of prototypes, in bits and in how distances become a class. All of them decide in
integers, from counts of the sensor. They are compared on training people, by folds; the chosen one is trained on all
of them and judged once on people who were not in training. Its C code then decides the same windows on each processor
whose emulator is installed (see examples/boards).
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
import har
from common import plotting
from examples import microcontroller_steps as steps
from examples.lab1_data import Data, Lab, load
from examples.terminal import console, explained, run


def print_candidates(table: pd.DataFrame, chosen: steps.Candidate) -> None:
    """Accuracy on training people, and what each candidate needs."""
    front = common.pareto_front(table, minimize=["flash_bytes"], maximize=["accuracy"])
    printed = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    printed.add_column("prototypes", no_wrap=True)
    for name in ("accuracy", "flash", "RAM", "instructions", "energy"):
        printed.add_column(name, justify="right", no_wrap=True)
    for row, is_on_front in zip(table.itertuples(), front, strict=True):
        style = "bold" if row.candidate == chosen else None if is_on_front else "dim"
        printed.add_row(
            f"{row.candidate}",
            f"{row.accuracy:.3f}",
            f"{row.flash_bytes:,}",
            f"{row.ram_bytes:,}",
            f"{row.instructions / 1000:,.0f} k",
            f"{row.microjoules:,.0f} µJ",
            style=style,
        )
    console.print(printed)
    console.print(
        "Accuracy by folds of the training people. Flash and RAM in bytes. Bold: chosen; dim: another is smaller and "
        f"as good. Instructions and energy are estimates for every cell, on a {steps.DEVICE.name}.",
        style="dim",
    )


def print_boards(rows: list[dict[str, Any]]) -> None:
    """What each processor decided and counted, or why it was not run."""
    printed = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    printed.add_column("processor", no_wrap=True)
    for name in ("code", "equal decisions", "longest decision"):
        printed.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        if "absent" in row:
            printed.add_row(row["board"], "–", row["absent"][:32], "–", style="dim")
            continue
        work = f"{row['work']:,} {row['unit']}" if row["unit"] else "–"
        printed.add_row(row["board"], f"{row['code_bytes']:,} B", f"{row['equal']:,} of {row['decisions']:,}", work)
    console.print(printed)
    console.print("Equal: class, prototype and distance are those of the specification in Python.", style="dim")


def save_front(table: pd.DataFrame, path: Path) -> None:
    """Draw accuracy against bytes of flash."""
    drawn = table.assign(name=table.candidate.astype(str))
    figure = plotting.plot_pareto(
        drawn,
        x="flash_bytes",
        y="accuracy",
        label="name",
        x_label="flash, code included (bytes)",
        title="Accuracy against flash",
    )
    plotting.save(figure, path)


def judge(lab: Lab, recognizer: Any, test: Any) -> common.Evaluation:
    """Decisions in integers about people who were not in training."""
    windows = lab.windows
    counts = steps.to_counts(windows.X[test], steps.counts_per_unit(windows))
    predicted = steps.decided(recognizer, counts)
    return common.evaluate(windows.y[test], predicted, groups=windows.groups[test], positive=lab.positive)


def main(
    data: Annotated[
        Data, typer.Option(metavar="NAME", help=f"What to learn from (docs/data.md): {', '.join(Data)}.")
    ] = Data.smartwatch,
    root: Annotated[Path | None, typer.Option(help="Folder of a data set that you downloaded.")] = None,
    flash: Annotated[int, typer.Option(min=1, help="Bytes of flash to spare.")] = 16_384,
    ram: Annotated[int, typer.Option(min=1, help="Bytes of RAM to spare.")] = 4_096,
    energy: Annotated[float, typer.Option(min=0, help="Microjoules to spare for a decision.")] = 1_000.0,
    folds: Annotated[int, typer.Option(min=2, help="Folds of people; the first one is the test.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    out: Annotated[Path, typer.Option(help="Where the code, the table and the figure go.")] = Path(
        "results/microcontroller"
    ),
) -> None:
    """Choose a recogniser within a budget, export it as C, and run it on emulated processors."""
    with explained():
        lab = load(data, root, None, folds, seed)
        split = lab.splits[0]
        console.print(f"{len(lab.windows.y):,} windows; comparing candidates on the training people (minutes).")
        table = steps.validate_candidates(lab, split, seed)
        chosen = steps.choose(table, steps.Budget(flash, ram, energy))
        print_candidates(table, chosen)
        pipeline = steps.fit(lab, split.train, chosen.n_prototypes, chosen.readout, seed)
        recognizer = steps.in_integers(lab, pipeline, chosen.bits)
        result = judge(lab, recognizer, split.test)
        interval = result.by_subject.accuracy if result.by_subject else result.wilson.accuracy
        console.print(
            f"[bold]{chosen}[/]: accuracy {result.accuracy:.3f} (95%: {interval}) on people who were not in training.",
            highlight=False,
        )
        exported = har.export_c(recognizer, out / "recognizer", max_flash_bytes=flash, max_ram_bytes=ram)
        console.print(f"C code in {exported.directory}:\n{exported}\n", highlight=False)
        counts = steps.to_counts(lab.windows.X[split.test], steps.counts_per_unit(lab.windows))
        print_boards(steps.run_on_boards(exported, recognizer, counts))
        save_front(table, out / "accuracy_against_flash.png")
        table.to_csv(out / "candidates.csv", index=False)


if __name__ == "__main__":
    run(main)
