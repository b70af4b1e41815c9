"""A setting for falls, saved as a bundle and exported by the command `har export-c`."""

import json
from pathlib import Path

import numpy as np

import common
import har
from har.embedded.fixed_point import from_pipeline
from har.selection import PROTOTYPE_SETTINGS
from tests.common.command_line.commands import run
from tests.har.embedded.models import COUNTS_PER_G, counts, motion


def test_a_setting_with_the_jerk_goes_from_a_bundle_to_c(tmp_path: Path) -> None:
    X, kinds = motion(90)
    y = np.where(kinds == 2, "fall", "other")
    windows = har.Windows(X, y, np.arange(90) % 3, 20, [f"{axis} [g]" for axis in "abcdef"], np.arange(90))
    setting = PROTOTYPE_SETTINGS["4 nearest, little change, jerk"]
    model = setting.pipeline(rate_hz=20, triads=((0, 1, 2), (3, 4, 5))).fit(windows, y)
    common.save_bundle(model, tmp_path / "model", trained_on=windows)
    done = run("har", "export-c", "model", "model_c", "--counts-per-unit", COUNTS_PER_G, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["flash_bytes"] > 0
    assert "jerk_begin(state);" in (tmp_path / "model_c" / "src" / "recognizer.c").read_text()

    loaded = from_pipeline(common.load_bundle(tmp_path / "model"), rate_hz=20, counts_per_unit=COUNTS_PER_G)
    found = loaded.classes[loaded.decide(counts(X)).class_index]
    assert np.mean(found == model.predict(windows)) > 0.98
