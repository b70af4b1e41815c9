"""The log: nothing is confirmed that is not on the disk, nothing is written twice, and what is changed is found."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from common import InvalidInputError, ModelIntegrityError
from examples.care_home.hub.entries import Noted, Received
from examples.care_home.hub.log import Log
from tests.examples.care_home.hub.rooms import FakeRoom


def test_lines_come_back_as_they_were_written(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    entries = [Noted("hub started"), Received(FakeRoom().event("notified", probability=0.97))]
    written = log.append(entries, 12, 3)
    assert log.lines() == written
    assert [line.entry for line in written] == entries
    assert log.lines(after=1) == written[1:] == log.lines(most=1)
    log.close()
    again = Log(tmp_path / "log.db")
    assert (again.number, again.last_elapsed_s, again.verify()) == (2, 3.0, 2)
    assert again.append([Noted("on")], 13, 4)[0].number == 3
    assert again.verify() == 3


def test_an_event_is_written_once_also_within_one_post(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    event = Received(FakeRoom().event("notified"))
    assert len(log.append([event, event], 0, 0)) == 1
    assert log.append([event], 1, 1) == []
    assert log.verify() == 1


@pytest.mark.parametrize("statement", ["UPDATE log SET body = 'x'", "DELETE FROM log WHERE number = 2"])
def test_the_file_refuses_changes(tmp_path: Path, statement: str) -> None:
    log = Log(tmp_path / "log.db")
    log.append([Noted("a"), Noted("b"), Noted("c")], 0, 0)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        log.execute(statement)
    assert log.verify() == 3


@pytest.mark.parametrize(
    "statement",
    ["UPDATE log SET body = replace(body, 'b', 'x') WHERE number = 2", "DELETE FROM log WHERE number = 2"],
)
def test_a_change_behind_its_back_is_found(tmp_path: Path, statement: str) -> None:
    log = Log(tmp_path / "log.db")
    log.append([Noted("a"), Noted("b"), Noted("c")], 0, 0)
    for trigger in ("log_is_not_changed", "log_is_not_cut"):
        log.execute(f"DROP TRIGGER {trigger}")
    log.execute(statement)
    with pytest.raises(ModelIntegrityError, match=r"line [23] was changed or is missing"):
        log.verify()


def test_a_full_disk_confirms_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    log.append([Noted("a")], 0, 0)
    log.execute(f"PRAGMA max_page_count = {log.execute('PRAGMA page_count')[0][0]}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        log.append([Noted("x" * 300) for _ in range(500)], 1, 1)
    log.execute("PRAGMA max_page_count = 100000")
    assert log.append([Noted("b")], 2, 2)[0].number == 2
    assert log.verify() == 2


def test_one_hub_at_a_time(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    log.append([Noted("a")], 0, 0)
    with pytest.raises(InvalidInputError, match="end the hub that has it open"):
        Log(tmp_path / "log.db")


def test_what_is_to_be_sent_on_waits_with_its_line(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.db")
    log.append([Noted("a"), Noted("b")], 0, 0, outgoing=lambda line: f"line {line.number}" if line.number > 1 else None)
    assert log.unsent() == [(2, "line 2")]
    log.mark_sent(2)
    assert log.unsent() == []
