"""A scanner in SSI packet mode as a conversation: every scan is acknowledged, none is taken twice.

The decoder sends a scan again, marked, when no acknowledgement came within two seconds, at most
twice. A marked packet equal to the scan taken last is that scan: it is acknowledged and not given
on, so that a lost acknowledgement is never a second intake. A packet that arrives broken is asked
for again. Our own commands wait for their acknowledgement one by one, and a decoder that was silent
for a while is woken first: while it wakes it hears nothing.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from firmware_bridge.conversation import ConversationEvent, Feedback, Remark
from firmware_bridge.framing.lines import Breakage, BrokenLine, Line, split_identifier
from firmware_bridge.framing.ssi import (
    CONTINUED,
    RETRANSMIT,
    WAKE,
    NakReason,
    Opcode,
    Side,
    SsiEvent,
    SsiFramer,
    SsiPacket,
)

ANSWER_NS: Final = 1_000_000_000
"""How long a decoder may take to acknowledge a command."""

AWAKE_NS: Final = 900_000_000
"""A decoder that sent something or was woken stays awake for at least a second. Source: WAKEUP,
"Decoder Requirements", in the integration guides of Zebra's scan engines; less, for the way."""

WAKING_NS: Final = 20_000_000
"""How long it is given to wake: Zebra asks for at least 10 ms and less than a second ("Host
Requirements", there), makers who follow it for 15 ms."""

TRIES: Final = 3
"""How often a command is sent before it is given up."""

REPEATED_WITHIN_NS: Final = 7_000_000_000
"""A decoder repeats a scan twice, after two seconds each, and the last may be slow to arrive."""

MAX_COMMANDS: Final = 16
"""Commands that wait; feedback for scans long past is dropped first."""

PACKETED: Final = bytes([0xFF, 0x9F, 0x01, 0xEE, 0x01])
"""Parameters, without a beep: software handshaking (9F) on, decode data (EE) in packets.
Temporary: a scanner that loses power is told again when it comes back."""

_BEEP_GOOD: Final = b"\x00"
"""One short high beep."""
_BEEP_BAD: Final = b"\x12"
"""Four long low beeps."""
_ALL_LEDS: Final = b"\xff"

_COMMANDS: Final = {
    Feedback.GOOD: (
        SsiPacket(Opcode.LED_OFF, Side.HOST, data=_ALL_LEDS),
        SsiPacket(Opcode.BEEP, Side.HOST, data=_BEEP_GOOD),
    ),
    Feedback.BAD: (
        SsiPacket(Opcode.LED_ON, Side.HOST, data=_ALL_LEDS),
        SsiPacket(Opcode.BEEP, Side.HOST, data=_BEEP_BAD),
    ),
    Feedback.DISABLE: (SsiPacket(Opcode.SCAN_DISABLE, Side.HOST),),
    Feedback.ENABLE: (SsiPacket(Opcode.SCAN_ENABLE, Side.HOST),),
}

IDENTIFIERS: Final = {
    0x03: "]C0",
    0x0A: "]E4",
    0x0B: "]E0",
    0x0F: "]C1",
    0x1B: "]d1",
    0x1C: "]Q1",
    0xC1: "]d2",
    0xC2: "]Q3",
}
"""SSI's code types as AIM identifiers, where one says the same as the other: Code 128, EAN-8,
EAN-13, GS1-128, Data Matrix, QR Code, GS1 Data Matrix, GS1 QR Code. Source: the Programmer's Guide,
"Code types". A scanner set to send AIM identifiers puts its own in front, which counts."""


@dataclass(slots=True)
class _Asked:
    """The command that waits for its acknowledgement.

    Attributes:
        packet: As first sent.
        until_ns: When it is sent, or sent again.
        tries: How often it was sent.
        is_waking: Whether the decoder is being woken for it.
    """

    packet: SsiPacket
    until_ns: int = 0
    tries: int = 0
    is_waking: bool = False


