"""Train the small models that the fusion example uses: trees for the worn sensor, a network, and their fusion.

    python examples/train_models.py                                       (about 45 minutes; goes on where it stopped)
    python examples/train_models.py --quick --out /tmp/models             (minutes; only to see that it runs)
    python examples/train_models.py --motionsense PATH --gmdcsa24 PATH    (with measured people, under MIT licences)

They learn from simulated people. The threshold is chosen on simulated residents whom no classifier has met. The
manifest beside the models says by which command, seeds, data and versions they were made.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
from common import InertialSensor
from common.simulation.inertial import SITES
from examples import fusion_decisions, train_camera, train_wearable
from examples.fusion_camera import Camera
from examples.fusion_days import observe_days
from examples.fusion_models import SHIPPED, read_manifest, write_manifest
from examples.fusion_sensors import Sensor
from examples.fusion_simulated import Days
from examples.fusion_wearable import PROTOTYPES, Wearable
from examples.terminal import console, explained, run
from examples.train_duration import print_duration

_RATE_HZ = 25.0


def main(
    out: Annotated[Path, typer.Option(help="Folder of the models.", show_default="examples/models")] = SHIPPED,
    cache: Annotated[Path, typer.Option(help="Where an interrupted training goes on from.")] = Path("results"),
    position: Annotated[str, typer.Option(help=f"Where the sensor is worn: {', '.join(SITES)}.")] = "waist",
    network: Annotated[str, typer.Option(help="The camera's network, as in fall.build_network.")] = "bottleneck_cnn",
    motionsense: Annotated[Path | None, typer.Option(help="Folder of MotionSense: 24 people, MIT licence.")] = None,
    gmdcsa24: Annotated[Path | None, typer.Option(help="Folder of GMDCSA24's crops: 4 people, MIT licence.")] = None,
    quick: Annotated[bool, typer.Option(help="A few hours and people, to see that everything runs.")] = False,
    jobs: Annotated[int, typer.Option(help="Processes; -1 takes every core.")] = -1,
) -> None:
    """Train the models; if the folder holds those of the same settings, nothing is done."""
    with explained():
        sensor = InertialSensor(position, rate_hz=_RATE_HZ)
        days = Days.short(sensor) if quick else Days.whole(sensor)
        pictures = train_camera.Pictures.quick() if quick else train_camera.Pictures()
        data = tuple(
            described
            for described in (train_wearable.described(motionsense), train_camera.described(gmdcsa24))
            if described is not None
        )
        settings = {
            "position": position,
            "network": network,
            "training days": list(days.train),
            "validation days": list(days.validation),
            "people in pictures": [list(pictures.seeds), list(pictures.hours_seeds)],
            "scenarios": [repr(days.training_scenario), repr(days.scenario), repr(pictures)],
        }
        manifest = read_manifest(out)
        # Whoever has not got the measured people keeps the models that were trained on them, too.
        if manifest is not None and manifest.settings == settings and data in ((), manifest.data):
            console.print(f"{out} holds the models of these settings already.", highlight=False)
            return
        print_duration(days, pictures, network, jobs=jobs)
        worn = train_wearable.train(days, cache, motionsense, jobs=jobs)
        camera = train_camera.train(days, pictures, network, cache, gmdcsa24, jobs=jobs)
        fused = _fuse(days, [Wearable(worn[Wearable.name], worn[PROTOTYPES]), Camera(camera)], cache, jobs=jobs)
        for name, model in {**worn, "camera": camera, "fusion": fused.fusion}.items():
            common.save_bundle(model, out / name)
        manifest = write_manifest(
            out,
            command=_command(position, network, quick=quick, motionsense=motionsense, gmdcsa24=gmdcsa24),
            settings=settings,
            sensor=sensor,
            threshold=fused.threshold,
            chosen=fused.chosen,
            calibration_error=fused.calibration_error,
            data=data,
        )
    size = sum(size for size, _ in manifest.files.values())
    console.print(
        f"{out}: {size / 1000:.0f} kB in {len(manifest.files)} files; {manifest.chosen}; calibration error "
        f"{manifest.calibration_error:.3f} on the validation days, out of fold.",
        highlight=False,
    )


@dataclass(frozen=True, eq=False)
class _Fused:
    """A fusion with its threshold, which was chosen out of fold."""

    fusion: common.FusionClassifier
    threshold: float
    chosen: str
    calibration_error: float


def _fuse(days: Days, sensors: list[Sensor], cache: Path, *, jobs: int) -> _Fused:
    validation = observe_days(
        days.scenario, days.validation, sensors, title="validation days", cache=cache / "days", jobs=jobs
    )
    scores = fusion_decisions.scores_out_of_fold(validation)
    monitored = [day.truth.monitored(held_out) for day, held_out in zip(validation, scores, strict=True)]
    threshold, chosen = fusion_decisions.choose_threshold(monitored)
    error = fusion_decisions.calibration_error(validation, scores)
    # An alarm takes thresholds up to 1; a fusion that may never alarm is of no use anyway.
    return _Fused(fusion_decisions.fit(validation), min(threshold, 1.0), chosen, error)


def _command(position: str, network: str, *, quick: bool, motionsense: Path | None, gmdcsa24: Path | None) -> str:
    """The command that makes these models, without the paths of this computer."""
    parts = ["python examples/train_models.py", f"--position {position}", f"--network {network}"]
    parts += ["--quick"] if quick else []
    parts += ["--motionsense PATH"] if motionsense is not None else []
    parts += ["--gmdcsa24 PATH"] if gmdcsa24 is not None else []
    return " ".join(parts)


if __name__ == "__main__":
    run(main)
