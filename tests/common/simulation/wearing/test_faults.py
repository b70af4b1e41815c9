"""Faults of wearing: at their rates, apart from each other, begun and ended at rest, and none when switched off."""

import itertools

import numpy as np
import pytest

from common.errors import InvalidInputError
from common.simulation.day import DayScenario, simulate_resident
from common.simulation.wearing.faults import WearFaults, draw_periods

RESTS = [(float(start), start + 400.0) for start in range(0, 86_400, 600)]
NIGHT = [(0.0, 25_000.0), (80_000.0, 86_400.0)]


@pytest.mark.parametrize("kind", WearFaults().per_day)
def test_faults_come_at_their_rates(kind: str) -> None:
    faults = WearFaults(**dict.fromkeys(("taken_off", "charging", "reversed", "on_carer", "loose"), 0.0))
    faults = WearFaults(**{**vars(faults), kind.replace(" a ", " ").replace(" ", "_"): 1.5})
    assert faults.per_day[kind] == 1.5
    days = [draw_periods(faults, RESTS, NIGHT, 24.0, np.random.default_rng(seed)) for seed in range(200)]
    assert {period.kind for day in days for period in day} == {kind}
    # Periods that find no place are left out: a few of the long ones.
    assert 1.0 < np.mean([len(day) for day in days]) < 1.7


def test_periods_do_not_overlap_and_begin_and_end_at_rest() -> None:
    for seed in range(50):
        periods = draw_periods(WearFaults(3, 3, 2, 2, 2), RESTS, NIGHT, 24.0, np.random.default_rng(seed))
        for first, second in itertools.pairwise(periods):
            assert first.end_s < second.start_s
        for period in periods:
            for time_s in (period.start_s, period.end_s):
                assert any(start < time_s < stop for start, stop in RESTS)


def test_faults_change_nothing_but_the_samples_and_their_labels() -> None:
    scenario = DayScenario(hours=3.0, start_hour=9.0, n_falls=2, wear_faults=WearFaults(taken_off=16.0, charging=0.0))
    faulty = simulate_resident(scenario, seed=7)
    well = simulate_resident(DayScenario(hours=3.0, start_hour=9.0, n_falls=2, wear_faults=WearFaults.none()), seed=7)
    assert faulty.labels.falls == well.labels.falls
    seconds = np.arange(0.0, 3 * 3600.0)
    assert well.labels.is_worn(seconds).all()
    worn = faulty.labels.is_worn(seconds)
    assert 0 < worn.mean() < 1
    periods = [period for period in faulty.labels.routine.wear if not period.is_worn]
    assert (~worn).sum() == sum(period.end_s - period.start_s for period in periods)


def test_impossible_rates_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="charging"):
        WearFaults(charging=-1.0)
    with pytest.raises(InvalidInputError, match="wear_faults"):
        DayScenario(wear_faults=3)  # type: ignore[arg-type]
