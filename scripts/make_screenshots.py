"""Draw the screens' pictures in docs/images, the same bytes each time.

Usage: make_screenshots.py [--check]

With --check nothing is written; the exit code is 1 where a picture is missing or out of date.
"""

import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from station.core.acts import ActKind, Standing
from station.core.advice import Loss
from station.core.codes import UnitIdentity
from station.core.language import Language
from station.core.operators import Operator, Role
from station.core.reasons import RULES, Reason, VerdictClass
from station.core.registry import UnitState
from station.core.review import ReviewItem
from station.ports.desk import ItemDetail, JournalLine, Person, Photo
from station.ports.display import (
    Attendance,
    Counters,
    EngineFound,
    EngineLost,
    FeedEvent,
    LatchState,
    Snapshot,
    VerdictShown,
)
from station.ports.evidence import PictureState
from station.ports.health import Health, HealthStatus
from station.tui.model import DockModel
from station.tui.paint import Moment, paint
from station.tui.palette import THEMES, Look
from station.tui.review_model import ReviewModel
from station.tui.review_paint import Sheet, list_rows, paint_review
from station.tui.review_wishes import Loaded
from station.tui.svg import svg_of

IMAGES: Final = Path(__file__).resolve().parent.parent / "docs" / "images"
NOW: Final = datetime(2026, 3, 2, 9, 15, 10, tzinfo=UTC)
WIDTH: Final = 80
HEIGHT: Final = 24

_PRODUCTS: Final = {
    "09506000134352": "Alpine Headphones",
    "09506000134369": "Alpine Earbuds",
    "09506000149301": "Rivo Face Cream 50 ml",
}


def shown(
    scan_id: str,
    second: int,
    reason: Reason,
    gtin: str,
    serial: str,
    source: str,
    *,
    second_read: bool = False,
) -> VerdictShown:
    """One verdict in the words of its reason."""
    rule = RULES[reason]
    ruled = rule.second_class if second_read else rule.verdict_class
    verdict_class = ruled if ruled is not None else VerdictClass.HOLD
    return VerdictShown(
        scan_id=scan_id,
        time_utc=f"2026-03-02T09:15:{second:02}.000Z",
        verdict_class=verdict_class,
        reason=reason,
        also=(),
        modifiers=(),
        provisional=False,
        gtin=gtin,
        serial=serial,
        product=_PRODUCTS.get(gtin, ""),
        source=source,
        latched=verdict_class is VerdictClass.QUARANTINE,
        commit_ms=1.2,
        total_ms=3.4,
    )


BEFORE: Final = (
    shown("B", 2, Reason.OK, "09506000149301", "5W2N8QK4T7VCA", "camera"),
    shown("A", 0, Reason.READ_EMPTY, "", "", "camera"),
)
WELL: Final = (
    Health("scanner", HealthStatus.OK, "connected"),
    Health("camera", HealthStatus.OK, "30 frames a second"),
    Health("gate", HealthStatus.OK, "at quarantine"),
    Health("registry", HealthStatus.OK, "generation 12"),
    Health("outbox", HealthStatus.OK, "12 events wait"),
    Health("disk", HealthStatus.OK, "room enough"),
)


def picture(accepted: int, health: tuple[Health, ...] = WELL) -> Snapshot:
    """A dock in the middle of a shift."""
    return Snapshot(
        station="dock-3",
        site="lyon",
        engine_version="0.1.0",
        registry_generation=12,
        registry_published_utc="2026-03-02T04:00:00.000Z",
        counters=Counters(accepted=accepted, rescans=9, held=2, quarantined=4, scans=accepted + 15),
        latch=LatchState(latched=False),
        health=health,
        recent=BEFORE,
    )


