"""The dock screen in real terminals, against a real engine's socket."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from station.core.reasons import Reason, VerdictClass
from station.ports.display import (
    Counters,
    Declare,
    EngineMessage,
    Goodbye,
    LatchState,
    ScreenRequest,
    Snapshot,
    VerdictShown,
)
from station.transport.engine_socket import EngineServer
from station.tui.keys import CONFIRM_AFTER_MS, CONFIRM_KEY
from tests.fakes.display import snapshot, verdict
from tests.fakes.terminal import ROOT, STATION, Pty, Tmux, until

FORGED: Final = "]d201095060001343522" + "1K7QZ4M2XW9TRB\x1d99EQABquyndy"


class Engine:
    """An engine's face without its devices: says what a test makes it say."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[VerdictShown] = []
        self.latch = LatchState(latched=False)
        self.counters = Counters()
        self.requests: list[ScreenRequest] = []
        self.pictures = 0
        self.server = EngineServer(path, self.requests.append, self.picture)

    def picture(self) -> Snapshot:
        self.pictures += 1
        return snapshot(self.rows[:50], latch=self.latch, counters=self.counters)

    def decide(self, *verdicts: VerdictShown) -> None:
        for one in verdicts:
            self.rows.insert(0, one)
            if one.latched:
                self.latch = LatchState(latched=True, scan_id=one.scan_id)
            self.counters = Counters(scans=self.counters.scans + 1)
            self.server.publish(one)

    def release(self) -> None:
        self.latch = LatchState(latched=False, tote="T-7")
        self.server.publish(self.latch)

    def say(self, message: EngineMessage) -> None:
        self.server.publish(message)

    def stop(self) -> None:
        self.server.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path / "run" / "engine.sock")
    yield made
    made.stop()


def dock(path: Path, *options: str) -> tuple[str, ...]:
    return (*STATION, "dock", "--socket", str(path), *options)


