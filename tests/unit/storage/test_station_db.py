"""What the station's database keeps beyond the port's contract: chain, outbox, checkpoints."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest

from station.core.checkpoint import Checkpoint
from station.core.errors import ExitCode, StorageError
from station.core.journal import GENESIS_HASH, JournalEntry, chain_hash
from station.core.policy import SitePolicy, UnenrolledPolicy
from station.core.policy_keys import policy_text, versioned
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import Verdict
from station.storage import station_db
from station.storage.journal_codec import encode
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.station_db import SqliteStationStore
from tests.fakes.entries import QUARANTINED, RESCAN, entry, nameless, unit
from tests.fakes.replacing import replace


class Signer:
    """Signs by remembering."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    def __call__(self, message: bytes) -> bytes:
        self.messages.append(message)
        return len(self.messages).to_bytes(64, "big")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    return path


@pytest.fixture
def signer() -> Signer:
    return Signer()


@pytest.fixture
def store(path: Path, signer: Signer) -> Iterator[SqliteStationStore]:
    store = station_db.open_store(path, signer)
    yield store
    store.close()


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


class TestCreate:
    def test_nothing_but_the_database_is_left(self, path: Path) -> None:
        assert list(path.parent.iterdir()) == [path]

    def test_says_whose_it_is(self, store: SqliteStationStore) -> None:
        assert store.station == "dock-1"

    def test_never_replaces_one(self, path: Path) -> None:
        before = path.read_bytes()
        with pytest.raises(StorageError, match="exists already"):
            station_db.create(path, "dock-2")
        assert path.read_bytes() == before

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="folder") as caught:
            station_db.create(tmp_path / "none" / "station.db", "dock-1")
        assert caught.value.exit_code is ExitCode.DATABASE


class TestDurability:
    def test_the_journal_waits_for_the_disk(self, store: SqliteStationStore, path: Path) -> None:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        values = [store._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
        assert values == ["wal", 2, 1]
        (timeout_ms,) = store._connection.execute("PRAGMA busy_timeout").fetchone()
        assert 0 < timeout_ms < 60_000

    def test_a_copy_restored_without_wal_gets_it_back(self, path: Path, signer: Signer) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        station_db.open_store(path, signer).close()
        assert rows(path, "PRAGMA journal_mode") == [("wal",)]


class TestChain:
    def test_every_entry_is_bound_to_the_one_before(
        self, store: SqliteStationStore, path: Path
    ) -> None:
        batches = [[entry(1), nameless(2)], [entry(3)], [entry(4), entry(5)]]
        for batch in batches:
            store.commit(batch)
        link = GENESIS_HASH
        expected = []
        for seq, one in enumerate((one for batch in batches for one in batch), 1):
            link = chain_hash(link, encode(one))
            expected.append((seq, encode(one), link))
        assert rows(path, "SELECT seq, body, hash FROM journal ORDER BY seq") == expected
        assert store.head() == (5, link)

    def test_goes_on_where_it_stood(self, path: Path, signer: Signer) -> None:
        for number in range(1, 4):
            store = station_db.open_store(path, signer)
            assert store.head()[0] == number - 1
            store.commit([entry(number)])
            store.close()
        with JournalReader(path) as journal:
            assert prove(journal).finding is None

    def test_an_empty_journal_has_an_empty_head(self, store: SqliteStationStore) -> None:
        assert store.head() == (0, GENESIS_HASH)

    def test_a_refused_commit_leaves_the_head(self, store: SqliteStationStore) -> None:
        store.commit([entry(1)])
        head = store.head()
        with pytest.raises(StorageError):
            store.commit([entry(2), entry(3, of=1)])
        assert store.head() == head

    @pytest.mark.parametrize("table", ["journal", "checkpoint"])
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET seq = seq + 10", "DELETE FROM {}"], ids=["update", "delete"]
    )
    def test_rows_are_never_changed_by_a_slip(
        self, store: SqliteStationStore, path: Path, table: str, statement: str
    ) -> None:
        store.commit([nameless(1)])
        store.close()
        with (
            closing(sqlite3.connect(path)) as connection,
            pytest.raises(sqlite3.IntegrityError, match=f"the {table} is append-only"),
        ):
            connection.execute(statement.format(table))


class TestOutbox:
    def test_what_the_world_is_told_waits_in_it(
        self, store: SqliteStationStore, path: Path
    ) -> None:
        store.commit(
            [
                entry(1),
                nameless(2),
                entry(3, QUARANTINED),
                entry(4, RESCAN),
                entry(5, Verdict(VerdictClass.HOLD, Reason.KEY_UNKNOWN)),
            ]
        )
        assert rows(path, "SELECT seq, event_kind FROM outbox ORDER BY seq") == [
            (1, "receiving"),
            (3, "holding"),
            (5, "holding"),
        ]


