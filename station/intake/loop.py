"""The verdict loop: takes captures one by one, decides them serially, hands them to the journal.

One thread decides, so every decision sees all claims before it. The queue in front is bounded and
drops nothing: a source that delivers faster waits. No effect happens here; effects follow the
journal (`station.intake.committer`).
"""

import queue
import threading
from collections.abc import Callable
from typing import Final

from station.core.codes import ControlCode, ParsedCode
from station.core.journal import JournalEntry
from station.core.parsing import parse
from station.core.reading import Capture, Declaration, Read
from station.core.reasons import VerdictClass
from station.core.verdict import UnitChange
from station.intake.committer import Committer, OnCrash
from station.intake.items import Item, items_of
from station.intake.judge import Judge, Presented
from station.intake.latch import Latch
from station.intake.presentations import Presentations, SecondReads
from station.ports.clock import Clock
from station.ports.outcomes import Outcomes
from station.ports.registry import Registry

MAX_WAITING: Final = 256
"""Captures in the queue; a source waits while it is full."""


SUBMIT_RETRY_S: Final = 0.2
"""How often a waiting source looks whether the loop still lives."""


class LoopEndedError(Exception):
    """The loop ended while a source was waiting to hand over a read."""


class VerdictLoop:
    """Decides captures and declarations in the order they arrive."""

    def __init__(
        self,
        judge: Judge,
        registry: Callable[[], Registry],
        committer: Committer,
        outcomes: Outcomes,
        clock: Clock,
        latch: Latch | None = None,
    ) -> None:
        self._judge = judge
        self._registry = registry
        self._committer = committer
        self._outcomes = outcomes
        self._clock = clock
        self._latch = latch
        self._presentations = Presentations()
        self._second_reads = SecondReads()
        self._waiting: queue.Queue[Capture | Declaration | None] = queue.Queue(MAX_WAITING)
        self._thread: threading.Thread | None = None

    def start(self, on_crash: OnCrash) -> None:
        """Start the thread.

        Args:
            on_crash: Told when the thread dies of something unforeseen.
        """
        self._thread = threading.Thread(target=self._run, args=(on_crash,), name="verdict-loop")
        self._thread.start()

    def submit(self, arrived: Capture | Declaration) -> None:
        """Take a capture or declaration; waits while the queue is full; any thread.

        Raises:
            LoopEndedError: The loop ended; the read was not taken.
        """
        while self._thread is not None and self._thread.is_alive():
            try:
                self._waiting.put(arrived, timeout=SUBMIT_RETRY_S)
            except queue.Full:
                continue
            return
        raise LoopEndedError

    def close(self) -> None:
        """Decide what waits, then end the thread."""
        thread = self._thread
        while thread is not None and thread.is_alive():
            try:
                self._waiting.put(None, timeout=SUBMIT_RETRY_S)
            except queue.Full:
                continue
            thread.join()

    def _run(self, on_crash: OnCrash) -> None:
        try:
            while (arrived := self._waiting.get()) is not None:
                if isinstance(arrived, Capture):
                    self._decide(arrived)
                else:
                    self._declare(arrived)
        except BaseException as error:  # noqa: BLE001 - told to the engine, which stops
            on_crash(error)

    def _decide(self, capture: Capture) -> None:
        parse_started_ns = self._clock.mono_ns()
        parsed = [(read, _parse(read)) for read in capture.reads]
        parse_ms = (self._clock.mono_ns() - parse_started_ns) / 1e6
        if self._latch is not None and self._latch.state.latched:
            self._answer_latched(self._latch, capture, [code for _, code in parsed])
            return
        presentation = self._presentations.of(capture)
        registry = self._registry()
        for item in items_of(parsed):
            self._decide_item(capture, item, presentation, parse_ms, registry)

    def _decide_item(
        self,
        capture: Capture,
        item: Item,
        presentation: str,
        parse_ms: float,
        registry: Registry,
    ) -> None:
        source, payload = capture.source, item.read.symbol.payload
        second = self._second_reads.is_second(source, item.code, payload, presentation)
        entry = self._judge.judge(
            Presented(
                capture=capture,
                read=item.read,
                code=item.code,
                parse_ms=parse_ms,
                claims=self._presentations.claims_of(presentation),
                second_read=second,
                places_in_frame=item.places_in_frame,
            ),
            registry,
        )
        self._second_reads.note(source, item.code, payload, presentation, entry.verdict)
        if entry.verdict.change is not UnitChange.NONE:
            self._presentations.claimed(presentation, entry.scan_id)
        self._hand_over(entry)

    def _declare(self, declaration: Declaration) -> None:
        if self._latch is not None and self._latch.state.latched:
            self._outcomes.latched(self._latch.refuse())
            return
        self._hand_over(self._judge.declare(declaration, self._registry()))

    def _hand_over(self, entry: JournalEntry) -> None:
        if self._latch is not None and entry.verdict.verdict_class is VerdictClass.QUARANTINE:
            self._latch.close(entry.scan_id)
        self._committer.put(entry)

    def _answer_latched(self, latch: Latch, capture: Capture, codes: list[ParsedCode]) -> None:
        """While a quarantine stands, the site's own tote label is taken, alone and nothing else.

        A counterfeit carton can show a copied tote label too: beside anything else it is refused.
        """
        alone = len(codes) == 1 and capture.others_in_view == 0
        code = codes[0]
        released = alone and isinstance(code, ControlCode) and latch.opens(code)
        self._outcomes.latched(latch.state if released else latch.refuse())


def _parse(read: Read) -> ParsedCode:
    symbol = read.symbol
    return parse(
        symbol.payload,
        symbol.symbology_identifier,
        symbol_format=symbol.format,
        complete=symbol.complete,
    )
