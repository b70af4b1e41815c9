# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Lab 2: detect falls in images, in a small file
#
# You build the lecture's network, judge it on people it has not seen, and compress it. Pictures are simulated, so
# nothing has to be downloaded; with CAUCAFall, replace the cell that makes them. How each mechanism works is in the
# lesson *Lab 2* of the documentation.
#
# Exercises have a solution below them, folded: try first.

# %% [markdown]
# On Colab, or wherever the library is missing: upload the project's wheel (`python -m build --wheel` makes it) beside
# this notebook; the cell installs it.

# %%
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("fall") is None:
    wheels = sorted(Path().glob("har_fall-*.whl"))
    if not wheels:
        raise SystemExit("Upload har_fall-….whl into the folder of this notebook, and run this cell again.")
    subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", f"{wheels[-1]}[demo,vision]"])

# %%
# %matplotlib inline
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, confusion_matrix

import common
import fall
from common import plotting

# %% [markdown]
# ## 1. Pictures of people
#
# `N_PEOPLE` is 3 so that the notebook runs in a minute, and accuracies are then those of a coin. Set it to 20 for an
# hour's work.

# %%
N_PEOPLE, EPOCHS = 3, 4


def people(number, seed):
    """Pictures of simulated people, in rooms of their own; each activity once, a picture a second."""
    return common.simulate_frames(
        common.FrameScenario(n_residents=number, n_rooms=2 * number, repetitions=1, rate_hz=1), seed=seed
    )


train, test = people(N_PEOPLE, seed=901), people(1, seed=902)
labels, subjects = train.table["label"].to_numpy(), train.table["subject"].to_numpy()
train.table.groupby(["activity", "label"]).size()

# %%
figure = plotting.figure(2, 4, size=(8, 4))
for number, axes in enumerate(figure.axes):
    is_fall = number % 2
    rows = np.flatnonzero(labels == is_fall)
    axes.imshow(train.images[rows[number * len(rows) // 8]])
    axes.set_title("fall" if is_fall else "no fall", fontsize=9)
    axes.axis("off")
figure

# %% [markdown]
# With CAUCAFall: `table = fall.datasets.load_caucafall(root)` and `train, test = fall.datasets.lab_split(table)`,
# subjects 1–8 and 9–10; classifiers take such tables in the place of images.

# %% [markdown]
# ## 2. The lecture's network

# %%
network = fall.build_network("lecture_cnn", (96, 96, 3))
print(fall.keras_cost(network))

# %% [markdown]
# **Exercise.** Where are the parameters, and where the multiplications? What happens to both at 48 × 48 pixels?
#
# <details><summary>Solution</summary>
#
# Parameters are in the dense layer, multiplications in the convolutions; a quarter of the pixels needs a bit less
# than a quarter of both.
#
# ```python print(fall.keras_cost(fall.build_network("lecture_cnn", (48, 48, 3))))
# ```
#
# </details>

# %%
# your cells here

# %%
classifier = fall.CNNFallClassifier("lecture_cnn", epochs=EPOCHS, batch_size=16, random_state=0)
classifier.fit(train.images, labels, groups=subjects)
classifier.history_.plot(y=["loss", "val_loss"])

# %%
truth = test.table["label"].to_numpy()
predicted = classifier.predict(test.images)
print("accuracy", accuracy_score(truth, predicted))
plotting.plot_confusion_matrix(confusion_matrix(truth, predicted), ["no fall", "fall"], title="The lecture's CNN")

# %% [markdown]
# **Exercise.** Validate the learning rate by folds of people. Which function makes the folds?
#
# <details><summary>Solution</summary>
#
# `common.subject_folds`: nobody is in training and validation at once.
#
# ```python from sklearn.model_selection import GridSearchCV
#
# search = GridSearchCV(
#     fall.CNNFallClassifier(epochs=EPOCHS, validation_fraction=0, random_state=0),
#     {"learning_rate": [5e-4, 1e-3, 2e-3]},
#     cv=common.subject_folds(subjects, n_folds=3),
#     refit=False,
# )
# search.fit(train.images, labels)
# pd.DataFrame(search.cv_results_)[["params", "mean_test_score"]]
# ```
#
# </details>

# %%
# your cells here

# %% [markdown]
# ## 3. Compress it

# %%
rows, models = [], {}
for recipe in ("float32", "pruned_int8", "int8", "channels_int8"):
    small = models[recipe] = fall.compress(classifier, recipe, train.images, labels, groups=subjects)
    sizes = fall.costs.stored_sizes(small.tflite)
    right = accuracy_score(truth, fall.TFLiteFallClassifier(small).predict(test.images))
    rows.append({"recipe": recipe, "file": sizes.raw, "coded": sizes.coded, "MACs": small.cost.macs, "accuracy": right})
table = pd.DataFrame(rows)
table

# %%
plotting.plot_pareto(
    table, x="coded", y="accuracy", label="recipe", x_label="coded file [B]", title="Accuracy against bytes"
)

# %% [markdown]
# **Exercise.** The pruned file is as large as the int8 file. What is pruning good for?
#
# <details><summary>Solution</summary>
#
# A `.tflite` file stores zeros like other numbers. Coded, they are small (`fall.save_coded`); removed as whole
# channels, they are gone, and so is their work: compare the columns.
#
# </details>

# %%
# your cells here

# %% [markdown]
# **Exercise.** Prune 80% of the weights without quantizing.
#
# <details><summary>Solution</summary>
#
# ```python from functools import partial
#
# recipe = fall.compression.Recipe(
#     "only_pruned", "80% zero, in float", "float32", [partial(fall.compression.prune, sparsity=0.8)]
# )
# fall.compress(classifier, recipe, train.images, labels, groups=subjects)
# ```
#
# </details>

# %%
# your cells here

# %% [markdown]
# ## 4. MobileNetV2
#
# Part 3 of the lab needs a file of ImageNet weights (`weights="imagenet"` lets Keras download it). The network is cut
# after block 10, its convolutions are frozen, and the dense layer is trained; here with random weights, to show the
# steps.

# %%
mobilenet = fall.MobileNetV2FallClassifier(weights=None, last_block=4, head_epochs=2, random_state=0)
mobilenet.fit(train.images, labels, groups=subjects)
print(fall.keras_cost(mobilenet.model_).total)

# %% [markdown]
# ## 5. Ship it

# %%
common.save_bundle(models["int8"], "camera")
camera = fall.TFLiteFallClassifier("camera")
print(camera.predict(test.images[:5]), common.CORTEX_M4.estimate(models["int8"].cost))
