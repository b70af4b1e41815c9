"""The manifest of a bundle: what it is, of which parts, trained on what, and for every file its size and SHA-256.

``manifest.sha256`` holds the hash of the manifest itself, as ``sha256sum --check`` reads it. Hashes find damage and
mix-ups; they are no signature, and whoever can write all files can write a bundle of their own.

A part is a model inside a model, such as a step of a pipeline: it has a path ("step_2", and within it "step_2.step_1")
and a kind, and its files stand beside all others with the path before their names ("step_2.classes.npy"). The model
itself is the part with the empty path.

Format 1, of version 0.1, knew neither parts, nor types of other libraries, nor training data.
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
# Letters, digits and underscores with single dots or dashes between: no separator, no "..", nothing hidden.
_FILE_NAME = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*")
# Windows means a device by these, whatever the ending.
_DEVICE_NAME = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
_PART = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_KIND = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_<>]+)+")
_VERSION = re.compile(r"[A-Za-z0-9_.+!-]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_kind(text: Any) -> bool:
    """Whether ``text`` is a package and a name with a dot between, such as ``fall.compressed``."""
    return _matches(_KIND, text)


def is_type(text: Any) -> bool:
    """Whether ``text`` is the full name of a type, such as ``sklearn.tree._classes.DecisionTreeClassifier``."""
    return _matches(_TYPE, text, longest=300)


def child(path: str, name: str) -> str:
    """The path of what is called ``name`` in the part at ``path``."""
    return f"{path}.{name}" if path else name


@dataclass(frozen=True)
class Entry:
    """A file as it has to be."""

    n_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a bundle is and consists of.

    Attributes
    ----------
    library : str
        The version that wrote it.
    parts : dict of str to str
        From the path of each part to its kind; "" is the model itself.
    files : dict of str to Entry
    types : tuple of str
        Types of other libraries that loading makes.
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
        """Bytes of all files but the manifest."""
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
        """The names of the parts directly within a part."""
        return [part.rpartition(".")[2] for part in self.parts if part and part.rpartition(".")[0] == path]

    def files_of(self, path: str) -> dict[str, str]:
        """From the name that a part gave to each of its own files to the file's name in the bundle."""
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
        """The opposite of :meth:`to_files`, to the letter."""
        content = decode_json(MANIFEST, data)
        if not isinstance(content, dict) or type(content.get("format")) is not int:
            raise ModelIntegrityError(f"{MANIFEST} names no format: it is not the manifest of a bundle")
        number = content["format"]
        if number > FORMAT:
            raise InvalidInputError(
                f"the bundle has format {number}, this har-fall {__version__} reads up to {FORMAT}: upgrade har-fall"
            )
        if number not in _KEYS or content.keys() != _KEYS[number]:
            raise ModelIntegrityError(f"{MANIFEST} is not that of a bundle of format {number}: its entries are others")
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
            raise ModelIntegrityError(f"{MANIFEST} lacks an entry, or has a wrong one ({error})") from error
        if flaw:
            raise ModelIntegrityError(f"{MANIFEST} is refused: {flaw}")
        return manifest

    def _flaw(self) -> str | None:
        """What is wrong with it; names and sizes come from whoever wrote the file."""
        if not _matches(_VERSION, self.library):
            return f"the library's version is {self.library!r:.200}"
        if not all(is_type(name) for name in self.types) or len(self.types) > MAX_TYPES:
            return f"types are no list of at most {MAX_TYPES} names"
        return _flaw_of_parts(self.parts) or _flaw_of_files(self.files)


def hash_line(manifest: bytes) -> bytes:
    """What ``manifest.sha256`` holds."""
    return f"{sha256(manifest).hexdigest()}  {MANIFEST}\n".encode("ascii")


def _owner(name: str, parts: Mapping[str, str]) -> str:
    """The path of the part that a file belongs to: the longest that its name begins with."""
    while name:
        name = name.rpartition(".")[0]
        if name in parts:
            return name
    return ""


def _flaw_of_parts(parts: Mapping[str, Any]) -> str | None:
    if len(parts) > MAX_PARTS:
        return f"{len(parts)} parts are more than {MAX_PARTS}"
    for path, kind in parts.items():
        if not is_kind(kind):
            return f"{kind!r:.200} is no kind"
        if not path:
            continue
        if not _matches(_PART, path) or path.count(".") >= MAX_DEPTH:
            return f"{path!r:.200} is no part (lower-case names with dots between them, at most {MAX_DEPTH} levels)"
        if path.rpartition(".")[0] not in parts:
            return f"the part {path!r} is within none"
    return None


def _flaw_of_files(files: Mapping[str, Entry]) -> str | None:
    if len(files) > MAX_FILES:
        return f"it has {len(files)} files, and a bundle at most {MAX_FILES}: merge some"
    seen = {MANIFEST, MANIFEST_HASH}
    for name, entry in files.items():
        if not _matches(_FILE_NAME, name) or _DEVICE_NAME.fullmatch(name):
            return f"{name!r:.200} is no plain file name (letters, digits, _, and single dots or dashes between them)"
        if name.lower() in seen:  # one file, where case makes no difference
            return f"the file name {name!r} is taken"
        seen.add(name.lower())
        if type(entry.n_bytes) is not int or not 0 <= entry.n_bytes < 2**63:
            return f"the size of {name} is {entry.n_bytes!r:.200}"
        if not _matches(_SHA256, entry.sha256):
            return f"the hash of {name} is no SHA-256"
    return None


def _matches(pattern: re.Pattern[str], text: Any, *, longest: int = 100) -> bool:
    return isinstance(text, str) and len(text) <= longest and pattern.fullmatch(text) is not None
