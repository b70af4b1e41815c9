"""The exceptions of this library; every message names the fix."""


class FrugalError(Exception):
    """Base class of all errors that this library raises on purpose."""


class InvalidInputError(FrugalError, ValueError):
    """An argument is invalid; the message names it, the position in it, and the fix."""


class UnsafeInputError(FrugalError, ValueError):
    """A file is refused before it is decoded, because it is too large or not of an accepted format."""


class ModelIntegrityError(FrugalError):
    """The content of a file does not match its hash or its manifest."""


class MissingDependencyError(FrugalError, ImportError):
    """An optional package is not installed; the message names the extra that installs it."""


class FrugalWarning(UserWarning):
    """Some input was repaired or left out; the message says what."""
