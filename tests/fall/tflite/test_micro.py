"""tflite-micro in its own process."""

import pytest

from common import InvalidInputError
from fall.tflite import micro
from tests.fall.converted import content, needs_micro


@needs_micro
def test_files_that_tflite_micro_cannot_run_have_no_arena():
    assert micro.micro_arena(content(scheme="float16")) is None
    with pytest.raises(InvalidInputError, match="tflite-micro cannot run"):
        micro.arena(content(scheme="float16"))
