"""Claims and journal behave the same in memory and in a file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from station.core.diagnosis.faults import ScannerFault
from station.core.errors import StorageError
from station.core.facts import Claim
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.core.tickets import Ticket, TicketKind
from station.core.verdict import UnitChange
from station.ports.station_store import Claims, JournalWriter, Tickets
from station.storage import station_db
from station.storage.journal_reader import JournalReader
from station.storage.tickets import TicketReader
from tests.fakes.entries import QUARANTINED, RESCAN, SOURCE, entry, faulted, nameless, unit
from tests.fakes.station_store import FakeStationStore

CAPS, LOST = ScannerFault.CAPS_LOCK, ScannerFault.SEPARATOR_LOST


class Store(Claims, JournalWriter, Protocol):
    """Both halves of the port in one object."""


class Opened:
    """A store and ways to see what it kept."""

    def __init__(
        self, store: Store, journalled: Callable[[], Sequence[JournalEntry]], tickets: Tickets
    ) -> None:
        self.store = store
        self.journalled = journalled
        self.tickets = tickets


@pytest.fixture(params=["fake", "sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    if request.param == "fake":
        fake = FakeStationStore()
        yield Opened(fake, lambda: fake.entries, fake)
        return
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    store = station_db.open_store(path, signer=lambda _message: bytes(64))

    def journalled() -> Sequence[JournalEntry]:
        with JournalReader(path) as journal:
            return list(journal.entries())

    yield Opened(store, journalled, TicketReader(path))
    store.close()


class TestStationStore:
    def test_keeps_entries_as_given_and_in_order(self, opened: Opened) -> None:
        first, second = [entry(1), nameless(2)], [entry(3, QUARANTINED)]
        opened.store.commit(first)
        opened.store.commit(second)
        assert opened.journalled() == first + second

    def test_a_unit_never_met_has_no_claim(self, opened: Opened) -> None:
        opened.store.commit([entry(1), nameless(2)])
        assert opened.store.find(unit(2)) is None

    def test_receive_claims_the_unit(self, opened: Opened) -> None:
        opened.store.commit([entry(1)])
        assert opened.store.find(unit(1)) == Claim(
            unit(1),
            UnitState.RECEIVED,
            "dock-1",
            entry(1).scan_id,
            VerdictClass.ACCEPT,
            Reason.OK,
        )

    def test_quarantine_claims_a_unit_never_met(self, opened: Opened) -> None:
        opened.store.commit([entry(1, QUARANTINED)])
        assert opened.store.find(unit(1)) == Claim(
            unit(1),
            UnitState.QUARANTINED,
            "dock-1",
            entry(1).scan_id,
            VerdictClass.QUARANTINE,
            Reason.UNIT_RECALLED,
        )

    def test_quarantine_moves_a_claim_and_keeps_who_met_the_unit_first(
        self, opened: Opened
    ) -> None:
        opened.store.commit([entry(1)])
        opened.store.commit([replace(entry(2, QUARANTINED, of=1), station="dock-2")])
        assert opened.store.find(unit(1)) == Claim(
            unit(1),
            UnitState.QUARANTINED,
            "dock-1",
            entry(2).scan_id,
            VerdictClass.QUARANTINE,
            Reason.UNIT_RECALLED,
        )

    def test_a_verdict_without_change_claims_nothing(self, opened: Opened) -> None:
        opened.store.commit([entry(1, RESCAN)])
        assert opened.store.find(unit(1)) is None
        assert len(opened.journalled()) == 1

    def test_a_second_receive_writes_nothing_at_all(self, opened: Opened) -> None:
        opened.store.commit([entry(1)])
        with pytest.raises(StorageError, match=r"claimed already.*scan"):
            opened.store.commit([entry(2), entry(3, of=1), nameless(4)])
        assert opened.journalled() == [entry(1)]
        assert opened.store.find(unit(2)) is None
        assert opened.store.find(unit(1)) == Claim(
            unit(1), UnitState.RECEIVED, "dock-1", entry(1).scan_id, VerdictClass.ACCEPT, Reason.OK
        )

    def test_a_receive_after_a_quarantine_is_refused(self, opened: Opened) -> None:
        opened.store.commit([entry(1, QUARANTINED)])
        with pytest.raises(StorageError, match="claimed already"):
            opened.store.commit([entry(2, of=1)])

    @pytest.mark.parametrize("second", ["receive", "quarantine-receive"])
    def test_claims_in_one_commit_follow_their_order(self, opened: Opened, second: str) -> None:
        batch = [entry(1), entry(2, of=1)]
        if second == "quarantine-receive":
            batch[0] = entry(1, QUARANTINED)
        with pytest.raises(StorageError, match="claimed"):
            opened.store.commit(batch)
        assert opened.journalled() == []

    def test_receive_then_quarantine_in_one_commit_ends_quarantined(self, opened: Opened) -> None:
        opened.store.commit([entry(1), entry(2, QUARANTINED, of=1)])
        claim = opened.store.find(unit(1))
        assert claim is not None
        assert claim.state is UnitState.QUARANTINED

    def test_a_scan_id_counts_once(self, opened: Opened) -> None:
        opened.store.commit([nameless(1)])
        with pytest.raises(StorageError):
            opened.store.commit([entry(2), nameless(1)])
        assert opened.journalled() == [nameless(1)]
        assert opened.store.find(unit(2)) is None

    def test_goes_on_after_a_refusal(self, opened: Opened) -> None:
        opened.store.commit([entry(1)])
        with pytest.raises(StorageError):
            opened.store.commit([entry(2, of=1)])
        opened.store.commit([entry(3)])
        assert opened.journalled() == [entry(1), entry(3)]

    def test_fifty_entries_are_one_commit(self, opened: Opened) -> None:
        batch = [entry(number) for number in range(1, 51)]
        opened.store.commit(batch)
        assert opened.journalled() == batch

    def test_nothing_to_commit_is_the_callers_mistake(self, opened: Opened) -> None:
        with pytest.raises(ValueError, match="nothing to commit"):
            opened.store.commit([])

    def test_a_change_of_no_unit_is_the_callers_mistake(self, opened: Opened) -> None:
        wrong = replace(nameless(1), verdict=replace(RESCAN, change=UnitChange.RECEIVE))
        with pytest.raises(ValueError, match="unit"):
            opened.store.commit([entry(2), wrong])
        assert opened.journalled() == []


class TestTickets:
    def test_entries_without_faults_open_none(self, opened: Opened) -> None:
        opened.store.commit([entry(1), nameless(2)])
        assert opened.tickets.open_tickets() == ()

    def test_reads_are_counted_for_each_source_and_fault(self, opened: Opened) -> None:
        opened.store.commit([entry(1), faulted(2, CAPS), faulted(3, CAPS, LOST)])
        opened.store.commit([faulted(4, LOST, source="stdin:")])
        opened.store.commit([faulted(5, CAPS)])
        first, second, third = opened.tickets.open_tickets()
        assert first == Ticket(
            number=1,
            kind=TicketKind.SCANNER_FAULT,
            source=SOURCE,
            fault=CAPS,
            count=3,
            first_seq=2,
            last_seq=5,
            first_utc=entry(2).time_utc,
            last_utc=entry(5).time_utc,
        )
        assert (second.source, second.fault, second.count) == (first.source, LOST, 1)
        assert (third.source, third.fault, third.count) == ("stdin:", LOST, 1)

    def test_a_fault_named_twice_is_one_read(self, opened: Opened) -> None:
        opened.store.commit([faulted(1, CAPS, CAPS)])
        assert [ticket.count for ticket in opened.tickets.open_tickets()] == [1]

    def test_what_was_not_journalled_is_not_counted(self, opened: Opened) -> None:
        opened.store.commit([faulted(1, CAPS)])
        with pytest.raises(StorageError):
            opened.store.commit([faulted(2, CAPS), replace(faulted(3, LOST), identity=unit(1))])
        assert [ticket.count for ticket in opened.tickets.open_tickets()] == [1]
