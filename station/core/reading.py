"""What reaches the verdict loop: one moment's reads at a source, or a declaration."""

from dataclasses import dataclass

from station.core.print_quality import PrintQuality
from station.core.reasons import Reason
from station.core.symbol import Corners, Symbol


@dataclass(frozen=True, slots=True)
class Read:
    """One symbol on its way to a verdict.

    Attributes:
        scan_id: Unique in the journal, 26 characters, sorts by time.
        symbol: What was read.
        print_quality: How well it is printed, an estimate; None where nobody looked or could tell.
    """

    scan_id: str
    symbol: Symbol
    print_quality: PrintQuality | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """All reads of one moment at one source: a frame's symbols, or a scanner's one line.

    Attributes:
        source: The source's name as configured, e.g. ``serial:/dev/serial/by-id/…``.
        reads: At least one; an empty payload says that something was captured and held no symbol.
        presentation: Names the presentation where the source knows it (a still picture, a
            track); ``""`` leaves it to the loop's time window.
        captured_mono_ns: Monotonic clock, when the frame or the last byte arrived.
        decoded_mono_ns: Monotonic clock, when the symbols were known.
        picture: The file or stream position it came from, for people; ``""`` for a scanner.
        others_in_view: Symbols that are in view beside the reads, also those a frame has missed.
        unread: Outlines of what looks like a label in the picture and could not be read.
    """

    source: str
    reads: tuple[Read, ...]
    presentation: str
    captured_mono_ns: int
    decoded_mono_ns: int
    picture: str = ""
    others_in_view: int = 0
    unread: tuple[Corners, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an operator says of an item no reader can speak for.

    Attributes:
        scan_id: Unique in the journal.
        source: ``operator`` and where, e.g. ``operator:dock``.
        reason: One of `station.core.reasons.DECLARABLE`.
        gtin: The product where the operator knows it, 14 digits; else None.
        declared_mono_ns: Monotonic clock.
    """

    scan_id: str
    source: str
    reason: Reason
    gtin: str | None
    declared_mono_ns: int
