"""A site in memory, as its supervisor's screens see it."""

import io
from dataclasses import dataclass, field
from typing import Final

from PIL import Image, ImageDraw

from station.core.acts import ActKind, Standing
from station.core.causes import Cause, told
from station.core.close_out import CloseOut, CloseOutRow, Figures
from station.core.codes import ControlKind, UnitIdentity
from station.core.errors import ConfigurationError, StationError
from station.core.figures import FigureKeeper
from station.core.language import Language
from station.core.operators import Operator, Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.core.review import FetchTask, ReviewItem
from station.core.shipments import Shipment, ShipmentKind, ShipmentState
from station.ports.desk import (
    AskPerson,
    Fact,
    ItemDetail,
    JournalLine,
    Page,
    Person,
    PersonChange,
    Photo,
    SiteFact,
)
from station.ports.display import ActAnswer, AskAct
from station.ports.evidence import PictureState
from station.ports.health import HealthStatus
from station.ports.shipments import ShipmentRecord
from tests.fakes.entries import QUARANTINED, entry
from tests.fakes.replacing import replace

GTIN: Final = "09506000134352"
BADGES: Final = {name: f"STN1:BADGE:{name}:1:sig" for name in ("CHEF", "SVEN", "WIM")}
_WARNING: Final = HealthStatus.WARNING
TOTE: Final = "STN1:TOTE:Q-7:sig"
_REASONS: Final = (Reason.SIGNATURE_INVALID, Reason.UNIT_RECALLED, Reason.REPEAT_SAME_STATION)


def item(number: int) -> ReviewItem:
    """A numbered item."""
    reason = _REASONS[number % 3]
    held = reason is Reason.REPEAT_SAME_STATION
    return ReviewItem(
        scan_id=f"01{number:024}",
        time_utc=f"2026-03-02T{9 + number // 60:02}:{number % 60:02}:00.000Z",
        read=f"01{number:024}",
        verdict_class=VerdictClass.HOLD if held else VerdictClass.QUARANTINE,
        reason=reason,
        gtin=GTIN,
        identity=UnitIdentity(GTIN, f"S{number:012}"),
        of_unit=reason is not Reason.SIGNATURE_INVALID,
        tote="" if held else "Q-7",
    )


def jpeg(label: str) -> bytes:
    """A label on a carton, as a camera keeps it."""
    picture = Image.new("L", (320, 200), 90)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 40, 260, 160), fill=235)
    for place in range(12):
        draw.rectangle((80 + place * 13, 60, 84 + place * 13, 60 + len(label) * 7), fill=20)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=90)
    return content.getvalue()


def line(
    number: int,
    what: VerdictClass | ActKind = VerdictClass.QUARANTINE,
    why: Reason | str = Reason.UNIT_RECALLED,
) -> JournalLine:
    """A numbered line of the journal."""
    return JournalLine(
        f"01{number:024}",
        number,
        "2026-03-02T09:15:00.000Z",
        what,
        why,
        f"S{number:012}",
        "scanner dock",
    )


