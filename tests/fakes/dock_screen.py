"""The dock's screen as a test drives it, tick by tick, with a clock that stands still."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from textual import events
from textual.pilot import Pilot

from station.core.language import Language
from station.core.wording.screens import DOCK
from station.ports.display import EngineFound, FeedEvent
from station.tui.dock import DockApp
from station.tui.palette import THEMES, Look
from station.tui.surface import Painting
from tests.fakes.display import FakeFeed, snapshot

S: Final = 1_000_000_000
NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WORDS: Final = DOCK[Language.ENGLISH]
ENTER: Final = "\r"
CODE: Final = [*"]d20109506000134352", "2", "1", "ctrl+right_square_bracket", *"99quyndy", "enter"]


class FrozenClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.ns = 1000 * S
        self.zone: tzinfo = UTC

    def mono_ns(self) -> int:
        return self.ns

    def now(self) -> datetime:
        return (NOON + timedelta(seconds=self.ns / S - 1000)).astimezone(self.zone)


class Screen:
    """An application that a test drives tick by tick."""

    def __init__(self, look: Look | None = None) -> None:
        self.feed = FakeFeed()
        self.clock = FrozenClock()
        self.app = DockApp(self.feed, look or Look(THEMES["teal"]), self.clock, ticking=False)
        self.pilot: Pilot[bool] | None = None

    @property
    def text(self) -> str:
        """What stands on the terminal."""
        painting = self.app.query_one(Painting)
        height = painting.size.height
        return "\n".join(painting.render_line(y).text.rstrip() for y in range(height))

    @property
    def footer(self) -> str:
        return self.text.split("\n")[-1].strip()

    async def hear(self, *told: FeedEvent, after_s: float = 1.0) -> None:
        self.clock.ns += int(after_s * S)
        self.feed.say(*told)
        self.app.tick()
        await self.settle()

    async def press(self, key: str, after_s: float = 1.0) -> None:
        """A person presses a key and time passes."""
        self.clock.ns += int(after_s * S)
        self.post(key, self.clock.ns)
        await self.settle()
        self.clock.ns += int(0.1 * S)
        self.app.tick()
        await self.settle()

    async def type(self, keys: list[str], gap_ms: int) -> None:
        """A scanner types: keys at a pace, then a pause."""
        self.clock.ns += S
        for key in keys:
            self.clock.ns += gap_ms * 1_000_000
            self.post(key, self.clock.ns)
        await self.settle()
        self.clock.ns += S
        self.app.tick()
        await self.settle()

    def post(self, key: str, at_ns: int) -> None:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = at_ns / S
        self.app.post_message(event)

    async def settle(self) -> None:
        assert self.pilot is not None
        await self.pilot.pause()


Play = Callable[[Screen], Awaitable[None]]


def play(scene: Play, size: tuple[int, int] = (80, 24), look: Look | None = None) -> Screen:
    """Run a scene in a terminal of a size."""
    screen = Screen(look)

    async def run() -> None:
        async with screen.app.run_test(size=size) as pilot:
            screen.pilot = pilot
            await screen.hear(EngineFound("0.1.0"), snapshot())
            await scene(screen)

    asyncio.run(run())
    return screen
