"""Made-up shipments, and verdicts and acts of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from station.core.acts import ActEntry, ActKind
from station.core.codes import CodeKind, UnitIdentity
from station.core.decision import decide, is_trusted
from station.core.errors import ConfigurationError, StorageError
from station.core.facts import Facts, SignatureStatus
from station.core.journal import Entry, JournalEntry
from station.core.operators import Role
from station.core.policy import SitePolicy
from station.core.reasons import Reason
from station.core.registry import KeyState, UnitState
from station.core.shipments import (
    Expectation,
    Shipment,
    ShipmentKind,
    ShipmentLine,
    ShipmentState,
)
from station.ports.shipments import ShipmentRecord
from tests.fakes.replacing import replace
from tests.fakes.station_store import FakeStationStore

GTIN = "09506000134352"
OTHER_GTIN = "09506000134369"
SSCC = "195060001343521004"
SECOND_SSCC = "195060001343521011"
NOW = "2026-03-01T08:00:00.000Z"


def asn(*serials: str, shipment_id: str = "ASN-1", count: int = 0, sscc: str = "") -> Shipment:
    """Units of one product, some by serial and some more by number."""
    line = ShipmentLine(GTIN, len(serials) + count, frozenset(serials), sscc)
    return Shipment(shipment_id, ShipmentKind.ASN, "", (line,), (sscc,) if sscc else ())


def facts(
    serial: str = "A", expectation: Expectation = Expectation.EXPECTED, gtin: str = GTIN
) -> Facts:
    """A genuine, listed unit nothing speaks against."""
    return Facts(
        kind=CodeKind.UC1,
        identity=UnitIdentity(gtin, serial),
        enrolled=True,
        form_must_be_signed=True,
        signature=SignatureStatus.VALID,
        key_state=KeyState.ACTIVE,
        listed=True,
        unit_state=UnitState.ACTIVE,
        expectation=expectation,
    )


def declared(reason: Reason) -> Facts:
    """What an operator said of an item."""
    return Facts(kind=CodeKind.NONE, declared=reason)


def entry(
    scan_id: str, of: Facts, shipment: str = "ASN-1", payload: bytes = b"", gtin: str | None = None
) -> JournalEntry:
    """The journal's line of some facts, decided by the rules."""
    identity = of.identity
    return JournalEntry(
        scan_id=scan_id,
        time_utc=NOW,
        station="dock-1",
        source="scanner",
        payload=payload,
        symbology_identifier="]d2",
        kind=of.kind,
        identity=identity,
        gtin=gtin if identity is None else identity.gtin,
        facts=of,
        verdict=decide(of, SitePolicy()),
        registry_generation=1,
        keys_digest="",
        policy_version="default",
        software_version="1",
        shipment=shipment,
        proven=is_trusted(of, SitePolicy()),
    )


def act(scan_id: str, kind: ActKind, about: str) -> ActEntry:
    """What somebody did about a scan or an act."""
    return ActEntry(scan_id, NOW, "dock-1", kind, "ANNA", Role.SUPERVISOR, about=about)


def shipment_act(
    scan_id: str, shipment_id: str, *, closes: bool = False, time_utc: str = NOW
) -> ActEntry:
    """A supervisor opened or closed a shipment."""
    kind = ActKind.CLOSE_SHIPMENT if closes else ActKind.OPEN_SHIPMENT
    return replace(act(scan_id, kind, ""), reference=shipment_id, time_utc=time_utc)


