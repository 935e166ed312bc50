"""What keyboard-wedge scanners type, and what it means: rules shared by every catcher of keys.

A scanner types a code as a person would, only faster: characters, a separator as Ctrl+] or in some
maker's own way, and Enter at the end. Bytes come out, GS as 0x1D. Pure: times come in as arguments.
The layout is the US one, to which a wedge must be set; what other layouts make of a code is told by
the station's table of scanner faults.
"""

from typing import Final

from firmware_bridge.framing.lines import (
    MAX_PAYLOAD_BYTES,
    Breakage,
    BrokenLine,
    LineEvent,
    split_identifier,
)

BURST_GAP_MS: Final = 50
"""Scanners type a key every 1 to 20 ms; a fast typist's every 80 ms."""

BURST_KEYS: Final = 4
"""So many keys at such a pace are no person's."""

BURST_END_MS: Final = 150
"""A wedge may pause within a code for the host to catch up."""

END_GAP_MS: Final = 500
"""Silence inside a scan of a grabbed scanner that makes it a broken one: nobody else types there,
and slow wedges over Bluetooth stop for some 300 ms."""

GS: Final = 0x1D

_CONTROLS: Final = {
    "]": 0x1D,
    "\\": 0x1C,
    "[": 0x1B,
    "6": 0x1E,
    "^": 0x1E,
    "-": 0x1F,
    "_": 0x1F,
    "5": 0x1D,
}
"""Ctrl with a key beside the letters: GS and its neighbours (FS, ESC, RS, US), as terminals and
makers' "control character" modes have them; Ctrl+5 is what some send for Ctrl+]."""

_MAX_KEYPAD_DIGITS: Final = 4
_NS_PER_MS: Final = 1_000_000


def control_byte(key: str) -> int | None:
    """The control character of Ctrl with a key, or None where there is none.

    Args:
        key: The key's own character on the US layout, e.g. ``]`` or ``a``.
    """
    if len(key) == 1 and "a" <= key.lower() <= "z":
        return ord(key.lower()) - ord("a") + 1
    return _CONTROLS.get(key)


def keypad_byte(digits: str) -> int | None:
    """The byte of Alt with digits on the keypad (``029`` and ``0029`` are GS); None for no byte."""
    if not digits or len(digits) > _MAX_KEYPAD_DIGITS:
        return None
    number = int(digits)
    return number if number < 256 else None


class TypedScan:
    """Collects what one scanner types into scans. Total; one thread at a time."""

    def __init__(self, gap_ms: int = END_GAP_MS) -> None:
        """Make one.

        Args:
            gap_ms: Silence inside a scan that breaks it.
        """
        self._gap_ns = gap_ms * _NS_PER_MS
        self._typed = bytearray()
        self._last_ns = 0
        self._is_dropping = False

    @property
    def deadline_ns(self) -> int | None:
        """When the scan under way counts as broken; None without one."""
        return self._last_ns + self._gap_ns if self._typed or self._is_dropping else None

    def type(self, byte: int, mono_ns: int) -> tuple[LineEvent, ...]:
        """Take one character.

        Args:
            byte: 0 to 255.
            mono_ns: Monotonic clock, when it was typed.
        """
        events = self.expire(mono_ns)
        self._last_ns = mono_ns
        if self._is_dropping:
            return events
        self._typed.append(byte)
        if len(self._typed) <= MAX_PAYLOAD_BYTES:
            return events
        partial = bytes(self._typed[:MAX_PAYLOAD_BYTES])
        self._typed.clear()
        self._is_dropping = True
        return (*events, BrokenLine(Breakage.TOO_LONG, partial))

    def enter(self, mono_ns: int) -> tuple[LineEvent, ...]:
        """The scan is complete."""
        events = self.expire(mono_ns)
        typed, dropping = bytes(self._typed), self._is_dropping
        self.clear()
        return events if dropping or not typed else (*events, split_identifier(typed))

    def expire(self, mono_ns: int) -> tuple[LineEvent, ...]:
        """Break a scan that has been silent for too long."""
        deadline_ns = self.deadline_ns
        return self.abandon(Breakage.GAP) if deadline_ns and mono_ns >= deadline_ns else ()

    def listen(self, mono_ns: int) -> None:
        """Nobody was listening until now."""
        self._last_ns = max(self._last_ns, mono_ns)

    def abandon(self, reason: Breakage) -> tuple[LineEvent, ...]:
        """Give up the scan under way, if any."""
        typed = bytes(self._typed)
        self.clear()
        return (BrokenLine(reason, typed),) if typed else ()

    def clear(self) -> None:
        """Begin anew."""
        self._typed.clear()
        self._is_dropping = False
