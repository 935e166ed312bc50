"""The service files: what systemd itself says of them, and that they fit the product."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from station.app.main import COMMANDS
from station.core.errors import ExitCode
from tests.docs.pages import ROOT

FOLDER: Final = ROOT / "config" / "systemd"
UNITS: Final = sorted(path.name for path in FOLDER.iterdir())
PROGRAM: Final = "/opt/intake-station/.venv/bin/station"


def unit_text(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit_text(name))
    return parser


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    """On copies that name a program that exists: that it does is part of what is checked."""
    program = shutil.which("true")
    assert program is not None
    for name in UNITS:
        text = unit_text(name)
        text = re.sub(r"^ExecStart=\S+.*$", f"ExecStart={program}", text, flags=re.MULTILINE)
        (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    ours = [line for line in done.stderr.splitlines() if "intake-station" in line]
    assert ours == []


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_service_runs_a_command_there_is_as_an_ordinary_user(name: str) -> None:
    service = unit(name)["Service"]
    before, _, arguments = service["ExecStart"].partition(PROGRAM)
    assert arguments.split()[0] in COMMANDS, before
    assert service["User"] == "intake"
    assert service["Environment"]


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".timer")])
def test_a_timer_has_its_service_and_makes_up_for_a_night_without_power(name: str) -> None:
    assert name.replace(".timer", ".service") in UNITS
    assert unit(name)["Timer"]["Persistent"] == "true"


def test_the_engine_is_watched_and_started_again_but_for_what_a_person_must_mend() -> None:
    service = unit("intake-station.service")["Service"]
    assert (service["Type"], service["Restart"]) == ("notify", "always")
    assert float(service["WatchdogSec"]) >= 10
    assert service["RestartPreventExitStatus"].split() == [
        str(int(ExitCode.USAGE)),
        str(int(ExitCode.DATABASE)),
    ]


def test_a_screen_that_nobody_has_a_shell_beside_is_told_so() -> None:
    """No operator can start an engine from a monitor that shows the screen alone."""
    line = "\nEnvironment=STATION_DOCK_KIOSK=true\n"
    told = {name for name in UNITS if line in unit_text(name)}
    shown = {name for name in UNITS if re.search(r"/station dock$", unit_text(name), re.MULTILINE)}
    assert told == shown == {"intake-station-dock.service", "intake-station-dock-console.service"}


def test_on_the_console_the_screen_has_the_terminal_it_reads_and_the_one_it_draws_on() -> None:
    service = unit("intake-station-dock-console.service")["Service"]
    assert service["StandardInput"].startswith("tty")
    assert service["StandardError"] == "tty"


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_no_service_can_gain_rights_or_change_the_system(name: str) -> None:
    service = unit(name)["Service"]
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] in {"full", "strict"}
    assert service["PrivateTmp"] == "yes"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_service_is_exposed_by_no_more_than_the_page_says(name: str) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", FOLDER / name],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_page_names_every_unit() -> None:
    page = (ROOT / "docs" / "how-to" / "run-as-a-service.md").read_text("utf-8")
    assert [name for name in UNITS if name not in page] == []
