"""The monitor as a photograph shows it: the service's own command, a compositor without a monitor.

Typed scans need a compositor that lets a test type (sway, wtype); the kiosk's own (cage) does not.
"""

import configparser
import io
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from tests.fakes.made_site import MadeSite
from tests.fakes.running_engine import running_engine
from tests.fakes.terminal import ROOT, STATION, until

UNIT: Final = ROOT / "config" / "systemd" / "intake-station-dock.service"
INSTALLED: Final = "/opt/intake-station"
TEAL: Final = (0, 95, 95)
REDS: Final = ((175, 0, 0), (215, 0, 0))
"""The two halves of a standing quarantine's second."""

YELLOW: Final = (255, 215, 0)
READY: Final = (38, 38, 38)
SCREEN: Final = b"\0".join(os.fsencode(word) for word in STATION)
BANNER: Final = 0.3
"""Of the picture, less its letters; the lines below show the same colours, but little of them."""

END_S: Final = 20

AS_A_USER: Final = (
    ("unshare", "--user", "--map-user=1000", "--map-group=1000") if os.geteuid() == 0 else ()
)
"""Compositors refuse to run as root."""

pytestmark = pytest.mark.kiosk


class Monitor:
    """What a compositor shows.

    Args:
        runtime: Its runtime folder.
        display: The socket's name there.
        process: The compositor, or what ends with it.
    """

    def __init__(self, runtime: Path, display: str, process: "subprocess.Popen[bytes]") -> None:
        self.runtime = runtime
        self._environment = {**os.environ, "XDG_RUNTIME_DIR": str(runtime)}
        self._environment["WAYLAND_DISPLAY"] = display
        self.process = process

    def photograph(self) -> "Image.Image | None":
        """What is to be seen now; None while there is nothing."""
        done = subprocess.run(
            ["grim", "-t", "ppm", "-"], env=self._environment, capture_output=True, check=False
        )
        return Image.open(io.BytesIO(done.stdout)).convert("RGB") if done.returncode == 0 else None

    def shows(self, *colours: tuple[int, int, int]) -> bool:
        """Whether one of the colours fills a banner."""
        picture = self.photograph()
        if picture is None:
            return False
        counts = {colour: n for n, colour in picture.getcolors(1 << 24) or ()}
        pixels = picture.width * picture.height
        return any(counts.get(colour, 0) > BANNER * pixels for colour in colours)

    def await_banner(self, *colours: tuple[int, int, int]) -> None:
        until(lambda: self.shows(*colours), f"a banner in one of {colours}")

    def type_code(self, payload: bytes) -> None:
        """As a keyboard scanner does, the separator with Ctrl; a key first that means nothing, for
        the compositor to hand the keyboard over."""
        words = ["wtype", "-s", "200", "-k", "Shift_L", "-s", "200", "-d", "1"]
        for index, part in enumerate(payload.decode("ascii").split("\x1d")):
            if index:
                words += ["-M", "ctrl", "-k", "bracketright", "-m", "ctrl"]
            words.append(part)
        subprocess.run([*words, "-k", "Return"], env=self._environment, check=True, timeout=END_S)

    def press(self, *words: str) -> None:
        """Keys, in wtype's words."""
        subprocess.run(
            ["wtype", "-s", "200", "-k", "Shift_L", "-s", "200", *words],
            env=self._environment,
            check=True,
            timeout=END_S,
        )


def environment_of_the_unit(folder: Path, site: Path) -> dict[str, str]:
    """What systemd would give it, for this site and a compositor without a monitor."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.read_string(UNIT.read_text("utf-8"))
    monitor = folder / "drm" / "card0-Virtual-1"
    monitor.mkdir(parents=True)
    (monitor / "modes").write_text("1280x720\n", "ascii")
    runtime = folder / "x"
    runtime.mkdir(mode=0o700)
    lines = [line for line in UNIT.read_text("utf-8").splitlines() if "Environment=" in line]
    return {
        **dict(line.removeprefix("Environment=").split("=", 1) for line in lines),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "STATION_SITE": str(site),
        "XDG_RUNTIME_DIR": str(runtime),
        "DISPLAYS": str(folder / "drm"),
        "WLR_BACKENDS": "headless",
        "WLR_RENDERER": "pixman",
    }


def command_of_the_unit() -> list[str]:
    """ExecStart, with this checkout's program."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.read_string(UNIT.read_text("utf-8"))
    words = shlex.split(parser["Service"]["execstart"])
    installed = f"{INSTALLED}/.venv/bin/station"
    changed = [STATION if word == installed else (word,) for word in words]
    return [word.replace(INSTALLED, str(ROOT)) for part in changed for word in part]


