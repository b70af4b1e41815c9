"""Let an unknown .tflite file run in a process of its own first: a hostile one crashes that process, not this one.

The rules of :mod:`fall.tflite.file` refuse what is known to crash LiteRT; this is for what they miss.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from common.errors import InvalidInputError, ModelIntegrityError
from fall.tflite.first_run_worker import REFUSED

_WORKER = Path(__file__).with_name("first_run_worker.py")
_TIME_LIMIT_S = 60.0

_made_here: set[bytes] = set()
_has_run: set[tuple[bytes, str]] = set()


def mark_as_made_here(content: bytes) -> None:
    """Say that this process made a file itself, so that it needs no first run elsewhere."""
    _made_here.add(hashlib.sha256(content).digest())


def require_first_run(content: bytes, kernels: str) -> None:
    """Run a file once on zeros in another process, unless this process made it or that has been done.

    Parameters
    ----------
    content : bytes
        The file, which has been checked by :func:`fall.tflite.file.read_graph`.
    kernels : str
        The member of LiteRT's ``OpResolverType`` to compute with: "AUTO" or "BUILTIN_REF".

    Raises
    ------
    ModelIntegrityError
        If LiteRT refuses the file, or crashes.
    InvalidInputError
        If it takes more than a minute.
    """
    digest = hashlib.sha256(content).digest()
    if digest in _made_here or (digest, kernels) in _has_run:
        return
    # -P keeps the worker's folder off the path, where its neighbours would shadow other modules.
    command = [sys.executable, "-P", str(_WORKER), kernels]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_TIME_LIMIT_S, env=environment)
    except subprocess.TimeoutExpired:
        raise InvalidInputError(
            f"the model does not run within {_TIME_LIMIT_S:.0f} s: it is too large for this machine"
        ) from None
    if done.returncode == REFUSED:
        raise refusal(done.stdout.decode("utf-8", "replace"))
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
        raise ModelIntegrityError(
            f"the model crashes the runtime (a first run in another process ended with code {done.returncode}; "
            f"{last[0][:200]}): fetch or convert it again"
        )
    _has_run.add((digest, kernels))


def refusal(reason: str) -> ModelIntegrityError:
    """The error for a file that LiteRT refuses."""
    return ModelIntegrityError(
        f"LiteRT refuses the model ({reason.strip()[:300]}): convert it again, or install a newer ai-edge-litert"
    )
