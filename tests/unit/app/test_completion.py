"""What a shell is offered, by the files people copy."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import make_completion_files, make_man_page
from station.app.main import COMMANDS, COMPLETION_VARIABLE
from tests.docs.pages import ROOT


def asked(shell: str, words: str, count: int) -> "subprocess.CompletedProcess[str]":
    """What the program answers a shell."""
    return subprocess.run(
        [sys.executable, "-m", "station"],
        env={
            "PYTHONPATH": str(ROOT),
            COMPLETION_VARIABLE: f"{shell}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(count),
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("doc",), ["doctor", "dock"]),
        (("--v",), ["--version"]),
        (("journal", "v"), ["verify"]),
        (("doctor", "--only", "reg"), ["registry"]),
        (("doctor", "--on"), ["--only"]),
        (("nosuch", "x"), []),
        (("run", "--set", "dock.th"), ["dock.theme="]),
        (("run", "--source", "vid"), ["video:"]),
        (("scan", "--source", "std"), ["stdin:"]),
    ],
)
def test_commands_options_and_values_are_offered(words: tuple[str, ...], wanted: list[str]) -> None:
    """As bash asks: the last word is not finished."""
    answered = asked("bash", " ".join(("station", *words)), len(words))
    assert (answered.returncode, answered.stderr) == (0, "")
    offered = [line.partition(",")[2] for line in answered.stdout.split()]
    assert sorted(offered) == sorted(wanted)


@pytest.mark.parametrize("words", ["decode pic", "sync --from pic", "init --root pic"])
def test_where_a_file_may_stand_the_shell_offers_its_own(words: str) -> None:
    count = len(words.split())
    assert asked("bash", f"station {words}", count).stdout.split() == ["file,pic"]


def test_every_command_is_offered_and_no_option_before_one_is_begun() -> None:
    lines = asked("zsh", "station ", 1).stdout.splitlines()
    assert lines[1::3] == list(COMMANDS)
    assert lines[2::3] == list(COMMANDS.values())


def test_an_unknown_shell_is_refused() -> None:
    assert asked("nosuch", "station ", 1).returncode == 2


def test_completing_a_command_loads_no_other() -> None:
    program = (
        "import sys; from station.app.main import main; main([]);"
        "print(*(name for name in sys.modules if name.startswith('station.app.commands.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(ROOT), COMPLETION_VARIABLE: "bash_complete"}
        | {"COMP_WORDS": "station d", "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == ""


def test_the_files_are_current() -> None:
    assert make_completion_files.main(["--check"]) == 0
    assert make_man_page.main(["--check"]) == 0


def test_bash_completes_with_its_file(tmp_path: Path) -> None:
    """The real shell, its real file, the real program."""
    (tmp_path / "station").write_text(
        f"#!/bin/sh\nPYTHONPATH='{ROOT}' exec '{sys.executable}' -m station \"$@\"\n", "utf-8"
    )
    (tmp_path / "station").chmod(0o755)
    script = (
        f"PATH='{tmp_path}':$PATH; source '{ROOT}/config/completions/station.bash'\n"
        "COMP_WORDS=(station quarantine des); COMP_CWORD=2\n"
        '_station_completion station; echo "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "destroy\n"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not here")
def test_groff_has_nothing_against_the_manual_page() -> None:
    page = ROOT / make_man_page.PAGE
    done = subprocess.run(
        ["groff", "-ww", "-man", "-Tutf8", str(page)], capture_output=True, check=True
    )
    complaints = [line for line in done.stderr.decode().splitlines() if "adjust line" not in line]
    assert complaints == []
    assert [name for name in COMMANDS if f'.SS "station {name}' not in page.read_text()] == []
