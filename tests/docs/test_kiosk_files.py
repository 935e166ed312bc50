"""The monitor's terminal: letters that fit any monitor, and no key that leads anywhere else."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import ROOT

KIOSK: Final = ROOT / "config" / "kiosk"
OWN_DEFAULTS: Final = Path("/etc/xdg/foot/foot.ini")
needs_foot: Final = pytest.mark.skipif(shutil.which("foot") is None, reason="foot is not here")


def letters(tmp_path: Path, modes: str | None) -> tuple[int, list[str]]:
    """Pixels of the font, and the rest, that a foot would be started with."""
    foot = tmp_path / "bin" / "foot"
    foot.parent.mkdir()
    foot.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', "utf-8")
    foot.chmod(0o755)
    if modes is not None:
        monitor = tmp_path / "drm" / "card1-HDMI-A-1"
        monitor.mkdir(parents=True)
        (monitor / "modes").write_text(modes, "ascii")
        unplugged = tmp_path / "drm" / "card1-DP-1"
        unplugged.mkdir()
        (unplugged / "modes").write_text("", "ascii")
    done = subprocess.run(
        [KIOSK / "dock-terminal", "station", "dock"],
        env={
            "PATH": f"{foot.parent}:{os.environ['PATH']}",
            "DISPLAYS": str(tmp_path / "drm"),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    config, font, *command = done.stdout.splitlines()
    assert config == f"--config={KIOSK / 'foot.ini'}"
    size = re.fullmatch(r"--font=monospace:pixelsize=(\d+)", font)
    assert size is not None
    return int(size[1]), command


@pytest.mark.parametrize(
    ("modes", "columns", "lines"),
    [
        ("1920x1080\n1280x720\n", 120, 33),
        ("3840x2160\n", 120, 33),
        ("1920x1080i\n", 120, 33),
        ("1600x900\n", 120, 33),
        ("1366x768\n", 80, 24),
        ("1280x800\n", 80, 24),
        ("1024x600\n", 80, 24),
        ("800x480\n", 80, 24),
        ("1080x1920\n", 80, 24),
        (None, 120, 33),
        ("nonsense\n", 120, 33),
    ],
)
def test_the_letters_are_as_large_as_the_lines_allow(
    tmp_path: Path, modes: str | None, columns: int, lines: int
) -> None:
    pixels, command = letters(tmp_path, modes)
    size = re.match(r"(\d+)x(\d+)", modes or "") or re.match(r"(\d+)x(\d+)", "1920x1080")
    assert size is not None
    width, height = map(int, size.groups())
    # As foot counts cells of DejaVu Sans Mono: 26 pixels give 16 by 32, 16 give 10 by 19.
    got = width // round(0.602 * pixels), height // round(1.22 * pixels)
    assert got[0] >= columns
    assert got[1] >= lines
    assert got[0] < columns * 1.1 or got[1] < lines * 1.1
    assert command == ["station", "dock"]


@needs_foot
def test_foot_understands_its_file() -> None:
    subprocess.run(
        ["foot", "--check-config", f"--config={KIOSK / 'foot.ini'}"], check=True, timeout=30
    )


@pytest.mark.skipif(not OWN_DEFAULTS.exists(), reason="foot's own configuration is not here")
@pytest.mark.parametrize("section", ["key-bindings", "mouse-bindings"])
def test_no_key_and_no_button_of_the_terminals_own_is_left(section: str) -> None:
    """Of all that foot lists as its own, in comments."""
    text = OWN_DEFAULTS.read_text("utf-8").partition(f"[{section}]")[2].partition("\n[")[0]
    own = set(re.findall(r"(?m)^# ([a-z-]+)=", text)) - {"selection-override-modifiers"}
    assert len(own) > 7
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.read_string("[main]\n" + (KIOSK / "foot.ini").read_text("utf-8"))
    assert dict(parser[section]) == dict.fromkeys(own, "none")
