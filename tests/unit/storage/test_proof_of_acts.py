"""Whoever changes a standing, the review list or a fetch task by hand is found out."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from station.core.acts import ActKind
from station.core.journal import Entry
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyState, UnitState
from station.core.verdict import Verdict
from station.storage import station_db
from station.storage.journal_proof import Finding, Flaw, prove
from station.storage.journal_reader import JournalReader
from tests.fakes.entries import QUARANTINED, act, entry, standing
from tests.fakes.replacing import replace

HELD = Verdict(VerdictClass.HOLD, Reason.KEY_UNKNOWN)


def lines() -> list[Entry]:
    """A unit released, one taken back, one held, one received twice in the world."""
    quarantine = entry(1, QUARANTINED)
    duplicate = entry(4, replace(QUARANTINED, reason=Reason.DUPLICATE_OTHER_STATION))
    return [
        quarantine,
        act(11, ActKind.RELEASE, quarantine, leaves=standing(11, UnitState.RECEIVED)),
        entry(2),
        act(12, ActKind.UNDO, entry(2), leaves=None),
        entry(3, HELD),
        replace(duplicate, facts=replace(duplicate.facts, key_state=KeyState.ACTIVE)),
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    store = station_db.open_store(path, lambda _message: bytes(64))
    store.commit(lines())
    store.close()
    return path


def finding(path: Path) -> Finding | None:
    with JournalReader(path) as journal:
        return prove(journal).finding


def test_untouched_it_is_sound(path: Path) -> None:
    assert finding(path) is None


@pytest.mark.parametrize(
    ("statement", "seq", "flaw"),
    [
        ("UPDATE claim SET state = 5 WHERE seq = 2", 2, Flaw.CLAIM_DIFFERS),
        ("UPDATE claim SET previous = 3 WHERE seq = 2", 2, Flaw.CLAIM_DIFFERS),
        ("DELETE FROM claim WHERE seq = 2", 1, Flaw.CLAIM_DIFFERS),
        ("DELETE FROM claim WHERE state IS NULL", 3, Flaw.CLAIM_DIFFERS),
        (
            "UPDATE claim SET state = 3, scan_id = 'x' WHERE state IS NULL",
            4,
            Flaw.CLAIM_DIFFERS,
        ),
        ("UPDATE review SET ended_by = 'x' WHERE ended_by = ''", 5, Flaw.REVIEW_DIFFERS),
        ("UPDATE review SET ended_by = '' WHERE ended_by <> ''", 2, Flaw.REVIEW_DIFFERS),
        ("DELETE FROM review WHERE reason = 'KEY_UNKNOWN'", 5, Flaw.REVIEW_DIFFERS),
        (
            (
                "INSERT INTO review SELECT 'x', time_utc, read, verdict_class, reason, product,"
                " gtin, serial, of_unit, tote, ended_by, seq FROM review LIMIT 1"
            ),
            6,
            Flaw.REVIEW_DIFFERS,
        ),
        ("UPDATE task SET closed_by = 'x'", 6, Flaw.TASK_DIFFERS),
        ("UPDATE task SET place = 'elsewhere'", 6, Flaw.TASK_DIFFERS),
        ("DELETE FROM task", 6, Flaw.TASK_DIFFERS),
    ],
)
def test_what_was_changed_by_hand_is_named(
    path: Path, statement: str, seq: int, flaw: Flaw
) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement).rowcount > 0
    found = finding(path)
    assert found is not None
    assert (found.seq, found.flaw) == (seq, flaw)


def test_the_act_beside_an_entry_is_held_to_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET act = 'destroy' WHERE act = 'release'")
    found = finding(path)
    assert found is not None
    assert (found.seq, found.flaw) == (2, Flaw.COLUMN_DIFFERS)
