"""A wearable and a camera, each of which misses falls and raises false alarms, fused into one decision.

    python examples/fusion.py --data simulated --camera demo/lab2/camera --quick      (Lab 2 writes this camera)
    python examples/fusion.py --data urfd --root PATH --weights mobilenet_v2_1.0_224_no_top.h5
    python examples/fusion.py --data sisfall --root PATH         (no camera: the worn sensor's stream on old people)

The wearable's classifier is a few learned prototypes under DTW; the camera's is a compressed CNN, or a dense head on
frozen MobileNetV2 features. The fusion learns from probabilities for people whom neither classifier was trained on, and
is judged on other people: on simulated residents by falls found and false alarms per day, on URFD's sequences in
the room of the falls, leaving one actor out.
"""

import enum
import sys
from pathlib import Path
from typing import Annotated

import typer

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
from common.simulation.inertial import SITES
from examples import fusion_simulated, fusion_sisfall, fusion_urfd
from examples.terminal import explained


class Data(enum.StrEnum):
    """Data of the same people by both sensors; SisFall has the worn sensor only."""

    simulated = "simulated"
    urfd = "urfd"
    sisfall = "sisfall"


def main(
    data: Annotated[
        Data, typer.Option(help="Days of simulated residents, URFD's sequences, or SisFall (docs/data.md).")
    ],
    root: Annotated[Path | None, typer.Option(help="URFD or SisFall: its folder.")] = None,
    weights: Annotated[Path | None, typer.Option(help="URFD: MobileNetV2 weights without top, alpha 1.0.")] = None,
    camera: Annotated[Path | None, typer.Option(help="Simulated: bundle of the camera's compressed network.")] = None,
    position: Annotated[str, typer.Option(help=f"Simulated: where the sensor is worn: {', '.join(SITES)}.")] = "waist",
    days: Annotated[int, typer.Option(min=1, max=30, help="Simulated: whole days to judge on (a minute each).")] = 30,
    quick: Annotated[bool, typer.Option(help="Simulated: a few busy hours instead of days, for a demo.")] = False,
    jobs: Annotated[int, typer.Option(help="Simulated: processes; -1 takes every core.")] = -1,
    out: Annotated[Path, typer.Option(help="Where results go; an interrupted run goes on from there.")] = Path(
        "demo/fusion"
    ),
    seed: Annotated[int, typer.Option(min=0, help="URFD: of every random choice.")] = 0,
) -> None:
    """Fuse a wearable and a camera, and see what each is worth alone."""
    with explained():
        if data is Data.urfd:
            if root is None or weights is None:
                raise common.InvalidInputError("--root and --weights are needed with --data urfd: see --help")
            fusion_urfd.run(root, weights, out, seed=seed)
        elif data is Data.sisfall:
            if root is None:
                raise common.InvalidInputError("--root is needed with --data sisfall: see --help")
            fusion_sisfall.run(root, out)
        else:
            if camera is None:
                raise common.InvalidInputError(
                    "--camera is needed with --data simulated: the folder of a compressed network, such as "
                    "demo/lab2/camera, which `examples/lab2_fall_detection.py --data simulated` leaves"
                )
            models = {"camera": common.load_bundle(camera)}
            fusion_simulated.run(out, models, fusion_simulated.Days.choose(position, days, quick), jobs=jobs)


if __name__ == "__main__":
    typer.run(main)
