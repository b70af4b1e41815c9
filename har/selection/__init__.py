"""Settings, and their accuracy on people held out."""

from har.selection.neighbors import validate_neighbors
from har.selection.prototypes import validate_prototypes
from har.selection.settings import LITTLE_CHANGE, MUCH_CHANGE, PROTOTYPE_SETTINGS, PrototypeSetting

__all__ = [
    "LITTLE_CHANGE",
    "MUCH_CHANGE",
    "PROTOTYPE_SETTINGS",
    "PrototypeSetting",
    "validate_neighbors",
    "validate_prototypes",
]
