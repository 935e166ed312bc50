"""A scanner in SSI packet mode that is not there: its rules, and the same behind a pty.

`SsiDecoder` is sans-IO: it repeats a scan that is not acknowledged twice, after two seconds each,
with the retransmit bit; it takes commands and remembers what it was told. Until the host asks for
packets it sends lines, as a scanner out of its box does. In low power mode it falls asleep, and
hears nothing of what wakes it.
"""

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from firmware_bridge.framing.ssi import (
    RETRANSMIT,
    BrokenPacket,
    NakReason,
    Opcode,
    Side,
    SsiFramer,
    SsiPacket,
)
from firmware_bridge.simulators.device import SimulatedDevice
from firmware_bridge.simulators.noise import Noise

REPEAT_NS: Final = 2_000_000_000
REPEATS: Final = 2
SLEEPS_AFTER_NS: Final = 1_000_000_000
WAKES_IN_NS: Final = 10_000_000
DECODE_FORMAT: Final = 0xEE
DATA_MATRIX_GS1: Final = 0xC1

_WAIT_S: Final = 0.02
_SETTLED_S: Final = 0.001


@dataclass(slots=True)
class _Unacknowledged:
    packet: SsiPacket
    until_ns: int
    repeats: int = 0


class SsiDecoder:
    """The scanner's side of SSI; a single thread's.

    Attributes:
        enabled: Whether it reads.
        packeted: Whether it sends packets.
        beeps: Beep codes it was told, in order.
        led_on: Whether the host lit its light.
        given_up: Scans nobody acknowledged.

    Args:
        low_power: Whether it sleeps when it neither reads nor hears anything for a second.
    """

    def __init__(self, *, low_power: bool = False) -> None:
        self._low_power = low_power
        self._sleeps_from_ns = 0
        self._deaf_until_ns = 0
        self.enabled = True
        self.packeted = False
        self.beeps: list[int] = []
        self.led_on = False
        self.given_up = 0
        self._framer = SsiFramer(Side.HOST)
        self._outgoing = bytearray()
        self._waiting: _Unacknowledged | None = None

    @property
    def deadline_ns(self) -> int | None:
        """When `expire` wants to be called."""
        deadlines = [self._framer.deadline_ns, self._waiting.until_ns if self._waiting else None]
        return min((ns for ns in deadlines if ns is not None), default=None)

    @property
    def is_busy(self) -> bool:
        """Whether a scan waits for its acknowledgement; nothing is read meanwhile."""
        return self._waiting is not None

    def scan(self, payload: bytes, mono_ns: int, code_type: int = DATA_MATRIX_GS1) -> bool:
        """Read a symbol.

        Returns:
            Whether it was read: the scanner is enabled and not waiting.
        """
        if not self.enabled or self.is_busy:
            return False
        self._sleeps_from_ns = mono_ns + SLEEPS_AFTER_NS
        if not self.packeted:
            self._outgoing += payload + b"\r"
            return True
        packet = SsiPacket(Opcode.DECODE_DATA, Side.DECODER, data=bytes([code_type]) + payload)
        self._waiting = _Unacknowledged(packet, mono_ns + REPEAT_NS)
        self._outgoing += packet.encoded()
        return True

    def feed(self, received: bytes, mono_ns: int) -> None:
        """Take bytes of the host, unless they come while it sleeps or wakes."""
        if self._low_power and received:
            if mono_ns >= self._sleeps_from_ns:
                self._deaf_until_ns = mono_ns + WAKES_IN_NS
            self._sleeps_from_ns = mono_ns + SLEEPS_AFTER_NS
            if mono_ns < self._deaf_until_ns:
                return
        for event in self._framer.feed(received, mono_ns):
            if isinstance(event, BrokenPacket):
                self._answer(Opcode.NAK, bytes([NakReason.RESEND]))
            else:
                self._take(event, mono_ns)

    def expire(self, mono_ns: int) -> None:
        """Repeat what was not acknowledged, or give it up."""
        for event in self._framer.expire(mono_ns):
            if isinstance(event, BrokenPacket):
                self._answer(Opcode.NAK, bytes([NakReason.RESEND]))
            else:
                self._take(event, mono_ns)
        waiting = self._waiting
        if waiting is not None and mono_ns >= waiting.until_ns:
            self._repeat(waiting, mono_ns)

    def take_outgoing(self) -> bytes:
        """The bytes to be sent now."""
        outgoing = bytes(self._outgoing)
        self._outgoing.clear()
        return outgoing

    def _take(self, packet: SsiPacket, mono_ns: int) -> None:
        match packet.opcode:
            case Opcode.ACK:
                self._waiting = None
                return
            case Opcode.NAK:
                if self._waiting is not None and packet.data[:1] == bytes([NakReason.RESEND]):
                    self._repeat(self._waiting, mono_ns)
                return
            case Opcode.PARAM_SEND:
                pairs = packet.data[1:]
                settings = dict(zip(pairs[::2], pairs[1::2], strict=False))
                self.packeted = settings.get(DECODE_FORMAT, self.packeted) == 1
            case Opcode.BEEP if not packet.is_repeated:
                self.beeps += packet.data[:1]
            case Opcode.LED_ON | Opcode.LED_OFF:
                self.led_on = packet.opcode is Opcode.LED_ON
            case Opcode.SCAN_ENABLE | Opcode.SCAN_DISABLE:
                self.enabled = packet.opcode is Opcode.SCAN_ENABLE
            case _:
                pass  # taken, and of no consequence here
        self._answer(Opcode.ACK)

    def _repeat(self, waiting: _Unacknowledged, mono_ns: int) -> None:
        if waiting.repeats == REPEATS:
            self._waiting = None
            self.given_up += 1
            return
        waiting.repeats += 1
        waiting.until_ns = mono_ns + REPEAT_NS
        self._outgoing += replace(waiting.packet, status=RETRANSMIT).encoded()

    def _answer(self, opcode: Opcode, data: bytes = b"") -> None:
        self._outgoing += SsiPacket(opcode, Side.DECODER, data=data).encoded()


