"""Each import contract holds, and each is shown to fail on a planted violation."""

import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
CONTRACTS: Final = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
}


@dataclass(frozen=True, slots=True)
class Plant:
    """One line put where it does not belong.

    Attributes:
        contract: Id of the contract that must notice.
        where: Module the line is put into; made if it is not there.
        line: The import.
    """

    contract: str
    where: str
    line: str


PLANTS: Final = [
    Plant("rooms", "station.core.planted", "import station.ports"),
    Plant("rooms", "station.core.planted", "from station.app import main"),
    Plant("rooms", "station.ports.planted", "import station.intake"),
    Plant("rooms", "station.intake.planted", "import station.storage"),
    Plant("rooms", "station.intake.planted", "import station.sync"),
    Plant("rooms", "station.sync.planted", "import station.issuing"),
    Plant("rooms", "station.cases.planted", "import station.intake"),
    Plant("rooms", "station.cameras.planted", "import station.decoders"),
    Plant("rooms", "station.tui.planted", "import station.app"),
    Plant("rooms", "station.actuators.planted", "import station.scanners"),
    Plant("rooms", "station.kiosk.planted", "import station.tui"),
    # A late import counts as much as one at the top.
    Plant("rooms", "station.labels.planted", "def f() -> None:\n    import station.storage"),
    # A new room must be given a place.
    Plant("rooms", "station.attic.planted", ""),
    Plant("bridge-alone", "firmware_bridge.planted", "import station.core"),
    Plant("bridge-users", "station.cameras.planted", "import firmware_bridge"),
    Plant("bridge-users", "station.intake.planted", "import firmware_bridge"),
    Plant("core-pure", "station.core.planted", "from time import monotonic_ns"),
    Plant("core-pure", "station.core.planted", "import logging.config"),
    Plant("core-pure", "station.core.planted", "import socket"),
    Plant("core-pure", "station.core.planted", "import threading"),
    Plant("core-pure", "station.core.planted", "import asyncio"),
    Plant("core-pure", "station.core.planted", "from os import path"),
    Plant("core-pure", "station.core.planted", "from pathlib import Path"),
    Plant("core-pure", "station.core.planted", "import sqlite3"),
    Plant("core-pure", "station.core.planted", "import random"),
    Plant("core-pure", "station.core.planted", "import secrets"),
    Plant("core-pure", "station.core.planted", "import numpy"),
    Plant("core-pure", "station.core.planted", "import msgspec"),
    Plant("home-pictures", "station.labels.planted", "import cv2"),
    Plant("home-pictures", "station.app.planted", "from cv2 import imread"),
    Plant("home-symbols", "station.cameras.planted", "import zxingcpp"),
    Plant("home-zbar", "station.labels.planted", "from pyzbar import pyzbar"),
    Plant("home-devices", "station.scanners.planted", "import serial"),
    Plant("home-devices", "station.tui.planted", "from evdev import InputDevice"),
    Plant("home-devices", "station.app.planted", "import pymodbus.client"),
    Plant("home-databases", "station.sync.planted", "import sqlalchemy"),
    Plant("home-databases", "station.app.planted", "import alembic.command"),
    Plant("home-databases", "station.transport.planted", "import sqlite3"),
    Plant("home-packing", "station.storage.planted", "import zstandard"),
    Plant("home-screen", "station.app.planted", "from textual.app import App"),
    Plant("home-cryptography", "station.storage.planted", "import cryptography"),
    Plant("home-cryptography", "station.core.planted", "from cryptography import x509"),
    Plant("home-trust", "station.sync.planted", "from tuf.api import metadata"),
    Plant("home-trust", "station.issuing.planted", "import securesystemslib"),
    Plant("home-command-line", "station.issuing.planted", "import click"),
    Plant("event-loops", "station.intake.planted", "import asyncio"),
]


def lint_imports(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    options = [option for contract in contracts for option in ("--contract", contract)]
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", *options],
        cwd=folder,
        env={"COLUMNS": "200", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def copy_packages(folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for package in ("station", "firmware_bridge"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )


def plant(folder: Path, what: Plant) -> None:
    path = folder / Path(*what.where.split(".")).with_suffix(".py")
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(what.line + "\n", "utf-8")


def test_every_contract_is_kept(tmp_path: Path) -> None:
    copy_packages(tmp_path)

    done = lint_imports(tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert {what.contract for what in PLANTS} == CONTRACTS.keys()


@pytest.mark.parametrize("what", PLANTS, ids=lambda what: f"{what.contract}-{what.where}")
def test_planted_violation_breaks_its_contract(tmp_path: Path, what: Plant) -> None:
    copy_packages(tmp_path)
    plant(tmp_path, what)

    done = lint_imports(tmp_path, what.contract)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{CONTRACTS[what.contract]} BROKEN" in done.stdout
    # It is this plant that broke it, not something that was there before.
    named = what.where if what.line else what.where.rpartition(".")[0]
    assert named in done.stdout.partition("Broken contracts")[2]
