"""A dock in memory: the real loop, judge and committer over fakes; the clock stands still."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count

from station.core import causes
from station.core.act_request import ActRequest
from station.core.acts import ActEntry, ActKind
from station.core.advice import Advice
from station.core.codes import Algorithm, ControlKind, UnitIdentity
from station.core.control_code import make_control_code
from station.core.crypto import PrivateKey
from station.core.errors import StorageError
from station.core.journal import JournalEntry
from station.core.operators import Actor, Operator, Role
from station.core.policy import SitePolicy
from station.core.reading import Capture, Declaration, Read
from station.core.reasons import Reason, VerdictClass
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    Overlay,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.symbol import Corners, Symbol, SymbolFormat
from station.core.unit_code import element_string, mint
from station.intake.asking import ActDesk, Asked
from station.intake.badge_desk import BadgeDesk, PinProven, Place, Tick
from station.intake.clock_watch import ClockWatch
from station.intake.committer import Committer
from station.intake.effects import Effects
from station.intake.engine import Engine
from station.intake.judge import Bench, Judge
from station.intake.latch import Latch
from station.intake.loop import Arrived, Pulse, VerdictLoop
from station.intake.policies import PolicyBook
from station.intake.shipment_acts import ShipmentActs
from station.intake.shipment_desk import ShipmentDesk
from station.ports.actuators import Actuator
from station.ports.clock import MachineClock
from station.ports.display import ActAnswer, Attendance, LatchState
from station.ports.health import Health
from station.ports.sources import CaptureSink
from tests.fakes.clocks import FakeClockMemory
from tests.fakes.registry import FakeRegistry
from tests.fakes.shipments import FakeShipmentBook
from tests.fakes.station_store import FakeStationStore

OPERATOR = Actor("ANNA", Role.OPERATOR)
SUPERVISOR = Actor("SVEN", Role.SUPERVISOR, proven=True)
WITNESS = Actor("WIM", Role.WITNESS, proven=True)
GTIN = "09506000134352"
STATION = "dock-1"
BRAND_KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))
FORGER = PrivateKey.from_seed(Algorithm.ED25519, bytes(32))
SITE_KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes([7] * 32))
SECOND_NS = 1_000_000_000


@dataclass
class FrozenClock:
    """Implements `Clock`; moves only when told."""

    utc: str = "2026-01-01T01:00:00.000Z"
    ns: int = 0

    def now_utc(self) -> str:
        return self.utc

    def mono_ns(self) -> int:
        return self.ns


class CountingIds:
    """Implements `ScanIds` with ids that count."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self) -> str:
        return f"{next(self._numbers):026d}"


@dataclass
class Told:
    """Implements `Outcomes`; remembers in order."""

    verdicts: list[JournalEntry] = field(default_factory=list)
    failures: list[tuple[JournalEntry, str]] = field(default_factory=list)
    whys: list[causes.Told | None] = field(default_factory=list)
    latches: list[LatchState] = field(default_factory=list)
    answers: list[ActAnswer] = field(default_factory=list)
    reports: list[Health] = field(default_factory=list)
    attendances: list[Attendance] = field(default_factory=list)
    notices: list[str | Advice | causes.Told] = field(default_factory=list)
    on_durable: Callable[[JournalEntry], None] | None = None

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        assert commit_ms >= 0
        self.verdicts.append(entry)
        if self.on_durable is not None:
            self.on_durable(entry)

    def failed(self, entry: JournalEntry, reason: str, why: causes.Told | None = None) -> None:
        self.failures.append((entry, reason))
        self.whys.append(why)

    def latched(self, state: LatchState) -> None:
        self.latches.append(state)

    def attended(self, attendance: Attendance) -> None:
        self.attendances.append(attendance)

    def notice(self, said: str | Advice | causes.Told) -> None:
        assert not isinstance(said, str) or len(said) <= 80, said
        self.notices.append(said)

    def answered(self, answer: ActAnswer) -> None:
        self.answers.append(answer)

    def health(self, report: Health) -> None:
        self.reports.append(report)


@dataclass
class ScriptedSource:
    """Implements `Source`: delivers what it is given, then ends or raises."""

    captures: list[Capture]
    error: BaseException | None = None
    name: str = "scripted:"

    def run(self, sink: CaptureSink) -> None:
        for capture in self.captures:
            sink(capture)
        if self.error is not None:
            raise self.error

    def stop(self) -> None:
        """It ends by itself."""


def identity(serial: str) -> UnitIdentity:
    return UnitIdentity(GTIN, serial)


def genuine(serial: str, key_id: int = 1) -> bytes:
    """A label the brand signed."""
    return element_string(identity(serial), mint(identity(serial), key_id, BRAND_KEY))


