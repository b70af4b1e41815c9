"""Save and load windows: their arrays, rate and channel names."""

from collections.abc import Mapping
from typing import Any

from common.bundles.registry import register
from common.bundles.trained_on import TrainingData
from har.windows import Windows


def _write(windows: Windows) -> dict[str, Any]:
    return {
        "X.npy": windows.X,
        "y.npy": windows.y,
        "groups.npy": windows.groups,
        "recording.npy": windows.recording,
        "about.json": {"rate_hz": windows.rate_hz, "channels": list(windows.channels)},
    }


def _read(files: Mapping[str, Any]) -> Windows:
    about = files["about.json"]
    return Windows(
        X=files["X.npy"],
        y=files["y.npy"],
        groups=files["groups.npy"],
        recording=files["recording.npy"],
        rate_hz=about["rate_hz"],
        channels=about["channels"],
    )


register("har.windows", Windows, _write, _read, trained_on=TrainingData.of_windows)
