"""Names of modules that have moved since version 0.1 still import."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from common.moved import MOVED


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_gives_the_module_of_today_and_says_so(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, old, raising=False)
    with pytest.warns(DeprecationWarning, match=MOVED[old]):
        module = import_module(old)
    assert module is import_module(MOVED[old])
    assert module.__name__ == MOVED[old]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fall.tflite_file.reading", "fall.tflite.file.reading"),
        ("common.complexity.blocks", "common.costs.blocks"),
        ("common.complexity.series", "common.costs.series"),
    ],
)
def test_a_moved_packages_modules_are_loaded_once(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, old, raising=False)
    with pytest.warns(DeprecationWarning, match=new):
        assert import_module(old) is import_module(new)


@pytest.mark.parametrize("name", ["common.no_such_module", "fall.compression.no_such_module"])
def test_what_never_existed_is_still_an_import_error(name: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        import_module(name)


@pytest.mark.parametrize("old", MOVED)
def test_no_module_of_today_is_hidden_by_an_old_name(old: str) -> None:
    path = Path(__file__).parents[2].joinpath(*old.split("."))
    assert not path.exists()
    assert not path.with_suffix(".py").exists()
