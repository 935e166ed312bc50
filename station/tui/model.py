"""What the dock screen knows, and which one thing its banner says: no terminal, no clock.

The engine decides; this only chooses what to show first. Rules, in order of weight:

* Without an engine nothing that was green stays green.
* A quarantine holds the banner until the engine says that it was released; no key can.
* Of the verdicts that arrive together the worst one wins.
* The banner changes at most three times a second, and one change is always kept in hand while it
  is green, so that a worse verdict or a lost engine is never shown late behind an ACCEPT.
* An ACCEPT goes by itself after some seconds: it spoke of one unit, not of the next.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, assert_never

from station.core.language import Language
from station.core.reasons import Reason, VerdictClass
from station.core.wording.causes import joined
from station.core.wording.screens import DOCK, DockWords
from station.ports.display import (
    SAME_PREFIX,
    SECOND_PREFIX,
    ActAnswer,
    Attendance,
    Counters,
    EngineFound,
    EngineLost,
    FeedEvent,
    Goodbye,
    LatchState,
    Notice,
    ShipmentProgress,
    Snapshot,
    StationFigures,
    VerdictShown,
)
from station.ports.health import Health, HealthStatus
from station.tui.speech import language_of, loss_of, notice_of, refusal_of

MAX_ROWS: Final = 50
"""Last scans kept, as many as a snapshot brings."""

CHANGES_PER_S: Final = 3
"""Most banner changes in any second: no flashing hazard (WCAG 2.2, 2.3.1)."""

GREEN_CHANGES_PER_S: Final = CHANGES_PER_S - 1
"""The last change of a second is kept for something worse than green."""

ACCEPT_STANDS_S: Final = 10
NOTICE_STANDS_S: Final = 5

_MAX_COMPONENTS: Final = 64
_MAX_SEEN: Final = 512
_SECOND_NS: Final = 1_000_000_000


class BannerKind(Enum):
    """What the banner speaks of."""

    CONNECTING = "connecting"
    LOST = "lost"
    READY = "ready"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Banner:
    """The one thing to be read from two metres.

    Attributes:
        kind: What it speaks of.
        verdict: For a verdict; None also where a quarantine stands whose verdict is not known.
        lost: For a lost engine.
        latched: A quarantine holds it.
        second: It was answered that there are two units: this one goes into the tote.
    """

    kind: BannerKind
    verdict: VerdictShown | None = None
    lost: EngineLost | None = None
    latched: bool = False
    second: bool = False

    @property
    def verdict_class(self) -> VerdictClass | None:
        """The class it shows, or None where it shows no verdict."""
        if self.latched:
            return VerdictClass.QUARANTINE
        return None if self.verdict is None else self.verdict.verdict_class

    @property
    def is_green(self) -> bool:
        """Whether it lets a unit pass."""
        shown = self.verdict_class
        return shown is not None and shown.is_accept


CONNECTING: Final = Banner(BannerKind.CONNECTING)
READY: Final = Banner(BannerKind.READY)


@dataclass(frozen=True, slots=True)
class DockView:
    """Everything a screen draws, at one moment.

    Attributes:
        banner: The one thing.
        station: Station name, ``""`` until known.
        site: Site name, ``""`` until known.
        rows: Last verdicts, newest first.
        counters: Sums; None until known.
        health: Newest report of every component, in order of first appearance.
        registry_generation: Number in use; None until known.
        registry_published_utc: When it was published, or ``""``.
        latched: A quarantine stands; also while the engine is lost, as far as is known.
        refused: Reads refused since the quarantine closed.
        waiting_units: Quarantined units that wait for their tote.
        notice: A sentence for the operator, or ``""``.
        attendance: Who is signed in, as far as is known.
        asks_second_unit: Whether the last verdict asks whether there are two units.
        shipment: How far the shipment at the dock has come; None where none is open.
        figures: Whether the station works; None until known.
        language: What the screen speaks now.
        kiosk: Whether nobody at this screen can start a command.
    """

    banner: Banner
    station: str
    site: str
    rows: tuple[VerdictShown, ...]
    counters: Counters | None
    health: tuple[Health, ...]
    registry_generation: int | None
    registry_published_utc: str
    latched: bool
    refused: int
    waiting_units: int
    notice: str
    attendance: Attendance
    asks_second_unit: bool = False
    shipment: ShipmentProgress | None = None
    figures: StationFigures | None = None
    language: Language = Language.ENGLISH
    kiosk: bool = False


class DockModel:
    """Takes what the feed brings, and gives what to draw. One thread.

    Args:
        language: What the site's operators read, until the engine has told it.
        ascii_only: The terminal has no other characters.
        kiosk: Whether nobody at this screen can start a command.
    """

    def __init__(
        self,
        language: Language = Language.ENGLISH,
        *,
        ascii_only: bool = False,
        kiosk: bool = False,
    ) -> None:
        self._site_language = language
        self._ascii_only = ascii_only
        self._kiosk = kiosk
        self._snapshot: Snapshot | None = None
        self._counters: Counters | None = None
        self._rows: deque[VerdictShown] = deque(maxlen=MAX_ROWS)
        self._health: dict[str, Health] = {}
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lost: EngineLost | None = None
        self._first_picture_due = True
        self._latch = LatchState(latched=False)
        self._attendance = Attendance()
        self._latched_verdicts: list[VerdictShown] = []
        self._open_pictures = 0
        self._answered = ""
        self._notice = ""
        self._notice_until_ns = 0
        self._shown = CONNECTING
        self._shown_since_ns = 0
        self._wanted = CONNECTING
        self._changes_ns: deque[int] = deque(maxlen=CHANGES_PER_S)

    def apply(self, events: Iterable[FeedEvent], mono_ns: int) -> None:
        """Take one drain of the feed.

        Args:
            events: In the order they came.
            mono_ns: Now; never goes back.
        """
        fresh: list[VerdictShown] = []
        for event in events:
            self._take(event, fresh, mono_ns)
        self._choose(fresh)
        self.tick(mono_ns)

    def tick(self, mono_ns: int) -> None:
        """Let time pass: show what had to wait, take down what stood long enough."""
        if self._notice and mono_ns >= self._notice_until_ns:
            self._notice = ""
        stood_ns = mono_ns - self._shown_since_ns
        if (
            self._wanted == self._shown
            and self._shown.is_green
            and stood_ns >= ACCEPT_STANDS_S * _SECOND_NS
        ):
            self._wanted = READY
        if self._wanted == self._shown:
            return
        limit = GREEN_CHANGES_PER_S if self._wanted.is_green else CHANGES_PER_S
        recent = sum(mono_ns - changed_ns < _SECOND_NS for changed_ns in self._changes_ns)
        if recent < limit:
            self._shown = self._wanted
            self._shown_since_ns = mono_ns
            self._changes_ns.append(mono_ns)

    def notify(self, text: str, mono_ns: int, for_s: float = NOTICE_STANDS_S) -> None:
        """Show a sentence for some seconds."""
        self._notice = text
        self._notice_until_ns = mono_ns + int(for_s * _SECOND_NS)

    @property
    def language(self) -> Language:
        """What the screen speaks: the language of whoever is signed in, or the site's."""
        return language_of(self._attendance, self._site_language, ascii_only=self._ascii_only)

    @property
    def words(self) -> DockWords:
        """The screen's own words in that language."""
        return DOCK[self.language]

    @property
    def latched(self) -> bool:
        """Whether a quarantine stands, as far as the engine has told."""
        return self._latch.latched

    @property
    def quarantine(self) -> str:
        """The scan whose quarantine stands, or ``""``."""
        return self._latch.scan_id if self._latch.latched else ""

    @property
    def question(self) -> str:
        """The scan that asks "second unit?" and was the last one; ``""`` where none does."""
        last = self._rows[0] if self._rows else None
        if last is None or last.scan_id == self._answered or self._latch.latched:
            return ""
        asks = last.reason is Reason.REPEAT_SAME_STATION
        return last.scan_id if asks and last.verdict_class is VerdictClass.HOLD else ""

    @property
    def attendance(self) -> Attendance:
        """Who is signed in, as far as the engine has told."""
        return self._attendance

    @property
    def takes_typed(self) -> bool:
        """Whether the engine takes codes that a keyboard scanner types here."""
        return self._snapshot is not None and self._snapshot.takes_typed and self.connected

    @property
    def rings(self) -> bool:
        """Whether the terminal's bell has to do for the engine's sounds."""
        return self._snapshot is not None and not self._snapshot.sounds

    @property
    def connected(self) -> bool:
        """Whether an engine is there and has told where it stands."""
        return self._lost is None and not self._first_picture_due

    def view(self) -> DockView:
        """What to draw now."""
        picture = self._snapshot
        return DockView(
            banner=self._shown,
            station="" if picture is None else picture.station,
            site="" if picture is None else picture.site,
            rows=tuple(self._rows),
            counters=self._counters,
            health=self._health_now(),
            registry_generation=None if picture is None else picture.registry_generation,
            registry_published_utc="" if picture is None else picture.registry_published_utc,
            latched=self._latch.latched,
            refused=self._latch.refused,
            waiting_units=len(self._latched_verdicts),
            notice=self._notice,
            attendance=self._attendance,
            asks_second_unit=bool(self.question),
            shipment=None if picture is None else picture.shipment,
            figures=None if picture is None else picture.figures,
            language=self.language,
            kiosk=self._kiosk,
        )

    def _health_now(self) -> tuple[Health, ...]:
        """Without an engine nobody knows how the rest is."""
        if self._lost is not None:
            text = loss_of(self._lost, self.language).message
            return (Health("engine", HealthStatus.FAILED, text),)
        return tuple(self._health.values()) if self.connected else ()

    # ------------------------------------------------------------------ what the feed brings

    def _take(self, event: FeedEvent, fresh: list[VerdictShown], mono_ns: int) -> None:
        match event:
            case VerdictShown():
                self._take_verdict(event, fresh)
            case LatchState():
                self._take_latch(event, mono_ns)
            case Attendance():
                self._attendance = event
            case Counters():
                self._counters = event
            case Health():
                self._take_health(event)
            case Snapshot():
                self._take_snapshot(event, fresh)
            case Notice():
                self.notify(notice_of(event, self.language), mono_ns)
            case ActAnswer():
                self._take_answer(event, mono_ns)
            case Goodbye():
                pass  # the feed's EngineLost follows and says it again
            case EngineFound():
                self._begin_anew(None, fresh)
            case EngineLost():
                self._begin_anew(event, fresh)
            case _:
                assert_never(event)

    def _take_answer(self, answer: ActAnswer, mono_ns: int) -> None:
        """What became of an answer given at a screen; other acts are told to whoever asked."""
        words = self.words
        for prefix, done in (
            (SAME_PREFIX, words.same_unit),
            (SECOND_PREFIX, words.two_units),
        ):
            if answer.request_id.startswith(prefix):
                text = done if answer.done else joined(refusal_of(answer, self.language))
                self.notify(text, mono_ns)
                if answer.done:
                    self._answered = answer.request_id.removeprefix(prefix)
                    self._follow_answer(second=prefix == SECOND_PREFIX)

    def _follow_answer(self, *, second: bool) -> None:
        """Ask no longer for what was answered, but for what is to be done now."""
        asked = self._wanted.verdict
        if asked is not None and asked.scan_id == self._answered and not self._wanted.latched:
            self._wanted = replace(self._wanted, second=True) if second else READY

    def _begin_anew(self, lost: EngineLost | None, fresh: list[VerdictShown]) -> None:
        """Nothing that was said before may come back on the banner."""
        self._lost = lost
        self._first_picture_due = True
        self._wanted = CONNECTING
        self._attendance = Attendance()
        fresh.clear()

    def _take_verdict(self, verdict: VerdictShown, fresh: list[VerdictShown]) -> None:
        if not self._is_new(verdict):
            return
        self._rows.appendleft(verdict)
        fresh.append(verdict)
        if not verdict.verdict_class.is_accept:
            # "Scan the next unit" is no longer so, and the keys that answer a question stand there.
            self._notice = ""
        if verdict.latched:
            self._latched_verdicts.append(verdict)
            del self._latched_verdicts[:-MAX_ROWS]
            if not self._latch.latched:
                self._latch = LatchState(latched=True, scan_id=verdict.scan_id)
            self._open_pictures = 0

    def _take_latch(self, state: LatchState, mono_ns: int) -> None:
        if self._latch.latched and not state.latched:
            words = self.words
            text = words.put_into.format(tote=state.tote) if state.tote else words.put_away
            self.notify(text, mono_ns)
        self._set_latch(state)

    def _set_latch(self, state: LatchState) -> None:
        self._latch = state
        self._open_pictures = 0
        if not state.latched:
            self._latched_verdicts.clear()
        elif not self._latched_verdicts:
            known = (row for row in self._rows if row.scan_id == state.scan_id)
            self._latched_verdicts.extend(known)

    def _take_health(self, report: Health) -> None:
        if report.component in self._health or len(self._health) < _MAX_COMPONENTS:
            self._health[report.component] = report

    def _take_snapshot(self, picture: Snapshot, fresh: list[VerdictShown]) -> None:
        self._snapshot = picture
        self._site_language = picture.language
        self._counters = picture.counters
        self._attendance = picture.attendance
        self._health = {report.component: report for report in picture.health[:_MAX_COMPONENTS]}
        unseen = [verdict for verdict in picture.recent if self._is_new(verdict)]
        self._rows = deque(picture.recent[:MAX_ROWS], maxlen=MAX_ROWS)
        if self._first_picture_due:
            # A screen that comes late shows what stands, not what was said before it came.
            self._first_picture_due = False
            self._lost = None
            self._latched_verdicts.clear()
            self._set_latch(picture.latch)
            return
        fresh.extend(reversed(unseen))
        if picture.latch.latched:
            self._set_latch(picture.latch)
        elif self._latch.latched:
            # A lost release heals itself; but one picture alone may have been taken in the
            # instant before the quarantine closed the latch.
            self._open_pictures += 1
            if self._open_pictures > 1:
                self._set_latch(picture.latch)

    def _is_new(self, verdict: VerdictShown) -> bool:
        if verdict.scan_id in self._seen:
            return False
        self._seen[verdict.scan_id] = None
        if len(self._seen) > _MAX_SEEN:
            self._seen.popitem(last=False)
        return True

    # ------------------------------------------------------------------ what the banner says

    def _choose(self, fresh: list[VerdictShown]) -> None:
        if self._lost is not None:
            self._wanted = Banner(BannerKind.LOST, lost=self._lost)
        elif self._first_picture_due:
            self._wanted = CONNECTING
        elif self._latch.latched:
            newest = self._latched_verdicts[-1] if self._latched_verdicts else None
            self._wanted = Banner(BannerKind.VERDICT, newest, latched=True)
        else:
            self._wanted = self._worst(fresh)

    def _worst(self, fresh: list[VerdictShown]) -> Banner:
        """The worst of what came now and what still waits to be shown; the newest among equals."""
        standing = self._wanted
        if standing.kind is not BannerKind.VERDICT or standing.latched:
            standing = READY
        if not fresh:
            return standing
        waits = standing != self._shown and standing.verdict is not None
        candidates = [standing.verdict] if waits and standing.verdict is not None else []
        candidates += fresh
        worst = max(verdict.verdict_class for verdict in candidates)
        newest = [verdict for verdict in candidates if verdict.verdict_class == worst][-1]
        return Banner(BannerKind.VERDICT, newest)
