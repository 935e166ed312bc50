"""Sends a site's events up: at least once, in order, each as itself.

An event's id is the hash of its content, so that a receiver knows one it has already: whatever is
not known to have been taken is sent again, and a run that is killed anywhere costs a few events
sent twice. A document the receiver refuses is cut in halves until the one event it will not take is
found; that one is put aside and holds nothing else up.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from station.core.epcis_events import Event, document_head
from station.core.errors import ConfigurationError
from station.core.journal import Entry
from station.ports.clock import Clock
from station.ports.events import Answer, DeadLetter, Delivery, EventSink, Outbox, Waiting

BATCH_EVENTS: Final = 500
"""Some 400 kB a document; fewer where a receiver takes no more."""

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 300.0

MAX_DEAD: Final = 10_000
"""With so many refused something is wrong with all of them: nothing more is put aside."""

EventsOf = Callable[[Entry], Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a receiver that cannot take anything is waited for.

    Attributes:
        total_s: Seconds in all in one run.
        wait: Waits so many seconds.
        jitter: Draws from 0 to 1, so that a thousand stations do not come back at once.
    """

    total_s: float
    wait: Callable[[float], None]
    jitter: Callable[[], float]


@dataclass(frozen=True, slots=True)
class UploadSummary:
    """How a run went.

    Attributes:
        sent: Events the receiver has taken.
        refused: Events that were put aside.
        waiting: Events that still wait.
        text: Why they wait; ``""`` when none does.
    """

    sent: int
    refused: int
    waiting: int
    text: str = ""


class _GivenUpError(Exception):
    """The receiver takes nothing now."""


class Uploader:
    """One run.

    Args:
        outbox: What is to be sent.
        sink: The receiver.
        events_of: An entry's events.
        clock: For documents' dates.
        patience: How long to wait for a receiver.
    """

    def __init__(
        self,
        outbox: Outbox,
        sink: EventSink,
        events_of: EventsOf,
        clock: Clock,
        patience: Patience,
    ) -> None:
        self._outbox = outbox
        self._sink = sink
        self._events_of = events_of
        self._clock = clock
        self._patience = patience
        self._left_s = patience.total_s
        self._dead = len(outbox.dead())
        self._sent = 0
        self._refused = 0
        self._batch_events = BATCH_EVENTS

    def run(self) -> UploadSummary:
        """Send what waits.

        Raises:
            ConfigurationError: Receiver and station do not accept each other.
            StorageError: What waits cannot be read, or what was sent cannot be remembered.
        """
        text = ""
        try:
            while batch := self._outbox.waiting(self._batch_events):
                refused = self._refused
                if not self._send(batch) and self._refused == refused:
                    # Nothing in it was at fault but that it was too much.
                    self._batch_events = max(1, self._batch_events // 2)
        except _GivenUpError as given_up:
            text = str(given_up)
        return UploadSummary(self._sent, self._refused, self._outbox.waiting_count(), text)

    def retry(self) -> UploadSummary:
        """Send again what was refused before.

        Raises:
            ConfigurationError: Receiver and station do not accept each other.
            StorageError: As `run`.
        """
        text, left = "", 0
        letters = self._outbox.dead()
        try:
            for number, letter in enumerate(letters):
                left = len(letters) - number
                entry = self._outbox.entry(letter.seq)
                events = () if entry is None else self._events_of(entry)
                if not events or self._deliver(events).answer is Answer.TAKEN:
                    self._outbox.revive(letter.seq)
                    self._sent += len(events)
                else:
                    self._refused += 1
            left = 0
        except _GivenUpError as given_up:
            text = str(given_up)
        return UploadSummary(self._sent, self._refused, left, text)

    def _send(self, batch: Sequence[Waiting]) -> bool:
        """Send entries in order; when this returns, each has been taken or put aside.

        Returns:
            Whether they were taken as one.
        """
        events = [event for one in batch for event in self._events_of(one.entry)]
        if events:
            delivery = self._deliver(events)
            if delivery.answer is Answer.REFUSED:
                self._narrow_down(batch, events, delivery)
                return False
            self._sent += len(events)
        self._outbox.sent(batch[-1].seq)
        return True

    def _narrow_down(
        self, batch: Sequence[Waiting], events: Sequence[Event], delivery: Delivery
    ) -> None:
        if len(batch) > 1:
            middle = len(batch) // 2
            self._send(batch[:middle])
            self._send(batch[middle:])
            return
        if self._dead >= MAX_DEAD:
            raise _GivenUpError(f"{MAX_DEAD} events were refused; the last: {delivery.text}")
        (one,) = batch
        # An act gives several events: those that are taken are not lost with the one that is not.
        alone = [delivery] if len(events) == 1 else [self._deliver([event]) for event in events]
        refused = [
            DeadLetter(one.seq, event.event_id(), answer.text, self._clock.now_utc(), 1)
            for event, answer in zip(events, alone, strict=True)
            if answer.answer is Answer.REFUSED
        ]
        self._sent += len(events) - len(refused)
        if refused:
            self._outbox.bury(refused[0])
            self._dead += 1
            self._refused += len(refused)
        self._outbox.sent(one.seq)

    def _deliver(self, events: Sequence[Event]) -> Delivery:
        """Send one document, waiting for a receiver that cannot take it yet.

        Returns:
            That it was taken, or refused.
        """
        document = document_of(events, self._clock.now_utc())
        pause_s = FIRST_PAUSE_S
        while True:
            delivery = self._sink.send(document)
            match delivery.answer:
                case Answer.TAKEN | Answer.REFUSED:
                    return delivery
                case Answer.NOT_ALLOWED:
                    raise ConfigurationError(
                        "the receiver of events and this station do not accept each other: "
                        f"{delivery.text}",
                        "check [upload] in station.toml: to, token_file, ca_file, "
                        "client_certificate; nothing is lost, what waits is sent then",
                    )
                case Answer.LATER:
                    self._pause(delivery, pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _pause(self, delivery: Delivery, pause_s: float) -> None:
        asked_s = 0.0 if delivery.wait_s is None else delivery.wait_s
        # Between half the pause and the whole: spread, and never at once.
        wait_s = max(asked_s, pause_s * (0.5 + self._patience.jitter() / 2))
        if wait_s > self._left_s:
            raise _GivenUpError(delivery.text)
        self._left_s -= wait_s
        self._patience.wait(wait_s)


def document_of(events: Sequence[Event], now_utc: str) -> bytes:
    """An EPCIS 2.0 document of events, UTF-8."""
    document: dict[str, Any] = document_head(now_utc)
    document["epcisBody"] = {"eventList": [event.to_json() for event in events]}
    return json.dumps(document).encode("ascii")
