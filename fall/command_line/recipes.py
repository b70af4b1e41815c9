"""`fall recipes`: what each recipe of `fall compress` does."""

from __future__ import annotations

import textwrap

import fall
from common.command_line.options import Json
from common.command_line.output import print_result
from common.command_line.running import explained

_WIDTH = 80


@explained()
def recipes(as_json: Json = False) -> None:
    """List the recipes of fall compress, and what each does.

    \b
      fall recipes
    """
    known = fall.compression.RECIPES.values()
    width = 2 + max(len(recipe.name) for recipe in known)
    lines = [
        textwrap.fill(
            recipe.description,
            _WIDTH,
            initial_indent=recipe.name.ljust(width),
            subsequent_indent=" " * width,
            break_on_hyphens=False,
        )
        for recipe in known
    ]
    print_result("\n".join(lines), {"recipes": {recipe.name: recipe.description for recipe in known}}, as_json=as_json)
