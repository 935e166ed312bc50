"""Draw the dock screen's pictures in docs/images, the same bytes each time.

Usage: make_screenshots.py [--check]

With --check nothing is written; the exit code is 1 where a picture is missing or out of date.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from station.core.reasons import RULES, Reason, VerdictClass
from station.core.wording import WORDS
from station.ports.display import (
    Counters,
    EngineFound,
    EngineLost,
    FeedEvent,
    LatchState,
    Snapshot,
    VerdictShown,
)
from station.ports.health import Health, HealthStatus
from station.tui.model import DockModel
from station.tui.paint import Moment, paint
from station.tui.palette import THEMES, Look
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
        message=WORDS[reason].message,
        next_action=WORDS[reason].next_action,
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
    Health("registry", HealthStatus.OK, "generation 12"),
    Health("journal", HealthStatus.OK, "writes"),
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
    "no-engine": (
        "The dock screen says that there is no engine, and how to start it",
        [EngineLost("The engine is not running", "Start it: station run")],
    ),
}


def draw(name: str) -> str:
    """One scene as SVG."""
    title, events = SCENES[name]
    model = DockModel()
    model.apply([EngineFound("0.1.0"), picture(431)], 0)
    model.apply(events, 10**9)
    lines = paint(model.view(), Moment(NOW), WIDTH, HEIGHT, Look(THEMES["teal"]))
    return svg_of(lines, title)


def main(argv: list[str]) -> int:
    """Write or check every picture; returns the exit code."""
    if argv not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = []
    for name in SCENES:
        path = IMAGES / f"dock-{name}.svg"
        drawn = draw(name)
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
