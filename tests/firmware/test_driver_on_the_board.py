"""The station's side of the board on the board's own program, over a real pty."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.errors import OutputError
from firmware_bridge.outputs.board import GATE_MOVES_S, Board
from firmware_bridge.outputs.board_map import BAUD, DEFAULT_TIMEOUT_MS, Coil, DiscreteInput
from firmware_bridge.outputs.modbus_link import ModbusAddress, ModbusLink, Wire
from firmware_bridge.outputs.panel import Lit, Panel
from firmware_bridge.serial_settings import SerialSettings
from tests.firmware.simavr import MS, Avr, Built, running

pytestmark = pytest.mark.simavr


@pytest.fixture
def driven(built: Built, link: Path) -> Iterator[tuple[Avr, Board]]:
    with running(built, link) as avr:
        address = ModbusAddress(Wire.RTU, str(link), settings=SerialSettings(baud=BAUD))
        board = Board(ModbusLink(address, answer_s=5))
        board.connect()
        yield avr, board
        board.close()


def test_it_lights_what_it_is_told_and_opens_the_gate(driven: tuple[Avr, Board]) -> None:
    avr, board = driven
    board.show(Panel(green=Lit.ON, gate_open=True))
    avr.settled()
    assert avr.gate
    assert avr.pins == 1 << Coil.GREEN | 1 << Coil.GATE | 1 << 5
    board.show(Panel(red=Lit.BLINK, buzzer=Lit.ON))
    avr.settled()
    assert not avr.gate


def test_heartbeats_keep_it_armed_and_silence_is_told(driven: tuple[Avr, Board]) -> None:
    avr, board = driven
    board.show(Panel(gate_open=True))
    for _ in range(5):
        avr.run((DEFAULT_TIMEOUT_MS - 50) * MS)
        board.beat()
    avr.run((DEFAULT_TIMEOUT_MS + 20) * MS)
    assert not avr.gate
    with pytest.raises(OutputError, match="dropped the gate"):
        board.beat()
    board.connect()
    board.show(Panel(gate_open=True))
    avr.settled()
    assert avr.gate


def test_limit_switches_tell_a_gate_that_does_not_follow(driven: tuple[Avr, Board]) -> None:
    avr, board = driven
    avr.set_input(DiscreteInput.GATE_CLOSED_END, closed=True)
    avr.run(20 * MS)
    board.beat()
    board.show(Panel(gate_open=True))
    for _ in range(math.ceil(GATE_MOVES_S / board.beat_s)):
        board.beat()
    with pytest.raises(OutputError, match="told to open and stands closed"):
        board.beat()
    avr.set_input(DiscreteInput.GATE_CLOSED_END, closed=False)
    avr.set_input(DiscreteInput.GATE_OPEN_END, closed=True)
    avr.run(20 * MS)
    with pytest.raises(OutputError, match="told to close and stands open"):
        board.connect()


def test_it_leaves_the_board_disarmed(driven: tuple[Avr, Board]) -> None:
    avr, board = driven
    board.show(Panel(green=Lit.ON, gate_open=True))
    board.close()
    avr.settled()
    assert avr.pins & ~(1 << Coil.RED) == 0