SCENES: Final[dict[str, tuple[str, list[FeedEvent]]]] = {
    "ready": ("The dock screen, ready for the next unit", []),
    "accept": (
        "The dock screen says ACCEPT: pass it on",
        [shown("C", 7, Reason.OK, "09506000134352", "K7QZ4M2XW9TRB", "scanner")],
    ),
    "rescan": (
        "The dock screen says RESCAN: turn the label to the reader, scan again",
        [shown("C", 7, Reason.READ_EMPTY, "", "", "camera")],
    ),
    "hold": (
        "The dock screen says HOLD: one unit, or a second one with the same code?",
        [shown("C", 7, Reason.REPEAT_SAME_STATION, "09506000149301", "5W2N8QK4T7VCA", "scanner")],
    ),
    "quarantine": (
        "The dock screen says QUARANTINE: put it in the tote",
        [
            shown(
                "C",
                7,
                Reason.SIGNATURE_INVALID,
                "09506000134369",
                "9Z3XH6F8M1PTD",
                "scanner",
                second_read=True,
            ),
            LatchState(latched=True, scan_id="C", refused=2),
        ],
    ),
    "chinese": (
        "The dock screen says HOLD to an operator who reads Chinese",
        [
            shown("C", 7, Reason.REPEAT_SAME_STATION, "09506000149301", "5W2N8QK4T7VCA", "scanner"),
            Attendance("ANNA", Role.OPERATOR, language=Language.CHINESE),
        ],
    ),
    "no-engine": (
        "The dock screen says that there is no engine, and how to start it",
        [EngineLost("The engine is not running", "Start it: station run", Loss.NOT_RUNNING)],
    ),
}


def draw_dock(name: str) -> str:
    """One scene of the dock as SVG."""
    title, events = SCENES[name]
    model = DockModel()
    model.apply([EngineFound("0.1.0"), picture(431)], 0)
    model.apply(events, 10**9)
    lines = paint(model.view(), Moment(NOW), WIDTH, HEIGHT, Look(THEMES["teal"]))
    return svg_of(lines, title)


_UNDER_REVIEW: Final = (
    ("13", Reason.SIGNATURE_INVALID, "9Z3XH6F8M1PTD", "Q-7"),
    ("21", Reason.DUPLICATE_OTHER_STATION, "K7QZ4M2XW9TRB", "Q-7"),
    ("34", Reason.UNIT_RECALLED, "5W2N8QK4T7VCA", "Q-8"),
    ("52", Reason.REPEAT_SAME_STATION, "7D4VQ0R2KXE9M", ""),
)


def _item(minute: str, reason: Reason, serial: str, tote: str) -> ReviewItem:
    gtin = "09506000134352"
    held = reason is Reason.REPEAT_SAME_STATION
    scan_id = f"01KJQ0{minute}B7YH3M4N5P6Q8R9STV"
    return ReviewItem(
        scan_id=scan_id,
        time_utc=f"2026-03-02T08:{minute}:09.000Z",
        read=scan_id,
        verdict_class=VerdictClass.HOLD if held else VerdictClass.QUARANTINE,
        reason=reason,
        gtin=gtin,
        identity=UnitIdentity(gtin, serial),
        of_unit=reason is not Reason.SIGNATURE_INVALID,
        tote=tote,
    )


def carton(*, torn: bool) -> bytes:
    """A label on a carton as a camera may see it: a square symbol, lines of text, an edge."""
    scene = Image.new("L", (320, 200), 96)
    pen = ImageDraw.Draw(scene)
    pen.rectangle((24, 18, 296, 182), fill=150)
    pen.rectangle((56, 44, 270, 158), fill=238)
    for row in range(12):
        for column in range(12):
            is_dark = row == 11 or column == 0 or (row * 7 + column * column * 3) % 5 < 2
            if is_dark:
                corner = (70 + column * 7, 58 + row * 7)
                pen.rectangle((*corner, corner[0] + 6, corner[1] + 6), fill=24)
    for row in range(4):
        pen.rectangle((172, 62 + row * 20, 252 - row % 2 * 24, 69 + row * 20), fill=60)
    if torn:
        pen.polygon(((240, 158), (270, 110), (270, 158)), fill=150)
    content = io.BytesIO()
    scene.save(content, "JPEG", quality=90)
    return content.getvalue()


