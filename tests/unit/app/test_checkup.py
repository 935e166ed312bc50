"""Doctor: each thing that can be wrong is found, and its mend is named."""

import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from station.app import checkup
from station.app.checkup import ALL_CHECKS, MACHINE_CHECKS, Finding, Status, examine
from tests.docs.pages import ROOT
from tests.fakes.command_line import station
from tests.fakes.examined import found
from tests.fakes.made_site import made_site
from tests.fakes.seen_terminal import on_a_terminal
from tests.fakes.terminal import Pty

Change = Callable[[Path], object]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return made_site().copy_site(tmp_path)


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


def damage(path: Path) -> None:
    """What a disk does to a file from its second page on."""
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


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
    "a source that is none": (
        "configuration",
        configure('[[source]]\nuse = "serail:/dev/x"\n'),
        Status.FAILED,
        "did you mean serial:DEVICE",
    ),
    "a source twice": (
        "configuration",
        configure('[[source]]\nuse = "camera:0"\n' * 2),
        Status.FAILED,
        "name it once",
    ),
    "a source set as no port can be": (
        "configuration",
        configure('[[source]]\nuse = "serial:/dev/x"\nbaud = 1\n'),
        Status.FAILED,
        "[[source]]",
    ),
    "a scanner set as a camera": (
        "configuration",
        configure('[[source]]\nuse = "stdin:"\n[source.camera]\ngain = 1\n'),
        Status.FAILED,
        "[source.camera]",
    ),
    "a dock that would stay shut": (
        "configuration",
        configure(
            '[[source]]\nuse = "serial:/dev/x"\nfeedback = "datalogic"\n'
            "quarantine_disables = true\n"
        ),
        Status.FAILED,
        "add another reader",
    ),
    "an output that is none": (
        "configuration",
        configure('[[source]]\nuse = "screen:"\n[[output]]\nuse = "bord:/dev/x"\n'),
        Status.FAILED,
        "board:DEVICE",
    ),
    "unknown key": ("configuration", configure("colour = 1\n"), Status.FAILED, "Known here"),
    "key for all to read": (
        "keys",
        lambda site: (site / "keys" / "station-key.pem").chmod(0o644),
        Status.FAILED,
        "chmod 600",
    ),
    "key for the group to read": (
        "keys",
        lambda site: (site / "keys" / "station-key.pem").chmod(0o640),
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
        "station db restore FILE",
    ),
    "damaged database": (
        "station-database",
        lambda site: damage(site / "station.db"),
        Status.FAILED,
        "station db restore FILE",
    ),
    "damaged registry": (
        "registry",
        lambda site: damage(site / "registry" / "registry-1.db"),
        Status.FAILED,
        "station sync",
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


def test_sources_that_a_dock_could_start_with_are_fine(site: Path) -> None:
    configure(
        '[[source]]\nuse = "screen:"\n[[source]]\nuse = "serial:/dev/x"\nbaud = 115200\n'
        '[[source]]\nuse = "camera:0"\n[source.camera]\ngain = 1\n'
        '[[output]]\nuse = "tower:/dev/y"\n'
    )(site)
    assert found(site, "configuration").status is Status.OK


@pytest.mark.parametrize("check", ["station-database", "integrity"])
def test_what_puts_a_damaged_database_right_is_named_and_does(site: Path, check: str) -> None:
    assert station("db", "backup", "--site", str(site)).code == 0
    damage(site / "station.db")
    finding = found(site, check)
    assert finding.status is Status.FAILED
    assert finding.text.isprintable()
    words = shlex.split(finding.mend.partition(": ")[2])
    assert words[:3] == ["station", "db", "restore"]
    assert station(*words[1:], "--site", str(site)).code == 0
    assert found(site, check).status is Status.OK


def fetch_whole(site: Path) -> None:
    origin = str(made_site().published)
    done = station("sync", "--whole", "--from", origin, "--site", str(site))
    assert done.code == 0, done.err


@pytest.mark.parametrize("check", ["registry", "integrity"])
def test_what_puts_a_damaged_registry_right_is_named_and_does(site: Path, check: str) -> None:
    damage(site / "registry" / "registry-1.db")
    finding = found(site, check)
    assert (finding.status, finding.mend) == (Status.FAILED, "station sync --whole")
    fetch_whole(site)
    assert found(site, check).status is Status.OK


def test_a_bit_in_a_row_of_the_registry_is_found_and_put_right(site: Path) -> None:
    path = site / "registry" / "registry-1.db"
    serial = made_site().genuine[-1].identity.serial.encode()
    content = path.read_bytes()
    at = content.rindex(serial) + len(serial) - 1
    path.chmod(0o644)
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    finding = found(site, "integrity")
    assert (finding.status, finding.mend) == (Status.FAILED, "station sync --whole")
    assert "are not the content its publisher signed" in finding.text
    checked = station("db", "check", "--site", str(site))
    assert checked.code == 4
    assert "station sync --whole" in checked.err
    fetch_whole(site)
    assert found(site, "integrity").status is Status.OK
    assert station("db", "check", "--site", str(site)).code == 0


def test_a_site_named_is_named_in_what_mends_it_too(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("doctor", "--only", "engine", "--json")
    assert f"--site {site}\n" in station(*command, "--site", str(site)).err
    monkeypatch.setenv("STATION_SITE", str(site))
    assert station(*command).err == ""


def test_what_a_folder_is_called_steers_no_terminal(tmp_path: Path) -> None:
    site = tmp_path / "\x1b[2J"
    done = station("doctor", "--only", "configuration", "--site", str(site))
    assert done.code == 1
    assert (done.out + done.err).replace("\n", "").isprintable()


def test_what_a_run_is_given_is_what_is_checked(site: Path) -> None:
    command = ("doctor", "--only", "configuration", "--site", str(site), "--json")
    (finding,) = station(*command, "--set", "source=serial:/dev/x").json
    assert finding["text"].endswith("1 sources")


def test_without_a_configuration_the_checks_of_the_site_are_skipped(tmp_path: Path) -> None:
    findings = {finding.check: finding for finding in examine(tmp_path / "none")}
    assert findings["configuration"].status is Status.FAILED
    site_checks = set(ALL_CHECKS) - set(MACHINE_CHECKS) - {"configuration"}
    assert {findings[name].status for name in site_checks} == {Status.SKIPPED}


@pytest.mark.parametrize("name", ["clock", "keys", "engine"])
def test_a_check_that_could_not_take_place_is_no_check_passed(tmp_path: Path, name: str) -> None:
    done = station("doctor", "--only", name, "--site", str(tmp_path / "none"), "--json")
    assert [finding["check"] for finding in done.json] == ["configuration", name]
    assert done.code == 1, "a script that asks for one check is told, too"
    assert station("doctor", "--only", "disk", "--site", str(tmp_path / "none")).code == 0


def test_on_a_terminal_no_word_is_broken_and_a_mend_stays_whole(site: Path) -> None:
    (site / "keys" / "station-key.pem").chmod(0o644)
    argv = (sys.executable, "-m", "station", "doctor", "--site", str(site))
    with Pty(argv) as screen:
        assert screen.process.wait(60) == 1
        lines = screen.read().decode().replace("\r", "").split("\n")
    plain = station("doctor", "--only", "environment", "--only", "keys", "--site", str(site)).out
    said = [line for line in lines if "->" not in line and str(site) not in line]
    assert max(map(len, said)) <= 80
    unwrapped = " ".join("\n".join(lines).split())
    assert all(" ".join(line.split()) in unwrapped for line in plain.splitlines())
    assert f"{'':26}-> chmod 600 {site}/keys/station-key.pem" in lines


def test_a_disk_that_runs_full_is_found(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(site, "disk").status is Status.OK
    monkeypatch.setattr(checkup, "MIN_FREE_BYTES", 1 << 62)
    finding = found(site, "disk")
    assert (finding.status, "free some room" in finding.mend) == (Status.FAILED, True)


@pytest.mark.parametrize(
    ("environment", "status", "said"),
    [
        ({}, Status.OK, "256 colours or more"),
        ({"COLORTERM": "truecolor"}, Status.OK, "256 colours or more"),
        ({"TERM": "xterm-16color"}, Status.OK, "16 colours"),
        ({"TERM": "linux"}, Status.OK, "16 colours"),
        ({"NO_COLOR": "1"}, Status.OK, "no colours"),
        ({"TERM": "dumb"}, Status.FAILED, "TERM 'dumb'"),
        ({"TERM": ""}, Status.FAILED, "TERM ''"),
        ({"LC_ALL": "C"}, Status.WARNING, "in ASCII"),
        ({"LC_ALL": "de_DE.ISO-8859-1"}, Status.WARNING, "in ASCII"),
    ],
)
def test_what_a_terminal_can_show_is_told_as_the_screens_see_it(
    site: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    status: Status,
    said: str,
) -> None:
    on_a_terminal(monkeypatch, environment=environment)
    finding = found(site, "terminal")
    assert (finding.status, said in finding.text) == (status, True), finding
    assert (status is Status.OK) or finding.mend.startswith("export ")


@pytest.mark.parametrize(
    ("columns", "lines", "status"),
    [(80, 24, Status.OK), (40, 12, Status.OK), (39, 24, Status.FAILED), (80, 11, Status.FAILED)],
)
def test_a_terminal_that_is_too_small_is_found(
    site: Path, monkeypatch: pytest.MonkeyPatch, columns: int, lines: int, status: Status
) -> None:
    on_a_terminal(monkeypatch, (columns, lines))
    finding = found(site, "terminal")
    assert finding.status is status
    assert (finding.status is Status.OK) == (finding.mend == "")


def test_a_package_that_is_missing_is_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "PACKAGES", ("click", "no-such-package"))
    finding = found(site, "environment")
    assert finding.status is Status.FAILED
    assert finding.text == "not installed: no-such-package"
    assert "scripts/station" in finding.mend


def test_what_may_not_be_looked_at_is_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_root: Path) -> Finding:
        raise PermissionError(13, "Permission denied", "/there\x1b[2J")

    monkeypatch.setitem(MACHINE_CHECKS, "disk", refused)
    finding = found(site, "disk")
    assert finding.status is Status.FAILED
    assert finding.text == "cannot look at /there\ufffd[2J: Permission denied"
    assert "user who owns the site" in finding.mend


def test_a_second_decoder_that_is_missing_is_named(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.decoders.zbar.unavailable_because", lambda: "there is no zbar")
    finding = found(site, "decoders")
    assert (finding.status, finding.text) == (Status.WARNING, "there is no zbar")
    assert finding.mend.startswith("sudo apt-get install libzbar0")
    monkeypatch.setattr("station.decoders.zbar.unavailable_because", lambda: None)
    assert found(site, "decoders").status is Status.OK


def test_the_page_says_of_every_check_when_it_fails() -> None:
    page = (ROOT / "docs" / "how-to" / "run-a-station.md").read_text("utf-8")
    table = page.partition("| check | fails when | do |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    assert rows == list(ALL_CHECKS)
