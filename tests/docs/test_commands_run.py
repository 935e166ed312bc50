"""Every command in README, tutorials and how-to pages does what the page says.

Each page is typed into one shell, block by block, in a folder of its own.
"""

import contextlib
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from station.app import config
from tests.docs.pages import (
    CONSOLE,
    LANGUAGES,
    NOT_RUN_REASONS,
    PAGES,
    ROOT,
    RUN_PAGES,
    SHELL,
    STAND_INS,
    Block,
    blocks_of,
    start_of,
    without_blocks,
)
from tests.docs.starts import PASSPHRASE, make_start

PAGE_TIME_LIMIT_S: Final = 90

NOT_RUN: Final = {
    "README.md": 2,
    "docs/how-to/choose-camera-lens-and-label.md": 4,
    "docs/how-to/build-the-board.md": 1,
    "docs/how-to/connect-a-serial-scanner.md": 1,
    "docs/how-to/connect-other-scanners.md": 1,
    "docs/how-to/connect-outputs.md": 1,
    "docs/how-to/operators-and-badges.md": 1,
    "docs/how-to/run-a-station.md": 1,
    "docs/how-to/run-as-a-service.md": 3,
    "docs/how-to/translate-the-screens.md": 2,
    "docs/how-to/work-the-quarantine.md": 11,
}
"""How many command blocks of a page are marked as not run; every other page has none."""


@dataclass(frozen=True)
class Ran:
    """How one block went: what it printed, and the exit codes that were not 0."""

    printed: str
    failures: list[int]


def shell_script(blocks: list[Block]) -> str:
    """One script for a page: each block in the same shell, its output and failures kept apart."""
    parts = ["set -o pipefail", "trap 'echo $? >>\"$DOCS_RAN/$number.failures\"' ERR"]
    for number, block in enumerate(blocks):
        parts += [f'number={number}; exec >"$DOCS_RAN/{number}.printed" 2>&1', typed(block)]
    return "\n".join([*parts, "trap - ERR", ""])


def typed(block: Block) -> str:
    """A block's commands with real values in place of those a page cannot know."""
    text = block.commands
    for shown, real in STAND_INS.items():
        text = text.replace(shown, real)
    return text


def run_page(page: Path, folder: Path, ran: Path) -> list[tuple[Block, Ran]]:
    """Run a page's blocks in ``folder``; what they printed goes below ``ran``."""
    blocks = [block for block in blocks_of(page) if block.is_run]
    _put_commands(folder / "scripts")
    ran.mkdir()
    script = ran / "page.sh"
    script.write_text(shell_script(blocks), "utf-8")
    environment = {
        "PATH": f"{folder / 'scripts'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "DOCS_RAN": str(ran),
        # Asked for at a terminal, which a test has not.
        "STATION_KEY_PASSPHRASE": PASSPHRASE,
    }
    with (ran / "noise").open("wb") as noise:
        shell = subprocess.Popen(
            ["bash", str(script)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=noise,
            stderr=noise,
            start_new_session=True,
        )
        try:
            code = shell.wait(PAGE_TIME_LIMIT_S)
        finally:
            with contextlib.suppress(ProcessLookupError):  # what a page left running
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
    assert code == 0, (ran / "noise").read_text()
    return [(block, _ran(ran, number)) for number, block in enumerate(blocks)]


def _ran(ran: Path, number: int) -> Ran:
    failures = ran / f"{number}.failures"
    return Ran(
        (ran / f"{number}.printed").read_text("utf-8"),
        [int(code) for code in failures.read_text().split()] if failures.exists() else [],
    )


def _put_commands(scripts: Path) -> None:
    """``scripts/station``, also as ``station``: the checkout's own without its set-up."""
    scripts.mkdir()
    command = scripts / "station"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m station "$@"\n')
    command.chmod(0o755)
    if shutil.which("sqlite3") is None:
        _stand_in_for_sqlite3(scripts / "sqlite3")


def _stand_in_for_sqlite3(command: Path) -> None:
    """``sqlite3 FILE SQL`` where the machine has the library alone."""
    command.write_text(
        f"#!{sys.executable}\nimport sqlite3, sys\n"
        "sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2])\n"
    )
    command.chmod(0o755)


def matches(shown: str, printed: str) -> bool:
    """Whether printed text is what a page shows; ``…`` stands for what differs each time."""
    pieces = []
    for line in shown.splitlines():
        if line.strip() == "…":
            pieces.append(r"(?:.*\n)*?")
        else:
            pieces.append(".*?".join(re.escape(part) for part in line.rstrip().split("…")) + r"\n")
    text = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch("".join(pieces), text) is not None


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN_PAGES, ids=str)
def test_commands_do_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with monkeypatch.context() as there:
        there.chdir(folder)
        there.setenv("STATION_KEY_PASSPHRASE", PASSPHRASE)
        make_start(start_of(page), folder)
    results = run_page(page, folder, tmp_path / "ran")

    wrong = []
    for block, ran in results:
        expected = [int(code) for code in block.marks.get("exits", "").split()]
        if ran.failures != expected:
            wrong.append(f"{block.name} ended with {ran.failures}, not {expected}:\n{ran.printed}")
    assert not wrong, "\n".join(wrong)
    printed = {block.line: ran.printed for block, ran in results}
    for block, shown in outputs_of(page):
        words = shown.shown or shown.text
        assert matches(words, printed[block.line]), (
            f"{shown.name} shows\n{words}\nbut printed was\n{printed[block.line]}"
        )