class SimulatedSsiScanner(SimulatedDevice):
    """An SSI scanner on a pty, served by a thread of its own from the start.

    Attributes:
        mute: Set to leave the host unanswered.
        noise: What the cable does to what the scanner sends.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        name: str = "usb-Simulated_SSI_Scanner-if00",
        noise: Noise | None = None,
    ) -> None:
        """Make the scanner and serve it."""
        super().__init__(directory, name)
        self.mute = False
        self.noise = noise or Noise()
        self._decoder = SsiDecoder()
        self._decoder_lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="simulated SSI scanner")
        self._thread.start()

    @property
    def decoder(self) -> SsiDecoder:
        """Its state, to be read."""
        return self._decoder

    def close(self) -> None:
        """End the thread and unplug; idempotent."""
        self._ending.set()
        self._thread.join()
        super().close()

    def scan(self, payload: bytes, code_type: int = DATA_MATRIX_GS1) -> bool:
        """Read a symbol and send it; whether it was read."""
        with self._decoder_lock:
            is_read = self._decoder.scan(payload, time.monotonic_ns(), code_type)
            self._send_outgoing()
        return is_read

    def wait_until_acknowledged(self, timeout_s: float = 10.0) -> bool:
        """Wait until the host has taken the last scan, or nobody will."""
        deadline = time.monotonic() + timeout_s
        while self._decoder.is_busy and time.monotonic() < deadline:
            time.sleep(_SETTLED_S)
        return not self._decoder.is_busy

    def _serve(self) -> None:
        while not self._ending.is_set():
            received = self.received_from_host(_WAIT_S)
            with self._decoder_lock:
                mono_ns = time.monotonic_ns()
                if self.mute:
                    continue
                self._decoder.feed(received, mono_ns)
                self._decoder.expire(mono_ns)
                self._send_outgoing()

    def _send_outgoing(self) -> None:
        outgoing = self.noise.of(self._decoder.take_outgoing())
        if outgoing:
            self.send(outgoing)
