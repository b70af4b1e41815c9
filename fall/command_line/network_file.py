"""The network beside a saved model: what `fall compress` goes on with."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from common.bundles.atomic.file import replace_file
from common.errors import InvalidInputError
from fall import backend


def network_path(model: Path) -> Path:
    """Where the network of a model lies: ``detector.keras`` beside ``detector``."""
    return model.with_name(f"{model.name}.keras")


def save_network(network: Any, model: Path) -> Path:
    """Write the network beside the model, whole or not at all."""
    path = network_path(model)
    with TemporaryDirectory() as folder:
        written = Path(folder, "network.keras")
        network.save(written)
        replace_file(path, written.read_bytes())
    return path


def load_network(model: Path) -> Any:
    """Read the network beside the model."""
    path = network_path(model)
    if not path.is_file():
        raise InvalidInputError(f"{path} is missing: fall train writes the network there, beside the model {model}")
    try:
        return backend.keras().models.load_model(path, compile=False)
    except Exception as error:  # Keras raises whatever a damaged archive leads to
        raise InvalidInputError(f"{path} cannot be read as a network ({error}): train it again") from error
