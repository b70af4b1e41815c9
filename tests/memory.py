"""The peak memory of the process that asks."""

import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_megabytes() -> float:
    """Peak resident memory of this process in MB.

    `resource.ru_maxrss` counts the memory of the process that started this one, too: on Linux a child keeps its
    parent's peak across `exec`. A test run that holds 2.6 GB would find 2.6 GB in each small program that it starts.
    The kernel's high-water mark begins anew with the program.
    """
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def forget_peak() -> None:
    """Let the peak begin anew at what is held now (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
