"""Frames and days are frozen: seeds give the bytes that they gave when models were first judged on them."""

import hashlib
import json

import pytest

from common import DayScenario, FrameScenario, simulate_frames, simulate_resident

FRAMES = {
    1101: ("eebe019e0af6dc3df8a3a40175ec080741999c14d6cab6f1efe95ec06792acaf",
          "1c237f37e8c3c37c591d94e72aaa068da09921d9f31269e93879b461bf70f9c2"),
    1201: ("1edd6c394f02d386454a5e1c9dae57366a8dd2612d9cb24260ccd1dba89227bf",
          "f68ad02eea5ca050acd6d98809c62b25731c974110bdae8f44fe33c24963bf7c"),
    1301: ("f9387ffefcd9e4b25f038578a7d881221c1753a235145362667ada68e6a116ba",
          "f4b19c84a1a049e7b609e0ac17cc30027ecc08ab920ad60b37ab353233710c32"),
}  # fmt: skip
DAYS = {
    1501: ("9bd1e7e312e62cc6ce0c97b96dcb386890ab1ae18f54416e72839f61558214da",
          "2ae1c0f1a44e029e307510a4f0419f8b2b2198e2e04f6dc4ebc30c5d6eb427cf"),
    1601: ("9fc6e9186c5e6eb5289489210130f713a3070c45e484c1f1ce9f7b232f28df60",
          "44a7cf21b77517ccb5ab87292a0d518c50cc92f2041fbc5adb81ba2a82d9392e"),
    1701: ("a5c117765e7291c0b80af20921027922df0abca3b9989d97b509bcc4f8cd2c31",
          "083fcde883080ded05a3061a847aa897323d2829a187b554638138bc0cc22e92"),
}  # fmt: skip
COLUMNS = ["label", "subject", "room", "sequence", "activity", "time_s", "x", "y", "w", "h"]


@pytest.mark.parametrize("seed", FRAMES)
def test_frames(seed: int) -> None:
    frames = simulate_frames(FrameScenario(2, 3, repetitions=1, rate_hz=0.5, size=48), seed=seed)
    table = json.dumps(frames.table[COLUMNS].to_dict("list"))
    assert (digest(frames.images.tobytes()), digest(table.encode())) == FRAMES[seed]


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
