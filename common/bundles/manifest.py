"""The manifest of a bundle: what it is, and for every file its size and SHA-256; and the reading that it vouches for.

``manifest.sha256`` holds the hash of the manifest itself, as ``sha256sum --check`` reads it. Hashes find damage and
mix-ups; they are no signature, and whoever can write all files can write a bundle of their own.
"""

import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from common.bundles.files import decode_json, encode_json
from common.errors import InvalidInputError, ModelIntegrityError, UnsafeInputError
from common.version import __version__

MANIFEST, MANIFEST_HASH = "manifest.json", "manifest.sha256"
FORMAT = 1
MAX_FILES, MAX_MANIFEST_BYTES = 1000, 1_000_000

# Letters, digits and underscores with single dots or dashes between: no separator, no "..", nothing hidden.
_FILE_NAME = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")
_KIND = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_kind(text: Any) -> bool:
    """Whether ``text`` is a package and a name with a dot between, such as ``fall.compressed``."""
    return isinstance(text, str) and len(text) <= 100 and _KIND.fullmatch(text) is not None


@dataclass(frozen=True)
class Entry:
    """A file as it has to be."""

    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a bundle is and consists of."""

    kind: str
    library: str
    files: dict[str, Entry]

    @classmethod
    def describe(cls, kind: str, files: dict[str, bytes]) -> "Manifest":
        """The manifest of ``files``; raises InvalidInputError if there are too many or a name is not plain."""
        if len(files) > MAX_FILES:
            raise InvalidInputError(f"the {kind} has {len(files)} files; a bundle has at most {MAX_FILES}: merge some")
        flaw = _flaw_of_names(list(files))
        if flaw:
            raise InvalidInputError(f"the {kind} cannot be saved: {flaw}")
        entries = {name: Entry(len(data), sha256(data).hexdigest()) for name, data in files.items()}
        return cls(kind, __version__, entries)

    def to_files(self) -> dict[str, bytes]:
        """The manifest and its hash as files."""
        files = {name: {"bytes": entry.n_bytes, "sha256": entry.sha256} for name, entry in self.files.items()}
        content = {"format": FORMAT, "kind": self.kind, "library": self.library, "files": files}
        data = encode_json(MANIFEST, content)
        return {MANIFEST: data, MANIFEST_HASH: _hash_line(data)}

    @classmethod
    def read(cls, directory: Path) -> "Manifest":
        """The manifest of a bundle, checked against its own hash before it is parsed."""
        names = _names(directory)
        for name in (MANIFEST, MANIFEST_HASH):
            if name not in names:
                raise ModelIntegrityError(f"{directory} has no {name}: it is no bundle, or no complete one")
        data = _read(directory / MANIFEST, MAX_MANIFEST_BYTES)
        if _read(directory / MANIFEST_HASH, 1000) != _hash_line(data):
            raise ModelIntegrityError(f"{directory / MANIFEST} does not match its hash: fetch or save the bundle again")
        manifest = cls._parse(decode_json(MANIFEST, data))
        expected = {MANIFEST, MANIFEST_HASH, *manifest.files}
        for name in sorted(expected ^ names):
            what = f"lacks {name}" if name in expected else f"holds {name}, which its manifest does not know"
            raise ModelIntegrityError(f"{directory} {what}: fetch or save the bundle again")
        return manifest

    def read_files(self, directory: Path, max_bytes: int) -> dict[str, bytes]:
        """All files of the bundle, each checked against its size and hash."""
        total = sum(entry.n_bytes for entry in self.files.values())
        if total > max_bytes:
            raise UnsafeInputError(f"{directory} holds {total} bytes; if you trust it, pass max_bytes={total} or more")
        files = {}
        for name, entry in self.files.items():
            data = _read(directory / name, entry.n_bytes)
            if len(data) != entry.n_bytes or sha256(data).hexdigest() != entry.sha256:
                raise ModelIntegrityError(
                    f"{directory / name} does not match its hash in the manifest: fetch or save the bundle again"
                )
            files[name] = data
        return files

    @classmethod
    def _parse(cls, content: Any) -> "Manifest":
        """The manifest in a JSON object that holds exactly what :meth:`to_files` writes."""
        if not isinstance(content, dict) or type(content.get("format")) is not int:
            raise ModelIntegrityError(f"{MANIFEST} names no format: it is not the manifest of a bundle")
        if content["format"] != FORMAT:
            raise InvalidInputError(
                f"the bundle has format {content['format']}, this har-fall reads {FORMAT}: upgrade it"
            )
        try:
            kind, library, files = content["kind"], content["library"], content["files"]
            entries = {name: Entry(file["bytes"], file["sha256"]) for name, file in files.items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise ModelIntegrityError(f"{MANIFEST} lacks an entry ({error})") from error
        if not is_kind(kind) or not isinstance(library, str) or len(content) != 4:
            raise ModelIntegrityError(f"{MANIFEST} names no kind or no library version")
        flaw = _flaw_of_names(list(entries)) or _flaw_of_entries(entries)
        if flaw:
            raise ModelIntegrityError(f"{MANIFEST} is refused: {flaw}")
        return cls(kind, library, entries)


def _flaw_of_names(names: list[str]) -> str | None:
    seen = {MANIFEST, MANIFEST_HASH}
    for name in names:
        if not isinstance(name, str) or len(name) > 100 or not _FILE_NAME.fullmatch(name):
            return f"{name!r} is no plain file name (letters, digits, _, and single dots or dashes between them)"
        if name.lower() in seen:  # one file, where case makes no difference
            return f"the file name {name!r} is taken"
        seen.add(name.lower())
    return None


def _flaw_of_entries(entries: dict[str, Entry]) -> str | None:
    if len(entries) > MAX_FILES:
        return f"{len(entries)} files are more than {MAX_FILES}"
    for name, entry in entries.items():
        if type(entry.n_bytes) is not int or entry.n_bytes < 0:
            return f"the size of {name} is {entry.n_bytes!r}"
        if not isinstance(entry.sha256, str) or not _SHA256.fullmatch(entry.sha256):
            return f"the hash of {name} is no SHA-256"
    return None


def _hash_line(data: bytes) -> bytes:
    return f"{sha256(data).hexdigest()}  {MANIFEST}\n".encode("ascii")


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
    """A file's bytes; never more than one beyond what is allowed, whatever has become of the file."""
    with path.open("rb") as file:
        data = file.read(at_most + 1)
    if len(data) > at_most:
        raise ModelIntegrityError(f"{path} has more than {at_most} bytes: fetch or save the bundle again")
    return data
