"""The library's exceptions: one small tree, and every message names the fix."""


class FrugalError(Exception):
    """The root of everything this library raises on purpose."""


class InvalidInputError(FrugalError, ValueError):
    """An argument is wrong: the message names it, the place in it, and the fix."""


class UnsafeInputError(FrugalError, ValueError):
    """A file is refused before it is decoded: too large, or not what its name says."""


class ModelIntegrityError(FrugalError):
    """A file's content differs from what its hash or its manifest promises."""


class MissingDependencyError(FrugalError, ImportError):
    """An optional package is not installed: the message names the extra that brings it."""


class FrugalWarning(UserWarning):
    """Something was repaired or left out; the message says what."""
