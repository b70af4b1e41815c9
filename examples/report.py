"""One page with all results: the tables and figures that the labs and the fusion have written to a folder.

    python examples/report.py demo

The page, report.html, contains its figures, so the single file can be sent or archived.
"""

import base64
import html
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
from examples.terminal import console, explained


@dataclass(frozen=True)
class Section:
    """A section of the page: the folder of its files, its text, and a caption for each figure."""

    folder: str
    title: str
    text: str
    figures: dict[str, str]  # file name → caption
    tables: tuple[str, ...] = ("results.csv",)


SECTIONS = (
    Section(
        "",
        "Lab 1: what is somebody doing?",
        "A watch on the wrist, dynamic time warping, and a few profiles per activity instead of the whole training "
        "set. Tested on people who were not in training.",
        {
            "signals.png": "What the watch measures.",
            "warping_path.png": "Two windows, and how time warping aligns one with the other within its band.",
            "accuracy_against_cost.png": "What accuracy costs: fewer profiles, lower rate, narrower band.",
            "profiles.png": "The learned profiles.",
            "confusion_matrix.png": "Which classes are confused.",
        },
    ),
    Section(
        "lab2",
        "Lab 2: has somebody fallen? (simulated people)",
        "Small convolutional networks on pictures of 96 × 96 pixels of <b>simulated</b> people in <b>simulated</b> "
        "rooms, tested on people and rooms that were not in training. This says nothing about how well a network does "
        "on measured data: for that, run the lab on CAUCAFall or GMDCSA24.",
        {
            "training_curves.png": "Loss and accuracy during training.",
            "confusion_matrix.png": "Which classes are confused.",
            "worst_mistakes.png": "The most confident mistakes: look at them before you trust a figure.",
        },
    ),
    Section(
        "fusion",
        "Fusion: when is help called? (simulated residents)",
        "<b>Simulated</b> residents with a sensor at the waist and a camera in the room fall far more often than real "
        "people do. Their days run through the monitor that would run in a home. Figures of a few days are no rates: "
        "the README has those of 30 days, with their intervals.",
        {
            "days.png": "Whole days: the fused probability, the falls, and the messages to staff.",
            "timeline.png": "One fall, second by second, until staff are notified.",
            "sensitivity_against_alarms.png": "Falls found against false alarms an hour of movement, by threshold.",
            "reliability.png": "Whether the probabilities can be trusted.",
        },
        ("results.csv", "energy.csv"),
    ),
)

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.55 system-ui, sans-serif; color: #22262B; max-width: 60rem;
  margin: 3rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.9rem; margin-bottom: .2rem; }
h2 { margin-top: 3.2rem; border-top: 1px solid #E5E7EB; padding-top: 1.4rem; }
p.lead { color: #6B7280; margin-top: 0; }
table { border-collapse: collapse; font-size: .88rem; margin: 1.2rem 0; display: block; overflow-x: auto; }
th, td { padding: .32rem .8rem; text-align: right; border-bottom: 1px solid #E5E7EB; white-space: nowrap; }
th { color: #6B7280; font-weight: 600; } th:first-child, td:first-child { text-align: left; padding-left: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1.6rem;
  align-items: start; }
figure { margin: 0; } figure img { width: 100%; } figcaption { color: #6B7280; font-size: .88rem; }
"""


def page(folder: Path) -> str:
    """The whole page as HTML."""
    contents = [content for section in SECTIONS if (content := _section(folder / section.folder, section))]
    if not contents:
        raise common.InvalidInputError(f"folder {folder} holds no results: run the labs with --out {folder} first")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Frugal recognition of activities and falls</title><style>{_STYLE}</style>"
        "<h1>Frugal recognition of activities and falls</h1>"
        f'<p class="lead">Results of one run, har-fall {html.escape(common.__version__)}.</p>{"".join(contents)}</html>'
    )


def _section(folder: Path, section: Section) -> str:
    """One section as HTML; empty if it was not run."""
    tables = [_table(folder / name) for name in section.tables if (folder / name).exists()]
    figures = [_figure(folder / name, text) for name, text in section.figures.items() if (folder / name).exists()]
    if not tables and not figures:
        return ""
    return (
        f"<h2>{html.escape(section.title)}</h2><p>{section.text}</p>{''.join(tables)}"
        f'<div class="figures">{"".join(figures)}</div>'
    )


# Column names of the CSV files, in words for people.
_HEADINGS = {
    "low": "95%, from",
    "high": "to",
    "cells": "DTW cells",
    "macs": "multiply-adds",
    "microseconds": "µs a decision",
}


def _table(path: Path) -> str:
    table = pd.read_csv(path).drop(columns="every", errors="ignore").dropna(axis="columns", how="all")
    return table.rename(columns=_HEADINGS).map(_cell).to_html(index=False, border=0)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    if isinstance(value, float) and abs(value) < 1_000:
        return f"{value:.3f}" if abs(value) <= 1 else f"{value:.3g}"
    return f"{value:,.0f}"


def _figure(path: Path, caption: str) -> str:
    picture = base64.b64encode(path.read_bytes()).decode()
    text = html.escape(caption)
    return f'<figure><img alt="{text}" src="data:image/png;base64,{picture}"><figcaption>{text}</figcaption></figure>'


def main(
    folder: Annotated[Path, typer.Argument(help="The folder with the results of the labs and the fusion.")],
) -> None:
    """Put all results on one page."""
    with explained():
        text = page(folder)
    path = folder / "report.html"
    path.write_text(text, encoding="utf-8")
    console.print(f"All results on one page: [bold]{path}[/]")


if __name__ == "__main__":
    typer.run(main)
