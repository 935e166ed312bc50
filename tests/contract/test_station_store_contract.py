"""Claims and journal behave the same in memory and in a file."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from station.core.acts import ActKind, Standing
from station.core.changes import changes_of
from station.core.codes import UnitIdentity
from station.core.diagnosis.faults import ScannerFault
from station.core.errors import StorageError
from station.core.journal import Entry
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.core.tickets import Ticket, TicketKind
from station.core.verdict import UnitChange, Verdict
from station.ports.station_store import Claims, JournalWriter, ReviewList, Tickets
from station.storage import station_db
from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader
from station.storage.review_reader import ReviewReader
from station.storage.tickets import TicketReader
from tests.fakes.entries import (
    QUARANTINED,
    RESCAN,
    SOURCE,
    act,
    entry,
    faulted,
    nameless,
    standing,
    unit,
)
from tests.fakes.replacing import replace
from tests.fakes.station_store import FakeStationStore

CAPS, LOST = ScannerFault.CAPS_LOCK, ScannerFault.SEPARATOR_LOST


class Store(Claims, ReviewList, JournalWriter, Protocol):
    """All of the port in one object."""


class OpenedFile(ReviewReader):
    """A station's file as the loop and the writer have it open, each by its own connection."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._store = station_db.open_store(path, signer=lambda _message: bytes(64))

    def find(self, identity: UnitIdentity) -> Standing | None:
        return self._store.find(identity)

    def commit(self, entries: Sequence[Entry]) -> None:
        self._store.commit(entries)

    def close(self) -> None:
        super().close()
        self._store.close()


