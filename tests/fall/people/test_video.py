"""Frames of files: times from the time stamps, upright, and an error in our words for everything that is no video."""

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from common.errors import FrugalWarning, InvalidInputError
from common.validation import files
from fall.people import frames_of
from tests.fall.people.made_video import HEIGHT, WIDTH, picture, walk, write


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("video") / "walk.mp4", walk(30))


def test_frames_are_those_written(video: Path) -> None:
    frames = list(frames_of(video))
    assert [frame.number for frame in frames] == list(range(30))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(30) / 30, atol=1e-3)
    for frame, written in zip(frames, walk(30), strict=True):
        assert frame.image.shape == (HEIGHT, WIDTH, 3)
        assert np.abs(frame.image.astype(int) - written).mean() < 12


@pytest.mark.parametrize("name", ["walk.mp4", "walk.mkv", "walk.avi", "walk.mov", "walk.ts"])
def test_containers_and_a_clock_that_starts_at_zero(name: str, tmp_path: Path) -> None:
    frames = list(frames_of(write(tmp_path / name, walk(12))))
    assert len(frames) >= 11
    assert frames[0].time_s == 0
    assert frames[-1].time_s == pytest.approx((len(frames) - 1) / 30, abs=0.01)


@pytest.mark.parametrize("times_ms", [[0, 40, 120, 130, 700], [0, 1000, 1001, 5000, 5033], [0, 7, 14, 21, 1000]])
def test_times_of_a_variable_frame_rate(times_ms: list[int], tmp_path: Path) -> None:
    path = write(tmp_path / "variable.mkv", walk(5), times_ms=times_ms)
    np.testing.assert_allclose([frame.time_s for frame in frames_of(path)], np.array(times_ms) / 1000, atol=2e-3)


@pytest.mark.parametrize(
    ("codec", "pixels", "name"),
    [
        ("ffv1", "gray", "grey.mkv"),
        ("ffv1", "yuv420p10le", "ten_bits.mkv"),
        ("ffv1", "bgra", "transparent.mkv"),
        ("mjpeg", "yuvj422p", "motion_jpeg.avi"),
        ("ffv1", "yuv444p16le", "sixteen_bits.mkv"),
    ],
)
def test_pixel_formats(codec: str, pixels: str, name: str, tmp_path: Path) -> None:
    (frame,) = frames_of(write(tmp_path / name, [picture((40, 40, 40, 40))], codec=codec, pixels=pixels))
    assert frame.image.dtype == np.uint8
    assert np.abs(frame.image.astype(int) - picture((40, 40, 40, 40))).mean() < 12


@pytest.mark.parametrize("degrees", [90, 180, 270, -90])
def test_a_camera_held_sideways(degrees: int, tmp_path: Path) -> None:
    """The player's turn is undone, so that what was written turned comes out upright."""
    upright = picture((10, 20, 20, 50))
    lying = np.rot90(upright, -degrees // 90)
    (frame,) = frames_of(write(tmp_path / "turned.mp4", [lying], rotation=degrees))
    assert frame.image.shape == upright.shape
    assert np.abs(frame.image.astype(int) - upright).mean() < 12


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["cut.mkv", "cut.mp4", "cut.avi"])
def test_a_truncated_video_gives_what_is_there_and_a_warning(part: float, name: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, HEIGHT, WIDTH, 3), dtype=np.uint8)
    options = {"movflags": "+faststart"} if name.endswith("mp4") else {}
    path = write(tmp_path / name, list(noise), **options)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(part * len(whole))])
    with pytest.warns(FrugalWarning, match="truncated or damaged.* were read"):
        frames = list(frames_of(path))
    assert 0.5 * part * 60 < len(frames) < 60


def test_damage_in_the_middle_does_not_end_the_video(tmp_path: Path) -> None:
    path = write(tmp_path / "damaged.mkv", walk(38), codec="ffv1", pixels="yuv420p")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(3000)
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FrugalWarning)
        assert len(list(frames_of(path))) > 20


def _not_videos(folder: Path) -> dict[str, Path]:
    paths = {name: folder / name for name in ("text.mp4", "empty.mp4", "cut_header.mp4", "picture.png", "list.m3u8")}
    paths["text.mp4"].write_text("no video\n" * 500)
    paths["empty.mp4"].write_bytes(b"")
    whole = write(folder / "whole.mp4", walk(10)).read_bytes()
    paths["cut_header.mp4"].write_bytes(whole[: len(whole) // 2])  # its index is at the end
    from PIL import Image

    Image.fromarray(picture()).save(paths["picture.png"])
    paths["list.m3u8"].write_text(f"#EXTM3U\n#EXTINF:1,\n{folder / 'whole.mp4'}\n#EXT-X-ENDLIST\n")
    paths["folder.mp4"] = folder / "folder.mp4"
    paths["folder.mp4"].mkdir()
    paths["lost.mp4"] = folder / "lost.mp4"
    return paths


@pytest.mark.parametrize(
    "name", ["text.mp4", "empty.mp4", "cut_header.mp4", "picture.png", "list.m3u8", "folder.mp4", "lost.mp4"]
)
def test_what_is_no_video(name: str, tmp_path: Path) -> None:
    path = _not_videos(tmp_path)[name]
    with pytest.raises(InvalidInputError, match=name.replace(".", r"\.")):
        list(frames_of(path))


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    """Neither under its own name nor under that of a video."""
    whole = write(tmp_path / "whole.mp4", walk(10))
    for name in ("list.mp4", "list.ffconcat", "list.avi"):
        (tmp_path / name).write_text(f"ffconcat version 1.0\nfile '{whole}'\n")
        with pytest.raises(InvalidInputError, match="is not a video"):
            frames_of(tmp_path / name)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    import av

    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    with pytest.raises(InvalidInputError, match="holds no video"):
        frames_of(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are files on POSIX only")
@pytest.mark.parametrize("kind", ["fifo", "device", "link to a fifo"])
def test_a_pipe_is_refused_and_never_waited_for(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "pipe.mp4"
    if kind == "device":
        path = Path("/dev/null")
    else:
        os.mkfifo(path)
    if kind.startswith("link"):
        (tmp_path / "link.mp4").symlink_to(path)
        path = tmp_path / "link.mp4"
    with pytest.raises(InvalidInputError, match="not a regular file"):
        frames_of(path)


@pytest.mark.parametrize("n_reads", [0, 1, 2])
def test_a_disk_that_fails(n_reads: int, video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, done = files._RegularFile.readinto, []

    def fail_later(file: files._RegularFile, buffer: Any) -> int:
        done.append(file)
        if len(done) > n_reads:
            raise InvalidInputError("walk.mp4 cannot be read (Input/output error)")
        return read(file, buffer)

    monkeypatch.setattr(files._RegularFile, "readinto", fail_later)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            list(frames_of(video))
            (told,) = (str(warning.message) for warning in caught)
        except InvalidInputError as error:  # before the first frame
            told = str(error)
    assert "Input/output error" in told


@pytest.mark.parametrize("hide", ["av", "cv2"])
def test_without_the_extra(hide: str, tmp_path: Path) -> None:
    """`import fall` needs neither; what does says which extra to install."""
    program = (
        f"import sys; sys.modules[{hide!r}] = None\n"
        "import fall, common\n"
        "try: fall.people_in('a.mp4', detector='motion')\n"
        "except common.MissingDependencyError as error: print(error)\n"
        "except common.InvalidInputError as error: print(error)\n"
    )
    (tmp_path / "a.mp4").write_bytes(b"")
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    ).stdout  # fmt: skip
    assert f"needs {hide}: pip install 'har-fall[video]'" in answer
