"""The exceptions of this library; every message names the fix."""


class FrugalError(Exception):
    """Base class of all errors that this library raises on purpose.

    Examples
    --------
    >>> import common
    >>> try:
    ...     common.dtw_cost(128, 0)
    ... except common.FrugalError as error:
    ...     print(error)
    n_channels is 0; it must be at least 1
    """


class InvalidInputError(FrugalError, ValueError):
    """An argument is invalid; the message names it, the position in it, and the fix.

    Examples
    --------
    >>> import common
    >>> common.dtw_cost(128, 6, band=-1)
    Traceback (most recent call last):
        ...
    common.errors.InvalidInputError: band is -1; a radius in samples must be 0 or more

    It is a ``ValueError``, as in scikit-learn:

    >>> issubclass(InvalidInputError, ValueError)
    True
    """


class UnsafeInputError(FrugalError, ValueError):
    """A file is refused before it is decoded, because it is too large or not of an accepted format.

    Examples
    --------
    >>> import tempfile
    >>> import common
    >>> fusion = common.FusionClassifier("mean", calibration=None).fit([[0.1], [0.9]], ["walk", "fall"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     common.save_bundle(fusion, folder)
    ...     common.load_bundle(folder, max_bytes=10)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.UnsafeInputError: ...
    """


class ModelIntegrityError(FrugalError):
    """The content of a file does not match its hash or its manifest.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import common
    >>> fusion = common.FusionClassifier("mean", calibration=None).fit([[0.1], [0.9]], ["walk", "fall"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     common.save_bundle(fusion, folder)
    ...     written = Path(folder, "classes.npy").write_bytes(b"something else")
    ...     common.load_bundle(folder)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.ModelIntegrityError: ...
    """


class MissingDependencyError(FrugalError, ImportError):
    """An optional package is not installed; the message names the extra that installs it.

    Examples
    --------
    >>> from common.optional import require
    >>> require("no_such_module", extra="demo", purpose="Plotting")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    common.errors.MissingDependencyError: Plotting needs no_such_module: pip install 'har-fall[demo]' ...

    It is an ``ImportError``, so ``except ImportError`` catches it:

    >>> issubclass(MissingDependencyError, ImportError)
    True
    """


class FrugalWarning(UserWarning):
    """Some input was repaired or left out; the message says what.

    Examples
    --------
    Where nothing may be left out silently, make it an error:

    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error", FrugalWarning)
    ...     warnings.warn("left out 2 of 10 windows", FrugalWarning)
    Traceback (most recent call last):
        ...
    common.errors.FrugalWarning: left out 2 of 10 windows
    """
