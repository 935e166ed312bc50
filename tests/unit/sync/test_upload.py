"""Events are sent at least once and in order; what is refused holds nothing else up."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.acts import ActKind
from station.core.epcis import events_of
from station.core.epcis_events import Event, place_of
from station.core.epcis_pallets import NO_CONTENTS
from station.core.errors import ConfigurationError
from station.core.journal import Entry
from station.ports.events import Answer, Delivery
from station.sync import upload
from station.sync.upload import Patience, Uploader, UploadSummary
from tests.fakes.acts import NEW_LABEL, act
from tests.fakes.entries import QUARANTINED, entry, nameless
from tests.fakes.event_receiver import Receiver
from tests.fakes.intake import FrozenClock
from tests.fakes.outbox import FakeOutbox

LATER = Delivery(Answer.LATER, "busy")


class Desk:
    """An uploader over fakes; waiting is only written down."""

    def __init__(self, entries: Sequence[Entry], receiver: Receiver, total_s: float = 60.0) -> None:
        self.outbox = FakeOutbox(entries)
        self.receiver = receiver
        self.waited: list[float] = []
        self.total_s = total_s

    def uploader(self) -> Uploader:
        patience = Patience(self.total_s, self.waited.append, lambda: 1.0)
        return Uploader(self.outbox, self.receiver, self.at_berlin, FrozenClock(), patience)

    def at_berlin(self, one: Entry) -> Sequence[Event]:
        return events_of(
            one,
            lambda made: place_of("berlin", made.station),
            self.outbox.find,
            lambda _act: NO_CONTENTS,
        )

    def run(self) -> UploadSummary:
        return self.uploader().run()


def serials(events: Sequence[dict[str, Any]]) -> list[str]:
    return [event["epcList"][0].rpartition("/")[2] for event in events]


def test_everything_goes_up_once_and_in_order() -> None:
    desk = Desk([entry(number) for number in range(1, 1202)], Receiver())
    assert desk.run() == UploadSummary(sent=1201, refused=0, waiting=0)
    assert desk.receiver.documents == 3
    assert serials(list(desk.receiver.events.values())) == [
        f"S{number:012}" for number in range(1, 1202)
    ]
    assert desk.run() == UploadSummary(0, 0, 0)
    assert desk.receiver.documents == 3


def test_entries_without_event_are_passed_over() -> None:
    desk = Desk([nameless(1), entry(2), nameless(3)], Receiver())
    assert desk.run() == UploadSummary(1, 0, 0)
    assert Desk([nameless(1)], desk.receiver).run() == UploadSummary(0, 0, 0)
    assert desk.receiver.documents == 1


@given(count=st.integers(1, 40), bad=st.sets(st.integers(1, 40), max_size=6))
def test_only_what_is_refused_stays_behind(count: int, bad: set[int]) -> None:
    wrong = {f"S{number:012}" for number in bad}
    receiver = Receiver(refuses=lambda event: serials([event])[0] in wrong)
    desk = Desk([entry(number) for number in range(1, count + 1)], receiver)
    refused = {number for number in bad if number <= count}
    assert desk.run() == UploadSummary(count - len(refused), len(refused), 0)
    assert set(desk.outbox.letters) == refused
    assert len(receiver.events) == count - len(refused)


def test_a_receiver_that_takes_no_more_at_once_is_asked_with_less_from_then_on() -> None:
    class Small(Receiver):
        def send(self, document: bytes) -> Delivery:
            if len(json.loads(document)["epcisBody"]["eventList"]) > 100:
                self.documents += 1
                return Delivery(Answer.REFUSED, "it answers 413: too much")
            return super().send(document)

    desk = Desk([entry(number) for number in range(1, 2001)], Small())
    assert desk.run() == UploadSummary(2000, 0, 0)
    # 15 for the first 500, 7 for 250, 3 for 125; then 62 at a time.
    assert desk.receiver.documents == 15 + 7 + 3 + 19


def test_a_receiver_that_is_busy_is_waited_for_ever_longer() -> None:
    desk = Desk([entry(1)], Receiver(moods=[LATER] * 4))
    assert desk.run() == UploadSummary(1, 0, 0)
    assert desk.waited == [1.0, 2.0, 4.0, 8.0]


def test_it_is_left_alone_as_long_as_it_asks() -> None:
    desk = Desk([entry(1)], Receiver(moods=[Delivery(Answer.LATER, "busy", 30.0)]))
    desk.run()
    assert desk.waited == [30.0]


def test_stations_do_not_come_back_all_at_once() -> None:
    desk = Desk([entry(1)], Receiver(moods=[LATER]))
    patience = Patience(60.0, desk.waited.append, lambda: 0.25)
    Uploader(desk.outbox, desk.receiver, desk.at_berlin, FrozenClock(), patience).run()
    assert desk.waited == [0.625]


def test_patience_has_an_end_and_nothing_is_lost() -> None:
    desk = Desk([entry(1), entry(2)], Receiver(moods=[LATER] * 100), total_s=10.0)
    assert desk.run() == UploadSummary(0, 0, 2, "busy")
    assert sum(desk.waited) <= 10.0
    desk.receiver.moods = []
    assert desk.run() == UploadSummary(2, 0, 0)


def test_an_answer_that_was_lost_costs_a_second_sending_and_no_second_event() -> None:
    desk = Desk([entry(1), entry(2)], Receiver(lost_answers=1))
    assert desk.run() == UploadSummary(2, 0, 0)
    assert desk.receiver.documents == 2
    assert len(desk.receiver.events) == 2


def test_a_receiver_that_does_not_know_the_station_ends_the_run() -> None:
    desk = Desk([entry(1)], Receiver(moods=[Delivery(Answer.NOT_ALLOWED, "it answers 401: no")]))
    with pytest.raises(ConfigurationError) as caught:
        desk.run()
    assert "401" in caught.value.message
    assert "token_file" in caught.value.remedy
    assert desk.outbox.waiting_count() == 1


def test_with_too_many_refused_nothing_more_is_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "MAX_DEAD", 3)
    desk = Desk([entry(number) for number in range(1, 11)], Receiver(refuses=lambda event: True))
    summary = desk.run()
    assert (summary.refused, summary.waiting) == (3, 7)
    assert "3 events were refused" in summary.text


class TestActs:
    quarantined = entry(1, QUARANTINED)
    relabelled = act(2, ActKind.RELABEL, quarantined, replaced_by=NEW_LABEL)

    def test_an_act_gives_all_its_events(self) -> None:
        desk = Desk([self.quarantined, self.relabelled], Receiver())
        assert desk.run() == UploadSummary(sent=4, refused=0, waiting=0)

    def test_one_of_its_events_that_is_refused_does_not_take_the_others_with_it(self) -> None:
        receiver = Receiver(refuses=lambda event: event["bizStep"] == "commissioning")
        desk = Desk([self.quarantined, self.relabelled, entry(3)], receiver)
        assert desk.run() == UploadSummary(sent=4, refused=1, waiting=0)
        assert [event["bizStep"] for event in receiver.events.values()] == [
            "holding",
            "decommissioning",
            "receiving",
            "receiving",
        ]
        (letter,) = desk.outbox.dead()
        assert letter.seq == 2
        receiver.refuses = lambda event: False
        assert desk.uploader().retry().refused == 0
        assert len(receiver.events) == 5

    def test_an_undo_is_told_with_the_event_it_takes_back(self) -> None:
        undo = act(2, ActKind.UNDO, self.quarantined)
        desk = Desk([self.quarantined, undo], Receiver())
        told = [event for one in desk.outbox.entries.values() for event in desk.at_berlin(one)]
        assert [event.error is not None for event in told] == [False, True]
        assert len({event.event_id() for event in told}) == 1
        assert desk.run() == UploadSummary(sent=2, refused=0, waiting=0)


class TestRetry:
    def test_what_is_taken_now_is_forgotten(self) -> None:
        desk = Desk([entry(1), entry(2)], Receiver(refuses=lambda event: True))
        desk.run()
        desk.receiver.refuses = lambda event: serials([event])[0].endswith("1")
        assert desk.uploader().retry() == UploadSummary(sent=1, refused=1, waiting=0)
        assert list(desk.outbox.letters) == [1]

    def test_a_receiver_that_is_away_changes_nothing(self) -> None:
        desk = Desk([entry(1), entry(2)], Receiver(refuses=lambda event: True), total_s=0.0)
        desk.run()
        desk.receiver.moods = [LATER]
        assert desk.uploader().retry() == UploadSummary(0, 0, 2, "busy")
        assert list(desk.outbox.letters) == [1, 2]
