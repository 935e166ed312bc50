"""Outbox and receiver behave the same in memory and in a file, or over a wire."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from station.core.acts import ActKind
from station.core.epcis import event_of
from station.core.epcis_events import place_of
from station.core.journal import Entry
from station.core.registry import UnitState
from station.ports.events import Answer, DeadLetter, Delivery, EventSink, Outbox
from station.storage import station_db
from station.storage.journal_reader import JournalReader
from station.storage.upload_store import UploadStore
from station.sync.upload import document_of
from station.transport.event_capture import EventCapture
from tests.fakes.entries import QUARANTINED, act, entry, nameless, standing
from tests.fakes.event_receiver import Receiver, served
from tests.fakes.outbox import FakeOutbox

NOW = "2026-02-01T00:00:00.000Z"
MakeOutbox = Callable[[Sequence[Entry]], Outbox]


@pytest.fixture(params=["fake", "sqlite"])
def make_outbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeOutbox]:
    opened: list[JournalReader | UploadStore] = []

    def make(entries: Sequence[Entry]) -> Outbox:
        if request.param == "fake":
            return FakeOutbox(entries)
        path = tmp_path / "station.db"
        station_db.create(path, "dock-1")
        store = station_db.open_store(path, signer=lambda _message: bytes(64))
        store.commit(entries)
        store.close()
        journal = JournalReader(path)
        outbox = UploadStore(tmp_path / "upload.db", journal)
        opened.extend((journal, outbox))
        return outbox

    yield make
    for one in reversed(opened):
        one.__exit__(None, None, None)


class TestOutbox:
    def test_gives_entries_in_order_a_few_at_a_time(self, make_outbox: MakeOutbox) -> None:
        entries = [entry(number) for number in range(1, 6)]
        outbox = make_outbox(entries)
        assert outbox.waiting_count() == 5
        first = outbox.waiting(2)
        assert [(one.seq, one.entry) for one in first] == [(1, entries[0]), (2, entries[1])]
        assert outbox.waiting(2) == first, "looking changes nothing"
        outbox.sent(2)
        assert [one.seq for one in outbox.waiting(10)] == [3, 4, 5]
        outbox.sent(5)
        assert (outbox.waiting(10), outbox.waiting_count()) == ([], 0)

    def test_what_people_did_goes_up_too(self, make_outbox: MakeOutbox) -> None:
        put_away = entry(1, QUARANTINED)
        released = act(2, ActKind.RELEASE, put_away, leaves=standing(2, UnitState.RECEIVED))
        outbox = make_outbox([put_away, released])
        assert [one.entry for one in outbox.waiting(5)] == [put_away, released]
        assert outbox.entry(2) == released

    def test_keeps_what_was_refused_until_it_is_taken(self, make_outbox: MakeOutbox) -> None:
        outbox = make_outbox([entry(1), entry(2)])
        for seq in (2, 1):
            outbox.bury(DeadLetter(seq, f"id {seq}", "why", NOW, 1))
        again = DeadLetter(1, "id 1", "still", NOW, 2)
        outbox.bury(again)
        assert outbox.dead() == [again, DeadLetter(2, "id 2", "why", NOW, 1)]
        assert outbox.entry(2) == entry(2)
        assert outbox.entry(3) is None
        assert outbox.find(entry(2).scan_id) == entry(2)
        assert outbox.find("NOBODY") is None
        outbox.revive(1)
        outbox.revive(1)
        assert [letter.seq for letter in outbox.dead()] == [2]


@pytest.fixture(params=["fake", "http"])
def sink(request: pytest.FixtureRequest) -> Iterator[tuple[EventSink, Receiver]]:
    receiver = Receiver()
    if request.param == "fake":
        yield receiver, receiver
        return
    with served(receiver) as it:
        yield EventCapture(it.address, "", allow_http=True), receiver


def document(*numbers: int) -> bytes:
    events = [event_of(entry(number), place_of("berlin", "dock-1")) for number in numbers]
    return document_of([event for event in events if event is not None], NOW)


class TestSink:
    def test_takes_events_and_knows_them_again(self, sink: tuple[EventSink, Receiver]) -> None:
        sending, receiver = sink
        assert sending.send(document(1, 2)) == Delivery(Answer.TAKEN)
        assert sending.send(document(2, 3)).answer is Answer.TAKEN
        assert len(receiver.events) == 3

    @pytest.mark.parametrize(
        "mood",
        [
            Delivery(Answer.LATER, "busy", 7.0),
            Delivery(Answer.LATER, "busy"),
            Delivery(Answer.NOT_ALLOWED, "who are you"),
        ],
    )
    def test_says_why_it_takes_nothing(
        self, sink: tuple[EventSink, Receiver], mood: Delivery
    ) -> None:
        sending, receiver = sink
        receiver.moods = [mood]
        delivery = sending.send(document(1))
        assert (delivery.answer, delivery.wait_s) == (mood.answer, mood.wait_s)
        assert delivery.text
        assert receiver.events == {}

    def test_refuses_a_document_whole(self, sink: tuple[EventSink, Receiver]) -> None:
        sending, receiver = sink
        receiver.refuses = lambda event: "S000000000002" in event["epcList"][0]
        assert sending.send(document(1, 2)).answer is Answer.REFUSED
        assert receiver.events == {}


def test_an_entry_without_event_waits_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    station_db.create(path, "dock-1")
    store = station_db.open_store(path, signer=lambda _message: bytes(64))
    store.commit([nameless(1), entry(2), nameless(3)])
    store.close()
    with JournalReader(path) as journal, UploadStore(tmp_path / "upload.db", journal) as outbox:
        assert [one.seq for one in outbox.waiting(10)] == [2]
        assert outbox.waiting_count() == 1
        assert outbox.entry(1) is None
