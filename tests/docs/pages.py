"""The documentation's files, and the code in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = sorted((ROOT / "docs").rglob("*.md"))

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code, and what the page says that it prints."""

    language: str
    code: str
    line: int
    prints: str | None = None


def blocks(page: Path) -> Iterator[Block]:
    """The page's blocks; a block ``text`` right below a block ``python`` is what that prints."""
    text = page.read_text(encoding="utf-8")
    found = list(_FENCE.finditer(text))
    for fence, after in zip_longest(found, found[1:]):
        prints = None
        if after is not None and after[1] == "text" and not text[fence.end() : after.start()].strip():
            prints = after[2]
        yield Block(fence[1], fence[2], text.count("\n", 0, fence.start()) + 2, prints)