@dataclass
class FakeShipmentBook:
    """Implements `station.ports.shipments.ShipmentBook` over the lines of a store in memory."""

    store: FakeStationStore = field(default_factory=FakeStationStore)
    shipments: dict[str, Shipment] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    fault: StorageError | None = None
    """Raised by every look-up."""

    def add_all(
        self, shipments: Sequence[Shipment], source: str, now_utc: str, *, replace: bool = False
    ) -> None:
        for one in shipments:
            if self._moves(one.shipment_id):
                raise ConfigurationError(f"{one.shipment_id} was at the dock already", "another")
            if one.shipment_id in self.shipments and not replace:
                raise ConfigurationError(f"there is a shipment {one.shipment_id} already", "no")
        for one in shipments:
            self.shipments.pop(one.shipment_id, None)
            self.shipments[one.shipment_id] = one
            self.imported[one.shipment_id] = (source, now_utc)

    def records(self) -> list[ShipmentRecord]:
        return [self._record(one) for one in reversed(self.shipments.values())]

    def record(self, shipment_id: str) -> ShipmentRecord | None:
        found = self.shipments.get(shipment_id)
        return None if found is None else self._record(found)

    def opened(self) -> str:
        self._check()
        opened = ""
        for line in self.store.entries:
            if isinstance(line, ActEntry) and line.kind is ActKind.OPEN_SHIPMENT:
                opened = line.reference
            elif isinstance(line, ActEntry) and line.kind is ActKind.CLOSE_SHIPMENT:
                opened = "" if opened == line.reference else opened
        return opened

    def shipment(self, shipment_id: str) -> Shipment | None:
        self._check()
        return self.shipments.get(shipment_id)

    def history(self, shipment_id: str) -> Iterator[Entry]:
        self._check()
        return iter(self._history(shipment_id, len(self.store.entries)))

    def history_until_close(self, shipment_id: str) -> Iterator[Entry]:
        self._check()
        closings = (
            number
            for number, line in enumerate(self.store.entries)
            if isinstance(line, ActEntry)
            and line.kind is ActKind.CLOSE_SHIPMENT
            and line.reference == shipment_id
        )
        return iter(self._history(shipment_id, next(closings, len(self.store.entries))))

    def announcing_unit(self, identity: UnitIdentity, besides: str) -> str | None:
        return self._first(
            besides, lambda line: line.gtin == identity.gtin and identity.serial in line.serials
        )

    def announcing_product(self, gtin: str, besides: str) -> str | None:
        return self._first(besides, lambda line: line.gtin == gtin and line.unnamed > 0)

    def carrying(self, sscc: str) -> str | None:
        self._check()
        found = (one for one in self._announced("") if sscc in self.shipments[one].ssccs)
        return next(found, None)

    def close(self) -> None:
        """Nothing to release."""

    def _history(self, shipment_id: str, until: int) -> list[Entry]:
        found: list[Entry] = []
        scans: set[str] = set()
        units: set[UnitIdentity] = set()
        for line in self.store.entries[:until]:
            if isinstance(line, ActEntry):
                concerns = line.about in scans or line.identity in units
            else:
                concerns = line.shipment == shipment_id
            if concerns:
                found.append(line)
                scans.add(line.scan_id)
                if line.identity is not None:
                    units.add(line.identity)
        return found

    def _moves(self, shipment_id: str) -> list[ActEntry]:
        self._check()
        kinds = {ActKind.OPEN_SHIPMENT, ActKind.CLOSE_SHIPMENT}
        return [
            line
            for line in self.store.entries
            if isinstance(line, ActEntry) and line.kind in kinds and line.reference == shipment_id
        ]

    def _record(self, of: Shipment) -> ShipmentRecord:
        moves = self._moves(of.shipment_id)
        times = {move.kind: move.time_utc for move in reversed(moves)}
        closed = times.get(ActKind.CLOSE_SHIPMENT, "")
        at_dock = self.opened() == of.shipment_id
        state = ShipmentState.OPEN if at_dock else ShipmentState.WAITING
        return ShipmentRecord(
            of.shipment_id,
            of.kind,
            of.seller,
            ShipmentState.CLOSED if closed else state,
            of.expected,
            *self.imported[of.shipment_id],
            times.get(ActKind.OPEN_SHIPMENT, ""),
            closed,
        )

    def _announced(self, besides: str) -> list[str]:
        return sorted(
            record.shipment_id
            for record in self.records()
            if record.shipment_id != besides and record.state is not ShipmentState.CLOSED
        )

    def _first(self, besides: str, matches: Callable[[ShipmentLine], bool]) -> str | None:
        self._check()
        for one in self._announced(besides):
            if any(matches(line) for line in self.shipments[one].lines):
                return one
        return None

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault
