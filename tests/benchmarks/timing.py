"""Times that can be compared on a machine that others use: all ways in turns, and the medians of the rounds."""

import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 5

Clock = Callable[[], float]


def medians(
    ways: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS, clock: Clock = time.process_time
) -> dict[str, float]:
    """Median seconds of each way. The machine's mood hits all of them alike; a first call of each is not counted.

    ``clock`` counts CPU time of this process, unless the wall is asked for. A way that measures itself, because it
    runs elsewhere, returns its seconds as a float.
    """
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = clock()
            answer = way()
            seconds[name].append(answer if isinstance(answer, float) else clock() - began)
    return {name: statistics.median(times) for name, times in seconds.items()}


def show(title: str, seconds: Mapping[str, float], *, ours: str, remarks: Mapping[str, str] | None = None) -> None:
    """A line for each way: its time and how many times ours that is."""
    print(f"\n{title}")
    for name, value in seconds.items():
        remark = (remarks or {}).get(name, "")
        print(f"  {name:<26}{1000 * value:10.2f} ms {value / seconds[ours]:8.1f}x  {remark}".rstrip(), flush=True)
