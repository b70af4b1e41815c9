"""A camera is watched whatever it sends: a file, a stream that is lost and comes back, and pictures of nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from common import InvalidInputError
from examples.care_home.room.addresses import RoomClock, camera
from examples.care_home.room.camera.watching import WatchedCamera
from examples.care_home.room.readings import Frame
from tests.examples.care_home.room.camera.conftest import MjpegCamera
from tests.examples.care_home.room.camera.rtsp_server import RtspServer
from tests.examples.care_home.room.waiting import eventually
from tests.fall.people.made_video import fall_and_lie, walk, write

NOISE = np.random.default_rng(0)


class Started:
    """Seconds since the test began."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() - self._began_s


def live(source: str, now: Started) -> WatchedCamera:
    return WatchedCamera(source, now, "room 12: camera", again_after_s=(0.1,), timeout_s=2.0)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = [frame for frame in fall_and_lie(6) for _ in range(15)]  # each half a second long
    return write(tmp_path_factory.mktemp("video") / "fall.mp4", frames)


@pytest.fixture
def watched(video: Path) -> Iterator[WatchedCamera]:
    one = WatchedCamera(video, lambda: 0.0, "room 12: camera")
    yield one
    one.close()


def test_a_file_gives_two_pictures_a_second_at_the_pace_of_the_room(watched: WatchedCamera) -> None:
    given: list[tuple[Frame, ...]] = []
    for second in range(1, 15):
        frames, works = watched.until(float(second))
        assert works
        assert all(frame.time_s <= second for frame in frames)
        given.append(frames)
    times = sorted({frame.time_s for frames in given for frame in frames})
    np.testing.assert_allclose(np.diff(times), 0.5, atol=0.05)
    people = [frame for frames in given for frame in frames if frame.box is not None]
    assert {frame.track for frame in people} == {1}
    assert all(frame.picture is not None and frame.picture.shape == (96, 96, 3) for frame in people)
    first, last = people[3].box, people[-1].box
    assert first is not None
    assert last is not None
    assert first.h > first.w
    assert last.w > last.h
    assert [frame for frame in given[0] if frame.box is None], "an empty room is seen, too"


def test_a_file_that_has_ended_is_an_absent_camera(watched: WatchedCamera, caplog: pytest.LogCaptureFixture) -> None:
    for second in range(1, 31):
        watched.until(float(second))
    assert watched.until(34.0) == ((), False)
    assert caplog.messages == ["room 12: camera: the file has ended; it counts as absent"]


def test_a_lost_stream_is_absent_and_comes_back(mjpeg: MjpegCamera, caplog: pytest.LogCaptureFixture) -> None:
    now = Started()
    one = live(mjpeg.address, now)
    try:
        assert "secret" not in one.description
        eventually(lambda: bool(one.until(now())[0]))
        mjpeg.is_on = False
        eventually(lambda: not one.until(now())[1])
        mjpeg.is_on = True
        eventually(lambda: one.until(now())[1])
    finally:
        one.close()
    assert mjpeg.n_served >= 2
    assert "secret" not in caplog.text
    assert [line for line in caplog.messages if line.endswith("it counts as absent")]
    assert caplog.messages[-1] == "room 12: camera: its pictures can be used again"
    assert not [thread for thread in threading.enumerate() if thread.name == "room 12: camera"]


@pytest.mark.slow
def test_an_rtsp_camera_is_watched_and_missed_when_it_goes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # A stream that begins anew with every picture that is looked at shows nobody moving.
    server = RtspServer(write(tmp_path / "camera.ts", walk(60, step=2), codec="mpeg2video"), lasts_s=15.0)
    now = Started()
    one = live(server.address, now)
    try:
        eventually(lambda: any(frame.box is not None for frame in one.until(now())[0]))
        server.is_on = False
        eventually(lambda: not one.until(now())[1])
    finally:
        one.close()
        server.shutdown()
        server.server_close()
    assert [line for line in caplog.messages if line.endswith("it counts as absent")]


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((1, 1, 3), np.uint8), "its pictures have 1 x 1 pixels, too few to see a person"),
        (np.full((240, 320, 3), 127, np.uint8), "all of one colour: the lens is covered, or it is dark"),
    ],
)
def test_pictures_of_nothing_are_an_absent_camera(
    picture: np.ndarray, message: str, mjpeg: MjpegCamera, caplog: pytest.LogCaptureFixture
) -> None:
    mjpeg.picture = picture
    now = Started()
    one = live(mjpeg.address, now)
    try:
        eventually(lambda: message in caplog.text)
        assert one.until(now()) == ((), False)
    finally:
        one.close()


@pytest.mark.parametrize("shape", [(2160, 3840, 3), (480, 640)], ids=["4K", "grey"])
def test_large_and_grey_pictures_are_used(shape: tuple[int, ...], mjpeg: MjpegCamera) -> None:
    mjpeg.picture = np.repeat(
        np.repeat(NOISE.integers(0, 255, (60, 80), np.uint8), shape[0] // 60, 0), shape[1] // 80, 1
    )
    if len(shape) == 3:
        mjpeg.picture = np.repeat(mjpeg.picture[..., None], 3, axis=2)
    now = Started()
    one = live(mjpeg.address, now)
    try:
        eventually(lambda: bool(one.until(now())[0]))
    finally:
        one.close()


def test_what_is_no_camera_is_refused_or_absent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = RoomClock(lambda: 1.0, 25.0, "12")
    with pytest.raises(InvalidInputError, match="which is no file that can be read"):
        camera(str(tmp_path / "none.mp4"), "", "motion", clock)
    path = tmp_path / "text.mp4"
    path.write_text("not a video")
    for source in (str(path), "99", "rtsp://127.0.0.1:9/none"):
        caplog.clear()
        one = camera(source, "", "motion", clock)
        try:
            eventually(lambda: "it counts as absent" in caplog.text)
            assert one.until(1.0) == ((), False)
        finally:
            one.close()
        assert len(caplog.messages) == 1, "said once, however often it is tried"
