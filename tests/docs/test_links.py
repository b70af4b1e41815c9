"""Links of README and guides lead somewhere, and twenty questions are answered within two clicks of the README."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, README, ROOT

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def _text(page: Path) -> str:
    return re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def _links(page: Path) -> list[str]:
    return _LINK.findall(re.sub(r"^```.*?^```$", "", _text(page), flags=re.DOTALL | re.MULTILINE))


def _anchors(page: Path) -> set[str]:
    """What headings are called in links, and entries of the reference."""
    text = _text(page)
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    slugs = {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}
    return slugs | set(re.findall(r"^::: ([\w.]+)$", text, re.MULTILINE))


@pytest.mark.parametrize("page", [README, ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _links(page):
        if re.match(r"https?://|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in _anchors(target), f"{page.name}: {link}"


def test_questions_are_two_clicks_from_the_readme() -> None:
    questions = ROOT / "docs" / "index.md"
    assert questions in {(ROOT / link.partition("#")[0]).resolve() for link in _links(README)}
    asked = re.findall(r"^\d+\. \*\*(.+?\?)\*\*(.*?)(?=^\d+\. |^#|\Z)", _text(questions), re.MULTILINE | re.DOTALL)
    assert len(asked) >= 20
    for question, answer in asked:
        assert _LINK.search(answer), question


def test_the_readme_stays_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 120


def test_figures_of_the_readme_are_those_of_the_results() -> None:
    reached = _text(README).partition("## What it reaches")[2].partition("\n## ")[0]
    table = "".join(line for line in reached.splitlines() if line.startswith("|"))
    results = "".join(_text(page) for page in (ROOT / "docs" / "results").glob("*.md"))
    figures = set(re.findall(r"\d[\d,.]*\d", table))
    assert len(figures) > 30
    assert {figure for figure in figures if figure not in results} == set()
