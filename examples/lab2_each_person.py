"""Leave each person out once, over several seeds: what every network is worth in float and in int8.

Each network of each fold is a file of results, written as soon as it is known, so an interrupted run goes on where it
was. Decisions of all folds and seeds are pooled. Intervals, and those of paired differences, are a bootstrap over
people; with fewer than ten people they are somewhat too narrow.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.table import Table

import common
import fall
from common.evaluation.intervals import Interval, bootstrap_by_group
from examples import lab2_networks as networks
from examples.lab2_data import People
from examples.terminal import console

# What the trainings of a fold take, relative to that of the lecture's CNN: measured on two cores.
_RELATIVE_TIME = {True: 6.0, False: 3.0}  # with MobileNetV2, and without
_TRIAL_IMAGES, _TRIAL_EPOCHS = 128, 5


@dataclass(frozen=True)
class Fold:
    """One person left out, with one seed."""

    person: str
    seed: int
    train: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64]


def run(people: People, *, epochs: int, weights: Path | None, seeds: int, out: Path) -> pd.DataFrame:
    """Train and test every network on every fold.

    Returns
    -------
    pandas.DataFrame
        A row for each network, version, seed and image: ``person``, ``label``, ``decision``, ``bytes`` of the file.
    """
    folder = out / "each_person" / _key(people, epochs, weights)
    folder.mkdir(parents=True, exist_ok=True)
    folds = [
        Fold(str(people.subjects[split.test[0]]), seed, split.train, split.test)
        for seed in range(seeds)
        for split in common.leave_one_subject_out(people.subjects)
    ]
    missing = [fold for fold in folds if not all(path.exists() for path in _paths(folder, fold, weights).values())]
    console.print(f"{len(folds)} folds, {len(folds) - len(missing)} of them known from {folder}.", highlight=False)
    if missing:
        minutes = len(missing) * _seconds_per_fold(people, epochs, weights) / 60
        console.print(f"The others take about {minutes:.0f} minutes; interrupt and repeat the call as you like.")
    for number, fold in enumerate(missing, start=1):
        started = time.monotonic()
        for name, path in _measure(people, fold, epochs, weights, folder):
            console.print(f"  {name}: {path.name}, {time.monotonic() - started:.0f} s", style="dim", highlight=False)
        console.print(f"fold {number} of {len(missing)}: {fold.person} left out, seed {fold.seed}", highlight=False)
    results = [
        (name, fold, json.loads(path.read_text()))
        for fold in folds
        for name, path in _paths(folder, fold, weights).items()
    ]
    return pd.concat([_rows(people, *result) for result in results], ignore_index=True)


def _measure(people: People, fold: Fold, epochs: int, weights: Path | None, folder: Path) -> Iterator[tuple[str, Path]]:
    train = People(people.images[fold.train], people.table.iloc[fold.train])
    paths = _paths(folder, fold, weights)
    # Among few people nobody is held out for early stopping, which would cost a third of those to learn from.
    for name, trained in networks.train(train, epochs, weights, fold.seed, validation_fraction=0):
        found = trained.probabilities(people.images[fold.test])
        results = {
            version: {
                "bytes": len(trained.files[version].tflite),
                "probabilities": found[version].tolist(),
                "decisions": (found[version] >= trained.files[version].threshold_).astype(int).tolist(),
            }
            for version in networks.VERSIONS
        }
        unfinished = paths[name].with_suffix(".unfinished")
        unfinished.write_text(json.dumps(results))
        unfinished.replace(paths[name])
        yield name, paths[name]


def _paths(folder: Path, fold: Fold, weights: Path | None) -> dict[str, Path]:
    """The file of results of each network."""
    person = "".join(letter if letter.isalnum() else "_" for letter in fold.person)
    return {
        name: folder / f"{name.replace(' ', '_')}-seed{fold.seed}-without_{person}.json"
        for name in networks.names(weights)
    }


def _rows(people: People, name: str, fold: Fold, results: dict[str, dict[str, list[int]]]) -> pd.DataFrame:
    return pd.concat(
        pd.DataFrame(
            {
                "network": name,
                "version": version,
                "seed": fold.seed,
                "image": fold.test,
                "person": fold.person,
                "label": people.labels[fold.test],
                "decision": result["decisions"],
                "bytes": result["bytes"],
            }
        )
        for version, result in results.items()
    )


def _key(people: People, epochs: int, weights: Path | None) -> str:
    """A name for results of these images, these settings and this version of the library."""
    digest = hashlib.sha256(people.images.tobytes())
    digest.update(people.labels.astype(np.int64).tobytes())
    digest.update("\n".join(map(str, people.subjects)).encode())
    settings = {"epochs": epochs, "validation_fraction": 0, "version": fall.__version__}
    if weights is not None:
        settings["weights"] = fall.networks.file_sha256(weights)
    digest.update(json.dumps(settings, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def _seconds_per_fold(people: People, epochs: int, weights: Path | None) -> float:
    """From a short trial with the lecture's CNN."""
    rows = np.random.default_rng(0).permutation(len(people.labels))[:_TRIAL_IMAGES]
    trial = fall.CNNFallClassifier(epochs=1, batch_size=32, validation_fraction=0, random_state=0)
    seconds = []
    for n_epochs in (1, 1, 1 + _TRIAL_EPOCHS):  # the first loads TensorFlow; the others differ by epochs alone
        started = time.monotonic()
        trial.set_params(epochs=n_epochs).fit(people.images[rows], people.labels[rows])
        seconds.append(time.monotonic() - started)
    per_image = max(seconds[2] - seconds[1], 0.0) / (_TRIAL_EPOCHS * len(rows))
    return per_image * len(people.labels) * epochs * _RELATIVE_TIME[weights is not None]


