"""Pages of the supervisor's screens, their rows, and what a key there may wish for."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.close_out import CloseOut
from station.core.codes import ControlKind
from station.core.figures import By, Figures
from station.core.review import FetchTask, ReviewItem
from station.ports.desk import AskPerson, Fact, ItemDetail, JournalLine, Person, SiteFact
from station.ports.display import AskAct
from station.ports.shipments import ShipmentRecord


class Section(Enum):
    """The pages, by the key that shows them."""

    REVIEW = "1"
    JOURNAL = "2"
    FETCH = "3"
    SHIPMENTS = "4"
    REGISTRY = "5"
    DEVICES = "6"
    PEOPLE = "7"
    FIGURES = "8"


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Figures of the last month.

    Attributes:
        by: What they are told apart by; None for all of them.
        name: Which; ``""`` for all.
        figures: How many.
    """

    by: By | None
    name: str
    figures: Figures


Row = ReviewItem | JournalLine | FetchTask | ShipmentRecord | Fact | Person | FigureRow
Detail = ItemDetail | CloseOut

PAGED: Final = frozenset({Section.REVIEW, Section.JOURNAL, Section.FETCH})
FOLLOWS_THE_ENGINE: Final = PAGED | {Section.SHIPMENTS}
"""Pages that are loaded again when the engine has something new."""


@dataclass(frozen=True, slots=True)
class Load:
    """A wish: rows of a page, and one row's detail where one is open.

    Attributes:
        section: Of which page.
        start: After which row a paged list begins, by its id or number; ``""`` for the first.
        count: How many rows at most.
        opened: The id of the row that is open, or ``""``.
    """

    section: Section
    start: str
    count: int
    opened: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a `Load` brought.

    Attributes:
        load: Which.
        rows: Its rows.
        more: Whether there are further ones.
        open_count: Items under review, in all.
        detail: Of the row that is open, or None where there is none.
    """

    load: Load
    rows: tuple[Row, ...]
    more: bool
    open_count: int
    detail: Detail | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A wish: whose badge, or which tote, a scanned label is."""

    payload: bytes
    kind: ControlKind


@dataclass(frozen=True, slots=True)
class Find:
    """A wish: the item under review whose code was scanned."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pack:
    """A wish: an item's evidence pack."""

    scan_id: str


class Quit(Enum):
    """A wish: the end of the screens."""

    NOW = "now"


Wish = Load | Name | Find | Pack | AskAct | AskPerson | Quit


def id_of(row: Row) -> str:
    """What a row is known by."""
    match row:
        case ReviewItem() | JournalLine() | FetchTask():
            return row.scan_id
        case ShipmentRecord():
            return row.shipment_id
        case Fact():
            return row.name.value if isinstance(row.name, SiteFact) else row.name
        case Person():
            return row.operator.name
        case FigureRow():
            return f"{'' if row.by is None else row.by.value} {row.name}"
