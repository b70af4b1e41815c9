"""From videos and a table of what happens when to a frame table of crops on disk, ready to train on."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import FrugalError, FrugalWarning, InvalidInputError
from common.optional import require
from common.progress import Progress
from common.validation import check_choice, check_integer
from common.validation.files import check_regular_file
from fall.datasets.intervals import LabelledVideo, labelled_videos
from fall.datasets.tables import FRAME_COLUMNS
from fall.datasets.video_folders import VideoFolder, fingerprint, write_csv

if TYPE_CHECKING:
    import pandas as pd

    from fall.people import PersonCrop

_MAX_NAMED = 10  # in a warning


def frames_of_videos(
    table: pd.DataFrame,
    directory: str | os.PathLike[str],
    *,
    root: str | os.PathLike[str] | None = None,
    people: str = "main",
    every: int = 5,
    image_format: str = "png",
    errors: str = "raise",
    verbose: int = 0,
    **options: Any,
) -> pd.DataFrame:
    """Cut people out of labelled videos, and save the crops with a frame table.

    Parameters
    ----------
    table : pandas.DataFrame
        A row for each labelled part of a video: ``video`` (path), ``label``, and either ``start_s`` and ``end_s``
        (NaN or absent: from the beginning, to the end) or ``time_s`` (the nearest frame). ``subject``, ``sequence``
        and ``activity`` are copied; by default all are the video's name. What lies in no part is left out.
    directory : path-like
        Where to save: a folder of crops for each video, ``frames.csv``, and ``left_out.csv``.
    root : path-like, optional
        What relative paths in ``video`` are relative to.
    people : {"main", "all"}
        Of several people keep the one who is there for most of a part, or all of them. The label is that of everybody.
    every : int
        Save every so many frames; people are followed through all of them.
    image_format : {"png", "jpeg"}
        How to save crops.
    errors : {"raise", "skip"}
        What to do with a video that cannot be read: raise, or leave it out and say so in a warning.
    verbose : int
        1 shows progress.
    **options
        ``detector``, ``size``, ``region``, and the others of :func:`fall.people_in`.

    Returns
    -------
    pandas.DataFrame
        ``path``, ``label``, ``subject``, ``sequence``, ``activity``, ``frame``, ``time_s``, ``track``, ``score``,
        ``is_detected`` and ``source_box`` (``"x,y,w,h"`` in the video). The images are crops, so ``x``, ``y``, ``w``,
        ``h`` are absent.

    Raises
    ------
    InvalidInputError
        If the table is wrong, which is found before any work; if a video cannot be read; if nobody was found.

    Warns
    -----
    FrugalWarning
        What was left out: parts in which nobody was found, and videos that could not be read.

    Notes
    -----
    A video's folder appears when it is complete. If the work is interrupted, the same call goes on with the next
    video; a video whose file, rows or options have changed is done again. Of a function, only another name is noticed.

    Examples
    --------
    >>> import pandas as pd
    >>> parts = pd.DataFrame({"video": ["a.mp4", "a.mp4"], "label": [0, 1], "start_s": [0, 4.5], "end_s": [3, None]})
    >>> frames_of_videos(parts, "crops", region=(320, 0, 320, 240))  # doctest: +SKIP
    """
    import pandas as pd

    check_choice(people, "people", ("main", "all"))
    check_choice(image_format, "image_format", ("png", "jpeg"))
    every = check_integer(every, "every")
    skip = check_choice(errors, "errors", ("raise", "skip")) == "skip"
    _check_options(options)
    videos = labelled_videos(table, root)
    if not skip:
        for video in videos:
            check_regular_file(video.path)
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInputError(
            f"directory is {str(folder)!r}, which cannot be made ({error.strerror}): name a folder that can be written"
        ) from error
    tables: list[pd.DataFrame] = []
    left_out: list[dict[str, Any]] = []
    with Progress("videos", len(videos), verbose=verbose, logger=__name__) as progress:
        for video in videos:
            settings = fingerprint(video, people, every, image_format, options)
            done = VideoFolder(folder / video.folder)
            try:
                if not done.holds(settings):
                    _save(video, done, settings, people=people, every=every, image_format=image_format, options=options)
                found = done.table()
            except FrugalError as error:
                if not skip:
                    raise
                left_out.append({"video": str(video.path), "part": "all", "reason": str(error)})
                found = None
            if found is not None:
                tables.append(found)
                left_out += _without_people(video, found)
            progress.step(f"{video.path.name}: {0 if found is None else len(found)} crops")
    write_csv(pd.DataFrame(left_out, columns=["video", "part", "reason"]), folder / "left_out.csv")
    frames = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    if frames.empty:
        reason = f"; the first reason: {left_out[0]['reason']}" if left_out else ""
        raise InvalidInputError(f"nobody was found in any of the {len(videos)} videos{reason}: try another detector")
    _warn(left_out)
    frames = frames.drop(columns="part")
    write_csv(frames, folder / "frames.csv")
    return frames


def _save(
    video: LabelledVideo, done: VideoFolder, settings: str, *, people: str, every: int, image_format: str,
    options: dict[str, Any],
) -> None:  # fmt: skip
    """Cut out one video's people into its folder."""
    from PIL import Image

    from fall.people import people_in

    with done.replaced() as unfinished:
        rows: list[dict[str, Any]] = []
        crops = (crop for crop in people_in(video.path, **options) if crop.frame % every == 0 or video.has_moments)
        for part, crop in _labelled(video, crops):
            name = f"{crop.frame:06d}_{crop.track}.{image_format}"
            Image.fromarray(crop.image).save(unfinished / name, quality=95)
            rows.append({"name": name, "part": part, **_description(video, part, crop)})
        done.write_table(unfinished, _kept(rows, people), settings)


