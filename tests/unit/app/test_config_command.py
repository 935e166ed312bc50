"""``station config show``: lines that are TOML again, and where each key stands."""

import tomllib
from pathlib import Path

import pytest

from station.app.config import KEYS
from tests.fakes.command_line import station

OUTPUT = """
[[source]]
use = "serial:/dev/serial/by-id/usb-A-scanner-with-a-name-of-many-characters"
[[output]]
use = "modbus-tcp:192.0.2.4"
[output.coils]
red = 0
"""


@pytest.fixture
def site(tmp_path: Path) -> str:
    root = tmp_path / "site"
    assert station("init", "--name", "a", "--station", "b", "--site", str(root)).code == 0
    with (root / "station.toml").open("a", encoding="utf-8") as file:
        file.write(OUTPUT)
    return str(root)


@pytest.mark.parametrize("options", [(), ("--origin",)])
def test_the_lines_are_a_station_toml_again(site: str, options: tuple[str, ...]) -> None:
    shown = station("config", "show", "--site", site, *options)
    assert shown.code == 0
    assert [line.partition(" = ")[0] for line in shown.out.splitlines()] == list(KEYS)
    assert tomllib.loads(shown.out)["output"][0]["coils"] == {"red": 0}
    plain = station("config", "show", "--site", site).out
    Path(site, "station.toml").write_text(shown.out, "utf-8")
    assert station("config", "show", "--site", site).out == plain


def test_origins_stand_in_one_column_however_long_a_source_is(site: str) -> None:
    lines = station("config", "show", "--origin", "--site", site).out.splitlines()
    columns = {line.index("  # ") for line in lines if not line.startswith(("source", "output"))}
    assert len(columns) == 1
    assert max(columns) < 120


def test_a_wrong_word_of_an_option_is_answered_with_the_nearest(site: str) -> None:
    done = station("doctor", "--only", "integrety", "--site", site)
    assert done.code == 2
    assert "Did you mean 'integrity'?" in done.err