class Opened:
    """A store and ways to see what it kept."""

    def __init__(
        self, store: Store, journalled: Callable[[], Sequence[Entry]], tickets: Tickets
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
    store = OpenedFile(path)

    def journalled() -> Sequence[Entry]:
        with JournalReader(path) as journal:
            assert prove(journal).finding is None
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
        assert opened.store.find(unit(1)) == Standing(
            UnitState.RECEIVED,
            "dock-1",
            entry(1).scan_id,
            VerdictClass.ACCEPT,
            Reason.OK,
        )

    def test_quarantine_claims_a_unit_never_met(self, opened: Opened) -> None:
        opened.store.commit([entry(1, QUARANTINED)])
        assert opened.store.find(unit(1)) == Standing(
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
        opened.store.commit(
            [replace(entry(2, QUARANTINED, of=1, after=entry(1)), station="dock-2")]
        )
        assert opened.store.find(unit(1)) == Standing(
            UnitState.QUARANTINED,
            "dock-1",
            entry(2).scan_id,
            VerdictClass.QUARANTINE,
            Reason.UNIT_RECALLED,
            UnitState.RECEIVED,
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
        assert opened.store.find(unit(1)) == Standing(
            UnitState.RECEIVED, "dock-1", entry(1).scan_id, VerdictClass.ACCEPT, Reason.OK
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
        opened.store.commit([entry(1), entry(2, QUARANTINED, of=1, after=entry(1))])
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


DUPLICATE = replace(QUARANTINED, reason=Reason.DUPLICATE_OTHER_STATION)
HELD = Verdict(VerdictClass.HOLD, Reason.KEY_UNKNOWN)
RELEASED = standing(9, UnitState.RECEIVED)


class TestActs:
    def test_an_act_moves_the_unit_it_found_as_expected(self, opened: Opened) -> None:
        quarantine = entry(1, QUARANTINED)
        release = act(9, ActKind.RELEASE, quarantine, leaves=RELEASED)
        opened.store.commit([quarantine])
        opened.store.commit([release])
        assert opened.journalled() == [quarantine, release]
        assert opened.store.find(unit(1)) == RELEASED
        assert opened.store.line(release.scan_id) == release
        assert opened.store.line("nothing") is None

    def test_what_moved_meanwhile_is_not_moved(self, opened: Opened) -> None:
        quarantine = entry(1, QUARANTINED)
        opened.store.commit([quarantine])
        opened.store.commit([act(9, ActKind.RELEASE, quarantine, leaves=RELEASED)])
        late = act(10, ActKind.RETURN_TO_SELLER, quarantine, leaves=standing(10, UnitState.VOID))
        with pytest.raises(StorageError, match="changed meanwhile"):
            opened.store.commit([entry(3), late])
        assert opened.store.find(unit(1)) == RELEASED
        assert opened.store.find(unit(3)) is None
        assert len(opened.journalled()) == 2

    def test_a_unit_that_was_never_met_is_not_moved(self, opened: Opened) -> None:
        release = act(9, ActKind.RELEASE, entry(1, QUARANTINED), leaves=RELEASED)
        with pytest.raises(StorageError, match="changed meanwhile"):
            opened.store.commit([replace(release, item=None, item_before=None)])
        assert opened.store.find(unit(1)) is None

    def test_a_standing_taken_back_leaves_none_and_the_unit_is_received_anew(
        self, opened: Opened
    ) -> None:
        opened.store.commit([entry(1)])
        opened.store.commit([act(9, ActKind.UNDO, entry(1), leaves=None)])
        assert opened.store.find(unit(1)) is None
        opened.store.commit([entry(2, of=1)])
        found = opened.store.find(unit(1))
        assert found is not None
        assert found.scan_id == entry(2).scan_id
        with pytest.raises(StorageError, match="claimed already"):
            opened.store.commit([entry(3, of=1)])

    def test_an_undo_restores_the_very_standing(self, opened: Opened) -> None:
        quarantine = entry(2, QUARANTINED, of=1, after=entry(1))
        opened.store.commit([entry(1), quarantine])
        before = changes_of(entry(1)).moves[0].leaves
        opened.store.commit([act(9, ActKind.UNDO, quarantine, leaves=before)])
        assert opened.store.find(unit(1)) == before

    def test_moves_of_one_unit_in_one_commit_follow_their_order(self, opened: Opened) -> None:
        batch: list[Entry] = [entry(1), act(9, ActKind.UNDO, entry(1), leaves=None), entry(2, of=1)]
        opened.store.commit(batch)
        found = opened.store.find(unit(1))
        assert found is not None
        assert found.scan_id == entry(2).scan_id

    def test_a_relabelled_unit_is_replaced_and_the_new_one_received_by_it(
        self, opened: Opened
    ) -> None:
        quarantine = entry(1, QUARANTINED)
        relabel = replace(
            act(9, ActKind.RELABEL, quarantine, leaves=standing(9, UnitState.REPLACED)),
            replaced_by=unit(2),
        )
        opened.store.commit([quarantine, relabel])
        old, new = opened.store.find(unit(1)), opened.store.find(unit(2))
        assert old is not None
        assert new is not None
        assert (old.state, new.state) == (UnitState.REPLACED, UnitState.RECEIVED)
        assert old.scan_id == new.scan_id == relabel.scan_id

    def test_a_relabel_to_a_unit_received_meanwhile_writes_nothing(self, opened: Opened) -> None:
        quarantine = entry(1, QUARANTINED)
        opened.store.commit([quarantine, entry(2)])
        relabel = replace(
            act(9, ActKind.RELABEL, quarantine, leaves=standing(9, UnitState.REPLACED)),
            replaced_by=unit(2),
        )
        with pytest.raises(StorageError, match="claimed already"):
            opened.store.commit([relabel])
        found = opened.store.find(unit(1))
        assert found is not None
        assert found.state is UnitState.QUARANTINED


class TestReviewList:
    def test_what_is_held_or_quarantined_is_listed_in_order_until_it_is_ended(
        self, opened: Opened
    ) -> None:
        quarantine = entry(1, QUARANTINED)
        opened.store.commit([quarantine, nameless(2), entry(3, HELD), entry(4)])
        listed = [item.scan_id for item in opened.store.open_items("", 10)]
        assert listed == [quarantine.scan_id, entry(3).scan_id]
        release = act(9, ActKind.RELEASE, quarantine, leaves=RELEASED)
        opened.store.commit([release])
        assert [item.scan_id for item in opened.store.open_items("", 10)] == [entry(3).scan_id]
        ended = opened.store.item(quarantine.scan_id)
        assert ended == release.item
        assert ended is not None
        assert ended.ended_by == release.scan_id

    def test_a_long_list_is_read_in_pieces(self, opened: Opened) -> None:
        opened.store.commit([entry(number, HELD) for number in range(1, 8)])
        seen: list[str] = []
        while piece := opened.store.open_items(seen[-1] if seen else "", 3):
            assert len(piece) <= 3
            seen += [item.scan_id for item in piece]
        assert seen == [entry(number).scan_id for number in range(1, 8)]

    def test_an_item_changed_meanwhile_writes_nothing(self, opened: Opened) -> None:
        held = entry(1, HELD)
        item = changes_of(held).item
        assert item is not None
        away = replace(
            act(9, ActKind.QUARANTINE, entry(1), leaves=None),
            moves=False,
            item_before=item.after,
            item=replace(item.after, tote="Q1"),
        )
        opened.store.commit([held])
        opened.store.commit([away])
        with pytest.raises(StorageError, match="changed meanwhile"):
            opened.store.commit([replace(away, scan_id=f"{10:026}")])
        kept = opened.store.item(held.scan_id)
        assert kept is not None
        assert kept.tote == "Q1"

    def test_what_is_open_about_a_unit_leaves_out_what_only_names_it(self, opened: Opened) -> None:
        item = entry(1, HELD, of=1)
        opened.store.commit([replace(item, proven=True)])
        opened.store.commit([entry(2, HELD, of=1)])
        assert opened.store.open_items_of(unit(1)) == (item.scan_id,)
        assert opened.store.open_items_of(unit(2)) == ()


class TestFetchTasks:
    def test_a_duplicate_raises_one_and_it_stays_until_it_is_closed(self, opened: Opened) -> None:
        duplicate = replace(
            entry(1, DUPLICATE), facts=replace(entry(1).facts, received_elsewhere="dock-7")
        )
        opened.store.commit([duplicate])
        (task,) = opened.store.open_tasks("", 10)
        assert (task.identity, task.place) == (unit(1), "dock-7")
        assert opened.store.task(duplicate.scan_id) == task
        assert opened.store.open_tasks_of(unit(1)) == (duplicate.scan_id,)
        assert opened.store.open_tasks_of(unit(2)) == ()
        done = replace(
            act(9, ActKind.FETCHED, duplicate, leaves=None),
            moves=False,
            item=None,
            item_before=None,
            task_before=task,
            task=replace(task, closed_by=f"{9:026}"),
        )
        opened.store.commit([done])
        assert opened.store.open_tasks("", 10) == ()
        with pytest.raises(StorageError, match="changed meanwhile"):
            opened.store.commit([replace(done, scan_id=f"{10:026}")])
