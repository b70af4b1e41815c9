"""A comparison in a process of its own, which kills itself where it is told to.

python killable.py DIRECTORY KILL_AT SEED -> on each line of the output what was trained, then the table as JSON.
"""

import os
import signal
import sys

import numpy as np
import pandas as pd

from fall import CNNFallClassifier, compare_recipes
from fall.compression import Recipe
from tests.fall.synthetic import SIZE, bright_below

DIRECTORY, KILL_AT, SEED = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
steps = 0


class Told(CNNFallClassifier):
    """Tells when it is trained."""

    def fit(self, X, y, groups=None):
        print("trained on", *np.unique(groups), flush=True)
        return super().fit(X, y, groups=groups)


def slow_step(model, tuner):
    """A step that tells of itself."""
    global steps
    steps += 1
    print("compressed", flush=True)
    if steps == KILL_AT:
        os.kill(os.getpid(), signal.SIGKILL)
    return model, pd.DataFrame({"loss": [1.0]})


def main():
    images, labels = bright_below(48)
    people = np.arange(48) // 16
    classifier = Told(
        "perceptron",
        network_options={"units": 4},
        input_size=SIZE,
        epochs=2,
        validation_fraction=0,
        random_state=None if SEED < 0 else SEED,
    )
    classifier.fit(images, labels, groups=people)
    classifier.model_.set_weights([np.full_like(weight, 0.01) for weight in classifier.model_.get_weights()])
    recipes = [Recipe("first", "", "float32", [slow_step]), Recipe("second", "", "int8", [slow_step])]
    table = compare_recipes(classifier, recipes, images, labels, groups=people, directory=DIRECTORY)
    print("table", table.drop(columns="model").to_json())


main()
