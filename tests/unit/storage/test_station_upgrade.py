"""A station's file of the first release is brought up to date with everything it holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.core.facts import Repeat
from station.core.journal import GENESIS_HASH, JournalEntry, chain_hash
from station.core.operators import Operator, Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyState, UnitState
from station.core.verdict import UnitChange, Verdict
from station.storage import station_db
from station.storage.journal_codec import encode
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.review_reader import ReviewReader
from station.storage.roster_reader import RosterReader
from station.storage.schema import alembic_config, upgrade
from station.storage.sqlite import migration_engine
from station.storage.station_schema import STATION
from tests.fakes.entries import QUARANTINED, entry, nameless, unit
from tests.fakes.replacing import replace

HELD = Verdict(VerdictClass.HOLD, Reason.KEY_UNKNOWN)
STANDS = Verdict(VerdictClass.QUARANTINE, Reason.UNIT_RECALLED)


def old_quarantine() -> JournalEntry:
    """A received unit that turned out to be elsewhere too, as the first release wrote it."""
    made = entry(
        4,
        replace(QUARANTINED, reason=Reason.DUPLICATE_OTHER_STATION),
        of=1,
    )
    facts = replace(
        made.facts,
        key_state=KeyState.ACTIVE,
        received_elsewhere="dock-7",
        claim_state=UnitState.RECEIVED,
        claim_station="dock-1",
        standing_class=VerdictClass.ACCEPT,
        standing_reason=Reason.OK,
    )
    return replace(made, facts=facts)


def again(number: int) -> JournalEntry:
    """A further read of one presentation."""
    made = entry(number, STANDS, of=1)
    return replace(made, facts=replace(made.facts, repeat=Repeat.SAME_PRESENTATION))


LINES = [entry(1), nameless(2), entry(3, HELD), old_quarantine(), again(5), entry(6)]


def upgrade_to(path: Path, revision: str) -> None:
    """Bring a file to the schema of an earlier release."""
    from alembic import command

    engine = migration_engine(path)
    with engine.begin() as made:
        config = alembic_config(STATION)
        config.attributes["connection"] = made
        command.upgrade(config, revision)
    engine.dispose()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of the first release, written as that release wrote it."""
    path = tmp_path / "station.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {STATION.application_id}")
    upgrade_to(path, "station_0001")
    link = GENESIS_HASH
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO meta VALUES ('station', 'dock-1')")
        for seq, line in enumerate(LINES, 1):
            body = encode(line)
            link = chain_hash(link, body)
            write(connection, seq, line, body, link)
    return path


def write(
    connection: sqlite3.Connection, seq: int, line: JournalEntry, body: bytes, link: bytes
) -> None:
    verdict, serial = line.verdict, line.identity.serial if line.identity else None
    rank, reason = int(verdict.verdict_class), verdict.reason.value
    connection.execute(
        "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (seq, line.scan_id, line.time_utc, rank, reason, line.gtin, serial, body, link),
    )
    if verdict.change is not UnitChange.NONE:
        state = 3 if verdict.change is UnitChange.RECEIVE else 5
        connection.execute(
            "INSERT OR REPLACE INTO claim VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (line.gtin, serial, state, line.station, line.scan_id, rank, reason, seq),
        )


def test_everything_is_kept_and_proves_sound(old: Path) -> None:
    upgrade(old, STATION)
    with JournalReader(old) as journal:
        assert prove(journal).finding is None
        assert list(journal.entries()) == LINES


def test_what_was_held_or_quarantined_is_under_review(old: Path) -> None:
    upgrade(old, STATION)
    with ReviewReader(old) as reviews:
        listed = reviews.open_items("", 10)
        assert [item.scan_id for item in listed] == [entry(3).scan_id, entry(4).scan_id]
        assert [item.of_unit for item in listed] == [False, True]
        (task,) = reviews.open_tasks("", 10)
        assert (task.place, task.identity) == ("dock-7", unit(1))


def test_a_quarantined_unit_remembers_that_it_was_received(old: Path) -> None:
    upgrade(old, STATION)
    store = station_db.open_store(old, signer=lambda _message: bytes(64))
    standing = store.find(unit(1))
    assert standing is not None
    assert (standing.state, standing.previous) == (UnitState.QUARANTINED, UnitState.RECEIVED)
    store.commit([entry(7)])
    store.close()
    with JournalReader(old) as journal:
        assert prove(journal).finding is None


def test_whoever_was_enrolled_reads_what_the_site_reads(old: Path) -> None:
    upgrade_to(old, "station_0007")
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute(
            "INSERT INTO operator VALUES (1, '01A', '2026-01-01', 'ANNA', 1, 1, 1, 'CHEF', 'added')"
        )
    upgrade(old, STATION)
    with closing(RosterReader(old)) as roster:
        assert roster.find("ANNA") == Operator("ANNA", Role.OPERATOR)


def test_the_journal_is_append_only_again(old: Path) -> None:
    upgrade(old, STATION)
    with (
        closing(sqlite3.connect(old)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute("DELETE FROM journal")


def test_a_file_whose_rows_refer_to_nothing_is_left_as_it_was(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("INSERT INTO outbox VALUES (99, 'receiving', 0, 0)")
    with pytest.raises(StorageError, match="refers to a missing one of journal"):
        upgrade(old, STATION)
    with closing(sqlite3.connect(old)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert "review" not in tables
        assert connection.execute("SELECT count(*) FROM journal").fetchone() == (len(LINES),)
