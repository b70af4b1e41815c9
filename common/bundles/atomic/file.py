"""Replace a single file atomically: a reader finds the complete old one or the complete new one."""

from pathlib import Path

from common.bundles.atomic.durable import flush_folder, make_parents, status_of, write_file
from common.bundles.atomic.leftovers import claimed, clear_abandoned


def replace_file(path: Path, content: bytes) -> None:
    """Replace ``path``, if it exists, by a file with this content and the older file's permissions.

    The new file is written beside the old one, flushed to disk, and renamed. If several processes save at once, the
    last one wins.
    """
    make_parents(path)
    clear_abandoned(path)
    with claimed(path) as names:
        write_file(names.new, content, status_of(path))
        names.new.replace(path)
        flush_folder(path.parent)
