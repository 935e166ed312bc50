"""Which symbols of a capture are judged, each at how many places. Pure.

A carton shows more than the unit code: an EAN, a pallet label, a marketing QR code. Beside a unit
code they are its surroundings; alone they are a wrong symbol. The same unit code at two separate
places of one frame is one code on two items.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from station.core.codes import OpaqueUnit, ParsedCode, PlainUnit, ReadProblem, SignedUnit, TradeItem
from station.core.reading import Read
from station.core.reasons import RULES, Reason
from station.core.symbol import Corners, center

SAME_PLACE_RATIO: Final = 0.5
"""Two symbols whose centres lie closer than this share of their size are one symbol."""


@dataclass(frozen=True, slots=True)
class Item:
    """One symbol to be judged.

    Attributes:
        read: The symbol and its scan id.
        code: What it parsed to.
        places_in_frame: At how many separate places its code shows.
        place_in_frame: The how many-th of them this is, from 1, in reading order.
    """

    read: Read
    code: ParsedCode
    places_in_frame: int = 1
    place_in_frame: int = 1


def items_of(parsed: Sequence[tuple[Read, ParsedCode]]) -> list[Item]:
    """The items of one capture.

    Args:
        parsed: Every read of the capture with its parsed code; at least one.

    Returns:
        Every unit code once for each separate place it shows at, in reading order, and every
        misread beside them; without any unit code, the one read that tells the operator most.
    """
    units = [(read, code) for read, code in parsed if _key(code) is not None]
    if not units:
        return [Item(*min(parsed, key=_telling))]
    misread = [
        Item(read, code)
        for read, code in parsed
        if isinstance(code, ReadProblem) and code.reason is Reason.PARSE_ERROR
    ]
    if len(units) == 1:
        return [Item(*units[0]), *misread]
    by_key: defaultdict[object, list[tuple[Read, ParsedCode]]] = defaultdict(list)
    for read, code in units:
        by_key[_key(code)].append((read, code))
    items: list[Item] = []
    for same in by_key.values():
        places = _separate(same)
        items.extend(
            Item(read, code, len(places), place) for place, (read, code) in enumerate(places, 1)
        )
    return items + misread


def _key(code: ParsedCode) -> object | None:
    """What makes two codes the same unit; None for what is no unit code."""
    match code:
        case SignedUnit(identity=identity) | PlainUnit(identity=identity):
            return identity
        case OpaqueUnit(code=name):
            return name
        case _:
            return None


def _telling(parsed: tuple[Read, ParsedCode]) -> tuple[int, int]:
    """Lower for what an operator can act on: a misread unit code before a wrong symbol.

    Of wrong symbols a product's own comes first: it says what the item is.
    """
    _, code = parsed
    if isinstance(code, TradeItem):
        return RULES[Reason.WRONG_SYMBOL].number, 0 if code.gtin.startswith("0") else 1
    if not isinstance(code, ReadProblem):
        return RULES[Reason.WRONG_SYMBOL].number, 2
    return 0 if code.reason is Reason.PARSE_ERROR else RULES[code.reason].number, 2


def _separate(same: Iterable[tuple[Read, ParsedCode]]) -> list[tuple[Read, ParsedCode]]:
    """One read for each separate place; reads without a place are one place."""
    kept: list[tuple[Read, ParsedCode]] = []
    for read, code in same:
        corners = read.symbol.corners
        if not any(_same_place(corners, other.symbol.corners) for other, _ in kept):
            kept.append((read, code))
    return kept


def _same_place(one: Corners | None, other: Corners | None) -> bool:
    if one is None or other is None:
        return True
    (x1, y1), (x2, y2) = center(one), center(other)
    size_px = max(_extent(one), _extent(other))
    return max(abs(x1 - x2), abs(y1 - y2)) < SAME_PLACE_RATIO * size_px


def _extent(corners: Corners) -> float:
    xs = [x for x, _ in corners]
    ys = [y for _, y in corners]
    return max(max(xs) - min(xs), max(ys) - min(ys), 1.0)
