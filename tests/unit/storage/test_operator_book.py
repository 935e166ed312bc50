"""Operators in a file: tries survive restarts, clocks and races; of a PIN nothing is readable."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from station.core.crypto import hash_pin
from station.core.errors import ConfigurationError, NotIdentifiedError, StorageError
from station.core.operators import FREE_TRIES, Operator, Role
from station.storage import operator_book, station_db
from station.storage.operator_book import OperatorBook
from station.storage.roster_reader import RosterReader
from tests.fakes.intake import FrozenClock
from tests.fakes.notary import NOTARY
from tests.fakes.operators import change

ANNA: Final = Operator("ANNA", Role.ADMIN)
PIN: Final = "4711"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
        book.record(change(ANNA), None, PIN)
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison that costs nothing, where the count of tries is what matters."""
    monkeypatch.setattr(operator_book, "is_pin", lambda pin, _kept: pin == PIN)


def refusal(path: Path, pin: str, utc: str) -> str:
    """Why somebody is refused by a process that has just started; ``""`` if not at all."""
    with closing(OperatorBook(path, FrozenClock(utc=utc), NOTARY)) as book:
        try:
            book.identify("ANNA", pin)
        except NotIdentifiedError as error:
            return str(error)
        return ""


def at(second: int) -> str:
    return f"2026-01-01T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000Z"


