"""What the station's screens have in common as Textual applications.

A screen is one widget. It reads its feed 20 times a second, and every key goes through it before
anything else sees it: there are no bindings, no focusable widgets, no command palette and no mouse,
so nothing that a keyboard scanner types can act by itself.
"""

import asyncio
import signal
from abc import abstractmethod
from typing import Final

from textual import events
from textual.app import App, ComposeResult

from station.ports.display import EngineFeed
from station.tui.keys import KeyCatcher
from station.tui.palette import Look
from station.tui.surface import Painting, ScreenClock, SystemScreenClock
from station.tui.terminal_input import harden_terminal_input, terminal_is_gone

DRAINS_PER_S: Final = 20


class FeedScreen(App[bool], inherit_bindings=False):
    """A screen; its result is True where it ended because somebody wanted it to."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, feed: EngineFeed, look: Look, clock: ScreenClock | None, *, ticking: bool
    ) -> None:
        """Prepare a screen; nothing is drawn yet.

        Args:
            feed: Where messages come from; closed by whoever made it.
            look: How to draw on this terminal.
            clock: Clocks; None for this computer's.
            ticking: Drain by a timer; a test calls `tick` itself.
        """
        harden_terminal_input()
        # Our own 16-colour and colourless styles must reach the terminal as they are.
        super().__init__(ansi_color=look.theme.name in {"ansi", "plain"})
        self._feed = feed
        self._look = look
        self._clock = clock if clock is not None else SystemScreenClock()
        self._ticking = ticking
        self._catcher = KeyCatcher()
        self._painting = Painting(self._resized)

    def compose(self) -> ComposeResult:
        """One widget is the whole screen."""
        yield self._painting

    def on_mount(self) -> None:
        """Start draining; end in good order when told to."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.exit, True)
        self.tick()
        if self._ticking:
            self.set_interval(1 / DRAINS_PER_S, self.tick)

    async def on_unmount(self) -> None:
        """Give the signal back, and let what was begun come to its end."""
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
        await self._finish()

    async def on_event(self, event: events.Event) -> None:
        """Take keys and pastes before Textual looks for a binding or a focus."""
        match event:
            case events.Key():
                event.stop()
                self._take_key(event, int(event.time * 1e9))
            case events.Paste():
                event.stop()
                self._take_paste(event)
            case events.MouseEvent():
                event.stop()
            case _:
                await super().on_event(event)

    def tick(self) -> None:
        """Drain the feed, let time pass, draw."""
        if not self.is_headless and terminal_is_gone():
            self.exit(True)
            return
        self._pass_time(self._clock.mono_ns())
        self._paint()

    async def _finish(self) -> None:
        """Wait for what was begun."""

    def _resized(self) -> None:
        """There is another size to draw for."""
        self._paint()

    @abstractmethod
    def _take_key(self, key: events.Key, mono_ns: int) -> None:
        """A key, and when it arrived."""

    @abstractmethod
    def _take_paste(self, paste: events.Paste) -> None:
        """What a terminal hands over in one piece, from a scanner's software or a clipboard."""

    @abstractmethod
    def _pass_time(self, now_ns: int) -> None:
        """Take what the feed holds and what is due by now."""

    @abstractmethod
    def _paint(self) -> None:
        """Draw what changed."""
