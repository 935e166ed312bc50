"""What a service manager is told, over a real datagram socket, and what is left alone."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.transport.service_manager import ServiceManager

PID = 4711


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(60)
        yield sock


def manager(address: str, **variables: str) -> ServiceManager:
    return ServiceManager({"NOTIFY_SOCKET": address, **variables}, PID)


def test_it_is_told_in_systemds_words(listening: socket.socket) -> None:
    told = manager(listening.getsockname())
    told.ready()
    told.alive()
    told.ending()
    assert [listening.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_an_abstract_address_is_understood() -> None:
    name = f"station-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0{name}")
        sock.settimeout(60)
        manager(f"@{name}").ready()
        assert sock.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "relative", "vsock:2:1234", "/nowhere/at/all"])
def test_without_a_listener_nothing_happens(address: str) -> None:
    told = manager(address)
    told.ready()
    told.alive()
    told.ending()


def test_a_full_queue_never_holds_the_loop_up(listening: socket.socket) -> None:
    told = manager(listening.getsockname())
    for _ in range(10_000):
        told.alive()
    assert listening.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("variables", "every_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 10.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(PID)}, 10.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "\N{ARABIC-INDIC DIGIT ONE}"}, None),
    ],
)
def test_how_often_a_sign_of_life_is_due(variables: dict[str, str], every_s: float | None) -> None:
    assert manager("/run/notify", **variables).beat_every_s == every_s


def test_nobody_waits_where_nobody_listens() -> None:
    assert manager("", WATCHDOG_USEC="30000000").beat_every_s is None
