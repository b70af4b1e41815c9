"""Tables of Lab 2: results on the test people, and the recipes."""

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

import common
from examples import lab2_networks
from examples.terminal import console


def show(results: dict[tuple[str, str], common.Evaluation], trained: dict[str, lab2_networks.Trained]) -> None:
    """Print the results of the test, for the file in float32 and the one in int8 of each network."""
    table = Table(box=SIMPLE_HEAD, padding=0)  # narrow enough for 80 columns
    table.add_column("network", no_wrap=True)
    table.add_column("file", no_wrap=True)
    for name in ("kB", "accuracy", "95%", "sensitivity", "specificity"):
        table.add_column(name, justify="right", no_wrap=True)
    for (name, version), result in results.items():
        # With only one or two test people, their spread cannot be estimated, so intervals treat images as independent.
        interval = result.wilson.accuracy
        table.add_row(
            name if version == lab2_networks.VERSIONS[0] else "",
            version,
            f"{len(trained[name].files[version].tflite) / 1000:,.0f}",
            f"{result.accuracy:.3f}",
            f"{100 * interval.low:.0f}–{100 * interval.high:.0f}%",
            f"{result.sensitivity:.3f}",
            f"{result.specificity:.3f}",
        )
    console.print(table)
    console.print(
        "95%: Wilson, as if images were independent; images of one video are not, so it is too narrow.", style="dim"
    )
    if lab2_networks.TUNED in trained:
        console.print(
            "With few people, fine-tuning MobileNetV2 is no better than training its dense layer alone, but depends "
            "more on the seed and on the person: the library's default is the dense layer alone; see --each-person.",
            style="dim",
        )


def show_recipes(table: pd.DataFrame, columns: dict[str, pd.Series], decimals: int) -> None:
    """Print columns of the table of recipes, with the chosen recipe in bold."""
    made = table[table["reason"] == ""]
    output = Table(box=SIMPLE_HEAD, pad_edge=False)
    output.add_column("recipe", no_wrap=True)
    for name in columns:
        output.add_column(name, justify="right", no_wrap=True)
    for recipe, chosen in made["chosen"].items():
        cells = [f"{column[recipe]:,.{decimals}f}" for column in columns.values()]
        output.add_row(str(recipe), *cells, style="bold" if chosen else None)
    console.print(output)
