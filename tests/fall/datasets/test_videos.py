"""Videos and a table of times become crops and a frame table: labelled by time, resumed, with a report."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from common.errors import FrugalWarning, InvalidInputError
from fall import read_images
from fall.datasets import frames_of_videos
from fall.datasets.video_folders import VideoFolder
from tests.fall.people.made_video import picture, walk, write

CALLS: list[int] = []


def whitest(frame: Any) -> list[tuple[float, ...]]:
    """A detector of the checked figure in the upper or lower half, that counts its calls."""
    CALLS.append(1)
    rows, columns = np.nonzero(frame[..., 0] > 140)
    if len(rows) < 50:
        return []
    return [(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1, 0.9)]


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """Two seconds of somebody who stands and then lies, and of somebody who walks."""
    folder = tmp_path / "videos"
    folder.mkdir()
    write(folder / "a.mp4", [picture((60, 40, 20, 50))] * 30 + [picture((50, 60, 40, 30))] * 30)
    write(folder / "b.mp4", walk(30))
    return folder


def parts(*rows: tuple[str, int, float, float], **more: Any) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["video", "label", "start_s", "end_s"]).assign(**more)


def cut(table: pd.DataFrame, videos: Path, **options: Any) -> pd.DataFrame:
    return frames_of_videos(
        table, videos.parent / "out", root=videos, **{"detector": whitest, "turned": False} | options
    )


def test_labels_by_time(videos: Path) -> None:
    table = cut(parts(("a.mp4", 0, 0, 0.9), ("a.mp4", 1, 1.1, np.nan), ("b.mp4", 0, 0.2, 0.6)), videos, every=3)
    assert table.columns[:5].tolist() == ["path", "label", "subject", "sequence", "activity"]
    a, b = (table[table["sequence"] == name] for name in "ab")
    assert a["frame"].tolist() == [*range(0, 27, 3), *range(33, 60, 3)]
    assert a["label"].tolist() == [0] * 9 + [1] * 9
    np.testing.assert_allclose(a["time_s"], a["frame"] / 30, atol=1e-3)
    assert b["time_s"].between(0.2, 0.6, inclusive="left").all()
    assert read_images(table).shape == (len(table), 96, 96, 3)
    assert table["source_box"].str.count(",").eq(3).all()


def test_columns_are_copied_and_the_table_is_on_disk(videos: Path) -> None:
    table = cut(parts(("a.mp4", 1, 0, 1), subject=7, sequence="s", activity="fall forwards"), videos)
    assert table[["subject", "sequence", "activity"]].drop_duplicates().values.tolist() == [[7, "s", "fall forwards"]]
    pd.testing.assert_frame_equal(pd.read_csv(videos.parent / "out" / "frames.csv"), table)


def test_moments_take_the_nearest_frame(videos: Path) -> None:
    moments = pd.DataFrame({"video": ["a.mp4"] * 3, "label": [0, 1, 1], "time_s": [0.5, 1.49, 1.95]})
    table = cut(moments, videos, every=5)
    assert table["frame"].tolist() == [15, 45, 58]
    assert table["label"].tolist() == [0, 1, 1]


def test_the_work_is_resumed_and_redone_where_something_changed(videos: Path) -> None:
    rows = parts(("a.mp4", 1, 0, 1), ("b.mp4", 0, 0, 2))
    first = cut(rows, videos)
    CALLS.clear()
    pd.testing.assert_frame_equal(cut(rows, videos), first)
    assert CALLS == [], "nothing was done again"
    shutil.rmtree(videos.parent / "out" / "b")
    pd.testing.assert_frame_equal(cut(rows, videos), first)
    assert len(CALLS) == 30, "only b"
    for changed in (rows.assign(label=[0, 0]), rows):
        CALLS.clear()
        cut(changed, videos)
        assert len(CALLS) == 60, "a, of which the label changed"
    CALLS.clear()
    cut(rows, videos, size=64)
    assert len(CALLS) == 90


def test_an_interrupted_video_leaves_no_folder(videos: Path) -> None:
    def breaks(frame: Any) -> list[tuple[float, ...]]:
        if len(CALLS) == 40:
            raise KeyboardInterrupt
        return whitest(frame)

    CALLS.clear()
    with pytest.raises(KeyboardInterrupt):
        cut(parts(("b.mp4", 0, 0, 2), ("a.mp4", 1, 0, 1)), videos, detector=breaks)
    assert [path.name for path in (videos.parent / "out").iterdir()] == ["b"]


def test_of_two_people_the_one_who_is_there_longer(tmp_path: Path) -> None:
    frames = [picture((20, 40, 15, 50), *([(110, 40, 15, 50)] if k > 15 else [])) for k in range(30)]
    videos = tmp_path / "videos"
    videos.mkdir()
    write(videos / "two.mp4", frames)

    def both(frame: Any) -> list[tuple[float, ...]]:
        return [(left + x, 40, 15, 50, 0.9) for left, x in ((0, 20), (80, 30)) if frame[60, left + x + 7, 0] > 140]

    table = parts(("two.mp4", 1, 0, np.nan))
    assert set(cut(table, videos, detector=both)["track"]) == {1}
    assert set(cut(table, videos, detector=both, people="all")["track"]) == {1, 2}


def test_what_was_left_out_is_told(videos: Path) -> None:
    (videos / "broken.mp4").write_text("no video")
    rows = parts(("a.mp4", 0, 0, 1), ("a.mp4", 1, 5, 6), ("broken.mp4", 0, 0, 1), ("lost.mp4", 0, 0, 1))
    with pytest.warns(FrugalWarning, match="3 parts of videos are left out"):
        table = cut(rows, videos, errors="skip")
    assert set(table["sequence"]) == {"a"}
    told = pd.read_csv(videos.parent / "out" / "left_out.csv")
    assert [Path(path).name for path in told["video"]] == ["a.mp4", "broken.mp4", "lost.mp4"]
    assert told["part"].tolist() == ["5 to 6 s", "all", "all"]


def test_nobody_anywhere(videos: Path) -> None:
    with pytest.raises(InvalidInputError, match="nobody was found in any of the 1 videos"):
        cut(parts(("a.mp4", 0, 0, 1)), videos, detector=lambda frame: [])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([("a.mp4", 1)], "table is a list"),
        (pd.DataFrame({"path": ["a.mp4"], "label": [1]}), "no column 'video'"),
        (pd.DataFrame({"video": ["a.mp4"]}), "no column 'label'"),
        (pd.DataFrame({"video": [], "label": []}), "table is empty"),
        (parts(("a.mp4", 2, 0, 1)), "row 0 has the label 2"),
        (parts(("a.mp4", 0, 0, 1), ("a.mp4", np.nan, 1, 2)), "row 1 has the label nan"),
        (parts(("a.mp4", 0, 0, 1)).assign(label="fall"), "column 'label' holds something"),
        (parts(("a.mp4", 0, 3, 1)), "row 0 is from 3 to 1 s"),
        (parts(("a.mp4", 0, -1, 1)), "row 0 is from -1 to 1 s"),
        (parts(("a.mp4", 0, 0, 2), ("b.mp4", 0, 0, 1), ("a.mp4", 1, 1.5, 3)), "rows 0 and 2 are parts of a.mp4"),
        (parts(("a.mp4", 0, 0, 1)).assign(time_s=1.0), "moments or parts, not both"),
        (pd.DataFrame({"video": ["a.mp4"] * 2, "label": [0, 1], "time_s": [1, 1]}), "rows 0 and 1"),
        (pd.DataFrame({"video": [None], "label": [1]}), "row 0 has the video None"),
        (parts(("lost.mp4", 0, 0, 1)), "lost.mp4 cannot be read"),
    ],
)
def test_wrong_tables_are_refused_before_any_work(table: Any, message: str, videos: Path) -> None:
    CALLS.clear()
    with pytest.raises(InvalidInputError, match=message):
        cut(table, videos)
    assert CALLS == []


@pytest.mark.parametrize(
    "options", [{"people": "some"}, {"every": 0}, {"image_format": "bmp"}, {"errors": "no"}, {"detectors": "pose"}]
)
def test_wrong_options_are_refused_before_any_work(options: dict[str, Any], videos: Path) -> None:
    CALLS.clear()
    with pytest.raises(InvalidInputError, match=next(iter(options))):
        cut(parts(("a.mp4", 0, 0, 1)), videos, **options)
    assert CALLS == []


@pytest.mark.parametrize("other", ["the same", "other crops", "a file that is left behind"])
def test_another_process_is_faster(other: str, tmp_path: Path) -> None:
    folder = VideoFolder(tmp_path / "a")
    with folder.replaced() as unfinished:
        (unfinished / "made_from.json").write_text("ours")
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "theirs.png").touch()
        if other != "a file that is left behind":
            (tmp_path / "a" / "made_from.json").write_text("ours" if other == "the same" else "theirs")
    assert folder.holds("ours")
    assert (tmp_path / "a" / "theirs.png").exists() == (other == "the same")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("n_attempts", [1, 5])
def test_another_process_is_faster_at_the_last_moment(n_attempts: int, tmp_path: Path, monkeypatch: Any) -> None:
    rename, attempts = Path.replace, []

    def replace(path: Path, target: Path) -> Path:
        attempts.append(target)
        if len(attempts) <= n_attempts:
            target.mkdir()
            (target / "theirs.png").touch()
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    with VideoFolder(tmp_path / "a").replaced() as unfinished:
        (unfinished / "made_from.json").write_text("ours")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["made_from.json"]


@pytest.mark.parametrize("make", [Path.touch, os.mkfifo, lambda path: path.symlink_to("nowhere")])
def test_a_directory_that_cannot_be_made(make: Callable[[Path], object], videos: Path, tmp_path: Path) -> None:
    make(tmp_path / "crops")
    table = pd.DataFrame({"video": [str(next(videos.glob("*.*")))], "label": [1]})
    with pytest.raises(InvalidInputError, match=r"directory is .*cannot be made"):
        frames_of_videos(table, tmp_path / "crops", detector="motion")


def test_videos_of_one_name_in_two_folders(tmp_path: Path) -> None:
    for person in ("p1", "p2"):
        (tmp_path / "videos" / person).mkdir(parents=True)
        write(tmp_path / "videos" / person / "fall.mp4", [picture((60, 40, 20, 50))] * 6)
    table = cut(parts(("p1/fall.mp4", 1, 0, 1), ("p2/fall.mp4", 0, 0, 1)), tmp_path / "videos", image_format="jpeg")
    assert {Path(path).parent.name for path in table["path"]} == {"p1_fall", "p2_fall"}
    assert {Path(path).suffix for path in table["path"]} == {".jpeg"}


def test_detectors_with_other_settings_are_other_options(videos: Path) -> None:
    from fall.datasets.intervals import labelled_videos
    from fall.datasets.video_folders import fingerprint
    from fall.people import MotionDetector

    (video,) = labelled_videos(parts(("a.mp4", 0, 0, 1)), videos)
    detectors = ["motion", MotionDetector(), MotionDetector("knn"), MotionDetector(min_area=0.1), whitest, [whitest]]
    texts = [fingerprint(video, "main", 1, "png", {"detector": detector}) for detector in detectors]
    assert len(set(texts)) == len(texts)
    assert texts[1] == fingerprint(video, "main", 1, "png", {"detector": MotionDetector()})
