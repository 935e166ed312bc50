"""Which of the symbols a reader reports are believed, and which are one and the same.

The same code at two places stays two symbols, since a copy beside its original is just what must
be seen. One place read twice is one symbol, and one place read as two different linear codes is
none: a linear code's check digit lets every tenth misread pass, so a contradiction is all the
warning there is. Rows of a matrix code now and then look like a short linear code; such ghosts are
left out.
"""

from collections.abc import Iterable
from itertools import pairwise
from math import hypot
from typing import Final

from station.core.gs1.check_digit import has_right_check_digit
from station.core.symbol import LINEAR_FORMATS, Corners, Point, Symbol, SymbolFormat, center
from station.decoders.stacked import are_one_label, is_thin

_WEAK: Final = frozenset({SymbolFormat.ITF, SymbolFormat.UPC_E})
"""Too few bars or no check: a scan line or two of anything may look like one."""
_MIN_ITF_DIGITS: Final = 6
"""Shorter reads are mostly pieces of something else: ITF has neither check digit nor a safe end."""
_ITF_14_DIGITS: Final = 14
_EDGE_MARGIN_PX: Final = 3.0
"""How far outside another symbol's outline a centre may lie and still be at the same place."""


def plausible(symbols: Iterable[Symbol]) -> tuple[Symbol, ...]:
    """The symbols worth believing, each place once, in reading order.

    Args:
        symbols: What one reader found in one picture, with corners.
    """
    kept: list[Symbol] = []
    for symbol in symbols:
        if _is_whole(symbol) and not any(_is_again(symbol, other) for other in kept):
            kept.append(symbol)
    return in_reading_order(
        symbol
        for symbol in kept
        if not any(_gives_way(symbol, other) for other in kept if other is not symbol)
    )


def has_matrix(symbols: Iterable[Symbol]) -> bool:
    """Whether any of them is a matrix code, as unit codes are."""
    return any(symbol.format not in LINEAR_FORMATS for symbol in symbols)


def added(found: tuple[Symbol, ...], later: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
    """What an earlier attempt found, and what a later one adds, in reading order.

    The earlier attempt is the surer one: beside its finds only matrix codes, which misread far
    less easily, are added.
    """
    if not found:
        return later
    return plausible((*found, *(symbol for symbol in later if symbol.format not in LINEAR_FORMATS)))


def in_reading_order(symbols: Iterable[Symbol]) -> tuple[Symbol, ...]:
    """Top to bottom, then left to right, by centre; symbols without corners first."""
    return tuple(sorted(symbols, key=_order))


def same_place(one: Symbol, other: Symbol) -> bool:
    """Whether the middle of either symbol lies on the other."""
    if one.corners is None or other.corners is None:
        return False
    return _holds(one.corners, center(other.corners)) or _holds(other.corners, center(one.corners))


def is_inside(symbol: Symbol, point: Point) -> bool:
    """Whether a point lies on a symbol."""
    return symbol.corners is not None and _holds(symbol.corners, point)


def _order(symbol: Symbol) -> tuple[float, float]:
    if symbol.corners is None:
        return (-1.0, -1.0)
    x, y = center(symbol.corners)
    return (y, x)


def _is_whole(symbol: Symbol) -> bool:
    """Whether it is no piece of something else, as far as the symbol alone can tell."""
    if symbol.format is SymbolFormat.ITF and len(symbol.payload) == _ITF_14_DIGITS:
        return has_right_check_digit(symbol.payload)
    if symbol.format is SymbolFormat.ITF and len(symbol.payload) < _MIN_ITF_DIGITS:
        return False
    if symbol.format in _WEAK and symbol.corners is not None:
        return not is_thin(symbol.corners)
    return bool(symbol.payload)


def _is_again(symbol: Symbol, other: Symbol) -> bool:
    """The same code at the same place, or a piece of the same scratched linear label."""
    if symbol.format is not other.format or symbol.payload != other.payload:
        return False
    if same_place(symbol, other):
        return True
    return symbol.format in LINEAR_FORMATS and _on_one_label(symbol, other)


def _gives_way(symbol: Symbol, other: Symbol) -> bool:
    """Whether a linear symbol is not believed beside another that says something else."""
    if symbol.format not in LINEAR_FORMATS:
        return False
    if other.format not in LINEAR_FORMATS:
        return _lies_on(symbol, other)
    if symbol.payload == other.payload:
        return False
    if same_place(symbol, other):
        return not _is_piece(other, symbol)
    return symbol.format is other.format and _is_stray(symbol, other)


def _lies_on(symbol: Symbol, other: Symbol) -> bool:
    if symbol.corners is None or other.corners is None:
        return False
    outline = other.corners
    return all(_holds(outline, corner) for corner in symbol.corners)


def _is_piece(part: Symbol, whole: Symbol) -> bool:
    """An ITF read that began or ended inside a longer one."""
    return (
        part.format is whole.format is SymbolFormat.ITF
        and len(part.payload) < len(whole.payload)
        and part.payload in whole.payload
    )


def _is_stray(symbol: Symbol, other: Symbol) -> bool:
    """A scan line or two at the edge of a label that otherwise reads as something else."""
    if symbol.corners is None or other.corners is None:
        return False
    is_edge = is_thin(symbol.corners) and not is_thin(other.corners)
    return is_edge and are_one_label(other.corners, symbol.corners)


def _on_one_label(one: Symbol, other: Symbol) -> bool:
    if one.corners is None or other.corners is None:
        return False
    return are_one_label(one.corners, other.corners)


def _holds(outline: Corners, point: Point) -> bool:
    """Whether a point lies in a convex outline, with some margin; a flat outline is a line."""
    for axis in (0, 1):
        along = [corner[axis] for corner in outline]
        if not min(along) - _EDGE_MARGIN_PX <= point[axis] <= max(along) + _EDGE_MARGIN_PX:
            return False
    sides = [_distance(a, b, point) for a, b in pairwise((*outline, outline[0])) if a != b]
    return not sides or min(sides) >= -_EDGE_MARGIN_PX or max(sides) <= _EDGE_MARGIN_PX


def _distance(start: Point, end: Point, point: Point) -> float:
    """Distance of a point from the line through two others; the sign tells the side."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    return (dx * (point[1] - start[1]) - dy * (point[0] - start[0])) / hypot(dx, dy)
