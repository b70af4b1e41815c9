"""A folder of crops for each video, which is there completely or not at all, and says what it was made from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InvalidInputError
from fall.datasets.intervals import LabelledVideo
from fall.datasets.tables import FRAME_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

_TABLE, _SETTINGS = "crops.csv", "made_from.json"
_MOST_ATTEMPTS = 10


class VideoFolder:
    """The crops of one video."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def holds(self, settings: str) -> bool:
        """Whether the crops are complete and were made from the same video, labels and options."""
        try:
            return (self._path / _SETTINGS).read_text(encoding="utf-8") == settings
        except (OSError, UnicodeDecodeError):
            return False

    def table(self) -> pd.DataFrame:
        """The crops as a frame table with the additional column ``part``."""
        import pandas as pd

        table = pd.read_csv(self._path / _TABLE, dtype={"name": str}, keep_default_na=False, na_values=[""])
        table.insert(0, "path", [str(self._path / name) for name in table.pop("name")])
        return table[[*FRAME_COLUMNS, *(column for column in table.columns if column not in FRAME_COLUMNS)]]

    @contextmanager
    def replaced(self) -> Iterator[Path]:
        """A new folder to fill, which takes this one's place if no error is raised.

        If another process has made the same crops meanwhile, its folder stays: somebody may be reading it.

        Raises
        ------
        InvalidInputError
            If other processes put other crops there again and again.
        """
        unfinished = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        try:
            yield unfinished
            self._put(unfinished)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _put(self, unfinished: Path) -> None:
        settings = (unfinished / _SETTINGS).read_text(encoding="utf-8")
        for _ in range(_MOST_ATTEMPTS):
            if self.holds(settings):
                return
            shutil.rmtree(self._path, ignore_errors=True)
            with suppress(OSError):  # another process has been faster, and its folder is not empty
                unfinished.replace(self._path)
                return
        raise InvalidInputError(
            f"{self._path} cannot be replaced: check its permissions, or name another directory for each process"
        )

    def write_table(self, unfinished: Path, table: pd.DataFrame, settings: str) -> None:
        """Write the table, remove crops that are not in it, and record what they were made from."""
        unlisted = {path.name for path in unfinished.iterdir()} - set(table["name"])
        for name in unlisted:
            (unfinished / name).unlink()
        table.to_csv(unfinished / _TABLE, index=False)
        (unfinished / _SETTINGS).write_text(settings, encoding="utf-8")


def fingerprint(video: LabelledVideo, people: str, every: int, image_format: str, options: dict[str, Any]) -> str:
    """What the crops depend on, as text: the file's size and time, its labels, and the options."""
    status = video.path.stat() if video.path.exists() else None
    made_from = {
        "video": str(video.path),
        "bytes": status.st_size if status else None,
        "modified_ns": status.st_mtime_ns if status else None,
        "labels": hashlib.sha256(repr(asdict(video)).encode()).hexdigest(),
        "people": people,
        "every": every,
        "image_format": image_format,
        "options": {name: _text(value) for name, value in sorted(options.items())},
    }
    return json.dumps(made_from, indent=1)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table so that a reader finds the older or the newer one, never a part."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    table.to_csv(unfinished, index=False)
    unfinished.replace(path)


def _text(option: Any) -> str:
    """An option without the address in memory, which differs from run to run; a function is known by its name."""
    if isinstance(option, (list, tuple)):
        return repr([_text(each) for each in option])
    text = repr(option)
    return str(getattr(option, "__qualname__", type(option).__qualname__)) if " at 0x" in text else text
