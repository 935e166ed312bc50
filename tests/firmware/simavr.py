"""The board's own program in simavr: built, started, and talked to in virtual time."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from pymodbus.framer import FramerRTU

from firmware_bridge.outputs.board_map import ARM_WORD, UNIT, Coil, HoldingRegister

ROOT: Final = Path(__file__).resolve().parents[2]
FIRMWARE: Final = ROOT / "firmware_bridge" / "firmware"
MS: Final = 1_000
S: Final = 1_000_000
WRITE_REGISTER: Final = 6
WRITE_COIL: Final = 5


@dataclass(frozen=True, slots=True)
class Built:
    """What `build` made.

    Attributes:
        elf: The board's program.
        runner: The program that runs it.
        words: What make said, the size among it.
    """

    elf: Path
    runner: Path
    words: str


def build(folder: Path) -> Built:
    """Compile the board's program as its Makefile does, and the runner."""
    made = subprocess.run(
        ["make", "-C", FIRMWARE, f"BUILD={folder}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert made.stderr == ""
    runner = folder / "simavr_runner"
    source = Path(__file__).with_name("simavr_runner.c")
    libraries = ("-lsimavr", "-lelf", "-lutil")
    subprocess.run(
        ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", runner, source, *libraries], check=True
    )
    return Built(folder / "board.elf", runner, made.stdout)


@dataclass(slots=True)
class Avr:
    """A running board. Time passes only by what is called here.

    Attributes:
        now_us: Virtual time.
        pins: What port B drives high, one bit a coil; bit 5 is the LED.
        changes: Every change of the pins: when, and to what.
    """

    _to: IO[str]
    _from: IO[str]
    now_us: int = 0
    pins: int = 0
    changes: list[tuple[int, int]] = field(default_factory=list)

    @property
    def gate(self) -> bool:
        """Whether the gate is open."""
        return bool(self.pins >> Coil.GATE & 1)

    def gate_changes(self, since_us: int = 0) -> list[tuple[int, bool]]:
        """When the gate opened and closed."""
        told: list[tuple[int, bool]] = []
        for when_us, pins in self.changes:
            is_open = bool(pins >> Coil.GATE & 1)
            if is_open != (told[-1][1] if told else False):
                told.append((when_us, is_open))
        return [(when_us, is_open) for when_us, is_open in told if when_us >= since_us]

    def run(self, us: int) -> None:
        self._command(f"run {us}")

    def send(self, frame: bytes) -> bytes:
        """Send bytes as they are; the answer within 2 ms."""
        return self._command(f"send {frame.hex()}")

    def set_input(self, pin: int, *, closed: bool) -> None:
        self._command(f"set {pin} {int(not closed)}")

    def hang(self) -> None:
        self._command("hang")

    def heal(self) -> None:
        self._command("heal")

    def reset(self) -> None:
        self._command("reset")

    def settled(self) -> bytes:
        """Read the state again, after a client spoke over the pty."""
        return self._command("run 0")

    def register(self, address: int, value: int) -> bytes:
        return self.send(request(WRITE_REGISTER, address, value))

    def coil(self, address: int, *, on: bool) -> bytes:
        return self.send(request(WRITE_COIL, address, 0xFF00 if on else 0))

    def arm(self) -> None:
        frame = request(WRITE_REGISTER, HoldingRegister.ARM, ARM_WORD)
        assert self.send(frame) == frame

    def _command(self, line: str) -> bytes:
        self._to.write(line + "\n")
        self._to.flush()
        return self._answer()

    def _answer(self) -> bytes:
        received = b""
        while True:
            match self._from.readline().split():
                case ["ok", now_us, pins]:
                    self.now_us, self.pins = int(now_us), int(pins, 16)
                    return received
                case ["rx", hexadecimal]:
                    received += bytes.fromhex(hexadecimal)
                case ["pins", when_us, pins]:
                    self.changes.append((int(when_us), int(pins, 16)))
                case ["Loaded", *_]:
                    pass
                case words:
                    raise AssertionError(f"the runner said {words}")

    def started(self) -> "Avr":
        self._answer()
        return self


@contextmanager
def running(built: Built, link: Path | None = None) -> Iterator[Avr]:
    """Run the board; with a link, a client may open it as a serial device."""
    argv = [str(built.runner), str(built.elf), *([str(link)] if link else [])]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield Avr(child.stdin, child.stdout).started()
        finally:
            child.stdin.close()
            child.wait(10)


def sealed(body: bytes) -> bytes:
    """A frame with its CRC, computed by pymodbus."""
    return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


def request(function: int, address: int, value: int, unit: int = UNIT) -> bytes:
    """One of the eight-byte requests."""
    return sealed(bytes([unit, function]) + address.to_bytes(2, "big") + value.to_bytes(2, "big"))
