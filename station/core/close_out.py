"""What a shipment adds up to: for each line and in all.

Each item that came takes one place of what was announced, or is over. So every row adds up:
expected + over = accepted + quarantined + held + damaged + unreadable + missing.
A blind shipment announces nothing, so nothing of it is missing or over; it is only counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from station.core.shipment_tally import DeliveredItem, Outcome
from station.core.shipments import Shipment, ShipmentKind, gtins_of

FIGURES: Final = (
    "expected",
    "accepted",
    "quarantined",
    "held",
    "damaged",
    "unreadable",
    "missing",
    "over",
)
"""Their order wherever they are shown; the names of `Figures`."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many units; all of them 0 or more.

    Attributes:
        expected: Announced.
        accepted: Received.
        quarantined: Put away.
        held: Set aside, not decided yet.
        damaged: Declared damaged.
        unreadable: With a label that could not be read.
        missing: Announced, and not come.
        over: Come, and not announced.
    """

    expected: int = 0
    accepted: int = 0
    quarantined: int = 0
    held: int = 0
    damaged: int = 0
    unreadable: int = 0
    missing: int = 0
    over: int = 0

    @property
    def delivered(self) -> int:
        """Every item that came."""
        return self.accepted + self.quarantined + self.held + self.damaged + self.unreadable

    def __add__(self, other: "Figures") -> "Figures":
        """Figure by figure."""
        return Figures(*(getattr(self, name) + getattr(other, name) for name in FIGURES))


@dataclass(frozen=True, slots=True)
class CloseOutRow:
    """One line's figures.

    Attributes:
        sscc: The line's pallet or carton, or ``""``.
        gtin: 14 digits; ``""`` for items nobody knows the product of.
        announced: Whether the shipment has such a line.
        figures: How many.
    """

    sscc: str
    gtin: str
    announced: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class CloseOut:
    """A whole shipment's figures.

    Attributes:
        shipment: What was announced.
        rows: Its lines in their order, then what came beside them by GTIN.
        total: All rows together.
    """

    shipment: Shipment
    rows: tuple[CloseOutRow, ...]
    total: Figures


class _Row:
    """A line while it is filled."""

    def __init__(self, gtin: str, sscc: str, unnamed: int, named: int, announced: bool) -> None:
        self.gtin, self.sscc, self.announced = gtin, sscc, announced
        self.unnamed = unnamed
        self.named = named
        self.expected = unnamed + named
        self.over = 0
        self.outcomes = dict.fromkeys(Outcome, 0)

    def row(self, is_blind: bool) -> CloseOutRow:
        figures = Figures(
            expected=self.expected,
            accepted=self.outcomes[Outcome.ACCEPTED],
            quarantined=self.outcomes[Outcome.QUARANTINED],
            held=self.outcomes[Outcome.HELD],
            damaged=self.outcomes[Outcome.DAMAGED],
            unreadable=self.outcomes[Outcome.UNREADABLE],
            missing=self.unnamed + self.named,
            over=0 if is_blind else self.over,
        )
        return CloseOutRow(self.sscc, self.gtin, self.announced, figures)


def close_out(shipment: Shipment, items: Iterable[DeliveredItem]) -> CloseOut:
    """Add a shipment up.

    Units announced by serial take their own place; others the next free place of their product, in
    the order of the lines. An item without a serial may also stand for one announced by serial
    that did not come. Accepted units take their places first.

    Args:
        shipment: What was announced.
        items: What came.
    """
    ranked = sorted(items, key=_rank)
    rows = [
        _Row(line.gtin, line.sscc, line.unnamed, len(line.serials), announced=True)
        for line in shipment.lines
    ]
    by_gtin: dict[str, list[_Row]] = {}
    for row in rows:
        by_gtin.setdefault(row.gtin, []).append(row)
    named = {
        (line.gtin, serial): row
        for line, row in zip(shipment.lines, rows, strict=True)
        for serial in line.serials
    }
    gtins = gtins_of(shipment.lines)
    only_gtin = next(iter(gtins)) if len(gtins) == 1 else ""
    beside: dict[str, _Row] = {}
    for item in ranked:
        gtin = item.gtin or only_gtin
        found = _place(item, by_gtin.get(gtin, ()), named)
        if found is None:
            found = beside.setdefault(gtin, _Row(gtin, "", 0, 0, announced=False))
            found.over += 1
        found.outcomes[item.outcome] += 1
    is_blind = shipment.kind is ShipmentKind.BLIND
    extra = [beside[gtin] for gtin in sorted(beside)]
    finished = tuple(row.row(is_blind) for row in (*rows, *extra))
    total = Figures()
    for row_done in finished:
        total += row_done.figures
    return CloseOut(shipment, finished, total)


def _rank(item: DeliveredItem) -> tuple[bool, bool]:
    """Accepted units first, items without a serial last; otherwise as they came."""
    return (item.outcome is not Outcome.ACCEPTED, not item.serial)


def _place(
    item: DeliveredItem, rows: Sequence[_Row], named: dict[tuple[str, str], _Row]
) -> _Row | None:
    """The line whose next place an item takes, which is then taken; None where it is over."""
    own = named.pop((item.gtin, item.serial), None)
    if own is not None and own.named:
        own.named -= 1
        return own
    if not item.takes_place:
        return None
    for row in rows:
        if row.unnamed:
            row.unnamed -= 1
            return row
    if not item.serial:
        for row in rows:
            if row.named:
                row.named -= 1
                return row
    return None
