"""`fall measure`: what a .tflite file costs, read from the file itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import common
import fall
from common.command_line.options import Json
from common.command_line.output import print_result
from common.command_line.running import explained
from common.errors import InvalidInputError
from common.tables import text_table
from fall.command_line import options
from fall.costs import float_operators, stored_sizes

if TYPE_CHECKING:
    from common.costs.devices import Estimate
    from fall.tflite.file import Graph


@explained()
def measure(model: options.Model, as_json: Json = False) -> None:
    """Tell what a .tflite file costs, operator by operator.

    Multiply-adds, parameters and memory are counted in the file. Time and energy are estimates, from what was measured
    on other networks.

    \b
      fall measure detector
      fall measure model.tflite --json
    """
    graph = _graph(model)
    ledger = fall.tflite_cost(graph)
    sizes = stored_sizes(graph)
    in_float = float_operators(graph)
    estimates = [device.estimate(ledger) for device in common.DEVICES]
    print_result(
        "\n\n".join(
            [
                f"{ledger}",
                f"file {sizes.raw:,} bytes; gzip {sizes.gzip:,}; coded {sizes.coded:,} (fall.save_coded)\n"
                f"working memory at its peak {ledger.total.activation_bytes:,} bytes\n"
                f"computed in float: {', '.join(in_float) if in_float else 'nothing'}",
                _devices(estimates),
            ]
        ),
        {
            "bytes": sizes.raw,
            "gzip_bytes": sizes.gzip,
            "coded_bytes": sizes.coded,
            "cost": ledger.total.counts(),
            "operators": [{"name": name, **cost.counts()} for name, cost in ledger],
            "computed_in_float": in_float,
            "devices": [
                {"name": found.device, "fits": found.fits, "time_s": found.time_s, "energy_j": found.energy_j}
                for found in estimates
            ],
        },
        as_json=as_json,
    )


def _graph(path: Path) -> Graph:
    """The graph of a file, or of the model in a bundle."""
    from fall.tflite.file import read_graph

    if path.is_dir():
        model = common.load_bundle(path)
        if not isinstance(model, fall.CompressedModel):
            raise InvalidInputError(f"{path} holds a {type(model).__name__}, not a network for images")
        return model.graph
    if not path.is_file():
        raise InvalidInputError(f"{path} is neither a .tflite file nor the folder of a model")
    return read_graph(path.read_bytes())


def _devices(estimates: list[Estimate]) -> str:
    rows = [
        [
            found.device,
            "yes" if found.fits else "no",
            _two_digits(1e3 * found.time_s),
            _two_digits(1e3 * found.energy_j),
        ]
        for found in estimates
    ]
    return text_table(["estimated on", "fits", "ms", "mJ"], rows)


def _two_digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
