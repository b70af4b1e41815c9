"""Tables of the report, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import common
from common.tables import ABSENT, markdown_table, ratio
from tests.benchmarks.rivals.results import MethodResult

SIGNIFICANT = 0.05
#: What the claim of the library is about.
SMALL_BYTES = 100_000
_WORST_TYPES = 3
_LOW_SENSITIVITY = 0.95


def accuracy_table(results: Sequence[MethodResult]) -> str:
    """A row for each method, the most accurate first."""
    has_falls = results[0].data.has_falls
    header = ["method", "accuracy", "95%", *(["sens.", "spec."] if has_falls else ["macro F1"]), "kept", "operations",
              "µs alone", "µs in a batch", "training, CPU s", "seeds"]  # fmt: skip
    rows = []
    for result in sorted(results, key=lambda result: -result.evaluation().accuracy):
        judged = result.evaluation()
        assert judged.by_subject is not None
        measures = [judged.sensitivity, judged.specificity] if has_falls else [judged.macro_f1]
        rows.append(
            [
                result.method.name,
                ratio(judged.accuracy),
                str(judged.by_subject.accuracy),
                *map(ratio, measures),
                kilobytes(kept_bytes(result)),
                operations(result),
                f"{result.median(lambda outcome: outcome.alone_us):,.0f}",
                f"{result.median(lambda outcome: outcome.batch_us):,.0f}",
                f"{result.median(lambda outcome: outcome.training_s):.1f}",
                str(len(result.seeds)),
            ]
        )
    return markdown_table(header, rows)


def paired_table(results: Sequence[MethodResult], ours: MethodResult) -> str:
    """How much better ours is than each other method, by person."""
    rows = []
    for other, difference in paired(results, ours):
        rows.append(
            [
                other.method.name,
                f"{difference.difference:+.3f}",
                ABSENT if np.isnan(difference.interval.low)
                else f"{difference.interval.low:+.3f} to {difference.interval.high:+.3f}",
                f"{difference.p_value:.3f}",
                f"{difference.n_better} / {difference.n_equal} / {difference.n_worse}",
                str(min(len(other.seeds), len(ours.seeds))),
            ]
        )  # fmt: skip
    header = [f"{ours.method.name}, less …", "difference", "95%", "p", "people better / equal / worse", "seeds"]
    return markdown_table(header, rows)


def paired(results: Sequence[MethodResult], ours: MethodResult) -> list[tuple[MethodResult, common.PairedDifference]]:
    """Every other method with what it loses against ours, the strongest first."""
    pairs = [(other, ours.against(other)) for other in results if other is not ours]
    return sorted(pairs, key=lambda pair: pair[1].difference)


def significantly_better(results: Sequence[MethodResult], ours: MethodResult) -> list[str]:
    """Small methods that are better than ours, not by chance."""
    return [
        f"{other.method.name} ({-difference.difference:+.3f}, p = {difference.p_value:.3f}, "
        f"{kilobytes(kept_bytes(other))})"
        for other, difference in paired(results, ours)
        if difference.difference < 0 and difference.p_value < SIGNIFICANT and kept_bytes(other) < SMALL_BYTES
    ]


def fall_types_table(results: Sequence[MethodResult]) -> str:
    """Kinds of fall that are often missed, and the specificity of old people apart."""
    data = results[0].data
    falls = np.unique(data.activity[data.y == 1])
    rows = []
    for result in results:
        by_type = {name: result.evaluation(data.activity == name).sensitivity for name in falls}
        low = sorted((value, name) for name, value in by_type.items() if value < _LOW_SENSITIVITY)
        named = ", ".join(f"{name} {ratio(value)}" for value, name in low[:_WORST_TYPES])
        rest = f" and {len(low) - _WORST_TYPES} more" if len(low) > _WORST_TYPES else ""
        old = result.evaluation(data.is_old)
        assert old.by_subject is not None
        young = result.evaluation(~data.is_old)
        rows.append(
            [
                result.method.name, ratio(old.specificity), str(old.by_subject.specificity), ratio(young.specificity),
                ratio(min(by_type.values())), named + rest or "none",
            ]
        )  # fmt: skip
    header = ["method", "specificity, old", "95%", "specificity, young", "worst kind of fall", "kinds below .95"]
    return markdown_table(header, rows)


def settings_table(results: Sequence[MethodResult]) -> str:
    """What was chosen on the training people of each fold."""
    return markdown_table(
        ["method", "size, changes, form (folds)"], [[result.method.name, result.settings] for result in results]
    )


def kept_bytes(result: MethodResult) -> float:
    """Of the model that ships: the median over folds and seeds."""
    return result.median(lambda outcome: outcome.kept_bytes)


def kilobytes(size: float) -> str:
    """Three digits: 3.84 kB, 1.2 MB."""
    for factor, unit in ((1e6, "MB"), (1e3, "kB")):
        if size >= factor:
            return f"{float(f'{size / factor:.3g}'):g} {unit}"
    return f"{size:g} B"


def operations(result: MethodResult) -> str:
    """Thousands, or a dash where nobody counted."""
    count = result.median(lambda outcome: outcome.operations)
    return ABSENT if count < 0 else f"{count / 1000:,.1f} k"
