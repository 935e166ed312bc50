"""A command loads what it needs and no more: start-up time, and a dock without a screen.

A row a command. A command that must not load a library gets a row here; what it needs for running
at all is made by the row's `arguments`, in a folder of its own.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from station.app.main import COMMANDS

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


COMMANDS_FOLDER: Final = ROOT / "station" / "app" / "commands"

ROWS: Final = [
    Row("help", just("--help"), EVERYTHING),
    Row("version", just("--version"), EVERYTHING),
    Row("nothing", just(), EVERYTHING, frozenset({0, 2})),
    # Whatever a command does, its help neither draws a screen nor looks at pictures; only the
    # demo, which is nothing without pictures, loads what reads them from the start.
    *(
        Row(f"{name}-help", just(name, "--help"), SCREEN if name == "demo" else SCREEN | {"cv2"})
        for name in COMMANDS
        if (COMMANDS_FOLDER / f"{name}.py").exists()
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_command_loads_nothing_it_does_not_need(tmp_path: Path, row: Row) -> None:
    work = tmp_path / "work"
    work.mkdir()
    report = tmp_path / "report.json"

    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE, report, *row.arguments(work)],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )

    assert report.exists(), done.stderr
    told = json.loads(report.read_text("utf-8"))
    assert told["code"] in row.codes, done.stderr
    loaded = {name.partition(".")[0] for name in told["modules"]}
    assert loaded.isdisjoint(row.forbidden), sorted(loaded & row.forbidden)


def test_the_probe_sees_what_is_loaded(tmp_path: Path) -> None:
    """The harness itself goes red: a screen loaded on the way is noticed."""
    report = tmp_path / "report.json"
    probe = PROBE.replace("code = main()", "import textual; code = main()")

    subprocess.run(
        [sys.executable, "-I", "-c", probe, report, "--version"], capture_output=True, check=True
    )

    assert "textual" in json.loads(report.read_text("utf-8"))["modules"]
