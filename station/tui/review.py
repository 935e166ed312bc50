"""The supervisor's screens as a Textual application: looks up, draws, and asks for acts.

What a keyboard scanner types is a scan, and only a form that waits for a badge, a tote or a line of
text takes one. Whatever may block (databases, the engine's answer) happens on threads beside the
event loop. What it shares with the other screens is in `station.tui.screen`; what is shown is
decided in `station.tui.review_model`.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar, assert_never

from textual import events

from station.core.errors import StationError
from station.core.figures import By, FigureKeeper
from station.intake.announcing import reader_name
from station.ports.desk import AskPerson, Page, SiteDesk
from station.ports.display import AskAct, EngineFeed
from station.tui.keys import Burst, Pressed, Scanned
from station.tui.palette import Look
from station.tui.review_model import ReviewModel
from station.tui.review_paint import Sheet, list_rows, paint_review
from station.tui.review_wishes import (
    Detail,
    FigureRow,
    Find,
    Load,
    Loaded,
    Name,
    Pack,
    Quit,
    Row,
    Section,
    Wish,
)
from station.tui.screen import FeedScreen
from station.tui.surface import ScreenClock

NEWEST: Final = (1 << 63) - 1
"""Begins a journal's page at its end."""

_THREADS: Final = 2
"""One may wait for an act while the other looks up."""

_MAX_PASTE_CHARS: Final = 400
_UNHURT: Final = frozenset({"up", "down", "pageup", "pagedown"})
"""Keys that only move about: a held one must repeat, and a scanner's does no harm."""

_Result = TypeVar("_Result")


