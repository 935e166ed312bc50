"""Operators and shipments are what the journal says: whatever a hand changes in them is named."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from station.core.acts import ActEntry, sealed
from station.core.crypto import hash_pin
from station.core.journal import GENESIS_HASH, chain_hash
from station.core.operators import Operator, Role
from station.core.records import pin_digest
from station.core.shipments import Shipment, ShipmentKind, ShipmentLine
from station.storage import station_db
from station.storage.journal_codec import encode
from station.storage.journal_proof import Flaw, Proof, prove
from station.storage.journal_reader import JournalReader
from station.storage.operator_book import OperatorBook
from station.storage.record_proof import Difference, differences
from station.storage.roster_reader import RosterReader
from station.storage.shipment_book import SqliteShipmentBook
from tests.fakes.intake import FrozenClock
from tests.fakes.notary import NOTARY, STATION_KEY
from tests.fakes.operators import change
from tests.fakes.replacing import replace
from tests.fakes.shipments import GTIN, NOW, SSCC, asn, entry, facts, shipment_act
from tests.unit.storage.test_journal_proof import rechain, tamper

ANNA: Final = Operator("ANNA", Role.OPERATOR)
CHEF: Final = Operator("CHEF", Role.ADMIN)
PIN: Final = "4711"


def journal_noted(path: Path) -> None:
    with (
        closing(RosterReader(path)) as roster,
        closing(station_db.open_store(path, STATION_KEY.sign)) as store,
    ):
        lines = roster.changes_to_journal()
        if lines:
            store.commit(lines)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people of whom one has a PIN, an open shipment, a closed one and a replaced one."""
    path = tmp_path_factory.mktemp("untouched") / "station.db"
    station_db.create(path, "dock-1")
    with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
        book.record(change(ANNA, "added"), None)
        book.record(change(CHEF, "added"), None)
        book.record(change(CHEF, "new PIN"), CHEF, PIN)
        book.record(change(replace(ANNA, badge=2), "badge 2 drawn"), ANNA)
    named = ShipmentLine(GTIN, 3, frozenset({"A", "B"}), SSCC)
    first = Shipment("ASN-1", ShipmentKind.ASN, "nordic", (named,), (SSCC,))
    with closing(SqliteShipmentBook(path, NOTARY)) as shipments:
        shipments.add_all([first, asn("C", shipment_id="ASN-2")], "a.csv", NOW)
        shipments.add_all([asn("D", shipment_id="ASN-2")], "b.csv", NOW, replace=True)
    journal_noted(path)
    with closing(station_db.open_store(path, STATION_KEY.sign)) as store:
        store.commit([shipment_act("O1", "ASN-2")])
        store.commit([shipment_act("K1", "ASN-2", closes=True)])
        store.commit([shipment_act("O2", "ASN-1")])
        store.commit([entry("S1", facts("A"))])
    return path


@pytest.fixture
def path(untouched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(untouched, tmp_path))


def proof_of(path: Path) -> Proof:
    with JournalReader(path) as journal:
        return prove(journal, check_signature=STATION_KEY.public_key.verify)


def fast(path: Path) -> list[Difference]:
    """As the doctor looks: from the rows alone."""
    with JournalReader(path) as journal:
        return list(differences(journal, STATION_KEY.public_key.verify))


def test_what_was_done_by_the_programs_is_sound(path: Path) -> None:
    proof = proof_of(path)
    assert (proof.finding, proof.differences) == (None, ())
    assert fast(path) == []


def test_what_is_noted_and_not_yet_journalled_is_sound_too(path: Path) -> None:
    with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
        book.record(change(CHEF, "new PIN"), CHEF, "908172")
    with closing(SqliteShipmentBook(path, NOTARY)) as shipments:
        shipments.add_all([asn("Z", shipment_id="ASN-3")], "c.csv", NOW)
    assert proof_of(path).differences == ()
    journal_noted(path)
    assert proof_of(path).differences == ()


def sql(statement: str) -> Callable[[sqlite3.Connection], object]:
    return lambda db: db.executescript(statement)


