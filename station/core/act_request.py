"""What is asked, how things stand and who asks: what an act is decided from. Values only."""

from dataclasses import dataclass
from typing import Final

from station.core.acts import ActKind, Standing
from station.core.causes import Told
from station.core.facts import Facts
from station.core.journal import Entry
from station.core.operators import Actor
from station.core.review import FetchTask, ReviewItem
from station.core.verdict import Verdict

MAX_REASON_CHARS: Final = 200
MAX_REFERENCE_CHARS: Final = 80
NOT_FOUND: Final = "not found"
"""Reference of FETCHED where there was no earlier unit to bring."""


@dataclass(frozen=True, slots=True)
class ActRequest:
    """What is asked.

    Attributes:
        scan_id: The act's own id to be.
        kind: What is to be done.
        about: The item under review, the fetch task, or what is to be undone: its scan id; ``""``
            for a shipment, which the reference names, and for a scanner, which the reason names.
        reason_text: Why, in words.
        reference: See `station.core.acts.ActRule.reference`; for QUARANTINE the tote, for FETCHED
            `NOT_FOUND` or ``""``.
        with_open_items: For CLOSE_SHIPMENT, also while items of it are held.
    """

    scan_id: str
    kind: ActKind
    about: str
    reason_text: str = ""
    reference: str = ""
    with_open_items: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, where and when.

    Attributes:
        actor: Who asks.
        witness: Who witnesses it, or None.
        station: The station's name.
        now_utc: Wall clock, ISO 8601, milliseconds, ``Z``.
        software_version: Which release.
    """

    actor: Actor
    witness: Actor | None
    station: str
    now_utc: str
    software_version: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """A code judged as at the dock, with nothing written down.

    Attributes:
        facts: Its facts.
        verdict: What it would be.
        proven: Whether its code proves which unit it is.
    """

    facts: Facts
    verdict: Verdict
    proven: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """How things stand, all of it durable.

    Attributes:
        item: The item asked about, or None.
        task: The fetch task asked about, or None.
        facts: The item's code as verified now, with the unit's standing; None without an item.
        proven: Whether by those its code proves which unit it is.
        standing: The unit's standing here, or None.
        other_items: Scan ids of further items of the unit that are open.
        others: Those, and the fetch tasks of the unit that are open.
        entry: What is to be undone, or None.
        new_label: For RELABEL.
    """

    item: ReviewItem | None = None
    task: FetchTask | None = None
    facts: Facts | None = None
    proven: bool = False
    standing: Standing | None = None
    other_items: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    entry: Entry | None = None
    new_label: Examined | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done, and what to do; nothing was changed.

    Attributes:
        text: What is so, in English, no full stop.
        remedy: What to do at a command line, likewise.
        told: Both by name, for screens; None where they depend on a fault of the moment.
    """

    text: str
    remedy: str
    told: Told | None = None
