"""What an engine shows to its screens and takes from them: socket, scoreboard, requests."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from firmware_bridge.framing.lines import Breakage, BrokenLine, LineEvent, split_identifier
from station.actuators.sound import SoundActuator
from station.app.house_watch import House, HouseWatch
from station.app.intake_session import OpenSite
from station.app.journal_follower import JournalFollower
from station.app.standard_streams import BackgroundWords
from station.core.advice import Advice
from station.core.causes import Cause
from station.core.reading import Capture, Declaration
from station.core.reasons import DECLARABLE
from station.core.telling import refuse
from station.intake.announcing import Announcer
from station.intake.asking import Asking, refused
from station.intake.figure_watch import FigureWatch
from station.intake.latch import state_of
from station.intake.loop import Arrived
from station.intake.scoreboard import RECENT, Scoreboard
from station.intake.worker import OnCrash, Worker, WorkerEndedError
from station.ports.display import (
    AnswerRepeat,
    AskAct,
    Display,
    EngineMessage,
    GivePin,
    Goodbye,
    Notice,
    ScreenRequest,
    Snapshot,
    TypeScan,
)
from station.ports.health import Health
from station.scanners.line_captures import LineCaptures
from station.storage.journal_reader import JournalReader
from station.storage.latch_file import LatchFile
from station.transport.engine_socket.server import EngineServer

log = logging.getLogger("station")

MAX_REQUESTS_WAITING = 16


class EngineFace:
    """Serves screens for as long as the engine runs.

    Requests are handed over on a thread of their own, so that a screen never waits for the loop
    and the loop never for a screen.
    """

    def __init__(self, version: str) -> None:
        self.farewell = ""
        """Why it ends, as screens are told; nothing where it was told to."""
        self.typed: LineCaptures | None = None
        """Makes reads of what keyboard scanners type at a screen; None where they are none."""
        self.sound: SoundActuator | None = None
        """What the engine sounds with; a screen rings its bell where nothing does."""
        self.words = BackgroundWords()
        self._version = version
        self._scoreboard = Scoreboard()
        self._submit: Callable[[Arrived | GivePin], None] | None = None
        self._asking: Asking | None = None
        self._figures: FigureWatch | None = None
        self._requests: Worker[Declaration | GivePin | AnswerRepeat | AskAct | Capture] = Worker(
            "screen-requests", self._hand_over, MAX_REQUESTS_WAITING
        )

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
        screens = _AlsoInWords(self.words)
        announcer = Announcer(
            screens,
            self._scoreboard,
            site.holder.product_name,
            latches=site.settings.latch,
        )
        self._figures = FigureWatch(announcer.health)
        follower = JournalFollower(
            site.paths.station_db, self._figures, site.clock.now_utc(), announcer.health
        )
        house = HouseWatch(_house(site), announcer.health, self.health)
        # Before there is a socket: a screen's first picture tells what stands and what was.
        if site.settings.latch:
            self._scoreboard.latch(state_of(LatchFile(site.paths.latch, self.health).standing()))
        with JournalReader(site.paths.station_db) as journal:
            for entry in reversed(journal.recent(RECENT)):
                announcer.recall(entry)
        house.look()
        server = EngineServer(
            site.paths.socket,
            on_request=lambda request: self._take(site, request, screens),
            snapshot=lambda: self._snapshot(site),
        )
        screens.display = server
        self.words.start()
        diagnostics = _LogInWords(self.words)
        log.addHandler(diagnostics)
        try:
            follower.start()
            house.start()
            yield announcer
        finally:
            house.close()
            follower.close()
            self._requests.close()
            server.publish(Goodbye(self.farewell))
            server.close()
            log.removeHandler(diagnostics)
            self.words.close()

    def take_requests(
        self, submit: Callable[[Arrived | GivePin], None], asking: Asking, on_crash: OnCrash
    ) -> None:
        """Begin to hand requests to the engine."""
        self._submit = submit
        self._asking = asking
        self._requests.start(on_crash)

    def _hand_over(
        self, requests: list[Declaration | GivePin | AnswerRepeat | AskAct | Capture]
    ) -> None:
        for request in requests:
            with suppress(WorkerEndedError):
                if isinstance(request, AskAct):
                    if self._asking is not None:
                        self._asking.take(request)
                elif self._submit is not None:
                    self._submit(request)

    def _take(self, site: OpenSite, request: ScreenRequest, screens: Display) -> None:
        """One request from a screen; more than the queue holds are refused, not waited for."""
        if isinstance(request, AskAct):
            if not self._requests.offer(request):
                screens.publish(refused(request.request_id, refuse(Cause.ENGINE_BUSY)))
            return
        if isinstance(request, GivePin):
            if not self._requests.offer(request):
                screens.publish(Notice(advice=Advice.BUSY_PIN))
            return
        if isinstance(request, AnswerRepeat):
            if not self._requests.offer(request):
                screens.publish(Notice(advice=Advice.BUSY_ANSWER))
            return
        if isinstance(request, TypeScan):
            self._take_typed(site, request, screens)
            return
        if request.reason not in DECLARABLE:
            return
        declaration = Declaration(
            scan_id=site.scan_ids.next(),
            source="operator:dock",
            reason=request.reason,
            gtin=request.gtin or None,
            declared_mono_ns=site.clock.mono_ns(),
        )
        if not self._requests.offer(declaration):
            screens.publish(Notice(advice=Advice.BUSY_DECLARE))

    def _take_typed(self, site: OpenSite, request: TypeScan, screens: Display) -> None:
        """A code typed at a screen, where the site says that such codes are reads."""
        if self.typed is None:
            screens.publish(Notice(advice=Advice.NO_TYPED))
            return
        event: LineEvent = split_identifier(request.payload)
        if not request.complete:
            event = BrokenLine(Breakage.GAP, request.payload)
        if not self._requests.offer(self.typed.of(event, site.clock.mono_ns())):
            screens.publish(Notice(advice=Advice.BUSY_SCAN))

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
            attendance=standing.attendance,
            shipment=site.shipments.progress,
            figures=None if self._figures is None else self._figures.figures,
            takes_typed=self.typed is not None,
            language=site.settings.language,
            sounds=self.sound is not None and self.sound.works,
        )


def _house(site: OpenSite) -> House:
    return House(
        paths=site.paths,
        policy=site.settings.policy,
        sends=bool(site.settings.upload.address),
        published_utc=lambda: site.holder.generation.published_utc,
        now_utc=site.clock.now_utc,
        clock_is_wrong=site.clock_watch.is_wrong,
    )


class _AlsoInWords:
    """Implements `station.ports.display.Display`: health goes to standard error too.

    A service without a screen must leave a trace of a device it lost.
    """

    def __init__(self, words: BackgroundWords) -> None:
        self.display: Display | None = None
        """Where there are screens."""
        self._words = words

    def publish(self, message: EngineMessage) -> None:
        """Publish, and say health in words; never blocks, never raises."""
        if self.display is not None:
            self.display.publish(message)
        if isinstance(message, Health):
            line = f"{message.component}: {message.status.value}: {message.text}"
            self._words.say(line.removesuffix(": ") + "\n")


class _LogInWords(logging.Handler):
    """Says warnings on standard error without waiting for it.

    The screens' server logs: where a frozen terminal held it up, no screen would be told anything
    and the engine would never end.
    """

    def __init__(self, words: BackgroundWords) -> None:
        super().__init__(logging.WARNING)
        self._words = words

    def emit(self, record: logging.LogRecord) -> None:
        """Say it; never blocks."""
        self._words.say(self.format(record) + "\n")
