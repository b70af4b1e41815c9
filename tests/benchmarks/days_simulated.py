"""How busy simulated days are, beside residents' days.

    python -m tests.benchmarks.days_simulated [--seeds 1 2 3]

Movement is that of :mod:`common.evaluation.movement`, at the waist. Residents of homes sit for 77% of their waking time
and walk 1,007 ± 806 steps a day (Auerswald et al., 2020); simulated days are a stress test and far busier. Seeds below
50.
"""

import argparse
import time

import numpy as np

from common.evaluation.movement import moving_seconds
from common.simulation.day import SimulatedRecording, simulate_resident
from common.simulation.people.tracks.gait import Gait

UPRIGHT = ("Stroll", "Walk", "Potter", "Stand busy", "Climb stairs", "Stumble", "Pick up object", "Kneel", "Hop")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    for seed in parser.parse_args().seeds:
        print(f"seed {seed}: {describe(simulate_resident(seed=seed))}", flush=True)
    print("residents: 1,007 ± 806 steps, 77% of the waking time seated (Auerswald et al., 2020)")


def describe(day: SimulatedRecording) -> str:
    """Movement, steps, and time upright of a whole day."""
    cpu_s = time.process_time()
    samples = np.concatenate([chunk.samples[:, :3] for chunk in day.inertial])
    cpu_s = time.process_time() - cpu_s
    movement = moving_seconds(samples, day.scenario.sensor.rate_hz)
    scenes = day.motion.scenes_of("resident")
    steps = sum(
        len(track.heel_contacts())
        for scene in scenes
        for track in scene.episode.motion.tracks
        if isinstance(track, Gait)
    )
    upright_s = sum(scene.episode.duration_s for scene in scenes if scene.episode.activity in UPRIGHT)
    waking_s = day.duration_s - sum(stop - start for start, stop in day.labels.routine.night)
    in_view_s = sum(scene.episode.duration_s for scene in scenes if scene.in_view)
    return (
        f"{movement.sum() / 3600:.2f} h of movement, {steps} steps, {1 - upright_s / waking_s:.0%} of the waking time "
        f"not upright, {in_view_s / 3600:.1f} h of scenes in view, {len(day.labels.falls)} falls, {cpu_s:.1f} s of CPU"
    )


if __name__ == "__main__":
    main()
