"""What is true of an item before anybody scans it, and how often each trouble is drawn.

Two things are drawn apart: what the item is (`Nature`) and what happens to its reads (`Trouble`),
so that a stolen unit may also meet a scanner in caps lock.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from station.core.reasons import Reason


class Nature(Enum):
    """What an item is."""

    GENUINE = "genuine"
    DAMAGED = "damaged label"
    NOT_SYNCED = "not yet synced"
    FORGED = "forged"
    COPIED = "copied"
    STOLEN = "stolen"
    RECALLED = "recalled"
    RETURNED = "legitimate return"
    UNCODED = "uncoded"


class Trouble(Enum):
    """What a scanner makes of an item's code."""

    NONE = "none"
    CAPS_LOCK = "caps lock"
    LAYOUT = "layout swapped"
    SEPARATOR = "GS lost or changed"
    PREFIX = "wrong prefix"


DECISIVE: Final = frozenset({Nature.GENUINE, Nature.NOT_SYNCED, Nature.RETURNED})
"""Items that must go to the shelf: what else becomes of them is a false alarm."""

OVERLAID: Final = frozenset({Nature.STOLEN, Nature.RECALLED})

FAULT_NAMES: Final = {
    Trouble.CAPS_LOCK: Reason.SCANNER_FAULT_CASE,
    Trouble.LAYOUT: Reason.SCANNER_FAULT_LAYOUT,
    Trouble.SEPARATOR: Reason.SCANNER_FAULT_SEPARATOR,
    Trouble.PREFIX: Reason.SCANNER_FAULT_PREFIX,
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of all items, 0 to 1 each."""

    caps_lock: float = 0.005
    layout: float = 0.005
    separator: float = 0.015
    prefix: float = 0.003
    rescanned: float = 0.02
    damaged: float = 0.005
    not_synced: float = 0.01
    forged: float = 0.0005
    copied: float = 0.001
    stolen_or_recalled: float = 0.001
    returned: float = 0.005
    uncoded: float = 0.002


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a pallet.

    Attributes:
        number: Its place in the day, from 0.
        nature: What it is.
        trouble: What the scanner makes of its code.
        kind: Which variety of its nature, trouble or both; for people.
        line: What the scanner sends, without terminator; ``b""`` where it reads nothing.
        cut: Whether the device breaks off in the middle of the line.
        gtin: The product.
        serial: What the label says, or ``""`` where it says nothing.
        rescanned: ``""``, ``"trigger"`` (pulled twice) or ``"later"`` (picked up again).
        names: Reasons of which the verdicts must name one; empty where there is nothing to name.
        met_before: Whether this site received it on an earlier day.
    """

    number: int
    nature: Nature
    trouble: Trouble
    kind: str
    line: bytes
    cut: bool
    gtin: str
    serial: str
    rescanned: str
    names: tuple[Reason, ...] = field(default=())
    met_before: bool = False

    @property
    def row(self) -> str:
        """The row of the confusion table it is counted in."""
        nature: str = self.nature.value
        if self.nature is not Nature.GENUINE:
            return nature
        trouble: str = self.trouble.value
        if self.trouble is not Trouble.NONE:
            return trouble
        return f"{nature}, scanned again" if self.rescanned else nature
