"""A shipment: what a seller has announced, a buyer has ordered, or what simply stands at the dock.

Values only. What has come of a shipment is `station.core.shipment_tally`, what it adds up to
`station.core.close_out`; the files it is read from are `station.core.shipment_csv` and
`station.core.shipment_epcis`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.gs1.charset import all_digits
from station.core.gs1.check_digit import gtin_14, has_right_check_digit

MAX_UNITS: Final = 1_000_000
"""Units of a shipment, announced by serial or by count: more than any train brings."""

MAX_SERIALS: Final = 200_000
"""Units of a shipment named one by one; the open shipment's are held in memory."""

MAX_LINES: Final = 20_000
MAX_PALLETS: Final = 20_000

MAX_ANNOUNCED: Final = 1000
"""Shipments a brand announces to one site at a time."""

MAX_ANNOUNCED_PARTS: Final = 500_000
"""Their `Shipment.parts` together: no document of them is longer than a station reads."""

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_SSCC_DIGITS: Final = 18


class ShipmentKind(Enum):
    """Against what a shipment is counted."""

    ASN = "asn"
    """An advance shipping notice: serials, counts, or both."""
    ORDER = "order"
    """A purchase order: a count a product."""
    BLIND = "blind"
    """Nothing is known beforehand; it is only counted."""


class ShipmentState(Enum):
    """Where a shipment stands at this site."""

    WAITING = "waiting"
    """Not at the dock: not come yet, or put aside for another."""
    OPEN = "open"
    CLOSED = "closed"


class Expectation(Enum):
    """How a unit stands to the shipment that is open."""

    NONE = "none"
    """No shipment is open, or it is a blind one."""
    EXPECTED = "expected"
    NOT_ON_ASN = "not_on_asn"
    OVER = "over"
    WRONG_SHIPMENT = "wrong_shipment"
    """Another shipment announces it."""


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """What is announced of one product, in one pallet or carton or apart from any.

    Attributes:
        gtin: 14 digits.
        count: All units of the line, 1 or more, those with a serial among them.
        serials: Those that are named one by one.
        sscc: The pallet or carton they come in, 18 digits, or ``""``.
    """

    gtin: str
    count: int
    serials: frozenset[str] = frozenset()
    sscc: str = ""

    @property
    def unnamed(self) -> int:
        """Units of which only the number is announced."""
        return self.count - len(self.serials)


@dataclass(frozen=True, slots=True)
class Shipment:
    """One shipment as announced.

    Attributes:
        shipment_id: 1 to 40 of ``A-Z a-z 0-9 . _ -``, beginning in a letter or digit.
        kind: Against what it is counted.
        seller: Who supplies it, in the one spelling of `seller_id_of`, or ``""``.
        lines: At most one for each pair of SSCC and GTIN, sorted; none of a blind one.
        ssccs: Every pallet and carton of it, sorted.
    """

    shipment_id: str
    kind: ShipmentKind
    seller: str = ""
    lines: tuple[ShipmentLine, ...] = ()
    ssccs: tuple[str, ...] = ()

    @property
    def expected(self) -> int:
        """How many units are announced."""
        return sum(line.count for line in self.lines)

    @property
    def parts(self) -> int:
        """How many lines, serials and pallets it is made of."""
        return len(self.ssccs) + sum(1 + len(line.serials) for line in self.lines)


@dataclass(frozen=True, slots=True)
class ShipmentFault:
    """Why an announcement cannot be used.

    Attributes:
        what: What is wrong, without a full stop.
        remedy: What to do about it.
    """

    what: str
    remedy: str


def is_shipment_id(text: str) -> bool:
    """Whether a text may name a shipment."""
    return _ID.fullmatch(text) is not None


def seller_id_of(text: str) -> str | None:
    """A seller's id in its one spelling, or None where it can be none.

    Brands and sites write the same id down apart from each other, so case does not count.
    """
    return text.lower() if _ID.fullmatch(text) else None


def is_sscc(text: str) -> bool:
    """Whether a text is 18 digits that end in their check digit."""
    digits = text.encode("utf-8", "replace")
    return len(digits) == _SSCC_DIGITS and all_digits(digits) and has_right_check_digit(digits)


