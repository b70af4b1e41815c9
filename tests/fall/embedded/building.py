"""Export a network, compile it for this computer, and compare what it computes with tflite-micro."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from fall import CompressedModel, export_c, tflite_cost
from fall.embedded.arena import plan_arena
from fall.embedded.chains import chain_rows
from fall.embedded.lowering import lower
from fall.tflite import micro
from fall.tflite.file import read_classifier
from fall.tflite.stored_numbers import pixel_table

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-pedantic")
# Prints nothing: for each image, the stored logits, the probability and the decision as bytes.
HARNESS = """
#include "fall.c"
#include <stdio.h>
int main(void)
{
    static uint8_t image[FALL_IMAGE_BYTES];
    while (fread(image, sizeof image, 1, stdin) == 1) {
        const fall_decision decision = fall_decide(image);
        const uint8_t decided[2] = {decision.probability, decision.is_fall ? 1 : 0};
        (void)fwrite(&arena[LOGITS], 1, N_LOGITS, stdout);
        (void)fwrite(decided, 1, 2, stdout);
    }
    return 0;
}
"""


def needs(program):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def as_model(content, threshold=0.5):
    """A model of a .tflite file whose last class is the fall."""
    graph = read_classifier(content)
    n_classes = graph.output.shape[1]
    classes = np.array([f"adl {number}" for number in range(n_classes - 1)] + ["fall"])
    cost = tflite_cost(graph).total
    return CompressedModel("int8", content, cost, None, classes, threshold, graph.input_size, graph, positive="fall")


def logits_of(graph):
    """The tensor that the last softmax reads."""
    return next(operator.inputs[0] for operator in reversed(graph.operators) if operator.name == "SOFTMAX")


def build(model, folder, compiler="gcc", *options):
    """A program that decides about the images of its input; see HARNESS."""
    needs(compiler)
    export_c(model, folder)
    program = lower(model.graph)
    arena = plan_arena(program, chain_rows(program))
    Path(folder, "harness.c").write_text(HARNESS)
    where = f"-DLOGITS={arena.tensors[program.steps[-1].inputs[0]]}"
    n_logits = f"-DN_LOGITS={model.graph.output.shape[1]}"
    command = [compiler, *STRICT, "-O2", *options, where, n_logits, "harness.c", "-o", "program"]
    subprocess.run(command, cwd=folder, check=True)
    return Path(folder, "program")


def decide(program, images, n_logits):
    """Stored logits, probabilities in steps of 1/256, and decisions."""
    done = subprocess.run([program], input=np.ascontiguousarray(images).tobytes(), capture_output=True, check=True)
    assert done.stderr == b""
    rows = np.frombuffer(done.stdout, np.int8).reshape(len(images), n_logits + 2)
    return rows[:, :n_logits], rows[:, n_logits].view(np.uint8), rows[:, n_logits + 1] == 1


def of_micro(model, images):
    """The same by tflite-micro."""
    graph = model.graph
    stored = pixel_table(graph.input, model.input_range)[images]
    logits, outputs = micro.tensors(graph, stored, [logits_of(graph), graph.outputs[0]])
    fall = model.classes_.tolist().index(model.positive)
    probabilities = outputs[:, fall].astype(int) + 128
    return logits, probabilities, probabilities / 256 >= model.threshold_


def assert_equals_micro(model, folder, images, *options):
    """To the bit: logits, probability and decision of every image."""
    n_logits = model.graph.output.shape[1]
    computed = decide(build(model, folder, "gcc", *options), images, n_logits)
    expected = of_micro(model, images)
    for ours, theirs in zip(computed, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    return expected
