"""Videos made for tests: a bright figure with a checked body that walks through a room, and falls."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

WIDTH, HEIGHT = 160, 120
BACKGROUND = np.random.default_rng(7).integers(60, 90, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def picture(*figures: tuple[int, int, int, int]) -> Any:
    """The room with figures at boxes ``(x, y, w, h)``."""
    frame = BACKGROUND.copy()
    for x, y, w, h in figures:
        rows, columns = np.mgrid[: min(h, HEIGHT - y), : min(w, WIDTH - x)]
        frame[y : y + h, x : x + w] = np.where((rows // 4 + columns // 4) % 2, 230, 180)[..., None]
    return frame


def walk(n: int = 20, *, y: int = 40, step: int = 4) -> list[Any]:
    """Somebody comes in from the left."""
    return [picture(*([(step * (k - 3), y, 20, 50)] if k >= 3 else [])) for k in range(n)]


def fall_and_lie(n_lying: int = 200) -> list[Any]:
    """Somebody comes in, falls, and lies still."""
    falling = [picture(box) for box in ((66, 46, 22, 48), (66, 55, 30, 40), (64, 66, 40, 32), (63, 76, 48, 24))]
    return walk(20) + falling + [picture((63, 80, 50, 20))] * n_lying


def timed(frames: Sequence[Any], rate_hz: float = 30.0) -> Iterator[tuple[float, Any]]:
    """Frames with their times."""
    return ((number / rate_hz, frame) for number, frame in enumerate(frames))


def write(
    path: Path,
    frames: Sequence[Any],
    *,
    times_ms: Sequence[int] | None = None,
    codec: str = "mpeg4",
    pixels: str = "yuv420p",
    rotation: int | None = None,
    **options: Any,
) -> Path:
    """A video file with these frames, at 30 Hz or at times of their own."""
    import av

    with av.open(str(path), "w", options={key: str(value) for key, value in options.items()}) as container:
        stream = container.add_stream(codec, rate=1000 if times_ms else 30)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixels
        stream.bit_rate = 4_000_000
        if rotation is not None:
            stream.set_display_rotation(rotation)
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            if times_ms is not None:
                frame.pts, frame.time_base = times_ms[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
