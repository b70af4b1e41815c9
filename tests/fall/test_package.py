"""The package as a whole: its names load no more than they need."""

import subprocess
import sys
from pathlib import Path

LIGHT_NAMES = """
    build_network keras_cost tflite_cost peak_memory micro_arena export_c_array read_images readable resize_images
    CompressedModel datasets.load_caucafall datasets.load_image_folder datasets.to_tf_dataset compression.magnitude_mask
    compression.kmeans_codebook compression.encode_weights compression.Bitmap compression.fit_linear
    compression.adaround tflite.sparsity tflite.stored_sizes networks augmentation
"""
# scikit-learn, which the classifiers are built on, imports pandas and rich by itself.
HEAVY = {"tensorflow", "tf_keras", "PIL", "pandas", "sklearn", "matplotlib", "numba"}
CLASSIFIERS = "CNNFallClassifier MobileNetV2FallClassifier TFLiteFallClassifier compress compression.RECIPES"


def modules_after(statements: str) -> set[str]:
    program = f"import sys, fall, fall.datasets, fall.compression, fall.tflite\n{statements}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_names_that_need_nothing_heavy_load_nothing_heavy() -> None:
    assert not HEAVY & modules_after("\n".join(f"fall.{name}" for name in LIGHT_NAMES.split()))


def test_classifiers_load_neither_tensorflow_nor_pillow() -> None:
    loaded = modules_after("\n".join(f"fall.{name}" for name in CLASSIFIERS.split()))
    assert not {"tensorflow", "tf_keras", "PIL", "matplotlib"} & loaded
