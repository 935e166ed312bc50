"""The board's program in simavr: the gate stands at quarantine whatever happens to the host.

Virtual time throughout: a figure here is the board's, not this machine's.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymodbus.client import ModbusSerialClient
from pymodbus.pdu import ModbusPDU

from firmware_bridge.outputs.board_map import (
    ARM_WORD,
    BAUD,
    DEFAULT_DWELL_MS,
    DEFAULT_TIMEOUT_MS,
    MAGIC,
    MAX_DWELL_MS,
    SILENCE_MS,
    UNIT,
    VERSION,
    WATCHDOG_MS,
    Coil,
    DiscreteInput,
    HoldingRegister,
    InputRegister,
)
from tests.firmware.simavr import MS, Avr, Built, S, request, running, sealed

pytestmark = pytest.mark.simavr

READ_INPUT_REGISTERS = 4
WRITE_COILS = 15
REFUSED = 4
WATCHDOG_CAUSE = 0x08


def input_register(avr: Avr, address: InputRegister) -> int:
    reply = avr.send(request(READ_INPUT_REGISTERS, address, 1))
    assert reply[:3] == bytes([UNIT, READ_INPUT_REGISTERS, 2])
    return int.from_bytes(reply[3:5], "big")


def beat(avr: Avr, number: int) -> None:
    frame = request(6, HoldingRegister.HEARTBEAT, number & 0xFFFF)
    assert avr.send(frame) == frame


def open_gate(avr: Avr) -> None:
    frame = request(5, Coil.GATE, 0xFF00)
    assert avr.send(frame) == frame
    assert avr.gate


def test_it_compiles_without_a_warning_and_says_how_big_it_is(built: Built) -> None:
    assert "Program:" in built.words
    assert "Data:" in built.words


def test_at_power_up_the_gate_stands_at_quarantine_and_red_blinks(avr: Avr) -> None:
    avr.run(2 * S)
    assert avr.gate_changes() == []
    seen = {pins for _, pins in avr.changes}
    assert seen == {0, 1 << Coil.RED}
    assert input_register(avr, InputRegister.MAGIC) == MAGIC
    assert input_register(avr, InputRegister.VERSION) == VERSION
    assert input_register(avr, InputRegister.UPTIME_S) == 2


def test_an_unarmed_board_refuses_the_gate(avr: Avr) -> None:
    assert avr.coil(Coil.GATE, on=True) == sealed(bytes([UNIT, 5 | 0x80, REFUSED]))
    avr.run(S)
    assert avr.gate_changes() == []


def test_an_armed_board_opens_and_closes(avr: Avr) -> None:
    avr.arm()
    open_gate(avr)
    avr.coil(Coil.GATE, on=False)
    assert not avr.gate


def test_the_gate_closes_within_10_ms_after_the_timeout_20_of_20(avr: Avr) -> None:
    chance = random.Random(5)
    for timeout_ms in [chance.randrange(100, 2000) for _ in range(20)]:
        avr.register(HoldingRegister.ARM, 0)
        avr.register(HoldingRegister.TIMEOUT_MS, timeout_ms)
        avr.register(HoldingRegister.DWELL_MS, MAX_DWELL_MS)
        avr.arm()
        for number in range(chance.randrange(1, 5)):
            avr.run(timeout_ms * MS // 3)
            beat(avr, number + 1)
        open_gate(avr)
        beat(avr, 0xBEEF)
        last_us = avr.now_us - 2 * MS  # `beat` gives the answer 2 ms
        avr.run(3 * S)
        ((closed_us, is_open),) = avr.gate_changes(last_us)
        assert not is_open
        late_us = closed_us - last_us - timeout_ms * MS
        # The board counts whole milliseconds from the write, which lies within the 2 ms.
        assert -1 * MS <= late_us <= 10 * MS, (timeout_ms, late_us)
    assert input_register(avr, InputRegister.TRIPS) == 20


def test_a_tripped_board_stays_at_quarantine_until_it_is_armed_again(avr: Avr) -> None:
    avr.arm()
    avr.run(2 * DEFAULT_TIMEOUT_MS * MS)
    tripped = avr.send(request(2, DiscreteInput.TRIPPED, 2))
    assert tripped[3] == 0b01
    beat(avr, 7)
    assert avr.coil(Coil.GATE, on=True)[1] == 5 | 0x80
    avr.arm()
    open_gate(avr)


def test_a_host_that_repeats_itself_is_not_alive(avr: Avr) -> None:
    avr.arm()
    beat(avr, 1)
    open_gate(avr)
    for _ in range(20):
        avr.run(50 * MS)
        beat(avr, 1)
    assert not avr.gate
    assert input_register(avr, InputRegister.TRIPS) == 1


@pytest.mark.parametrize("asleep_us", [0, 130, 500, 777])  # in an interrupt, and asleep
def test_a_hang_closes_the_gate_and_the_watchdog_starts_the_board_anew(
    avr: Avr, asleep_us: int
) -> None:
    avr.register(HoldingRegister.TIMEOUT_MS, 5000)
    avr.register(HoldingRegister.DWELL_MS, MAX_DWELL_MS)
    avr.arm()
    open_gate(avr)
    avr.run(asleep_us + 1)
    avr.hang()
    hung_us = avr.now_us
    avr.run(300 * MS)
    ((closed_us, is_open),) = avr.gate_changes(hung_us)
    assert not is_open
    assert closed_us - hung_us <= (WATCHDOG_MS + 20) * MS
    avr.heal()
    avr.run(300 * MS)
    assert input_register(avr, InputRegister.RESET_CAUSE) & WATCHDOG_CAUSE
    assert avr.coil(Coil.GATE, on=True)[1] == 5 | 0x80


def test_a_hang_that_keeps_the_watchdog_quiet_still_closes_the_gate(avr: Avr) -> None:
    """The timer's interrupt alone: the heartbeat's permit runs out under a hanging main loop."""
    avr.register(HoldingRegister.TIMEOUT_MS, 100)
    avr.register(HoldingRegister.DWELL_MS, MAX_DWELL_MS)
    avr.arm()
    open_gate(avr)
    avr.run(MS // 2)  # asleep in the main loop, where interrupts are served
    armed_us = avr.now_us
    avr.hang()
    avr.run(115 * MS)  # less than the watchdog's time
    ((closed_us, is_open),) = avr.gate_changes(armed_us)
    assert not is_open
    assert closed_us - armed_us <= 110 * MS


def test_an_hour_of_heartbeats_never_drops_it(avr: Avr) -> None:
    avr.register(HoldingRegister.DWELL_MS, MAX_DWELL_MS)
    avr.arm()
    open_gate(avr)
    number = 0
    while avr.now_us < 3600 * S:
        number += 1
        beat(avr, number)
        if number % 20 == 0:
            open_gate(avr)
        avr.run((DEFAULT_TIMEOUT_MS - 100) * MS)
    assert len(avr.gate_changes()) == 1
    assert input_register(avr, InputRegister.TRIPS) == 0
    uptime_s = input_register(avr, InputRegister.UPTIME_S)
    assert abs(uptime_s - 3600) <= 2
    assert input_register(avr, InputRegister.CRC_ERRORS) == 0


def hostile_frames(chance: random.Random) -> Iterator[bytes]:
    """Frames that must not open the gate: noise, broken frames, and good ones that may not."""
    open_it = request(5, Coil.GATE, 0xFF00)
    while True:
        noise = chance.randbytes(chance.randrange(1, 40))
        broken = bytearray(open_it)
        broken[chance.randrange(8)] ^= 1 << chance.randrange(8)
        yield noise
        yield bytes(broken)
        yield open_it  # not armed
        yield request(5, Coil.GATE, 0xFF00, unit=chance.randrange(2, 248))
        yield request(5, Coil.GATE, 0xFF00, unit=0)
        yield sealed(bytes([UNIT, WRITE_COILS, 0, 0, 0, 5, 1, 0x1F]))
        yield sealed(bytes([UNIT, chance.randrange(17, 128)]) + noise)
        yield request(6, HoldingRegister.ARM, chance.randrange(1, ARM_WORD))
        yield request(chance.randrange(1, 7), chance.randrange(65536), chance.randrange(65536))
        yield open_it[: chance.randrange(1, 8)]


def test_4000_hostile_frames_never_open_it(avr: Avr) -> None:
    frames = hostile_frames(random.Random(4000))
    for _ in range(4000):
        avr.send(next(frames))
    assert avr.gate_changes() == []
    avr.run(20 * MS)
    assert input_register(avr, InputRegister.TRIPS) == 0
    # It still serves who may.
    avr.arm()
    open_gate(avr)


def test_of_two_good_frames_after_garbage_the_second_is_answered(avr: Avr) -> None:
    chance = random.Random(2)
    ask = request(READ_INPUT_REGISTERS, InputRegister.MAGIC, 1)
    for _ in range(300):
        garbage = chance.randbytes(chance.randrange(1, 60))
        avr.send(garbage)
        avr.send(ask)
        avr.run(SILENCE_MS * MS)
        assert avr.send(ask)[3:5] == MAGIC.to_bytes(2, "big"), garbage.hex()


def test_a_frame_in_two_halves_counts_when_they_come_soon_and_not_when_late(avr: Avr) -> None:
    ask = request(READ_INPUT_REGISTERS, InputRegister.MAGIC, 1)
    assert avr.send(ask[:3]) == b""
    assert avr.send(ask[3:]) != b""
    assert avr.send(ask[:3]) == b""
    avr.run((SILENCE_MS + 5) * MS)
    assert avr.send(ask[3:]) == b""
    avr.run((SILENCE_MS + 5) * MS)
    assert avr.send(ask) != b""


def test_the_gate_closes_by_itself_after_its_dwell(avr: Avr) -> None:
    avr.arm()
    open_gate(avr)
    opened_us = avr.gate_changes()[-1][0]
    for number in range(30):
        avr.run(100 * MS)
        beat(avr, number + 1)
    closed_us, is_open = avr.gate_changes()[-1]
    assert not is_open
    assert abs(closed_us - opened_us - DEFAULT_DWELL_MS * MS) <= 3 * MS


def test_lamps_blink_as_asked(avr: Avr) -> None:
    avr.arm()
    avr.register(HoldingRegister.BLINK_MASK, 1 << Coil.AMBER)
    avr.coil(Coil.AMBER, on=True)
    avr.coil(Coil.GREEN, on=True)
    begun_us = avr.now_us
    for number in range(10):
        avr.run(100 * MS)
        beat(avr, number + 1)
    ambers = [bool(pins >> Coil.AMBER & 1) for when_us, pins in avr.changes if when_us > begun_us]
    assert len(ambers) in {4, 5}
    assert avr.pins >> Coil.GREEN & 1


def test_inputs_are_debounced_and_counted(avr: Avr) -> None:
    avr.run(20 * MS)
    for closed in (True, False, True, False):
        avr.set_input(0, closed=closed)
        avr.run(MS)
    avr.run(20 * MS)
    assert input_register(avr, InputRegister.TRIGGER_COUNT) == 0
    for _ in range(3):
        for closed in (True, False):
            avr.set_input(0, closed=closed)
            avr.run(20 * MS)
    avr.set_input(1, closed=True)
    avr.run(20 * MS)
    assert input_register(avr, InputRegister.TRIGGER_COUNT) == 3
    assert input_register(avr, InputRegister.PHOTO_EYE_COUNT) == 1
    assert avr.send(request(2, 0, 4))[3] == 0b0010


# ------------------------------------------- an independent client over a real pty


@pytest.fixture
def client(built: Built, link: Path) -> Iterator[tuple[Avr, ModbusSerialClient]]:
    with running(built, link) as avr:
        modbus = ModbusSerialClient(str(link), baudrate=BAUD, timeout=5, retries=0)
        assert modbus.connect()
        yield avr, modbus
        modbus.close()  # type: ignore[no-untyped-call]


def told(response: ModbusPDU) -> ModbusPDU:
    assert not response.isError(), response
    return response


def test_pymodbus_reads_and_writes_every_table(client: tuple[Avr, ModbusSerialClient]) -> None:
    avr, modbus = client
    identity = told(modbus.read_input_registers(0, count=len(InputRegister)))
    assert identity.registers[:2] == [MAGIC, VERSION]
    told(modbus.write_registers(HoldingRegister.TIMEOUT_MS, [1500, 700, 0b0011]))
    told(modbus.write_register(HoldingRegister.ARM, ARM_WORD))
    held = told(modbus.read_holding_registers(0, count=len(HoldingRegister)))
    assert held.registers == [0, 1500, 700, 3, ARM_WORD]
    told(modbus.write_coils(0, [False, False, True, False, True]))
    assert told(modbus.read_coils(0, count=5)).bits[:5] == [False, False, True, False, True]
    assert told(modbus.read_discrete_inputs(0, count=6)).bits[:6] == [*([False] * 5), True]
    avr.settled()
    assert avr.gate
    assert avr.pins == 1 << Coil.GREEN | 1 << Coil.GATE | 1 << 5


def test_pymodbus_is_told_what_may_not_be(client: tuple[Avr, ModbusSerialClient]) -> None:
    _, modbus = client
    assert modbus.write_coil(Coil.GATE, True).exception_code == REFUSED
    assert modbus.read_coils(0, count=6).exception_code == 2
    assert modbus.write_register(HoldingRegister.TIMEOUT_MS, 99).exception_code == 3
    assert modbus.write_register(HoldingRegister.DWELL_MS, 10_001).exception_code == 3
    assert modbus.read_exception_status().exception_code == 1
    # All or nothing: the second register is out of range.
    assert modbus.write_registers(HoldingRegister.TIMEOUT_MS, [600, 1]).exception_code == 3
    assert told(modbus.read_holding_registers(1, count=1)).registers == [DEFAULT_TIMEOUT_MS]
