"""What holds for every test: no network, no leftover threads, the same examples every time."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import hypothesis
import pytest

ROOT: Final = Path(__file__).resolve().parent.parent

# `HYPOTHESIS_PROFILE=explore scripts/test …` looks for new examples.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, print_blob=True
)
hypothesis.settings.register_profile("explore", max_examples=2_000, deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# How long a thread may take to notice that it was told to end.
THREAD_GRACE_S: Final = 20.0


RTSP_PROBE: Final = (
    "/usr/bin/python3",
    "-c",
    """
import sys, gi
for name in ("Gst", "GstRtspServer"):
    gi.require_version(name, "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
elements = ("appsrc", "videoconvert", "x264enc", "rtph264pay", "rtpbin")
sys.exit(not all(map(Gst.ElementFactory.find, elements)))
""",
)
"""Whether the system's Python can serve H.264 over RTSP; as in scripts/bootstrap/tiers.py."""

KIOSK_TOOLS: Final = ("cage", "foot", "grim", "sway", "wtype", "Xwayland")
"""What shows and photographs the dock's monitor where there is none."""

EPCIS_SCHEMA: Final = Path(sys.prefix, "npm", "epcis.schema.json")
"""GS1's own, where scripts/test could fetch it."""


def works(*argv: str) -> bool:
    """Say whether a command ends well."""
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def can_simulate_board() -> bool:
    """Say whether the board's program can be compiled and run."""
    return (
        all(shutil.which(tool) for tool in ("make", "gcc", "avr-gcc", "avr-objcopy"))
        and works(
            "avr-gcc", "-mmcu=atmega328p", "-include", "avr/io.h", "-E", "-x", "c", os.devnull
        )
        and works("gcc", "-include", "simavr/sim_avr.h", "-E", "-x", "c", os.devnull)
    )


def can_show_a_monitor() -> bool:
    """Say whether compositors can be started here; they refuse root, who has to be another then."""
    return all(map(shutil.which, KIOSK_TOOLS)) and (
        os.geteuid() != 0 or works("unshare", "--user", "--map-user=1000", "true")
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a system package that this machine does not have."""
    wanted = {mark.name for item in items for mark in item.iter_markers()}
    missing = set()
    if "zbar" in wanted and not works(sys.executable, "-c", "import pyzbar.pyzbar"):
        missing.add("zbar")
    if "tmux" in wanted and shutil.which("tmux") is None:
        missing.add("tmux")
    if "simavr" in wanted and not can_simulate_board():
        missing.add("simavr")
    if "rtsp" in wanted and not works(*RTSP_PROBE):
        missing.add("rtsp")
    if "epcis_schema" in wanted and not EPCIS_SCHEMA.exists():
        missing.add("epcis_schema")
    if "kiosk" in wanted and not can_show_a_monitor():
        missing.add("kiosk")
    for item in items:
        for name in missing:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"{name} is not installed"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("STATION_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _own_priority() -> Iterator[None]:
    """A command run in this process must not slow down the tests after it: nothing undoes that."""
    set_priority = os.setpriority

    def of_threads(which: int, who: int, priority: int) -> None:
        if who not in {0, os.getpid()}:
            set_priority(which, who, priority)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.setpriority", of_threads)
        yield


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections that would leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def check(sock: socket.socket, address: Any) -> None:
        if sock.family not in {socket.AF_INET, socket.AF_INET6}:
            return
        host = address[0]
        if host not in {"localhost", "::1", ""} and not host.startswith("127."):
            pytest.fail(f"a test connected to {host}: tests stay on this machine")

    def checked_connect(self: socket.socket, address: Any) -> None:
        check(self, address)
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        check(self, address)
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", checked_connect_ex)


@pytest.fixture(autouse=True)
def _no_leftover_threads() -> Iterator[None]:
    """Fail a test whose threads outlive it: a thread left behind disturbs the next test."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(THREAD_GRACE_S / len(left))
    alive = [thread.name for thread in left if thread.is_alive()]
    if alive:
        pytest.fail(f"threads left behind: {', '.join(sorted(alive))}")
