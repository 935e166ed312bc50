"""Scanners that garble what they read: genuine units pass, and somebody is told of the scanner."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.core.diagnosis.faults import ScannerFault
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import UnitChange
from station.storage.tickets import TicketReader
from tests.fakes.desk import Desk
from tests.fakes.keyboards import Keyboard
from tests.fakes.made_site import MadeSite
from tests.fakes.running_engine import running_engine
from tests.fakes.site_records import records


def german(payload: bytes) -> bytes:
    arrived = Keyboard(host="de").types(payload.decode())
    assert arrived is not None
    return arrived.encode()


FAULTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "caps lock": (bytes.swapcase, "SCANNER_FAULT_CASE"),
    "layout": (german, "SCANNER_FAULT_LAYOUT"),
    "lost": (lambda payload: payload.replace(b"\x1d", b""), "SCANNER_FAULT_SEPARATOR"),
    "spelled": (lambda payload: payload.replace(b"\x1d", b"{GS}"), "SCANNER_FAULT_SEPARATOR"),
    "prefix": (lambda payload: b"SCAN:" + payload, "SCANNER_FAULT_PREFIX"),
    "identifier": (lambda payload: b"]C0" + payload, "SCANNER_FAULT_PREFIX"),
}


def lines(*payloads: bytes) -> bytes:
    return b"".join(payload + b"\n" for payload in payloads)


def test_every_kind_of_fault_on_standard_input(desk: Desk) -> None:
    site = desk.own_site()
    units = desk.made.genuine[: len(FAULTS)]
    desk.stdin = lines(
        *(apply(unit.payload) for unit, (apply, _) in zip(units, FAULTS.values(), strict=True))
    )
    done = desk.run("scan --json --site SITE --source stdin:")

    assert done.code == 0
    assert [(verdict["verdict"], verdict["serial"]) for verdict in done.json] == [
        ("ACCEPT", unit.identity.serial) for unit in units
    ]
    expected = [[modifier] for _, modifier in FAULTS.values()]
    assert [verdict["modifiers"] for verdict in done.json] == expected
    assert set(records(site).claims) == {unit.identity for unit in units}
    assert "maintenance:stdin: warning: caps lock is on (1 read)" in done.err
    assert "'station scanner tickets'" in done.err


def test_bad_units_are_as_bad_under_a_fault(desk: Desk) -> None:
    desk.own_site()
    bad, forged = desk.made.recalled[0], desk.made.genuine[0]
    desk.stdin = lines(bad.payload.swapcase(), forged.forged().swapcase())
    done = desk.run("scan --json --site SITE --source stdin:")
    recalled, misread = done.json
    assert (recalled["verdict"], recalled["reason"]) == ("QUARANTINE", "UNIT_RECALLED")
    assert recalled["modifiers"] == ["SCANNER_FAULT_CASE"]
    assert (misread["verdict"], misread["modifiers"], misread["serial"]) == ("RESCAN", [], None)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_check_says_the_same_and_counts_nothing(desk: Desk, fault: str) -> None:
    site = desk.own_site()
    apply, modifier = FAULTS[fault]
    desk.stdin = lines(apply(desk.made.genuine[0].payload))
    done = desk.run("check --json --site SITE -")
    (verdict,) = done.json
    assert (done.code, verdict["verdict"], verdict["modifiers"]) == (0, "ACCEPT", [modifier])
    assert TicketReader(site / "station.db").open_tickets() == ()


def test_words_name_the_fault(desk: Desk) -> None:
    desk.stdin = lines(desk.made.genuine[0].payload.swapcase())
    done = desk.run("check --site SITE -")
    assert done.out.decode().endswith("Genuine. Pass it on; The scanner's caps lock is on\n")


def test_tickets_are_listed_and_closed(desk: Desk) -> None:
    desk.own_site()
    assert desk.run("scanner tickets --site SITE").err.startswith("no open tickets")
    one, two, three = (unit.payload for unit in desk.made.genuine[:3])
    desk.stdin = lines(one.swapcase(), two.swapcase(), three.replace(b"\x1d", b""))
    desk.run("scan --site SITE --source stdin:")

    listed = desk.run("scanner tickets --json --site SITE").json
    assert [(ticket["number"], ticket["fault"], ticket["count"]) for ticket in listed] == [
        (1, "caps_lock", 2),
        (2, "separator_lost", 1),
    ]
    assert listed[0]["source"] == "stdin:"
    words = desk.run("scanner tickets --site SITE").out.decode()
    assert "1: stdin:: caps lock is on\n   2 times from " in words

    assert desk.run("scanner close-ticket 1 --site SITE").code == 0
    assert numbers(desk.run("scanner tickets --json --site SITE").json) == [2]
    again = desk.run("scanner close-ticket 1 --site SITE")
    assert (again.code, again.out) == (2, b"")
    assert "there is no open ticket 1\n  list them with 'station scanner tickets'" in again.err


def numbers(tickets: list[dict[str, Any]]) -> list[int]:
    return [ticket["number"] for ticket in tickets]


def test_a_serial_scanner_whose_settings_are_wrong(made: MadeSite, tmp_path: Path) -> None:
    """A prefix nobody asked for, no identifier, separators lost: units go on, health tells why."""
    site = made.copy_site(tmp_path)
    units = made.genuine[:3]
    with (
        SimulatedLineScanner(tmp_path, prefix=b"#", send_identifier=False) as scanner,
        running_engine(site, f"serial:{scanner.path}") as engine,
    ):
        scanner.wait_for_host()
        for unit in units:
            assert scanner.scan(unit.payload.replace(b"\x1d", b""), "]d2")
        # At once again, this time whole: the same label, not a second unit.
        assert scanner.scan(units[-1].payload, "]d2")
        shown = engine.feed.wait_verdicts(4)
        assert engine.end() == 0
    assert {message.verdict_class for message in shown} == {VerdictClass.ACCEPT}
    assert [message.serial for message in shown[:3]] == [unit.identity.serial for unit in units]
    assert shown[0].modifiers == (Reason.SCANNER_FAULT_PREFIX, Reason.SCANNER_FAULT_SEPARATOR)
    assert shown[3].modifiers == (Reason.SCANNER_FAULT_PREFIX,)
    kept = records(site)
    assert [entry.verdict.change for entry in kept.entries.values()] == [
        *[UnitChange.RECEIVE] * 3,
        UnitChange.NONE,
    ]
    assert {
        ticket.fault: ticket.count for ticket in TicketReader(site / "station.db").open_tickets()
    } == {
        ScannerFault.PREFIX_ADDED: 4,
        ScannerFault.SEPARATOR_LOST: 3,
    }
    told = engine.log.read_text("utf-8")
    assert "maintenance:scanner usb-Simulated_Line_Scanner-if00: warning: " in told


def test_an_engine_begins_with_the_tickets_that_are_open(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    told: list[str] = []
    for unit in made.genuine[:2]:
        with running_engine(site, "stdin:") as engine:
            engine.type_in(unit.payload.swapcase())
            engine.feed.wait_verdicts(len(told) + 1)
            assert engine.end() == 0
        told.append(engine.log.read_text("utf-8"))
    assert "caps lock is on (1 read)" in told[0]
    assert told[1].index("caps lock is on (1 read)") < told[1].index("caps lock is on (2 reads)")