def outputs_of(page: Path) -> list[tuple[Block, Block]]:
    """Command blocks, each with the block that shows what it prints; may be the same."""
    blocks = blocks_of(page)
    pairs = [(block, block) for block in blocks if block.is_run and block.shown]
    for before, shown in zip([None, *blocks], blocks, strict=False):
        if "output" in shown.marks:
            assert before is not None, shown.name
            assert before.is_run, f"{shown.name}: nothing was run that could have printed this"
            pairs.append((before, shown))
    return pairs


def test_blocks_that_are_not_run_are_counted() -> None:
    counted = {
        str(page): len([block for block in blocks_of(page) if "not run" in block.marks])
        for page in RUN_PAGES
    }

    assert {page: count for page, count in counted.items() if count} == NOT_RUN


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_comment_stands_above_what_it_is_about(page: Path) -> None:
    for block in blocks_of(page):
        assert block.language in LANGUAGES, f"{block.name}: unknown language {block.language!r}"
        if "not run" in block.marks:
            assert block.marks["not run"].split(",")[0] in NOT_RUN_REASONS, block.name
            assert block.language in {SHELL, CONSOLE}, block.name
        assert "output" not in block.marks or block.language == "text", block.name
        assert "exits" not in block.marks or block.is_run, block.name


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_commands_stand_in_blocks_that_can_be_run(page: Path) -> None:
    """A command in a block of another language would be checked by nobody."""
    if page == Path("docs", "reference", "commands.md"):
        return  # its blocks are synopses, made from the commands themselves
    for block in blocks_of(page):
        starts = r"^(\$ |(scripts/)?station [a-z])"
        if block.language not in {SHELL, CONSOLE} and "output" not in block.marks:
            assert not re.search(starts, block.text, re.MULTILINE), block.name


@pytest.mark.parametrize(
    "block",
    [block for page in PAGES for block in blocks_of(page) if block.language == "toml"],
    ids=lambda block: block.name,
)
def test_configuration_in_a_page_is_valid(block: Block, tmp_path: Path) -> None:
    shown = tomllib.loads(block.text)
    needed = [f'[{name}]\nname = "x"\n' for name in ("site", "station") if name not in shown]
    path = tmp_path / "station.toml"
    path.write_text("".join([*needed, block.text]), "utf-8")

    config.load(path)


class TestTheTestItself:
    """What these tests would say of a page that is wrong."""

    def ran(self, tmp_path: Path, *texts: str) -> list[Ran]:
        folder = tmp_path / "folder"
        folder.mkdir()
        page = tmp_path / "page.md"
        page.write_text("\n\n".join(f"```sh\n{text}\n```" for text in texts), "utf-8")
        return [ran for _, ran in run_page(page, folder, tmp_path / "ran")]

    def test_every_failure_in_a_block_is_seen(self, tmp_path: Path) -> None:
        first, second = self.ran(tmp_path, "false\ntrue", "echo one\nfalse | cat\n(exit 3)")

        assert first == Ran("", [1])
        assert second == Ran("one\n", [1, 3])

    def test_blocks_share_one_shell(self, tmp_path: Path) -> None:
        _, second = self.ran(tmp_path, "mkdir sub && cd sub && x=7", "echo $x ${PWD##*/}")

        assert second == Ran("7 sub\n", [])

    def test_a_wrong_command_is_seen(self, tmp_path: Path) -> None:
        (only,) = self.ran(tmp_path, "scripts/station brnad list")

        assert only.failures == [2]
        assert "did you mean 'brand'" in only.printed

    def test_a_machine_without_sqlite3_can_copy_a_database(self, tmp_path: Path) -> None:
        with contextlib.closing(sqlite3.connect(tmp_path / "a.db")) as database:
            database.execute("CREATE TABLE t (x)")
        command = tmp_path / "sqlite3"
        _stand_in_for_sqlite3(command)
        copy = [str(command), str(tmp_path / "a.db"), f"VACUUM INTO '{tmp_path / 'b.db'}'"]

        subprocess.run(copy, check=True)

        with contextlib.closing(sqlite3.connect(tmp_path / "b.db")) as database:
            assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]

    @pytest.mark.parametrize(
        ("shown", "printed", "same"),
        [
            ("a\nb", "a\nb\n", True),
            ("a\nb", "a\nc\n", False),
            ("a", "a\nb\n", False),
            ("a … c", "a 17 c  \n", True),
            ("a … c", "a 17 d\n", False),
            ("a\n…\nz", "a\nb\nc\nz\n", True),
            ("a\n…\nz", "a\nz\n", True),
            ("a\n…\nz", "a\nb\n", False),
            ("a.c", "abc\n", False),
        ],
    )
    def test_shown_and_printed(self, shown: str, printed: str, same: bool) -> None:
        assert matches(shown, printed) is same

    @pytest.mark.parametrize("comment", ["not run", "outputs", "exits"])
    def test_a_misspelled_comment_is_refused(self, tmp_path: Path, comment: str) -> None:
        page = tmp_path / "page.md"
        page.write_text(f"<!-- {comment.upper()}: x -->\n```sh\ntrue\n```\n", "utf-8")

        with pytest.raises(ValueError, match="is none of"):
            blocks_of(page)

    def test_a_block_without_an_end_is_refused(self, tmp_path: Path) -> None:
        page = tmp_path / "page.md"
        page.write_text("```sh\ntrue\n", "utf-8")

        with pytest.raises(ValueError, match="no end"):
            blocks_of(page)


def test_prose_is_what_is_outside_of_blocks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n\n```sh\ninside\n```\n\nafter\n", "utf-8")

    assert without_blocks(page).split() == ["before", "after"]
