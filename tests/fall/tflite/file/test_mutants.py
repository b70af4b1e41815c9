"""Thousands of changed .tflite files, raw and in bundles: none ends the process, and only our errors come."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.fall.converted import content
from tests.fall.tflite.file.examples import int4_content, shape_content
from tests.fall.tflite.file.mutants import mutant

ROOT = Path(__file__).parents[4]

FILES = {
    "float32": lambda: content(),
    "int8": lambda: content(scheme="int8"),
    "int16x8": lambda: content(scheme="int16x8"),
    "dynamic_int8": lambda: content("lecture_cnn", 32, "dynamic_int8"),
    "float16": lambda: content(scheme="float16"),
    "int4": int4_content,
    "shapes": shape_content,
    "mobilenet": lambda: content("mobilenet_v2", 32, "int8"),
}


def run(file: Path, number: int, first: int, stop: int, how: str) -> tuple[int, dict[int, str], str]:
    """The exit code, the outcomes by the mutant's seed, and the errors printed."""
    command = [sys.executable, "-m", "tests.fall.tflite.file.mutant_worker"]
    command += [str(file), str(number), str(first), str(stop), how]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    # A mutant that ends the process has a number, but no outcome.
    found = {int(seed): what for seed, what in re.findall(r"^(\d+) ?(.*)$", done.stdout, re.MULTILINE)}
    return done.returncode, found, done.stderr


def survey(file: Path, number: int, n: int) -> Counter[str]:
    """How many of the mutants had each outcome. LiteRT runs all that the rules accept in a process that may crash;
    each that does crash there must be refused by its first run elsewhere.
    """
    outcomes: Counter[str] = Counter()
    first = 0
    while first < n:
        code, found, errors = run(file, number, first, n, "unprotected")
        assert found, errors
        last = max(found)
        if code == 0:
            assert last == n - 1
            return outcomes + Counter(found.values())
        assert code < 0, f"mutant {[number, last]} of {file.name} raised an error of others:\n{errors[-3000:]}"
        del found[last]
        outcomes += Counter(found.values())
        protected_code, protected, errors = run(file, number, last, last + 1, "protected")
        assert protected_code == 0, f"mutant {[number, last]} of {file.name} ends the process:\n{errors[-3000:]}"
        assert protected[last].startswith("ModelIntegrityError"), (number, last, protected)
        outcomes["past the rules, refused by the first run"] += 1
        print(f"mutant {[number, last]} of {file.name} gets past the rules")
        first = last + 1
    return outcomes


@pytest.mark.parametrize("name", FILES)
def test_a_sample_of_mutants_is_refused_or_runs(name, tmp_path):
    file = tmp_path / "sound.tflite"
    file.write_bytes(FILES[name]())
    outcomes = survey(file, list(FILES).index(name), 40)
    assert outcomes["ran"] > 0
    assert outcomes["ModelIntegrityError when read"] > 10


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_ten_thousand_mutants_are_refused_or_run(name, tmp_path):
    file = tmp_path / "sound.tflite"
    file.write_bytes(FILES[name]())
    outcomes = survey(file, list(FILES).index(name), 1250)
    print(name, dict(outcomes))
    assert outcomes.total() == 1250


def test_a_mutant_is_the_same_every_time():
    sound = content()
    mutants = [mutant(sound, [0, seed]) for seed in range(10)]
    assert mutants == [mutant(sound, [0, seed]) for seed in range(10)]
    assert len(set(mutants)) > 8
    assert np.mean([made == sound for made in mutants]) < 0.2
