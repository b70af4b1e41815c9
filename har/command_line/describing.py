"""`har describe`: what a bundle holds, and what a decision of it costs."""

from __future__ import annotations

import common
from common.command_line.options import Json
from common.command_line.output import print_result
from common.command_line.running import explained
from har.command_line import options
from har.command_line.learning import cost_of


@explained()
def describe(model: options.Model, as_json: Json = False) -> None:
    """Tell what a model is, what it learned from, and what it costs.

    \b
      har describe model
    """
    found = common.describe_bundle(model)
    # A model with parts of other libraries is loaded only by somebody who says that they are trusted.
    cost = None if found.types else cost_of(common.load_bundle(model))
    print_result(
        f"{found}" if cost is None else f"{found}\na decision: {cost}",
        {
            "kind": found.kind,
            "parts": dict(found.parts),
            "library": found.library,
            "bytes": found.n_bytes,
            "trained_on": found.trained_on.to_json(),
            "types_of_other_libraries": found.types,
            "cost": None if cost is None else cost.counts(),
        },
        as_json=as_json,
    )
