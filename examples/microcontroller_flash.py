"""Images for a micro:bit and a Raspberry Pi Pico that recognise a recorded walk, sample by sample.

    python examples/microcontroller_flash.py --root PATH        (of MotionSense; docs/data.md)

The recogniser is trained on people 1 to 16; the recording is of somebody else. Each image is started in an emulator,
where it has to decide as the specification in Python does. Drag it onto the drive that the board shows, and read the
same lines on its serial port.
"""

import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

# The script runs from a clone as well as beside an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import common
import har
from examples import microcontroller_steps as steps
from examples.boards.images import IMAGE_BOARDS, build_image, cannot_build, start
from examples.lab1_data import Data, load
from examples.terminal import console, explained, run
from har.embedded.fixed_point import from_pipeline
from har.embedded.recognizer import IntegerRecognizer


def expected_lines(recognizer: IntegerRecognizer, samples: np.ndarray) -> list[list[str]]:
    """What a board prints: the number of samples so far, the class and the distance."""
    stream = recognizer.stream()
    lines = []
    for number, sample in enumerate(samples, start=1):
        decision = stream.push(sample)
        if decision is not None:
            index = int(decision.class_index[0])
            name = "none" if index < 0 else str(recognizer.classes[index])
            lines.append([str(number), name, str(decision.distance[0])])
    return lines


def main(
    root: Annotated[Path, typer.Option(help="Folder of MotionSense.")],
    person: Annotated[int, typer.Option(min=17, max=24, help="Who walks.")] = 17,
    activity: Annotated[str, typer.Option(help="Which activity.")] = "walking",
    seconds: Annotated[float, typer.Option(min=3, max=60, help="Of the recording.")] = 10.0,
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    out: Annotated[Path, typer.Option(help="Where the images go.")] = Path("results/microcontroller"),
) -> None:
    """Build images with a recorded walk, and start them in emulators."""
    with explained():
        lab = load(Data.motionsense, root, None, 5, seed)
        pipeline = steps.fit(lab, lab.splits[0].train, 2, "nearest", seed)
        per_unit = steps.counts_per_unit(lab.windows)
        recognizer = from_pipeline(pipeline, rate_hz=lab.windows.rate_hz, counts_per_unit=per_unit, bits=8)
        exported = har.export_c(recognizer, out / "recognizer")
        samples = steps.to_counts(recording_of(root, person, activity, seconds), per_unit)
        expected = expected_lines(recognizer, samples)
        for board in IMAGE_BOARDS:
            if reason := cannot_build(board):
                console.print(reason, style="dim")
                continue
            image = build_image(board, exported, samples, out / board.file.partition(".")[0])
            lines = start(board, image)
            told = ", ".join(name for _, name, _ in lines)
            same = "as in Python" if lines == expected else "[bold red]not as in Python[/]"
            console.print(f"{board.name}: {told} ({same}); image {image}", highlight=False)


def recording_of(root: Path, person: int, activity: str, seconds: float) -> np.ndarray:
    """The middle of a recording of MotionSense ``(n_samples, n_channels)``."""
    recordings = har.datasets.load_motionsense(root)
    found = [
        signal
        for signal, label, group in zip(recordings.signals, recordings.y, recordings.groups, strict=True)
        if label == activity and group == person
    ]
    if not found:
        raise common.InvalidInputError(
            f"activity is {activity!r}; MotionSense has {sorted(set(recordings.y.tolist()))}"
        )
    n_samples = round(seconds * recordings.rate_hz)
    middle = max(0, (len(found[0]) - n_samples) // 2)
    return found[0][middle : middle + n_samples]


if __name__ == "__main__":
    run(main)
