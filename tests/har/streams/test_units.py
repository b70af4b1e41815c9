"""Milli-, micro- and nanoseconds are refused as seconds, within the first few samples."""

import numpy as np
import pytest

from common.errors import InvalidInputError
from tests.har.streams import spied

SECONDS = np.arange(400) / 50
UNITS = [(1e3, "milliseconds", "1000"), (1e6, "microseconds", "1e6"), (1e9, "nanoseconds", "1e9")]


@pytest.mark.filterwarnings("ignore::common.errors.FrugalWarning")
@pytest.mark.parametrize("tolerance_s", [0.0, 0.5])
@pytest.mark.parametrize(("factor", "unit", "divisor"), UNITS)
@pytest.mark.parametrize("start_s", [0.0, 1.7e9])
@pytest.mark.parametrize("size", [1, 3, 400])
def test_other_units(factor: float, unit: str, divisor: str, start_s: float, size: int, tolerance_s: float) -> None:
    stream, _ = spied(50, 50, 25, tolerance_s=tolerance_s)
    message = "[Pp]ass seconds" if factor == 1e9 and size < 4 else rf"if these are {unit}, pass times / {divisor}"

    def push_the_first() -> None:
        for i in range(0, max(size, 5), size):
            stream.push(np.zeros((size, 2)), (start_s + SECONDS[i : i + size]) * factor)

    with pytest.raises(InvalidInputError, match=message):
        push_the_first()


@pytest.mark.parametrize("tolerance_s", [0.0, 0.5])
@pytest.mark.parametrize("rate", [10, 50, 100, 1000])
def test_milliseconds_in_bunches_and_at_other_rates(rate: int, tolerance_s: float) -> None:
    stream, _ = spied(rate, 50, 25, tolerance_s=tolerance_s)
    n = np.arange(100)
    bunches = n // 10 * 10 / rate + n % 10 * 0.1 / rate
    for times in (n / rate, bunches, n / rate * 2.5):
        stream.reset()
        with pytest.raises(InvalidInputError, match="milliseconds"):
            stream.push(np.zeros((100, 2)), 1000 * times)


@pytest.mark.filterwarnings("ignore::common.errors.FrugalWarning")
def test_milliseconds_midway() -> None:
    stream, _ = spied(50, 50, 25)
    stream.push(np.zeros((100, 2)), SECONDS[:100])
    with pytest.raises(InvalidInputError, match="milliseconds"):
        stream.push(np.zeros((100, 2)), SECONDS[100:200] * 1000)
    assert len(stream.push(np.zeros((100, 2)), SECONDS[100:200])) == 4  # a refused push changes nothing


def test_pauses_are_not_another_unit() -> None:
    stream, _ = spied(50, 50, 25)
    times = np.concatenate([SECONDS[:60] + start for start in (0, 1200, 30_000, 100_000)])
    assert len(stream.push(np.zeros((240, 2)), times)) > 8
