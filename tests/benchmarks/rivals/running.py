"""The jobs of one fold: choose on its training people, then judge its test people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from common.evaluation.splits import Split, subject_folds
from tests.benchmarks.rivals import storage
from tests.benchmarks.rivals.augmented import augmentation, with_copies
from tests.benchmarks.rivals.benchmark_sets import FOLDS_SEED, BenchmarkSet
from tests.benchmarks.rivals.choice import Choice, OutOfFold, choose
from tests.benchmarks.rivals.measuring import Outcome, measured
from tests.benchmarks.rivals.methods.method import Array, Method, Setting, Training
from tests.benchmarks.rivals.other_environment import OtherEnvironment
from tests.benchmarks.rivals.storage import TEST, Job

N_INNER_FOLDS = 3
#: The setting is chosen with this seed, and held for the others.
CHOICE_SEED = 0


class NotStored(LookupError):
    """A job that has not run, where only stored outcomes are wanted."""


@dataclass(frozen=True)
class Runner:
    """Runs jobs, or takes their stored outcomes.

    Attributes
    ----------
    folder : Path
        Of stored outcomes.
    other : OtherEnvironment or None
        For methods that this environment cannot import; None: only stored outcomes are taken.
    """

    folder: Path
    other: OtherEnvironment | None

    def choice(self, data: BenchmarkSet, method: Method, fold: int) -> Choice:
        """The setting, and the threshold, for this fold: by its training people alone."""
        train = data.folds[fold].train
        out_of_fold = partial(self._out_of_fold, data, method, fold)
        forms = tuple(form for form in method.forms if form in data.forms)
        sizes = tuple(size for size in method.sizes if method.form_of_size.get(size, forms[0]) in data.forms)
        offered = replace(method, forms=forms, sizes=sizes)
        return choose(offered, len(train), out_of_fold, has_falls=data.has_falls)

    def test(self, data: BenchmarkSet, method: Method, choice: Choice, fold: int, seed: int) -> Outcome:
        """The test people of this fold, judged."""
        return self._outcome(data, method, choice.setting, fold, TEST, seed, data.folds[fold])

    def _out_of_fold(self, data: BenchmarkSet, method: Method, fold: int, setting: Setting) -> OutOfFold:
        splits = inner_folds(data, fold, method.most_inner)
        outcomes = [
            self._outcome(data, method, setting, fold, f"inner{number}", CHOICE_SEED, split)
            for number, split in enumerate(splits)
        ]
        scores = np.concatenate([outcome.scores for outcome in outcomes])
        return OutOfFold(scores, data.y[np.concatenate([split.test for split in splits])])

    def _outcome(
        self, data: BenchmarkSet, method: Method, setting: Setting, fold: int, part: str, seed: int, split: Split
    ) -> Outcome:
        job = Job(data.name, method.stored_as or method.name, method.revision, setting, fold, part, seed)
        path = job.path(self.folder)
        if path.exists():
            return storage.load(path)
        if self.other is None:
            raise NotStored(path)
        form = data.forms[setting.form]
        training = Training(
            form.X[split.train],
            data.y[split.train],
            data.people[split.train],
            seed,
            form.triads,
            augmentation(setting.change, form.triads),
        )
        if not method.in_epochs:
            training = with_copies(training)
        X_test = form.X[split.test]
        if method.fit is None:
            outcome = self.other.train(method.name, setting.size, training, X_test)
        else:
            outcome = measured(partial(method.fit, training, setting.size), X_test)
        storage.save(outcome, path)
        return outcome


def inner_folds(data: BenchmarkSet, fold: int, at_most: int | None = None) -> list[Split]:
    """The training people of a fold, divided: row numbers of all windows."""
    train = data.folds[fold].train
    return [
        Split(train[thinned(inner.train, at_most)], train[thinned(inner.test, at_most)])
        for inner in subject_folds(data.people[train], n_folds=N_INNER_FOLDS, random_state=FOLDS_SEED)
    ]


def thinned(rows: Array, at_most: int | None) -> Array:
    """At most so many of these, evenly chosen: neighbouring windows overlap by half."""
    if at_most is None or len(rows) <= at_most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, at_most).astype(int)]
