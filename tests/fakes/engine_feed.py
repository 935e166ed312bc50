"""What a screen hears from a real engine, collected until something has been said."""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from station.ports.display import (
    EngineFound,
    EngineLost,
    FeedEvent,
    Goodbye,
    LatchState,
    ScreenRequest,
    Snapshot,
    VerdictShown,
)
from station.ports.health import Health
from station.transport.engine_socket.client import EngineClient

DEADLINE_S: Final = 60.0
"""An engine that takes so long to answer has failed."""

_LOOK_S: Final = 0.5
"""What is waited for may come about without a word from the engine, as when its process is gone."""

Event = TypeVar("Event", bound=FeedEvent)


class EngineFeed:
    """A screen's ear and mouth; a context manager.

    Attributes:
        heard: Everything, oldest first.
        verdicts: Every verdict the engine has told of, in the order first heard, by scan id.
    """

    def __init__(self, socket_path: Path) -> None:
        self._client = EngineClient(socket_path)
        self.heard: list[FeedEvent] = []
        self.verdicts: dict[str, VerdictShown] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def listen(self, timeout_s: float = 0.0) -> bool:
        """Take what has come; whether anything had."""
        events = self._client.wait(timeout_s)
        for event in events:
            self.heard.append(event)
            if isinstance(event, VerdictShown):
                self.verdicts.setdefault(event.scan_id, event)
            elif isinstance(event, Snapshot):
                for shown in reversed(event.recent):
                    self.verdicts.setdefault(shown.scan_id, shown)
        return bool(events)

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Listen until something holds.

        Raises:
            AssertionError: It does not, in time.
        """
        deadline_s = time.monotonic() + DEADLINE_S
        while not holds():
            left_s = deadline_s - time.monotonic()
            assert left_s > 0, f"the engine did not say: {what}; heard last: {self.heard[-1:]}"
            self.listen(min(left_s, _LOOK_S))

    def next(self, kind: type[Event], matches: Callable[[Event], bool], after: int = 0) -> Event:
        """The first event of a kind that matches, heard after the first `after` events.

        Raises:
            AssertionError: There is none, in time.
        """
        found: list[Event] = []

        def is_found() -> bool:
            events = (event for event in self.heard[after:] if isinstance(event, kind))
            found[:] = [event for event in events if matches(event)][:1]
            return bool(found)

        self.until(is_found, f"a {kind.__name__} as wanted")
        return found[0]

    def connected(self) -> Snapshot:
        """Wait until the engine has given its first picture."""
        return self.next(Snapshot, lambda _: True)

    def wait_verdicts(self, count: int) -> list[VerdictShown]:
        """Wait until so many verdicts were told; all there are."""
        self.until(lambda: len(self.verdicts) >= count, f"{count} verdicts")
        return list(self.verdicts.values())

    def latch(self, *, latched: bool, after: int = 0) -> LatchState:
        """Wait for the latch to be told of."""
        return self.next(LatchState, lambda state: state.latched is latched, after)

    def health(self, matches: Callable[[Health], bool], after: int = 0) -> None:
        """Wait until a part is said to be so, by itself or in a picture."""

        def is_so() -> bool:
            for event in self.heard[after:]:
                reports = event.health if isinstance(event, Snapshot) else (event,)
                if any(isinstance(report, Health) and matches(report) for report in reports):
                    return True
            return False

        self.until(is_so, "a part's health as wanted")

    def ended(self) -> EngineLost:
        """Wait until an engine that was there is gone."""
        self.until(lambda: self.is_lost, "that it has ended")
        return next(event for event in reversed(self.heard) if isinstance(event, EngineLost))

    @property
    def is_connected(self) -> bool:
        """Whether the engine has given a picture."""
        return any(isinstance(event, Snapshot) for event in self.heard)

    @property
    def is_lost(self) -> bool:
        """Whether an engine that was there is gone.

        Its picture tells that too: one that is soon gone is not said to be found.
        """
        states = [event for event in self.heard if isinstance(event, EngineFound | EngineLost)]
        was_there = self.is_connected or any(isinstance(state, EngineFound) for state in states)
        return was_there and isinstance(states[-1], EngineLost)

    def said_goodbye(self) -> Goodbye | None:
        """The engine's farewell, if it has said one."""
        return next((event for event in self.heard if isinstance(event, Goodbye)), None)

    def ask(self, request: ScreenRequest) -> None:
        """Ask the engine."""
        assert self._client.send(request), "no engine is connected"
