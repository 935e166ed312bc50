"""A scanner on the network: lines over TCP, a hang-up, and a return."""

import socket
from contextlib import closing

import pytest

from firmware_bridge import serial_port
from firmware_bridge.openers import network_address
from station.app.clock import SystemClock, UlidScanIds
from station.core.reading import Capture
from station.ports.health import Health, HealthStatus
from station.scanners.serial_source import SerialSource
from tests.fakes.source import Collected, payloads, running


def source_at(port: int, health: Collected[Health]) -> SerialSource:
    return SerialSource(
        f"127.0.0.1:{port}",
        scan_ids=UlidScanIds(),
        clock=SystemClock(),
        health=health,
        opener=network_address(),
        kind="tcp",
    )


def test_lines_come_and_a_hang_up_heals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_port, "REOPEN_S", 0.01)
    health: Collected[Health] = Collected()
    captures: Collected[Capture] = Collected()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        source = source_at(server.getsockname()[1], health)
        with running(source, captures):
            client, _ = server.accept()
            with closing(client):
                client.sendall(b"]d2one\x1d\r\ntw")
                captures.wait_for_count(1)
            health.wait_for(lambda told: told[-1].status is HealthStatus.FAILED, "the hang-up")
            again, _ = server.accept()
            with closing(again):
                again.sendall(b"three\r\n")
                captures.wait_for_count(3)
    assert payloads(captures.items) == [b"one\x1d", b"tw", b"three"]
    assert captures.items[0].source.startswith("tcp:127.0.0.1:")
    assert not captures.items[1].reads[0].symbol.complete


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    health: Collected[Health] = Collected()
    with running(source_at(port, health), lambda _: None):
        health.wait_for(bool, "the fault")
    assert "no scanner answers at 127.0.0.1" in health.items[0].text
