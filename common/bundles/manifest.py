"""The manifest of a bundle: its kind, parts and training data, and the size and SHA-256 of every file.

``manifest.sha256`` holds the hash of the manifest itself, in the format of ``sha256sum --check``. Hashes reveal damage
and mix-ups; they are not a signature, and anyone who can write all files can forge a bundle.

A part is a model inside a model, such as a step of a pipeline. It has a path ("step_2", and inside it "step_2.step_1")
and a kind; its files lie beside all others, with the path as a prefix of their names ("step_2.classes.npy"). The model
itself is the part with the empty path.

Format 1, of version 0.1, had no parts, no types of other libraries, and no training data.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from common.bundles.files import decode_json, encode_json
from common.bundles.trained_on import TrainingData
from common.errors import InvalidInputError, ModelIntegrityError
from common.version import __version__

MANIFEST, MANIFEST_HASH = "manifest.json", "manifest.sha256"
FORMAT = 2
MAX_FILES, MAX_MANIFEST_BYTES = 1000, 1_000_000
MAX_PARTS, MAX_DEPTH, MAX_TYPES = 100, 8, 1000

_KEYS = {1: {"format", "kind", "library", "files"}}
_KEYS[2] = _KEYS[1] | {"parts", "types", "trained_on"}
# Letters, digits and underscores, with single dots or dashes between them: no separators, no "..", no hidden files.
_FILE_NAME = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")
# Reserved for devices on Windows, with any extension.
_DEVICE_NAME = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
_PART = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_KIND = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_<>]+)+")
_VERSION = re.compile(r"[A-Za-z0-9_.+!-]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_kind(text: Any) -> bool:
    """Whether ``text`` is a package and a name with a dot between them, such as ``fall.compressed``."""
    return _matches(_KIND, text)


def is_type(text: Any) -> bool:
    """Whether ``text`` is the full name of a type, such as ``sklearn.tree._classes.DecisionTreeClassifier``."""
    return _matches(_TYPE, text, longest=300)


def child(path: str, name: str) -> str:
    """The path of ``name`` inside the part at ``path``."""
    return f"{path}.{name}" if path else name


@dataclass(frozen=True)
class Entry:
    """The expected size and hash of a file."""

    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The kind, parts, files and training data of a bundle.

    Attributes
    ----------
    library : str
        The version of this library that wrote it.
    parts : dict of str to str
        From the path of each part to its kind; "" is the model itself.
    files : dict of str to Entry
    types : tuple of str
        Types of other libraries that loading needs.
    trained_on : TrainingData
    """

    library: str
    parts: dict[str, str]
    files: dict[str, Entry]
    types: tuple[str, ...] = ()
    trained_on: TrainingData = field(default_factory=TrainingData)

    @property
    def kind(self) -> str:
        """The kind of the model itself."""
        return self.parts[""]

    @property
    def n_bytes(self) -> int:
        """Size of all files except the manifest."""
        return sum(entry.n_bytes for entry in self.files.values())

    @classmethod
    def of(
        cls,
        parts: Mapping[str, str],
        files: Mapping[str, bytes],
        types: Iterable[str] = (),
        trained_on: TrainingData | None = None,
    ) -> "Manifest":
        """The manifest of these parts and files; raises InvalidInputError if a bundle cannot hold them."""
        entries = {name: Entry(len(data), sha256(data).hexdigest()) for name, data in files.items()}
        manifest = cls(__version__, dict(parts), entries, tuple(sorted(types)), trained_on or TrainingData())
        flaw = manifest._flaw()
        if flaw:
            raise InvalidInputError(f"the {manifest.kind} cannot be saved: {flaw}")
        return manifest

    def children(self, path: str) -> list[str]:
        """The names of the parts directly inside a part."""
        return [part.rpartition(".")[2] for part in self.parts if part and part.rpartition(".")[0] == path]

    def files_of(self, path: str) -> dict[str, str]:
        """For each file of a part: from its name in the part to its name in the bundle."""
        return {name.removeprefix(child(path, "")): name for name in self.files if _owner(name, self.parts) == path}

    def to_files(self) -> dict[str, bytes]:
        """The manifest and its hash as files."""
        content = {
            "format": FORMAT,
            "kind": self.kind,
            "library": self.library,
            "files": {name: {"bytes": entry.n_bytes, "sha256": entry.sha256} for name, entry in self.files.items()},
            "parts": {path: kind for path, kind in self.parts.items() if path},
            "types": list(self.types),
            "trained_on": self.trained_on.to_json(),
        }
        data = encode_json(MANIFEST, content)
        if len(data) > MAX_MANIFEST_BYTES:
            raise InvalidInputError(f"the manifest of the {self.kind} has {len(data)} bytes; use fewer files or names")
        return {MANIFEST: data, MANIFEST_HASH: hash_line(data)}

    @classmethod
    def parse(cls, data: bytes) -> "Manifest":
        """The inverse of :meth:`to_files`; raises for anything that it would not write."""
        content = decode_json(MANIFEST, data)
        if not isinstance(content, dict) or type(content.get("format")) is not int:
            raise ModelIntegrityError(f"{MANIFEST} has no format number: it is not the manifest of a bundle")
        number = content["format"]
        if number > FORMAT:
            raise InvalidInputError(
                f"the bundle has format {number}, this har-fall {__version__} reads up to {FORMAT}: upgrade har-fall"
            )
        if number not in _KEYS or content.keys() != _KEYS[number]:
            raise ModelIntegrityError(f"{MANIFEST} does not have the entries of a bundle of format {number}")
        try:
            manifest = cls(
                library=content["library"],
                parts={**content.get("parts", {}), "": content["kind"]},
                files={name: Entry(file["bytes"], file["sha256"]) for name, file in content["files"].items()},
                types=tuple(content.get("types", ())),
                trained_on=TrainingData.from_json(content.get("trained_on", {})),
            )
            flaw = manifest._flaw()
        except (KeyError, TypeError, AttributeError, InvalidInputError) as error:
            raise ModelIntegrityError(f"{MANIFEST} has a missing or invalid entry ({error})") from error
        if flaw:
            raise ModelIntegrityError(f"{MANIFEST} is not valid: {flaw}")
        return manifest

    def _flaw(self) -> str | None:
        """What is wrong with it, if anything; its content is not trusted."""
        if not _matches(_VERSION, self.library):
            return f"the library's version is {self.library!r:.200}"
        if not all(is_type(name) for name in self.types) or len(self.types) > MAX_TYPES:
            return f"types is not a list of at most {MAX_TYPES} type names"
        return _flaw_of_parts(self.parts) or _flaw_of_files(self.files)


