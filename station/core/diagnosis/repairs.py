"""Undo what scanners do to a code's ends and separators.

Each function yields texts with the faults they undo, the text as it is first. Total; bounded by
the shapes a unit code has: its tag is 90 characters of a narrow kind, so where it begins and ends
is known without separators.
"""

import re
from collections.abc import Iterator
from typing import Final

from station.core.diagnosis.faults import (
    LAYOUT_SWAPS,
    MAX_AFFIX_BYTES,
    SEPARATOR_SPELLINGS,
    ScannerFault,
)
from station.core.diagnosis.keyboards import undo_layout
from station.core.gs1.element_string import GS
from station.core.unit_code import MINTED_SERIAL_CHARS

Repaired = tuple[bytes, tuple[ScannerFault, ...]]

MAX_TAGS: Final = 2
"""Places in a text that look like a tag; a label has one."""

MAX_SERIAL_CHARS: Final = 20
"""Source: GS1 General Specifications, AI 21."""

MAX_LOT_PLACES: Final = 4
"""Places in a serial where a lot may begin; 13 random characters hold ``10`` once in 85."""

_START: Final = re.compile(rb"(?=\x1d?01[0-9]{14}|[Hh][Tt][Tt][Pp][Ss]?://|AZ:|ZA:)")
_AFFIX: Final = re.compile(rb"[\x02\x03\t\r\n\x20-\x7e]{1,%d}" % MAX_AFFIX_BYTES)
_AIM: Final = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
_IDENTIFIER: Final = re.compile(rb"\]?[A-Za-z][0-9A-Za-z]")

_TAG_ELEMENT: Final = re.compile(rb"(?=(9[1-9]=?E[Q-Za-v][A-Za-z0-9_-]{87}[AQgw]))")
"""A tag's first byte is 0x11 or 0x12, which leaves little for its first two characters."""

_OPAQUE: Final = re.compile(rb"(?=((?:AZ|ZA):[0-9A-Za-z]{26}))")
_HEAD: Final = re.compile(rb"\x1d?01[0-9]{14}(?:17[0-9]{6})?21([^\x1d]*)")
_OWN_FORMS: Final = (b"h", b"H", b"AZ:", b"ZA:")
"""Links and opaque codes have no separators."""


def without_affixes(text: bytes) -> Iterator[Repaired]:
    """The text without what a scanner may have put before and after the code."""
    starts = [match.start() for match in _START.finditer(text, 0, MAX_AFFIX_BYTES + 24)]
    if 0 not in starts:
        starts.insert(0, 0)
    for start in starts:
        if start and not _AFFIX.fullmatch(text, 0, start):
            continue
        for end in (len(text), *_ends(text)):
            if end < len(text) and not _AFFIX.fullmatch(text, end):
                continue
            yield text[start:end], _affix_faults(text[:start], end < len(text))


def _ends(text: bytes) -> Iterator[int]:
    """Where a code may end before the text does."""
    for pattern in (_TAG_ELEMENT, _OPAQUE):
        for match in pattern.finditer(text):
            if 0 < len(text) - match.end(1) <= MAX_AFFIX_BYTES:
                yield match.end(1)


def _affix_faults(prefix: bytes, has_suffix: bool) -> tuple[ScannerFault, ...]:
    faults = []
    if prefix:
        faults.append(_prefix_fault(prefix))
    if has_suffix:
        faults.append(ScannerFault.SUFFIX_ADDED)
    return tuple(faults)


def _prefix_fault(prefix: bytes) -> ScannerFault:
    """What put something before the code.

    A code may hold no character that another keyboard types elsewhere; then the identifier before
    it is all that shows the layout: ``]d2`` arrives as ``+d2``.
    """
    if _IDENTIFIER.fullmatch(prefix):
        return ScannerFault.IDENTIFIER_TYPED
    typed = prefix.decode("latin-1")
    for fault, swap in LAYOUT_SWAPS.items():
        undone = undo_layout(typed, swap.scanner, swap.host)
        if undone is not None and _AIM.fullmatch(undone.encode()):
            return fault
    return ScannerFault.PREFIX_ADDED


def with_separators(text: bytes) -> Iterator[Repaired]:
    """The text with separators where they are due."""
    yield text, ()
    if text.startswith(_OWN_FORMS):
        return
    # Who replaces one GS replaces all. At an end it would be a prefix or suffix: none is due there.
    spelled: list[Repaired] = [
        (text.replace(spelling, GS), (ScannerFault.SEPARATOR_SPELLED,))
        for spelling in SEPARATOR_SPELLINGS
        if GS not in text
        and spelling in text
        and not (text.startswith(spelling) or text.endswith(spelling))
    ]
    yield from spelled
    for form, faults in ((text, ()), *spelled):
        lost = (*faults, ScannerFault.SEPARATOR_LOST)
        closed = [form, *_with_separated_tag(form)]
        for whole in closed[1:]:
            yield whole, lost
        for whole in closed:
            for parted in _with_separated_lot(whole):
                yield parted, lost


def _with_separated_tag(text: bytes) -> Iterator[bytes]:
    """The text with GS before and after its tag, where one is missing."""
    matches = list(_TAG_ELEMENT.finditer(text))[:MAX_TAGS]
    for match in matches:
        before, tag, after = text[: match.start()], match[1], text[match.end(1) :]
        before = before if before.endswith(GS) else before + GS
        after = after if not after or after.startswith(GS) else GS + after
        whole = before + tag + after
        if whole != text:
            yield whole


def _with_separated_lot(text: bytes) -> Iterator[bytes]:
    """The text with GS between the serial and a lot (AI 10) that ran into it.

    A serial as long as minted ones are comes first.
    """
    head = _HEAD.match(text)
    if head is None:
        return
    start, run = head.start(1), head[1][: MAX_SERIAL_CHARS + 2]
    lengths = [at for at in range(1, len(run) - 1) if run.startswith(b"10", at)]
    lengths.sort(key=lambda length: length != MINTED_SERIAL_CHARS)
    for length in lengths[:MAX_LOT_PLACES]:
        at = start + length
        yield text[:at] + GS + text[at:]
