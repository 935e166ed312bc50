"""What a supervisor's screens ask of a site: lists to look at, acts to be done, a pack to be made.

Implemented above the edge rooms, since it joins databases, the registry and the engine. Every
method may block, may be called on any thread and several at once, and may raise
`station.core.errors.StationError`. Texts are as they were scanned or stored: whoever draws them
makes them plain.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Generic, Protocol, TypeVar

from station.core.acts import ActKind, Standing
from station.core.causes import Told
from station.core.close_out import CloseOut
from station.core.codes import ControlKind
from station.core.figures import FigureKeeper
from station.core.language import Language
from station.core.operators import Operator, Role
from station.core.reasons import Reason, VerdictClass
from station.core.review import FetchTask, ReviewItem
from station.ports.display import ActAnswer, AskAct
from station.ports.evidence import PictureState
from station.ports.health import HealthStatus
from station.ports.shipments import ShipmentRecord

MAX_HISTORY: Final = 40
"""Lines of a unit that are told of, the newest first."""

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """A piece of a list.

    Attributes:
        rows: In order.
        more: Whether there are further ones.
    """

    rows: tuple[_Row, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of the journal, in a list.

    Attributes:
        scan_id: Its id; what an undo names.
        seq: Its number.
        time_utc: When.
        what: The verdict's class or the act's kind.
        why: The headline, or an act's reference (a tote, a case, whom) and its reason in the words
            of whoever did it.
        serial: Of the unit, or ``""``.
        who: The operator, or the reader.
    """

    scan_id: str
    seq: int
    time_utc: str
    what: VerdictClass | ActKind
    why: Reason | str
    serial: str
    who: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that was kept as evidence.

    Attributes:
        scan_id: The scan it was taken of.
        other_utc: When the other item of this picture was scanned; ``""`` for the item itself.
        state: Whether the file still has the digest in the journal.
        jpeg: The file; empty where it is gone.
    """

    scan_id: str
    other_utc: str
    state: PictureState
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """Everything that is known of one item.

    Attributes:
        item: The item.
        product: The product's name, or ``""``.
        also: Further reasons.
        standing: How its unit stands here, or None.
        photos: Its own picture, and one of another item with the same code; at most two.
        history: Its unit's lines, or its own where it names none; newest first.
    """

    item: ReviewItem
    product: str
    also: tuple[Reason, ...]
    standing: Standing | None
    photos: tuple[Photo, ...]
    history: tuple[JournalLine, ...]


class SiteFact(Enum):
    """What is told of a site's registry, of syncing and of sending; the value names its words."""

    REGISTRY = "registry"
    GENERATION = "generation"
    PUBLISHED = "published"
    STATE_DIGEST = "state digest"
    FETCHED_FROM = "fetched from"
    LAST_SYNC = "last sync"
    SYNC = "sync"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so.

    Attributes:
        name: Of what; text for a reader.
        said: How it is: in any language, or text that is the same in all.
        status: Whether that is well.
    """

    name: SiteFact | str
    said: Told | str
    status: HealthStatus = HealthStatus.OK


@dataclass(frozen=True, slots=True)
class Person:
    """An operator in a list.

    Attributes:
        operator: Who.
        has_pin: Whether a PIN is set.
        wrong: Wrong PINs in a row.
    """

    operator: Operator
    has_pin: bool
    wrong: int


class PersonChange(Enum):
    """What is changed of somebody enrolled; the value names its words."""

    ENROL = "enrol"
    REMOVE = "remove"
    NEW_BADGE = "new_badge"
    ROLE = "role"
    LANGUAGE = "language"
    PIN = "pin"


OWN_CHANGES: Final = frozenset({PersonChange.LANGUAGE, PersonChange.PIN})
"""What whoever has a PIN changes of themselves; all else is an admin's."""


@dataclass(frozen=True, slots=True)
class AskPerson:
    """A wish to change somebody enrolled.

    Attributes:
        change: What.
        whom: Their name, or the name to enrol.
        by: Who asks: an admin, or of the `OWN_CHANGES` the same person.
        pin: Theirs; never told to anybody.
        reason_text: Why, at most 200 characters.
        role: For ENROL and ROLE.
        language: For LANGUAGE; None for what the site's operators read.
        new_pin: For PIN; never told to anybody.
    """

    change: PersonChange
    whom: str
    by: str
    pin: str = field(repr=False)
    reason_text: str
    role: Role | None = None
    language: Language | None = None
    new_pin: str = field(default="", repr=False)


class SiteDesk(Protocol):
    """A site, as its supervisor's screens see it."""

    @property
    def site(self) -> str:
        """The site's name."""
        ...

    @property
    def language(self) -> Language:
        """What the site's operators read."""
        ...

    def open_count(self) -> int:
        """How many items are under review."""
        ...

    def items(self, after: str, count: int) -> Page[ReviewItem]:
        """Items under review, the oldest first.

        Args:
            after: Leaves out this scan id and all before; ``""`` for none.
            count: How many at most.
        """
        ...

    def detail(self, scan_id: str) -> ItemDetail | None:
        """One item with everything known of it; None where there is none."""
        ...

    def lines(self, before: int, count: int) -> Page[JournalLine]:
        """Lines of the journal before a number, the newest first."""
        ...

    def tasks(self, after: str, count: int) -> Page[FetchTask]:
        """Open fetch tasks, the oldest first."""
        ...

    def shipments(self) -> tuple[ShipmentRecord, ...]:
        """Announced shipments, the newest first."""
        ...

    def close_out(self, shipment_id: str) -> CloseOut | None:
        """What a shipment adds up to; None where there is none."""
        ...

    def registry(self) -> tuple[Fact, ...]:
        """The registry in use, and how syncing and sending stand."""
        ...

    def devices(self) -> tuple[Fact, ...]:
        """Scanner certificates and maintenance tickets."""
        ...

    def people(self) -> tuple[Person, ...]:
        """Everybody who ever was enrolled."""
        ...

    def figures(self) -> FigureKeeper:
        """False alarms, rescans and waits, counted over the journal of the last month."""
        ...

    def named(self, payload: bytes, kind: ControlKind) -> str:
        """Whose badge, or which tote, a scanned label is; it must be genuine and in use.

        Raises:
            ConfigurationError: It is none.
        """
        ...

    def item_with(self, payload: bytes) -> str | None:
        """The last item under review with a scanned code; ``""`` for none, None for no unit's code.

        The code names an item and proves nothing: it is only looked at.
        """
        ...

    def act(self, ask: AskAct) -> ActAnswer:
        """Have an act done, by the engine where one runs; the request's id is chosen here."""
        ...

    def change_person(self, ask: AskPerson) -> str:
        """Change somebody enrolled, and have it journalled.

        Returns:
            Where the picture of their badge is, where one was drawn; otherwise ``""``.
        """
        ...

    def pack(self, scan_id: str) -> str:
        """Write an item's evidence pack; the file's name."""
        ...
