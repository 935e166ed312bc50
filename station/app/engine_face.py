"""What an engine shows to its screens and takes from them: socket, scoreboard, requests."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from station.app.intake_session import OpenSite
from station.core.reading import Declaration
from station.core.reasons import DECLARABLE
from station.intake.announcing import Announcer
from station.intake.loop import LoopEndedError
from station.intake.scoreboard import Scoreboard
from station.ports.display import ScreenRequest, Snapshot
from station.ports.health import Health
from station.transport.engine_socket.server import EngineServer

MAX_REQUESTS_WAITING = 16


class EngineFace:
    """Serves screens for as long as the engine runs.

    Requests are handed over on a thread of their own, so that a screen never waits for the loop
    and the loop never for a screen.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._scoreboard = Scoreboard()
        self._requests: queue.Queue[Declaration | None] = queue.Queue(MAX_REQUESTS_WAITING)
        self._handing_over: threading.Thread | None = None

    def health(self, report: Health) -> None:
        """Keep a report for the first snapshot."""
        self._scoreboard.health(report)

    @contextmanager
    def serving(self, site: OpenSite) -> Iterator[Announcer]:
        """Serve the site's socket.

        Yields:
            The outcomes for the engine, which publish to every screen.

        Raises:
            StorageError: The socket cannot be made.
        """
        server = EngineServer(
            site.paths.socket,
            on_request=lambda request: self._take(site, request),
            snapshot=lambda: self._snapshot(site),
        )
        try:
            yield Announcer(
                server,
                self._scoreboard,
                site.holder.product_name,
                latches=site.settings.latch,
            )
        finally:
            if self._handing_over is not None:
                self._requests.put(None)
                self._handing_over.join()
            server.close()

    def take_requests(self, submit: Callable[[Declaration], None]) -> None:
        """Begin to hand requests to the engine."""
        self._handing_over = threading.Thread(
            target=self._hand_over, args=(submit,), name="screen-requests"
        )
        self._handing_over.start()

    def _hand_over(self, submit: Callable[[Declaration], None]) -> None:
        while (declaration := self._requests.get()) is not None:
            try:
                submit(declaration)
            except LoopEndedError:
                return

    def _take(self, site: OpenSite, request: ScreenRequest) -> None:
        """One declaration from a screen; more than the queue holds are refused, not waited for."""
        if request.reason not in DECLARABLE:
            return
        declaration = Declaration(
            scan_id=site.scan_ids.next(),
            source="operator:dock",
            reason=request.reason,
            gtin=request.gtin or None,
            declared_mono_ns=site.clock.mono_ns(),
        )
        try:
            self._requests.put_nowait(declaration)
        except queue.Full:
            return

    def _snapshot(self, site: OpenSite) -> Snapshot:
        standing = self._scoreboard.standing()
        generation = site.holder.generation
        return Snapshot(
            station=site.settings.station,
            site=site.settings.site,
            engine_version=self._version,
            registry_generation=generation.number,
            registry_published_utc=generation.published_utc,
            counters=standing.counters,
            latch=standing.latch,
            health=standing.health,
            recent=standing.recent,
        )
