"""The roster is read alike in memory and from a station's database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from unittest.mock import ANY

import pytest

from station.core.language import Language
from station.core.operators import FREE_TRIES, Operator, OperatorChange, Role
from station.core.records import person_record
from station.ports.roster import Roster
from station.storage import station_db
from station.storage.operator_book import OperatorBook
from station.storage.roster_reader import RosterReader
from tests.fakes.intake import FakeRoster, FrozenClock
from tests.fakes.notary import NOTARY, change_line
from tests.fakes.operators import change

ANNA: Final = Operator("ANNA", Role.OPERATOR)
PIN: Final = "4711"


@dataclass
class Opened:
    """A roster, and what others do to it."""

    roster: Roster
    record: Callable[[OperatorChange, Operator | None], None]
    journal: Callable[[OperatorChange], None]
    lock_out: Callable[[str], None]


@pytest.fixture(params=["fake", "sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    if request.param == "fake":
        fake = FakeRoster()

        def record(made: OperatorChange, _before: Operator | None) -> None:
            fake.enrol(made.after)
            fake.changes.append(change_line(made))

        def journal(made: OperatorChange) -> None:
            fake.changes.remove(change_line(made))

        yield Opened(fake, record, journal, fake.locked.append)
        return
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    store = station_db.open_store(path, signer=lambda _message: bytes(64))
    book, reader = OperatorBook(path, FrozenClock(), NOTARY), RosterReader(path)

    def lock_out(name: str) -> None:
        from station.core.errors import NotIdentifiedError

        for _ in range(FREE_TRIES):
            with pytest.raises(NotIdentifiedError):
                book.identify(name, "9517")

    yield Opened(
        reader,
        lambda made, before: book.record(made, before, PIN),
        lambda made: store.commit([change_line(made)]),
        lock_out,
    )
    for one in (reader, book, store):
        one.close()


def waiting(opened: Opened) -> list[str]:
    return [line.scan_id for line in opened.roster.changes_to_journal()]


class TestRoster:
    def test_nobody_is_enrolled_at_first(self, opened: Opened) -> None:
        assert opened.roster.find("ANNA") is None
        assert list(opened.roster.changes_to_journal()) == []
        assert list(opened.roster.locked_out()) == []

    def test_the_last_change_stands_at_once(self, opened: Opened) -> None:
        revoked, removed = replace(ANNA, badge=2), replace(ANNA, badge=2, active=False)
        opened.record(change(ANNA), None)
        assert opened.roster.find("ANNA") == ANNA
        opened.record(change(revoked), ANNA)
        assert opened.roster.find("ANNA") == revoked
        opened.record(change(removed), revoked)
        assert opened.roster.find("ANNA") == removed
        assert opened.roster.find("anna") is None

    @pytest.mark.parametrize("language", [*Language, None])
    def test_the_language_is_kept(self, opened: Opened, language: Language | None) -> None:
        reads = replace(ANNA, language=language)
        opened.record(change(reads), None)
        assert opened.roster.find("ANNA") == reads
        assert [one.person for one in opened.roster.changes_to_journal()] == [
            replace(one, pin=ANY) for one in [person_record(reads, "")]
        ]

    def test_a_change_waits_for_the_journal_until_it_has_it(self, opened: Opened) -> None:
        first, second = change(ANNA, "added"), change(replace(ANNA, badge=2), "badge 2")
        opened.record(first, None)
        opened.record(second, ANNA)
        assert waiting(opened) == [first.scan_id, second.scan_id]
        opened.journal(first)
        assert waiting(opened) == [second.scan_id]
        opened.journal(second)
        assert list(opened.roster.changes_to_journal()) == []

    def test_who_is_locked_out_is_named(self, opened: Opened) -> None:
        opened.record(change(ANNA), None)
        opened.lock_out("ANNA")
        assert list(opened.roster.locked_out()) == ["ANNA"]
