"""Daily activities, measured beside simulated: how hard, how fast they turn, how much movement follows.

    python -m tests.benchmarks.activities_simulated --data PATH_OF_ALL_DATA [--judge] [--residents 12]

Medians with quartiles at the wrist and the waist of the peak acceleration, the peak turning in the four seconds round
it, and the standard deviation of the acceleration's length one to two seconds after it; one row a kind of activity.
Measured: UMAFall, and the people over 60 of SisFall. The simulation was fitted to UMAFall's even subjects and SisFall's
SE01 to SE04; ``--judge`` shows the others. Simulated people are of seeds below 50, at the rate of what they stand
beside.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import har
from common.simulation.inertial import InertialSensor
from common.simulation.people.activities import ACTIVITIES, IN_PLACE, OUT_OF_VIEW, RARE_ACTIVITIES, perform
from common.simulation.people.episode import Episode
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from common.validation import FloatArray
from har.datasets import load_sisfall, load_umafall

HALF_WINDOW_S = 2.0
AFTER_PEAK_S = (1.0, 2.0)
LONGEST_S = 15.0  # a trial of UMAFall
QUARTILES = (0.25, 0.5, 0.75)

# The same kind of activity by the name that each source gives it. "all" are all activities of a source.
KINDS = {
    "all": ".*",
    "walking": "ADL_Walking|D01|Walk",
    "sitting down": "ADL_Sitting.*|D07|D08|Sit down",
    "bending": "ADL_Bending|D16|D15|Pick up object",
    "lying down": "ADL_LyingDown.*|D14|Lie down",
    "hopping": "ADL_Hopping|D19|Hop",
    "clapping": "ADL_Aplausing|Clap",
    "with the hands": "ADL_MakingACall|ADL_OpeningDoor|ADL_HandsUp|Talk|Eat|Be dressed|Stand busy",
    "stairs": "ADL_Go.*stairs|D05|Climb stairs",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with umafall and sisfall")
    parser.add_argument("--judge", action="store_true", help="people on whom nothing was fitted")
    parser.add_argument("--residents", type=int, default=12)
    arguments = parser.parse_args()
    for position in ("wrist", "waist"):
        umafall = load_umafall(arguments.data / "umafall", position=position)
        sources = {"UMAFall": measured(umafall, [n for n in range(20) if n % 2 == arguments.judge])}
        if position == "waist":
            subjects = [f"SE{number:02}" for number in (range(5, 9) if arguments.judge else range(1, 5))]
            sources["SisFall 60+"] = measured(load_sisfall(arguments.data / "sisfall"), subjects)
        sources["simulated"] = pd.DataFrame(simulated(position, range(1, arguments.residents + 1)))
        print(f"\n{position}\n{table(sources).to_string()}", flush=True)


def measured(recordings: har.Recordings, subjects: list[int] | list[str]) -> pd.DataFrame:
    """A row a recording of a daily activity."""
    people = np.isin(np.asarray(recordings.groups), subjects)
    rows = (
        describe(str(name), np.asarray(signal), recordings.rate_hz)
        for signal, name, wanted in zip(recordings.signals, recordings.y, people, strict=True)
        if wanted and not str(name).startswith(("F", "Fall"))
    )
    return pd.DataFrame(rows)


def simulated(position: str, seeds: range) -> Iterator[dict[str, object]]:
    """A row an episode: every activity that is no fall, by a resident a seed."""
    sensor = InertialSensor(position, rate_hz=20.0)
    for seed in seeds:
        rng = np.random.default_rng([seed, 15])
        for episode in episodes(Resident.random(rng), [Room.random(rng) for _ in range(3)], rng):
            signal = sensor.measure(episode, rng)[: int(LONGEST_S * sensor.rate_hz)]
            yield describe(episode.activity, signal, sensor.rate_hz)


def episodes(resident: Resident, rooms: list[Room], rng: np.random.Generator) -> Iterator[Episode]:
    """Everything that one resident does in a day, once."""
    rest = None
    for activity in [*ACTIVITIES, *RARE_ACTIVITIES]:
        episode = next(filter(None, (perform(activity, resident, room, rng) for room in rooms)), None)
        if episode is not None and episode.fall is None:
            yield episode
            rest = episode if activity == "Sit down" else rest
    for activity, move in OUT_OF_VIEW.items():
        yield move(activity, resident, LONGEST_S, rng)
    for activity, move_in_place in IN_PLACE.items():
        if rest is not None:
            yield move_in_place(activity, rest, LONGEST_S, rng)


def describe(activity: str, signal: FloatArray, rate_hz: float) -> dict[str, object]:
    """The figures of one recording ``(n, 6)`` in g and deg/s."""
    force, turning = (np.linalg.norm(signal[:, part], axis=1) for part in (slice(0, 3), slice(3, 6)))
    peak = int(np.nanargmax(force))
    half = round(HALF_WINDOW_S * rate_hz)
    after = force[peak + round(AFTER_PEAK_S[0] * rate_hz) : peak + round(AFTER_PEAK_S[1] * rate_hz)]
    return {
        "activity": activity,
        "peak [g]": float(force[peak]),
        "turning [deg/s]": float(np.nanmax(turning[max(peak - half, 0) : peak + half])),
        "sd after [g]": float(after.std()) if len(after) > rate_hz / 2 else np.nan,
    }


def table(sources: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """A row a kind of activity and source, a column a figure: median and quartiles."""
    rows = []
    for kind, pattern in KINDS.items():
        for source, recordings in sources.items():
            some = recordings[[bool(re.fullmatch(pattern, name)) for name in recordings["activity"]]]
            if len(some):
                figures = {name: quartiles(some[name]) for name in some.columns if name != "activity"}
                rows.append({"kind": kind, "of": source, "n": len(some), **figures})
    return pd.DataFrame(rows).set_index(["kind", "of"])


def quartiles(values: pd.Series) -> str:
    low, median, high = values.quantile(list(QUARTILES))
    return f"{median:.3g} ({low:.2g}-{high:.2g})"


if __name__ == "__main__":
    main()