ANNAS: Final = "UPDATE operator SET {} WHERE badge = 2"
FORGED_PERSON: Final = """
INSERT INTO operator
SELECT 99, 'FORGED', time_utc, name, 3, badge, 1, 'CHEF', 'is admin now', ''
FROM operator WHERE badge = 2
"""
FORGED_SHIPMENT: Final = """
INSERT INTO shipment
SELECT 99, 'NEW', kind, seller, 'waiting', 1, source, imported_utc FROM shipment WHERE number = 1
"""
FIRST: Final = "UPDATE shipment SET {} WHERE number = 1"
A_LINE: Final = "UPDATE shipment_line SET unnamed = 5 WHERE number = 1"
A_UNIT: Final = f"INSERT INTO shipment_unit VALUES ('{GTIN}', 'X', 1, 0)"
A_PIN: Final = "INSERT INTO operator_pin VALUES ('EVE', 'x', 0, '')"
AN_OPENER: Final = "UPDATE shipment_event SET operator = 'EVE' WHERE event = 1"
REOPENED: Final = "UPDATE shipment SET state = 'waiting' WHERE number = 3"


@pytest.mark.parametrize(
    ("statement", "table", "field", "said", "found"),
    [
        (ANNAS.format("role = 3"), "operator", "role", "1", "3"),
        (ANNAS.format("badge = 9"), "operator", "badge", "2", "9"),
        (ANNAS.format("active = 0"), "operator", "active", "1", "0"),
        (ANNAS.format("language = 'zh'"), "operator", "language", "empty", "zh"),
        (ANNAS.format("name = 'EVE'"), "operator", "name", "ANNA", "EVE"),
        (ANNAS.format("what = 'x'"), "operator", "what", "badge 2 drawn", "x"),
        (FORGED_PERSON, "operator", "the row", "nothing", "there"),
        ("DELETE FROM operator_pin", "operator_pin", "PIN", "one of digest", "none"),
        (A_PIN, "operator_pin", "the row", "nothing", "there"),
        (FIRST.format("expected = 9"), "shipment", "expected", "3", "9"),
        (FIRST.format("seller = 'x'"), "shipment", "seller", "nordic", "x"),
        (FIRST.format("state = 'closed'"), "shipment", "state", "open", "closed"),
        (REOPENED, "shipment", "state", "closed", "waiting"),
        (A_LINE, "shipment_line", "lines", "1", "1"),
        ("DELETE FROM shipment_unit WHERE serial = 'B'", "shipment_unit", "units", "2", "1"),
        (A_UNIT, "shipment_unit", "units", "2", "3"),
        ("DELETE FROM shipment_sscc", "shipment_sscc", "ssccs", "1", "0"),
        (FORGED_SHIPMENT, "shipment", "the row", "nothing", "there"),
        (AN_OPENER, "shipment_event", "operator", "ANNA", "EVE"),
    ],
)
def test_a_changed_row_is_named(
    path: Path, statement: str, table: str, field: str, said: str, found: str
) -> None:
    tamper(path, sql(statement))
    proof = proof_of(path)
    assert proof.finding is not None
    assert proof.finding.flaw is Flaw.RECORD_DIFFERS
    for seen in (proof.differences, fast(path)):
        one = next(one for one in seen if (one.table, one.field) == (table, field))
        assert one.journal.startswith(said)
        assert one.found.startswith(found)
        assert ends_in_what_to_do(one.mend)


def ends_in_what_to_do(mend: str) -> bool:
    return any(word in mend for word in ("db restore", "operator pin", "db upgrade"))


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("DELETE FROM operator WHERE badge = 2", "operator"),
        ("DELETE FROM operator; DELETE FROM operator_pin; DELETE FROM noted", "operator"),
        ("DELETE FROM shipment_event WHERE event = 2", "shipment_event"),
        ("DELETE FROM shipment WHERE number = 2", "shipment"),
        ("DELETE FROM shipment_scan", "shipment_scan"),
        ("INSERT INTO shipment_scan VALUES ('ASN-2', 2)", "shipment_scan"),
    ],
)
def test_a_row_that_is_gone_or_too_many_is_named(path: Path, statement: str, table: str) -> None:
    tamper(path, lambda db: db.executescript(f"PRAGMA foreign_keys = OFF; {statement}"))
    assert table in {one.table for one in proof_of(path).differences}


def test_another_pin_is_named_and_a_new_one_mends_it(path: Path) -> None:
    tamper(
        path,
        lambda db: db.execute("UPDATE operator_pin SET pin_hash = ?", (hash_pin("908172"),)),
    )
    (one,) = proof_of(path).differences
    assert (one.table, one.row) == ("operator_pin", "CHEF")
    assert one.mend.endswith("station operator pin CHEF")
    with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
        book.record(change(CHEF, "new PIN"), CHEF, "351907")
    journal_noted(path)
    assert proof_of(path).differences == ()


