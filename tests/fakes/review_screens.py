"""The supervisor's screens of a made-up site, as a test drives them key by key."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from textual import events
from textual.pilot import Pilot

from station.ports.display import EngineFound, FeedEvent
from station.tui.act_form import Step
from station.tui.lines import text_of
from station.tui.palette import THEMES, Look
from station.tui.review import ReviewApp
from station.tui.surface import Painting
from tests.fakes.display import FakeFeed, snapshot
from tests.fakes.dock_screen import FrozenClock
from tests.fakes.site_desk import BADGES, FakeDesk

S: Final = 1_000_000_000
PIN: Final = "816253440722"
SIZE: Final = (80, 24)


class Desk:
    """The screens of a made-up site, driven key by key."""

    def __init__(self, site: FakeDesk, look: Look | None = None) -> None:
        self.site = site
        self.feed = FakeFeed()
        self.clock = FrozenClock()
        self.app = ReviewApp(
            site, self.feed, look or Look(THEMES["teal"]), self.clock, ticking=False
        )
        self.model = self.app.model
        self.pilot: Pilot[bool] | None = None

    @property
    def lines(self) -> tuple[tuple[object, ...], ...]:
        painting = self.app.query_one(Painting)
        return tuple(tuple(painting.render_line(y)) for y in range(painting.size.height))

    @property
    def text(self) -> str:
        return text_of(self.lines)  # type: ignore[arg-type]

    async def settle(self) -> None:
        assert self.pilot is not None
        await self.pilot.pause()
        await self.app.settled()

    async def hear(self, *told: FeedEvent, after_s: float = 3.0) -> None:
        self.clock.ns += int(after_s * S)
        self.feed.say(*told)
        self.app.tick()
        await self.settle()

    async def press(self, *keys: str) -> None:
        for key in keys:
            self._tap(key)
            await self.settle()
            await self.hear(after_s=0.1)

    async def write(self, text: str) -> None:
        for key in text:
            self._tap(key)
        await self.settle()
        await self.hear(after_s=0.1)

    async def scan(self, text: str, end: str = "enter") -> None:
        self.clock.ns += S
        for key in (*text, end):
            self.clock.ns += 2_000_000
            self._post(key)
        await self.settle()
        await self.hear(after_s=0.5)

    async def sign(self, who: str = "SVEN", pin: str = PIN) -> None:
        """Badge, PIN, and the key that does it."""
        await self.scan(BADGES[who])
        await self.write(pin)
        await self.press("y")

    def _tap(self, key: str) -> None:
        """A person's key: long before and after it there is no other."""
        self.clock.ns += S
        self._post(key)

    def _post(self, key: str) -> None:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = self.clock.ns / S
        self.app.post_message(event)


def step(desk: Desk) -> Step | None:
    """What the form asks for now."""
    assert desk.model.form is not None
    return desk.model.form.step


Play = Callable[[Desk], Awaitable[None]]


def play(
    scene: Play,
    site: FakeDesk | None = None,
    size: tuple[int, int] = SIZE,
    look: Look | None = None,
) -> Desk:
    desk = Desk(site or FakeDesk(), look)

    async def run() -> None:
        async with desk.app.run_test(size=size) as pilot:
            desk.pilot = pilot
            await desk.settle()
            await desk.hear(EngineFound("0.1.0"), snapshot())
            await scene(desk)

    asyncio.run(run())
    return desk
