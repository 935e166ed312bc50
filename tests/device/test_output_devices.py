"""Output devices as they are on the wire: relay modules, light towers, the board."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_bridge.errors import OutputError
from firmware_bridge.outputs.board import GATE_MOVES_S, Board
from firmware_bridge.outputs.board_map import BAUD, Coil, DiscreteInput
from firmware_bridge.outputs.coils import ModbusCoils
from firmware_bridge.outputs.modbus_link import ModbusAddress, ModbusLink, Wire
from firmware_bridge.outputs.panel import AT_REST, Lit, OutputDevice, Panel, Part
from firmware_bridge.outputs.patlite import Patlite, command
from firmware_bridge.outputs.usb_tower import UsbTower, commands
from firmware_bridge.serial_settings import SerialSettings
from firmware_bridge.simulators.board import SimulatedBoard
from firmware_bridge.simulators.device import SimulatedDevice
from firmware_bridge.simulators.modbus_slave import ModbusSlave
from tests.fakes.network_devices import PatliteTower, listening, modbus_module

GREEN = Panel(green=Lit.ON, gate_open=True)
ALARM = Panel(red=Lit.BLINK, buzzer=Lit.ON)


# --------------------------------------------------------------- any coil map


@dataclass
class Module:
    """A relay module and the device that drives it."""

    slave: ModbusSlave
    device: ModbusCoils

    def on(self) -> set[int]:
        return {address for address, on in enumerate(self.slave.coils) if on}


@pytest.fixture(
    params=[
        {Part.RED: 0, Part.AMBER: 1, Part.GREEN: 2, Part.BUZZER: 3, Part.GATE: 4},
        {Part.RED: 16, Part.GREEN: 21, Part.GATE: 18},
    ],
    ids=["in a block", "scattered"],
)
def module(request: pytest.FixtureRequest) -> Iterator[Module]:
    slave = ModbusSlave(coils=24, inputs=0, holding=0, registers=0)
    with listening(modbus_module(slave)) as port:
        link = ModbusLink(ModbusAddress(Wire.TCP, "127.0.0.1", port))
        made = Module(slave, ModbusCoils(link, request.param))
        yield made
        made.device.close()


def test_a_module_shows_a_panel_on_the_coils_it_was_given(module: Module) -> None:
    module.slave.coils[:] = [True] * 24
    assert "2" in module.device.connect()
    coils = module.device._coils
    assert module.on().isdisjoint(coils.values())
    module.device.show(GREEN)
    assert module.on() >= {coils[Part.GREEN], coils[Part.GATE]}
    assert coils[Part.RED] not in module.on()
    module.device.show(ALARM)
    assert coils[Part.RED] in module.on()
    assert coils[Part.GATE] not in module.on()


def test_a_module_that_was_reset_shows_the_truth_at_the_next_beat(module: Module) -> None:
    module.device.connect()
    module.device.show(ALARM)
    before = module.on()
    module.slave.coils[:] = [False] * 24
    module.device.beat()
    assert module.on() == before != set()


def test_a_module_is_left_at_rest(module: Module) -> None:
    module.device.connect()
    module.device.show(GREEN)
    module.device.close()
    assert module.on() == set()


def test_a_coil_the_module_does_not_have_is_told(module: Module) -> None:
    del module.slave.coils[3:]
    with pytest.raises(OutputError, match="it has no such address") as told:
        module.device.connect()
    assert "configuration" in told.value.remedy


def test_nothing_to_connect_to_is_told() -> None:
    with listening(lambda _: None) as port:
        pass
    link = ModbusLink(ModbusAddress(Wire.TCP, "127.0.0.1", port), answer_s=0.1)
    with pytest.raises(OutputError, match="is lost") as told:
        ModbusCoils(link, {Part.RED: 0}).connect()
    assert "power" in told.value.remedy


def deaf(client: socket.socket) -> None:
    if not client.recv(100):
        raise ConnectionResetError


def test_a_module_that_does_not_answer_is_lost() -> None:
    with listening(deaf) as port:
        link = ModbusLink(ModbusAddress(Wire.TCP, "127.0.0.1", port), answer_s=0.05)
        device = ModbusCoils(link, {Part.RED: 0})
        with pytest.raises(OutputError, match="does not answer"):
            device.connect()
        device.close()


@pytest.mark.parametrize(
    "coils", [{}, {Part.RED: -1}, {Part.RED: 65_536}, {Part.RED: 3, Part.GATE: 3}]
)
def test_a_map_that_cannot_be_is_refused(coils: dict[Part, int]) -> None:
    link = ModbusLink(ModbusAddress(Wire.TCP, "127.0.0.1"))
    with pytest.raises(ValueError, match="coil"):
        ModbusCoils(link, coils)


def test_scattered_coils_close_the_gate_first_and_open_it_last() -> None:
    order: list[tuple[int, bool]] = []

    class Noting(ModbusSlave):
        def write_coil(self, address: int, on: bool) -> None:
            order.append((address, on))

    slave = Noting(coils=8, inputs=0, holding=0, registers=0)
    with listening(modbus_module(slave)) as port:
        link = ModbusLink(ModbusAddress(Wire.TCP, "127.0.0.1", port))
        device = ModbusCoils(link, {Part.RED: 0, Part.GATE: 3, Part.GREEN: 7})
        device.connect()
        order.clear()
        device.show(GREEN)
        device.show(ALARM)
        device.close()
    assert order[2] == (3, True)
    assert order[3] == (3, False)


# ------------------------------------------------------------------ the board


def board_at(path: Path, **times: int) -> Board:
    settings = SerialSettings(baud=BAUD)
    return Board(ModbusLink(ModbusAddress(Wire.RTU, str(path), settings=settings)), **times)


def test_the_board_shows_a_panel_and_is_left_disarmed(tmp_path: Path) -> None:
    with SimulatedBoard(tmp_path) as simulated:
        board = board_at(simulated.path)
        assert "armed" in board.connect()
        board.show(Panel(green=Lit.ON, amber=Lit.BLINK, gate_open=True))
        assert simulated.rules.holding[3] == 1 << Coil.AMBER
        assert [simulated.lit(coil) for coil in Coil] == [False, True, True, False, True]
        board.beat()
        board.close()
        assert not simulated.rules.armed
        assert not any(simulated.lit(coil) for coil in Coil)


def test_a_board_that_was_reset_is_told_at_the_next_beat(tmp_path: Path) -> None:
    with SimulatedBoard(tmp_path) as simulated:
        board = board_at(simulated.path)
        board.connect()
        board.beat()
        simulated.power_cycle()
        with pytest.raises(OutputError, match="dropped the gate"):
            board.beat()
        board.close()


def beats_until_lost(board: Board, most: int) -> int:
    """After how many beats the board counts as lost; fails where it never does."""
    for beats in range(1, most + 1):
        try:
            board.beat()
        except OutputError:
            return beats
    pytest.fail(f"still trusted after {most} beats")


@pytest.mark.parametrize(
    ("gate_open", "closed_switches", "says"),
    [
        (True, {DiscreteInput.GATE_CLOSED_END}, "told to open and stands closed"),
        (False, {DiscreteInput.GATE_OPEN_END}, "told to close and stands open"),
        (
            True,
            {DiscreteInput.GATE_OPEN_END, DiscreteInput.GATE_CLOSED_END},
            "both limit switches",
        ),
    ],
)
def test_a_gate_that_does_not_follow_is_lost_once_it_had_its_time(
    tmp_path: Path, gate_open: bool, closed_switches: set[DiscreteInput], says: str
) -> None:
    with SimulatedBoard(tmp_path) as simulated:
        board = board_at(simulated.path, timeout_ms=2000, dwell_ms=10_000)
        board.connect()
        board.show(Panel(gate_open=gate_open))
        for switch in closed_switches:
            simulated.rules.inputs[switch] = True
        beats = int(GATE_MOVES_S / board.beat_s)
        assert beats_until_lost(board, beats + 1) == beats + 1
        with pytest.raises(OutputError, match=says):
            board.beat()
        board.close()


def test_a_gate_on_its_way_is_not_astray(tmp_path: Path) -> None:
    with SimulatedBoard(tmp_path) as simulated:
        board = board_at(simulated.path, timeout_ms=5000, dwell_ms=10_000)
        board.connect()
        ends = (DiscreteInput.GATE_CLOSED_END, DiscreteInput.GATE_OPEN_END)
        for turn in range(20):
            gate_open = turn % 2 == 0
            left, reached = ends if gate_open else ends[::-1]
            simulated.rules.inputs[left], simulated.rules.inputs[reached] = True, False
            board.show(Panel(gate_open=gate_open))
            board.beat()
            simulated.rules.inputs[left] = False
            board.beat()
            simulated.rules.inputs[reached] = True
            board.beat()
        board.close()


def test_a_gate_that_stands_open_is_not_armed_before_it_is_closed(tmp_path: Path) -> None:
    with SimulatedBoard(tmp_path) as simulated:
        board = board_at(simulated.path)
        simulated.rules.inputs[DiscreteInput.GATE_OPEN_END] = True
        with pytest.raises(OutputError, match="told to close and stands open") as told:
            board.connect()
        assert "free it" in told.value.remedy
        assert not simulated.rules.inputs[DiscreteInput.ARMED]
        simulated.rules.inputs[DiscreteInput.GATE_OPEN_END] = False
        board.connect()
        assert simulated.rules.inputs[DiscreteInput.ARMED]
        board.close()


def test_another_device_is_not_taken_for_the_board(tmp_path: Path) -> None:
    with SimulatedBoard(tmp_path) as simulated:
        simulated.rules.registers[0] = 7
        board = board_at(simulated.path)
        with pytest.raises(OutputError, match="is not the station's board"):
            board.connect()
        simulated.rules.registers[:2] = [0x4942, 99]
        with pytest.raises(OutputError, match="register map 99") as told:
            board.connect()
        assert "make flash" in told.value.remedy
        board.close()


def test_an_unplugged_board_is_lost(tmp_path: Path) -> None:
    with SimulatedBoard(tmp_path) as simulated:
        board = board_at(simulated.path)
        board.connect()
        simulated.unplug()
        with pytest.raises(OutputError, match=r"does not answer|is lost"):
            board.beat()
        board.close()


@pytest.mark.parametrize("times", [{"timeout_ms": 99}, {"dwell_ms": 10_001}])
def test_times_the_board_refuses_are_refused_here(times: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="on the board"):
        board_at(Path("/dev/null"), **times)


# --------------------------------------------------------------- light towers


def test_a_usb_tower_is_switched_off_before_it_is_lit() -> None:
    assert commands(AT_REST) == bytes([0x21, 0x22, 0x24, 0x28])
    assert commands(ALARM)[4:] == bytes([0x41, 0x18])
    assert commands(Panel(amber=Lit.ON, green=Lit.BLINK))[4:] == bytes([0x12, 0x44])


def test_a_usb_tower_takes_its_bytes_and_is_missed_when_unplugged(tmp_path: Path) -> None:
    with SimulatedDevice(tmp_path, "usb-Tower-if00") as simulated:
        tower = UsbTower(str(simulated.path))
        tower.connect()
        assert simulated.received_from_host(1) == commands(AT_REST)
        tower.show(ALARM)
        assert simulated.received_from_host(1) == commands(ALARM)
        tower.beat()
        simulated.unplug()
        with pytest.raises(OutputError, match="is lost"):
            tower.beat()
        tower.close()
        with pytest.raises(OutputError, match="is lost"):
            tower.connect()
        assert Part.GATE not in tower.parts


def test_a_patlite_tower_takes_its_command() -> None:
    tower = PatliteTower()
    with listening(tower.serve) as port:
        device = Patlite("127.0.0.1", port)
        device.connect()
        device.show(ALARM)
        device.beat()
        device.close()
    assert tower.patterns == [bytes(6), b"\2\0\0\0\0\1", b"\2\0\0\0\0\1", bytes(6)]


def test_the_command_is_the_one_of_the_manual() -> None:
    # NHL manual, 3.6: red on, amber flashing pattern 1, buzzer pattern 1.
    shown = command(Panel(red=Lit.ON, amber=Lit.BLINK, buzzer=Lit.ON), "XX")
    assert shown == bytes.fromhex("58 58 53 00 00 06 01 02 00 00 00 01")


def test_a_patlite_of_another_class_refuses() -> None:
    with listening(PatliteTower(b"XX").serve) as port:
        device = Patlite("127.0.0.1", port)
        with pytest.raises(OutputError, match="refuses") as told:
            device.connect()
        device.close()
    assert "AB or XX" in told.value.remedy
    with pytest.raises(ValueError, match="product class"):
        Patlite("127.0.0.1", port, "ZZ")


def test_a_patlite_that_hangs_up_is_lost() -> None:
    tower = PatliteTower()
    hang_up = threading.Event()

    def serve(client: socket.socket) -> None:
        if hang_up.is_set():
            raise ConnectionResetError
        tower.serve(client)

    with listening(serve) as port:
        device: OutputDevice = Patlite("127.0.0.1", port)
        device.connect()
        hang_up.set()
        with pytest.raises(OutputError, match="is lost"):
            beat_three_times(device)
        device.close()


def beat_three_times(device: OutputDevice) -> None:
    """The first may still be answered."""
    for _ in range(3):
        device.beat()
