"""What the command line answers to whoever does not know it: the nearest word, and help."""

from typing import Final

import pytest

from station.app.main import COMMANDS
from tests.fakes.desk import Desk

NEAREST: Final = [
    ("scna", "scan"),
    ("jurnal verify", "journal"),
    ("--hepl", "--help"),
    ("--versoin", "--version"),
    ("scan --jsno", "--json"),
    ("check --sit x", "--site"),
    ("brand ad", "add"),
    ("journal verfy", "verify"),
    ("codes mark --as stoeln GTIN SERIAL", "stolen"),
    ("doctor --only regstry", "registry"),
    ("journal export --format epics", "epcis"),
    ("key new aurora --algorithm p265", "p256"),
    ("scan --site SITE --source image:x", "images"),
    ("scan --site SITE --source cam:0", "camera"),
    ("key list auroa --brand-dir BRAND", "aurora"),
    ("config show --site SITE --set dok.theme=blue", "dock.theme"),
    ("scan --site SITE --source stdin: --set dock.theem=blue", "dock.theme"),
    ("config shwo --site SITE", "show"),
    ("codes list --gtin 09506000134325 --brand-dir BRAND", "2"),
]


@pytest.mark.parametrize(("line", "nearest"), NEAREST)
def test_a_slip_of_the_finger_is_answered_with_the_nearest(
    desk: Desk, line: str, nearest: str
) -> None:
    done = desk.run(line)
    assert done.code == 2
    assert done.out == b""
    assert nearest in done.err


@pytest.mark.parametrize("line", ["--json", "--site=SITE", "--plain doctor"])
def test_an_option_before_its_command_is_told_where_it_stands(desk: Desk, line: str) -> None:
    done = desk.run(line)
    assert (done.code, done.out) == (2, b"")
    assert "--version" not in done.err
    assert "stand after its name" in done.err


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (b"[dok]", b"[dock]"),
        (b"latsh =", b"latch ="),
        (b"fresh_hour =", b"fresh_hours ="),
        (b"[polcy]", b"[policy]"),
        (b"nmae =", b"name ="),
        (b"form =", b"from ="),
    ],
)
def test_an_unknown_key_of_a_site_is_answered_with_the_nearest(
    desk: Desk, wrong: bytes, right: bytes
) -> None:
    config = desk.own_site() / "station.toml"
    config.write_bytes(config.read_bytes().replace(right, wrong, 1))
    done = desk.run("check --site SITE x")
    assert done.code == 2
    name = wrong.strip(b"[] =").decode()
    assert f"`{name}`" in done.err
    assert str(config) in done.err
    assert f"did you mean '{right.strip(b'[] =').decode()}'?" in done.last_words


def helped() -> list[str]:
    """Every command and subcommand, by click's own tables."""
    import importlib

    import click

    lines = []
    for name in COMMANDS:
        command = importlib.import_module(f"station.app.commands.{name}").command
        lines.append(name)
        if isinstance(command, click.Group):
            lines += [f"{name} {sub}" for sub in command.commands]
    return lines


@pytest.mark.parametrize("line", helped())
def test_every_command_has_help(desk: Desk, line: str) -> None:
    done = desk.run(f"{line} --help")
    assert (done.code, done.err) == (0, "")
    text = done.out.decode()
    assert text.startswith(f"Usage: station {line}")
    assert "--help" in text


def test_help_and_version_of_the_whole(desk: Desk) -> None:
    for spelling in ("--help", "-h", "help"):
        done = desk.run(spelling)
        assert (done.code, done.err) == (0, "")
        assert [name for name in COMMANDS if f"\n  {name} " not in done.out.decode()] == []
    assert desk.run("--version").out.startswith(b"station ")
    assert desk.run("").out == desk.run("--help").out
