# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Lab 1: recognise exercises with DTW, then with few profiles
#
# Seven shoulder exercises, ten people, a watch at 50 Hz. You cut windows, compare them with dynamic time warping, and
# make the recogniser cheaper step by step. How each mechanism works is in the lesson *Lab 1* of the documentation.
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

if importlib.util.find_spec("har") is None:
    wheels = sorted(Path().glob("har_fall-*.whl"))
    if not wheels:
        raise SystemExit("Upload har_fall-….whl into the folder of this notebook, and run this cell again.")
    subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", f"{wheels[-1]}[demo]"])

# %%
# %matplotlib inline
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.pipeline import make_pipeline

import common
import har
from common import plotting
from har.preprocessing import Resample, ScaleChannels

# %% [markdown]
# ## 1. Look at the data

# %%
windows = har.segment(har.datasets.load_smartwatch(mirror=True), window_s=2.56)
print(windows)
har.plotting.plot_signals(windows)

# %% [markdown]
# People, never windows, are split: eight to train, two to test.

# %%
train, test = windows.subset(windows.groups <= 8), windows.subset(windows.groups > 8)

# %% [markdown]
# ## 2. Warp
#
# Two people do the same exercise at different speeds.

# %%
pendulum = windows.X[windows.y == "PEN"]
har.plotting.plot_warping_path(pendulum[0], pendulum[-1], band=0.1, title="Pendulum, two people")

# %% [markdown]
# **Exercise.** How many cells does the table of two windows of 128 samples have, without a band and with one of
# radius 12? Check with `common.dtw_cost`.
#
# <details><summary>Solution</summary>
#
# 128² = 16,384, and 128 · 25 − 12 · 13 = 3,044:
#
# ```python common.dtw_cost(128, 1).macs, common.dtw_cost(128, 1, band=12).macs
# ```
#
# </details>

# %%
# your cells here

# %% [markdown]
# ## 3. Every training window

# %%
results = []


def judge(name, model):
    """Train on eight people, test on two others, and remember accuracy and cost."""
    predicted = model.fit(train.X, train.y).predict(test.X)
    cost = model[-1].cost_
    results.append(
        {"name": name, "accuracy": accuracy_score(test.y, predicted), "macs": cost.macs, "bytes": 4 * cost.params}
    )
    return predicted


def pipeline(classifier, hz=12.5):
    """A lower rate, channels scaled by their spread in training, and a classifier."""
    return make_pipeline(Resample(rate_hz=50, target_hz=hz), ScaleChannels(), classifier)


judge("1-NN, Euclid", pipeline(har.DTWKNeighborsClassifier(1, band=0)))
judge("1-NN, DTW", pipeline(har.DTWKNeighborsClassifier(1, band=None)))
judge("1-NN, band 0.1", pipeline(har.DTWKNeighborsClassifier(1, band=0.1)))
pd.DataFrame(results)

# %% [markdown]
# **Exercise.** What does it cost not to lower the rate? Judge 1-NN with a band at 50 Hz (`hz=50`).
#
# <details><summary>Solution</summary>
#
# Sixteen times as many multiply-adds, for no better accuracy:
#
# ```python judge("1-NN, band 0.1, 50 Hz", pipeline(har.DTWKNeighborsClassifier(1, band=0.1), hz=50))
# ```
#
# </details>

# %%
# your cells here

# %% [markdown]
# ## 4. A few profiles

# %%
for method in ("medoid", "barycenter", "learned"):
    predicted = judge(
        f"8 profiles, {method}", pipeline(har.DTWPrototypeClassifier(8, method=method, band=0.1, random_state=0))
    )
pd.DataFrame(results)

# %%
labels = np.unique(windows.y)
plotting.plot_confusion_matrix(confusion_matrix(test.y, predicted, labels=labels), labels, title="8 learned profiles")

# %%
plotting.plot_accuracy_against_cost(
    [row["name"] for row in results], [row["macs"] for row in results], [row["accuracy"] for row in results],
    cost_label="multiply-adds of one decision",
)  # fmt: skip

# %% [markdown]
# **Exercise.** With one profile a class, let all distances decide instead of the nearest (`readout="linear"`). How
# much is it worth, and what does it cost?
#
# <details><summary>Solution</summary>
#
# Where profiles are few, the distances to all of them tell more than the nearest:
#
# ```python for readout in ("nearest", "linear"):     judge(f"1 profile, {readout}",
# pipeline(har.DTWPrototypeClassifier(1, readout=readout, random_state=0))) pd.DataFrame(results)
# ```
#
# </details>

# %%
# your cells here

# %% [markdown]
# ## 5. Validate
#
# Which band, which k? Choose on training people, in folds of people.

# %%
slow = ScaleChannels().fit_transform(Resample(rate_hz=50, target_hz=12.5).fit_transform(train.X))
har.validate_neighbors(slow, train.y, train.groups, bands=[0.05, 0.1, 0.2], n_neighbors=[1, 3, 5], cv=4).head()

# %% [markdown]
# **Exercise.** A colleague reports 0.98. How did they split?
#
# <details><summary>Solution</summary>
#
# By window: each person is then in training, too.
#
# ```python from sklearn.model_selection import KFold, cross_val_score
#
# model = pipeline(har.DTWKNeighborsClassifier(1, band=0.1))
# print(cross_val_score(model, windows.X, windows.y, cv=KFold(5, shuffle=True, random_state=0)).mean())
# print(cross_val_score(model, windows.X, windows.y, cv=common.subject_folds(windows.groups, n_folds=5)).mean())
# ```
#
# </details>

# %%
# your cells here

# %% [markdown]
# ## 6. Onto a device

# %%
model = pipeline(har.DTWPrototypeClassifier(4, band=0.1, random_state=0)).fit(train, train.y)
common.save_bundle(model, "exercises", trained_on=train)
print(har.export_c(model, "exercises_c", bits=8, rate_hz=50, counts_per_unit=[2048.0] * 3 + [938.7] * 3))
