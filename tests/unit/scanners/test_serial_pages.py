"""The pages about serial scanners say what the code does."""

from pathlib import Path

import pytest

from firmware_bridge.framing.lines import (
    GAP_MS,
    MAX_AFFIX_BYTES,
    MAX_PAYLOAD_BYTES,
    Breakage,
    LineFormat,
    Terminator,
)
from firmware_bridge.openers import WRITE_TIMEOUT_S
from firmware_bridge.serial_port import REOPEN_S, PortStatus
from firmware_bridge.serial_settings import Parity, SerialSettings
from station.core import symbol
from station.core.symbology import format_of_identifier

RULES = Path("config/udev/70-intake-scanners.rules")


@pytest.fixture
def reference(root: Path) -> str:
    return (root / "docs/reference/serial-scanners.md").read_text()


def test_every_terminator_and_every_breakage_has_its_row(reference: str) -> None:
    for terminator in Terminator:
        mark = " (default)" if terminator is LineFormat().terminator else ""
        assert f"\n| `{terminator.value}`{mark} |" in reference
    for breakage in Breakage:
        assert f"\n| {breakage.value} |" in reference
    for status in PortStatus:
        assert f"\n| {status.value}" in reference


def test_the_limits_are_those_of_the_code(reference: str) -> None:
    assert f"at most {MAX_AFFIX_BYTES} bytes each" in reference
    assert f"at most {MAX_PAYLOAD_BYTES} bytes" in reference
    assert MAX_PAYLOAD_BYTES == symbol.MAX_PAYLOAD_BYTES
    assert f"{GAP_MS} ms of silence" in reference
    assert f"tried every {REOPEN_S} s" in reference
    assert f"not taken within {WRITE_TIMEOUT_S:g} s" in reference
    defaults = SerialSettings()
    assert defaults.parity is Parity.NONE
    assert (
        f"{defaults.baud} baud, {defaults.data_bits} data bits, no parity, "
        f"{defaults.stop_bits} stop bit" in reference
    )


def test_every_identifier_named_is_known(reference: str) -> None:
    (line,) = [line for line in reference.splitlines() if line.startswith("**Symbologies.**")]
    named = [part for part in line.split("`") if part.startswith("]")]
    assert len(named) == 14
    for identifier in named:
        assert format_of_identifier(identifier) is not symbol.SymbolFormat.UNKNOWN


def test_the_how_to_names_files_that_exist(root: Path) -> None:
    how_to = root / "docs/how-to/connect-a-serial-scanner.md"
    assert f"../../{RULES}" in how_to.read_text()
    assert "../reference/serial-scanners.md" in how_to.read_text()
    assert (root / RULES).is_file()


def test_every_rule_gives_the_scanner_to_the_group_and_spares_it_the_modem_probe(
    root: Path,
) -> None:
    rules = [line for line in (root / RULES).read_text().splitlines() if line[:1] not in ("", "#")]
    assert len(rules) == 3
    for rule in rules:
        matches, assignments = rule.split(", GROUP=")
        assert matches.startswith('SUBSYSTEM=="tty", ATTRS{idVendor}=="')
        assert assignments == (
            '"dialout", MODE="0660", ENV{ID_MM_DEVICE_IGNORE}="1", ENV{ID_MM_PORT_IGNORE}="1"'
        )
