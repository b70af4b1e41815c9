"""The two ways in which a .tflite file is refused: it contradicts itself, or has parts that are not supported."""

from __future__ import annotations

from common.errors import InvalidInputError, ModelIntegrityError


def contradiction(what: str) -> ModelIntegrityError:
    """The error for a file whose parts contradict one another."""
    return ModelIntegrityError(f"the model is damaged or not an image classifier ({what}): fetch or convert it again")


def unsupported(
    what: str, advice: str = "convert a network of convolutions, pools and dense layers"
) -> InvalidInputError:
    """The error for a file that may be sound, but has a part that this library does not run or measure."""
    return InvalidInputError(f"the model {what}, which is not supported: {advice}")
