"""The dock screen as a Textual application: drains the feed, draws, and takes a few keys.

What it shares with the other screens is in `station.tui.screen`. What is shown is decided in
`station.tui.model`, how it looks in `station.tui.paint`.
"""

import re
from typing import Final

from textual import events
from textual.geometry import Size

from station.core.language import Language
from station.core.reasons import Reason
from station.core.wording.screens import DockWords
from station.ports.display import (
    MAX_TYPED_BYTES,
    AnswerRepeat,
    Declare,
    EngineFeed,
    GivePin,
    TypeScan,
    VerdictShown,
)
from station.tui.keys import (
    ANSWERS,
    DECLARES,
    Burst,
    Pressed,
    Request,
    Scanned,
    TwoSteps,
)
from station.tui.model import DockModel, DockView
from station.tui.paint import Moment, paint
from station.tui.palette import Look
from station.tui.pin_entry import PIN_KEY, PinEntry
from station.tui.screen import FeedScreen
from station.tui.surface import ScreenClock
from station.tui.terminal_input import CutPaste

PULSE_NS: Final = 1_000_000_000
"""A standing quarantine's banner changes and changes back in this time."""

FLASH_NS: Final = 200_000_000
"""For so long the banner's edge flashes where the engine has no sound."""

FLASH_EVERY_NS: Final = 1_000_000_000
"""No sooner than this again: beside the banner's own three changes a second fewer than three
flashes, and of less than a quarter of what is seen at once (WCAG 2.2, 2.3.1)."""

ANSWER_WITHIN_S: Final = 3.0
"""What a declared item's verdict may take before the operator is told to try again."""

MAX_PASTED_CODES: Final = 8

CROWD: Final = 16
"""So many verdicts in one drain, over 300 a second, are a crowd: the list is new from top to bottom
each time, and nobody reads it. It is drawn every other drain, so that a crowd takes no more of this
computer than a brisk dock does; another banner is drawn at once."""