class ReviewApp(FeedScreen, inherit_bindings=False):
    """The supervisor's screens.

    Args:
        desk: The site.
        feed: What the engine says; closed by whoever made it.
        look: How to draw on this terminal.
        clock: Clocks.
        ticking: Drain by a timer; a test calls `tick` itself.
    """

    TITLE = "Intake station: review"

    def __init__(
        self,
        desk: SiteDesk,
        feed: EngineFeed,
        look: Look,
        clock: ScreenClock | None = None,
        *,
        ticking: bool = True,
    ) -> None:
        super().__init__(feed, look, clock, ticking=ticking)
        self.model = ReviewModel(desk.site, desk.language, ascii_only=not look.unicode)
        self._desk = desk
        self._code = b""
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="review")
        self._under_way = 0

    async def _finish(self) -> None:
        await self.settled()
        self._pool.shutdown()

    def _take_key(self, key: events.Key, mono_ns: int) -> None:
        if key.key in _UNHURT and self.model.form is None:
            self._take([Pressed(key.key, mono_ns)])
        else:
            self._take(self._catcher.feed(key.key, mono_ns, key.character))

    def _take_paste(self, paste: events.Paste) -> None:
        text = paste.text[:_MAX_PASTE_CHARS].strip("\r\n")
        self._wish(self.model.scanned(text, self._clock.mono_ns()))

    def _pass_time(self, now_ns: int) -> None:
        self.model.hear(self._feed.drain(), now_ns)
        self._take(self._catcher.flush(now_ns))
        self._wish(self.model.due(now_ns))

    async def settled(self) -> None:
        """Wait until nothing is being looked up or done."""
        await self.workers.wait_for_complete()

    # ------------------------------------------------------------------------------- wishes

    def _take(self, caught: list[Pressed | Burst | Scanned]) -> None:
        for one in caught:
            match one:
                case Scanned(payload=payload):
                    self._code = payload
                case Pressed():
                    self._wish(self.model.press(one.key, one.character, one.mono_ns))
                case Burst():
                    # Taken at its end only: a key that follows at once would be taken for a part.
                    text, self._code = self._code.decode("utf-8", "surrogateescape"), b""
                    self._wish(self.model.scanned(text, self._clock.mono_ns()))
        if caught:
            self._paint()

    def _wish(self, wishes: list[Wish]) -> None:
        for wish in wishes:
            if isinstance(wish, Quit):
                self.exit(True)
                return
            # A fault of our own ends the screens; it must not leave them deaf.
            self.run_worker(self._fulfil(wish), exit_on_error=True)

    async def _fulfil(self, wish: Load | Name | Find | Pack | AskAct | AskPerson) -> None:
        """Have a wish fulfilled beside the loop; what goes wrong is told, and nothing is lost."""
        self._under_way += 1
        self.model.busy = True
        try:
            await self._do(wish)
        except StationError as error:
            was_act = isinstance(wish, AskAct | AskPerson)
            self._wish(self.model.failed(error, self._clock.mono_ns(), was_act=was_act))
        finally:
            self._under_way -= 1
            self.model.busy = self._under_way > 0
        self._paint()

    async def _do(self, wish: Load | Name | Find | Pack | AskAct | AskPerson) -> None:
        match wish:
            case Load():
                found = await self._aside(lambda: fetch(self._desk, wish))
                self.model.loaded(found, self._clock.mono_ns())
            case Name():
                name = await self._aside(lambda: self._desk.named(wish.payload, wish.kind))
                self._wish(self.model.named(name, self._clock.mono_ns()))
            case Find():
                item = await self._aside(lambda: self._desk.item_with(wish.payload))
                self._wish(self.model.found(item, self._clock.mono_ns()))
            case Pack():
                path = await self._aside(lambda: self._desk.pack(wish.scan_id))
                made = self.model.words.pack_made.format(path=path)
                self.model.notify(made, self._clock.mono_ns())
            case AskAct():
                answer = await self._aside(lambda: self._desk.act(wish))
                self._wish(self.model.answered(answer, self._clock.mono_ns()))
            case AskPerson():
                badge = await self._aside(lambda: self._desk.change_person(wish))
                self._wish(self.model.changed(wish.whom, badge, self._clock.mono_ns()))
            case _:
                assert_never(wish)

    async def _aside(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    # ------------------------------------------------------------------------------- drawing

    def _resized(self) -> None:
        self._wish(self.model.sized(list_rows(self._painting.size.height)))
        self._paint()

    def _paint(self) -> None:
        if not self._painting.is_mounted:
            return
        size = self._painting.size
        sheet = Sheet(self._clock.now().replace(microsecond=0), size.width, size.height, self._look)
        self._painting.show(paint_review(self.model, sheet))


def fetch(desk: SiteDesk, load: Load) -> Loaded:
    """Look up what a page shows.

    Raises:
        StationError: Something cannot be read.
    """
    page = _page(desk, load)
    return Loaded(load, page.rows, page.more, desk.open_count(), _detail(desk, load))


def _page(desk: SiteDesk, load: Load) -> Page[Row]:
    match load.section:
        case Section.REVIEW:
            items = desk.items(load.start, load.count)
            return Page(items.rows, items.more)
        case Section.JOURNAL:
            lines = desk.lines(int(load.start) if load.start else NEWEST, load.count)
            return Page(lines.rows, lines.more)
        case Section.FETCH:
            tasks = desk.tasks(load.start, load.count)
            return Page(tasks.rows, tasks.more)
        case Section.SHIPMENTS:
            return Page(desk.shipments(), more=False)
        case Section.REGISTRY:
            return Page(desk.registry(), more=False)
        case Section.DEVICES:
            return Page(desk.devices(), more=False)
        case Section.PEOPLE:
            return Page(desk.people(), more=False)
        case Section.FIGURES:
            return Page(_figure_rows(desk.figures()), more=False)


def _detail(desk: SiteDesk, load: Load) -> Detail | None:
    if not load.opened:
        return None
    if load.section is Section.SHIPMENTS:
        return desk.close_out(load.opened)
    return desk.detail(load.opened)


def _figure_rows(keeper: FigureKeeper) -> tuple[FigureRow, ...]:
    if not keeper.total.reads:
        return ()
    named = (
        FigureRow(by, reader_name(name) if by is By.SOURCE else name, figures)
        for by in By
        for name, figures in keeper.by(by).items()
    )
    return (FigureRow(None, "", keeper.total), *named)
