"""The page of promises lists the marked tests, all of them and no others, and none that was not run."""

from pathlib import Path

from tests.promises import marked_tests

ROOT = Path(__file__).parent.parent


def test_the_page_lists_the_marked_tests() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    listed = {(promise, test.strip("`")) for promise, test, _ in rows}
    assert listed == {(one.text, one.test) for one in marked_tests(ROOT / "tests")}, "run `make reliability`"


def test_every_promise_on_the_page_was_held() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert "not run" not in page
    assert "failed" not in page