def test_wrong_tries_are_no_record(path: Path) -> None:
    tamper(path, sql("UPDATE operator_pin SET wrong = 4, tried_utc = '2026-01-01'"))
    assert proof_of(path).differences == ()


class TestWithoutTheStationsKey:
    """Somebody who can write the file makes row, note and even the chain fit."""

    def forged(self, path: Path) -> ActEntry:
        with JournalReader(path) as journal:
            acts = [one for one in journal.entries() if isinstance(one, ActEntry)]
        real = [act for act in acts if act.reference == "ANNA"][-1]
        assert real.person is not None
        promoted = replace(real.person, role=Role.ADMIN)
        return replace(real, scan_id="Z" * 26, person=promoted, reason_text="is admin now")

    def insert(self, db: sqlite3.Connection, act: ActEntry) -> None:
        person = act.person
        assert person is not None
        row = (act.scan_id, act.time_utc, "ANNA", 3, person.badge, 1, act.operator, act.reason_text)
        db.execute("INSERT INTO operator VALUES (77, ?, ?, ?, ?, ?, ?, ?, ?, '')", row)

    def test_a_note_of_ones_own_is_not_journalled_and_named(self, path: Path) -> None:
        act = self.forged(path)

        def forge(db: sqlite3.Connection) -> None:
            self.insert(db, act)
            db.execute(
                "INSERT INTO noted VALUES (?, 'operator ANNA', ?)", (act.scan_id, encode(act))
            )

        tamper(path, forge)
        found = {(one.table, one.field) for one in proof_of(path).differences}
        assert found == {("noted", "seal"), ("operator", "seal")}

    def test_a_line_appended_to_the_chain_has_no_seal(self, path: Path) -> None:
        act = self.forged(path)
        with JournalReader(path) as journal:
            seq, link = journal.head()
        body = encode(act)

        def forge(db: sqlite3.Connection) -> None:
            self.insert(db, act)
            db.execute(
                "INSERT INTO journal VALUES (?, ?, ?, NULL, NULL, NULL, NULL, ?, ?, ?)",
                (seq + 1, act.scan_id, act.time_utc, act.kind.value, body, chain_hash(link, body)),
            )

        tamper(path, forge)
        found = {(one.table, one.field) for one in proof_of(path).differences}
        assert found == {("operator", "seal")}

    def test_a_real_line_changed_and_the_chain_made_to_fit(self, path: Path) -> None:
        with JournalReader(path) as journal:
            stored = next(journal.stored())
            act = stored.entry()
        assert isinstance(act, ActEntry)
        assert act.person is not None
        body = encode(replace(act, person=replace(act.person, role=Role.ADMIN)))

        def forge(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM checkpoint")
            db.execute("UPDATE operator SET role = 3 WHERE scan_id = ?", (act.scan_id,))
            db.execute("UPDATE journal SET body = ? WHERE seq = 1", (body,))
            db.execute(
                "UPDATE journal SET hash = ? WHERE seq = 1", (chain_hash(GENESIS_HASH, body),)
            )
            rechain(db, 2)

        tamper(path, forge)
        found = {(one.table, one.field) for one in proof_of(path).differences}
        assert found == {("operator", "seal")}


def test_nothing_in_the_journal_lets_a_pin_be_tried(path: Path) -> None:
    """The digest is over the salted hash: without the salt, which stays here, no guess has one."""
    with closing(sqlite3.connect(path)) as connection:
        (kept,) = connection.execute("SELECT pin_hash FROM operator_pin").fetchone()
        bodies = [body for (body,) in connection.execute("SELECT body FROM journal")]
    salt = kept.split("$")[4].encode()
    assert not any(salt in body or kept.encode() in body for body in bodies)
    digest = pin_digest("CHEF", kept).encode()
    assert any(digest in body for body in bodies)
    assert pin_digest("CHEF", hash_pin(PIN)).encode() != digest


def test_a_seal_covers_all_that_a_record_says(path: Path) -> None:
    with JournalReader(path) as journal:
        acts = [one for one in journal.entries() if isinstance(one, ActEntry)]
    act = next(one for one in acts if one.announced is not None)
    assert act.announced is not None
    check = STATION_KEY.public_key.verify
    assert check(act.seal, sealed(act))
    for other in (
        replace(act, announced=replace(act.announced, expected=99)),
        replace(act, scan_id="X"),
        replace(act, reference="ASN-9"),
        replace(act, time_utc="2027"),
        replace(act, operator="EVE"),
    ):
        assert not check(act.seal, sealed(other))
