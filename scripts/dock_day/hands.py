"""Operators who do what the screen says: scan, scan again, declare, answer.

An operator knows the item in hand and nothing of its nature. Each item is a generator that yields
what the operator does next and is sent what the station said of it.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

from scripts.dock_day.truth import Item, Nature
from station.core.acts import ActKind
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass

NEXT_ITEM_MS: Final = 4000
SCAN_AGAIN_MS: Final = 2000
"""Quicker than a presentation ends: people do not wait three seconds."""
TRIGGER_MS: Final = 700
DECLARE_MS: Final = 1500
ANSWER_MS: Final = 2500

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


@dataclass(frozen=True, slots=True)
class Answer:
    """The operator answers "second unit?".

    Attributes:
        kind: SAME_UNIT or SECOND_UNIT.
        about: The held item's scan.
    """

    kind: ActKind
    about: str
    after_ms: int = ANSWER_MS


Deed = Scan | Declare | Answer
Handling = Generator[Deed, JournalEntry, None]
"""Is sent the verdict after each deed; after an answer, the verdict that was answered."""


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
    elif _asks_for_a_second_unit(entry):
        # Nobody here has had this item in hand before.
        yield Answer(ActKind.SECOND_UNIT, entry.scan_id)


def handle_again(item: Item) -> Handling:
    """Pick up an item that was taken in already, by mistake."""
    entry = yield Scan(item.line, item.cut, NEXT_ITEM_MS)
    if _asks_for_a_second_unit(entry):
        yield Answer(ActKind.SAME_UNIT, entry.scan_id)


def _asks_for_a_second_unit(entry: JournalEntry) -> bool:
    verdict = entry.verdict
    asks = verdict.reason is Reason.REPEAT_SAME_STATION
    return asks and verdict.verdict_class is VerdictClass.HOLD
