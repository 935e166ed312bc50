"""A terminal as doctor sees one, where the tests have none."""

import os
from collections.abc import Mapping
from typing import Final

import pytest

from station.app import checkup

USUAL: Final = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
_OTHERS: Final = ("LC_CTYPE", "LANG", "NO_COLOR", "COLORTERM", "FORCE_COLOR", "COLUMNS", "LINES")


def on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int] = (120, 40),
    environment: Mapping[str, str] = USUAL,
    panel_mm: int | None = None,
) -> None:
    """Have the check see a terminal, one with 256 colours and UTF-8 unless told otherwise."""
    for name in _OTHERS:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**USUAL, **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr(checkup, "size_of", lambda _stream: os.terminal_size(size))
    monkeypatch.setattr(checkup, "panel_height_mm", lambda: panel_mm)
