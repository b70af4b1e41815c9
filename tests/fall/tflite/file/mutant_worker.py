"""A program that measures and runs mutants of one file, and prints a line for each; it ends if LiteRT crashes."""

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from common import FrugalError, save_bundle
from fall import CompressedModel, TFLiteFallClassifier, costs, peak_memory, tflite_cost
from fall.tflite import first_run
from fall.tflite.file import read_graph
from tests.common.bundles.example import reforge
from tests.fall.tflite.file.mutants import mutant


def outcome(content: bytes, bundle: Path | None, side: int) -> str:
    """Measure and run a file in every way: "ran", or the name of the library's error. Other errors are raised."""
    model: Any = content
    if bundle is not None:
        reforge(bundle, "model.tflite", content)
        model = bundle
    found = "ran"
    measures = (tflite_cost, peak_memory, costs.stored_sizes, costs.sparsity, costs.distinct_values)
    for measure in (*measures, costs.weight_counts, costs.float_operators):
        try:
            measure(content)
        except FrugalError as error:
            found = f"{type(error).__name__} when read"
            break
    try:
        classifier = TFLiteFallClassifier(model)
        images = np.random.default_rng(0).integers(0, 256, (2, side, side, 3), dtype=np.uint8)
        classifier.predict_proba(images[:, : classifier.input_size_, : classifier.input_size_])
    except FrugalError as error:
        if found == "ran":
            runs = "LiteRT" in str(error) or "crashes" in str(error) or "NaN" in str(error)
            found = f"{type(error).__name__} {'of LiteRT' if runs else 'as a classifier'}"
    return found


def main(file: Path, number: int, first: int, stop: int, protected: bool) -> None:
    """Print the outcome of mutants first to stop - 1 of a file; unprotected, they load in this process at once."""
    warnings.simplefilter("ignore")
    sound = file.read_bytes()
    graph = read_graph(sound)
    bundle = file.with_suffix(f".{first}")
    classes = np.array([0, 1])
    save_bundle(CompressedModel("x", sound, tflite_cost(graph).total, None, classes, 0.5, graph.input_size), bundle)
    for seed in range(first, stop):
        content = mutant(sound, [number, seed])
        if not protected:
            first_run.mark_as_made_here(content)
        print(seed, end=" ", flush=True)
        print(outcome(content, bundle if seed % 2 else None, graph.input_size), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]), protected=sys.argv[5] == "protected")
