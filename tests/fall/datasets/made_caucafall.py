"""A made CAUCAFall: ten simulated people and ten activities in the published layout, with its quirks.

The person is drawn where the simulated camera sees them, on an even background, so that falls can be learned from the
crops of the annotated boxes.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from common.simulation.frames import LabelledFrame, frames_of_scenario
from common.simulation.rooms.camera import HEIGHT, WIDTH
from common.simulation.scenario import FrameScenario

# As published: what the frames of an activity are called, before the subject's number.
PREFIXES = {
    "Fall backwards": "cas",
    "Fall forward": "cfs",
    "Fall left": "cis",
    "Fall right": "cds",
    "Fall sitting": "css",
    "Hop": "sals",
    "Kneel": "ars",
    "Pick up object": "res",
    "Sit down": "ses",
    "Walk": "cams",
}

# By subject, activity and place among the images of a recording. Two frames of the publication have no annotation.
WITHOUT_ANNOTATION = (("Subject.3", "Walk", 1), ("Subject.7", "Fall left", 2))
# Names that do not match: of the image in the first, of the annotation in the others.
IMAGE_SUFFIXES = {("Subject.2", "Fall backwards", 1): " - copia"}
ANNOTATION_SUFFIXES = {
    ("Subject.8", "Hop", 1): "a",
    ("Subject.5", "Pick up object", 2): "a",
    ("Subject.6", "Walk", 2): "w",
}
WITH_HYPHENS = ("Subject.1", "Fall forward")  # cfs1-00001
RGBA_SUBJECT, LARGER_SUBJECT = 4, 9


@dataclass(frozen=True)
class MadeCaucafall:
    """Where it is, and what a reader has to find: a row for each image, with label −1 where nobody annotated it."""

    root: Path
    truth: pd.DataFrame


def write_caucafall(root: Path, *, seed: int = 14, rate_hz: float = 0.7, scale: float = 0.25) -> MadeCaucafall:
    """Write the data set below ``root``; frames have 160 × 120 pixels at the default scale.

    The detector misses some people: with other seeds it may find nobody in the few frames of a recording.
    """
    scenario = FrameScenario(10, 8, tuple(PREFIXES), repetitions=1, rate_hz=rate_hz)
    recordings: dict[tuple[int, str], list[LabelledFrame]] = {}
    for frame in frames_of_scenario(scenario, seed=seed):
        subject = int(frame.subject.partition("-")[2]) + 1
        recordings.setdefault((subject, frame.activity), []).append(frame)
    top = root / "Dataset CAUCAFall" / "CAUCAFall"
    rows = [
        row
        for (subject, activity), frames in recordings.items()
        for row in _write_recording(top, subject, activity, frames, scale * (1.5 if subject == LARGER_SUBJECT else 1))
    ]
    (root / "Dataset CAUCAFall" / "Dataset details.xlsx").write_bytes(b"PK\3\4")
    (top / "Subject.1" / ".DS_Store").write_bytes(b"\0")
    (top / "Subject.1" / "Walk" / "._cams100001.png").write_bytes(b"\0")
    return MadeCaucafall(root, pd.DataFrame(rows))


def _write_recording(
    top: Path, subject: int, activity: str, frames: list[LabelledFrame], scale: float
) -> list[dict[str, object]]:
    folder = top / f"Subject.{subject}" / activity
    folder.mkdir(parents=True)
    is_fall = activity.startswith("Fall")
    (folder / "classes.txt").write_text("nofall\nfall\n" if is_fall else "nofall")
    (folder / f"{activity.title().replace(' ', '')}S{subject}.avi").write_bytes(b"RIFF\0\0\0\0AVI LIST")
    rows: list[dict[str, object]] = []
    for place, frame in enumerate(frames, start=1):
        if frame.label < 0:  # falling: numbers have gaps
            continue
        key = (folder.parent.name, activity, len(rows) + 1)
        hyphen = "-" if (folder.parent.name, activity) == WITH_HYPHENS else ""
        stem = f"{PREFIXES[activity]}{subject}{hyphen}{place:05d}"
        image = folder / f"{stem}{IMAGE_SUFFIXES.get(key, '')}.png"
        picture = full_frame(frame, scale)
        (picture.convert("RGBA") if subject == RGBA_SUBJECT else picture).save(image)
        # People who kneel look as if they had fallen: some of the publication's frames say so.
        fallen = frame.label == 1 or (activity == "Kneel" and place == 2)
        box = frame.box
        if key not in WITHOUT_ANNOTATION:
            center = (box.x + box.w / 2) / WIDTH, (box.y + box.h / 2) / HEIGHT
            numbers = (*center, box.w / WIDTH, box.h / HEIGHT)
            annotation = folder / f"{stem}{ANNOTATION_SUFFIXES.get(key, '')}.txt"
            annotation.write_text(f"{int(fallen)} {' '.join(f'{number:.6f}' for number in numbers)}\n")
        rows.append(
            {
                "path": str(image),
                "subject": subject,
                "activity": activity,
                "frame": place,
                "label": -1 if key in WITHOUT_ANNOTATION else int(is_fall and fallen),
                "x": box.x * scale,
                "y": box.y * scale,
                "w": box.w * scale,
                "h": box.h * scale,
            }
        )
    return rows


def full_frame(frame: LabelledFrame, scale: float) -> Image.Image:
    """The whole camera frame, of which only the square around the person is drawn."""
    left, top, side = (scale * value for value in frame.box.square())
    picture = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)), (96, 96, 96))
    crop = Image.fromarray(frame.draw(max(8, round(side))))
    picture.paste(crop, (int(np.round(left)), int(np.round(top))))
    return picture
