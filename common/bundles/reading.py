"""A bundle's files as bytes, each of them as the manifest says; nothing else is opened, and nothing larger is read."""

import os
import stat
from hashlib import sha256
from pathlib import Path

from common.bundles.manifest import MANIFEST, MANIFEST_HASH, MAX_FILES, MAX_MANIFEST_BYTES, Manifest, hash_line
from common.errors import InvalidInputError, ModelIntegrityError, UnsafeInputError

# A pipe that was put in a file's place would keep an ordinary open() waiting for ever. Windows has neither flag.
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_manifest(directory: Path) -> Manifest:
    """The manifest of a bundle, checked against its own hash before it is parsed, and against the folder's content."""
    names = _names(directory)
    for name in (MANIFEST, MANIFEST_HASH):
        if name not in names:
            raise ModelIntegrityError(f"{directory} has no {name}: it is no bundle, or no complete one")
    data = _read(directory / MANIFEST, MAX_MANIFEST_BYTES)
    if _read(directory / MANIFEST_HASH, 1000) != hash_line(data):
        raise ModelIntegrityError(f"{directory / MANIFEST} does not match its hash: fetch or save the bundle again")
    manifest = Manifest.parse(data)
    expected = {MANIFEST, MANIFEST_HASH, *manifest.files}
    for name in sorted(expected ^ names):
        what = f"lacks {name}" if name in expected else f"holds {name}, which its manifest does not know"
        raise ModelIntegrityError(f"{directory} {what}: fetch or save the bundle again")
    return manifest


def read_verified(directory: Path, max_bytes: int) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest and all files, each checked against its size and hash."""
    manifest = read_manifest(directory)
    if manifest.n_bytes > max_bytes:
        raise UnsafeInputError(
            f"{directory} holds {manifest.n_bytes} bytes; if you trust it, pass max_bytes={manifest.n_bytes} or more"
        )
    files = {}
    for name, entry in manifest.files.items():
        data = _read(directory / name, entry.n_bytes)
        if len(data) != entry.n_bytes or sha256(data).hexdigest() != entry.sha256:
            raise ModelIntegrityError(
                f"{directory / name} does not match its hash in the manifest: fetch or save the bundle again"
            )
        files[name] = data
    return manifest, files


def _names(directory: Path) -> set[str]:
    """The names in a directory of plain files; links, pipes and folders are refused unopened."""
    names = set()
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if not entry.is_file(follow_symlinks=False):
                    raise UnsafeInputError(f"{entry.path} is a link or no file: a bundle holds plain files only")
                names.add(entry.name)
                if len(names) > MAX_FILES + 2:
                    raise UnsafeInputError(f"{directory} holds more than {MAX_FILES} files: it is no bundle")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InvalidInputError(
            f"directory is {str(directory)!r}, which is no folder: pass the folder of a bundle"
        ) from error
    return names


def _read(path: Path, at_most: int) -> bytes:
    """A plain file's bytes, if there are no more than allowed: then as many are asked for as there are."""
    descriptor = os.open(path, _FLAGS)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnsafeInputError(f"{path} is a link or no file: a bundle holds plain files only")
        if status.st_size > at_most:
            raise ModelIntegrityError(f"{path} has more than {at_most} bytes: fetch or save the bundle again")
        return file.read(status.st_size)
