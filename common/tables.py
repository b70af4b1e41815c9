"""Small tables as plain text for a terminal, as Markdown for a report, and as HTML for a notebook."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

ABSENT = "–"


def ratio(value: float) -> str:
    """A measure between 0 and 1 with three decimals, or a dash for NaN.

    Examples
    --------
    >>> ratio(0.91666), ratio(float("nan"))
    ('0.917', '–')
    """
    return ABSENT if math.isnan(value) else f"{value:.3f}"


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, total: bool = False) -> str:
    """Columns as aligned text, the first to the left and the others to the right; ``total`` separates the last row.

    Examples
    --------
    >>> print(text_table(["class", "support"], [["fall", "12"], ["walk", "3"]]))
    class  support
    -----  -------
    fall        12
    walk         3
    """
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = ["-" * width for width in widths]
    lines = [header, rule, *rows]
    if total:
        lines.insert(-1, rule)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in GitHub-flavored Markdown, aligned as in :func:`text_table`.

    Examples
    --------
    >>> print(markdown_table(["class", "support"], [["fall", "12"]]))
    | class | support |
    | :--- | ---: |
    | fall | 12 |
    """
    alignment = [":---"] + ["---:"] * (len(header) - 1)
    lines = [[_escape(cell) for cell in header], alignment, *([_escape(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same as an HTML table in which nothing is read as markup.

    Examples
    --------
    >>> print(html_table(["class", "support"], [["<fall>", "12"]]))
    <table>
    <tr><th style="text-align:left">class</th><th>support</th></tr>
    <tr><td style="text-align:left">&lt;fall&gt;</td><td>12</td></tr>
    </table>
    """
    lines = [_html_row("th", header), *(_html_row("td", row) for row in rows)]
    return "\n".join(["<table>", *lines, "</table>"])


def _html_row(tag: str, cells: Sequence[str]) -> str:
    left = ' style="text-align:left"'
    row = "".join(f"<{tag}{left * (not i)}>{html.escape(cell)}</{tag}>" for i, cell in enumerate(cells))
    return f"<tr>{row}</tr>"


def _escape(cell: str) -> str:
    """Escape what would end a cell or a row: bars and line breaks."""
    return " ".join(cell.replace("\\", "\\\\").replace("|", "\\|").split())
