"""Element strings: AI and value, one after another, as GS1 symbols carry them.

For: `station.core.parsing`. Leaves to others: which symbols may hold element strings, and what
the elements together mean. Total: any bytes give elements or a fault; consumes everything or
refuses; linear in the payload's length.

Separator rules: a value of predefined length ends by itself, and a GS after it is tolerated;
any other value runs to the next GS or to the end. One GS is tolerated before the first and after
the last element (a reader may transmit the leading FNC1; an encoder may end the last value).
Two in a row are not. An AI may repeat with the same value, never with another.

Source: GS1 General Specifications, sections 7.8.4 to 7.8.6 and 4.14.1.
"""

from dataclasses import dataclass
from typing import Final

from station.core.gs1.application_identifiers import AI_CHARS, AI_TABLE, ApplicationIdentifier
from station.core.gs1.charset import all_digits, keeps_to

GS: Final = b"\x1d"
"""The separator as readers transmit FNC1. Source: GS1 General Specifications, section 7.8.3."""

_GS_BYTE: Final = 0x1D

Elements = dict[str, str]
"""AI to value, in the order read."""


@dataclass(frozen=True, slots=True)
class ElementFault:
    """Why a payload is no well-formed list of elements.

    Attributes:
        cut: Whether it looks complete up to its end and only ends too early.
        detail: What is wrong, plain ASCII, without the payload's text.
        offset: Byte offset in the payload, 0-based.
    """

    cut: bool
    detail: str
    offset: int


def read_element_string(payload: bytes, start: int = 0) -> Elements | ElementFault:
    """Split a payload into elements and check each value.

    Args:
        payload: The bytes as read; GS is 0x1D.
        start: Where the element string begins.
    """
    elements: Elements = {}
    at, end = start, len(payload)
    if at < end and payload[at] == _GS_BYTE:
        at += 1
    if at == end:
        return ElementFault(True, "nothing follows the start", at)
    while at < end:
        row = _row_at(payload, at)
        if isinstance(row, ElementFault):
            return row
        value_at = at + len(row.ai)
        if row.predefined:
            stop = min(value_at + row.max_chars, end)
        else:
            stop = payload.find(GS, value_at)
            stop = end if stop < 0 else stop
        value = payload[value_at:stop]
        problem = row.problem(value)
        if problem is not None:
            cut = stop == end and len(value) < row.min_chars and _may_grow(row, value)
            return ElementFault(cut, f"AI {row.ai}: {problem}", value_at)
        text = value.decode("ascii")
        if elements.setdefault(row.ai, text) != text:
            return ElementFault(False, f"AI {row.ai}: twice, with different values", value_at)
        at = stop
        if at < end and payload[at] == _GS_BYTE:
            at += 1
    return elements


def _row_at(payload: bytes, at: int) -> ApplicationIdentifier | ElementFault:
    """The AI that begins at an offset before the payload's end."""
    chars = AI_CHARS.get(payload[at : at + 2])
    row = None if chars is None else AI_TABLE.get(payload[at : at + chars])
    if row is not None:
        return row
    if payload[at] == _GS_BYTE:
        return ElementFault(False, "a separator where an application identifier is due", at)
    rest = payload[at : at + (chars or 2)]
    if len(rest) < (chars or 2) and all_digits(rest):
        return ElementFault(True, "the end cuts an application identifier", at)
    return ElementFault(False, "no application identifier GS1 has assigned", at)


def _may_grow(row: ApplicationIdentifier, value: bytes) -> bool:
    """Whether a value that is too short keeps to the character sets as far as it goes."""
    at = 0
    for part in row.parts:
        piece = value[at : at + part.max_chars]
        if not keeps_to(piece, part.allowed):
            return False
        at += part.max_chars
    return True
