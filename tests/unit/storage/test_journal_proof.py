"""Every way of tampering with a journal is noticed, at the first entry it touches."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.journal import chain_hash
from station.intake.committer import MAX_BATCH
from station.storage import journal_proof, station_db
from station.storage.journal_codec import encode
from station.storage.journal_proof import Finding, Flaw, Proof, prove
from station.storage.journal_reader import JournalReader
from tests.fakes.entries import QUARANTINED, entry, nameless
from tests.fakes.replacing import replace

KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))
OTHER_KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(1, 33)))
ENTRIES = 12

Tampering = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of twelve entries, the checkpoint at the last; unit 1 was quarantined later."""
    path = tmp_path_factory.mktemp("untouched") / "station.db"
    station_db.create(path, "dock-1")
    store = station_db.open_store(path, KEY.sign)
    store.commit([entry(1), nameless(2)])
    store.commit([entry(number) for number in range(3, ENTRIES)])
    store.commit([entry(ENTRIES, QUARANTINED, of=1, after=entry(1))])
    store.close()
    return path


@pytest.fixture
def path(untouched: Path, tmp_path: Path) -> Path:
    """A copy of it to tamper with."""
    return Path(shutil.copy(untouched, tmp_path))


def tamper(path: Path, how: Tampering) -> None:
    """Change the file as somebody with the file and SQLite's shell would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        how(connection)


def proof_of(path: Path, known_head: tuple[int, bytes] | None = None) -> Proof:
    with JournalReader(path) as journal:
        return prove(journal, known_head=known_head, check_signature=KEY.public_key.verify)


def finding_of(path: Path, known_head: tuple[int, bytes] | None = None) -> Finding:
    finding = proof_of(path, known_head).finding
    assert finding is not None
    return finding


def head_of(path: Path) -> tuple[int, bytes]:
    with JournalReader(path) as journal:
        return journal.head()


def rechain(connection: sqlite3.Connection, first: int) -> None:
    """Make the chain fit again from an entry on, as a careful forger would."""
    (link,) = connection.execute("SELECT hash FROM journal WHERE seq = ?", (first - 1,)).fetchone()
    for seq, body in connection.execute(
        "SELECT seq, body FROM journal WHERE seq >= ? ORDER BY seq", (first,)
    ).fetchall():
        link = chain_hash(link, body)
        connection.execute("UPDATE journal SET hash = ? WHERE seq = ?", (link, seq))


def test_an_untouched_journal_is_sound(path: Path) -> None:
    proof = proof_of(path, head_of(path))
    assert proof.finding is None
    assert (proof.entries, proof.head_seq, proof.checkpoints) == (ENTRIES, ENTRIES, 1)
    assert (proof.head_seq, proof.head_hash) == head_of(path)


def test_an_empty_journal_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    proof = proof_of(path)
    assert proof.finding is None
    assert (proof.entries, proof.head_seq) == (0, 0)


def test_an_empty_journal_is_short_of_a_known_head(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    finding = finding_of(path, (3, bytes(32)))
    assert (finding.seq, finding.flaw) == (1, Flaw.TRUNCATED)


def set_body(seq: int, body: bytes) -> Tampering:
    return lambda db: db.execute("UPDATE journal SET body = ? WHERE seq = ?", (body, seq))


def sql(statement: str) -> Tampering:
    return lambda db: db.executescript(statement)


def swap(first: int, second: int, columns: str) -> Tampering:
    """Exchange what two rows hold in some columns."""

    def swapped(db: sqlite3.Connection) -> None:
        read = f"SELECT {columns} FROM journal WHERE seq = ?"
        rows = [db.execute(read, (seq,)).fetchone() for seq in (first, second)]
        db.execute(
            "UPDATE journal SET scan_id = scan_id || 'x' WHERE seq IN (?, ?)", (first, second)
        )
        sets = ", ".join(f"{column} = ?" for column in columns.split(", "))
        for seq, row in zip((first, second), reversed(rows), strict=True):
            db.execute(f"UPDATE journal SET {sets} WHERE seq = ?", (*row, seq))

    return swapped


ALL = "scan_id, time_utc, verdict_class, reason, gtin, serial, body, hash"
WITHOUT_HASH = "scan_id, time_utc, verdict_class, reason, gtin, serial, body"


@pytest.mark.parametrize(
    ("how", "seq", "flaw"),
    [
        pytest.param(set_body(5, encode(entry(99))), 5, Flaw.CHANGED, id="another body"),
        pytest.param(set_body(1, encode(entry(99))), 1, Flaw.CHANGED, id="first body"),
        pytest.param(set_body(12, b"{}"), 12, Flaw.CHANGED, id="last body"),
        pytest.param(
            sql("UPDATE journal SET hash = zeroblob(32) WHERE seq = 5"), 5, Flaw.CHANGED, id="hash"
        ),
        pytest.param(
            sql("DELETE FROM journal WHERE seq = 5"), 5, Flaw.REMOVED, id="one row deleted"
        ),
        pytest.param(
            sql("DELETE FROM journal WHERE seq BETWEEN 1 AND 3"), 1, Flaw.REMOVED, id="first rows"
        ),
        pytest.param(
            sql(
                "DELETE FROM journal WHERE seq = 5;"
                "UPDATE journal SET seq = -seq WHERE seq > 5;"
                "UPDATE journal SET seq = -seq - 1 WHERE seq < 0"
            ),
            5,
            Flaw.CHANGED,
            id="one row deleted and the rest renumbered",
        ),
        pytest.param(
            sql("UPDATE journal SET seq = 0 WHERE seq = 5"), 0, Flaw.ADDED, id="number before 1"
        ),
        pytest.param(swap(5, 9, ALL), 5, Flaw.REORDERED, id="two rows exchanged"),
        pytest.param(swap(5, 6, ALL), 5, Flaw.REORDERED, id="neighbours exchanged"),
        pytest.param(swap(5, 9, WITHOUT_HASH), 5, Flaw.REORDERED, id="bodies exchanged"),
        pytest.param(swap(1, 12, ALL), 1, Flaw.REORDERED, id="first and last exchanged"),
        pytest.param(
            sql("UPDATE journal SET scan_id = 'x' WHERE seq = 5"), 5, Flaw.COLUMN_DIFFERS, id="scan"
        ),
        pytest.param(
            sql("UPDATE journal SET time_utc = '' WHERE seq = 5"), 5, Flaw.COLUMN_DIFFERS, id="time"
        ),
        pytest.param(
            sql("UPDATE journal SET verdict_class = 0 WHERE seq = 12"),
            12,
            Flaw.COLUMN_DIFFERS,
            id="class",
        ),
        pytest.param(
            sql("UPDATE journal SET reason = 'OK' WHERE seq = 12"),
            12,
            Flaw.COLUMN_DIFFERS,
            id="reason",
        ),
        pytest.param(
            sql("UPDATE journal SET gtin = NULL WHERE seq = 5"), 5, Flaw.COLUMN_DIFFERS, id="gtin"
        ),
        pytest.param(
            sql("UPDATE journal SET serial = 'S' WHERE seq = 2"),
            2,
            Flaw.COLUMN_DIFFERS,
            id="serial",
        ),
        pytest.param(sql("DELETE FROM journal WHERE seq > 8"), 9, Flaw.TRUNCATED, id="end cut off"),
        pytest.param(
            sql("DELETE FROM claim WHERE serial = 'S000000000005'"),
            5,
            Flaw.CLAIM_DIFFERS,
            id="claim deleted, which lets a copy in",
        ),
        pytest.param(
            sql("UPDATE claim SET state = 3, reason = 'OK', verdict_class = 0 WHERE seq = 12"),
            12,
            Flaw.CLAIM_DIFFERS,
            id="quarantine lifted by hand",
        ),
        pytest.param(
            sql("UPDATE claim SET seq = 1 WHERE seq = 12"), 1, Flaw.CLAIM_DIFFERS, id="claim moved"
        ),
        pytest.param(
            sql(
                "INSERT INTO claim SELECT gtin, 'NEVER-MET', state, previous, station, scan_id,"
                " verdict_class, reason, seq FROM claim WHERE seq = 5"
            ),
            12,
            Flaw.CLAIM_DIFFERS,
            id="claim of a unit never met",
        ),
        pytest.param(
            sql("UPDATE checkpoint SET hash = zeroblob(32)"),
            12,
            Flaw.CHECKPOINT_FORGED,
            id="checkpoint changed",
        ),
        pytest.param(
            sql("UPDATE checkpoint SET signature = zeroblob(64)"),
            12,
            Flaw.CHECKPOINT_FORGED,
            id="signature changed",
        ),
        pytest.param(
            sql("UPDATE checkpoint SET time_utc = '2030'"),
            12,
            Flaw.CHECKPOINT_FORGED,
            id="checkpoint redated",
        ),
        pytest.param(
            sql("UPDATE checkpoint SET seq = -1"), -1, Flaw.CHECKPOINT_FORGED, id="checkpoint -1"
        ),
        pytest.param(
            sql("UPDATE meta SET value = 'dock-2'"), 12, Flaw.CHECKPOINT_FORGED, id="other station"
        ),
        pytest.param(
            sql("UPDATE checkpoint SET seq = 11"), 11, Flaw.CHECKPOINT_FORGED, id="checkpoint moved"
        ),
    ],
)
def test_tampering_is_noticed(path: Path, how: Tampering, seq: int, flaw: Flaw) -> None:
    tamper(path, how)
    finding = finding_of(path)
    assert (finding.seq, finding.flaw) == (seq, flaw)


def test_bytes_kept_as_text_are_still_the_same_bytes(path: Path) -> None:
    tamper(path, sql("UPDATE journal SET body = CAST(body AS TEXT)"))
    assert proof_of(path).finding is None


def rewrite(path: Path) -> None:
    """Change entry 11 where no column shows it, and make the chain fit again."""

    def forged(db: sqlite3.Connection) -> None:
        set_body(11, encode(replace(entry(11), source="elsewhere")))(db)
        rechain(db, 11)

    tamper(path, forged)


def test_a_chain_made_to_fit_again_differs_from_the_signed_checkpoint(path: Path) -> None:
    rewrite(path)
    finding = finding_of(path)
    assert (finding.seq, finding.flaw) == (12, Flaw.REWRITTEN)
    assert "signed checkpoint" in finding.text


def test_with_the_checkpoint_taken_away_it_differs_from_a_head_kept_elsewhere(path: Path) -> None:
    kept = head_of(path)
    rewrite(path)
    tamper(path, sql("DELETE FROM checkpoint"))
    assert proof_of(path).finding is None, "only the head that was kept shows it"
    finding = finding_of(path, kept)
    assert (finding.seq, finding.flaw) == (12, Flaw.REWRITTEN)
    assert "kept elsewhere" in finding.text


def test_a_long_journal_without_its_checkpoints_is_not_sound(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_proof, "MAX_UNSIGNED", 11)
    assert proof_of(path).finding is None, "the last of twelve is signed"
    rewrite(path)
    tamper(path, sql("DELETE FROM checkpoint"))
    finding = finding_of(path)
    assert (finding.seq, finding.flaw) == (1, Flaw.CHECKPOINT_MISSING)


def test_no_station_leaves_so_many_entries_without_a_checkpoint() -> None:
    longest = station_db.CHECKPOINT_ENTRIES + MAX_BATCH
    assert longest <= journal_proof.MAX_UNSIGNED


def test_the_end_cut_off_with_its_checkpoint_is_short_of_a_head_kept_elsewhere(path: Path) -> None:
    kept = head_of(path)
    tamper(
        path,
        sql(
            "DELETE FROM checkpoint; DELETE FROM outbox WHERE seq > 10;"
            "DELETE FROM claim WHERE seq > 10; DELETE FROM journal WHERE seq > 10;"
            "DELETE FROM review WHERE seq > 10;"
            "INSERT INTO claim SELECT gtin, serial, 3, NULL, 'dock-1', scan_id, 0, 'OK', 1"
            " FROM journal WHERE seq = 1"
        ),
    )
    assert proof_of(path).finding is None, "what was cut off clean shows by the kept head alone"
    finding = finding_of(path, kept)
    assert (finding.seq, finding.flaw) == (11, Flaw.TRUNCATED)
    assert "entry 12" in finding.text


def test_checkpoints_signed_by_another_key_are_refused(path: Path) -> None:
    with JournalReader(path) as journal:
        proof = prove(journal, check_signature=OTHER_KEY.public_key.verify)
    assert proof.finding is not None
    assert proof.finding.flaw is Flaw.CHECKPOINT_FORGED


def test_without_a_key_signatures_are_said_to_be_unchecked(path: Path) -> None:
    with JournalReader(path) as journal:
        proof = prove(journal)
    assert proof.finding is None
    assert not proof.signatures_checked


def test_an_entry_of_a_newer_release_is_unreadable_not_tampered_with(path: Path) -> None:
    def newer(db: sqlite3.Connection) -> None:
        body = encode(entry(11)).replace(b'"schema":1', b'"schema":2')
        set_body(11, body)(db)
        rechain(db, 11)
        db.execute("DELETE FROM checkpoint")

    tamper(path, newer)
    finding = finding_of(path)
    assert (finding.seq, finding.flaw) == (11, Flaw.UNREADABLE)
    assert "newer release" in finding.text


def test_the_journal_may_be_written_while_it_is_proved(path: Path) -> None:
    store = station_db.open_store(path, KEY.sign)
    with JournalReader(path) as journal:
        with journal.one_moment():
            assert journal.head()[0] == ENTRIES
            store.commit([entry(100), entry(101, QUARANTINED, of=3, after=entry(3))])
            assert journal.head()[0] == ENTRIES
        assert prove(journal).finding is None
        assert journal.head()[0] == ENTRIES + 2
    store.close()
