"""Kill saving processes and check what they leave: ``python -m`` this module, then FOLDER HOW WHEN N SEED [flushed].

HOW is "exchange" or "renames"; WHEN is "every_step", with N ignored, or "random", until N were killed; "flushed"
flushes to disk, which takes most of the time and makes no difference to a killed process. This runs as a separate
single-threaded process, since a process with several threads must not fork. Prints how many saves were killed.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

import common
from common.bundles import registry
from common.bundles.atomic import swap
from common.errors import InvalidInputError
from tests.common.bundles.example import Model, read, write


def save(number: int, path: Path) -> None:
    common.save_bundle(Model(np.full(50, number), {"number": number}), path)


def loaded(path: Path) -> int:
    """The number of the bundle, which must be complete."""
    model = common.load_bundle(path)
    assert (model.weights == model.settings["number"]).all()
    return int(model.settings["number"])


def in_a_child(work: Callable[[], Any], after: float | None = None) -> bool:
    """Run a function in a child process, and kill it ``after`` this many seconds; whether it was killed by anyone."""
    begun, begins = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(begins, b"!")
        work()
        os._exit(0)
    os.read(begun, 1)
    os.close(begun)
    os.close(begins)
    if after is not None:
        time.sleep(after)  # the kill may come at any moment: nothing is to be waited for
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def save_until_call(nth: int, number: int, path: Path) -> None:
    """Save, and die just before the nth system call."""
    calls = iter(range(1_000_000))

    def count(_frame: Any, event: str, function: Any) -> None:
        if event == "c_call" and function.__module__ in ("posix", "fcntl") and next(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    save(number, path)
    sys.setprofile(None)


def check(path: Path, old: int, new: int, *, delete: bool) -> None:
    """Check what a killed save left: a complete bundle that can be replaced and permanently deleted."""
    assert loaded(path) in (old, new)
    if delete:
        shutil.rmtree(path, ignore_errors=True)
        try:
            assert not path.exists()
            raise AssertionError(f"version {loaded(path)} came back")
        except InvalidInputError:
            pass
    save(new + 1, path)
    assert loaded(path) == new + 1
    assert list(path.parent.iterdir()) == [path]


def kill_at_every_step(path: Path) -> int:
    nth, number = 0, 0
    save(number, path)
    while in_a_child(partial(save_until_call, nth, number + 1, path)):
        # Between the two renames there is no folder to delete.
        check(path, number, number + 1, delete=nth % 2 == 1 and path.exists())
        nth, number = nth + 1, number + 2
    return nth


def kill_at_random(path: Path, n: int, random: Random) -> int:
    save(0, path)
    i = killed = 0
    while killed < n:
        moment = 10 ** random.uniform(-4, -1)  # on a fast disk as well as on a slow one
        killed += in_a_child(partial(save, 2 * i + 1, path), after=moment)
        check(path, 2 * i, 2 * i + 1, delete=i % 10 == 9 and path.exists())
        i += 1
    return killed


if __name__ == "__main__":
    folder, how, when, n, seed, *flushed = sys.argv[1:]
    if not flushed:
        os.fsync = os.fstat
    registry.register("tests.model", Model, write, read)
    if how == "renames":
        swap.exchange = lambda first, second: False
    bundle = Path(folder) / "model"
    print(kill_at_every_step(bundle) if when == "every_step" else kill_at_random(bundle, int(n), Random(int(seed))))
