"""The board without a board: the rules of its program behind a pty, for the demo and for tests.

The program itself is C (`firmware_bridge/firmware`); the tests run the same contract on both. Time
is the machine's here.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware_bridge.framing.checksums import crc_modbus
from firmware_bridge.outputs import board_map
from firmware_bridge.outputs.board_map import Coil, DiscreteInput, HoldingRegister, InputRegister
from firmware_bridge.simulators.device import SimulatedDevice
from firmware_bridge.simulators.modbus_slave import (
    ILLEGAL_VALUE,
    REFUSED,
    ModbusSlave,
    request_bytes,
)

_WAIT_S: Final = 0.02
_MS: Final = 1000
_POWER_ON: Final = 1


class BoardRules(ModbusSlave):
    """What coils and registers of the board mean."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Power up: unarmed, gate at quarantine.

        Args:
            now_s: A monotonic clock.
        """
        super().__init__(len(Coil), len(DiscreteInput), len(HoldingRegister), len(InputRegister))
        self._now_s = now_s
        self._permit_until_s = 0.0
        self._gate_until_s = 0.0
        self._started_s = now_s()
        self.holding[HoldingRegister.TIMEOUT_MS] = board_map.DEFAULT_TIMEOUT_MS
        self.holding[HoldingRegister.DWELL_MS] = board_map.DEFAULT_DWELL_MS
        self.registers[InputRegister.MAGIC] = board_map.MAGIC
        self.registers[InputRegister.VERSION] = board_map.VERSION
        self.registers[InputRegister.RESET_CAUSE] = _POWER_ON

    @property
    def armed(self) -> bool:
        """Whether it takes commands."""
        return self.inputs[DiscreteInput.ARMED]

    def pass_time(self) -> None:
        """Do what time does: trip, and close the gate."""
        now_s = self._now_s()
        self.registers[InputRegister.UPTIME_S] = int(now_s - self._started_s) & 0xFFFF
        if self.armed and now_s >= self._permit_until_s:
            self._stand_at_quarantine()
            self.inputs[DiscreteInput.TRIPPED] = True
            self.registers[InputRegister.TRIPS] += 1
        if now_s >= self._gate_until_s:
            self.coils[Coil.GATE] = False

    def answer(self, request: bytes) -> bytes:
        """Answer as the board is now."""
        self.pass_time()
        self.registers[InputRegister.FRAMES] = (self.registers[InputRegister.FRAMES] + 1) & 0xFFFF
        return super().answer(request)

    def may_write_coil(self, address: int, on: bool) -> int:  # noqa: ARG002 - the table's signature
        """Nothing is switched on while not armed."""
        return REFUSED if on and not self.armed else 0

    def may_write_register(self, address: int, value: int) -> int:
        """Ranges, and the timeout only while not armed."""
        match address:
            case HoldingRegister.TIMEOUT_MS:
                if not board_map.MIN_TIMEOUT_MS <= value <= board_map.MAX_TIMEOUT_MS:
                    return ILLEGAL_VALUE
                return REFUSED if self.armed else 0
            case HoldingRegister.DWELL_MS:
                fits = board_map.MIN_DWELL_MS <= value <= board_map.MAX_DWELL_MS
                return 0 if fits else ILLEGAL_VALUE
            case HoldingRegister.BLINK_MASK:
                return 0 if value < 16 else ILLEGAL_VALUE
            case HoldingRegister.ARM:
                return 0 if value in {0, board_map.ARM_WORD} else ILLEGAL_VALUE
            case _:
                return 0

    def write_coil(self, address: int, on: bool) -> None:
        """A gate is opened for its dwell."""
        if address == Coil.GATE and on:
            if not self.coils[Coil.GATE]:
                self.registers[InputRegister.GATE_OPENINGS] += 1
            self._gate_until_s = self._now_s() + self.holding[HoldingRegister.DWELL_MS] / _MS
        super().write_coil(address, on)

    def write_register(self, address: int, value: int) -> None:
        """A heartbeat counts when it is another than the last."""
        timeout_s = self.holding[HoldingRegister.TIMEOUT_MS] / _MS
        if address == HoldingRegister.HEARTBEAT and value != self.holding[address]:
            self._permit_until_s = self._now_s() + timeout_s
        if address == HoldingRegister.ARM:
            self._stand_at_quarantine()
            if value == board_map.ARM_WORD:
                self.inputs[DiscreteInput.ARMED] = True
                self.inputs[DiscreteInput.TRIPPED] = False
                self._permit_until_s = self._now_s() + timeout_s
        super().write_register(address, value)

    def _stand_at_quarantine(self) -> None:
        self.inputs[DiscreteInput.ARMED] = False
        self.coils[:] = [False] * len(self.coils)
        self.holding[HoldingRegister.ARM] = 0


class SimulatedBoard(SimulatedDevice):
    """The board on a pty, served by a thread of its own from the start.

    Attributes:
        rules: Its state; `lit` reads it safely.
        mute: Set to leave every request unanswered, as a board without power does.
        on_coils: Told, in its thread, of the coils after every request.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        name: str = "usb-Simulated_Board-if00",
        on_coils: Callable[[tuple[bool, ...]], None] | None = None,
    ) -> None:
        """Make the board and serve it."""
        super().__init__(directory, name)
        self.rules = BoardRules()
        self.mute = False
        self._on_coils = on_coils
        self._state_lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="simulated board")
        self._thread.start()

    def close(self) -> None:
        """End the thread and unplug; idempotent."""
        self._ending.set()
        self._thread.join()
        super().close()

    def power_cycle(self) -> None:
        """Begin again as after power-up."""
        with self._state_lock:
            self.rules = BoardRules()

    def lit(self, coil: Coil) -> bool:
        """Whether a coil is on now."""
        with self._state_lock:
            self.rules.pass_time()
            return self.rules.coils[coil]

    def _serve(self) -> None:
        waiting = b""
        while not self._ending.is_set():
            received = self.received_from_host(_WAIT_S)
            if not received:
                waiting = b""  # silence ends what is not whole
                continue
            waiting = self._answer_all(waiting + received)

    def _answer_all(self, waiting: bytes) -> bytes:
        """Answer every whole request; what is left."""
        while len(waiting) >= 2:
            length = request_bytes(waiting)
            if length is None or (length and len(waiting) < length):
                break
            body = waiting[: length - 2] if length else b""
            if not length or crc_modbus(body) != waiting[length - 2 : length]:
                waiting = waiting[1:]
                continue
            waiting = waiting[length:]
            if body[0] == board_map.UNIT and not self.mute:
                with self._state_lock:
                    answer = self.rules.answer(body[1:])
                    coils = tuple(self.rules.coils)
                if self._on_coils is not None:
                    self._on_coils(coils)
                self.send(body[:1] + answer + crc_modbus(body[:1] + answer))
        return waiting
