"""One interpreter in many threads; unknown files run in another process first."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.base import clone

from common import InvalidInputError, ModelIntegrityError, save_bundle
from fall import TFLiteFallClassifier
from fall.tflite import first_run
from fall.tflite.classifier import pixel_table
from fall.tflite.file import read_graph
from fall.tflite.interpreter import Interpreter
from tests.fall.converted import compressed, content, noise
from tests.fall.tflite.file.examples import changed
from tests.fall.tflite.file.test_operators import reshaped


@pytest.fixture
def foreign(monkeypatch):
    """This process forgets what it made, and counts the first runs of files."""
    runs = []
    run = subprocess.run
    monkeypatch.setattr(first_run, "_made_here", set())
    monkeypatch.setattr(first_run, "_has_run", set())
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: (runs.append(args), run(*args, **options))[1])
    return runs


class TestThreads:
    @pytest.mark.parametrize("options", [{}, {"num_threads": 2}, {"reference_kernels": True}])
    @pytest.mark.parametrize("scheme", ["float32", "int8", "int16x8"])
    def test_each_is_answered_as_if_alone(self, scheme, options):
        images = noise(24, 32, seed=1)
        classifier = TFLiteFallClassifier(content(scheme=scheme), **options)
        expected = classifier.predict_proba(images)

        def is_right(number):
            rows = slice(number % 8, None, 8)
            return np.array_equal(classifier.predict_proba(images[rows]), expected[rows])

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(is_right, range(80)))

    def test_there_are_no_more_interpreters_than_processors(self, monkeypatch):
        monkeypatch.setattr("os.cpu_count", lambda: 3)
        graph = read_graph(content(scheme="int8"))
        interpreter = Interpreter(graph)
        inputs = pixel_table(graph.input)[noise(8, 32)]
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: interpreter.outputs(inputs), range(64)))
        assert 1 <= len(interpreter._idle) <= 3

    def test_inputs_that_do_not_fit_are_named(self):
        interpreter = Interpreter(read_graph(content()))
        for inputs in (np.zeros((1, 32, 32, 3)), np.zeros((1, 8, 8, 3), np.float32), np.zeros((32, 32, 3), np.float32)):
            with pytest.raises(InvalidInputError, match="the model takes float32"):
                interpreter.outputs(inputs)

    def test_it_can_be_pickled(self):
        interpreter = Interpreter(read_graph(content()))
        inputs = np.zeros((2, 32, 32, 3), np.float32)
        restored = pickle.loads(pickle.dumps(interpreter))
        np.testing.assert_array_equal(restored.outputs(inputs), interpreter.outputs(inputs))


class TestFirstRun:
    def test_what_this_process_made_needs_none(self, foreign):
        first_run.mark_as_made_here(content())
        TFLiteFallClassifier(content())
        assert not foreign

    def test_an_unknown_file_runs_elsewhere_once_for_each_kind_of_kernels(self, foreign, tmp_path):
        save_bundle(compressed(), tmp_path / "bundle")
        for model in (compressed().tflite, compressed(), tmp_path / "bundle"):
            classifier = TFLiteFallClassifier(model)
            clone(classifier)
            pickle.loads(pickle.dumps(classifier))
        assert len(foreign) == 1
        TFLiteFallClassifier(compressed(), reference_kernels=True)
        TFLiteFallClassifier(content())
        assert len(foreign) == 3

    @pytest.mark.parametrize("n", [22, 500, 4000])
    def test_a_file_that_crashes_litert_is_refused(self, foreign, n):
        # Past the rules, which would have refused it.
        with pytest.raises(ModelIntegrityError, match="crashes the runtime"):
            first_run.require_first_run(reshaped([1] * (n - 1) + [4]), "AUTO")

    def test_a_file_that_litert_refuses_is_refused_with_its_words(self, foreign):
        with pytest.raises(ModelIntegrityError, match="LiteRT refuses the model"):
            first_run.require_first_run(b"\x1c\0\0\0TFL3" + bytes(100), "AUTO")

    def test_a_file_that_is_too_slow_is_refused(self, foreign, monkeypatch):
        monkeypatch.setattr(first_run, "_TIME_LIMIT_S", 1e-3)
        with pytest.raises(InvalidInputError, match="too large for this machine"):
            TFLiteFallClassifier(content())

    def test_a_changed_file_is_another_file(self, foreign):
        TFLiteFallClassifier(content())
        TFLiteFallClassifier(changed(content(), lambda model, graph: setattr(model, "description", b"mine")))
        assert len(foreign) == 2

    def test_the_worker_needs_no_tensorflow_and_not_this_library(self):
        program = (
            "import runpy, sys\n"
            "for name in ('tensorflow', 'fall', 'common', 'pandas', 'sklearn'): sys.modules[name] = None\n"
            f"sys.argv = ['worker', 'AUTO']; runpy.run_path({str(first_run._WORKER)!r}, run_name='__main__')"
        )
        done = subprocess.run([sys.executable, "-c", program], input=content(), capture_output=True)
        assert done.returncode == 0, done.stderr
