"""Calibration with any sensor missing."""

import numpy as np
import pytest

from common import FusionClassifier, reliability
from common.errors import InvalidInputError
from tests.common.fusion.readings import PATTERNS, masked, sensors


class TestCalibration:
    @pytest.mark.parametrize("calibration", ["sigmoid", "isotonic"])
    @pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
    def test_error_on_held_out_data_for_every_pattern(self, calibration, pattern):
        X, y, _ = sensors(20_000, seed=5)
        model = FusionClassifier(calibration=calibration).fit(*sensors(3000, seed=6))
        assert reliability(y, model.predict_proba(masked(X, pattern))[:, 1]).error <= 0.02

    def test_fused_is_better_than_either_sensor(self, fitted):
        X, y, _ = sensors(20_000, seed=7)
        accuracy = {name: (fitted.predict(masked(X, pattern)) == y).mean() for name, pattern in PATTERNS.items()}
        assert accuracy["both"] > max(accuracy["wearable"], accuracy["camera"]) + 0.01

    def test_calibration_needs_people_of_both_classes(self):
        X, y, _ = sensors(200, seed=8)
        with pytest.raises(
            InvalidInputError, match=r"one class occurs only in rows of faller, .* or pass calibration=None"
        ):
            FusionClassifier().fit(X, y, np.where(y, "faller", np.where(np.arange(200) % 2, "ann", "bob")))