class SsiConversation:
    """A decoder in packet mode. Implements `firmware_bridge.conversation.Conversation`."""

    def __init__(self) -> None:
        self._framer = SsiFramer(Side.DECODER)
        self._outgoing = bytearray()
        self._commands: deque[SsiPacket] = deque(maxlen=MAX_COMMANDS)
        self._asked: _Asked | None = None
        self._taken: SsiPacket | None = None
        self._taken_ns = 0
        self._awake_until_ns = 0
        self._is_deaf = False

    @property
    def deadline_ns(self) -> int | None:
        """When a packet counts as broken or a command is sent again."""
        deadlines = [
            ns
            for ns in (self._framer.deadline_ns, self._asked.until_ns if self._asked else None)
            if ns is not None
        ]
        return min(deadlines, default=None)

    def opened(self, mono_ns: int) -> None:
        """Wake the decoder, ask for packets with handshaking, and let it read."""
        self._commands.clear()
        self._asked = None
        self._awake_until_ns = mono_ns
        self._outgoing.clear()
        self._commands.append(SsiPacket(Opcode.PARAM_SEND, Side.HOST, data=PACKETED))
        self._commands.extend(_COMMANDS[Feedback.ENABLE])
        self._ask_next(mono_ns)

    def feed(self, received: bytes, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Take bytes that arrived."""
        return self._answered(self._framer.feed(received, mono_ns), mono_ns)

    def expire(self, mono_ns: int) -> tuple[ConversationEvent, ...]:
        """Ask again for what came half, and send again what was not acknowledged."""
        events = self._answered(self._framer.expire(mono_ns), mono_ns)
        asked = self._asked
        if asked is None or mono_ns < asked.until_ns:
            return events
        if asked.is_waking or asked.tries < TRIES:
            self._send(asked, mono_ns)
            return events
        self._asked = None
        self._ask_next(mono_ns)
        if self._is_deaf:
            return events
        self._is_deaf = True
        return (
            *events,
            Remark(
                False,
                "the scanner does not answer in SSI packets",
                "set it to SSI with its setup barcodes, or set framing to lines here",
            ),
        )

    def listen(self, mono_ns: int) -> None:
        """Nobody was listening until now."""
        self._framer.listen(mono_ns)

    def abandon(self, reason: Breakage) -> tuple[ConversationEvent, ...]:
        """The stream was interrupted: what came half is broken, what was to be told is void."""
        self._outgoing.clear()
        self._commands.clear()
        self._asked = None
        partial = self._framer.buffered_bytes
        self._framer.abandon()
        return (BrokenLine(reason, b""),) if partial else ()

    def tell(self, feedback: Feedback, mono_ns: int) -> None:
        """Queue beeper, light or reading on and off."""
        self._commands.extend(_COMMANDS[feedback])
        self._ask_next(mono_ns)

    def take_outgoing(self) -> bytes:
        """The bytes to be sent now."""
        outgoing = bytes(self._outgoing)
        self._outgoing.clear()
        return outgoing

    def _answered(
        self, packets: tuple[SsiEvent, ...], mono_ns: int
    ) -> tuple[ConversationEvent, ...]:
        events: list[ConversationEvent] = []
        whole = [packet for packet in packets if isinstance(packet, SsiPacket)]
        if packets and not whole:
            # Not beside a good packet: the decoder would take it for an answer to its next scan.
            self._answer(Opcode.NAK, bytes([NakReason.RESEND]))
        for packet in whole:
            if self._is_deaf:
                self._is_deaf = False
                events.append(Remark(True, "the scanner answers again"))
            self._take(packet, mono_ns, events)
        return tuple(events)

    def _take(self, packet: SsiPacket, mono_ns: int, events: list[ConversationEvent]) -> None:
        self._awake_until_ns = mono_ns + AWAKE_NS
        match packet.opcode:
            case Opcode.ACK:
                if self._asked is None or self._asked.tries:
                    self._asked = None
                    self._ask_next(mono_ns)
            case Opcode.NAK:
                self._refused(packet, mono_ns)
            case Opcode.DECODE_DATA:
                self._answer(Opcode.ACK)
                if not self._is_known(packet, mono_ns):
                    events.append(_scan_of(packet))
                self._taken, self._taken_ns = replace(packet, status=0), mono_ns
            case _:
                self._answer(Opcode.ACK)

    def _is_known(self, packet: SsiPacket, mono_ns: int) -> bool:
        """Whether this is the scan taken last, sent again because our answer was lost."""
        return (
            packet.is_repeated
            and replace(packet, status=0) == self._taken
            and mono_ns - self._taken_ns <= REPEATED_WITHIN_NS
        )

    def _refused(self, packet: SsiPacket, mono_ns: int) -> None:
        asked = self._asked
        if asked is None or not asked.tries:
            return
        if packet.data[:1] == bytes([NakReason.RESEND]) and asked.tries < TRIES:
            self._send(asked, mono_ns)
            return
        self._asked = None
        self._ask_next(mono_ns)

    def _send(self, asked: _Asked, mono_ns: int) -> None:
        """Send a command; where the decoder may sleep, wake it now and send when that is over."""
        asked.is_waking = not asked.is_waking and mono_ns >= self._awake_until_ns
        if asked.is_waking:
            self._awake_until_ns = mono_ns + AWAKE_NS
            asked.until_ns = mono_ns + WAKING_NS
            self._outgoing += WAKE
            return
        packet = replace(asked.packet, status=RETRANSMIT) if asked.tries else asked.packet
        asked.tries += 1
        asked.until_ns = mono_ns + ANSWER_NS
        self._outgoing += packet.encoded()

    def _ask_next(self, mono_ns: int) -> None:
        if self._asked is None and self._commands:
            self._asked = _Asked(self._commands.popleft())
            self._send(self._asked, mono_ns)

    def _answer(self, opcode: Opcode, data: bytes = b"") -> None:
        self._outgoing += SsiPacket(opcode, Side.HOST, data=data).encoded()


def _scan_of(packet: SsiPacket) -> ConversationEvent:
    """A scan; one that does not fit into a packet is no code we know."""
    if packet.status & CONTINUED:
        return BrokenLine(Breakage.TOO_LONG, packet.data)
    line = split_identifier(packet.data[1:])
    if line.symbology_identifier or not packet.data:
        return line
    return Line(line.payload, IDENTIFIERS.get(packet.data[0], ""))