def _detail() -> ItemDetail:
    item = _item(*_UNDER_REVIEW[1])
    standing = Standing(
        *(UnitState.QUARANTINED, "dock-3", item.scan_id, item.verdict_class, item.reason)
    )
    return ItemDetail(
        item=item,
        product="Alpine Headphones",
        also=(),
        standing=standing,
        photos=(
            Photo(item.scan_id, "", PictureState.SOUND, carton(torn=True)),
            Photo("01", "2026-03-01T16:40:00.000Z", PictureState.SOUND, carton(torn=False)),
        ),
        history=(
            JournalLine(
                "02", 413, "2026-03-02T08:21:30.000Z", ActKind.ACKNOWLEDGE, "Q-7", "", "ANNA"
            ),
            JournalLine(
                *(item.scan_id, 412, item.time_utc, item.verdict_class, item.reason, "", "camera")
            ),
        ),
    )


def _listed() -> ReviewModel:
    """The review list as a supervisor finds it."""
    model = ReviewModel("lyon")
    model.sized(list_rows(HEIGHT))
    items = tuple(_item(*told) for told in _UNDER_REVIEW)
    model.loaded(Loaded(model.wanted, items, more=False, open_count=len(items)), 0)
    model.press("down", "", 0)
    return model


def _looked_at() -> ReviewModel:
    model = _listed()
    model.press("enter", "", 0)
    model.loaded(Loaded(model.wanted, model.rows, False, len(model.rows), _detail()), 0)
    return model


def _destroying() -> ReviewModel:
    model = _looked_at()
    model.press("d", "d", 0)
    for char in "brand asks for it":
        model.press(char, char, 0)
    model.press("enter", "", 0)
    return model


def _enrolling() -> ReviewModel:
    model = _listed()
    model.press("7", "7", 0)
    people = (
        Person(Operator("ANNA", Role.OPERATOR, language=Language.CHINESE), has_pin=False, wrong=0),
        Person(Operator("BELA", Role.SUPERVISOR, badge=2), has_pin=True, wrong=0),
        Person(Operator("CHEF", Role.ADMIN), has_pin=True, wrong=0),
    )
    model.loaded(Loaded(model.wanted, people, more=False, open_count=4), 0)
    model.press("a", "a", 0)
    for char in "DORA":
        model.press(char, char, 0)
    model.press("enter", "", 0)
    return model


REVIEWS: Final[dict[str, tuple[str, Callable[[], ReviewModel]]]] = {
    "list": ("The review screen: four items wait for a decision", _listed),
    "item": ("An item under review, with its photo beside that of the first scan", _looked_at),
    "people": ("An admin enrols somebody: name, role and reason, then badge and PIN", _enrolling),
    "destroy": ("Destruction is asked for: reason, badge, PIN and witness first", _destroying),
}


def draw_review(name: str) -> str:
    """One of the supervisor's screens as SVG."""
    title, made = REVIEWS[name]
    lines = paint_review(made(), Sheet(NOW, WIDTH, HEIGHT, Look(THEMES["teal"])))
    return svg_of(lines, title)


def pictures() -> dict[str, str]:
    """Every picture by its file's name."""
    return {
        **{f"dock-{name}.svg": draw_dock(name) for name in SCENES},
        **{f"review-{name}.svg": draw_review(name) for name in REVIEWS},
    }


def main(argv: list[str]) -> int:
    """Write or check every picture; returns the exit code."""
    if argv not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = []
    for name, drawn in pictures().items():
        path = IMAGES / name
        if path.is_file() and path.read_text(encoding="utf-8") == drawn:
            continue
        stale.append(path)
        if not argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(drawn, encoding="utf-8")
    for path in stale:
        print(f"{'out of date' if argv else 'drawn'}: {path}", file=sys.stderr)
    return 1 if argv and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
