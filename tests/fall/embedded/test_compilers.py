"""The exported C with every warning an error, without undefined behaviour, and under static analysis."""

import subprocess

import pytest

from fall import export_c
from tests.fall.converted import content, noise
from tests.fall.embedded.building import STRICT, as_model, build, decide, needs

# Between them, these networks call all kernels that the library's networks need.
NETWORKS = ["separable_cnn", "grouped_cnn", "lecture_cnn"]
SANITIZED = {
    "gcc": ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"),
    "clang": ("-fsanitize=undefined", "-fsanitize-trap=undefined"),  # its runtime comes in a package of its own
}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_every_warning_is_an_error_and_nothing_is_undefined(tmp_path, compiler, network):
    model = as_model(content(network, 32, "int8"))
    images = noise(12, 32, 2)
    plain = decide(build(model, tmp_path / "plain", compiler), images, 2)
    checked = decide(build(model, tmp_path / "checked", compiler, *SANITIZED[compiler]), images, 2)
    for one, other in zip(plain, checked, strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize("standard", ["c++11", "c++20"])
def test_the_header_is_cpp_too(tmp_path, standard):
    needs("g++")
    export_c(as_model(content("separable_cnn", 32, "int8")), tmp_path)
    (tmp_path / "user.cpp").write_text(
        '#include "fall.h"\nbool decided(const uint8_t *image) { return fall_decide(image).is_fall; }\n'
    )
    command = ["g++", f"-std={standard}", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-c", "user.cpp"]
    subprocess.run(command, cwd=tmp_path, check=True)


@pytest.mark.parametrize("network", NETWORKS)
def test_cppcheck_finds_nothing(tmp_path, network):
    needs("cppcheck")
    export_c(as_model(content(network, 32, "int8")), tmp_path)
    command = ["cppcheck", "--std=c99", "--enable=warning,performance,portability", "--error-exitcode=1", "--quiet"]
    done = subprocess.run([*command, "fall.c", "fall_example.c"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_program_uses_no_library_no_floats_and_no_heap(tmp_path):
    needs("gcc")
    needs("nm")
    source = export_c(as_model(content("grouped_cnn", 32, "int8")), tmp_path).source
    options = ["-O2", "-mgeneral-regs-only", "-ffreestanding", "-fno-tree-loop-distribute-patterns"]
    subprocess.run(["gcc", *STRICT, *options, "-c", source, "-o", "fall.o"], cwd=tmp_path, check=True)
    undefined = subprocess.run(["nm", "-u", "fall.o"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert undefined.stdout.split() == []


def test_cmake_builds_the_library_and_the_example(tmp_path):
    needs("cmake")
    needs("gcc")
    model = as_model(content("separable_cnn", 32, "int8"))
    export_c(model, tmp_path / "with space", name="detector")
    (tmp_path / "CMakeLists.txt").write_text(
        'cmake_minimum_required(VERSION 3.13)\nproject(house C)\ninclude("with space/detector.cmake")\n'
    )
    subprocess.run(["cmake", "-S", tmp_path, "-B", tmp_path / "build"], check=True, capture_output=True)
    subprocess.run(["cmake", "--build", tmp_path / "build"], check=True, capture_output=True)
    images = noise(9, 32, 2)
    images.tofile(tmp_path / "images.raw")
    example = tmp_path / "build" / "detector_example"
    done = subprocess.run([example, tmp_path / "images.raw"], capture_output=True, text=True, check=True)
    _, probabilities, decisions = decide(build(model, tmp_path), images, 2)
    expected = [f"{p} {'fall' if is_fall else '-'}" for p, is_fall in zip(probabilities, decisions, strict=True)]
    assert done.stdout.splitlines() == expected
    assert subprocess.run([example], capture_output=True).returncode == 1


def test_the_same_model_gives_the_same_bytes(tmp_path):
    model = as_model(content("separable_cnn", 32, "int8"))
    written = [export_c(model, tmp_path / folder) for folder in ("one", "two")]
    assert written[0].source.read_bytes() == written[1].source.read_bytes()
    assert written[0].header.read_bytes() == written[1].header.read_bytes()
    assert written[0].source.read_bytes().isascii()
