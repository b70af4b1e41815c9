"""SisFall as a stream: falls found and false alarms an hour in whole recordings of people whom no model has met.

People are divided into five folds, the old ones evenly, once for each seed. All that is chosen for a fold is chosen on
its training people by three inner folds: the length of the window, the calibration, and the threshold. The rule for
the threshold is the same for every recogniser: the most sensitive one with at most 0.15 false alarms an hour, in those
activities that SisFall asked of old people, too. Results of each fold are kept, so an interrupted run goes on from
there.

Not chosen in this way: the recognisers, their features, and which windows of a fall they learn. These were settled
while looking at folds of these same people, so the figures are somewhat too favourable for others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from rich.progress import track

from common import plotting
from examples.fusion_sisfall_folds import Data, Fold, Judged, folds_of_people, judge
from examples.fusion_sisfall_recognizers import RECOGNIZERS
from examples.fusion_sisfall_results import FoldResult, operating_curves, print_results, results_table
from examples.fusion_sisfall_windows import Streams, load
from examples.terminal import console

FOLDS, SEEDS = 5, 3
# Of the first seed, every sample of old people is also pushed through the stream and the monitor of a room.
STREAMED = "extra trees"
_VERSION = 1  # to be raised with every change that changes results


def run(root: Path, out: Path, *, seeds: int = SEEDS) -> pd.DataFrame:
    """Run the whole example; its table and figure are written to ``out``."""
    console.rule("[bold]SisFall as a stream")
    data = Data(load(root))
    judged = judge_all(data, out / "sisfall", seeds=seeds)
    table = results_table(data.streams, judged)
    table.to_csv(out / "sisfall.csv", index=False)
    print_results(data.streams, table, judged, streamed=STREAMED)
    console.print(f"  {plotting.save(operating_curves(data.streams, judged), out / 'sisfall.png')}", highlight=False)
    return table


def judge_all(data: Data, folder: Path, *, seeds: int) -> Mapping[str, list[FoldResult]]:
    """Every fold of every seed, by recogniser; those that are kept in ``folder`` are read from there."""
    folder = folder / _key(data.streams)
    folder.mkdir(parents=True, exist_ok=True)
    folds = [fold for seed in range(seeds) for fold in folds_of_people(data.streams, seed, FOLDS)]
    steps = [(name, fold) for fold in folds for name in RECOGNIZERS]
    judged: dict[str, list[FoldResult]] = {name: [] for name in RECOGNIZERS}
    for name, fold in track(steps, "folds and recognisers", console=console):
        judged[name].append(_kept(data, name, fold, folder))
    return judged


def _kept(data: Data, name: str, fold: Fold, folder: Path) -> FoldResult:
    stem = f"{name.replace(' ', '_')}-seed{fold.seed}-fold{fold.number}"
    decisions_file, setting_file = folder / f"{stem}.csv.gz", folder / f"{stem}.json"
    # The setting is written last: where it is, the fold is complete.
    if not setting_file.exists():
        new = judge(data, name, fold, streamed=fold.seed == 0 and name == STREAMED)
        new.decisions.to_csv(decisions_file, index=False)
        setting_file.write_text(json.dumps(new.setting))
    judged = Judged(pd.read_csv(decisions_file), json.loads(setting_file.read_text()))
    return FoldResult(fold.seed, fold.test, judged)


def _key(streams: Streams) -> str:
    """A name for the data and for the way in which they are judged."""
    digest = hashlib.sha256(f"{_VERSION}".encode())
    for signal in streams.signals:
        digest.update(signal.tobytes())
    return digest.hexdigest()[:12]