@contextmanager
def started(folder: Path, site: Path, argv: list[str], display: str) -> Iterator[Monitor]:
    environment = environment_of_the_unit(folder, site)
    with (folder / "compositor.log").open("wb") as words:
        process = subprocess.Popen(
            [*AS_A_USER, *argv],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            start_new_session=True,
        )
    try:
        yield Monitor(Path(environment["XDG_RUNTIME_DIR"]), display, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(END_S)


def programs(monitor: Monitor, argv: bytes) -> list[int]:
    """The processes that a compositor brought about, by how their command begins."""
    mark, found = b"XDG_RUNTIME_DIR=" + os.fsencode(monitor.runtime), []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            if command.startswith(argv) and mark in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


@contextmanager
def kiosk(folder: Path, site: Path) -> Iterator[Monitor]:
    """The service's command; turned on its head, for a picture that cage draws itself.

    It hands the pictures of a program that fills the monitor on as they are, and what it hands on
    cannot be photographed.
    """
    program, *rest = command_of_the_unit()
    assert program.endswith("/cage")
    with started(folder, site, ["cage", "-r", "-r", *rest], "wayland-0") as monitor:
        yield monitor


@contextmanager
def typed_at(folder: Path, site: Path) -> Iterator[Monitor]:
    """What cage starts, in a compositor that lets a test type."""
    command = command_of_the_unit()
    configuration = folder / "sway"
    configuration.write_text(
        "xwayland disable\ndefault_border none\noutput * resolution 1280x720\n"
        f"exec {shlex.join(command[command.index('--') + 1 :])}\n",
        "utf-8",
    )
    argv = ["sway", "-Dnoscanout", "-c", str(configuration)]
    with started(folder, site, argv, "wayland-1") as monitor:
        yield monitor


def test_the_monitor_shows_each_verdict_and_outlives_the_engine(
    made: MadeSite, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    with kiosk(tmp_path, site) as monitor:
        monitor.await_banner(YELLOW)  # no engine yet
        with running_engine(site, "stdin:") as engine:
            until(lambda: not monitor.shows(YELLOW), "that it found the engine")
            engine.type_in(made.genuine[0].payload)
            monitor.await_banner(TEAL)
            engine.type_in(made.recalled[0].payload)
            monitor.await_banner(*REDS)
            engine.end()
        monitor.await_banner(YELLOW)
        with running_engine(site, "stdin:"):
            monitor.await_banner(*REDS)  # which stands


def test_a_screen_that_died_ends_the_kiosk_for_systemd_to_start_anew(
    made: MadeSite, tmp_path: Path
) -> None:
    with kiosk(tmp_path, made.copy_site(tmp_path)) as monitor:
        monitor.await_banner(YELLOW)
        (screen,) = programs(monitor, SCREEN)
        os.kill(screen, signal.SIGKILL)
        monitor.process.wait(END_S)


def test_a_keyboard_scanner_is_read_whole_and_no_key_leads_elsewhere(
    made: MadeSite, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    with running_engine(site, "screen:") as engine, typed_at(tmp_path, site) as monitor:
        until(lambda: monitor.shows(READY), "the screen")
        monitor.press("-M", "ctrl", "-M", "shift", "-k", "n", "-m", "shift", "-m", "ctrl")
        monitor.press("-M", "ctrl", "-M", "shift", "-k", "r", "-m", "shift", "-m", "ctrl")
        monitor.type_code(made.genuine[0].payload)
        monitor.await_banner(TEAL)
        monitor.press(
            "-M", "ctrl", "-k", "plus", "-k", "plus", "-m", "ctrl", "-M", "alt", "-k", "F4"
        )
        monitor.type_code(made.recalled[0].payload)
        monitor.await_banner(*REDS)
        assert len(programs(monitor, b"foot\0")) == 1
        engine.feed.listen()
        decided = [one.serial for one in engine.feed.verdicts.values() if one.serial]
        assert decided == [made.genuine[0].identity.serial, made.recalled[0].identity.serial]
