"""Simulated falls beside measured ones: what sensors at waist and wrist record, and how far a classifier carries.

    python -m tests.benchmarks.falls_simulated --umafall PATH --sisfall PATH [--people 20] [--training-people 24]

Medians with quartiles; at 20 Hz, within ±8 g and ±256 deg/s for UMAFall, as its sensors are. *dip* and *delay*: the
least acceleration in the 1.5 s before the peak, and how long before it; *turning*: the fastest within 2 s of the peak;
*after*: standard deviation 1 to 2 s after it. A search fitted the simulation to the "fitted" of UMAFall; contact, brake
and push were set by hand with all rows in view, so none of them is a test on unseen people. The transfer is that
of tests.benchmarks.transfer. Simulated people have seeds up to 50.
"""

import argparse
import time
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import common
import har
from common.simulation.inertial import InertialSensor
from common.simulation.people.activities import perform
from common.simulation.people.episode import Episode
from common.simulation.people.resident import Resident
from common.simulation.rooms.room import Room
from common.validation import FloatArray
from har.datasets import load_sisfall, load_umafall
from tests.benchmarks import transfer
from tests.benchmarks.transfer import RATE_HZ

QUANTITIES = ("peak g", "dip g", "turning deg/s", "after g", "delay s")
FROM_STANDING = ("Fall forward", "Fall backwards", "Fall left", "Fall right")
FROM_SEAT = ("F13", "F14", "F15")


def quantities(signal: FloatArray) -> FloatArray:
    """One recording's :data:`QUANTITIES`."""
    force, turning = np.linalg.norm(signal[:, :3], axis=1), np.linalg.norm(signal[:, 3:6], axis=1)
    second, peak = int(RATE_HZ), int(force.argmax())
    before = force[max(0, peak - 3 * second // 2) : peak + 1]
    after = force[peak + second : peak + 2 * second]
    fastest = turning[max(0, peak - 2 * second) : peak + 2 * second].max()
    delay = (len(before) - 1 - before.argmin()) / RATE_HZ
    return np.array([force[peak], before.min(), fastest, after.std() if len(after) else np.nan, delay])


def row(name: str, signals: Iterable[FloatArray]) -> None:
    table = np.array([quantities(signal) for signal in signals])
    low, middle, high = np.nanpercentile(table, [25, 50, 75], axis=0)
    cells = [f"{m:.3g} [{a:.3g}, {b:.3g}]" for m, a, b in zip(middle, low, high, strict=True)]
    print(f"| {name} | {len(table)} | " + " | ".join(cells) + " |", flush=True)


def episodes(activities: Iterable[str], n_people: int) -> list[tuple[int, Episode]]:
    """Each activity once by each person, in one of four rooms."""
    found = []
    for seed in range(1, n_people + 1):
        rng = np.random.default_rng([seed, 5])
        resident, rooms = Resident.random(rng), [Room.random(rng) for _ in range(4)]
        for activity in activities:
            tries = (perform(activity, resident, room, rng) for room in rooms)
            episode = next((episode for episode in tries if episode is not None), None)
            if episode is not None:
                found.append((seed, episode))
    return found


def measure(found: list[tuple[int, Episode]], sensor: InertialSensor) -> list[FloatArray]:
    return [sensor.measure(episode, np.random.default_rng([seed, 6])) for seed, episode in found]


def timing(name: str, found: list[tuple[int, Episode]]) -> None:
    """How long the falls take, and how fast the pelvis sinks."""
    durations, speeds = [], []
    for _, episode in found:
        if episode.fall is not None:
            durations.append(1000 * episode.fall.record.impact_s)
            times = np.arange(episode.fall.onset_s, episode.fall.impact_s + 0.1, 0.004)
            speeds.append(-np.gradient(episode.pose(times).positions["pelvis"][:, 2], 0.004).min())
    print(
        f"{name}: onset to impact {np.mean(durations):.0f} ± {np.std(durations):.0f} ms, "
        f"the pelvis sinks at up to {np.mean(speeds):.2f} ± {np.std(speeds):.2f} m/s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--umafall", type=Path, required=True, help="its folder, see docs/data.md")
    parser.add_argument("--sisfall", type=Path, required=True, help="its folder, see docs/data.md")
    parser.add_argument("--people", type=int, default=20, help="simulated people of the table, at most 50")
    parser.add_argument("--training-people", type=int, default=24, help="of the transfer, at most 50")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", common.FrugalWarning)  # recordings shorter than a window

    old = load_sisfall(arguments.sisfall)
    slow = [transfer.at_20_hz(signal[:, :6]) for signal in old.signals]
    sisfall = har.Recordings(slow, old.y, old.groups, RATE_HZ, old.channels)
    umafall = {p: load_umafall(arguments.umafall, position=p) for p in ("waist", "wrist")}

    print("| falls | n | " + " | ".join(QUANTITIES) + " |\n|" + "---|" * (len(QUANTITIES) + 2))
    started = time.process_time()
    standing = episodes(FROM_STANDING, arguments.people)
    seated = episodes(["Fall sitting"], arguments.people)
    collapsed = episodes(["Collapse"], arguments.people)
    seconds = (time.process_time() - started) / len(standing + seated + collapsed)
    for position, recordings in umafall.items():
        sensor = InertialSensor(position, rate_hz=RATE_HZ, range_deg_s=256)
        is_fall = np.char.startswith(recordings.y.astype(str), "Fall")
        even = recordings.groups.astype(int) % 2 == 0
        for name, chosen in (("fitted", is_fall & even), ("others", is_fall & ~even)):
            signals = [recordings.signals[i] for i in np.flatnonzero(chosen)]
            row(f"UMAFall {position}, {name}", [signal for signal in signals if np.isfinite(signal).all()])
        row(f"simulated {position}, from standing", measure(standing, sensor))
    young = np.array([f"SA{number:02}" for number in range(1, 13)])
    is_fall = np.char.startswith(sisfall.y, "F")
    for name, chosen in (
        ("SA01–SA06, fitted", np.isin(sisfall.groups, young[:6])),
        ("SA07–SA12", np.isin(sisfall.groups, young[6:])),
        ("SE06", sisfall.groups == "SE06"),
        ("all, from a seat", np.isin(sisfall.y, FROM_SEAT)),
    ):
        row(f"SisFall {name}", [sisfall.signals[i] for i in np.flatnonzero(is_fall & chosen)])
    waist = InertialSensor("waist", rate_hz=RATE_HZ, range_g=16, range_deg_s=2000)
    for name, found in (("from standing", standing), ("from a seat", seated), ("collapse", collapsed)):
        row(f"simulated waist, {name}", measure(found, waist))
    for name, found in (("from standing", standing), ("from a seat", seated), ("collapse", collapsed)):
        timing(name, found)
    print("Choi 2015: 1271 ± 648 ms, 2.14 ± 0.63 m/s")
    print(f"{seconds:.2f} s of CPU a fall, its place included")

    print(f"\n| {arguments.training_people} simulated people → | people | accuracy (by person) | seeds | AUC | n |")
    print("|---|---|---|---|---|---|")
    found = list(transfer.everything(arguments.training_people))
    for source in transfer.sources(umafall, sisfall):
        transfer.judge(source, found)


if __name__ == "__main__":
    main()
