"""Candidates: what a read may have been before the scanner's faults, most likely first.

For: `station.intake.recognising`, which asks of each whether it is genuine. Leaves to others:
signatures, registry. Promises: total for any bytes; pure and deterministic; at most
`MAX_CANDIDATES`, each parsed to a unit's code and each with at least one fault; nothing for a
payload that is longer than any unit code can have become.

Order: what happens to the code as typed (separators, ends) first, then caps lock, then each
keyboard layout, then both; within each the fewest faults first. A fault further down is so rare,
and a candidate so rarely well-formed by chance, that the bound on signature checks is hardly met.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from station.core.codes import OpaqueUnit, PlainUnit, SignedUnit
from station.core.diagnosis.faults import LAYOUT_SWAPS, ScannerFault
from station.core.diagnosis.keyboards import SHIFT_LOCKING, undo_caps_lock, undo_layout
from station.core.diagnosis.repairs import with_separators, without_affixes
from station.core.parsing import parse, split_identifier

MAX_CANDIDATES: Final = 32
MAX_REPAIRS: Final = 32
"""Repairs tried on one text; a real one has a handful, a hostile one could have thousands."""

MAX_TEXT_BYTES: Final = 512
"""A label of 124 characters with lot and expiry, every character typed as two bytes, fits; so does
a Digital Link with any host one would print."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading with faults undone.

    Attributes:
        code: What it parses to: a unit's code.
        payload: Its bytes, without symbology identifier.
        faults: What was undone, in the order it was undone; at least one.
    """

    code: SignedUnit | PlainUnit | OpaqueUnit
    payload: bytes
    faults: tuple[ScannerFault, ...]


def candidates(payload: bytes, symbology_identifier: str = "") -> Iterator[Candidate]:
    """Readings of a payload that did not verify as read.

    Args:
        payload: The bytes as read.
        symbology_identifier: As read beside the payload, or ``""``.
    """
    if len(payload) > MAX_TEXT_BYTES:
        return
    given = 0
    seen: set[bytes] = set()
    for text, identifiers, typed in _as_typed(payload, symbology_identifier):
        if text in seen:
            continue
        seen.add(text)
        found = [
            candidate
            for repaired, faults in islice(_repaired(text), MAX_REPAIRS)
            if (candidate := _candidate(repaired, identifiers, typed + faults)) is not None
        ]
        for candidate in sorted(found, key=_fault_count):
            if given == MAX_CANDIDATES:
                return
            given += 1
            yield candidate


def _as_typed(
    payload: bytes, identifier: str
) -> Iterator[tuple[bytes, tuple[str, ...], tuple[ScannerFault, ...]]]:
    """The text with keyboard faults undone: itself, the identifiers it may have, the faults.

    An identifier beside the payload may have been typed with it, or may come from elsewhere. What
    a keyboard types arrives as UTF-8; bytes that are none were never typed.
    """
    yield _split(payload, identifier, "", ())
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return
    small = undo_caps_lock(text), undo_caps_lock(identifier)
    caps = (ScannerFault.CAPS_LOCK,)
    yield _split(small[0].encode(), identifier, small[1], caps)
    for body, beside, before in ((text, identifier, ()), (*small, caps)):
        for fault, swap in LAYOUT_SWAPS.items():
            undone = undo_layout(body, swap.scanner, swap.host)
            if undone is not None:
                own = undo_layout(beside, swap.scanner, swap.host) or ""
                yield _split(undone.encode(), identifier, own, (*before, fault))
    for fault, swap in LAYOUT_SWAPS.items():
        if swap.host in SHIFT_LOCKING:
            undone = undo_layout(text, swap.scanner, swap.host, shift_lock=True)
            if undone is not None:
                yield _split(undone.encode(), identifier, "", (*caps, fault))


def _split(
    text: bytes, identifier: str, typed: str, faults: tuple[ScannerFault, ...]
) -> tuple[bytes, tuple[str, ...], tuple[ScannerFault, ...]]:
    if identifier:
        return text, tuple({identifier, typed} - {""}), faults
    own, start = split_identifier(text)
    return text[start:], (own,) if own else (), faults


def _repaired(text: bytes) -> Iterator[tuple[bytes, tuple[ScannerFault, ...]]]:
    for whole, at_the_ends in without_affixes(text):
        for parted, at_separators in with_separators(whole):
            yield parted, at_the_ends + at_separators


def _candidate(
    text: bytes, identifiers: tuple[str, ...], faults: tuple[ScannerFault, ...]
) -> Candidate | None:
    code = parse(text) if split_identifier(text)[1] == 0 else None
    if not isinstance(code, SignedUnit | PlainUnit | OpaqueUnit):
        return None
    # A symbol of the identifier must be one that may hold the code; none given says nothing.
    if identifiers and all(parse(text, identifier) != code for identifier in identifiers):
        faults = (*faults, ScannerFault.IDENTIFIER_WRONG)
    return Candidate(code, text, faults) if faults else None


def _fault_count(candidate: Candidate) -> int:
    return len(candidate.faults)
