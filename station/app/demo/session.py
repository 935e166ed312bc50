"""One run of the demo: site, devices, operator; engine and screen as their own processes."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tomlkit

from firmware_bridge.outputs.board_map import InputRegister
from firmware_bridge.simulators.board import SimulatedBoard
from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.app.demo import commands
from station.app.demo.camera_stream import CameraStream
from station.app.demo.dock import NoAnswerError, Operator
from station.app.demo.hands import Hands
from station.app.demo.made_up_site import MadeUpSite, build
from station.app.demo.plan import Item, make_plan
from station.app.demo.tally import Tally, write_truth
from station.app.site_paths import SitePaths
from station.core.reasons import VerdictClass
from station.decoders.pipeline import default_pipeline
from station.ports.display import VerdictShown
from station.transport.engine_socket.client import EngineClient

STATION: Final = (sys.executable, "-P", "-m", "station")
"""The station, whatever lies in the current directory."""

ARM_S: Final = 15.0
"""How long the engine may take to find the simulated board."""

_LOOK_AGAIN_S: Final = 0.01

END_S: Final = 15.0
"""How long the engine may take to end."""

LAST_LOOK_S: Final = 4.0
"""How long the screen stays after the last verdict."""

LOOK_S: Final = {
    VerdictClass.ACCEPT: 0.2,
    VerdictClass.ACCEPT_NOTE: 0.8,
    VerdictClass.RESCAN: 0.8,
    VerdictClass.HOLD: 1.5,
    VerdictClass.QUARANTINE: 1.8,
    VerdictClass.STOP: 3.0,
}
"""How long the demo's operator looks at a verdict while a person watches the screen."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a demo went.

    Attributes:
        tally: Right and wrong.
        seconds: From the first item to the last verdict.
        journal_entries: Entries in the journal, proven unbroken.
    """

    tally: Tally
    seconds: float
    journal_entries: int


def run_demo(
    folder: Path,
    units: int,
    seed: int,
    *,
    screen: bool,
    on_verdict: Callable[[Item, VerdictShown, SitePaths], None],
    progress: Callable[[str], None],
) -> Outcome:
    """Run the demo below a folder.

    Args:
        folder: Existing and empty.
        units: Physical units.
        seed: Decides plan, serials and pictures; keys are new each time.
        screen: Whether the dock screen is shown on this terminal.
        on_verdict: Told of each verdict with the item it was given for.
        progress: Told in words what goes on.

    Raises:
        ConfigurationError: The number of units is out of range.
        NoAnswerError: The station did not answer.
    """
    plan = make_plan(units, seed)
    items = {item.number: item for item in plan}
    made = build(folder, plan, seed, progress)
    write_truth(folder / "truth.jsonl", plan, made.payloads)
    progress(f"the right answers are in {folder / 'truth.jsonl'}; scanning begins")
    paths = SitePaths(made.site)
    tally = Tally(plan)
    with ExitStack() as stack:
        hands = Hands(made, default_pipeline(), seed)
        empty = hands.empty_view()
        camera = stack.enter_context(CameraStream(empty).running())
        scanner = stack.enter_context(SimulatedLineScanner(folder))
        board = stack.enter_context(SimulatedBoard(folder))
        stack.enter_context(_engine(made, camera.url, scanner.path, board, folder / "engine.log"))
        dock = stack.enter_context(_dock_screen(made)) if screen else None
        feed = stack.enter_context(EngineClient(paths.socket))
        operator = Operator(
            feed,
            camera,
            scanner,
            empty_jpeg=empty,
            tote_payload=made.tote_payload,
            look_s=lambda v: LOOK_S[v] if dock is not None and dock.poll() is None else 0.0,
        )
        operator.wait_ready()
        _wait_armed(board)
        started = time.monotonic()
        for held, shown in operator.work(hands.take(item) for item in plan):
            tally.add(held.number, (shown.verdict_class, shown.reason))
            on_verdict(items[held.number], shown, paths)
        seconds = time.monotonic() - started
        if dock is not None and dock.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                dock.wait(LAST_LOOK_S)
        openings = board.rules.registers[InputRegister.GATE_OPENINGS]
        progress(f"the simulated gate opened {openings} times")
    proof = commands.run("journal", "verify", "--site", str(made.site), "--json")
    return Outcome(tally, seconds, int(proof[-1]["entries"]))


def _board_setting(board: SimulatedBoard) -> str:
    """The simulated board as an output of this run alone: lights and gate move as at a dock."""
    use = tomlkit.item(f"board:{board.path}").as_string()
    # Patient: the demo's pictures are drawn on the same machine.
    return f"output=[{{use = {use}, timeout_ms = 5000}}]"


def _wait_armed(board: SimulatedBoard) -> None:
    """Until the engine holds the gate it accepts nothing.

    Raises:
        NoAnswerError: It never does.
    """
    deadline_s = time.monotonic() + ARM_S
    while not board.rules.armed:
        if time.monotonic() > deadline_s:
            raise NoAnswerError("the engine does not hold the simulated gate")
        time.sleep(_LOOK_AGAIN_S)


@contextlib.contextmanager
def _engine(
    made: MadeUpSite, camera_url: str, device: Path, board: SimulatedBoard, log: Path
) -> Iterator[None]:
    """``station run`` as a process of its own, ended in order."""
    argv = [
        *(*STATION, "run", "--site", str(made.site)),
        *("--source", f"camera:{camera_url}", "--source", f"serial:{device}"),
        *("--set", _board_setting(board)),
    ]
    with log.open("wb") as words:
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=words, stderr=words)
        try:
            yield
        finally:
            _end(process)


@contextlib.contextmanager
def _dock_screen(made: MadeUpSite) -> "Iterator[subprocess.Popen[bytes]]":
    """``station dock`` on this terminal; it gives the terminal back when it ends."""
    argv = [*STATION, "dock", "--site", str(made.site)]
    process = subprocess.Popen(argv)
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with contextlib.suppress(OSError):
            os.kill(process.pid, signal.SIGTERM)
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