def forged(serial: str) -> bytes:
    """A label somebody else signed."""
    return element_string(identity(serial), mint(identity(serial), 1, FORGER))


def unsigned(serial: str) -> bytes:
    return element_string(identity(serial), None)


def tote(name: str = "Q1", key: PrivateKey = SITE_KEY) -> bytes:
    return make_control_code(ControlKind.TOTE, name, key)


def badge(name: str = "ANNA", number: int = 1, key: PrivateKey = SITE_KEY) -> bytes:
    return make_control_code(ControlKind.BADGE, name, key, number)


def square(x: float, y: float, side: float = 100.0) -> Corners:
    """A symbol's corners with its top left at x, y."""
    return ((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def registry(*serials: str) -> FakeRegistry:
    """One brand, one product, one key, and active units."""
    return FakeRegistry(
        brand_records=[BrandRecord(1, "acme", "Acme")],
        product_records=[ProductRecord(1, 1, GTIN, "Headphones")],
        key_records=[
            KeyRecord(
                1,
                1,
                Algorithm.ED25519,
                BRAND_KEY.public_bytes,
                KeyState.ACTIVE,
                "2025-01-01T00:00:00.000Z",
            )
        ],
        unit_records=[UnitRecord(1, serial, UnitState.ACTIVE) for serial in serials],
    )


def overlaid(serial: str, overlay: Overlay) -> UnitRecord:
    return UnitRecord(1, serial, UnitState.ACTIVE, overlay)


class FakeRoster:
    """Implements `Roster` in memory; set `fault` to make every call raise it."""

    def __init__(self, *operators: Operator) -> None:
        self.operators = {operator.name: operator for operator in operators}
        self.changes: list[ActEntry] = []
        self.locked: list[str] = []
        self.fault: StorageError | None = None

    def enrol(self, operator: Operator) -> None:
        self.operators[operator.name] = operator

    def find(self, name: str) -> Operator | None:
        self._may_fail()
        return self.operators.get(name)

    def changes_to_journal(self) -> list[ActEntry]:
        self._may_fail()
        return list(self.changes)

    def locked_out(self) -> list[str]:
        self._may_fail()
        return list(self.locked)

    def _may_fail(self) -> None:
        if self.fault is not None:
            raise self.fault


class RememberedLatch:
    """Implements `LatchMemory` in memory."""

    def __init__(self) -> None:
        self.scan_ids: tuple[str, ...] = ()

    def standing(self) -> tuple[str, ...]:
        return self.scan_ids

    def keep(self, scan_ids: Sequence[str]) -> None:
        self.scan_ids = tuple(scan_ids)

    def forget(self) -> None:
        self.scan_ids = ()


class Dock:
    """A dock at which payloads are presented; runs the real engine over fakes.

    Args:
        registry: What the publisher says.
        latches: Whether a quarantine latches.
        roster: Who is enrolled, where people sign in.
        required: Whether they have to.
        station: Its name.
        store: The site's database, where it is another's too.
        actuators: What moves, lights up or sounds.
    """

    def __init__(
        self,
        registry: FakeRegistry,
        *,
        latches: bool = False,
        roster: FakeRoster | None = None,
        required: bool = False,
        station: str = STATION,
        store: FakeStationStore | None = None,
        actuators: Sequence[Actuator] = (),
    ) -> None:
        self.registry = registry
        self.station = station
        self.store = FakeStationStore() if store is None else store
        self.book = FakeShipmentBook(self.store)
        self.clock = FrozenClock()
        self.told = Told()
        self.effects = Effects(self.told, actuators)
        self.ids = CountingIds()
        self.latches = latches
        self.memory = RememberedLatch()
        self.roster = roster
        self.place = Place(station, "1.2.3", required=required)
        self.keeps_shipments = True
        self.arrived: list[Arrived] = []
        self.clock_is_wrong: Callable[[], bool] | None = None

    def watch_clock(self, machine: MachineClock, published_utc: str) -> None:
        """Hold the wall clock against the machine's own from now on."""
        watch = ClockWatch(machine, FakeClockMemory(), lambda: published_utc, (0, ""))
        self.clock_is_wrong = watch.is_wrong

    def scan(self, payload: bytes, *, source: str = "scanner", identifier: str = "]d2") -> None:
        """A scanner reads one payload."""
        self.capture([Symbol(payload, identifier)], source=source)

    def picture(self, *symbols: Symbol, name: str) -> None:
        """A still picture shows symbols."""
        self.capture(list(symbols), source="images", presentation=name)

    def capture(
        self,
        symbols: list[Symbol],
        *,
        source: str,
        presentation: str = "",
        others_in_view: int = 0,
    ) -> None:
        reads = tuple(Read(self.ids.next(), symbol) for symbol in symbols)
        now_ns = self.clock.ns
        self.arrived.append(
            Capture(source, reads, presentation, now_ns, now_ns, others_in_view=others_in_view)
        )

    def declare(self, reason: Reason, gtin: str | None = None) -> None:
        """The operator speaks for an item."""
        self.arrived.append(
            Declaration(self.ids.next(), "operator:dock", reason, gtin, self.clock.ns)
        )

    def give_pin(self, number: int, quarantine: str = "") -> None:
        """The right PIN was given for a sign-in."""
        self.arrived.append(PinProven(number, quarantine, self.clock.ns))

    def tick(self) -> None:
        """The ticker ticks."""
        self.arrived.append(Tick(self.clock.ns))

    def ask(
        self,
        kind: ActKind,
        about: str,
        actor: Actor = SUPERVISOR,
        *,
        why: str = "",
        reference: str = "",
        witness: Actor | None = None,
        new_label: bytes = b"",
    ) -> None:
        """Somebody asks for an act."""
        request = ActRequest(self.ids.next(), kind, about, why, reference)
        self.arrived.append(Asked(request.scan_id, request, actor, witness, new_label))

    def move(
        self,
        shipment_id: str,
        *,
        closes: bool = False,
        with_open_items: bool = False,
        actor: Actor = SUPERVISOR,
    ) -> None:
        """Somebody opens or closes a shipment."""
        kind = ActKind.CLOSE_SHIPMENT if closes else ActKind.OPEN_SHIPMENT
        request = ActRequest(
            self.ids.next(),
            kind,
            "",
            reference=shipment_id,
            with_open_items=with_open_items,
        )
        self.arrived.append(Asked(request.scan_id, request, actor, None))

    def wait(self, seconds: float) -> None:
        """Time passes before the next read."""
        self.clock.ns += int(seconds * SECOND_NS)

    def engine(self, *sources: ScriptedSource) -> Engine:
        """The engine, not started."""
        bench = Bench(self.station, PolicyBook(SitePolicy()), "1.2.3")
        shipments = ShipmentDesk(self.book)
        shipments.resume()
        self.shipments = shipments
        effects = self.effects
        judge = Judge(
            bench, self.store, self.clock, shipments, effects.hindrance, self.clock_is_wrong
        )
        latch = Latch(SITE_KEY.public_key, self.memory) if self.latches else None

        def never_kept(scan_id: str) -> None:
            shipments.never_kept(scan_id)
            if latch is not None:
                latch.never_kept(scan_id)

        committer = Committer(self.store, effects, self.clock, judge.settle, never_kept)
        desk = ActDesk(
            bench, judge, self.store, self.store, committer, effects, self.clock, self.ids
        )
        badges = None
        if self.roster is not None:
            badges = BadgeDesk(
                self.place,
                SITE_KEY.public_key,
                self.roster,
                self.clock,
                self.ids,
                effects,
                committer.put,
            )
        acts = ShipmentActs(bench, shipments, committer, effects, self.clock)
        self.loop = VerdictLoop(
            judge,
            lambda: self.registry,
            committer,
            effects,
            self.clock,
            desk,
            latch,
            badges,
            acts if self.keeps_shipments else None,
            came_together=effects.came_together,
        )
        return Engine(sources, self.loop, committer, effects)

    def run(self) -> list[tuple[VerdictClass, Reason]]:
        """Work through everything presented since the dock was made, in order."""
        engine = self.engine()
        engine.start()
        self._submit_all()
        return self._ended(engine)

    def run_together(self) -> list[tuple[VerdictClass, Reason]]:
        """As `run`, with everything waiting before the loop takes the first of it."""
        entered, all_wait = threading.Event(), threading.Event()

        def hold() -> None:
            entered.set()
            assert all_wait.wait(60)

        engine = self.engine()
        engine.start()
        self.loop.submit(Pulse(hold))
        assert entered.wait(60)
        self._submit_all()
        all_wait.set()
        return self._ended(engine)

    def _submit_all(self) -> None:
        for arrived in self.arrived:
            self.loop.submit(arrived)
        self.arrived = []

    def _ended(self, engine: Engine) -> list[tuple[VerdictClass, Reason]]:
        end = engine.wait()
        assert end.crash is None, end.crash
        return [(e.verdict.verdict_class, e.verdict.reason) for e in self.told.verdicts]


def at(payload: bytes, x: float, y: float = 0.0) -> Symbol:
    """A Data Matrix at a place of a picture."""
    return Symbol(payload, "]d2", SymbolFormat.DATA_MATRIX, square(x, y), "zxing-cpp")
