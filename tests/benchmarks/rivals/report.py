"""The report: tables of every set, and one figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.benchmarks.rivals.benchmark_sets import BenchmarkSet
from tests.benchmarks.rivals.drawing import draw
from tests.benchmarks.rivals.methods.registry import METHODS, OURS
from tests.benchmarks.rivals.results import MethodResult, stored_result
from tests.benchmarks.rivals.running import Runner
from tests.benchmarks.rivals.tables import (
    accuracy_table,
    fall_types_table,
    paired_table,
    settings_table,
    significantly_better,
)

FIGURE = "rivals.png"
#: Two sets beside one another, for the README.
OVERVIEW, OVERVIEW_SETS = "rivals_overview.png", ("smartwatch", "motionsense-17-24")

INTRODUCTION = f"""# Accuracy and bytes, beside other methods

Written by `make rivals DATA=PATH`; what has run is stored, and the rest is run by the same command.

![Accuracy against bytes of all that has run]({FIGURE})

**The same for everybody**: windows, folds of people, seeds, and the rules by which training people choose. A setting is
a size (two values; the methods name them), how training windows are changed at random (not at all, little or much:
`har.preprocessing.Augmentation`; anew in each epoch of prototypes and networks, as two copies of each window for the
others), and the form of the windows: *slow* (10 or 12.5 Hz, in Lab 1's channels), *raw* (as recorded) or *jerk* (the
slow channels with the logarithm of the jerk, `har.preprocessing.LogJerk`: for activities of the acceleration as it was
recorded, for falls of the slow axes). Three inner folds of the training people choose one after the other, QUANT on at
most 3,000 windows each, all others on all windows. Prototypes choose among the settings of
`har.selection.PROTOTYPE_SETTINGS`, as `har.selection.validate_prototypes` does, among all of them, or among those with
at most four and at most one prototype a class: all at once, a freedom that no other method got. They are not offered
the raw form, nor are neighbours under DTW: it multiplies their work by sixteen. For falls the threshold with the most
right decisions on those inner folds is used. No test person has a say in any of these choices.

**What was seen before**: the settings to choose from were made up while looking at folds over all people of UMAFall,
SisFall and the smartwatch, and at MotionSense's people 1–16. The linear readouts joined the settings after they had
been measured once on people 17–24. Earlier runs on the same test people had prototypes choose one factor after the
other (0.970 on UMAFall, 0.992 on SisFall), compared settings on at most 3,000 windows, and offered no jerk for
activities (0.906 on the smartwatch, 0.951 on people 17–24 and 0.947 on the 6 folds of MotionSense). Each rule was
changed by what inner folds showed, but after those results: the jerk of the recorded acceleration raised them by 0.5 to
0.8 points on the smartwatch and by 0.4 to 0.7 on people 1–16. Every method is offered it. What inner folds did not
favour: 25 Hz; the jerk of the angular rate; more epochs; soft labels of a MiniRocket (0.2 points more with four
prototypes a class, 0.5 less with one). On UMAFall nothing gained more than 0.3 points: windows at 20 Hz, bands of 0.05
and 0.2, six or eight prototypes read by the nearest, the jerk of the angular rate, the mean of three models.

**Columns**: accuracy with its 95% interval by person, over all seeds that have run; *kept*: the bytes that ship, the
median of the folds (forests: 10 bytes an inner node, 1 byte a pure leaf; ridge, support vectors, networks and stored
windows: float32; prototypes: 8 bits); *operations*: multiply-accumulates and comparisons of a
decision, a dash where nobody counts them; *µs*: CPU time on one thread, one window at a time and as a share of all at
once, from Python with all checks; training without its choice.

**Which differences count**: the exact permutation test by person decides (p < 0.05); the interval, a bootstrap over
people, tells how large a difference may be. Differences are not corrected for their number.

A dot's place in the figure is the mean over the seeds that have run; the line joins methods that no other beats in
both accuracy and bytes. *Fewer than three seeds* in a table's last column: the others have not run yet.

MiniRocket, MultiRocket and RDST are aeon's. QUANT and Hydra are written after their papers in NumPy, since aeon's need
PyTorch. MultiRocket and MiniRocket get fewer features than by default where there are more than 2,500 training windows.
Their ridge has the weights of scikit-learn's `RidgeClassifierCV` (a test), five times faster.
"""


def write_report(runner: Runner, sets: Iterable[BenchmarkSet], seeds: Sequence[int], folder: Path) -> list[Path]:
    """Write what is stored; returns the files."""
    parts, drawn = [INTRODUCTION], []
    for data in sets:
        found = [stored_result(runner, data, method, seeds) for method in METHODS]
        results = [result for result in found if result is not None]
        missing = [method.name for method, result in zip(METHODS, found, strict=True) if result is None]
        parts.append(section(data, results, missing))
        if results:
            drawn.append(results)
    page = folder / "rivals.md"
    folder.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join(parts), encoding="utf-8")
    written = [page]
    overview = [results for results in drawn if results[0].data.name in OVERVIEW_SETS]
    for shown, name, columns in ((drawn, FIGURE, 1), (overview, OVERVIEW, len(overview))):
        if shown:
            draw(shown, folder / name, columns=columns)
            written.append(folder / name)
    return written


def section(data: BenchmarkSet, results: Sequence[MethodResult], missing: Sequence[str]) -> str:
    """All tables of one set."""
    people = len(set(data.people.tolist()))
    text = [f"## {data.title}\n", f"{len(data.y):,} windows of {people} people, {len(data.classes)} classes.\n"]
    if missing:
        text.append(f"Not run yet: {'; '.join(missing)}.\n")
    if not results:
        return "\n".join(text)
    text.append(accuracy_table(results) + "\n")
    ours = next((result for result in results if result.method.name == OURS), None)
    if ours is not None and len(results) > 1:
        text.append(paired_table(results, ours) + "\n")
        better = significantly_better(results, ours)
        text.append(f"Significantly better than *{OURS}* with less than 100 kB: {'; '.join(better) or 'none'}.\n")
    if data.is_old.any():
        text.append(fall_types_table(results) + "\n")
    text += ["<details><summary>What was chosen</summary>\n", settings_table(results), "\n</details>\n"]
    return "\n".join(text)
