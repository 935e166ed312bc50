"""How far a long command has come: a bar on a terminal, a line a minute anywhere else.

On standard error, so that results stay apart. A command that ends within a minute says nothing in
a log. Nothing here decides how a command ends: what cannot be written is lost.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol, TypeVar

from station.app.standard_streams import say
from station.core.text import printable

LINE_EVERY_S: Final = 60.0
LOOK_EVERY: Final = 256
"""Items between two looks at the clock, where they come by the hundred thousand."""

_Item = TypeVar("_Item")


class Progress(Protocol):
    """Told how far a command has come."""

    def at(self, done: int, text: str = "") -> None:
        """So many are done; what is being done now."""
        ...


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Progress]:
    """Tell how far the block has come.

    Args:
        what: What is being done, a few words.
        total: How many there are in all; None where nobody knows.
    """
    if not sys.stderr.isatty():
        yield Lines(what, total)
        return
    with _bar(what, total) as bar:
        yield bar


class Lines:
    """A line a minute.

    Args:
        what: What is being done.
        total: How many there are in all, or None.
        clock: Monotonic seconds.
    """

    def __init__(
        self, what: str, total: int | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._what = what
        self._of = "" if total is None else f" of {total}"
        self._clock = clock
        self._said_s = clock()

    def at(self, done: int, text: str = "") -> None:
        """Say it where the last line is a minute old."""
        now_s = self._clock()
        if now_s - self._said_s < LINE_EVERY_S:
            return
        self._said_s = now_s
        shown = f" {printable(text)}" if text else ""
        say(f"{self._what}: {done}{self._of}{shown}\n")


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Progress]:
    from rich import progress as rich_progress
    from rich.console import Console

    columns = [
        rich_progress.TextColumn("{task.description}", markup=False),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TimeElapsedColumn(),
        rich_progress.TimeRemainingColumn(),
    ]
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total)

        class Bar:
            def at(self, done: int, text: str = "") -> None:
                said = f"{what}: {printable(text, 60)}" if text else what
                shown.update(task, completed=done, description=said)

        yield Bar()


def counted(items: Iterable[_Item], told: Progress) -> Iterator[_Item]:
    """The same items, with the progress told now and then."""
    for done, item in enumerate(items):
        if done % LOOK_EVERY == 0:
            told.at(done)
        yield item
