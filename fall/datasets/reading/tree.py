"""All files below some folders, each once: links are followed, and lead neither in circles nor twice to one place."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.errors import InvalidInputError
from fall.datasets.reading.report import ReadingReport
from fall.datasets.tables import is_ignored

#: With more entries below it, a folder is no data set but perhaps a whole disk.
_MOST_ENTRIES = 1_000_000


@dataclass(frozen=True)
class Part:
    """A folder of images that belong together.

    Attributes
    ----------
    label : int
        1 (fall) or 0, or −1 where it is not the folder that decides.
    activity : str
        The class, as the table names it.
    split : str
        "train", "val", "test", or "".
    """

    label: int = -1
    activity: str = ""
    split: str = ""


@dataclass(frozen=True)
class Found:
    """A file: its path as the user would write it, below which folder it was found, and what that folder is."""

    path: Path
    top: Path
    part: Part


def files_below(tops: Mapping[Path, Part], root: Path, report: ReadingReport) -> list[Found]:
    """The regular files below ``tops``, sorted by folder and path.

    What is in a folder itself is read before what is linked, so that a link to a file or folder that is there already
    is the one left out. ``report`` notes everything left out.

    Raises
    ------
    InvalidInputError
        If a file is found below folders of different labels, or there are far too many files.
    """
    return _Walk(root, report).files(tops)


class _Walk:
    def __init__(self, root: Path, report: ReadingReport) -> None:
        self._root = root
        self._real_root = root.resolve()
        self._report = report
        self._seen: dict[Path, Found] = {}  # by the real path, of files and folders
        self._same_content: dict[tuple[int, int], Found] = {}  # by what all hard links of a file share
        self._n_entries = 0

    def files(self, tops: Mapping[Path, Part]) -> list[Found]:
        found: list[Found] = []
        folders = deque(Found(top, top, part) for top, part in tops.items())
        links: deque[Found] = deque()
        while folders or links:
            if not folders:
                link = links.popleft()
                if self._leads_to_a_folder(link):
                    folders.append(link)
                elif self._is_new_file(link):
                    found.append(link)
                continue
            folder = folders.popleft()
            for entry in self._entries(folder):
                below = Found(folder.path / entry.name, folder.top, folder.part)
                if entry.is_symlink():
                    links.append(below)
                elif entry.is_dir():
                    folders.append(below)
                elif self._is_new_file(below):
                    found.append(below)
        order = {top: place for place, top in enumerate(tops)}
        return sorted(found, key=lambda file: (order[file.top], file.path))

    def _entries(self, folder: Found) -> list[os.DirEntry[str]]:
        try:
            if not self._is_new(folder):
                return []
            entries = [entry for entry in os.scandir(folder.path) if not is_ignored(entry.name)]
        except OSError as error:
            self._report.leave_out(folder.path, "are folders that cannot be read", error.strerror or "")
            return []
        self._n_entries += len(entries)
        if self._n_entries > _MOST_ENTRIES:
            raise InvalidInputError(
                f"root is {str(self._root)!r}, which holds more than {_MOST_ENTRIES:,} files: pass the folder of the "
                "images alone"
            )
        return sorted(entries, key=lambda entry: entry.name)

    def _leads_to_a_folder(self, link: Found) -> bool:
        """Whether a link leads to a folder that may be read; one that leads above the root is noted as left out."""
        if not link.path.is_dir():
            return False
        if self._real_root.is_relative_to(link.path.resolve()):
            self._report.leave_out(link.path, "are links to a folder above them")
            return False
        return True

    def _is_new_file(self, file: Found) -> bool:
        if file.path.is_dir():  # a link that was left out
            return False
        if not file.path.is_file():
            broken = not file.path.exists()
            self._report.leave_out(file.path, "are links that lead nowhere" if broken else "are not regular files")
            return False
        return self._is_new(file)

    def _is_new(self, found: Found) -> bool:
        """Whether nothing else led to this file or folder before."""
        first = self._seen.setdefault(found.path.resolve(), found)
        for other in (first, self._hard_link(found)):
            if other.part.label != found.part.label:
                raise InvalidInputError(
                    f"{found.path} ({found.part.activity}) and {other.path} ({other.part.activity}) are one and the "
                    "same, but belong to different labels: remove one of them"
                )
        if first is found:
            return True
        self._report.leave_out(found.path, "are links to what is read already", f"as {first.path}")
        return False

    def _hard_link(self, found: Found) -> Found:
        """The first name of the same content; hard links of one label are separate files, as after deduplication."""
        status = found.path.stat()
        if not status.st_ino:  # some file systems have no such numbers
            return found
        return self._same_content.setdefault((status.st_dev, status.st_ino), found)
