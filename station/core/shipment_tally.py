"""What has come of a shipment, told from the journal alone: each item once, whatever was done.

A tally is a fold over the journal's lines in their order: verdicts given while the shipment was
open, and acts upon their items. Nothing else keeps a count, so that a crash, a repeat or an undo
can neither lose nor double one. It also says how the next unit stands to what was announced.

An item is known by its unit; a label that proves nothing is an item beside the unit it copies; what
names no unit goes by its payload, and what the operator declared by its scan.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from station.core.acts import ActEntry, ActKind
from station.core.codes import UnitIdentity
from station.core.facts import Repeat
from station.core.journal import Entry, JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.shipments import Expectation, Shipment, ShipmentKind
from station.core.verdict import UnitChange

_Key = tuple[str, ...]


class Outcome(Enum):
    """What became of an item."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    HELD = "held"
    """Still under review."""
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class DeliveredItem:
    """An item that came.

    Attributes:
        gtin: 14 digits, or ``""`` where nobody knows.
        serial: Its serial, or ``""``.
        outcome: What became of it.
        expectation: How it stood to the shipment when it was last judged.
    """

    gtin: str
    serial: str
    outcome: Outcome
    expectation: Expectation

    @property
    def takes_place(self) -> bool:
        """Whether it stands for a unit announced: it was expected, or was let pass after all."""
        return self.outcome is Outcome.ACCEPTED or self.expectation in _UNOBJECTIONABLE


_UNOBJECTIONABLE: Final = frozenset({Expectation.NONE, Expectation.EXPECTED})

_AFTER_ACT: Final[dict[ActKind, Outcome]] = {
    ActKind.RELEASE: Outcome.ACCEPTED,
    ActKind.RELABEL: Outcome.ACCEPTED,
    ActKind.QUARANTINE: Outcome.QUARANTINED,
    ActKind.CONFIRM_COUNTERFEIT: Outcome.QUARANTINED,
    ActKind.RETURN_TO_SELLER: Outcome.QUARANTINED,
    ActKind.DESTROY: Outcome.QUARANTINED,
    ActKind.SECOND_UNIT: Outcome.QUARANTINED,
}

_SPOILT: Final = frozenset({Outcome.DAMAGED, Outcome.UNREADABLE})
"""Stays so, whatever is done with the item, unless it is accepted after all."""


@dataclass(slots=True)
class _Item:
    """An item and what happened to it: (scan or act id, outcome), oldest first."""

    gtin: str
    serial: str
    expectation: Expectation
    steps: list[tuple[str, Outcome]] = field(default_factory=list)

    def now(self) -> DeliveredItem | None:
        """As it stands; None when all that was said of it was taken back."""
        if not self.steps:
            return None
        return DeliveredItem(self.gtin, self.serial, self.steps[-1][1], self.expectation)


def counts_as_received(entry: JournalEntry) -> bool:
    """Whether a verdict counts one more unit as received; a repeat never does."""
    received = entry.verdict.change is UnitChange.RECEIVE or entry.facts.enrolled is False
    return entry.verdict.verdict_class.is_accept and received


