"""Save and load a streaming recogniser: its settings and classifier. When loaded, it is at the start of a stream."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from common.bundles.registry import Part, kind_of, register
from common.bundles.trained_on import TrainingData
from har.streaming import StreamingRecognizer

_SETTINGS = ("rate_hz", "window_s", "step_s")


def _write(recognizer: StreamingRecognizer) -> dict[str, Any]:
    settings = {name: getattr(recognizer, name) for name in (*_SETTINGS, "tolerance_s")}
    return {"settings.json": settings, "classifier": Part(recognizer.classifier)}


def _read(files: Mapping[str, Any]) -> StreamingRecognizer:
    settings = files["settings.json"]
    tolerance_s = settings.get("tolerance_s", 0.0)  # bundles of version 0.1 do not name it
    return StreamingRecognizer(
        files["classifier"], tolerance_s=tolerance_s, **{name: settings[name] for name in _SETTINGS}
    )


def _trained_on(recognizer: StreamingRecognizer) -> TrainingData:
    kind = kind_of(recognizer.classifier)
    known = TrainingData.of_estimator(recognizer.classifier) if kind is None else kind.trained_on(recognizer.classifier)
    return replace(
        known,
        rate_hz=recognizer.rate_hz,
        n_timesteps=recognizer.n_timesteps,
        n_channels=recognizer.n_channels,
        window_s=recognizer.n_timesteps / recognizer.rate_hz,
    )


register("har.streaming", StreamingRecognizer, _write, _read, trained_on=_trained_on)
