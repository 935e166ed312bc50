"""The demo's operator: presents items one by one and does what the station says.

It does not know the truth. It holds a label before the camera or pulls the scanner's trigger, reads
the verdict, presents an item again when the screen says RESCAN, declares what no reader can speak
for, and after a quarantine scans the tote's label.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.app.demo.camera_stream import CameraStream
from station.app.demo.plan import Channel
from station.core.reasons import Reason, VerdictClass
from station.intake.frame_reader import OUT_OF_VIEW_NS
from station.intake.presentations import SCANNER_WINDOW_NS
from station.ports.display import (
    Declare,
    EngineLost,
    FeedEvent,
    Goodbye,
    LatchState,
    Snapshot,
    VerdictShown,
)
from station.transport.engine_socket.client import EngineClient

ANSWER_S: Final = 15.0
"""How long the operator waits for the station; one that needs longer has lost the item."""

LABEL_S: Final = 5.0
"""How long a label is held before the camera before it is called unreadable."""

LOOKS: Final = 8
"""Camera pictures given to an item without a readable label before it is declared."""

ITEMS_BETWEEN: Final = 2
"""Items presented before one is presented again, so that no time is spent waiting."""

_MARGIN_S: Final = 0.15
_AGAIN_S: Final = {
    Channel.SCANNER: SCANNER_WINDOW_NS / 1e9 + _MARGIN_S,
    Channel.CAMERA: OUT_OF_VIEW_NS / 1e9 + _MARGIN_S,
}


class NoAnswerError(Exception):
    """The station did not answer in time, or ended."""


@dataclass(frozen=True, slots=True)
class InHand:
    """What an operator sees of an item.

    Attributes:
        number: Place in the plan.
        channel: How it is presented.
        units: How many lie there.
        payload: What its label carries; empty where it has none to read.
        jpeg: What the camera sees; empty for the scanner.
        symbology_identifier: What the scanner sends first.
        declared: What the operator says of an item without a readable label; None for others.
    """

    number: int
    channel: Channel
    units: int
    payload: bytes
    jpeg: bytes = b""
    symbology_identifier: str = ""
    declared: Reason | None = None


class Operator:
    """Works through the items.

    Args:
        feed: Connected to the engine.
        camera: The stream the engine watches.
        scanner: The scanner the engine listens to.
        empty_jpeg: The camera's view with nothing in it.
        tote_payload: The quarantine tote's label.
        look_s: How long a person looks at a verdict of a class; 0 without a screen.
    """

    def __init__(
        self,
        feed: EngineClient,
        camera: CameraStream,
        scanner: SimulatedLineScanner,
        *,
        empty_jpeg: bytes,
        tote_payload: bytes,
        look_s: Callable[[VerdictClass], float],
    ) -> None:
        self._feed = feed
        self._camera = camera
        self._scanner = scanner
        self._empty_jpeg = empty_jpeg
        self._tote_payload = tote_payload
        self._look_s = look_s
        self._heard: deque[FeedEvent] = deque()
        self._put_away: dict[tuple[Channel, bytes], float] = {}
        self._latched = False
        self._ready = False

    def work(self, items: Iterable[InHand]) -> Iterator[tuple[InHand, VerdictShown]]:
        """Present everything; yields each verdict with the item it was given for.

        Raises:
            NoAnswerError: The station did not answer in time, or ended.
        """
        again: deque[InHand] = deque()
        for item in items:
            yield from self._handle(item, again)
            if len(again) > ITEMS_BETWEEN:
                yield from self._handle(again.popleft(), None)
        while again:
            yield from self._handle(again.popleft(), None)

    def _handle(
        self, item: InHand, again: deque[InHand] | None
    ) -> Iterator[tuple[InHand, VerdictShown]]:
        """Present an item, follow the screen; what is to be rescanned goes to `again`."""
        shown = self._present(item)
        for verdict in shown:
            yield item, verdict
        worst = max(verdict.verdict_class for verdict in shown)
        time.sleep(self._look_s(worst))
        if worst is VerdictClass.RESCAN and again is not None:
            again.append(item)
        if self._latched:
            self._put_into_tote()

    def _present(self, item: InHand) -> list[VerdictShown]:
        """Hold an item to its reader and take its verdicts, at least one."""
        key = (item.channel, item.payload)
        before_s = self._put_away.get(key)
        if before_s is not None:
            time.sleep(max(0.0, before_s + _AGAIN_S[item.channel] - time.monotonic()))
        if item.channel is Channel.SCANNER:
            self._scanner.scan(item.payload, item.symbology_identifier)
            shown = self._verdicts(1, ANSWER_S)
        else:
            self._camera.show(item.jpeg)
            if item.declared is None:
                shown = self._verdicts(item.units, LABEL_S)
            else:
                self._camera.wait_shown(LOOKS, ANSWER_S)
                shown = self._verdicts(1, 0.0)
            self._camera.show(self._empty_jpeg)
        if not shown:
            self._feed.send(Declare(item.declared or Reason.UNREADABLE))
            shown = self._verdicts(1, ANSWER_S)
        if not shown:
            raise NoAnswerError(f"no verdict for item {item.number}")
        self._put_away[key] = time.monotonic()
        return shown

    def _put_into_tote(self) -> None:
        """Scan the tote's label until the station releases the latch."""
        self._scanner.scan(self._tote_payload, "]d1")
        deadline_s = time.monotonic() + ANSWER_S
        while self._latched:
            event = self._next(deadline_s - time.monotonic())
            if event is None:
                raise NoAnswerError("the tote's label did not release the latch")

    def _verdicts(self, count: int, timeout_s: float) -> list[VerdictShown]:
        """As many verdicts as arrive in time, at most `count`."""
        shown: list[VerdictShown] = []
        deadline_s = time.monotonic() + timeout_s
        while len(shown) < count:
            event = self._next(deadline_s - time.monotonic())
            if event is None:
                break
            if isinstance(event, VerdictShown):
                shown.append(event)
        return shown

    def wait_ready(self) -> None:
        """Wait until the engine answers and hears both readers.

        Raises:
            NoAnswerError: It does not.
        """
        deadline_s = time.monotonic() + ANSWER_S
        while not isinstance(self._next(deadline_s - time.monotonic()), Snapshot):
            if time.monotonic() > deadline_s:
                raise NoAnswerError("the engine did not start")
        self._scanner.wait_for_host(ANSWER_S)
        if not self._camera.wait_shown(1, ANSWER_S):
            raise NoAnswerError("the engine does not watch the camera")
        self._ready = True

    def _next(self, timeout_s: float) -> FeedEvent | None:
        """The next thing the engine says; None when nothing comes in time."""
        if not self._heard:
            self._heard.extend(self._feed.wait(max(0.0, timeout_s)))
        if not self._heard:
            return None
        event = self._heard.popleft()
        if isinstance(event, Goodbye) or (self._ready and isinstance(event, EngineLost)):
            raise NoAnswerError(f"the engine ended: {event.text}")
        if isinstance(event, VerdictShown):
            self._latched = self._latched or event.latched
        if isinstance(event, LatchState):
            self._latched = event.latched
        return event
