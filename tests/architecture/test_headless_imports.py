"""A command loads what it needs and no more: start-up time, and a dock without a screen.

A row a command. A command that must not load a library gets a row here; what it needs for running
at all is made by the row's `arguments`, in a folder of its own.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from station.app.brand_folder import PASSPHRASE_VARIABLE
from station.app.main import COMMANDS
from station.labels.picture import LabelContent
from station.labels.scene import draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.made_site import GTIN, PASSPHRASE, made_site

ROOT: Final = Path(__file__).resolve().parents[2]

# Runs the command as the entry point does, then tells which modules are loaded.
PROBE: Final = """
import json, sys
report, sys.argv = sys.argv[1], ["station", *sys.argv[2:]]
from station.app.main import main
try:
    code = main()
except SystemExit as end:
    code = end.code or 0
with open(report, "w") as file:
    json.dump({"code": code, "modules": sorted(sys.modules)}, file)
"""

DEADLINE_S: Final = 60.0

SCREEN: Final = frozenset({"textual", "rich"})
PICTURES: Final = frozenset({"cv2", "numpy", "PIL", "zxingcpp", "pyzbar"})
DATABASES: Final = frozenset({"sqlalchemy", "alembic", "sqlite3"})
TRUST: Final = frozenset({"tuf", "securesystemslib", "urllib3"})
DEVICES: Final = frozenset({"serial", "evdev", "pymodbus"})
EVERYTHING: Final = (
    SCREEN
    | PICTURES
    | DATABASES
    | TRUST
    | DEVICES
    | {"asyncio", "click", "cryptography", "logging", "msgspec", "tomlkit"}
)


def just(*argv: str) -> Callable[[Path], list[str]]:
    return lambda _folder: list(argv)


def at_site(*argv: str) -> Callable[[Path], list[str]]:
    """The command on a site of its own."""
    return lambda folder: [*argv, "--site", str(made_site().copy_site(folder))]


def at_desk(*argv: str) -> Callable[[Path], list[str]]:
    """The command on a brand folder of its own."""
    return lambda folder: [
        *argv,
        "--brand-dir",
        str(shutil.copytree(made_site().brand, folder / "brand")),
    ]


def with_picture(
    make: Callable[[Path], list[str]], option: str = ""
) -> Callable[[Path], list[str]]:
    """The command with a photograph of a label, as an argument or an option's value."""

    def made(folder: Path) -> list[str]:
        label = LabelContent(made_site().genuine[0].payload, SymbolKind.GS1_DATA_MATRIX)
        path = folder / "photo.png"
        Image.fromarray(draw_scene([label], 1)).save(path)
        argv = make(folder)
        return [*argv, option, f"images:{path}"] if option else [*argv, str(path)]

    return made


@dataclass(frozen=True, slots=True)
class Row:
    """One command.

    Attributes:
        name: What the row is called.
        arguments: Makes what the command works on in an empty folder; gives its arguments.
        forbidden: Top-level modules that must not be loaded at the end.
        codes: Exit codes that show that the command did its work.
    """

    name: str
    arguments: Callable[[Path], list[str]]
    forbidden: frozenset[str]
    codes: frozenset[int] = frozenset({0})


AT_ONCE: Final = EVERYTHING | {"typing"}
"""What is answered from plain tables does not even need the standard library's larger modules."""

NO_PICTURES: Final = SCREEN | PICTURES | TRUST | DEVICES
"""What works on codes, journals and master data needs none of these."""

COMMANDS_FOLDER: Final = ROOT / "station" / "app" / "commands"

