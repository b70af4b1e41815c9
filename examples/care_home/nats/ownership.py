"""Which hub watches which part of the home: a table that all hubs share, and the rules by which each changes it.

The table is one value that a hub can only replace if it has seen the latest one, so that two hubs never take the same
part. Every hub counts up beside its name once a second. A hub whose count has stood still for longer than a lease is
gone, and its parts are free. No clock is compared with another one:

- An owner answers for a lease from the moment *before* it sent its latest count.
- Others wait for a lease, and a moment more, from the moment *after* they saw that count.

So the old owner has always stopped before the new one begins, also if it was only cut off and does not know it.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from common import InvalidInputError
from examples.care_home.nats.servers import N_PARTS

RENEW_S = 1.0
# The election of a new leader among three servers took up to 6 s; it should not cost every hub its rooms.
LEASE_S = 8.0
_MOMENT_S = 1.0
_AWAY_S = 3.0
NOBODY = ""


@dataclass(frozen=True)
class Turn:
    """Who watches a part: ``term`` counts up with each new owner, and is never used again."""

    hub: str = NOBODY
    term: int = 0


@dataclass(frozen=True)
class Table:
    """Hubs with their counts, and the owner of each part."""

    hubs: dict[str, int] = field(default_factory=dict)
    turns: Annotated[tuple[Turn, ...], Field(min_length=N_PARTS, max_length=N_PARTS)] = (Turn(),) * N_PARTS
    version: Literal[1] = 1

    def parts_of(self, hub: str) -> dict[int, int]:
        """The parts of a hub, with the term of each."""
        return {part: turn.term for part, turn in enumerate(self.turns) if turn.hub == hub}


_TABLE: TypeAdapter[Table] = TypeAdapter(Table)


def to_json(table: Table) -> bytes:
    """The table as JSON."""
    return _TABLE.dump_json(table)


def from_json(text: bytes) -> Table:
    """The table of a JSON text.

    Raises
    ------
    InvalidInputError
        If it is none, or one of another number of parts.
    """
    try:
        return _TABLE.validate_json(text)
    except ValidationError as error:
        raise InvalidInputError(f"the table of owners is none of this version with {N_PARTS} parts: {error}") from None


def renewed(table: Table, hub: str, gone: Set[str]) -> Table:
    """The table after a hub has counted up, let go of what exceeds its share, and taken what is free."""
    hubs = {name: count for name, count in table.hubs.items() if name not in gone} | {hub: table.hubs.get(hub, 0) + 1}
    share = -(-N_PARTS // len(hubs))
    turns = [turn if turn.hub in hubs else Turn(NOBODY, turn.term) for turn in table.turns]
    mine = [part for part, turn in enumerate(turns) if turn.hub == hub]
    for part in mine[share:]:
        turns[part] = Turn(NOBODY, turns[part].term)
    free = [part for part, turn in enumerate(turns) if turn.hub == NOBODY and part not in mine]
    for part in free[: max(0, share - len(mine))]:
        turns[part] = Turn(hub, turns[part].term + 1)
    return replace(table, hubs=hubs, turns=tuple(turns))


def without(table: Table, hub: str) -> Table:
    """The table after a hub has left."""
    hubs = {name: count for name, count in table.hubs.items() if name != hub}
    return replace(table, hubs=hubs, turns=tuple(Turn(NOBODY, t.term) if t.hub == hub else t for t in table.turns))


class Counts:
    """When the count of each hub was last seen to change."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, float]] = {}
        self._read_s = float("-inf")

    def see(self, table: Table, now_s: float) -> None:
        """Note the counts of a table that was read before ``now_s``."""
        # Whoever could not read cannot say that others stood still: perhaps nobody could write.
        was_away = now_s - self._read_s > _AWAY_S
        self._seen = {
            name: (count, now_s if was_away or self._seen.get(name, (None,))[0] != count else self._seen[name][1])
            for name, count in table.hubs.items()
        }
        self._read_s = now_s

    def gone(self, now_s: float) -> frozenset[str]:
        """Hubs that have not counted for longer than their lease."""
        return frozenset(name for name, (_, at_s) in self._seen.items() if now_s - at_s > LEASE_S + _MOMENT_S)
