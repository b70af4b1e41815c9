"""What is exported, compiled and run: it maps pixels and decides as Python does, and its example and targets build."""

import os
import shutil
import subprocess

import numpy as np
import pytest

from fall import TFLiteFallClassifier, export_c_array
from fall.tflite.classifier import dequantize, pixel_table, raw_outputs
from tests.fall.converted import noise
from tests.fall.tflite.embedded.building import LANGUAGES, STRICT, TFLITE_MICRO, build, model, needs, run

pytestmark = pytest.mark.usefixtures("without_micro")

SCHEMES = ["int8", "float32", "int16x8"]
# Prints the pixels, then the decision for each number of stdin, which stands for the output of a fall.
PROGRAM = r"""
#include <stdio.h>
#include "detector.h"
int main(void) {
    double number;
    detector_output output[DETECTOR_OUTPUT_LEN] = {0};
    if (detector_len != DETECTOR_BYTES || sizeof(DETECTOR_SHA256) != 65) return 1;
    for (int p = 0; p < 256; ++p) printf("%.9g ", (double)detector_pixels[p]);
    while (scanf("%lf", &number) == 1) {
        output[DETECTOR_POSITIVE] = (detector_output)number;
        printf("%d ", detector_is_fall(output));
    }
    return 0;
}
"""


def answers(folder, compiler, standard, values):
    """The pixels, and a decision for each value."""
    (folder / "main.c").write_text(PROGRAM)
    program = build(compiler, standard, folder, "main.c", "detector.c")
    text = " ".join(repr(float(value)) for value in values)
    words = subprocess.run([program], input=text, capture_output=True, check=True, text=True).stdout.split()
    return np.array(words[:256], np.float32), np.array(words[256:], int)


def all_outputs(tensor, threshold):
    if tensor.dtype == np.float32:
        near = np.float32(threshold)
        return np.array([0, 0.1, near, np.nextafter(near, np.float32(0)), np.nextafter(near, np.float32(2)), 1])
    bounds = np.iinfo(tensor.dtype)
    return np.arange(bounds.min, bounds.max + 1, 1 if tensor.dtype != np.int16 else 7)


@pytest.mark.parametrize(
    ("scheme", "compiler", "standard"),
    [*(("int8", *language) for language in LANGUAGES), ("float32", *LANGUAGES[0]), ("int16x8", *LANGUAGES[0])],
)
def test_pixels_and_decisions_are_pythons(tmp_path, scheme, compiler, standard):
    exported = model(scheme)
    export_c_array(exported, tmp_path, name="detector")
    values = all_outputs(exported.graph.output, 0.3)
    pixels, decisions = answers(tmp_path, compiler, standard, values)
    assert pixels.tolist() == pixel_table(exported.graph.input).astype(np.float32).tolist()
    expected = dequantize(values.astype(exported.graph.output.dtype), exported.graph.output) >= 0.3
    assert decisions.tolist() == expected.astype(int).tolist()
    assert 0 < sum(decisions) < len(decisions)


@pytest.mark.parametrize("threshold", [0.0, 0.1, 1 / 3, 77 / 256, 0.7, 0.9999999, 1.0, 2.5])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_threshold_is_pythons(tmp_path, scheme, threshold):
    exported = model(scheme, threshold=threshold)
    export_c_array(exported, tmp_path, name="detector")
    values = all_outputs(exported.graph.output, threshold)
    expected = dequantize(values.astype(exported.graph.output.dtype), exported.graph.output) >= threshold
    assert answers(tmp_path, "gcc", "c11", values)[1].tolist() == expected.astype(int).tolist()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_decisions_on_images_are_those_of_the_classifier(tmp_path, scheme):
    images = noise(40, 32, 5)
    raw = raw_outputs(model(scheme).graph, images)
    fall = dequantize(raw, model(scheme).graph.output)[:, 1]
    exported = model(scheme, threshold=float(np.median(fall)))
    export_c_array(exported, tmp_path, name="detector")
    decisions = answers(tmp_path, "gcc", "c11", raw[:, 1])[1]
    assert ["adl", "fall"][decisions[0]] == TFLiteFallClassifier(exported).predict(images[:1])[0]
    assert np.array(["adl", "fall"])[decisions].tolist() == TFLiteFallClassifier(exported).predict(images).tolist()
    assert len({*decisions}) == 2