ROWS: Final = [
    Row("help", just("--help"), AT_ONCE),
    Row("version", just("--version"), AT_ONCE),
    Row("nothing", just(), AT_ONCE, frozenset({2})),
    # Whatever a command does, its help neither draws a screen nor looks at pictures; only the
    # demo, which is nothing without pictures, loads what reads them from the start.
    *(
        Row(f"{name}-help", just(name, "--help"), SCREEN if name == "demo" else SCREEN | {"cv2"})
        for name in COMMANDS
        if (COMMANDS_FOLDER / f"{name}.py").exists()
    ),
    # Headless intake of codes needs no pictures, and pictures no scanner; nothing needs a screen.
    Row("scan-lines", at_site("scan", "--source", "stdin:"), NO_PICTURES, frozenset({3})),
    Row(
        "scan-serial",
        at_site("scan", "--source", "serial:/dev/nothing"),
        SCREEN | PICTURES | TRUST,
        frozenset({5}),
    ),
    Row(
        "scan-pictures",
        with_picture(at_site("scan"), "--source"),
        SCREEN | TRUST | DEVICES | {"pyzbar"},
    ),
    Row("check", at_site("check", "x"), NO_PICTURES, frozenset({1})),
    Row(
        "decode",
        with_picture(just("decode")),
        SCREEN | DATABASES | TRUST | DEVICES | {"asyncio", "cryptography", "msgspec", "tomlkit"},
    ),
    Row("journal-verify", at_site("journal", "verify"), NO_PICTURES),
    Row("journal-export", at_site("journal", "export", "--format", "epcis"), NO_PICTURES),
    Row("doctor", at_site("doctor"), SCREEN | DEVICES, frozenset({0, 1})),
    Row(
        "dock-without-terminal",
        at_site("dock"),
        EVERYTHING - {"click", "msgspec"},
        frozenset({2}),
    ),
    Row(
        "init",
        lambda folder: ["init", "--site", str(folder / "s"), "--name", "s", "--station", "d"],
        SCREEN | PICTURES | DEVICES,
    ),
    Row(
        "sync",
        at_site("sync", "--from", "PUBLISHED"),
        SCREEN | PICTURES | DEVICES | {"tomlkit"},
    ),
    Row("publish", at_desk("publish", "--to", "out"), SCREEN | PICTURES | DEVICES),
    Row("brand", at_desk("brand", "list"), NO_PICTURES),
    Row("key", at_desk("key", "new", "aurora"), NO_PICTURES),
    Row("product", at_desk("product", "list"), NO_PICTURES),
    Row("codes", at_desk("codes", "order", "--gtin", GTIN, "--count", "1"), NO_PICTURES),
    Row(
        "label",
        at_desk("label", GTIN, "--all", "--out", "labels"),
        SCREEN | TRUST | DEVICES | {"cv2", "pyzbar"},
    ),
]
"""What the commands that need no screen do without it, and without whatever else is not theirs."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_command_loads_nothing_it_does_not_need(tmp_path: Path, row: Row) -> None:
    work = tmp_path / "work"
    work.mkdir()
    report = tmp_path / "report.json"
    published = str(made_site().published)
    argv = [arg.replace("PUBLISHED", published) for arg in row.arguments(work)]

    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, report, *argv],
        cwd=work,
        env={**os.environ, PASSPHRASE_VARIABLE: PASSPHRASE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert report.exists(), done.stderr
    told = json.loads(report.read_text("utf-8"))
    assert told["code"] in row.codes, done.stderr
    loaded = {name.partition(".")[0] for name in told["modules"]}
    assert loaded.isdisjoint(row.forbidden), sorted(loaded & row.forbidden)


def test_the_engine_of_a_serial_dock_loads_neither_screen_nor_pictures(tmp_path: Path) -> None:
    """With screens served and a verdict given, until it is told to end."""
    report = tmp_path / "report.json"
    argv = ["run", "--site", str(made_site().copy_site(tmp_path)), "--source", "stdin:"]
    with subprocess.Popen(
        [sys.executable, "-I", "-c", PROBE, report, *argv],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as engine:
        assert engine.stdin is not None
        assert engine.stderr is not None
        assert b"ready" in engine.stderr.readline()
        engine.stdin.write(made_site().genuine[0].payload + b"\n")
        engine.stdin.close()
        engine.send_signal(signal.SIGTERM)
        assert engine.wait(DEADLINE_S) == 0, engine.stderr.read()
    loaded = {name.partition(".")[0] for name in json.loads(report.read_text("utf-8"))["modules"]}
    assert loaded.isdisjoint(NO_PICTURES), sorted(loaded & NO_PICTURES)


def test_the_probe_sees_what_is_loaded(tmp_path: Path) -> None:
    """The harness itself goes red: a screen loaded on the way is noticed."""
    report = tmp_path / "report.json"
    probe = PROBE.replace("code = main()", "import textual; code = main()")

    subprocess.run(
        [sys.executable, "-I", "-c", probe, report, "--version"], capture_output=True, check=True
    )

    assert "textual" in json.loads(report.read_text("utf-8"))["modules"]
