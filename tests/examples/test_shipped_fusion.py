"""The shipped fusion: what it makes of a camera that has not seen how somebody came to lie."""

from __future__ import annotations

import pandas as pd
import pytest

from common import Box, CameraReport, Person
from examples.fusion_camera import Camera
from examples.fusion_models import SHIPPED, load_models

UP, LYING = Box(300, 100, 60, 200), Box(290, 240, 170, 60)


@pytest.mark.parametrize(
    ("worn", "has_seen_it", "is_told"), [(0.99, True, True), (0.99, False, True), (0.01, False, False)]
)
def test_a_fall_from_before_the_camera_was_on_is_told_if_the_worn_sensor_felt_it(
    worn: float, has_seen_it: bool, is_told: bool
) -> None:
    models = load_models(SHIPPED)
    evidence = Camera(models.classifiers["camera"]).evidence(())
    frames = [(UP, 0.01)] * (8 * has_seen_it) + [(LYING, 0.99)] * 8
    for second, (box, probability) in enumerate(frames):
        evidence.hear(second, CameraReport(True, (Person(box, probability, 1),)))
    heard = pd.DataFrame({"wearable": [worn], "camera": [evidence.at(len(frames) - 1)]})
    fused = models.fusion.predict_proba(heard)[0, 1]
    assert (fused >= models.manifest.threshold) == is_told