class DockApp(FeedScreen, inherit_bindings=False):
    """The dock's screen.

    Args:
        feed: Where messages come from; closed by whoever made it.
        look: How to draw on this terminal.
        clock: Clocks.
        language: What the site's operators read, until the engine has told it.
        kiosk: Whether nobody at this screen can start a command.
        ticking: Drain by a timer; a test calls `tick` itself.
    """

    TITLE = "Intake station"

    def __init__(
        self,
        feed: EngineFeed,
        look: Look,
        clock: ScreenClock | None = None,
        *,
        language: Language = Language.ENGLISH,
        kiosk: bool = False,
        ticking: bool = True,
    ) -> None:
        super().__init__(feed, look, clock, ticking=ticking)
        self.model = DockModel(language, ascii_only=not look.unicode, kiosk=kiosk)
        self._steps = TwoSteps()
        self._pin = PinEntry()
        self._awaited: Reason | None = None
        self._awaited_until_ns = 0
        self._flashed_ns: int | None = None
        self._painted: tuple[DockView, Moment, Size] | None = None
        self._rests = False

    def _pass_time(self, now_ns: int) -> None:
        drained = self._feed.drain()
        verdicts = [event for event in drained if isinstance(event, VerdictShown)]
        self._rests = len(verdicts) >= CROWD and not self._rests
        self.model.apply(drained, now_ns)
        self._follow_up(verdicts, now_ns)
        self._take_keys(self._catcher.flush(now_ns))
        self._steps.tick(now_ns)
        self._pin.tick(now_ns)

    @property
    def _words(self) -> DockWords:
        return self.model.words

    # ------------------------------------------------------------------------------- keys

    def _take_key(self, key: events.Key, mono_ns: int) -> None:
        self._take_keys(self._catcher.feed(key.key, mono_ns, key.character))

    def _take_paste(self, paste: events.Paste) -> None:
        """Give its lines to the engine.

        A piece without its end is a scanner's that types control sequences: no good read.
        """
        whole = not isinstance(paste, CutPaste)
        if not self.model.takes_typed:
            self.model.notify(self._words.wedge, self._clock.mono_ns())
            return
        for line in re.split(r"[\r\n]+", paste.text[: MAX_PASTED_CODES * MAX_TYPED_BYTES]):
            if line:
                self._give(Scanned(line.encode("utf-8", "surrogateescape"), complete=whole))

    def _give(self, scanned: Scanned) -> None:
        """Give a typed code to the engine; one too long for it is no good read."""
        payload = scanned.payload[:MAX_TYPED_BYTES]
        whole = scanned.complete and len(payload) == len(scanned.payload)
        if not self._feed.send(TypeScan(payload, whole)):
            self.model.notify(self._words.not_taken, self._clock.mono_ns())

    def _take_keys(self, caught: list[Pressed | Burst | Scanned]) -> None:
        for one in caught:
            if isinstance(one, Scanned):
                if self.model.takes_typed:
                    self._give(one)
                continue
            if isinstance(one, Burst):
                self._steps.cancel()
                self._pin.cancel()
                if not self.model.takes_typed:
                    self.model.notify(self._words.wedge, self._clock.mono_ns())
                continue
            if self._takes_pin(one):
                continue
            confirmed = self._steps.press(one.key, one.mono_ns)
            if confirmed is not None:
                self._do(confirmed, one.mono_ns)
            elif (refusal := self._refusal(self._steps.asked)) is not None:
                self._steps.cancel()
                self.model.notify(refusal, one.mono_ns)

    def _takes_pin(self, pressed: Pressed) -> bool:
        """Whether a key is about a PIN; what is typed of one goes nowhere else."""
        typed = self._pin.typed
        if typed is None:
            if self._steps.asked is not None or pressed.key.lower() != PIN_KEY:
                return False
            if not self.model.connected:
                self.model.notify(self._words.no_pin_now, pressed.mono_ns)
            elif not self.model.attendance.operator:
                self.model.notify(self._words.nobody, pressed.mono_ns)
            else:
                self._pin.begin(pressed.mono_ns)
            return True
        pin = self._pin.press(pressed.key, pressed.mono_ns)
        if pin is not None:
            sent = self._feed.send(GivePin(pin, self.model.quarantine))
            self.model.notify(
                self._words.pin_sent if sent else self._words.no_pin_now, pressed.mono_ns
            )
        elif self._pin.typed is None:
            # Whoever ends it with Enter has to be told that it did not count.
            self.model.notify(self._words.pin_not_given, pressed.mono_ns)
        return True

    def _refusal(self, asked: Request | None) -> str | None:
        """Why a request cannot be had now, told before anybody confirms it."""
        if asked in ANSWERS and not self.model.question:
            return self._words.no_question
        if asked not in DECLARES and asked not in ANSWERS:
            return None
        if not self.model.connected:
            return self._words.not_declared
        return self._words.latched if self.model.latched else None

    def _do(self, request: Request, mono_ns: int) -> None:
        if request is Request.QUIT:
            self.exit(True)
            return
        refusal = self._refusal(request)
        if request in ANSWERS:
            answer = AnswerRepeat(self.model.question, second=request is Request.SECOND_UNIT)
            if refusal is None and not self._feed.send(answer):
                refusal = self._words.not_declared
            self.model.notify(refusal or self._words.answer_sent, mono_ns)
            return
        reason = DECLARES[request]
        if refusal is None and not self._feed.send(Declare(reason)):
            refusal = self._words.not_declared
        if refusal is not None:
            self.model.notify(refusal, mono_ns)
            return
        self._awaited = reason
        self._awaited_until_ns = mono_ns + int(ANSWER_WITHIN_S * 1e9)
        self.model.notify(_declared(request, self._words), mono_ns)

    def _follow_up(self, verdicts: list[VerdictShown], now_ns: int) -> None:
        if self.model.rings and any(not one.verdict_class.is_accept for one in verdicts):
            # A bell has one sound: it says "look here", which a unit to be passed on does not need.
            # Not every terminal rings: the edge says it too, when the next one looks like the last.
            self.bell()
            if self._flashed_ns is None or now_ns - self._flashed_ns >= FLASH_EVERY_NS:
                self._flashed_ns = now_ns
        if verdicts:
            # The question was about the item in hand before these.
            self._steps.cancel()
        if self._awaited is None:
            return
        if any(self._awaited in {verdict.reason, *verdict.also} for verdict in verdicts):
            self._awaited = None
            self.model.notify("", now_ns)
        elif now_ns >= self._awaited_until_ns:
            self._awaited = None
            self.model.notify(self._words.no_answer, now_ns)

    # ------------------------------------------------------------------------------- drawing

    def _paint(self) -> None:
        size = self._painting.size
        now = self._clock.now().replace(microsecond=0)
        view = self.model.view()
        mono_ns = self._clock.mono_ns()
        pulse = view.banner.latched and mono_ns % PULSE_NS >= PULSE_NS // 2
        flash = self._flashed_ns is not None and mono_ns - self._flashed_ns < FLASH_NS
        moment = Moment(now, self._steps.asked, self._pin.typed, pulse, flash)
        picture = (view, moment, size)
        before = self._painted
        if picture == before or (self._rests and before and before[0].banner == view.banner):
            return
        self._painted = picture
        self._painting.show(paint(view, moment, size.width, size.height, self._look))


def _declared(request: Request, words: DockWords) -> str:
    match request:
        case Request.UNREADABLE:
            return words.declared_unreadable
        case Request.NO_CODE:
            return words.declared_no_code
        case _:
            return words.declared_damaged
