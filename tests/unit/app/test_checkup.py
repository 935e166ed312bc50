"""Doctor: each thing that can be wrong is found, and its mend is named."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from station.app import checkup
from station.app.checkup import ALL_CHECKS, MACHINE_CHECKS, Finding, Status, examine
from tests.fakes.made_site import made_site

Change = Callable[[Path], object]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return made_site().copy_site(tmp_path)


def found(site: Path, check: str) -> Finding:
    (finding,) = examine(site, (check,))
    assert finding.check == check
    return finding


def configure(line: str) -> Change:
    def change(site: Path) -> None:
        with (site / "station.toml").open("a", encoding="utf-8") as file:
            file.write(line)

    return change


def replace(old: str, new: str) -> Change:
    def change(site: Path) -> None:
        path = site / "station.toml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return change


def stale(site: Path) -> None:
    replace("fresh_hours = 26", "fresh_hours = 1e-9")(site)
    replace("amber_hours = 72", "amber_hours = 1e-9")(site)


def test_a_sound_site_passes_in_order(site: Path) -> None:
    findings = list(examine(site))
    assert [finding.check for finding in findings] == list(ALL_CHECKS)
    assert {f.check: f.text for f in findings if f.status is Status.FAILED} == {}
    assert all(finding.text for finding in findings)


CHANGES: dict[str, tuple[str, Change, Status, str]] = {
    "no source": ("configuration", lambda site: None, Status.WARNING, "[[source]]"),
    "no configuration": (
        "configuration",
        lambda site: (site / "station.toml").unlink(),
        Status.FAILED,
        "station init",
    ),
    "unknown key": ("configuration", configure("colour = 1\n"), Status.FAILED, "Known here"),
    "key for all to read": (
        "keys",
        lambda site: (site / "keys" / "station-key.pem").chmod(0o644),
        Status.FAILED,
        "chmod 600",
    ),
    "no key": (
        "keys",
        lambda site: (site / "keys" / "station-key.pem").unlink(),
        Status.FAILED,
        "backup",
    ),
    "no database": (
        "station-database",
        lambda site: (site / "station.db").unlink(),
        Status.FAILED,
        "--site",
    ),
    "no registry": (
        "registry",
        lambda site: shutil.rmtree(site / "registry"),
        Status.FAILED,
        "station sync",
    ),
    "old registry": ("registry", stale, Status.WARNING, "station sync"),
    "no publisher": (
        "trust",
        lambda site: shutil.rmtree(site / "trust"),
        Status.FAILED,
        "station",
    ),
    "scanner not plugged in": (
        "devices",
        configure('[[source]]\nuse = "serial:/dev/nothing"\n'),
        Status.FAILED,
        "plug it in",
    ),
    "no scanner configured": ("devices", lambda site: None, Status.SKIPPED, ""),
    "no engine": ("engine", lambda site: None, Status.SKIPPED, "station run"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_wrong_is_found_with_its_mend(site: Path, name: str) -> None:
    check, change, status, mend = CHANGES[name]
    change(site)
    finding = found(site, check)
    assert finding.status is status, finding
    assert mend in finding.mend
    assert status is Status.SKIPPED or finding.mend


def test_without_a_configuration_the_checks_of_the_site_are_skipped(tmp_path: Path) -> None:
    findings = {finding.check: finding for finding in examine(tmp_path / "none")}
    assert findings["configuration"].status is Status.FAILED
    site_checks = set(ALL_CHECKS) - set(MACHINE_CHECKS) - {"configuration"}
    assert {findings[name].status for name in site_checks} == {Status.SKIPPED}


def test_a_disk_that_runs_full_is_found(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(site, "disk").status is Status.OK
    monkeypatch.setattr(checkup, "MIN_FREE_BYTES", 1 << 62)
    finding = found(site, "disk")
    assert (finding.status, "free some room" in finding.mend) == (Status.FAILED, True)


@pytest.mark.parametrize(
    ("columns", "lines", "status"),
    [(80, 24, Status.OK), (40, 12, Status.OK), (39, 24, Status.FAILED), (80, 11, Status.FAILED)],
)
def test_a_terminal_that_is_too_small_is_found(
    site: Path, monkeypatch: pytest.MonkeyPatch, columns: int, lines: int, status: Status
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("locale.getpreferredencoding", lambda **_: "UTF-8")
    size = os.terminal_size((columns, lines))
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_, **__: size)
    finding = found(site, "terminal")
    assert finding.status is status
    assert (finding.status is Status.OK) == (finding.mend == "")


def test_a_package_that_is_missing_is_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "PACKAGES", ("click", "no-such-package"))
    finding = found(site, "environment")
    assert finding.status is Status.FAILED
    assert finding.text == "not installed: no-such-package"
    assert "scripts/station" in finding.mend
