"""Frames and days are frozen: seeds give the bytes that they gave when models were first judged on them."""

import hashlib
import json

import pytest

from common import DayScenario, FrameScenario, simulate_frames, simulate_resident

FRAMES = {
    1101: ("994404d1d84c58558c5b0121f7639572bf3fb74a98dc05b6a2106c50ed3b88ce",
           "654c15c14614df67c7dd4217b480cd15ac60ec365dbb9568e6850faf907c77bd"),
    1201: ("c738e58f66636a83130b6192173f76aa4cc3479632cdd2011b6b28af2d1dca78",
           "4e896ed7bb92da1491f067a8ddcd7d9907c0c2437253b42da781b56ae5a0b365"),
    1301: ("3def5b86ff172640707f3657dc87e90aafb8468fce830ec76079035d36031821",
           "3407914f0c6b433e7d5b40e5871f8f438031d4fcd1d3c7b7ac5ee1eeb7216db0"),
}  # fmt: skip
DAYS = {
    1501: ("fdf38aebbe88683a0362651fe46c0a11fa07e97dee072f6f9e736c72f25df01f",
           "620222bfe1c71c52af832a12aaa5b7f055da564cc4f9f00a9471657ab21cff7d"),
    1601: ("4cfd8662dcf64c47a90d6e7ee8358a64156b95f9115f431cf7b85d9bb00e8fad",
           "36b4cd39e7bc1111c97b3a0267f36b7a67053cdbbbf9500505c133083e32fd97"),
    1701: ("67b383eb741fac7e21855ed4afbabf18d36c961e6df8ffe990697c0a193af809",
           "cd20b7e10f159ead4b1568183e39a3ec648f40172db50c788f8ce4c9982c4d9c"),
}  # fmt: skip
COLUMNS = ["label", "subject", "room", "sequence", "activity", "time_s", "x", "y", "w", "h"]


@pytest.mark.parametrize("seed", FRAMES)
def test_frames(seed: int) -> None:
    frames = simulate_frames(FrameScenario(2, 3, repetitions=1, rate_hz=0.5, size=48), seed=seed)
    table = json.dumps(frames.table[COLUMNS].to_dict("list"))
    assert (digest(frames.images.tobytes()), digest(table.encode())) == FRAMES[seed]


@pytest.mark.promise("The same seed gives the same simulated day, byte for byte, in every version")
@pytest.mark.parametrize("seed", DAYS)
def test_days(seed: int) -> None:
    """Half an hour with two falls: all samples, all that the camera reports, and every fifth picture."""
    day = simulate_resident(DayScenario(hours=0.5, start_hour=10, n_falls=2, camera_hz=0.5, size=48), seed=seed)
    samples = b"".join(chunk.samples.astype("<f8").tobytes() for chunk in day.inertial)
    seen = hashlib.sha256()
    for number, frame in enumerate(day.frames):
        box = frame.box
        edges = None if box is None else (box.x, box.y, box.w, box.h)
        seen.update(json.dumps((frame.time_s, frame.moved, edges, frame.track)).encode())
        if box is not None and number % 5 == 0:
            seen.update(frame.draw(48).tobytes())
    assert (digest(samples), seen.hexdigest()) == DAYS[seed]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
