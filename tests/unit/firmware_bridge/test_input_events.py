"""Keyboard scanners below the keyboard: every key, GS in every way, and no half code for a code."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.errors import PortError, PortFault
from firmware_bridge.framing.lines import MAX_PAYLOAD_BYTES, Breakage, BrokenLine, Line
from firmware_bridge.input_events import KEY_LEFTCTRL, KEY_LEFTSHIFT, RECORD, InputConversation
from firmware_bridge.keystrokes import END_GAP_MS, TypedScan, control_byte, keypad_byte
from firmware_bridge.openers import input_device
from firmware_bridge.serial_port import PortReport, SerialPort
from station.app.clock import SystemClock, UlidScanIds
from station.core.reading import Capture
from station.ports.health import Health
from station.scanners.serial_source import SerialSource
from tests.fakes.key_events import DROPPED, REPORT, event, on_keypad, stroke, typed
from tests.fakes.source import Collected, payloads, running

CODE = "010950600013435221K7QZ4M2XW9TRB\x1d99EQABDVnDGe_-gw"
GAP_NS = END_GAP_MS * 1_000_000


def test_a_code_comes_out_as_it_was_typed() -> None:
    wedge = InputConversation()
    assert wedge.feed(typed("]d2" + CODE), 0) == (Line(CODE.encode(), "]d2"),)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_every_printable_character_can_be_typed(text: str) -> None:
    wedge = InputConversation()
    (line,) = wedge.feed(typed("x" + text), 0)
    assert line == Line(b"x" + text.encode())


@pytest.mark.parametrize(
    "separator",
    [
        typed("\x1d", enter=False),
        stroke(6, KEY_LEFTCTRL),
        on_keypad("029"),
        on_keypad("0029"),
    ],
    ids=["Ctrl+]", "Ctrl+5", "Alt 029", "Alt 0029"],
)
def test_a_separator_is_one_however_it_is_typed(separator: bytes) -> None:
    wedge = InputConversation()
    stream = typed("01", enter=False) + separator + typed("99")
    assert wedge.feed(stream, 0) == (Line(b"01\x1d99"),)


def test_control_and_keypad_tables() -> None:
    assert [control_byte(key) for key in ("a", "Z", "]", "[", "é", "")] == [
        1, 26, 0x1D, 0x1B, None, None,
    ]  # fmt: skip
    assert [keypad_byte(digits) for digits in ("", "29", "255", "256", "00029")] == [
        None, 29, 255, None, None,
    ]  # fmt: skip


def test_records_may_come_in_pieces() -> None:
    wedge = InputConversation()
    events: list[object] = []
    for byte in typed(CODE):
        events += wedge.feed(bytes([byte]), 0)
    assert events == [Line(CODE.encode())]


def test_lost_keys_discard_the_scan_and_ask_for_it_again() -> None:
    wedge = InputConversation()
    stream = typed("0109506", enter=False) + DROPPED + typed("34")
    # What follows the drop, up to the next report, cannot be relied on either.
    events = wedge.feed(stream, 0)
    assert events[0] == BrokenLine(Breakage.KEYS_LOST, b"0109506")
    assert Line(b"010950634") not in events
    assert wedge.feed(typed("next"), 0) == (Line(b"next"),)


def test_lost_keys_do_not_eat_the_record_that_has_come_half() -> None:
    wedge = InputConversation()
    stream = DROPPED + REPORT + typed("next")
    cut = len(DROPPED + REPORT) + RECORD.size // 2
    wedge.feed(stream[:cut], 0)
    assert wedge.feed(stream[cut:], 0) == (Line(b"next"),)


def test_lost_keys_between_scans_are_told_too() -> None:
    wedge = InputConversation()
    assert wedge.feed(DROPPED + REPORT, 0) == (BrokenLine(Breakage.KEYS_LOST, b""),)


def test_a_shift_whose_release_was_lost_does_not_stick() -> None:
    wedge = InputConversation()
    wedge.feed(event(KEY_LEFTSHIFT, 1) + DROPPED + REPORT, 0)
    assert wedge.feed(typed("abc"), 0) == (Line(b"abc"),)


def test_a_key_that_repeats_itself_is_typed_once() -> None:
    wedge = InputConversation()
    assert wedge.feed(event(30, 1) + event(30, 2) * 5 + event(30, 0) + typed(""), 0) == (
        Line(b"a"),
    )


def test_a_scan_that_stops_half_way_is_broken_and_never_joined_to_the_next() -> None:
    wedge = InputConversation()
    wedge.feed(typed("0109", enter=False), 0)
    assert wedge.deadline_ns == GAP_NS
    assert wedge.expire(GAP_NS) == (BrokenLine(Breakage.GAP, b"0109"),)
    assert wedge.feed(typed("next"), 2 * GAP_NS) == (Line(b"next"),)


def test_a_scanner_that_never_ends_is_told_once() -> None:
    scan = TypedScan()
    events: list[object] = []
    for _ in range(5 * MAX_PAYLOAD_BYTES):
        events += scan.type(65, 0)
    assert events == [BrokenLine(Breakage.TOO_LONG, b"A" * MAX_PAYLOAD_BYTES)]
    assert scan.enter(0) == ()
    assert scan.enter(0) == ()


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 700), st.integers(-1, 3))))
def test_any_events_give_scans_or_reports(records: list[tuple[int, int, int]]) -> None:
    wedge = InputConversation()
    stream = b"".join(RECORD.pack(0, 0, *record) for record in records)
    for told in (*wedge.feed(stream, 0), *wedge.expire(GAP_NS)):
        assert isinstance(told, Line | BrokenLine)


@given(st.binary(max_size=500))
def test_any_bytes_give_scans_or_reports(stream: bytes) -> None:
    assert all(isinstance(e, Line | BrokenLine) for e in InputConversation().feed(stream, 0))


# ------------------------------------------------- the port around recorded events


def test_a_recorded_stream_is_read_like_a_device(tmp_path: Path) -> None:
    device = tmp_path / "usb-Scanner-event-kbd"
    os.mkfifo(device)
    grabbed: list[int] = []
    health: Collected[Health] = Collected()
    source = SerialSource(
        str(device),
        scan_ids=UlidScanIds(),
        clock=SystemClock(),
        health=health,
        conversation=InputConversation(),
        opener=input_device(grab=grabbed.append),
        kind="evdev",
    )
    captures: Collected[Capture] = Collected()
    writer: list[int] = []
    opened = threading.Thread(target=lambda: writer.append(os.open(device, os.O_WRONLY)))
    opened.start()  # waits for the reader, and the reader for nobody
    with running(source, captures):
        opened.join()
        os.write(writer[0], typed("]d2" + CODE) + typed("second"))
        captures.wait_for_count(2)
        os.close(writer[0])
    assert grabbed
    assert payloads(captures.items) == [CODE.encode(), b"second"]
    assert captures.items[0].source == f"evdev:{device}"


@pytest.mark.parametrize(
    ("make", "fault", "words"),
    [
        (lambda path: None, PortFault.MISSING, "no input device"),
        (lambda path: path.write_bytes(b""), PortFault.NOT_SERIAL, "is not an input device"),
    ],
    ids=["missing", "a file"],
)
def test_what_is_no_keyboard_is_told(
    tmp_path: Path, make: object, fault: PortFault, words: str
) -> None:
    path = tmp_path / "event0"
    assert callable(make)
    make(path)
    reports: list[PortReport] = []
    port = SerialPort(str(path), input_device(), report=reports.append)
    with pytest.raises(PortError, match=words) as told:
        port.open()
    port.close()
    assert told.value.fault is fault
    assert told.value.remedy


def test_a_real_keyboard_is_grabbed_and_let_go() -> None:
    devices = sorted(Path("/dev/input").glob("event*"))
    if not devices:
        pytest.skip("evdev: this machine has no input device")
    port = SerialPort(str(devices[0]), input_device(), report=lambda _: None)
    port.open()
    port.close()
