"""SSI packets: Zebra's Simple Serial Interface on the wire.

A packet is length, opcode, source, status, data, checksum; the length counts all but the checksum,
which is the two's complement of the sum, high byte first. Bytes and times in, packets out; what a
packet asks for is `firmware_bridge.ssi_conversation`'s matter.

Source: Zebra, Simple Serial Interface Programmer's Guide (72E-40451), chapters 2 and 3.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from firmware_bridge.framing.checksums import ssi_checksum

HEADER_BYTES: Final = 4
CHECKSUM_BYTES: Final = 2
MAX_DATA_BYTES: Final = 255 - HEADER_BYTES
GAP_MS: Final = 200
"""Silence inside a packet that ends it; a decoder repeats itself only after two seconds."""

WAKE: Final = b"\0"
"""Wakes a sleeping decoder; between packets it means nothing."""

_NS_PER_MS: Final = 1_000_000


class Opcode(IntEnum):
    """Commands and messages of both sides."""

    REQUEST_REVISION = 0xA3
    REPLY_REVISION = 0xA4
    REPLY_ID = 0xA6
    PARAM_SEND = 0xC6
    ACK = 0xD0
    NAK = 0xD1
    CAPABILITIES_REPLY = 0xD4
    START_DECODE = 0xE4
    STOP_DECODE = 0xE5
    BEEP = 0xE6
    LED_ON = 0xE7
    LED_OFF = 0xE8
    SCAN_ENABLE = 0xE9
    SCAN_DISABLE = 0xEA
    DECODE_DATA = 0xF3
    EVENT = 0xF6


FROM_DECODER: Final = frozenset(
    {
        Opcode.REPLY_REVISION,
        Opcode.REPLY_ID,
        Opcode.PARAM_SEND,
        Opcode.ACK,
        Opcode.NAK,
        Opcode.CAPABILITIES_REPLY,
        Opcode.DECODE_DATA,
        Opcode.EVENT,
    }
)
FROM_HOST: Final = frozenset(Opcode) - {Opcode.DECODE_DATA, Opcode.EVENT}


class Side(IntEnum):
    """Who sent a packet."""

    DECODER = 0x00
    HOST = 0x04


class NakReason(IntEnum):
    """Why a packet was not taken."""

    RESEND = 1
    BAD_CONTEXT = 2
    DENIED = 6
    CANCEL = 10


RETRANSMIT: Final = 0x01
"""Status bit: sent before, and no acknowledgement came."""

CONTINUED: Final = 0x02
"""Status bit: another packet of the same message follows."""


@dataclass(frozen=True, slots=True)
class SsiPacket:
    """One packet with a good checksum.

    Attributes:
        opcode: What it says.
        source: Who sent it.
        status: Status bits.
        data: At most 251 bytes.
    """

    opcode: Opcode
    source: Side
    status: int = 0
    data: bytes = b""

    @property
    def is_repeated(self) -> bool:
        """Whether it was sent before."""
        return bool(self.status & RETRANSMIT)

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        header = bytes([HEADER_BYTES + len(self.data), self.opcode, self.source, self.status])
        packet = header + self.data
        return packet + ssi_checksum(packet)


@dataclass(frozen=True, slots=True)
class BrokenPacket:
    """Something that began like a packet and was none.

    Attributes:
        received: What came of it.
    """

    received: bytes


SsiEvent = SsiPacket | BrokenPacket


class SsiFramer:
    """Cuts a byte stream into packets. Total: any bytes at any time; one thread at a time.

    A packet begins where length, opcode and source make sense together. The byte that broke a
    packet may start the next one; of two good packets after any garbage at least the second
    arrives, once the silence after them is told.
    """

    def __init__(self, source: Side) -> None:
        """Make a framer.

        Args:
            source: Whose packets are expected.
        """
        self._source = source
        self._opcodes = FROM_DECODER if source is Side.DECODER else FROM_HOST
        self._buffer = bytearray()
        self._quiet_since_ns = 0

    @property
    def deadline_ns(self) -> int | None:
        """When the packet under way counts as broken if nothing more comes; None without one."""
        return self._quiet_since_ns + GAP_MS * _NS_PER_MS if self._buffer else None

    @property
    def buffered_bytes(self) -> int:
        """How much of an unfinished packet is held."""
        return len(self._buffer)

    def feed(self, received: bytes, mono_ns: int) -> tuple[SsiEvent, ...]:
        """Take bytes; what they completed or broke, in order."""
        events = list(self.expire(mono_ns))
        for start in range(0, len(received), 256):
            self._buffer += received[start : start + 256]
            self._take(events)
        if received:
            self._quiet_since_ns = mono_ns
        return tuple(events)

    def expire(self, mono_ns: int) -> tuple[SsiEvent, ...]:
        """End what has been silent for too long.

        Args:
            mono_ns: Monotonic clock, now, with no byte waiting to be fed.
        """
        deadline_ns = self.deadline_ns
        if deadline_ns is None or mono_ns < deadline_ns:
            return ()
        return self.finish()

    def listen(self, mono_ns: int) -> None:
        """Start the silence anew: nobody was listening until now."""
        self._quiet_since_ns = max(self._quiet_since_ns, mono_ns)

    def finish(self) -> tuple[SsiEvent, ...]:
        """The stream ended or fell silent: what is not whole never will be."""
        events: list[SsiEvent] = []
        while self._buffer:
            events.append(BrokenPacket(bytes(self._buffer)))
            del self._buffer[:1]
            self._take(events)
        # One report for one disturbance, after whatever was whole in it.
        broken = [event for event in events if isinstance(event, BrokenPacket)][:1]
        return (*(event for event in events if isinstance(event, SsiPacket)), *broken)

    def abandon(self) -> None:
        """Forget the packet under way."""
        self._buffer.clear()

    def _take(self, events: list[SsiEvent]) -> None:
        buffer = self._buffer
        while buffer:
            if not self._may_begin():
                del buffer[:1]
                continue
            total = buffer[0] + CHECKSUM_BYTES
            if len(buffer) < total:
                return
            body = bytes(buffer[: total - CHECKSUM_BYTES])
            if ssi_checksum(body) != buffer[total - CHECKSUM_BYTES : total]:
                events.append(BrokenPacket(body))
                del buffer[:1]
                continue
            events.append(SsiPacket(Opcode(body[1]), self._source, body[3], body[HEADER_BYTES:]))
            del buffer[:total]

    def _may_begin(self) -> bool:
        """Whether the front of the buffer can be the beginning of a packet, as far as it goes."""
        buffer = self._buffer
        return (
            buffer[0] >= HEADER_BYTES
            and (len(buffer) < 2 or buffer[1] in self._opcodes)
            and (len(buffer) < 3 or buffer[2] == self._source)
        )
