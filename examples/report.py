"""One page with all results: the tables and figures that the labs and the fusion have written to a folder.

    python examples/report.py demo

The page, report.html, contains its figures, so the single file can be sent or archived.
"""

import html
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
from examples.report_figures import figure_html
from examples.report_style import STYLE
from examples.report_tables import Results, fusion_results, lab1_results, lab2_results, table_html
from examples.terminal import console, explained, run


@dataclass(frozen=True)
class Figure:
    """A figure of the page: its file, its caption, and whether it shows photographs, which keep their colours."""

    file: str
    caption: str
    shows_photos: bool = False


@dataclass(frozen=True)
class Section:
    """A section of the page: the folder of its files, its text, its tables and its figures."""

    folder: str
    title: str
    text: str
    figures: tuple[Figure, ...]
    tables: tuple[tuple[str, Results], ...]


SECTIONS = (
    Section(
        "",
        "Lab 1: what is somebody doing?",
        "A watch on the wrist, dynamic time warping, and a few profiles per activity instead of the whole training "
        "set. Tested on people who were not in training.",
        (
            Figure("signals.png", "What the watch measures: a window of each activity."),
            Figure("warping_path.png", "Two windows, and how time warping aligns one with the other within its band."),
            Figure("accuracy_against_cost.png", "What accuracy costs: fewer profiles, lower rate, narrower band."),
            Figure("confusion_matrix.png", "Which activities are confused."),
            Figure(
                "profiles.png",
                "The learned profiles, a colour for each, in the channels that count most. Values are in standard "
                "deviations of the channel.",
            ),
        ),
        (("results.csv", lab1_results),),
    ),
    Section(
        "lab2",
        "Lab 2: has somebody fallen? (simulated people)",
        "Small convolutional networks on pictures of 96 × 96 pixels of <b>simulated</b> people in <b>simulated</b> "
        "rooms, tested on people and rooms that were not in training. This says nothing about how well a network does "
        "on measured data: for that, run the lab on CAUCAFall or GMDCSA24.",
        (
            Figure("training_curves.png", "Loss during training."),
            Figure("confusion_matrix.png", "What is missed, and what is taken for a fall."),
            Figure(
                "worst_mistakes.png",
                "The most confident mistakes, with the probability of a fall: look at them before you trust a figure.",
                shows_photos=True,
            ),
            Figure("error_of_int8.png", "Where the error of the file in 8 bits arises, layer by layer."),
            Figure("recipes.png", "What compression costs."),
            Figure("pruning.png", "How many weights can be left out."),
        ),
        (("results.csv", lab2_results),),
    ),
    Section(
        "fusion",
        "Fusion: when is help called? (simulated residents)",
        "<b>Simulated</b> residents with a sensor at the waist and a camera in the room fall far more often than real "
        "people do. Their days run through the monitor that would run in a home. Figures of a few days are no rates: "
        "the README has those of 30 days, with their intervals.",
        (
            Figure("days.png", "Whole days: the fused probability, the falls, and the messages to staff."),
            Figure("timeline.png", "One fall, second by second, until staff are notified."),
            Figure("sensitivity_against_alarms.png", "Falls found against false alarms, by threshold."),
            Figure("reliability.png", "Whether the probabilities can be trusted."),
        ),
        (("results.csv", fusion_results), ("counts.csv", fusion_results), ("energy.csv", fusion_results)),
    ),
)


def page(folder: Path) -> str:
    """The whole page as HTML."""
    contents = [content for section in SECTIONS if (content := _section(folder / section.folder, section))]
    if not contents:
        raise common.InvalidInputError(f"folder {folder} holds no results: run the labs with --out {folder} first")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>Frugal recognition of activities and falls</title><style>{STYLE}</style></head><body><main>"
        "<h1>Frugal recognition of activities and falls</h1>"
        f'<p class="lead">Results of one run, har-fall {html.escape(common.__version__)}.</p>{"".join(contents)}'
        "</main></body></html>"
    )


def _section(folder: Path, section: Section) -> str:
    """One section as HTML; empty if it was not run."""
    tables = [table_html(folder / name, results) for name, results in section.tables if (folder / name).exists()]
    figures = [
        figure_html(folder / figure.file, figure.caption, shows_photos=figure.shows_photos)
        for figure in section.figures
        if (folder / figure.file).exists()
    ]
    if not tables and not figures:
        return ""
    return (
        f"<section><h2>{html.escape(section.title)}</h2><p>{section.text}</p>{''.join(tables)}"
        f'<div class="figures">{"".join(figures)}</div></section>'
    )


def main(
    folder: Annotated[Path, typer.Argument(help="The folder with the results of the labs and the fusion.")],
) -> None:
    """Put all results on one page."""
    with explained():
        text = page(folder)
    path = folder / "report.html"
    path.write_text(text, encoding="utf-8")
    console.print(f"All results on one page: [bold]{path}[/], {len(text.encode()) / 1e6:.1f} MB", highlight=False)


if __name__ == "__main__":
    run(main)
