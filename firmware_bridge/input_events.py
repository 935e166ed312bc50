"""A keyboard-wedge scanner read below the keyboard: Linux input events become scans.

Records of the kernel's input layer go in, scans come out; opening and grabbing the device is
`firmware_bridge.openers`. When the kernel's buffer ran over (``SYN_DROPPED``), keys are missing and
the scan is discarded and asked for again: half a code must never pass for a code.

Source: Linux, Documentation/input/input.rst and include/uapi/linux/input-event-codes.h.
"""

import struct
from typing import Final

from firmware_bridge.conversation import ConversationEvent, Feedback
from firmware_bridge.framing.lines import Breakage, BrokenLine, LineEvent
from firmware_bridge.keystrokes import TypedScan, control_byte, keypad_byte

RECORD: Final = struct.Struct("@llHHi")
"""Seconds and microseconds, type, code, value: 24 bytes where a long has 8."""

EV_SYN: Final = 0
EV_KEY: Final = 1
SYN_REPORT: Final = 0
SYN_DROPPED: Final = 3

_RELEASED: Final = 0
_PRESSED: Final = 1

KEY_ENTER: Final = 28
KEY_LEFTCTRL: Final = 29
KEY_LEFTSHIFT: Final = 42
KEY_RIGHTSHIFT: Final = 54
KEY_LEFTALT: Final = 56
KEY_KPENTER: Final = 96
KEY_RIGHTCTRL: Final = 97
KEY_RIGHTALT: Final = 100

_SHIFTS: Final = frozenset({KEY_LEFTSHIFT, KEY_RIGHTSHIFT})
_CTRLS: Final = frozenset({KEY_LEFTCTRL, KEY_RIGHTCTRL})
_ALTS: Final = frozenset({KEY_LEFTALT, KEY_RIGHTALT})
_MODIFIERS: Final = _SHIFTS | _CTRLS | _ALTS
_ENDS: Final = frozenset({KEY_ENTER, KEY_KPENTER})


def _rows() -> dict[int, str]:
    """Keys by code: what each types without and with Shift, on the US layout."""
    rows: dict[int, str] = {}
    for first, plain, shifted in (
        (2, "1234567890-=", "!@#$%^&*()_+"),
        (16, "qwertyuiop[]", "QWERTYUIOP{}"),
        (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
        (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    ):
        rows |= {
            first + offset: pair[0] + pair[1]
            for offset, pair in enumerate(zip(plain, shifted, strict=True))
        }
    return rows | {57: "  ", 55: "**", 74: "--", 78: "++", 98: "//", 83: "..", 15: "\t\t"}


KEYS: Final = _rows()
"""What a key types: two characters, without and with Shift."""

KEYPAD: Final = {
    code: str(digit) for digit, code in enumerate((82, 79, 80, 81, 75, 76, 77, 71, 72, 73))
}
"""Digits of the number pad, which also write a character's number while Alt is held."""


class InputConversation:
    """A wedge's input events. Implements `firmware_bridge.conversation.Conversation`."""

    def __init__(self) -> None:
        self._scan = TypedScan()
        self._partial = b""
        self._held: set[int] = set()
        self._alt_digits = ""
        self._is_resyncing = False

    @property
    def deadline_ns(self) -> int | None:
        """When the scan under way counts as broken."""
        return self._scan.deadline_ns

    def opened(self, mono_ns: int) -> None:  # noqa: ARG002 - the interface's signature
        """Nothing is held on a device that was just opened."""
        self._forget()

    def feed(self, received: bytes, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Take records, whole or in pieces."""
        events: list[LineEvent] = list(self._scan.expire(mono_ns))
        waiting = self._partial + received
        whole = len(waiting) - len(waiting) % RECORD.size
        self._partial = waiting[whole:]
        for _, _, kind, code, value in RECORD.iter_unpack(waiting[:whole]):
            events += self._take(kind, code, value, mono_ns)
        return tuple(events)

    def expire(self, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Break a scan that has been silent for too long."""
        return self._scan.expire(mono_ns)

    def listen(self, mono_ns: int) -> None:
        """Nobody was listening until now."""
        self._scan.listen(mono_ns)

    def abandon(self, reason: Breakage) -> tuple[ConversationEvent, ...]:
        """The device went away."""
        self._forget()
        return self._scan.abandon(reason)

    def tell(self, feedback: Feedback, mono_ns: int) -> None:
        """A keyboard cannot be told anything."""

    def take_outgoing(self) -> bytes:
        """Nothing is ever sent to a keyboard."""
        return b""

    def _forget(self) -> None:
        self._partial = b""
        self._let_go()
        self._is_resyncing = False

    def _let_go(self) -> None:
        """No key is held any more, as far as is known."""
        self._held.clear()
        self._alt_digits = ""

    def _take(self, kind: int, code: int, value: int, mono_ns: int) -> tuple[LineEvent, ...]:
        if kind == EV_SYN:
            return self._sync(code)
        if kind != EV_KEY or self._is_resyncing:
            return ()
        if code in _MODIFIERS:
            return self._modifier(code, value, mono_ns)
        return self._key(code, mono_ns) if value == _PRESSED else ()

    def _sync(self, code: int) -> tuple[LineEvent, ...]:
        """Records up to the report after a SYN_DROPPED tell nothing that can be relied on."""
        if code == SYN_DROPPED:
            lost = self._scan.abandon(Breakage.KEYS_LOST)
            self._let_go()  # the record that has come half is whole: it came after
            self._is_resyncing = True
            return lost or (BrokenLine(Breakage.KEYS_LOST, b""),)
        if code == SYN_REPORT:
            self._is_resyncing = False
        return ()

    def _modifier(self, code: int, value: int, mono_ns: int) -> tuple[LineEvent, ...]:
        if value == _RELEASED:
            self._held.discard(code)
            if code in _ALTS and not self._held & _ALTS:
                byte, self._alt_digits = keypad_byte(self._alt_digits), ""
                return () if byte is None else self._scan.type(byte, mono_ns)
        else:
            self._held.add(code)
        return ()

    def _key(self, code: int, mono_ns: int) -> tuple[LineEvent, ...]:
        if code in _ENDS:
            return self._scan.enter(mono_ns)
        if code in KEYPAD:
            if self._held & _ALTS:
                self._alt_digits += KEYPAD[code]
                return ()
            return self._scan.type(ord(KEYPAD[code]), mono_ns)
        pair = KEYS.get(code)
        if pair is None:
            return ()
        if self._held & _CTRLS:
            byte = control_byte(pair[0])
            return () if byte is None else self._scan.type(byte, mono_ns)
        return self._scan.type(ord(pair[bool(self._held & _SHIFTS)]), mono_ns)