class ShipmentDraft:
    """Gathers what a file says of one shipment; bounded, and never in contradiction with itself."""

    def __init__(self, shipment_id: str, kind: ShipmentKind, seller: str) -> None:
        self.shipment_id = shipment_id
        self.kind = kind
        self.seller = seller
        self._counts: dict[tuple[str, str], int] = {}
        self._serials: dict[tuple[str, str], set[str]] = {}
        self._owner: dict[tuple[str, str], str] = {}
        self._places: set[tuple[str, str]] = set()
        self._ssccs: set[str] = set()
        self._announced = 0

    def add_pallet(self, sscc: str) -> ShipmentFault | None:
        """A pallet or carton of the shipment."""
        self._ssccs.add(sscc)
        if len(self._ssccs) > MAX_PALLETS:
            return ShipmentFault(f"more than {MAX_PALLETS} pallets and cartons", _SPLIT)
        return None

    def add_serial(self, gtin: str, serial: str, sscc: str = "") -> ShipmentFault | None:
        """A unit that is named; naming it twice at one place is naming it once."""
        owner = self._owner.get((gtin, serial))
        if owner == sscc:
            return None
        if owner is not None:
            return ShipmentFault(
                f"unit {gtin} {serial} is announced in two pallets", "leave it in one of them"
            )
        self._owner[gtin, serial] = sscc
        self._serials.setdefault((sscc, gtin), set()).add(serial)
        return self._grown((sscc, gtin))

    def add_count(self, gtin: str, count: int, sscc: str = "") -> ShipmentFault | None:
        """Units of which the number is announced, serials of the same line among them."""
        place = (sscc, gtin)
        self._counts[place] = self._counts.get(place, 0) + count
        self._announced += count
        return self._grown(place)

    def shipment(self) -> Shipment | ShipmentFault:
        """The shipment as gathered."""
        lines = []
        for sscc, gtin in sorted(self._places):
            serials = frozenset(self._serials.get((sscc, gtin), ()))
            count = self._counts.get((sscc, gtin), len(serials))
            if count < len(serials):
                return ShipmentFault(
                    f"GTIN {gtin} is announced with {len(serials)} serials, but as {count} units",
                    "let the count include the serials, or leave it out",
                )
            lines.append(ShipmentLine(gtin, count, serials, sscc))
        ssccs = self._ssccs | {line.sscc for line in lines if line.sscc}
        draft = Shipment(
            self.shipment_id, self.kind, self.seller, tuple(lines), tuple(sorted(ssccs))
        )
        return _contradiction(draft) or draft

    def _grown(self, place: tuple[str, str]) -> ShipmentFault | None:
        """Note the line something was added to; a fault where the whole is too large now."""
        self._places.add(place)
        too_many = len(self._owner) > MAX_SERIALS or self._announced > MAX_UNITS
        if not too_many and len(self._places) <= MAX_LINES:
            return None
        return ShipmentFault(
            f"more than {MAX_UNITS} units, {MAX_SERIALS} serials or {MAX_LINES} lines", _SPLIT
        )


_SPLIT: Final = "split the shipment and import the parts under ids of their own"


def _contradiction(shipment: Shipment) -> ShipmentFault | None:
    """What a shipment holds that its kind does not know."""
    match shipment.kind:
        case ShipmentKind.BLIND if shipment.lines:
            return ShipmentFault(
                "a blind shipment announces no units", "leave them out, or make it an asn"
            )
        case ShipmentKind.ORDER if shipment.ssccs or any(line.serials for line in shipment.lines):
            return ShipmentFault(
                "a purchase order knows neither serials nor pallets",
                "give a count for each GTIN, or make it an asn",
            )
        case ShipmentKind.ASN | ShipmentKind.ORDER if not shipment.lines:
            return ShipmentFault(
                "it announces no units", "name what is in it, or make it a blind one"
            )
        case _:
            return None


def gtins_of(lines: Iterable[ShipmentLine]) -> frozenset[str]:
    """The products of some lines."""
    return frozenset(line.gtin for line in lines)


def gtin_of(text: str) -> str | None:
    """A GTIN of 8, 12, 13 or 14 digits as 14 digits, or None where it is none."""
    return gtin_14(text.encode("utf-8", "replace"))
