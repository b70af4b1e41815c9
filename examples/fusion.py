"""A wearable and a camera, each of which misses falls and raises false alarms, fused into one decision.

    python examples/fusion.py --data simulated --quick           (two days, by the models that come with the examples)
    python examples/fusion.py --data simulated --out results     (30 days; `make results` trains the models before)
    python examples/fusion.py --data urfd --root PATH --weights mobilenet_v2_1.0_224_no_top.h5
    python examples/fusion.py --data sisfall --root PATH         (no camera: the worn sensor's stream on old people)

The wearable's classifier is boosted trees, with a few learned prototypes under DTW beside them; on URFD prototypes
alone. The camera's is a compressed CNN, or a dense head on frozen MobileNetV2 features. The fusion learns from
probabilities for people whom neither classifier was trained on, and is judged on other people: on simulated residents
by falls found and false alarms an hour of movement, as the room's monitor would have raised them; on URFD's sequences
in the room of the falls, leaving one actor out.
"""

import enum
import sys
from pathlib import Path
from typing import Annotated

import typer

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
from examples import fusion_models, fusion_simulated, fusion_sisfall, fusion_urfd
from examples.terminal import explained, run


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
    models: Annotated[
        Path,
        typer.Option(help="Simulated: models of examples/train_models.py.", show_default="examples/models"),
    ] = fusion_models.SHIPPED,
    days: Annotated[int, typer.Option(min=2, max=30, help="Simulated: whole days to judge on.")] = 30,
    quick: Annotated[bool, typer.Option(help="Simulated: two days in counts and figures, for a demo.")] = False,
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
            trained = fusion_models.load_models(models)
            sensor = trained.manifest.sensor
            if quick:
                fusion_simulated.show(out, trained, fusion_simulated.Days.demo(sensor), jobs=jobs)
            else:
                chosen = fusion_simulated.Days.whole(sensor, days)
                fusion_simulated.run(out, trained.classifiers, chosen, jobs=jobs)


if __name__ == "__main__":
    run(main)