class TestCheckpoints:
    def test_one_is_signed_for_every_thousand_entries_and_at_the_end(
        self, path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(station_db, "CHECKPOINT_ENTRIES", 10)
        store = station_db.open_store(path, signer)
        heads = {}
        for start in range(1, 28, 3):
            store.commit([entry(number) for number in range(start, start + 3)])
            heads[store.head()[0]] = store.head()[1]
        store.close()
        with JournalReader(path) as journal:
            kept = journal.checkpoints()
        assert [one.checkpoint.seq for one in kept] == [12, 24, 27]
        assert [one.checkpoint for one in kept] == [
            Checkpoint("dock-1", seq, heads[seq], entry(seq).time_utc) for seq in (12, 24, 27)
        ]
        assert [one.checkpoint.message() for one in kept] == signer.messages
        assert [one.signature for one in kept] == [
            number.to_bytes(64, "big") for number in (1, 2, 3)
        ]

    def test_a_thousand_is_a_thousand(self) -> None:
        assert station_db.CHECKPOINT_ENTRIES == 1000

    def test_closing_twice_or_without_news_signs_nothing_more(
        self, path: Path, signer: Signer
    ) -> None:
        store = station_db.open_store(path, signer)
        store.commit([entry(1)])
        store.close()
        store.close()
        station_db.open_store(path, signer).close()
        assert len(signer.messages) == 1

    def test_a_signer_that_fails_undoes_the_commit(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(station_db, "CHECKPOINT_ENTRIES", 1)
        failing = True

        def sign(_message: bytes) -> bytes:
            if failing:
                raise RuntimeError("no key")
            return bytes(64)

        store = station_db.open_store(path, sign)
        with pytest.raises(RuntimeError, match="no key"):
            store.commit([entry(1)])
        assert store.head() == (0, GENESIS_HASH)
        failing = False
        store.commit([entry(1)])
        store.close()
        assert rows(path, "SELECT seq FROM checkpoint") == [(1,)]


class TestOpening:
    def test_a_missing_file(self, tmp_path: Path, signer: Signer) -> None:
        with pytest.raises(StorageError, match=r"no database .*station init"):
            station_db.open_store(tmp_path / "station.db", signer)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        ("damage", "why"),
        [
            ("UPDATE journal SET body = x'00' WHERE seq = 3", "chain is broken at entry 3"),
            ("DELETE FROM journal WHERE seq = 2", "chain is broken at entry 3"),
            ("DELETE FROM journal WHERE seq = 3", "does not hold its last checkpoint 3"),
            ("DELETE FROM journal", "the journal is empty, its last checkpoint is 3"),
            ("DELETE FROM meta", "does not say whose it is"),
        ],
    )
    def test_a_journal_whose_end_is_not_what_was_written(
        self, path: Path, signer: Signer, damage: str, why: str
    ) -> None:
        store = station_db.open_store(path, signer)
        store.commit([nameless(1), nameless(2), nameless(3)])
        store.close()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER journal_no_update")
            connection.execute("DROP TRIGGER journal_no_delete")
            connection.execute(damage)
        with pytest.raises(StorageError, match=f"{why}.*station journal verify"):
            station_db.open_store(path, signer)

    def test_a_chain_made_to_fit_again_behind_a_checkpoint(
        self, path: Path, signer: Signer
    ) -> None:
        store = station_db.open_store(path, signer)
        store.commit([nameless(1)])
        store.close()
        body = encode(nameless(2))
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER journal_no_update")
            connection.execute(
                "UPDATE journal SET body = ?, hash = ?", (body, chain_hash(GENESIS_HASH, body))
            )
        with pytest.raises(StorageError, match="does not hold its last checkpoint 1"):
            station_db.open_store(path, signer)

    def test_a_file_another_program_writes_in(
        self, path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("station.storage.sqlite.BUSY_TIMEOUT_S", 0.01)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageError, match="another program holds it locked"):
                station_db.open_store(path, signer)
        station_db.open_store(path, signer).close()


def test_a_name_with_every_nuisance_is_a_file_like_any_other(
    tmp_path: Path, signer: Signer
) -> None:
    folder = tmp_path / "50% off? #1 & más; 'x'"
    folder.mkdir()
    path = folder / "station.db"
    station_db.create(path, "dock-1")
    store = station_db.open_store(path, signer)
    store.commit([entry(1)])
    assert store.find(unit(1)) is not None
    store.close()
    assert list(folder.iterdir()) == [path]


def test_looking_up_goes_on_while_a_commit_is_under_way(path: Path) -> None:
    """The signer, called inside the transaction, holds the commit open as a slow disk would."""
    inside, go_on = Barrier(2), Barrier(2)

    def slow(_message: bytes) -> bytes:
        inside.wait(60)
        go_on.wait(60)
        return bytes(64)

    store = station_db.open_store(path, lambda _message: bytes(64))
    store.commit([entry(1)])
    store.close()
    store = station_db.open_store(path, slow)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(station_db, "CHECKPOINT_ENTRIES", 1)
        writer = Thread(target=store.commit, args=([entry(2)],))
        writer.start()
        inside.wait(60)
        assert store.find(unit(1)) is not None
        assert store.find(unit(2)) is None
        go_on.wait(60)
        writer.join(60)
    assert store.find(unit(2)) is not None
    store.close()


def test_a_claim_with_values_nobody_knows_is_damage(store: SqliteStationStore, path: Path) -> None:
    store.commit([entry(1)])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE claim SET reason = 'TELEPATHY'")
    with pytest.raises(StorageError, match=r"is damaged: the claim of scan .*unknown value"):
        store.find(unit(1))


def test_hostile_text_is_only_text(store: SqliteStationStore, path: Path) -> None:
    hostile = replace(
        entry(1),
        source="'; DROP TABLE journal; --",
        scan_id="\x00\x1b[2J\u202e",
        payload=bytes(range(256)),
    )
    store.commit([hostile])
    with JournalReader(path) as journal:
        assert list(journal.entries()) == [hostile]
        assert journal.find("\x00\x1b[2J\u202e") == hostile


class TestPolicies:
    """What a verdict was decided by is kept with it, once, and cannot be changed."""

    POLICY = versioned(SitePolicy(unenrolled=UnenrolledPolicy.HOLD))

    def entries(self, *numbers: int) -> list[JournalEntry]:
        return [replace(entry(n), policy_version=self.POLICY.version) for n in numbers]

    def opened(self, path: Path, signer: Signer) -> SqliteStationStore:
        texts = {self.POLICY.version: policy_text(self.POLICY)}
        return station_db.open_store(path, signer, texts.get)

    def test_a_policy_is_kept_in_the_commit_that_names_it_and_once(
        self, path: Path, signer: Signer
    ) -> None:
        for numbers in ((1, 2), (3,)):
            with closing(self.opened(path, signer)) as store:
                store.commit(self.entries(*numbers))
                store.commit(self.entries(numbers[0] + 10))
        with JournalReader(path) as reader:
            assert reader.policies() == {self.POLICY.version: self.POLICY}

    def test_a_commit_that_fails_keeps_no_policy(self, path: Path, signer: Signer) -> None:
        with closing(self.opened(path, signer)) as store:
            with pytest.raises(StorageError):
                store.commit(self.entries(1, 1))
            with JournalReader(path) as reader:
                assert reader.policies() == {}
            store.commit(self.entries(1))
        with JournalReader(path) as reader:
            assert list(reader.policies()) == [self.POLICY.version]

    def test_a_policy_nobody_remembers_is_not_made_up(
        self, store: SqliteStationStore, path: Path
    ) -> None:
        store.commit(self.entries(1))
        with JournalReader(path) as reader:
            assert reader.policies() == {}

    @pytest.mark.parametrize("statement", ["UPDATE policy SET body = '{}'", "DELETE FROM policy"])
    def test_the_table_is_append_only(self, path: Path, signer: Signer, statement: str) -> None:
        with closing(self.opened(path, signer)) as store:
            store.commit(self.entries(1))
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            rows(path, statement)

    @pytest.mark.parametrize(
        ("body", "why"),
        [
            ('{"unenrolled":"accept_note"}', "it was changed"),
            ('{"unenroled":"hold"}', "unknown field"),
            ("[]", "is no policy"),
            ("{", "is no policy"),
        ],
    )
    def test_a_policy_that_was_changed_is_not_believed(
        self, path: Path, signer: Signer, body: str, why: str
    ) -> None:
        with closing(self.opened(path, signer)) as store:
            store.commit(self.entries(1))
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER policy_no_update")
            connection.execute("UPDATE policy SET body = ?", (body,))
        with JournalReader(path) as reader, pytest.raises(StorageError, match=why):
            reader.policies()
