"""The state of the alarms after a line of the log, kept so that a hub with a log of years is back within seconds.

The log is the truth: a checkpoint that does not fit it is not used, and everything is read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields

from pydantic import TypeAdapter

from examples.care_home.hub.alarms import Home, evolve
from examples.care_home.hub.log import Log

EVERY_LINES = 2000
_HOME: TypeAdapter[Home] = TypeAdapter(Home)
_VERSION = 2  # of the data classes: another one's checkpoints are not read


def restored(log: Log) -> Home:
    """The state after the latest line, from the checkpoint and the lines after it."""
    number, home = _read(log)
    for line in log.all_lines(number):
        home = evolve(home, line)
    return home


def write(log: Log, home: Home) -> None:
    """Replace the checkpoint by the state after the latest line."""
    parts = {field.name: getattr(home, field.name) for field in fields(home)}
    plain = Home(**{name: dict(part) if isinstance(part, Mapping) else part for name, part in parts.items()})
    body = _HOME.dump_json(plain).decode()
    values = (_VERSION, log.number, log.digest, body, _digest(body))
    log.execute("INSERT OR REPLACE INTO checkpoint VALUES (1, ?, ?, ?, ?, ?)", *values)


def _read(log: Log) -> tuple[int, Home]:
    rows = log.execute(
        "SELECT checkpoint.number, checkpoint.body, body_digest FROM checkpoint "
        "JOIN log ON log.number = checkpoint.number AND log.digest = checkpoint.digest WHERE version = ?",
        _VERSION,
    )
    if rows:
        number, body, digest = map(str, rows[0])
        if _digest(body) == digest:
            return int(number), _HOME.validate_json(body)
    return 0, Home()


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