@dataclass
class FakeDesk:
    """Implements `station.ports.desk.SiteDesk`.

    Attributes:
        count: How many items are under review.
        asked: What was asked for.
        answer: What acts are answered with.
        fault: Raised by every look-up, while set.
        looks: What was looked up, for counting.
        changed: Which people were.
        refusal: Raised by every change of people, while set.
        act_fault: Raised by every act, while set.
        positions: Lines of every shipment.
        hostile: Text that stands wherever a label's may.
        reads: The site's language.
    """

    count: int = 3
    asked: list[AskAct] = field(default_factory=list)
    answer: ActAnswer = ActAnswer("", done=True, scan_id="01ACT")  # noqa: RUF009 - frozen
    fault: StationError | None = None
    looks: list[tuple[str, object]] = field(default_factory=list)
    packed: list[str] = field(default_factory=list)
    changed: list[AskPerson] = field(default_factory=list)
    refusal: StationError | None = None
    act_fault: StationError | None = None
    positions: int = 1
    hostile: str = ""
    reads: Language = Language.ENGLISH

    @property
    def site(self) -> str:
        return "lyon"

    @property
    def language(self) -> Language:
        return self.reads

    def open_count(self) -> int:
        self._look("count", 0)
        return self.count

    def items(self, after: str, count: int) -> Page[ReviewItem]:
        self._look("items", count)
        first = int(after[2:]) + 1 if after else 0
        rows = [self._changed(item(number)) for number in range(first, self.count)[: count + 1]]
        return Page(tuple(rows[:count]), len(rows) > count)

    def _changed(self, one: ReviewItem) -> ReviewItem:
        return replace(one, tote=self.hostile) if self.hostile else one

    def detail(self, scan_id: str) -> ItemDetail | None:
        self._look("detail", scan_id)
        number = int(scan_id[2:])
        if number >= self.count:
            return None
        found = item(number)
        standing = Standing(
            UnitState.QUARANTINED, "dock-3", scan_id, VerdictClass.QUARANTINE, found.reason
        )
        photos = (
            Photo(scan_id, "", PictureState.SOUND, jpeg("second")),
            Photo("01FIRST", "2026-03-01T17:20:00.000Z", PictureState.SOUND, jpeg("first one")),
        )
        history = (
            line(7, ActKind.ACKNOWLEDGE, self.hostile or "Q-7"),
            line(number),
            line(3, VerdictClass.ACCEPT, Reason.OK),
        )
        return ItemDetail(
            found,
            self.hostile or "Alpine Headphones",
            (Reason.UNIT_BLOCKED,),
            standing,
            photos[: 2 if number else 1],
            history,
        )

    def lines(self, before: int, count: int) -> Page[JournalLine]:
        self._look("lines", before)
        first = min(before - 1, 200)
        rows = [line(number) for number in range(first, max(0, first - count - 1), -1)]
        return Page(tuple(rows[:count]), len(rows) > count)

    def tasks(self, after: str, count: int) -> Page[FetchTask]:
        self._look("tasks", after)
        unit = UnitIdentity(GTIN, "S000000000009")
        task = FetchTask(
            "01TASK", "2026-03-02T09:20:00.000Z", "01R", unit, Reason.DUPLICATE_SHIPPED, "dock-1"
        )
        return Page((task,), more=False)

    def shipments(self) -> tuple[ShipmentRecord, ...]:
        return (
            ShipmentRecord(
                *("SHP-2207", ShipmentKind.ASN, "acme", ShipmentState.OPEN, 600, "asn.csv"),
                "2026-03-01T08:00:00.000Z",
            ),
            ShipmentRecord(
                *("SHP-2206", ShipmentKind.ORDER, "", ShipmentState.CLOSED, 40, "order.csv"),
                "2026-02-28T08:00:00.000Z",
            ),
        )

    def close_out(self, shipment_id: str) -> CloseOut | None:
        figures = Figures(expected=600, accepted=431, quarantined=4, held=2, missing=163)
        shipment = Shipment(shipment_id, ShipmentKind.ASN, "acme", (), ())
        rows = tuple(
            CloseOutRow("", f"{int(GTIN) + place:014}", announced=True, figures=figures)
            for place in range(self.positions)
        )
        return CloseOut(shipment, rows, figures)

    def registry(self) -> tuple[Fact, ...]:
        return (
            Fact(SiteFact.GENERATION, "12"),
            Fact(SiteFact.PUBLISHED, "2026-03-02T06:00:00.000Z"),
            Fact(SiteFact.FETCHED_FROM, told(Cause.ORIGIN_NOT_SET)),
            Fact(SiteFact.SYNC, told(Cause.SYNC_AT_REST)),
            Fact(SiteFact.EVENTS, told(Cause.OUTBOX_REFUSED, waiting=3, refused=1), _WARNING),
        )

    def devices(self) -> tuple[Fact, ...]:
        faults, day = "SCANNER_FAULT_CASE=12", "2026-03-01"
        ticket = told(Cause.TICKET_OPEN, faults=faults, time=day, number=1)
        return (Fact("scanner dock", ticket, _WARNING),)

    def people(self) -> tuple[Person, ...]:
        return (
            Person(Operator("ANNA", Role.OPERATOR), has_pin=False, wrong=0),
            Person(Operator("SVEN", Role.SUPERVISOR, badge=2), has_pin=True, wrong=3),
            Person(Operator("TOM", Role.OPERATOR, active=False), has_pin=True, wrong=0),
        )

    def figures(self) -> FigureKeeper:
        keeper = FigureKeeper()
        for number in range(40):
            keeper.note(entry(number + 1), "alpine")
        keeper.note(entry(90, QUARANTINED), "alpine")
        return keeper

    def named(self, payload: bytes, kind: ControlKind) -> str:
        words = payload.decode().split(":")
        known = {*BADGES.values(), TOTE}
        if payload.decode() not in known or words[1] != kind.value:
            raise ConfigurationError("this label is not one of this site's", "scan a badge")
        return words[2]

    def item_with(self, payload: bytes) -> str | None:
        start = f"01{GTIN}21S".encode()
        if not payload.startswith(start):
            return None
        number = int(payload[len(start) :])
        return item(number).scan_id if number < self.count else ""

    def act(self, ask: AskAct) -> ActAnswer:
        self.asked.append(ask)
        if self.act_fault is not None:
            raise self.act_fault
        return self.answer

    def change_person(self, ask: AskPerson) -> str:
        if self.refusal is not None:
            raise self.refusal
        self.changed.append(ask)
        return "site/badges/ANNA-2.png" if ask.change is PersonChange.NEW_BADGE else ""

    def pack(self, scan_id: str) -> str:
        self.packed.append(scan_id)
        return f"site/evidence/{scan_id}.zip"

    def _look(self, what: str, value: object) -> None:
        if self.fault is not None:
            raise self.fault
        self.looks.append((what, value))