def _labelled(video: LabelledVideo, crops: Iterator[PersonCrop]) -> Iterator[tuple[int, PersonCrop]]:
    """Crops with the part that they lie in; a moment takes the frame next to it."""
    nearest: dict[int, list[PersonCrop]] = {}
    for crop in crops:
        part = video.part_at(crop.time_s)
        if part is None:
            continue
        if not video.is_moment(part):
            yield part, crop
            continue
        best = nearest.get(part)
        if best is not None and crop.frame == best[0].frame:
            best.append(crop)
        elif best is None or video.distance_s(part, crop.time_s) < video.distance_s(part, best[0].time_s):
            nearest[part] = [crop]
    for part, chosen in nearest.items():
        yield from ((part, crop) for crop in chosen)


def _description(video: LabelledVideo, part: int, crop: PersonCrop) -> dict[str, Any]:
    box = ",".join(f"{edge:.1f}" for edge in (crop.box.x, crop.box.y, crop.box.w, crop.box.h))
    return {
        **video.labels[part],
        "frame": crop.frame,
        "time_s": round(crop.time_s, 6),
        "track": crop.track,
        "score": round(crop.score, 4),
        "is_detected": crop.is_detected,
        "source_box": box,
    }


def _kept(rows: list[dict[str, Any]], people: str) -> pd.DataFrame:
    import pandas as pd

    columns = [*FRAME_COLUMNS[1:], "frame", "time_s", "track", "score", "is_detected", "source_box"]
    table = pd.DataFrame(rows, columns=["name", "part", *columns])
    if people == "main" and len(table):
        # The lowest number wins a tie: that person was found first.
        main = {part: int(np.bincount(rows["track"]).argmax()) for part, rows in table.groupby("part")}
        table = table[table["track"] == table["part"].map(main)]
    return table.sort_values(["frame", "track"]).reset_index(drop=True)


def _without_people(video: LabelledVideo, found: pd.DataFrame) -> list[dict[str, Any]]:
    empty = sorted(set(range(len(video.labels))) - set(found["part"].unique()))
    reason = "nobody was found, or the video ends before it"
    return [{"video": str(video.path), "part": video.text(part), "reason": reason} for part in empty]


def _warn(left_out: list[dict[str, Any]]) -> None:
    if left_out:
        named = "; ".join(f"{row['video']} {row['part']}: {row['reason']}" for row in left_out[:_MAX_NAMED])
        warnings.warn(
            f"{len(left_out)} parts of videos are left out, listed in left_out.csv: {named}",
            FrugalWarning,
            stacklevel=3,
        )


def _check_options(options: dict[str, Any]) -> None:
    """Refuse unknown options before any work."""
    from inspect import signature

    from fall.people import people_in

    require("av", extra="video", purpose="reading video")
    known = set(signature(people_in).parameters) - {"source", "every"}
    unknown = sorted(set(options) - known)
    if unknown:
        raise InvalidInputError(f"frames_of_videos has no option {unknown[0]!r}; known are {', '.join(sorted(known))}")
    if isinstance(options.get("detector"), np.ndarray):
        raise InvalidInputError("detector is an array; pass 'motion', 'pose' or a function of a frame")
