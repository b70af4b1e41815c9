"""The published networks: found where they are said to be, and only if they are the published ones."""

import zipfile
from pathlib import Path

import pytest

from common.errors import InvalidInputError, ModelIntegrityError
from fall.people import fetch_pose_models, pose_model
from fall.people.models import _MODELS, VARIABLE


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("name", [*_MODELS])
@pytest.mark.parametrize("where", ["argument", "variable", "cache"])
def test_a_missing_network_says_how_to_get_it(
    name: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "variable":
        monkeypatch.setenv(VARIABLE, str(tmp_path / "lost"))
    folder = {"argument": tmp_path / "lost", "variable": tmp_path / "lost", "cache": tmp_path / "cache"}[where]
    with pytest.raises(InvalidInputError, match=r"does not exist: run fall.people.fetch_pose_models\(\)") as caught:
        pose_model(name, tmp_path / "lost" if where == "argument" else None)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"TFL3 another network", b"x" * 3_000_000])
def test_another_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "pose_detection.tflite").write_bytes(content)
    with pytest.raises((ModelIntegrityError, InvalidInputError), match="pose_detection"):
        pose_model("pose_detection", tmp_path)


def test_unknown_network() -> None:
    with pytest.raises(InvalidInputError, match="name is 'hands'"):
        pose_model("hands")


@pytest.mark.parametrize("wheel", ["lost.whl", "text.whl", "other.whl", "wrong.whl"])
def test_wheels_that_do_not_hold_them(wheel: str, tmp_path: Path) -> None:
    (tmp_path / "text.whl").write_text("no archive")
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("mediapipe/__init__.py", "")
    with zipfile.ZipFile(tmp_path / "wrong.whl", "w") as archive:
        for model in _MODELS.values():
            archive.writestr(model.member, b"another")
    with pytest.raises((InvalidInputError, ModelIntegrityError), match=r"\.whl"):
        fetch_pose_models(tmp_path / "models", wheel=tmp_path / wheel)
    assert not (tmp_path / "models").exists()


def test_pip_that_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(InvalidInputError, match=r"pip cannot download mediapipe==0\.10\.21"):
        fetch_pose_models(tmp_path / "models")


@pytest.mark.real_data
def test_from_a_wheel_to_the_cache(real_data: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "mediapipe.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, model in _MODELS.items():
            archive.write(real_data / "pose" / f"{name}.tflite", model.member)
    folder = fetch_pose_models(wheel=wheel)
    assert folder == tmp_path / "cache" / "har-fall" / "pose"
    assert sorted(path.name for path in folder.iterdir()) == ["pose_detection.tflite", "pose_landmark_full.tflite"]
    assert len(pose_model("pose_detection")) == 2_959_046
    wheel.unlink()
    assert fetch_pose_models(wheel=wheel) == folder, "what is there is not fetched again"
