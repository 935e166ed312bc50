"""Makes Textual take whatever a terminal sends: any bytes, and control sequences that a code holds.

A keyboard scanner types a barcode into the terminal, byte for byte. Three things of it must not
act: bytes that are no UTF-8, which Textual's reader decodes strictly and then ends the application
(and whose unfinished end it would put before the next code, however late);
the beginning of a bracketed paste without its end, after which it takes every further key for a
piece of the paste, for ever and in memory; and a report of another window size, after which it
draws for a window that is not there. Textual is pinned, so the names that are replaced are there.

And asks for no key reports in the style of kitty, which Textual turns on where a terminal has them
(foot, the kiosk's, does): there the separator GS, Ctrl+] on a keyboard, is a key without a
character and each press of Shift and Ctrl a key of its own, so that no code comes through whole;
and Textual fails on a report whose numbers are none, which a code can hold.

And notices that a terminal is gone: at the end of its input Textual's reader asks again at once,
for ever, and its writer ends. Where nothing ends the process with the terminal (SIGHUP ignored, as
by nohup), it would take a whole core from the engine and hear no SIGTERM.
"""

import sys
from collections.abc import Iterable
from encodings.utf_8 import IncrementalDecoder
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual import constants, events
from textual._time import get_time
from textual._xterm_parser import (
    BRACKETED_PASTE_END,
    BRACKETED_PASTE_START,
    XTermParser,
)
from textual.drivers import linux_driver
from textual.message import Message
from textual.messages import InBandWindowResize

from firmware_bridge.keystrokes import BURST_END_MS

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PASTE_GAP_S: Final = 0.25
"""A terminal hands a paste over without a pause; a longer one ends it."""

MAX_PASTE_S: Final = 2.0
"""A whole paste takes less, whatever goes on typing."""

MAX_PASTE_CHARS: Final = 64 * 1024

_BOUNDARY_CHARS: Final = len(BRACKETED_PASTE_START)


class CutPaste(events.Paste):
    """A paste whose end never came: what there is of it."""


class GuardedParser(XTermParser):
    """Reads keys and pastes; ends a paste that does not end, and believes no code about sizes.

    The window's size comes from the system alone (SIGWINCH).
    """

    def __init__(self, debug: bool = False) -> None:
        self._seen = ""
        self._pasting = False
        self._chars = 0
        self._began_s = 0.0
        self._last_s = 0.0
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Characters arrived; none means that no further ones will."""
        handed_over = False
        for message in _believed(super().feed(data)):
            handed_over = handed_over or isinstance(message, events.Paste)
            yield message
        if data:
            self._note(data, handed_over=handed_over)
            if self._pasting and self._chars > MAX_PASTE_CHARS:
                yield from self._cut()

    def tick(self) -> Iterable[Message]:
        """Time passed."""
        yield from _believed(super().tick())
        now_s = get_time()
        stale = now_s - self._last_s >= PASTE_GAP_S or now_s - self._began_s >= MAX_PASTE_S
        if self._pasting and stale:
            yield from self._cut()

    def _note(self, data: str, *, handed_over: bool) -> None:
        """Whether a paste is under way, and since when.

        Its beginning may come in pieces. Its end is where it was handed over: an end that came in
        pieces, with a pause between them, is none to Textual. In doubt it is under way, since to
        end one that is not does nothing.
        """
        now_s = self._last_s = get_time()
        text = self._seen + data
        self._seen = text[-(_BOUNDARY_CHARS - 1) :]
        began, ended = text.rfind(BRACKETED_PASTE_START), text.rfind(BRACKETED_PASTE_END)
        if handed_over and began < ended:
            self._pasting = False
        elif began >= 0 and not self._pasting:
            self._pasting, self._began_s, self._chars = True, now_s, 0
        self._chars += len(data)

    def _cut(self) -> Iterable[Message]:
        self._pasting = False
        self._seen = ""
        for message in super().feed(BRACKETED_PASTE_END):
            is_paste = isinstance(message, events.Paste)
            yield CutPaste(message.text) if is_paste else message  # type: ignore[attr-defined]


def _believed(messages: Iterable[Message]) -> Iterable[Message]:
    for message in messages:
        if not isinstance(message, (events.Resize, InBandWindowResize)):
            yield message


def harden_terminal_input() -> None:
    """Have the terminal's reader be so from now on; idempotent."""
    reader = vars(linux_driver)
    reader["getincrementaldecoder"] = _lenient
    reader["XTermParser"] = GuardedParser
    vars(constants)["DISABLE_KITTY_KEY"] = True


def terminal_is_gone() -> bool:
    """Whether the terminal that keys come from is closed; costs a microsecond."""
    return sys.__stdin__ is None or not sys.__stdin__.isatty()


class FreshDecoder(IncrementalDecoder):
    """UTF-8 whose unfinished characters do not outlive a pause: the next code is not theirs."""

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self._last_s = get_time()

    def decode(self, data: "ReadableBuffer", final: bool = False) -> str:
        """Bytes that arrived now."""
        now_s = get_time()
        if now_s - self._last_s >= BURST_END_MS / 1000:
            self.reset()
        self._last_s = now_s
        return super().decode(data, final)


def _lenient(_encoding: str) -> "partial[Any]":
    """Bytes that are no text come through as lone surrogates, and become the same bytes again."""
    return partial(FreshDecoder, errors="surrogateescape")
