"""The arena: measured where tflite-micro runs the model, estimated and marked elsewhere."""

import pytest

from common import MissingDependencyError
from fall import export_c_array
from fall.tflite import micro
from fall.tflite.embedded.arena import arena_size
from fall.tflite.file import read_graph
from fall.tflite.memory import peak_memory
from tests.fall.converted import content, needs_micro
from tests.fall.tflite.embedded.building import model


@needs_micro
@pytest.mark.parametrize("scheme", ["int8", "float32"])
def test_measured(scheme):
    graph = read_graph(content(scheme=scheme))
    size = arena_size(graph)
    assert size.is_measured
    assert size.n_bytes % 16 == 0
    total = micro.arena(graph).total
    assert total <= size.n_bytes < total + 16


@needs_micro
@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        *((name, "int8") for name in ("perceptron", "lecture_cnn", "separable_cnn")),
        pytest.param("residual_cnn", "int16x8", marks=pytest.mark.slow),
        pytest.param("mbconv_cnn", "int16x8", marks=pytest.mark.slow),
        pytest.param("mobilenet_v2", "int8", marks=pytest.mark.slow),
    ],
)
def test_the_estimate_is_no_less_than_what_is_measured(name, scheme, monkeypatch):
    graph = read_graph(content(name, 32, scheme))
    measured = arena_size(graph)
    monkeypatch.setattr(micro, "is_installed", lambda: False)
    estimated = arena_size(graph)
    assert measured.is_measured
    assert not estimated.is_measured
    assert measured.n_bytes <= estimated.n_bytes < measured.n_bytes + 8192


def test_an_estimate_is_marked_in_the_header(tmp_path, without_micro):
    with pytest.raises(MissingDependencyError):
        micro.arena(content(scheme="int8"))
    exported = export_c_array(model(), tmp_path)
    text = exported.header.read_text()
    assert "FALL_MODEL_ARENA_IS_MEASURED 0" in text
    assert "arena: ESTIMATED from the activations, since tflite-micro was not installed" in text
    assert f"FALL_MODEL_ARENA_BYTES {exported.arena.n_bytes}\n" in text
    assert exported.arena.n_bytes > peak_memory(model().graph)


@needs_micro
@pytest.mark.parametrize("scheme", ["float16", "dynamic_int8"])
def test_files_that_tflite_micro_cannot_run_say_so(tmp_path, scheme):
    exported = export_c_array(model(scheme), tmp_path)
    assert not exported.arena.is_measured
    assert "since tflite-micro could not run this model" in exported.header.read_text()
