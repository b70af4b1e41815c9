"""The one place that imports TensorFlow and tf_keras.

TensorFlow takes seconds to import, so functions that need it ask for it here, when they are called. Networks are
``tf_keras`` models, never ``tf.keras`` ones, because what ``tf.keras`` is depends on what was imported before.
"""

from __future__ import annotations

import logging
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from common.errors import InvalidInputError
from common.optional import require
from common.validation import check_integer

_LOGGER = logging.getLogger(__name__)


def tensorflow() -> Any:
    """The module ``tensorflow``, imported on the first call, with its log silenced."""
    # Level 3 also hides errors: TensorFlow reports a missing graphics card, and options old kernels ignore, as errors.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Not the default on all processors; with oneDNN small networks train two to three times faster.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"]
    with quiet():
        module = require("tensorflow", extra="vision", purpose="training networks")
    # Many short-lived networks are built, and TensorFlow would warn for each that its functions are traced again.
    module.get_logger().setLevel("ERROR")
    return module


@contextmanager
def quiet() -> Iterator[None]:
    """Hand what C++ code prints to stderr, at any log level of its own, to the logger of this module (DEBUG)."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            said.seek(0)
            for line in said.read().decode(errors="replace").splitlines():
                _LOGGER.debug("%s", line)


def keras() -> Any:
    """The module ``tf_keras``: Keras 2, which the compression tools work on."""
    tensorflow()  # first, so that its log level is set
    return require("tf_keras", extra="vision", purpose="training networks")


def check_keras_model(model: Any, name: str = "model") -> Any:
    """Raise unless ``model`` is a ``tf_keras`` model; the compression tools fail silently with Keras 3 models."""
    if isinstance(model, keras().Model):
        return model
    if any(base.__module__.partition(".")[0] == "keras" for base in type(model).__mro__):
        raise InvalidInputError(
            f"{name} is a Keras 3 model: build it with fall.build_network or with tf_keras (the same calls as keras)"
        )
    raise InvalidInputError(f"{name} is a {type(model).__name__}; pass a tf_keras model, see fall.build_network")


def set_seed(seed: int) -> None:
    """Make what TensorFlow and tf_keras do next depend on ``seed`` alone.

    Operations become deterministic for the rest of the process; TensorFlow cannot undo that. The global generators of
    Python and NumPy keep their state.
    """
    seed = check_integer(seed, "seed", at_least=0, at_most=2**31 - 1)
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002  (to be restored)
    keras().utils.set_random_seed(seed)
    random.setstate(python_state)
    np.random.set_state(numpy_state)  # noqa: NPY002  (restored)
    tensorflow().config.experimental.enable_op_determinism()


def tfmot() -> Any:
    """The module ``tensorflow_model_optimization``."""
    tensorflow()  # first, so that its log level is set
    return require("tensorflow_model_optimization", extra="vision", purpose="compressing networks")
