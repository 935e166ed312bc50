"""The verdict loop: takes captures one by one, decides them serially, hands them to the journal.

Acts come the same way, so that nothing is decided about a unit while an act on it is.

One thread decides, so every decision sees all claims before it. The queue in front is bounded and
drops nothing: a source that delivers faster waits. No effect happens here; effects follow the
journal (`station.intake.committer`).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from station.core.acts import OF_SHIPMENTS
from station.core.causes import Cause
from station.core.codes import ControlCode, ParsedCode
from station.core.journal import JournalEntry
from station.core.operators import Actor
from station.core.parsing import parse_symbol
from station.core.reading import Capture, Declaration, Read
from station.core.reasons import VerdictClass
from station.core.telling import refuse
from station.core.verdict import UnitChange
from station.intake.asking import ActDesk, Asked, refused
from station.intake.badge_desk import BadgeDesk, PinProven, Tick
from station.intake.committer import Committer
from station.intake.items import Item, items_of
from station.intake.judge import Judge, Presented
from station.intake.latch import Latch
from station.intake.presentations import Presentations, SecondReads, Showing, item_key
from station.intake.recognising import Recognised, recognise_all
from station.intake.shipment_acts import ShipmentActs
from station.intake.signature_checks import SignatureChecks
from station.intake.worker import OnCrash, Worker
from station.ports.clock import Clock
from station.ports.display import AnswerRepeat
from station.ports.outcomes import Outcomes
from station.ports.registry import Registry

MAX_WAITING: Final = 256
"""Captures in the queue; a source waits while it is full."""

MAX_TOGETHER: Final = 32
"""Captures whose signatures are checked together when more than one waits."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Asks the loop for a sign of life.

    Attributes:
        beat: Called on the loop's thread; must return soon and never raise.
    """

    beat: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What a capture holds.

    Attributes:
        codes: Each read with what its payload parses to.
        recognised: What each turned out to be, by scan id.
        parse_ms: What that took.
    """

    codes: list[tuple[Read, ParsedCode]]
    recognised: dict[str, Recognised]
    parse_ms: float


Arrived = Capture | Declaration | Asked | AnswerRepeat | PinProven | Tick | Pulse
"""What the loop takes."""


