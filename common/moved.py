"""Modules of version 0.1 that have moved: their old names still import, with a warning that says the new one."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

# Only modules that were not replaced by a package of the same name (as common.fusion, common.plotting, fall.tflite).
MOVED = {
    "common.alarm_policy": "common.alarms.policy",
    "common.alarm_terms": "common.alarms.terms",
    "common.attribution": "common.fusion.shapley",
    "common.calibration": "common.evaluation.reliability",
    "common.complexity": "common.costs",
    "common.cost": "common.costs.ledger",
    "common.device_profiles": "common.costs.device_profiles",
    "common.devices": "common.costs.devices",
    "common.events": "common.evaluation.events",
    "common.intervals": "common.evaluation.intervals",
    "common.operating_point": "common.evaluation.operating_point",
    "common.out_of_fold": "common.fusion.out_of_fold",
    "common.pareto": "common.plotting.pareto",
    "common.pooling": "common.fusion.pooling",
    "common.rates": "common.evaluation.rates",
    "common.splits": "common.evaluation.splits",
    "fall.activation_memory": "fall.tflite.memory",
    "fall.c_array": "fall.tflite.c_array",
    "fall.compressed_model": "fall.tflite.model",
    "fall.compression.calibration": "fall.compression.arithmetic.fitting",
    "fall.compression.clipping": "fall.compression.arithmetic.clipping",
    "fall.compression.codebook": "fall.compression.arithmetic.codebook",
    "fall.compression.coding": "fall.compression.storage.coding",
    "fall.compression.granularity": "fall.compression.arithmetic.granularity",
    "fall.compression.huffman": "fall.compression.storage.huffman",
    "fall.compression.number_formats": "fall.compression.arithmetic.number_formats",
    "fall.compression.rounding": "fall.compression.arithmetic.adaround",
    "fall.compression.sparse": "fall.compression.storage.sparse",
    "fall.litert": "fall.tflite.classifier",
    "fall.micro": "fall.tflite.micro",
    "fall.tflite_file": "fall.tflite.file",
}


class _MovedModules(MetaPathFinder, Loader):
    """Imports a moved module by its new name; the old one becomes a second name of the same module."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if _todays_name(fullname) else None

    def exec_module(self, module: ModuleType) -> None:
        old, new = module.__name__, _todays_name(module.__name__)
        warnings.warn(
            f"{old} is now {new}, and its public names are in the package {old.partition('.')[0]}: import "
            "them from there",
            DeprecationWarning,
            stacklevel=2,
        )
        # The import system gives out what stands here once the loader is done.
        sys.modules[old] = import_module(new)


def _todays_name(name: str) -> str:
    """The name of a moved module, or of one in a moved package; empty if it has not moved."""
    if name in MOVED:
        return MOVED[name]
    package, _, rest = name.rpartition(".")
    return f"{MOVED[package]}.{rest}" if package in MOVED else ""


def install() -> None:
    """Let old names of modules be imported, once in a process."""
    if not any(isinstance(finder, _MovedModules) for finder in sys.meta_path):
        # First, since a moved package's submodules would otherwise be found in its new folder and loaded a second time.
        sys.meta_path.insert(0, _MovedModules())
