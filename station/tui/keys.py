"""Keys of the dock screen: who typed them, and the two steps that any of them needs.

A keyboard-wedge scanner types its codes, so a key may be a piece of a barcode. `KeyCatcher` holds
keys until it is clear that a person pressed them; `TwoSteps` then asks for a second, different key
before anything happens. Pure: time comes in as an argument.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from firmware_bridge.framing.lines import MAX_PAYLOAD_BYTES
from firmware_bridge.keystrokes import BURST_END_MS, BURST_GAP_MS, BURST_KEYS
from station.core.reasons import Reason

CONFIRM_KEY: Final = "y"
CONFIRM_AFTER_MS: Final = 300
"""A slow wedge types its next key before this; a person has to read the question first."""

CONFIRM_WITHIN_MS: Final = 5_000

_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Pressed:
    """A person pressed a key.

    Attributes:
        key: Its name.
        mono_ns: When, not when that became clear.
        character: What it types, or ``""``.
    """

    key: str
    mono_ns: int
    character: str = ""


@dataclass(frozen=True, slots=True)
class Burst:
    """A keyboard scanner typed; nothing of it was let through.

    Attributes:
        keys: How many keys.
    """

    keys: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code that a keyboard scanner typed, in a burst.

    Attributes:
        payload: What was typed before Enter, GS as 0x1D; at most `MAX_PAYLOAD_BYTES`.
        complete: Whether that is all of it, every key a character and Enter at the end.
    """

    payload: bytes
    complete: bool


_ENDS: Final = frozenset({"\r", "\n"})
"""What scanners end a code with."""


class KeyCatcher:
    """Tells a person's keys from a scanner's; holds at most three keys, a count and one code."""

    def __init__(self) -> None:
        self._typed = bytearray()
        self._whole = True
        self._since_code = 0
        self._held: list[Pressed] = []
        self._count = 0
        self._same = True
        self._last_ns = 0

    def feed(
        self, key: str, mono_ns: int, character: str | None = None
    ) -> list[Pressed | Burst | Scanned]:
        """One key arrived.

        Args:
            key: Its name.
            mono_ns: When it arrived, not when it was looked at.
            character: What it types, a control character too; None for a key that types none.

        Returns:
            What is now known of it and the keys before it: keys of a person, a code that a scanner
            typed, the end of a burst.
        """
        released = self.flush(mono_ns)
        self._same = self._same and (self._count == 0 or key == self._held[0].key)
        self._count += 1
        self._last_ns = mono_ns
        if self._count < BURST_KEYS:
            self._held.append(Pressed(key, mono_ns, character or ""))
        if character in _ENDS and self._count >= BURST_KEYS:
            return [*released, *self._code(ended=True)]
        self._since_code += 1
        if character is None:
            self._whole = False
        elif len(self._typed) < MAX_PAYLOAD_BYTES:
            self._typed += character.encode("utf-8", "surrogateescape")
        else:
            self._whole = False
        return released

    def _code(self, *, ended: bool) -> list[Scanned]:
        """The code that ends here, if anything was typed."""
        typed = bytes(self._typed[:MAX_PAYLOAD_BYTES])
        whole = ended and self._whole and len(self._typed) <= MAX_PAYLOAD_BYTES
        self._forget_code()
        return [Scanned(typed, whole)] if typed else []

    def _forget_code(self) -> None:
        self._typed.clear()
        self._whole = True
        self._since_code = 0

    def flush(self, mono_ns: int) -> list[Pressed | Burst | Scanned]:
        """Time passed: what is now known of the keys held."""
        if self._count == 0:
            return []
        burst = self._count >= BURST_KEYS
        gap_ns = (BURST_END_MS if burst else BURST_GAP_MS) * _MS
        if mono_ns - self._last_ns < gap_ns:
            return []
        released: list[Pressed | Burst | Scanned] = [] if burst else list(self._held)
        # A key or two after a code are somebody's, who was quicker than the pause: no code.
        is_code = self._since_code >= BURST_KEYS
        left = self._code(ended=False) if is_code else []
        self._forget_code()
        if burst and not self._same:  # one key held down repeats itself: no scanner, no request
            released += [*left, Burst(self._count)]
        self._held.clear()
        self._count = 0
        self._same = True
        return released


class Request(Enum):
    """What a key asks for; done only when confirmed."""

    UNREADABLE = "unreadable"
    NO_CODE = "no code"
    DAMAGED = "damaged"
    SAME_UNIT = "same unit"
    SECOND_UNIT = "second unit"
    QUIT = "quit"


DECLARES: Final[dict[Request, Reason]] = {
    Request.UNREADABLE: Reason.UNREADABLE,
    Request.NO_CODE: Reason.NO_CODE,
    Request.DAMAGED: Reason.DAMAGED,
}
"""What is declared; the rest is between the screen and its user."""

ANSWERS: Final = frozenset({Request.SAME_UNIT, Request.SECOND_UNIT})
"""What is answered when the dock asks "second unit?"."""

REQUEST_KEYS: Final[dict[str, Request]] = {
    "u": Request.UNREADABLE,
    "n": Request.NO_CODE,
    "d": Request.DAMAGED,
    "s": Request.SAME_UNIT,
    "2": Request.SECOND_UNIT,
    "q": Request.QUIT,
    "ctrl+c": Request.QUIT,
    "ctrl+q": Request.QUIT,
}
"""Key names as Textual gives them."""


class TwoSteps:
    """A key asks, `CONFIRM_KEY` confirms, anything else or time takes it back."""

    def __init__(self) -> None:
        self._asked: Request | None = None
        self._asked_ns = 0

    @property
    def asked(self) -> Request | None:
        """What waits for its confirmation."""
        return self._asked

    def press(self, key: str, mono_ns: int) -> Request | None:
        """One key of a person.

        Returns:
            The request, when this key confirmed it.
        """
        asked = self._asked
        self._asked = None
        waited_ms = (mono_ns - self._asked_ns) // _MS
        if asked is not None:
            # Any other key takes it back and asks for nothing else: n, for one, is many a no.
            in_time = CONFIRM_AFTER_MS <= waited_ms <= CONFIRM_WITHIN_MS
            return asked if key.lower() == CONFIRM_KEY and in_time else None
        self._asked = REQUEST_KEYS.get(key.lower())
        self._asked_ns = mono_ns
        return None

    def tick(self, mono_ns: int) -> None:
        """Let time pass."""
        if mono_ns - self._asked_ns > CONFIRM_WITHIN_MS * _MS:
            self._asked = None

    def cancel(self) -> None:
        """Take back what was asked."""
        self._asked = None