def hash_line(manifest: bytes) -> bytes:
    """The content of ``manifest.sha256``."""
    return f"{sha256(manifest).hexdigest()}  {MANIFEST}\n".encode("ascii")


def _owner(name: str, parts: Mapping[str, str]) -> str:
    """The path of the part that a file belongs to: the longest prefix of its name that is a part."""
    while name:
        name = name.rpartition(".")[0]
        if name in parts:
            return name
    return ""


def _flaw_of_parts(parts: Mapping[str, Any]) -> str | None:
    if len(parts) > MAX_PARTS:
        return f"it has {len(parts)} parts, more than {MAX_PARTS}"
    for path, kind in parts.items():
        if not is_kind(kind):
            return f"{kind!r:.200} is not a kind"
        if not path:
            continue
        if not _matches(_PART, path) or path.count(".") >= MAX_DEPTH:
            return (
                f"{path!r:.200} is not a part's path (lower-case names separated by dots, at most {MAX_DEPTH} levels)"
            )
        if path.rpartition(".")[0] not in parts:
            return f"the part {path!r} is inside a part that does not exist"
    return None


def _flaw_of_files(files: Mapping[str, Entry]) -> str | None:
    if len(files) > MAX_FILES:
        return f"it has {len(files)} files, more than {MAX_FILES}: merge some"
    seen = {MANIFEST, MANIFEST_HASH}
    for name, entry in files.items():
        if not _matches(_FILE_NAME, name) or _DEVICE_NAME.fullmatch(name):
            return (
                f"{name!r:.200} is not a plain file name (letters, digits, _, and single dots or dashes between them)"
            )
        if name.lower() in seen:  # the same file on a case-insensitive file system
            return f"the file name {name!r} is taken"
        seen.add(name.lower())
        if type(entry.n_bytes) is not int or not 0 <= entry.n_bytes < 2**63:
            return f"the size of {name} is {entry.n_bytes!r:.200}"
        if not _matches(_SHA256, entry.sha256):
            return f"the hash of {name} is not a SHA-256"
    return None


def _matches(pattern: re.Pattern[str], text: Any, *, longest: int = 100) -> bool:
    return isinstance(text, str) and len(text) <= longest and pattern.fullmatch(text) is not None
