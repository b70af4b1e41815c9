"""For how long residents were watched, and for how long they moved: false alarms are counted against these."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from examples.care_home.hub.log import Log
from examples.care_home.messages import RoomWord

_FLUSH_S = 60.0
# A counter that jumps by more is broken.
_MOST_S = 3600.0


class WatchedTime:
    """Sums over all rooms, by day; kept in the log's file once a minute."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._new: dict[str, list[float]] = {}
        self._flushed_s = 0.0

    def add(self, before: RoomWord | None, word: RoomWord, time_s: float) -> None:
        """Add what a room has watched since its word before; a room that starts again counts from 0."""
        # After a restart of the hub, the first word of a room holds what was counted before the restart.
        if before is None:
            return
        if word.watched_s < before.watched_s:
            before = RoomWord(word.room, word.origin, 0, 0.0)
        if word.watched_s - before.watched_s > _MOST_S:
            return
        day = datetime.fromtimestamp(time_s, UTC).date().isoformat()
        with self._lock:
            sums = self._new.setdefault(day, [0.0, 0.0, 0.0])
            for place, name in enumerate(("watched_s", "moving_s", "energy_j")):
                sums[place] += max(0.0, getattr(word, name) - getattr(before, name))

    def flush(self, elapsed_s: float | None = None) -> None:
        """Write to the disk, if it is time."""
        if elapsed_s is not None and elapsed_s - self._flushed_s < _FLUSH_S:
            return
        self._flushed_s = self._flushed_s if elapsed_s is None else elapsed_s
        with self._lock:
            new, self._new = self._new, {}
        for day, sums in new.items():
            self._log.execute(
                "INSERT INTO watched VALUES (?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET "
                "watched_s = watched_s + excluded.watched_s, moving_s = moving_s + excluded.moving_s, "
                "energy_j = energy_j + excluded.energy_j",
                day,
                *sums,
            )

    def totals(self) -> tuple[float, float, float]:
        """Seconds watched, seconds moving, and joules, over all days."""
        rows = self._log.execute("SELECT TOTAL(watched_s), TOTAL(moving_s), TOTAL(energy_j) FROM watched")
        sums = [float(str(value)) for value in rows[0]]
        with self._lock:
            waiting = list(self._new.values())
        for new in waiting:
            sums = [total + value for total, value in zip(sums, new, strict=True)]
        return sums[0], sums[1], sums[2]