@pytest.mark.parametrize(
    ("name", "standard"), [("fall_model", "c++11"), ("input", "c++17"), ("interpreter", "c++20"), ("resolver", "c++11")]
)
def test_the_example_runs(tmp_path, name, standard):
    exported = export_c_array(model(classes=("adl", 'the "fall" */')), tmp_path, name=name)
    build("gcc", "c11", tmp_path, f"{name}.c", options=["-c"])
    (tmp_path / "program").rename(tmp_path / "array.o")
    needs("g++")
    command = ["g++", f"-std={standard}", *STRICT, f"-I{TFLITE_MICRO}", exported.example, "array.o", "-o", "program"]
    subprocess.run(command, cwd=tmp_path, check=True)
    # 77/256 is the first step from the threshold of 0.3 on, and is stored as -51.
    assert run(tmp_path / "program", OUTPUT="51,-51") == ["the", '"fall"', "*/"]
    assert run(tmp_path / "program", OUTPUT="52,-52") == ["-"]


@pytest.mark.parametrize("scheme", ["float32", "int16x8"])
def test_the_example_of_other_types_compiles(tmp_path, scheme):
    needs("g++")
    exported = export_c_array(model(scheme), tmp_path)
    command = ["g++", "-std=c++17", *STRICT, f"-I{TFLITE_MICRO}", "-c", exported.example, "-o", "example.o"]
    subprocess.run(command, cwd=tmp_path, check=True)


@pytest.mark.parametrize("name", ["fall_model", "test", "all"])
def test_cmake_builds_the_library_and_the_example(tmp_path, name):
    needs("cmake")
    needs("g++")
    export_c_array(model(), tmp_path / "with space", name=name)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.13)\nproject(house C CXX)\n"
        f'add_library(micro INTERFACE)\ntarget_include_directories(micro INTERFACE "{TFLITE_MICRO}")\n'
        f'set(TFLITE_MICRO_TARGET micro)\ninclude("with space/{name}.cmake")\n'
    )
    options = [f"-DCMAKE_C_FLAGS={' '.join(STRICT)}", f"-DCMAKE_CXX_FLAGS={' '.join(STRICT)}"]
    subprocess.run(["cmake", "-S", tmp_path, "-B", tmp_path / "build", *options], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", tmp_path / "build"], check=True, capture_output=True)
    assert run(tmp_path / "build" / f"{name}_example", OUTPUT="0,100") == ["fall"]


def test_cmake_without_tflite_micro_builds_the_library_alone(tmp_path):
    needs("cmake")
    export_c_array(model(), tmp_path)
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.13)\nproject(house C)\ninclude(fall_model.cmake)\n"
    )
    subprocess.run(["cmake", "-S", tmp_path, "-B", tmp_path / "build"], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", tmp_path / "build"], check=True, capture_output=True)
    assert (tmp_path / "build" / "libfall_model_model.a").exists()
    assert not shutil.which(os.fspath(tmp_path / "build" / "fall_model_example"))


def test_a_header_of_another_export_does_not_compile(tmp_path):
    needs("gcc")
    export_c_array(model(), tmp_path)
    source = (tmp_path / "fall_model.c").read_text()
    export_c_array(model("float32"), tmp_path)
    (tmp_path / "fall_model.c").write_text(source)
    done = subprocess.run(["gcc", "-std=c11", "-c", "fall_model.c"], cwd=tmp_path, capture_output=True, text=True)
    assert "the header is of another export" in done.stderr