@pytest.mark.tmux
class TestInTmux:
    def test_a_shift(self, engine: Engine, tmp_path: Path) -> None:
        """Ready, accepted, quarantined, released, the engine gone and back, and the end."""
        with Tmux(tmp_path, dock(engine.path)) as screen:
            screen.see("Dock 3 · Lyon", "u unreadable · n no code · d damaged · q quit")

            engine.decide(verdict(scan_id="1"))
            accepted = screen.see("Genuine", "✓ ACCEPT")
            assert "███" in accepted

            engine.decide(verdict(Reason.SIGNATURE_INVALID, VerdictClass.QUARANTINE, scan_id="2"))
            screen.see("The signature does not fit the code", "Then scan the tote's label")
            engine.decide(verdict(scan_id="3"))
            for key in ("Enter", "Space", "Escape", "y", "C-p"):
                screen.press(key)
            engine.say(LatchState(latched=True, scan_id="2", refused=5))
            screen.see("Then scan the tote's label · 5 refused")

            engine.release()
            screen.see("Put into tote T-7: scan the next unit")

            engine.say(Goodbye("the supervisor stopped it"))
            engine.stop()
            screen.see(
                "The engine hung up: the supervisor stopped it",
                "No verdicts now: do not pass any unit",
                "✕ ENGINE",
            )

            again = Engine(engine.path)
            try:
                screen.see("✓ JOURNAL", "u unreadable")
                assert not screen.ended
                again.decide(verdict(Reason.READ_EMPTY, scan_id="4"))
                screen.see("No code was read", "⟳ RESCAN")
                screen.press("q")
                screen.see("Close this screen? Press Y to confirm")
                confirm(screen)
                assert screen.exit_code() == 0
                assert again.requests == []
            finally:
                again.stop()

    def test_a_declaration_takes_two_different_keys(self, engine: Engine, tmp_path: Path) -> None:
        with Tmux(tmp_path, dock(engine.path)) as screen:
            screen.see("u unreadable")
            screen.press("d")
            screen.see("Declare this item DAMAGED? Press Y to confirm")
            screen.press("d")
            screen.press("Enter")
            screen.see("u unreadable")
            assert engine.requests == []

            screen.press("d")
            screen.see("Press Y to confirm")
            confirm(screen)
            until(lambda: bool(engine.requests), lambda: screen.text)
            assert engine.requests == [Declare(Reason.DAMAGED)]

    def test_what_a_keyboard_scanner_types_does_nothing(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        notice = "Keyboard scanner detected: set it to serial mode, or use evdev"
        with Tmux(tmp_path, dock(engine.path)) as screen:
            screen.see("u unreadable")
            for code in (FORGED, FORGED + "\r", "qyqyqyqy", "\x11\x03\x10qy" + "1" * 2000 + "\r"):
                screen.scan(code)
                screen.see(notice)
            screen.paste(FORGED + "qy")
            until(lambda: notice not in screen.text, lambda: screen.text)

            engine.decide(verdict(scan_id="1"))
            screen.see("Genuine")
            assert not screen.ended
            assert engine.requests == []

    @pytest.mark.parametrize("size", [(120, 40), (40, 12)])
    def test_other_sizes_and_changing_them(
        self, engine: Engine, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        with Tmux(tmp_path, dock(engine.path), size) as screen:
            engine.decide(verdict(Reason.UNIT_RECALLED, scan_id="1"))
            large = screen.see("This unit is recalled", "K7QZ4M2XW9TRB")
            assert max(map(len, large.split("\n"))) <= size[0]

            screen.resize(80, 24)
            screen.see("LAST SCANS", "Only the tote's label goes on · q quit")

    def test_hostile_text_never_reaches_the_terminal_as_control(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        hostile = "\x1b]0;owned\x07\x1b[2J[red]x[/red]\u202egnip\x9b31m"
        with Tmux(tmp_path, dock(engine.path)) as screen:
            screen.see("u unreadable")
            engine.decide(
                verdict(Reason.READ_CONTROL_CHARS, scan_id="1", product=hostile, serial=hostile)
            )
            shown = screen.see("]0;owned", "[red]x[/red]")
            assert "LAST SCANS" in shown, "the screen was not cleared"
            assert "\u202e" not in shown

    @pytest.mark.parametrize(
        ("environment", "theme", "wanted", "unwanted"),
        [
            ({"COLORTERM": "truecolor"}, "teal", "48;2;0;95;95", "48;5;"),
            ({"COLORTERM": "truecolor"}, "blue", "48;2;0;95;175", "48;2;0;95;95"),
            ({"COLORTERM": ""}, "teal", "48;5;23", "48;2;"),
            ({"TERM": "xterm", "COLORTERM": ""}, "teal", "46m", "48;"),
            ({"NO_COLOR": "1"}, "teal", "1m", "48;"),
        ],
    )
    def test_the_colours_of_each_kind_of_terminal(
        self,
        engine: Engine,
        tmp_path: Path,
        environment: dict[str, str],
        theme: str,
        wanted: str,
        unwanted: str,
    ) -> None:
        with Tmux(tmp_path, dock(engine.path, "--theme", theme), environment=environment) as screen:
            engine.decide(verdict(scan_id="1"))
            screen.see("Genuine", "✓ ACCEPT")
            styled = screen.styled
            assert wanted in styled
            assert unwanted not in styled

    @pytest.mark.parametrize(
        ("environment", "options"), [({"LC_ALL": "C"}, ()), ({}, ("--ascii",))]
    )
    def test_a_terminal_without_utf8_gets_ascii(
        self,
        engine: Engine,
        tmp_path: Path,
        environment: dict[str, str],
        options: tuple[str, ...],
    ) -> None:
        with Tmux(tmp_path, dock(engine.path, *options), environment=environment) as screen:
            engine.decide(verdict(scan_id="1"))
            shown = screen.see("Genuine", "+ ACCEPT", "####")
            assert shown.isascii()


def confirm(screen: Tmux) -> None:
    """A person reads the question first; a key that comes at once does not count."""
    time.sleep(CONFIRM_AFTER_MS / 1000 + 0.2)
    screen.press(CONFIRM_KEY)


class TestOnAPty:
    def test_a_frozen_screen_costs_the_engine_nothing(self, engine: Engine) -> None:
        """Counted: a publisher that waited for the stopped process would never end."""
        with Pty(dock(engine.path)) as screen:
            screen.see("Dock 3")
            os.kill(screen.process.pid, signal.SIGSTOP)
            for number in range(30_000):
                engine.say(verdict(scan_id=f"V{number}", product="x" * 200))
            engine.decide(verdict(Reason.UNIT_STOLEN, scan_id="LAST"))
            os.kill(screen.process.pid, signal.SIGCONT)

            screen.see("This unit is reported stolen")

    def test_a_terminal_nobody_reads_costs_the_engine_nothing(self, engine: Engine) -> None:
        with Pty(dock(engine.path)) as screen:
            screen.see("Dock 3")
            taken = engine.pictures
            for number in range(2000):
                engine.decide(verdict(scan_id=f"V{number}", serial=f"{number:013}"))
            until(lambda: engine.pictures > taken + 2, "the engine's clock goes on")
            engine.decide(verdict(Reason.UNIT_STOLEN, scan_id="LAST"))

            screen.see("This unit is reported stolen")

    def test_a_killed_screen_leaves_the_engine_and_the_other_screen(self, engine: Engine) -> None:
        with Pty(dock(engine.path)) as one, Pty(dock(engine.path)) as other:
            one.see("Dock 3")
            other.see("Dock 3")
            one.process.kill()
            engine.decide(verdict(Reason.UNIT_RECALLED, scan_id="1"))

            other.see("This unit is recalled")

    def test_told_to_end_it_leaves_the_terminal_as_it_was(self, engine: Engine) -> None:
        with Pty(dock(engine.path)) as screen:
            screen.see("Dock 3")
            screen.process.terminate()

            assert screen.process.wait(20) == 0
            assert b"\x1b[?1049l" in screen.read(), "back on the ordinary screen"
            assert b"\x1b[?1000h" not in screen.output, "the mouse was never asked for"
            key_reports = re.search(rb"\x1b\[[>=][0-9;]*u", screen.output)
            assert key_reports is None, "a scanner's Ctrl+] stays a character everywhere"

    def test_the_engine_may_come_later(self, tmp_path: Path) -> None:
        path = tmp_path / "run" / "engine.sock"
        with Pty(dock(path)) as screen:
            screen.see("The engine is not running")
            engine = Engine(path)
            try:
                screen.see("Dock 3")
            finally:
                engine.stop()


class TestWithoutATerminal:
    def run(self, *argv: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*STATION, "dock", *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            timeout=60,
        )

    def test_it_says_what_to_do_instead(self, tmp_path: Path) -> None:
        ended = self.run("--socket", str(tmp_path / "engine.sock"))

        assert ended.returncode == 2
        assert ended.stdout == ""
        assert ended.stderr == (
            "station dock: this screen needs a terminal, and this is none\n"
            "  start it in a terminal window; station scan and station quarantine need none\n"
        )

    def test_a_site_that_is_not_there(self, tmp_path: Path) -> None:
        ended = self.run("--site", str(tmp_path / "none"))

        assert ended.returncode == 2
        assert "there is no site at" in ended.stderr
        assert "station init" in ended.stderr

    @pytest.mark.parametrize("argv", [("--theme", "pink"), ("--them", "teal"), ("extra",)])
    def test_wrong_usage(self, argv: tuple[str, ...]) -> None:
        ended = self.run(*argv)

        assert ended.returncode == 2
        assert "Traceback" not in ended.stderr
        assert "station dock --help" in ended.stderr

    def test_a_terminal_that_can_place_nothing(self, tmp_path: Path) -> None:
        import pty

        master, slave = pty.openpty()
        try:
            ended = subprocess.Popen(
                [*STATION, "dock", "--socket", str(tmp_path / "engine.sock")],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
            )
            assert ended.wait(60) == 2
            assert b"this terminal cannot place text" in os.read(master, 4096)
        finally:
            os.close(master)
            os.close(slave)


def test_the_screen_loads_neither_databases_nor_decoders() -> None:
    """A screen beside a camera's decoder threads must stay small."""
    probe = (
        "import json, sys\n"
        "import station.app.commands.dock, station.tui.dock, station.transport.engine_socket\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    loaded = set(json.loads(ended.stdout))

    assert "textual" in loaded
    heavy = {"sqlalchemy", "alembic", "cv2", "numpy", "zxingcpp", "pyzbar", "serial", "tuf"}
    assert not loaded & heavy


def test_the_engines_end_loads_no_screen() -> None:
    probe = (
        "import json, sys\n"
        "import station.transport.engine_socket\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    assert not set(json.loads(ended.stdout)) & {"textual", "rich", "PIL"}
