"""What every screen draws on: lines as they are, and the two clocks it needs."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from station.tui.lines import Line


class ScreenClock(Protocol):
    """The two clocks a screen needs."""

    def mono_ns(self) -> int:
        """Monotonic nanoseconds, the clock of key events."""
        ...

    def now(self) -> datetime:
        """Wall clock in the zone in which times are shown."""
        ...


class SystemScreenClock:
    """This computer's clocks and time zone."""

    def mono_ns(self) -> int:
        """Monotonic nanoseconds."""
        return time.monotonic_ns()

    def now(self) -> datetime:
        """Local wall clock."""
        return datetime.now(UTC).astimezone()


class Painting(Widget):
    """Shows lines as they are; only the changed ones are sent to the terminal.

    Args:
        resized: Called when there is another size to draw for.
    """

    can_focus = False

    DEFAULT_CSS = "Painting { width: 100%; height: 100%; }"

    def __init__(self, resized: Callable[[], None]) -> None:
        super().__init__()
        self._resized = resized
        self._lines: tuple[Line, ...] = ()

    def on_resize(self) -> None:
        """Ask for lines of the new size."""
        self._resized()

    def show(self, lines: tuple[Line, ...]) -> None:
        """Replace what is shown.

        Args:
            lines: One for every row of this widget.
        """
        before, self._lines = self._lines, lines
        if len(before) != len(lines):
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(before, lines, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """One row, as Textual asks for it."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width)
        return Strip([Segment(part.text, part.style) for part in self._lines[y]], self.size.width)
