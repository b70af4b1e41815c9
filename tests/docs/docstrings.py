"""The docstrings of the public names, and of the public methods of public classes, as a reader meets them."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from functools import cached_property
from typing import Any

from tests.test_public_names import PAIRS

PACKAGES = ("har", "fall", "common")
OUR_ERRORS = ("InvalidInputError", "UnsafeInputError", "ModelIntegrityError", "MissingDependencyError")
_HEADING = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)
# A shape, or the name that says it: "(n_windows,)", "of the shape of X", "as in fit", "batch by batch".
_SHAPE = re.compile(r"shape|\(n|\bas (?:in|for)\b|of them|batch by batch", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """A public function, class, method or property, and the public class that a method belongs to."""

    name: str
    definition: Any
    owner: Any = None

    @cached_property
    def sections(self) -> dict[str, str]:
        """The parts of the docstring by heading; the part before the first has none."""
        return _sections(self.definition)

    @property
    def summary(self) -> str:
        return self.sections[""].strip().partition("\n\n")[0]

    @property
    def is_class(self) -> bool:
        return inspect.isclass(self.definition)

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """What a caller passes, but not what is passed on to others."""
        if not self._has_own_signature:
            return {}
        passed_on = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        found = inspect.signature(self.definition).parameters.values()
        return {one.name: one for one in found if one.kind not in passed_on and one.name not in ("self", "cls")}

    def takes_an_array(self, parameter: str) -> bool:
        return re.search(r"Array|ndarray", str(self.parameters[parameter].annotation)) is not None

    def described(self, parameter: str) -> str | None:
        """What the docstring says of a parameter, its type and the lines below; None if nothing."""
        text = self.sections.get("Parameters", "") + "\n" + self.sections.get("Attributes", "")
        entry = re.search(rf"^(?:[\w*, ]+, )?{parameter}\b[^\n]*(?:\n(?: +[^\n]*)?)*", text, re.MULTILINE)
        return entry[0] if entry else None

    @property
    def returns_something(self) -> bool:
        if self.is_class:
            return False
        annotation = inspect.signature(self.definition).return_annotation
        return annotation not in (None, "None", inspect.Signature.empty)

    @cached_property
    def raised(self) -> set[str]:
        """Our errors that its own body raises, and those of the checks of arguments that it calls."""
        if not self.is_class:
            return _raised(self.definition)
        # The ``__init__`` of a data class is generated, and has no source.
        makers = ("__post_init__",) if is_dataclass(self.definition) else ("__init__",)
        made_by = [vars(self.definition)[name] for name in makers if name in vars(self.definition)]
        return {error for maker in made_by for error in _raised(maker)}

    @property
    def shown(self) -> str:
        """The statements of its examples; a method may be shown by the example of its class."""
        own = _statements(self.definition)
        if own or self.owner is None:
            return own
        method = self.name.rpartition(".")[2]
        by_owner = _statements(self.owner)
        uses = rf"\.{method}\b" if method not in ("fit", "transform") else rf"\.(?:{method}|fit_transform)\("
        return by_owner if re.search(uses, by_owner) else ""

    @property
    def _has_own_signature(self) -> bool:
        """Not the signature of an enumeration or of an exception, which is Python's."""
        return not (self.is_class and issubclass(self.definition, (str, Exception)))


def public_entries() -> list[Entry]:
    """Each public name once, and after each class its public methods; without ``fall`` if TensorFlow is missing."""
    has_tensorflow = importlib.util.find_spec("tensorflow") is not None
    entries: dict[int, Entry] = {}
    for module, name in PAIRS:
        if has_tensorflow or not module.startswith("fall"):
            found = getattr(importlib.import_module(module), name)
            if inspect.isclass(found) or inspect.isroutine(found):
                entries.setdefault(id(found), Entry(f"{module}.{name}", found))
    return [one for entry in entries.values() for one in (entry, *_methods(entry))]


def _methods(entry: Entry) -> Iterator[Entry]:
    """The public methods and properties that one of our classes defines."""
    seen = set()
    for parent in inspect.getmro(entry.definition) if entry.is_class else ():
        if parent.__module__.partition(".")[0] in PACKAGES:
            for name, attribute in vars(parent).items():
                function = _function_of(attribute)
                if not name.startswith("_") and name not in seen and inspect.isfunction(function):
                    seen.add(name)
                    yield Entry(f"{entry.name}.{name}", function, entry.definition)


def _function_of(attribute: Any) -> Any:
    if isinstance(attribute, (classmethod, staticmethod)):
        return attribute.__func__
    if isinstance(attribute, property):
        return attribute.fget
    return attribute.func if isinstance(attribute, cached_property) else attribute


def _sections(definition: Any) -> dict[str, str]:
    first, *others = _HEADING.split(inspect.getdoc(definition) or "")
    return {"": first, **dict(zip(others[::2], others[1::2], strict=True))}


def _statements(definition: Any) -> str:
    lines = (line.strip() for line in (inspect.getdoc(definition) or "").splitlines())
    return "\n".join(line for line in lines if line.startswith((">>>", "... ")))


def _raised(function: Any) -> set[str]:
    known = inspect.unwrap(function).__globals__
    raised = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            raised |= {node.exc.func.id} & set(OUR_ERRORS)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = known.get(node.func.id)
            module = getattr(called, "__module__", None) or ""
            if inspect.isfunction(called) and module.startswith("common.validation"):
                raised.add("InvalidInputError")
            if node.func.id == "require" and module == "common.optional":
                raised.add("MissingDependencyError")
    return raised


def says_a_shape(description: str) -> bool:
    """Whether the description of an array says its shape, or where that is said."""
    return _SHAPE.search(description) is not None
