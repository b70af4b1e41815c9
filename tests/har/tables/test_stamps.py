"""Time stamps in every supported form; ambiguous ones are refused."""

import numpy as np
import pandas as pd
import pytest

from common.errors import InvalidInputError
from har import Recordings
from tests.har.tables.samples import CHANNELS, SECONDS, N, walk

DATES = pd.Timestamp("2024-03-31T00:59:55") + pd.to_timedelta(SECONDS, unit="s")  # summer time begins meanwhile

FORMS = {
    "seconds": SECONDS,
    "milliseconds": 1000 * SECONDS,
    "whole milliseconds": (1000 * SECONDS).round().astype(int),
    "microseconds": (1e6 * SECONDS).round().astype(np.int64),
    "seconds since 1970": 1.7e9 + SECONDS,
    "milliseconds since 1970": 1_700_000_000_000 + (1000 * SECONDS).round().astype(np.int64),
    "nanoseconds since 1970": 1_700_000_000_000_000_000 + (1e9 * SECONDS).round().astype(np.int64),
    "dates": DATES,
    "dates with a zone": DATES.tz_localize("UTC").tz_convert("Europe/Paris"),
    "dates as objects": np.array(DATES.to_pydatetime(), dtype=object),
    "ISO text": [date.isoformat() for date in DATES],
    "ISO text with a zone": [date.isoformat() + "+02:00" for date in DATES],
    "ISO text in UTC": [date.isoformat() + "Z" for date in DATES],
    "durations": pd.to_timedelta(SECONDS, unit="s"),
    "times of the day": [date.strftime("%H:%M:%S.%f") for date in DATES],
    "numbers as text": [f"{second:.3f}" for second in SECONDS],
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_time(form):
    frame = walk(t=FORMS[form])
    recordings = Recordings.from_frame(frame, time="t", channels=CHANNELS)
    assert recordings.rate_hz == 50
    (signal,) = recordings.signals
    np.testing.assert_allclose(signal, frame[CHANNELS], atol=1e-6)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (np.arange(N), "rate_hz if it numbers the samples"),
        ([date.strftime("%d/%m/%Y %H:%M:%S.%f") for date in DATES], "March or April"),
        (np.full(N, 7.0), "never changes"),
        (np.full(N, np.nan), "no time stamp"),
        (np.where(SECONDS == 1, np.inf, SECONDS), "infinity"),
        (25 * SECONDS, "pass time_unit"),
        (10 * SECONDS, "pass time_unit"),
        ([complex(second) for second in SECONDS], "complex"),
    ],
)
def test_ambiguous_or_unreadable_stamps_are_refused(column, message):
    with pytest.raises(InvalidInputError, match=message):
        Recordings.from_frame(walk(t=column), time="t", channels=CHANNELS)


def test_an_explicit_unit_overrides_the_inferred_one():
    recordings = Recordings.from_frame(walk(t=np.arange(N)), time="t", channels=CHANNELS, time_unit="ms")
    assert recordings.rate_hz == 1000
    with pytest.raises(InvalidInputError, match="time_unit"):
        Recordings.from_frame(walk(t=SECONDS), time="t", channels=CHANNELS, time_unit="minutes")


def test_without_time_rows_are_evenly_spaced_and_unchanged():
    frame = walk()
    recordings = Recordings.from_frame(frame, time=None, channels=CHANNELS, rate_hz=50)
    assert recordings.signals[0].tobytes() == frame[CHANNELS].to_numpy().tobytes()
    with pytest.raises(InvalidInputError, match="pass rate_hz"):
        Recordings.from_frame(frame, time=None, channels=CHANNELS)
