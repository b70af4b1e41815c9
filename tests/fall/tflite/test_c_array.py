"""The C array: compiled as C and as C++, and the bytes read back."""

import hashlib
import shutil
import subprocess

import numpy as np
import pytest

from common import Cost, InvalidInputError
from fall import CompressedModel, backend, export_c_array
from fall.tflite import convert
from tests.fall.converted import content

PROGRAM = r"""
#include <stdio.h>
#include <stdint.h>
#include "detector.h"
int main(void) {
    if ((uintptr_t)detector % 16) return 1;
    fwrite(detector, 1, detector_len, stdout);
    fprintf(stderr, "%d|%s|%s|%.9g", DETECTOR_INPUT_SIZE, DETECTOR_CLASS_0, DETECTOR_CLASS_1, DETECTOR_THRESHOLD);
#ifdef DETECTOR_INPUT_SCALE
    fprintf(stderr, "|%.9g|%d|%.9g|%d|%d", DETECTOR_INPUT_SCALE, DETECTOR_INPUT_ZERO_POINT, DETECTOR_OUTPUT_SCALE,
            DETECTOR_OUTPUT_ZERO_POINT, DETECTOR_THRESHOLD_Q);
#endif
    return 0;
}
"""


def model(scheme="int8", classes=("no fall", "fall"), threshold=0.3, recipe="int8"):
    labels = np.array(sorted(classes))
    return CompressedModel(recipe, content(scheme=scheme), Cost(), None, labels, threshold, 32)


def build(compiler, standard, folder):
    (folder / "main.c").write_text(PROGRAM)
    language = ["-x", "c++"] if standard.startswith("c++") else []
    sources = ["main.c", "detector.c"]
    command = [compiler, f"-std={standard}", "-Wall", "-Wextra", "-Werror", *language, *sources, "-o", "program"]
    subprocess.run(command, cwd=folder, check=True)
    return subprocess.run([folder / "program"], capture_output=True, check=True)


@pytest.mark.parametrize(("compiler", "standard"), [("cc", "c11"), ("c++", "c++17")])
@pytest.mark.parametrize("scheme", ["int8", "float32"])
def test_the_compiled_array_is_the_file(tmp_path, compiler, standard, scheme):
    if shutil.which(compiler) is None:
        pytest.skip(f"no compiler {compiler}")
    exported = export_c_array(model(scheme), tmp_path, name="detector")
    done = build(compiler, standard, tmp_path)
    assert done.stdout == content(scheme=scheme)
    assert exported.sha256 == hashlib.sha256(done.stdout).hexdigest()
    fields = done.stderr.decode().split("|")
    assert fields[:4] == ["32", "fall", "no fall", "0.300000012"]
    if scheme == "int8":
        # softmax: scale 1/256, zero point -128; 77/256 is the first step from 0.3 on.
        assert [float(field) for field in fields[6:]] == [1 / 256, -128, 77 - 128]


def test_both_files_name_the_hash(tmp_path):
    exported = export_c_array(model(), tmp_path / "new" / "folder")
    for path in (exported.header, exported.source):
        assert path.name.startswith("fall_model.")
        assert exported.sha256 in path.read_text()


@pytest.mark.parametrize("label", ['"); evil("', "*/ #error", "chute à terre\n", "a\\b", "??/", "%s"])
def test_labels_cannot_leave_their_literal(tmp_path, label):
    if shutil.which("cc") is None:
        pytest.skip("no compiler cc")
    export_c_array(model(classes=("no fall", label), recipe=f"{label}*/"), tmp_path, name="detector")
    found = build("cc", "c11", tmp_path).stderr.decode().split("|")[1:3]
    assert sorted(found) == sorted(["no fall", label])


@pytest.mark.parametrize("name", ["", "1model", "model-1", "x" * 99, "a b", None, "../model"])
def test_names_must_be_identifiers(tmp_path, name):
    with pytest.raises(InvalidInputError, match="identifier"):
        export_c_array(model(), tmp_path, name=name)


def test_an_impossible_threshold_is_never_reached(tmp_path):
    exported = export_c_array(model(threshold=1.0), tmp_path)
    assert "FALL_MODEL_THRESHOLD_Q (128)" in exported.header.read_text()


def test_what_is_no_model_or_no_folder_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match="CompressedModel"):
        export_c_array(content(), tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInputError, match="cannot be written"):
        export_c_array(model(), tmp_path / "file")


@pytest.mark.parametrize(
    ("units", "activation", "classes", "message"),
    [
        (2, None, ["fall", "adl"], "gives logits"),
        (3, None, ["up", "between", "fall"], "gives logits"),
        (1, None, ["adl", "fall"], "gives logit, not"),
        (1, "sigmoid", ["fall", "adl"], "the probability of 'adl'"),
    ],
)
def test_what_the_program_would_decide_wrongly_is_refused(tmp_path, units, activation, classes, message):
    keras = backend.keras()
    image = keras.Input((8, 8, 3))
    mean = keras.layers.GlobalAveragePooling2D()(image)
    network = keras.Model(image, keras.layers.Dense(units, activation=activation)(mean))
    made = CompressedModel("theirs", convert(network), Cost(), None, np.array(classes), 0.5, 8, positive="fall")
    with pytest.raises(InvalidInputError, match=message):
        export_c_array(made, tmp_path)
