"""Tables that could silently be misread: refused, warned about, or read as they are meant."""

import numpy as np
import pandas as pd
import pytest

from common.errors import FrugalWarning, InvalidInputError
from har import Recordings
from tests.har.tables.samples import CHANNELS, SECONDS, N, walk

FIRST_HALF = np.arange(N) < N // 2
ZONED = pd.date_range("2024-10-27 00:59:55", periods=N, freq="20ms", tz="UTC").tz_convert("Europe/Paris")


def read(frame, **options):
    return Recordings.from_frame(frame, **{"time": "t", "channels": CHANNELS, **options})


def objects(*parts):
    return np.array([entry for entry, n in parts for _ in range(n)], dtype=object)


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (walk(t=np.where(FIRST_HALF, SECONDS, 1000 * SECONDS)), {}, "two units"),
        (
            walk(t=[d if i % 2 else d.tz_localize(None) for i, d in enumerate(ZONED)]),
            {},
            "with a zone and dates without",
        ),
        (walk(t=[d.isoformat()[: 32 if i % 2 else 19] for i, d in enumerate(ZONED)]), {}, "with a zone"),
        (walk(t=pd.to_datetime((1000 * SECONDS).round().astype(int))), {}, "unit='ms'"),
        (walk(t=pd.to_timedelta((1000 * SECONDS).round().astype(int))), {}, "unit='ms'"),
        (walk(time_ms=SECONDS), {"time": "time_ms"}, "pass time_unit"),
        (pd.concat([walk(t=SECONDS), walk(t=SECONDS + 0.003)]).sort_values("t"), {}, "two devices"),
        (walk(t=np.where(FIRST_HALF, SECONDS, SECONDS + 1e9)), {"max_gap_s": 1e10}, "smaller max_gap_s"),
        (walk(t=SECONDS), {"rate_hz": 1e-3}, "thousandth"),
        (walk(t=SECONDS, does=objects((1, 250), ("1", 250))), {"label": "does"}, "mixes text and numbers"),
        (walk(t=SECONDS, who=objects((1.0, 250), ("a", 250))), {"subject": "who"}, "mixes text and numbers"),
        (walk(t=SECONDS, does=pd.Series([[1]] * N)), {"label": "does"}, "lists"),
        (walk(t=SECONDS, who=["a"] * 499 + [" "]), {"subject": "who"}, "empty in 1 rows"),
        (walk(t=SECONDS), {"channels": ["ax", "t"]}, "the column of time"),
        (walk(t=SECONDS, does=1), {"channels": ["ax", "does"], "label": "does"}, "the column of label"),
        (walk(t=SECONDS), {"channels": {"ax", "ay"}}, "no order"),
        (walk(t=SECONDS), {"channels": [("a", "ax")]}, "text or integers"),
        (walk(t=SECONDS, ax=["1,234", "999"] * 250), {}, "separate thousands"),
        (walk(t=SECONDS, ax="1_000"), {}, "not a number"),
        (walk(t=SECONDS, ax=pd.Series([np.zeros(2)] * N)), {}, "not a number"),
        (walk(t=SECONDS), {"units": (0, "g")}, "factor 0"),
        (walk(t=SECONDS), {"ignore_labels": ["walk"]}, "label is None"),
    ],
)
def test_misleading_tables_are_refused(frame, options, message):
    with pytest.raises(InvalidInputError, match=message):
        read(frame, **options)


@pytest.mark.parametrize(
    "stamps",
    [
        [f"{second:.3f}".replace(".", ",") for second in SECONDS],
        ZONED,
        [date.isoformat() for date in ZONED],
        np.array(ZONED.to_pydatetime(), dtype=object),
    ],
    ids=["decimal commas", "winter time begins", "as text", "as objects"],
)
def test_stamps_are_read_as_meant(stamps):
    recordings = read(walk(t=stamps))
    assert (recordings.rate_hz, len(recordings.signals[0])) == (50, N)


def test_the_unit_is_inferred_from_steps_within_recordings():
    """Ten people, each from 0 on, whose stamps lie close together but have nothing to do with one another."""
    rng = np.random.default_rng(0)
    people = [walk(t=1000 * SECONDS + rng.uniform(0, 20), who=who) for who in range(10)]
    recordings = read(pd.concat(people), subject="who")
    assert (recordings.report.time_unit, recordings.rate_hz, len(recordings)) == ("ms", 50, 10)


@pytest.mark.parametrize(
    ("name", "step", "rate_hz"), [("time_s", 1, 1), ("t [ms]", 0.5, 2000), ("milliseconds", 20, 50)]
)
def test_a_column_name_may_state_the_unit(name, step, rate_hz):
    frame = walk().assign(**{name: step * np.arange(N)})
    assert read(frame, time=name, rate_hz=rate_hz).rate_hz == rate_hz


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a "] * 250 + ["a"] * 250, ["a"]),
        ([1.0] * 250 + [2.0] * 250, [1, 2]),
        (objects((1.0, 250), (1, 250)), [1]),
        (pd.Categorical(["b"] * 250 + ["a"] * 250), ["b", "a"]),
    ],
    ids=["white space", "floats", "1.0 and 1", "categories"],
)
def test_one_person_has_one_name(names, expected):
    groups = read(walk(t=SECONDS, who=names), subject="who").groups.tolist()
    assert groups == expected
    assert [type(name) for name in groups] == [type(name) for name in expected]


@pytest.mark.parametrize("n", [2, 3])
def test_rows_written_several_times_are_read_once(n):
    frame = pd.concat([walk(t=SECONDS)] * n).sort_values("t", kind="stable")
    recordings = read(frame)
    assert recordings.rate_hz == 50
    assert recordings.report.n_doubled == (n - 1) * N
    np.testing.assert_array_equal(recordings.signals[0], walk()[CHANNELS])


def test_labels_without_samples_are_warned_about():
    labels = np.where(np.arange(N) % 3 == 0, "hop", "walk")
    with pytest.warns(FrugalWarning, match="'hop' have no two consecutive samples"):
        assert set(read(walk(t=SECONDS, does=labels), label="does").y) == {"walk"}
    with pytest.warns(FrugalWarning, match="'hopp' are in ignore_labels, but in no row"):
        read(walk(t=SECONDS, does="walk"), label="does", ignore_labels=["hopp"])


@pytest.mark.parametrize("rate_hz", [None, 50])
def test_a_short_recording_gets_the_usual_rate(rate_hz):
    """One of three samples is lost, which would halve the rate."""
    short = walk(t=SECONDS, part=1).iloc[[0, 2]]
    recordings = read(pd.concat([walk(t=SECONDS, part=0), short]), recording="part", rate_hz=rate_hz)
    assert [len(signal) for signal in recordings.signals] == [N, 3]


def test_columns_may_be_numbered():
    frame = walk(t=SECONDS).set_axis([0, 1, 2, 3], axis=1)
    recordings = read(frame, time=3, channels=[0, 1, 2], units={0: "g", 1: "g", 2: "g"})
    assert recordings.channels == ("0 [g]", "1 [g]", "2 [g]")


def test_the_report_is_a_small_table():
    lines = str(read(walk(t=SECONDS)).report).splitlines()
    assert lines[0].split() == ["rows", "read", "500"]
    assert len({len(line) for line in lines}) == 1
    assert "import" not in "".join(lines)
