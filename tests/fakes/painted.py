"""The dock screen as text, as tests look at it."""

from datetime import UTC, datetime
from typing import Final

from rich.cells import cell_len

from station.core.reasons import Reason, VerdictClass
from station.ports.display import (
    Counters,
    EngineFound,
    FeedEvent,
    VerdictShown,
)
from station.tui.keys import Request
from station.tui.lines import Line, text_of
from station.tui.model import DockModel, DockView
from station.tui.paint import Moment, paint
from station.tui.palette import THEMES, Look
from station.tui.raster import cells, fit_line
from tests.fakes.display import snapshot, verdict

S = 1_000_000_000
NOW: Final = datetime(2026, 3, 2, 9, 15, 10, tzinfo=UTC)
TEAL: Final = Look(THEMES["teal"])
ASCII: Final = Look(THEMES["plain"], unicode=False)
SIZES: Final = [(80, 24), (120, 40), (40, 12)]
QUARANTINE: Final = verdict(Reason.SIGNATURE_INVALID, VerdictClass.QUARANTINE, scan_id="Q")


def view_of(*events: FeedEvent, recent: tuple[VerdictShown, ...] = ()) -> DockView:
    """A dock that heard these, one a second, after its first picture."""
    model = DockModel()
    counters = Counters(accepted=431, quarantined=4, held=2, rescans=9, scans=446)
    model.apply([EngineFound("0.1.0"), snapshot(recent, counters=counters)], 0)
    now_ns = 0
    for event in events:
        now_ns += 2 * S
        model.apply([event], now_ns)
    return model.view()


def painted(
    view: DockView,
    size: tuple[int, int] = (80, 24),
    look: Look = TEAL,
    asked: Request | None = None,
    now: datetime = NOW,
) -> str:
    return text_of(lines_of(view, size, look, asked, now))


def lines_of(
    view: DockView,
    size: tuple[int, int],
    look: Look = TEAL,
    asked: Request | None = None,
    now: datetime = NOW,
) -> tuple[Line, ...]:
    lines = paint(view, Moment(now, asked), *size, look)
    assert len(lines) == size[1]
    for line in lines:
        assert sum(cell_len(part.text) for part in line) == size[0]
        assert all("\n" not in part.text for part in line)
    return lines


def large(word: str, screen: str, *, blocks: bool = True) -> bool:
    """Whether a word stands on the screen in large letters, in any size, whole."""
    rows = screen.split("\n")
    for columns, height in ((c, h) for c in range(160, 20, -1) for h in range(3, 26)):
        pixels = fit_line(word, columns, height, blocks=blocks)
        if pixels is None:
            continue
        drawn = [row.strip() for row in cells(pixels, blocks=blocks)]
        for start in range(len(rows) - len(drawn) + 1):
            found = rows[start : start + len(drawn)]
            if all(part in row for part, row in zip(drawn, found, strict=True)):
                return True
    return False
