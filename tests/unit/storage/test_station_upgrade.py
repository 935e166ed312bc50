"""A station's file of the first release is brought up to date with everything it holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from station.core.acts import ActEntry
from station.core.crypto import hash_pin
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
from station.storage.notary import Notary
from station.storage.record_start import FOUND, begin_records
from station.storage.review_reader import ReviewReader
from station.storage.roster_reader import RosterReader
from station.storage.schema import alembic_config, upgrade
from station.storage.sqlite import migration_engine
from station.storage.station_schema import STATION
from tests.fakes.entries import QUARANTINED, entry, nameless, unit
from tests.fakes.notary import NOTARY, STATION_KEY
from tests.fakes.replacing import replace
from tests.fakes.shipments import GTIN

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


class TestRecords:
    """What an older release never journalled is noted as it is found, once."""

    @pytest.fixture
    def peopled(self, old: Path) -> Path:
        """ANNA was journalled, her PIN was not; CHEF not at all; a shipment waits."""
        upgrade_to(old, "station_0008")
        with closing(sqlite3.connect(old)) as connection, connection:
            columns = "scan_id, time_utc, name, role, badge, active, changed_by, what"
            for row in (
                ("01A", "2026-01-01", "ANNA", 1, 1, 1, "site-owner", "added"),
                ("01B", "2026-01-02", "CHEF", 3, 1, 1, "site-owner", "added"),
            ):
                connection.execute(
                    f"INSERT INTO operator ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row
                )
            kept = hash_pin("4711")
            connection.execute("INSERT INTO operator_pin VALUES ('CHEF', ?, 0, '')", (kept,))
            head = "(1, 'ASN-1', 'asn', '', 'waiting', 2, 'a.csv', '2026-01-03')"
            connection.execute(f"INSERT INTO shipment VALUES {head}")
            connection.execute(f"INSERT INTO shipment_line VALUES (1, 0, '', '{GTIN}', 2)")
            half = "(2, 'ASN-2', 'asn', '', 'importing', 2, 'a.csv', '2026-01-03')"
            connection.execute(f"INSERT INTO shipment VALUES {half}")
        upgrade(old, STATION)
        return old

    def proven(self, path: Path) -> tuple[str, ...]:
        with JournalReader(path) as journal:
            proof = prove(journal, check_signature=STATION_KEY.public_key.verify)
        return tuple(one.mend for one in proof.differences)

    def begin(self, path: Path) -> bool:
        begun = begin_records(path, NOTARY, "2026-02-01T00:00:00.000Z")
        with (
            closing(RosterReader(path)) as roster,
            closing(station_db.open_store(path, STATION_KEY.sign)) as store,
        ):
            if lines := roster.changes_to_journal():
                store.commit(lines)
        return begun

    def test_until_then_the_proof_says_what_is_due(self, peopled: Path) -> None:
        assert self.proven(peopled) == ("run 'station db upgrade'",)

    def test_what_stands_is_journalled_and_says_how_it_came_there(self, peopled: Path) -> None:
        assert self.begin(peopled)
        assert self.proven(peopled) == ()
        with JournalReader(peopled) as journal:
            acts = [one for one in journal.entries() if isinstance(one, ActEntry)]
        whole = [act for act in acts if act.person is not None or act.announced is not None]
        assert [(act.reference, act.operator) for act in whole] == [
            ("ANNA", "station"),
            ("CHEF", "station"),
            ("ASN-1", "station"),
        ]
        assert {act.reason_text for act in whole} == {FOUND}
        people = [act.person for act in whole if act.person is not None]
        assert [bool(person.pin) for person in people] == [False, True]
        assert [act.scan_id for act in acts if act not in whole] == ["01A", "01B"]

    def test_it_is_done_once(self, peopled: Path) -> None:
        assert self.begin(peopled)
        assert not self.begin(peopled)
        with closing(sqlite3.connect(peopled)) as connection:
            connection.execute("DROP TRIGGER operator_no_update")
            connection.execute("UPDATE operator SET role = 3 WHERE name = 'ANNA'")
            connection.execute("INSERT INTO meta VALUES ('records', 'due')")
            connection.commit()
        assert self.begin(peopled)
        assert self.proven(peopled), "begun anew, what is in the journal already speaks against it"

    def test_killed_before_it_is_done_nothing_is_noted(
        self, peopled: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Notary, "note_announced", killed)
            with pytest.raises(KeyboardInterrupt):
                begin_records(peopled, NOTARY, "2026-02-01T00:00:00.000Z")
        assert self.proven(peopled) == ("run 'station db upgrade'",)
        assert self.begin(peopled)
        assert self.proven(peopled) == ()

    def test_a_new_site_has_nothing_to_note(self, old: Path) -> None:
        upgrade(old, STATION)
        assert not self.begin(old)


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
