"""Operators who do what the screen says: scan, scan again, declare, answer.

An operator knows the item in hand and nothing of its nature. Each item is a generator that yields
what the operator does next and is sent what the station said of it.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

from scripts.dock_day.truth import Item, Nature
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass

NEXT_ITEM_MS: Final = 4000
SCAN_AGAIN_MS: Final = 2000
"""Quicker than a presentation ends: people do not wait three seconds."""
TRIGGER_MS: Final = 700
DECLARE_MS: Final = 1500

MAX_SCANS: Final = 5
"""Then the operator gives up and says that the label cannot be read."""


@dataclass(frozen=True, slots=True)
class Scan:
    """The trigger is pulled.

    Attributes:
        line: What the scanner sends, without terminator.
        cut: Whether it breaks off.
        after_ms: How long after what was done last.
    """

    line: bytes
    cut: bool
    after_ms: int


@dataclass(frozen=True, slots=True)
class Declare:
    """The operator speaks for the item."""

    reason: Reason
    gtin: str
    after_ms: int


Deed = Scan | Declare
Handling = Generator[Deed, JournalEntry, None]


def handle(item: Item) -> Handling:
    """Take an item in for the first time."""
    if item.nature is Nature.UNCODED:
        yield Declare(Reason.NO_CODE, item.gtin, NEXT_ITEM_MS)
        return
    if not item.line:
        # Two pulls of the trigger at a label that answers nothing.
        yield Declare(Reason.UNREADABLE, item.gtin, NEXT_ITEM_MS + SCAN_AGAIN_MS)
        return
    entry = yield Scan(item.line, item.cut, NEXT_ITEM_MS)
    for _ in range(MAX_SCANS - 1):
        if entry.verdict.verdict_class is not VerdictClass.RESCAN:
            break
        entry = yield Scan(item.line, item.cut, SCAN_AGAIN_MS)
    if entry.verdict.verdict_class is VerdictClass.RESCAN:
        yield Declare(Reason.UNREADABLE, item.gtin, DECLARE_MS)
    elif item.rescanned == "trigger":
        yield Scan(item.line, item.cut, TRIGGER_MS)


def handle_again(item: Item) -> Handling:
    """Pick up an item that was taken in already, by mistake."""
    yield Scan(item.line, item.cut, NEXT_ITEM_MS)
