"""The engine: a thread per source, one verdict loop, one journal writer, begun and ended in order.

A source that ends (files, standard input) ends alone; when all have ended, what waits is decided
and committed. A device that is gone for good is a health report and the others go on. A thread that
fails in a way nobody foresaw stops the engine: a station must not go on deaf.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final

from station.core.causes import Cause, because, told
from station.core.errors import DeviceError
from station.core.reading import Capture
from station.intake.committer import Committer
from station.intake.evidence import EvidenceKeeper
from station.intake.loop import Arrived, VerdictLoop
from station.intake.pin_desk import PinDesk
from station.intake.ticker import Ticker
from station.intake.worker import WorkerEndedError
from station.ports.display import GivePin
from station.ports.health import Health, HealthStatus
from station.ports.outcomes import Outcomes
from station.ports.sources import Source

LOOK_S: Final = 0.25
"""How often a waiting engine looks up. A signal interrupts a wait only where it finds one: one that
arrives a moment before, or on another thread, would have its handler run at the wait's end only."""


@dataclass(frozen=True, slots=True)
class EngineEnd:
    """How an engine ended.

    Attributes:
        lost_devices: Messages of devices that were gone for good.
        crash: The unforeseen failure that stopped it, or None.
    """

    lost_devices: tuple[str, ...]
    crash: BaseException | None


class Engine:
    """Runs sources into the loop and the loop into the journal."""

    def __init__(
        self,
        sources: Sequence[Source],
        loop: VerdictLoop,
        committer: Committer,
        outcomes: Outcomes,
        pins: PinDesk | None = None,
        ticker: Ticker | None = None,
        evidence: EvidenceKeeper | None = None,
    ) -> None:
        self._sources = tuple(sources)
        self._loop = loop
        self._committer = committer
        self._outcomes = outcomes
        self._pins = pins
        self._ticker = ticker
        self._evidence = evidence
        self._running = len(self._sources)
        self._lock = threading.Lock()
        # Not a condition: `stop` may be called by a signal handler on the thread that waits.
        self._changed: SimpleQueue[None] = SimpleQueue()
        self._stopping = False
        self._lost: list[str] = []
        self._crash: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._run_source, args=(source,), name=f"source {source.name}")
            for source in self._sources
        ]

    def start(self) -> None:
        """Start every thread, the writer first: no read is taken before it can be kept."""
        self._committer.start(self.crashed)
        if self._evidence is not None:
            self._evidence.start(self._committer.put, self.crashed)
        self._loop.start(self.crashed)
        if self._ticker is not None:
            self._ticker.start(self.crashed)
        for thread in self._threads:
            thread.start()

    def submit(self, arrived: Arrived | GivePin) -> None:
        """Take what a screen asks, or what else comes from elsewhere than a source.

        Any thread; for PINs, which take 0.1 s, one at a time.

        Raises:
            WorkerEndedError: The engine has ended.
        """
        if not isinstance(arrived, GivePin):
            self._loop.submit(arrived)
        elif self._pins is not None:
            self._pins.take(arrived)

    def stop(self) -> None:
        """Ask the engine to end; any thread or signal handler; returns at once."""
        self._stopping = True
        self._changed.put(None)

    def wait(self, *, until_sources_end: bool = True) -> EngineEnd:
        """Wait for the end, then decide and commit what was read.

        Args:
            until_sources_end: Whether the end of all sources ends the engine; a dock's engine
                goes on without them, since devices come back and declarations arrive.

        Returns:
            How it ended.
        """
        while not (self._stopping or (until_sources_end and self._running == 0)):
            with suppress(Empty):
                self._changed.get(timeout=LOOK_S)
        for source in self._sources:
            source.stop()
        for thread in self._threads:
            thread.join()
        if self._ticker is not None:
            self._ticker.close()
        self._loop.close()
        if self._evidence is not None:
            # The last verdicts may have pictures, and those have lines of their own.
            self._committer.wait_until_told()
            self._evidence.close()
        self._committer.close()
        return EngineEnd(tuple(self._lost), self._crash)

    def _run_source(self, source: Source) -> None:
        try:
            source.run(self._deliver)
        except DeviceError as error:
            self._lost.append(str(error))
            self._outcomes.health(
                Health(
                    source.name,
                    HealthStatus.FAILED,
                    str(error),
                    because(Cause.SOURCE_ENDED, error.told, error.message),
                )
            )
        except WorkerEndedError:
            return
        except BaseException as error:  # noqa: BLE001 - a deaf station is worse than none
            self.crashed(error)
        finally:
            with self._lock:
                self._running -= 1
            self._changed.put(None)

    def _deliver(self, capture: Capture) -> None:
        self._loop.submit(capture)

    def crashed(self, error: BaseException) -> None:
        """A thread of the station ended of something unforeseen: stop; any thread."""
        with self._lock:
            self._crash = self._crash or error
        self._outcomes.health(
            Health(
                "engine",
                HealthStatus.FAILED,
                f"internal error ({type(error).__name__}), the engine stops: start it again",
                told(Cause.ENGINE_STOPS, why=type(error).__name__),
            )
        )
        self.stop()