class VerdictLoop:
    """Decides captures, declarations and acts in the order they arrive."""

    def __init__(
        self,
        judge: Judge,
        registry: Callable[[], Registry],
        committer: Committer,
        outcomes: Outcomes,
        clock: Clock,
        desk: ActDesk,
        latch: Latch | None = None,
        badges: BadgeDesk | None = None,
        shipments: ShipmentActs | None = None,
        came_together: Callable[[Collection[str]], None] | None = None,
    ) -> None:
        """Make a loop; starts nothing.

        Args:
            judge: Decides.
            registry: Gives the generation to decide with.
            committer: Makes what is decided durable.
            outcomes: Told of the latch.
            clock: For parse times.
            desk: Where operators' acts are taken.
            latch: The dock's, where a quarantine latches.
            badges: Who is signed in, where a site has operators.
            shipments: What is being received, where a site receives by shipments.
            came_together: Told of accepted scans whose capture also held one that is not, before
                any of them is handed to the committer.
        """
        self._judge = judge
        self._registry = registry
        self._committer = committer
        self._outcomes = outcomes
        self._clock = clock
        self._desk = desk
        self._latch = latch
        self._badges = badges
        self._shipments = shipments
        self._came_together = came_together
        self._presentations = Presentations()
        self._second_reads = SecondReads()
        self._checks = SignatureChecks()
        self._worker = Worker("verdict-loop", self._take, MAX_WAITING, MAX_TOGETHER)

    def start(self, on_crash: OnCrash) -> None:
        """Start the loop's thread; screens are told first of a quarantine that still stands."""
        if self._latch is not None and self._latch.state.latched:
            self._outcomes.latched(self._latch.state)
        self._worker.start(on_crash)

    def submit(self, arrived: Arrived) -> None:
        """Take what arrives; waits while the queue is full; any thread.

        Raises:
            WorkerEndedError: The loop has ended; the read was not taken.
        """
        self._worker.put(arrived)

    def tick(self) -> bool:
        """Say that time has passed; any thread, never waits. Who has work has no need of it."""
        return self._worker.offer(Tick(self._clock.mono_ns()))

    def close(self) -> None:
        """Decide what waits, then end the thread."""
        self._worker.close()
        self._checks.close()

    def _take(self, arrived: list[Arrived]) -> None:
        # One generation for all of them: what was recognised by one is not judged by the next.
        registry = self._registry()
        parsed = self._parse([one for one in arrived if isinstance(one, Capture)], registry)
        for one in arrived:
            if isinstance(one, Pulse):
                one.beat()
                continue
            if self._latch is not None:
                self._look_at(self._latch)
            if self._badges is not None and not isinstance(one, Asked | AnswerRepeat):
                self._badges.begin(_moment(one))
            match one:
                case Capture():
                    self._decide(one, next(parsed), registry)
                case Declaration():
                    self._declare(one, registry)
                case Asked():
                    self._act(one, registry)
                case AnswerRepeat() if self._badges is not None:
                    asked = self._badges.asked(one, self._desk)
                    if asked is not None:
                        self._act(asked, registry)
                case PinProven() if self._badges is not None:
                    self._badges.prove(one, self._latch, self._desk)
                case Tick() if self._badges is not None:
                    self._badges.tick()
                case _:
                    pass  # nobody signs in here

    def _parse(self, captures: Sequence[Capture], registry: Registry) -> Iterator[_Parsed]:
        """What each capture holds; signatures are checked ahead while captures are decided."""
        started_ns = self._clock.mono_ns()
        codes = [
            [(read, parse_symbol(read.symbol)) for read in capture.reads] for capture in captures
        ]
        recognised = recognise_all([one for each in codes for one in each], registry, self._checks)
        each_ms = (self._clock.mono_ns() - started_ns) / 1e6 / max(len(captures), 1)
        return (self._held(each, recognised, each_ms) for each in codes)

    def _held(
        self,
        codes: list[tuple[Read, ParsedCode]],
        recognised: Iterator[Recognised],
        spent_ms: float,
    ) -> _Parsed:
        started_ns = self._clock.mono_ns()
        known = {read.scan_id: next(recognised) for read, _ in codes}
        return _Parsed(codes, known, spent_ms + (self._clock.mono_ns() - started_ns) / 1e6)

    def _decide(self, capture: Capture, held: _Parsed, registry: Registry) -> None:
        parsed, recognised = held.codes, held.recognised
        # Before the latch: also what it refuses lies between two reads of a payload.
        presentation = self._presentations.of(
            capture, tuple(each.payload for each in recognised.values())
        )
        codes = [code for _, code in parsed]
        badges = self._badges
        if badges is not None and badges.take(capture, codes, presentation, self._latch):
            return
        if self._latch is not None and self._latch.state.latched:
            self._answer_latched(self._latch, capture, parsed)
            return
        if badges is not None and not badges.lets_judge(capture.captured_mono_ns):
            return
        if self._shipments is not None and self._shipments.selects(capture, parsed, self._actor):
            return
        items = items_of([(read, recognised[read.scan_id].code) for read, _ in parsed])
        entries = [
            self._decided(
                capture, item, recognised[item.read.scan_id], presentation, held.parse_ms, registry
            )
            for item in items
        ]
        accepted = [e.scan_id for e in entries if e.verdict.verdict_class.is_accept]
        if self._came_together is not None and 0 < len(accepted) < len(entries):
            self._came_together(accepted)
        for entry in entries:
            self._hand_over(entry)

    def _decided(
        self,
        capture: Capture,
        item: Item,
        recognised: Recognised,
        presentation: str,
        parse_ms: float,
        registry: Registry,
    ) -> JournalEntry:
        payload = recognised.payload
        key = item_key(item.code, item.read.symbol.payload)
        showing = Showing(key, presentation, capture.captured_mono_ns)
        entry = self._judge.judge(
            Presented(
                capture=capture,
                read=item.read,
                code=item.code,
                parse_ms=parse_ms,
                claims=self._presentations.claims_of(presentation),
                second_read=self._second_reads.is_second(showing),
                places_in_frame=item.places_in_frame,
                place_in_frame=item.place_in_frame,
                recognised=recognised,
                presented_class=self._presentations.worst_of(
                    presentation, payload, item.place_in_frame
                ),
            ),
            registry,
        )
        self._second_reads.note(showing, entry.verdict)
        claimed = "" if entry.verdict.change is UnitChange.NONE else entry.scan_id
        self._presentations.judged(
            presentation, payload, item.place_in_frame, entry.verdict.verdict_class, claimed
        )
        return entry

    def _declare(self, declaration: Declaration, registry: Registry) -> None:
        if self._latch is not None and self._latch.state.latched:
            self._outcomes.latched(self._latch.refuse())
            return
        badges = self._badges
        if badges is not None and not badges.lets_judge(declaration.declared_mono_ns):
            return
        self._hand_over(self._judge.declare(declaration, registry))

    def _act(self, asked: Asked, registry: Registry) -> None:
        if asked.request.kind not in OF_SHIPMENTS:
            self._desk.act(asked, registry)
        elif self._shipments is not None:
            self._shipments.act(asked)
        else:
            self._outcomes.answered(refused(asked.request_id, refuse(Cause.NO_SHIPMENTS_HERE)))

    def _hand_over(self, entry: JournalEntry) -> None:
        if self._badges is not None and self._badges.operator:
            entry = replace(entry, operator=self._badges.operator)
        if self._latch is not None and entry.verdict.verdict_class is VerdictClass.QUARANTINE:
            self._latch.close(entry.scan_id)
        self._committer.put(entry)

    def _look_at(self, latch: Latch) -> None:
        """Answer by no quarantine the operator was not told of; let go of what never was one.

        While the dock is latched nothing else is decided, so that waiting holds nothing up.
        """
        if latch.state.latched:
            self._committer.wait_until_told()
        if latch.reopen():
            self._outcomes.latched(latch.state)

    @property
    def _actor(self) -> Actor | None:
        """Who is signed in."""
        signed_in = None if self._badges is None else self._badges.current
        return None if signed_in is None else signed_in.actor

    def _answer_latched(
        self, latch: Latch, capture: Capture, parsed: list[tuple[Read, ParsedCode]]
    ) -> None:
        """While a quarantine stands, the site's own tote label is taken, alone and nothing else.

        A counterfeit carton can show a copied tote label too: beside anything else it is refused.
        The latch is released only once the journal says who put the item where.
        """
        alone = len(parsed) == 1 and capture.others_in_view == 0
        read, code = parsed[0]
        if (
            alone
            and isinstance(code, ControlCode)
            and latch.is_own(code)
            and self._desk.acknowledge(read.scan_id, latch.standing, code.name, self._actor)
        ):
            latch.release(code.name)
            self._outcomes.latched(latch.state)
        else:
            self._outcomes.latched(latch.refuse())


def _moment(arrived: Capture | Declaration | PinProven | Tick) -> int:
    """When it came, on the monotonic clock."""
    match arrived:
        case Capture():
            return arrived.captured_mono_ns
        case Declaration():
            return arrived.declared_mono_ns
        case PinProven():
            return arrived.given_mono_ns
        case Tick():
            return arrived.mono_ns
