"""The house style: no pyplot, no state, the same bytes."""

import subprocess
import sys
from pathlib import Path

import pytest

from common import plotting
from common.errors import InvalidInputError, MissingDependencyError

pytest.importorskip("matplotlib")


CONFUSION = [[187, 21, 0], [14, 1483, 0], [0, 0, 0]]
LABELS = ["fall", "walk", "hop"]


class TestStyle:
    def test_no_pyplot_and_no_backend(self, tmp_path: Path) -> None:
        program = (
            "import sys; from common import plotting\n"
            "assert 'matplotlib' not in sys.modules, 'imported before use'\n"
            f"plotting.save(plotting.plot_confusion_matrix([[1, 0], [0, 1]], 'ab'), {str(tmp_path / 'a.png')!r})\n"
            "assert 'matplotlib.pyplot' not in sys.modules"
        )
        subprocess.run([sys.executable, "-c", program], check=True)

    def test_leaves_the_users_settings_alone(self) -> None:
        import matplotlib

        before = dict(matplotlib.rcParams)
        plotting.plot_confusion_matrix(CONFUSION, LABELS)
        plotting.plot_accuracy_against_cost("ab", [1, 2], [0.1, 0.2])
        assert dict(matplotlib.rcParams) == before

    def test_grid_of_axes(self) -> None:
        assert len(plotting.figure(2, 3, sharex=True, size=(4, 3)).axes) == 6

    @pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
    def test_saved_twice_the_same_bytes(self, tmp_path: Path, ending: str) -> None:
        def draw(name: str) -> bytes:
            return plotting.save(
                plotting.plot_confusion_matrix(CONFUSION, LABELS), tmp_path / "new" / f"{name}.{ending}"
            ).read_bytes()

        first = draw("first")
        assert len(first) > 1000
        assert draw("second") == first

    @pytest.mark.parametrize("name", ["figure", "figure.exe", "figure.jpg"])
    def test_save_refuses_other_endings(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(InvalidInputError, match=r"suffix of path .* choose one of '\.png'"):
            plotting.save(plotting.figure(), tmp_path / name)
        assert not list(tmp_path.iterdir())

    def test_without_matplotlib(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        with pytest.raises(MissingDependencyError, match=r"pip install 'har-fall\[demo\]'"):
            plotting.figure()
