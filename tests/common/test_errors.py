"""Every error of the library is a FrugalError, and also the standard error that a caller expects."""

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


def test_every_exception_of_the_module_is_in_the_tree() -> None:
    found = {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)}
    assert found - {errors.FrugalWarning} == {errors.FrugalError, *errors.FrugalError.__subclasses__()}


def test_warning_is_a_user_warning_and_no_error() -> None:
    assert issubclass(errors.FrugalWarning, UserWarning)
    assert not issubclass(errors.FrugalWarning, errors.FrugalError)