class ShipmentTally:
    """Counts one shipment. Every look and every step costs the same, however much has come."""

    def __init__(self, shipment: Shipment) -> None:
        self.shipment: Final = shipment
        self._listed = {(line.gtin, serial) for line in shipment.lines for serial in line.serials}
        self._unnamed: Counter[str] = Counter()
        for line in shipment.lines:
            self._unnamed[line.gtin] += line.unnamed
        self._items: dict[_Key, _Item] = {}
        self._key_of: dict[str, _Key] = {}
        self._outcomes: Counter[Outcome] = Counter()
        self._taken: Counter[str] = Counter()

    def items(self) -> list[DeliveredItem]:
        """Everything that came, in the order in which it was first seen."""
        found = (item.now() for item in self._items.values())
        return [item for item in found if item is not None]

    def count(self, outcome: Outcome) -> int:
        """How many items stand so."""
        return self._outcomes[outcome]

    def names(self, identity: UnitIdentity) -> bool:
        """Whether the shipment announces this very unit."""
        return (identity.gtin, identity.serial) in self._listed

    def expectation(self, identity: UnitIdentity) -> Expectation:
        """How a unit stands to this shipment by itself, other shipments apart.

        A unit that came already is held against the others, so that it is never over itself.
        """
        if self.shipment.kind is ShipmentKind.BLIND:
            return Expectation.NONE
        if self.names(identity):
            return Expectation.EXPECTED
        gtin = identity.gtin
        announced = self._unnamed.get(gtin, 0)
        if not announced:
            return Expectation.NOT_ON_ASN
        known = self._items.get(_unit_key(identity))
        others = self._taken[gtin] - (self._place_of(known) if known is not None else 0)
        return Expectation.EXPECTED if others < announced else Expectation.OVER

    def take(self, entry: Entry) -> None:
        """The next line of the journal; one of another shipment changes nothing."""
        if isinstance(entry, ActEntry):
            self._act(entry)
        elif entry.shipment == self.shipment.shipment_id:
            self._verdict(entry)

    def forget(self, scan_id: str) -> None:
        """A scan or act is taken back, or was never kept."""
        key = self._key_of.get(scan_id)
        item = self._items.get(key) if key is not None else None
        if item is None:
            return
        self._uncount(item)
        item.steps = [step for step in item.steps if step[0] != scan_id]
        self._count(item)

    def _verdict(self, entry: JournalEntry) -> None:
        outcome = _outcome_of(entry)
        if outcome is None:
            return
        identity = entry.identity
        if identity is None:
            key: _Key = (
                ("scan", entry.scan_id)
                if entry.facts.declared is not None
                else ("payload", entry.payload.hex())
            )
        elif outcome is Outcome.QUARANTINED and not entry.proven:
            key = ("label", identity.gtin, identity.serial)
            self._take_over_hold(identity, key)
        else:
            key = _unit_key(identity)
        self._key_of[entry.scan_id] = key
        item = self._items.get(key)
        if item is None:
            serial = "" if identity is None else identity.serial
            item = self._items[key] = _Item(entry.gtin or "", serial, entry.facts.expectation)
        if _is_news(item, outcome, entry):
            self._push(item, entry.scan_id, outcome, entry.facts.expectation)

    def _take_over_hold(self, identity: UnitIdentity, key: _Key) -> None:
        """A label held at its first read and condemned at its second is one item."""
        held = self._items.get(_unit_key(identity))
        only_held = held is not None and all(step[1] is Outcome.HELD for step in held.steps)
        if held is None or not only_held or key in self._items:
            return
        self._items[key] = self._items.pop(_unit_key(identity))
        for scan_id, _ in held.steps:
            self._key_of[scan_id] = key

    def _act(self, act: ActEntry) -> None:
        if act.kind is ActKind.UNDO:
            self.forget(act.about)
            return
        outcome = _AFTER_ACT.get(act.kind)
        key = self._key_of.get(act.about)
        if key is None and act.identity is not None:
            key = _unit_key(act.identity)
        item = self._items.get(key) if key is not None else None
        if outcome is None or key is None or item is None or not item.steps:
            return
        if item.steps[-1][1] in _SPOILT and outcome is not Outcome.ACCEPTED:
            return
        self._key_of[act.scan_id] = key
        self._push(item, act.scan_id, outcome, item.expectation)

    def _push(self, item: _Item, scan_id: str, outcome: Outcome, expectation: Expectation) -> None:
        self._uncount(item)
        item.steps.append((scan_id, outcome))
        item.expectation = expectation
        self._count(item)

    def _uncount(self, item: _Item) -> None:
        now = item.now()
        if now is not None:
            self._outcomes[now.outcome] -= 1
            self._taken[now.gtin] -= self._place_of(item)

    def _count(self, item: _Item) -> None:
        now = item.now()
        if now is not None:
            self._outcomes[now.outcome] += 1
            self._taken[now.gtin] += self._place_of(item)

    def _place_of(self, item: _Item) -> int:
        """1 where an item takes the place of a unit that was announced without a serial."""
        now = item.now()
        return int(
            now is not None and now.takes_place and (now.gtin, now.serial) not in self._listed
        )


def _unit_key(identity: UnitIdentity) -> _Key:
    return ("unit", identity.gtin, identity.serial)


def _outcome_of(entry: JournalEntry) -> Outcome | None:
    """What a verdict makes of the item in hand; None where it records nothing of it."""
    match entry.verdict.verdict_class:
        case VerdictClass.ACCEPT | VerdictClass.ACCEPT_NOTE:
            return Outcome.ACCEPTED
        case VerdictClass.HOLD:
            return Outcome.HELD
        case VerdictClass.QUARANTINE:
            if entry.verdict.reason is Reason.DAMAGED:
                return Outcome.DAMAGED
            unreadable = entry.verdict.reason is Reason.UNREADABLE
            return Outcome.UNREADABLE if unreadable else Outcome.QUARANTINED
        case VerdictClass.RESCAN | VerdictClass.STOP:
            return None


def _is_news(item: _Item, outcome: Outcome, entry: JournalEntry) -> bool:
    """Whether a verdict changes how its item stands in this shipment.

    A unit this site had met before the shipment came to the dock is no delivery of it.
    """
    standing = item.steps[-1][1] if item.steps else None
    if standing is outcome:
        return False
    if outcome is Outcome.ACCEPTED:
        return counts_as_received(entry)
    if outcome is Outcome.HELD:
        return standing is None and entry.facts.repeat is Repeat.NONE and _is_first(entry)
    return standing is not None or _is_first(entry) or entry.verdict.change is not UnitChange.NONE


def _is_first(entry: JournalEntry) -> bool:
    return entry.facts.claim_state is None