@pytest.mark.usefixtures("quick")
class TestTries:
    def test_the_wait_survives_restarts_and_doubles(self, path: Path) -> None:
        for n in range(FREE_TRIES - 1):
            assert f"tries left: {FREE_TRIES - 1 - n}" in refusal(path, "9517", at(0))
        assert "wait 30 s" in refusal(path, "9517", at(0))
        assert "wait 30 s" in refusal(path, PIN, at(0))
        assert "wait 1 s" in refusal(path, PIN, at(29))
        assert "wait 60 s" in refusal(path, "9517", at(30))
        assert "wait 60 s" in refusal(path, PIN, at(30))
        assert not refusal(path, PIN, at(90))
        assert "tries left: 4" in refusal(path, "9517", at(90))

    def test_while_one_waits_no_try_is_counted(self, path: Path) -> None:
        for _ in range(FREE_TRIES):
            refusal(path, "9517", at(0))
        for second in range(30):
            assert "too many" in refusal(path, "9517", at(second))
        assert not refusal(path, PIN, at(30))

    def test_a_clock_put_back_neither_shortens_the_wait_nor_lengthens_it(self, path: Path) -> None:
        for _ in range(FREE_TRIES):
            refusal(path, "9517", at(3600))
        assert "wait 30 s" in refusal(path, PIN, at(0))
        assert "wait 30 s" in refusal(path, PIN, at(3599))
        assert not refusal(path, PIN, at(3630))

    def test_a_damaged_moment_does_not_let_in(self, path: Path) -> None:
        for _ in range(FREE_TRIES):
            refusal(path, "9517", at(0))
        change_file(path, "UPDATE operator_pin SET tried_utc = 'long ago'")
        assert "wait 30 s" in refusal(path, PIN, at(3600))

    def test_a_try_is_counted_before_it_is_judged(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever kills the program while it works gains nothing."""

        def killed(_pin: str, _kept: str) -> bool:
            raise KeyboardInterrupt

        monkeypatch.setattr(operator_book, "is_pin", killed)
        for _ in range(FREE_TRIES):
            with (
                closing(OperatorBook(path, FrozenClock(), NOTARY)) as book,
                pytest.raises(KeyboardInterrupt),
            ):
                book.identify("ANNA", PIN)
        assert "too many wrong PINs" in refusal(path, PIN, FrozenClock().utc)

    def test_many_at_once_have_no_more_tries(self, path: Path) -> None:
        said: list[str] = []
        together = threading.Barrier(12)

        def ask() -> None:
            together.wait()
            said.append(refusal(path, "9517", at(0)))

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum("that is not" in why for why in said) == FREE_TRIES
        assert sum("too many" in why for why in said) == 12 - FREE_TRIES

    def test_a_new_pin_forgives(self, path: Path) -> None:
        for _ in range(FREE_TRIES):
            refusal(path, "9517", at(0))
        with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
            book.record(change(ANNA, "new PIN"), ANNA, PIN)
        assert not refusal(path, PIN, at(0))


def test_nothing_of_a_pin_is_in_the_files(path: Path) -> None:
    with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
        book.record(change(ANNA), ANNA, "908172635401")
        assert book.identify("ANNA", "908172635401").proven
    for file in path.parent.iterdir():
        assert b"908172635401" not in file.read_bytes()


def test_the_old_hash_goes_with_the_old_pin(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (old,) = connection.execute("SELECT pin_hash FROM operator_pin").fetchone()
        with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
            book.record(change(ANNA), ANNA, "908172")
        rows = connection.execute("SELECT pin_hash FROM operator_pin").fetchall()
    assert len(rows) == 1
    assert rows != [(old,)]


def test_two_admins_at_once_do_not_undo_each_other(path: Path) -> None:
    with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
        book.record(change(replace(ANNA, badge=2)), ANNA)
        with pytest.raises(ConfigurationError, match="changed by somebody else meanwhile"):
            book.record(change(replace(ANNA, role=Role.OPERATOR)), ANNA)
    with closing(RosterReader(path)) as roster:
        assert roster.find("ANNA") == replace(ANNA, badge=2)


def test_a_change_that_fails_changes_neither_operator_nor_pin(path: Path) -> None:
    taken = change(replace(ANNA, badge=2))
    with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
        book.record(taken, ANNA)
        again = replace(taken, after=replace(ANNA, badge=3))
        with pytest.raises(StorageError):
            book.record(again, replace(ANNA, badge=2), "908172")
        assert book.identify("ANNA", PIN).proven


@pytest.mark.parametrize("statement", ["UPDATE operator SET role = 3", "DELETE FROM operator"])
def test_what_was_changed_stays_on_record(path: Path, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        change_file(path, statement)


@pytest.mark.parametrize(
    "values", ["'X', 't', 'ANNA', 9, 1, 1, '', ''", "'X', 't', 'ANNA', 1, 'one', 1, '', ''"]
)
def test_a_row_that_makes_no_sense_is_damage(path: Path, values: str) -> None:
    columns = "scan_id, time_utc, name, role, badge, active, changed_by, what"
    change_file(path, f"INSERT INTO operator ({columns}) VALUES ({values})")
    with closing(RosterReader(path)) as roster:
        for look in (lambda: roster.find("ANNA"), roster.all):
            with pytest.raises(StorageError, match="it is damaged"):
                look()
        change_file(path, "INSERT INTO noted VALUES ('Y', 'operator ANNA', x'7b7d')")
        with pytest.raises(StorageError, match="it is damaged"):
            roster.changes_to_journal()
    with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book, pytest.raises(StorageError):
        book.identify("ANNA", PIN)


def change_file(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


class TestWithoutTheStationsKey:
    """What a hand wrote into the file counts nowhere, until the admin has looked."""

    def identified(self, path: Path, pin: str = "") -> bool:
        return not refusal(path, pin, FrozenClock().utc)

    def found(self, path: Path) -> Operator | None:
        with closing(RosterReader(path, NOTARY.check)) as roster:
            return roster.find("ANNA")

    def test_another_role_is_none(self, path: Path) -> None:
        assert (self.identified(path, PIN), self.found(path)) == (True, ANNA)
        change_file(path, "DROP TRIGGER operator_no_update")
        change_file(path, "UPDATE operator SET role = 2")
        assert "does not stand as this station journalled" in refusal(path, PIN, at(0))
        assert self.found(path) is None

    def test_a_row_or_note_of_ones_own_is_none(self, path: Path) -> None:
        columns = "time_utc, name, role, badge, active, changed_by, what, language"
        forged = columns.replace("role", "3")
        change_file(
            path,
            f"INSERT INTO operator (scan_id, {columns}) SELECT 'Z', {forged} FROM operator",
        )
        assert self.found(path) is None
        change_file(path, "INSERT INTO noted SELECT 'Z', subject, body FROM noted")
        assert self.found(path) is None
        assert "does not stand" in refusal(path, PIN, at(0))

    def test_another_pin_or_none_proves_nothing_until_an_admin_sets_a_new_one(
        self, path: Path
    ) -> None:
        change_file(path, "DELETE FROM operator_pin")
        assert "does not stand" in refusal(path, "", at(0)), "as somebody who has no PIN"
        change_file(
            path, f"INSERT INTO operator_pin VALUES ('ANNA', '{hash_pin('908172')}', 0, '')"
        )
        assert "does not stand" in refusal(path, "908172", at(0))
        assert self.found(path) == ANNA, "her badge is still hers"
        with closing(OperatorBook(path, FrozenClock(), NOTARY)) as book:
            book.record(change(ANNA, "new PIN"), ANNA, "351907")
            assert book.identify("ANNA", "351907").proven
