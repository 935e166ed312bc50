"""Pages point at what exists and name all there is."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import msgspec
import pytest

from scripts.make_command_docs import leaf_commands
from station.app import config
from station.app.main import COMMANDS
from station.core.errors import ExitCode
from station.core.reasons import Reason
from tests.docs.pages import (
    CONSOLE,
    PAGES,
    ROOT,
    SHELL,
    anchors_of,
    blocks_of,
    text_of,
    without_blocks,
)

LEAVES: Final = dict(leaf_commands())
DOCS: Final = Path("docs")


def links_of(page: Path) -> Iterator[str]:
    """Where a page's links and images lead."""
    prose = re.sub(r"`[^`]*`", "", without_blocks(page))
    yield from re.findall(r"\]\(([^)\s]+)\)", prose)
    yield from re.findall(r"^\[[^\]]+\]:\s+(\S+)", prose, re.MULTILINE)
    yield from re.findall(r"(?:src|href)=\"([^\"]+)\"", prose)


def is_elsewhere(link: str) -> bool:
    """Whether it leads out of the repository."""
    return re.match(r"[a-z][a-z0-9+.-]*:", link) is not None


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_and_images_lead_somewhere(page: Path) -> None:
    dead = []
    for link in links_of(page):
        if is_elsewhere(link):
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page.parent / name).resolve() if name else ROOT / page
        is_there = target.exists() and target.is_relative_to(ROOT)
        if not is_there or (anchor and anchor not in anchors_of(target.relative_to(ROOT))):
            dead.append(link)

    assert dead == []


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = ROOT / DOCS
    listed = {
        (contents / link.partition("#")[0]).resolve() for link in links_of(DOCS / "README.md")
    }
    missing = [
        str(page)
        for page in PAGES
        if page.parts[0] == "docs"
        and page != DOCS / "README.md"
        and (ROOT / page) not in listed
        and (ROOT / page).parent not in listed
    ]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_nothing_is_left_to_be_filled_in(page: Path) -> None:
    assert re.findall(r"@[A-Z_]+@|\bTODO\b|\bTBD\b|\bFIXME\b", without_blocks(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_has_one_title(page: Path) -> None:
    assert len(re.findall(r"^# ", without_blocks(page), re.MULTILINE)) == 1


# ---------------------------------------------------------------- commands that pages name


def spoken_commands(page: Path) -> Iterator[str]:
    """Commands named in a page's blocks and code spans."""
    for block in blocks_of(page):
        if block.language in {SHELL, CONSOLE}:
            whole = re.sub(r"\\\n\s*", " ", block.commands)
            yield from re.findall(r"(?:scripts/)?\bstation [a-z][^|<>;&\n)]*", whole)
    yield from re.findall(r"`(?:scripts/)?(station [a-z][^`]*)`", without_blocks(page))


def wrong_in(command: str) -> str:
    """What a named command has that there is not; ``""`` if all is well."""
    words = shlex.split(command.partition(" #")[0].replace("…", " "), posix=True)[1:]
    if not words or words[0] in {"COMMAND", "ARGS"}:
        return ""
    if words[0] not in COMMANDS:
        return f"no command {words[0]!r}"
    found = next((path for path in LEAVES if path.split() == words[: len(path.split())]), None)
    if found is None:
        is_group = any(path.startswith(f"{words[0]} ") for path in LEAVES)
        return "" if is_group and len(words) == 1 else f"no such command of {words[0]!r}"
    known = {name for option in LEAVES[found].params for name in option.opts} | {"--help"}
    used = {word.split("=")[0] for word in words if word.startswith("--")}
    return f"no option {', '.join(sorted(used - known))}" if used - known else ""


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_pages_name_commands_that_exist(page: Path) -> None:
    wrong = {
        command: problem
        for command in spoken_commands(page)
        for part in command.split("`")
        if (problem := wrong_in(part))
    }

    assert wrong == {}


def test_messages_name_commands_that_exist() -> None:
    """Remedies send people to commands; those must be there."""
    wrong = {}
    for path in sorted((ROOT / "station").rglob("*.py")):
        source = re.sub(r"\"\s*\n\s*f?\"", "", path.read_text("utf-8"))
        for command in re.findall(r"'(station [a-z][^'\"\n{}]*)'", source):
            if problem := wrong_in(command):
                wrong[f"{path.relative_to(ROOT)}: {command}"] = problem

    assert wrong == {}


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("station brand list", ""),
        ("station brand list --json", ""),
        ("station codes", ""),
        ("station brnad list", "no command"),
        ("station brand lsit", "no such command"),
        ("station brand list --jsno", "no option --jsno"),
        ("station scan --source=stdin:", ""),
    ],
)
def test_a_command_that_does_not_exist_is_told(command: str, problem: str) -> None:
    assert wrong_in(command).startswith(problem)
    assert bool(wrong_in(command)) is bool(problem)


# ------------------------------------------------------------------------- nothing is left out


def test_every_reason_is_listed() -> None:
    page = text_of(DOCS / "reference" / "reason-codes.md")

    assert [reason.value for reason in Reason if f"`{reason.value}`" not in page] == []


def configuration_keys() -> Iterator[str]:
    """Every key of ``station.toml``, as ``section.key``."""
    for section in msgspec.structs.fields(config.Document):
        kind = section.type
        if kind == list[config.OutputSection]:
            yield f"[[{section.encode_name}]]"
            continue
        if kind == list[config.SourceSection]:
            for field in msgspec.structs.fields(config.SourceSection):
                yield f"[[{section.encode_name}]]` `{field.encode_name}"
            for field in msgspec.structs.fields(config.CameraSection):
                yield f"[{section.encode_name}.camera]` `{field.encode_name}"
            continue
        if section.encode_name == "policy":
            yield "[policy]"  # its keys have a page of their own, made from their table
            continue
        for field in msgspec.structs.fields(kind):
            yield f"{section.encode_name}.{field.encode_name}"


def test_every_key_of_the_configuration_is_listed() -> None:
    page = text_of(DOCS / "reference" / "configuration.md")
    keys = list(configuration_keys())

    assert len(keys) >= 8
    assert [key for key in keys if f"| `{key}` |" not in page] == []


def test_the_configuration_page_lists_no_key_that_is_not() -> None:
    page = text_of(DOCS / "reference" / "configuration.md")
    listed = re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", page, re.MULTILINE)

    assert listed
    assert sorted(set(listed) - set(configuration_keys())) == []


def test_every_key_of_an_output_is_listed() -> None:
    page = text_of(DOCS / "reference" / "outputs.md")
    keys = [field.encode_name for field in msgspec.structs.fields(config.OutputSection)]

    assert [key for key in keys if f"`{key}" not in page] == []


def test_every_exit_code_is_listed() -> None:
    page = text_of(DOCS / "reference" / "commands.md")

    assert [code.value for code in ExitCode if f"\n| {code.value} | " not in page] == []


def test_every_option_says_what_it_takes() -> None:
    silent = [
        f"station {path} {option.opts[0]}"
        for path, command in LEAVES.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]

    assert silent == []
