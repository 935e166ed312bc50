"""A line a minute in a log, a bar on a terminal, nothing where a command is quick."""

import sys
from pathlib import Path

import pytest

from station.app import progress as module
from station.app.progress import LINE_EVERY_S, LOOK_EVERY, Lines, counted, progress
from tests.fakes.terminal import Pty


class Minutes:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_line_a_minute_and_none_before(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Minutes()
    told = Lines("proving", 90_000, clock)
    for second in range(1, 151):
        clock.now_s = 1000.0 + second
        told.at(second * 100, "x\x1b[2J")
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" x")[0] for line in lines] == [
        "proving: 6000 of 90000",
        "proving: 12000 of 90000",
    ]
    assert "\x1b" not in "".join(lines)


def test_where_nobody_knows_how_many_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Minutes()
    told = Lines("exporting", None, clock)
    clock.now_s += LINE_EVERY_S
    told.at(7)
    assert capsys.readouterr().err == "exporting: 7\n"


def test_items_are_handed_on_as_they_are_and_looked_at_now_and_then() -> None:
    looks: list[int] = []

    class Told:
        def at(self, done: int, text: str = "") -> None:
            looks.append(done)

    assert list(counted(range(600), Told())) == list(range(600))
    assert looks == [0, LOOK_EVERY, 2 * LOOK_EVERY]


def test_a_quick_command_in_a_log_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("quick", 3) as told:
        told.at(3)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("words_go_to_the_terminal", [True, False])
def test_what_counts_is_where_the_words_go(tmp_path: Path, words_go_to_the_terminal: bool) -> None:
    inner = (
        f"from {module.__name__} import progress\n"
        "with progress('order 7', 20) as told:\n"
        "    told.at(5); input()\n"
    )
    elsewhere = f"1>'{tmp_path}/else'" if words_go_to_the_terminal else f"2>'{tmp_path}/else'"
    line = f'"$0" -c "$1" {elsewhere}; echo ended'
    with Pty(("sh", "-c", line, sys.executable, inner)) as screen:
        if words_go_to_the_terminal:
            screen.see("5/20")
        screen.send(b"\n")
        screen.see("ended")
        assert (b"5/20" in screen.output) is words_go_to_the_terminal
    assert (tmp_path / "else").read_bytes() == b""


def test_on_a_terminal_there_is_a_bar_that_goes_when_the_command_ends(tmp_path: Path) -> None:
    program = (
        f"from {module.__name__} import progress\n"
        "with progress('order [red]7', 20) as told:\n"
        "    told.at(5, 'minting \\x1b[2J'); input()\n"
        "print('done')\n"
    )
    with Pty((sys.executable, "-c", program)) as screen:
        screen.see("order [red]7: minting")
        screen.see("5/20")
        assert b"\x1b[2J" not in screen.read()
        screen.send(b"\n")
        screen.see("done")
    # Up to the bar's line, and that line empty.
    assert b"\x1b[1A\x1b[2K" in screen.output.partition(b"5/20")[2]
