"""One tree: everything raised on purpose is a FrugalError, and also what a Python programmer expects to catch."""

import pytest

from common import errors


@pytest.mark.parametrize(
    ("error", "also"),
    [
        (errors.InvalidInputError, ValueError),
        (errors.UnsafeInputError, ValueError),
        (errors.ModelIntegrityError, Exception),
        (errors.MissingDependencyError, ImportError),
    ],
)
def test_tree(error: type[Exception], also: type[Exception]) -> None:
    assert issubclass(error, errors.FrugalError)
    assert issubclass(error, also)


def test_warning_is_a_user_warning_and_no_error() -> None:
    assert issubclass(errors.FrugalWarning, UserWarning)
    assert not issubclass(errors.FrugalWarning, errors.FrugalError)