def show(results: pd.DataFrame) -> None:
    """Print accuracy and falls found of every network, in float and in int8, and what int8 loses."""
    n_seeds, n_people = results["seed"].nunique(), results["person"].nunique()
    for title, rows in (("accuracy", results), ("falls found", results[results["label"] == 1])):
        table = Table(box=SIMPLE_HEAD, padding=0, title=title, title_justify="left")
        table.add_column("network", no_wrap=True)
        for column in ("float32", "95%", "int8", "lost", "95%", "file kB"):
            table.add_column(column, justify="right", no_wrap=True)
        for name, of_network in rows.groupby("network", sort=False):
            right, interval, lost, lost_interval = _compared(of_network)
            sizes = of_network.groupby("version")["bytes"].mean() / 1000
            table.add_row(
                str(name),
                f"{right['float32']:.3f}",
                str(interval) if interval.high > interval.low else "–",  # all people alike: a bootstrap knows nothing
                f"{right['int8']:.3f}",
                f"{100 * lost:+.1f}",
                _span(lost_interval),
                f"{sizes['float32']:,.0f} / {sizes['int8']:,.0f}",
            )
        console.print(table)
    console.print(
        f"{n_people} people, each left out once with {n_seeds} seeds, all decisions pooled. 95%: bootstrap over "
        "people, too narrow for so few. Lost: points of float32 less int8, on the same images.",
        style="dim",
    )


def show_tuning(results: pd.DataFrame) -> None:
    """Print what fine-tuning changes, image by image, if both networks are there."""
    both = results[(results["version"] == "float32") & results["network"].isin([networks.HEAD, networks.TUNED])]
    if both["network"].nunique() < 2:
        return
    for what, rows in (("accuracy", both), ("falls found", both[both["label"] == 1])):
        gained, interval = paired_difference(rows, "network", networks.TUNED, networks.HEAD)
        console.print(
            f"MobileNetV2 fine-tuned instead of its head alone: {100 * gained:+.1f} points of {what} "
            f"(95% {_span(interval)})",
            highlight=False,
        )


def _span(interval: Interval) -> str:
    """An interval of a difference in points; none where nobody makes a difference, which proves little."""
    low, high = 100 * interval.low, 100 * interval.high
    return f"{low:+.1f} to {high:+.1f}" if high > low else "–"


def _compared(rows: pd.DataFrame) -> tuple[dict[str, float], Interval, float, Interval]:
    """Share of right decisions of each version, the interval of float32's, and what int8 loses with its interval."""
    right = rows.assign(right=rows["decision"] == rows["label"])
    shares = right.groupby("version")["right"].mean().to_dict()
    of_float = right[right["version"] == "float32"].groupby("person")["right"].agg(["sum", "count"])
    (interval,) = bootstrap_by_group(of_float.to_numpy(np.int64), lambda counts: counts[:, :1] / counts[:, 1:])
    return shares, interval, *paired_difference(rows, "version", "float32", "int8")


def paired_difference(rows: pd.DataFrame, column: str, first: str, second: str) -> tuple[float, Interval]:
    """By how much more of its decisions are right where ``column`` is ``first`` than where it is ``second``.

    Every image is decided in both ways, with each seed; the interval is a bootstrap over people.
    """
    right = rows.assign(right=(rows["decision"] == rows["label"]).astype(int))
    pairs = right.pivot(index=["person", "seed", "image"], columns=column, values="right")
    by_person = (pairs[first] - pairs[second]).groupby("person").agg(["sum", "count"])
    counts = by_person.to_numpy(np.int64)
    (interval,) = bootstrap_by_group(counts, lambda sums: sums[:, :1] / sums[:, 1:])
    return float(counts[:, 0].sum() / counts[:, 1].sum()), interval
