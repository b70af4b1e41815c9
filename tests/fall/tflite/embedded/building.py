"""Compile and run what an export wrote, in C and in C++, with every warning an error."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from common import Cost
from fall import CompressedModel
from tests.fall.converted import content

TFLITE_MICRO = Path(__file__).with_name("tflite_micro")
STRICT = ("-Wall", "-Wextra", "-Werror", "-pedantic")
LANGUAGES = [("gcc", "c11"), ("gcc", "gnu17"), ("g++", "c++11"), ("g++", "c++20")]


def model(scheme="int8", name="separable_cnn", classes=("adl", "fall"), threshold=0.3, recipe="int8"):
    """A model of a file with random weights."""
    made = content(name, 32, scheme)
    return CompressedModel(recipe, made, Cost(), None, np.array(sorted(classes)), threshold, 32)


def needs(program):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def build(compiler, standard, folder, *sources, options=()):
    """A program of sources that are C, but compiled as C++ by a compiler of C++."""
    needs(compiler)
    language = ["-x", "c++"] if compiler == "g++" else []
    command = [compiler, f"-std={standard}", *STRICT, *options, *language, *sources, "-o", "program"]
    subprocess.run(command, cwd=folder, check=True)
    return Path(folder, "program")


def run(program, **environment):
    done = subprocess.run([program], capture_output=True, check=True, text=True, env=environment)
    return done.stdout.split()
