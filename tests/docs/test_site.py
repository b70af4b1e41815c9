"""The site builds without a warning, needs nothing from elsewhere, and its picture is that of the code."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    pytest.importorskip("mkdocstrings")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = re.findall(r'<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)="(https?://[^"]+)"', page.read_text())
        assert loaded == [], page.relative_to(site)


def test_the_reference_shows_signatures_and_no_roles(site: Path) -> None:
    page = (site / "api" / "har.html").read_text(encoding="utf-8")
    assert "_SupportsArray" not in page
    assert 'id="har.DTWPrototypeClassifier.predict"' in page
    assert not re.search(r":(?:func|class|mod|meth):", page)


def test_scripts_of_the_site_are_not_part_of_it(site: Path) -> None:
    assert not list(site.rglob("*.py"))
    assert (site / "notebooks" / "lab1.ipynb").is_file()


def test_the_picture_of_the_architecture_is_that_of_the_code() -> None:
    pytest.importorskip("grimp")
    spec = importlib.util.spec_from_file_location("building_rooms", ROOT / "docs" / "building" / "rooms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # data classes look their module up
    spec.loader.exec_module(module)
    assert module.PICTURE.read_text(encoding="utf-8") == module.draw(), "run python docs/building/rooms.py"
