"""Doctor's checks of what a site keeps and what serves it: each fault is found with its mend."""

import json
import stat
from pathlib import Path
from typing import Final

import pytest

from station.app import panel, site_checks
from station.app.checkup import Status
from station.app.clock import SystemClock
from station.app.panel import arc_minutes, letter_mm, panel_height_mm, picture_height_mm
from station.storage.registry_files import GenerationFiles
from station.storage.registry_generations import RegistryFolder
from tests.docs.pages import ROOT
from tests.fakes.command_line import station
from tests.fakes.event_receiver import Receiver, served
from tests.fakes.examined import found
from tests.fakes.made_site import made_site
from tests.fakes.player import FakePlayer
from tests.fakes.seen_terminal import on_a_terminal


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return made_site().copy_site(tmp_path)


def origin(site: Path, where: Path) -> None:
    path = site / "station.toml"
    path.write_text(path.read_text("utf-8").replace('from = ""', f'from = "{where}"'), "utf-8")


class TestIntegrity:
    def test_of_a_sound_site(self, site: Path) -> None:
        assert found(site, "integrity").status is Status.OK

    @pytest.mark.parametrize("name", ["station.db", "registry/registry-1.db"])
    def test_a_damaged_database_is_named(self, site: Path, name: str) -> None:
        path = site / name
        path.chmod(0o644)
        content = bytearray(path.read_bytes())
        content[-4096:] = b"\xff" * 4096
        path.write_bytes(content)
        finding = found(site, "integrity")
        assert finding.status is Status.FAILED
        assert path.name in finding.text

    def test_what_was_laid_over_the_registry_is_read_too(
        self, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        base, over = site / "registry" / "registry-1.db", tmp_path / "over.db"
        over.write_bytes(base.read_bytes()[:4096] + b"\xa5" * (base.stat().st_size - 4096))
        monkeypatch.setattr(
            RegistryFolder, "files", lambda _self, _stored: GenerationFiles(base, over)
        )
        finding = found(site, "integrity")
        assert finding.status is Status.FAILED
        assert str(over) in finding.text

    def test_a_large_registry_is_left_to_the_command_that_reads_it(
        self, site: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(site_checks, "MAX_READ_BYTES", 10)
        assert "station db check" in found(site, "integrity").text


def sends(site: Path, **keys: str) -> None:
    said = {"to": "https://127.0.0.1/capture", **keys}
    lines = "".join(f'{name} = "{value}"\n' for name, value in said.items())
    path = site / "station.toml"
    path.write_text(f"{path.read_text('utf-8')}\n[upload]\n{lines}", "utf-8")


class TestServers:
    def test_of_a_site_that_talks_to_none(self, site: Path) -> None:
        assert found(site, "servers").status is Status.SKIPPED

    @pytest.mark.parametrize("section", ["sync", "upload"])
    def test_a_file_that_is_not_there_is_found(self, site: Path, section: str) -> None:
        path = site / "station.toml"
        if section == "sync":
            text = path.read_text("utf-8")
            key = 'from = "https://127.0.0.1/"\nca_file = "none.pem"'
            path.write_text(text.replace('from = ""', key), "utf-8")
        else:
            sends(site, ca_file="none.pem")
        finding = found(site, "servers")
        assert finding.status is Status.FAILED
        assert "none.pem" in finding.text
        assert f"[{section}]" in finding.mend

    def test_of_what_can_be_used(self, site: Path) -> None:
        sends(site)
        assert found(site, "servers").text.endswith("server of events can be used")


class TestEvents:
    @pytest.fixture
    def scanned(self, site: Path) -> Path:
        payload = made_site().genuine[0].payload + b"\n"
        assert station("scan", "--site", str(site), "--source", "stdin:", stdin=payload).code == 0
        return site

    def test_that_stay_here(self, scanned: Path) -> None:
        assert found(scanned, "events").status is Status.SKIPPED

    def test_that_wait(self, scanned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sends(scanned)
        assert found(scanned, "events").text == "1 wait for the next sync"
        monkeypatch.setattr(SystemClock, "now_utc", lambda self: "2099-01-01T00:00:00.000Z")
        finding = found(scanned, "events")
        assert (finding.status, finding.mend) == (Status.WARNING, "station sync")

    def test_that_were_sent_or_refused(self, scanned: Path) -> None:
        with served(Receiver(refuses=lambda event: True)) as it:
            sends(scanned)
            text = (scanned / "station.toml").read_text("utf-8")
            text = text.replace("https://127.0.0.1/capture", it.address)
            (scanned / "station.toml").write_text(text, "utf-8")
            ways = ("--site", str(scanned), "--allow-http")
            station("outbox", "send", *ways)
            assert "station outbox list" in found(scanned, "events").mend
            it.receiver.refuses = lambda event: False
            station("outbox", "retry", *ways)
        assert found(scanned, "events").text == "all were sent"


class TestSignatures:
    def test_of_what_was_fetched(self, site: Path) -> None:
        finding = found(site, "signatures")
        assert finding.status is Status.OK
        assert "good until" in finding.text

    def test_what_has_run_out_is_told(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SystemClock, "now_utc", lambda _self: "2199-01-01T00:00:00.000Z")
        finding = found(site, "signatures")
        assert (finding.status, finding.mend) == (Status.WARNING, "station sync")
        assert "but only until" in finding.text

    @pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
    def test_changed_metadata_is_found(self, site: Path, role: str) -> None:
        path = site / "trust" / "metadata" / f"{role}.json"
        told = json.loads(path.read_bytes())
        told["signed"]["version"] += 1
        path.write_text(json.dumps(told), "utf-8")
        finding = found(site, "signatures")
        assert finding.status is Status.FAILED
        assert "station sync" in finding.mend

    def test_a_brands_metadata_too(self, site: Path) -> None:
        path = next((site / "trust" / "metadata").glob("brand-*.json"))
        told = json.loads(path.read_bytes())
        told["signatures"] = []
        path.write_text(json.dumps(told), "utf-8")
        assert found(site, "signatures").status is Status.FAILED

    def test_another_root_than_the_pinned_one(self, site: Path) -> None:
        path = site / "trust" / "root.json"
        told = json.loads(path.read_bytes())
        told["signed"]["expires"] = "2099-01-01T00:00:00Z"
        path.write_text(json.dumps(told), "utf-8")
        assert found(site, "signatures").status is Status.FAILED

    @pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"signed":{}}'])
    def test_any_bytes_are_told_never_a_traceback(self, site: Path, content: bytes) -> None:
        (site / "trust" / "metadata" / "timestamp.json").write_bytes(content)
        assert found(site, "signatures").status is Status.FAILED

    def test_a_missing_file_is_named(self, site: Path) -> None:
        (site / "trust" / "metadata" / "snapshot.json").unlink()
        assert "snapshot.json" in found(site, "signatures").text


class TestLastSync:
    def test_a_site_that_fetches_from_nowhere(self, site: Path) -> None:
        assert found(site, "last-sync").status is Status.SKIPPED

    def test_is_remembered_by_the_command(self, site: Path) -> None:
        origin(site, made_site().published)
        (site / "last-sync.json").unlink(missing_ok=True)
        assert found(site, "last-sync").mend == "station sync"
        assert station("sync", "--site", str(site)).code == 0
        finding = found(site, "last-sync")
        assert (finding.status, finding.text) == (Status.OK, "0 minutes ago")

    @pytest.mark.parametrize(
        ("content", "status"),
        [
            ('{"time_utc": "2020-01-01T00:00:00.000Z"}', Status.WARNING),
            ('{"time_utc": "2020-01-01T00:00:00"}', Status.FAILED),
            ("{}", Status.FAILED),
            ("[]", Status.FAILED),
            ("\x00", Status.FAILED),
        ],
    )
    def test_an_old_or_damaged_one(self, site: Path, content: str, status: Status) -> None:
        origin(site, made_site().published)
        (site / "last-sync.json").write_text(content, "utf-8")
        finding = found(site, "last-sync")
        assert finding.status is status
        assert "station sync" in finding.mend

    def test_one_that_had_to_do_without_the_deltas(self, site: Path) -> None:
        origin(site, made_site().published)
        told = {"time_utc": SystemClock().now_utc(), "fallback": "they do not follow\x1b[2J"}
        (site / "last-sync.json").write_text(json.dumps(told), "utf-8")
        finding = found(site, "last-sync")
        assert finding.status is Status.WARNING
        assert "fetched whole: they do not follow" in finding.text
        assert "\x1b" not in finding.text
        assert "tell the publisher" in finding.mend


class TestSound:
    def test_without_a_player(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        finding = found(site, "sound")
        assert finding.status is Status.WARNING
        assert "apt-get install" in finding.mend

    def test_switched_off(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STATION_SOUND_ENABLED", "false")
        assert found(site, "sound").status is Status.SKIPPED

    def test_with_a_player_but_no_card(
        self, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(FakePlayer(tmp_path).folder))
        finding = found(site, "sound")
        if not Path("/dev/snd").is_dir():
            assert (finding.status, finding.text) == (
                Status.WARNING,
                "this machine has no sound card",
            )


class TestService:
    @pytest.mark.parametrize(
        ("told", "status", "said"),
        [
            ("LoadState=not-found\nActiveState=inactive", Status.SKIPPED, "run-as-a-service"),
            (
                "LoadState=loaded\nActiveState=active\nWatchdogUSec=0",
                Status.FAILED,
                f"sudo cp {ROOT}/config/systemd/intake-station.service /etc/systemd/system/ && ",
            ),
            (
                "LoadState=loaded\nActiveState=active\nWatchdogUSec=infinity",
                Status.FAILED,
                "the service has no watchdog",
            ),
            (
                "LoadState=loaded\nActiveState=failed\nWatchdogUSec=30s",
                Status.FAILED,
                "sudo systemctl restart",
            ),
            (
                "LoadState=loaded\nActiveState=inactive\nWatchdogUSec=30s",
                Status.WARNING,
                "sudo systemctl enable --now",
            ),
            (
                "LoadState=loaded\nActiveState=active\nWatchdogUSec=30s\nNRestarts=2",
                Status.OK,
                "started again 2 times",
            ),
            ("", Status.SKIPPED, "run-as-a-service"),
        ],
    )
    def test_what_systemd_says(
        self,
        site: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        told: str,
        status: Status,
        said: str,
    ) -> None:
        program = tmp_path / "systemctl"
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{told}\nEND\n", "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        finding = found(site, "service")
        assert finding.status is status
        assert said in finding.text + finding.mend

    def test_where_there_is_no_systemd(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        assert found(site, "service").status is Status.SKIPPED


EDID: Final = bytearray(b"\x00\xff\xff\xff\xff\xff\xff\x00" + bytes(120))


def edid(height_cm: int = 0, height_mm: int = 0) -> bytes:
    made = bytearray(EDID)
    made[22] = height_cm
    if height_mm:
        made[54:56] = b"\x01\x1d"
        made[54 + 13], made[54 + 14] = height_mm & 0xFF, height_mm >> 8
    return bytes(made)


class TestPanel:
    @pytest.mark.parametrize(
        ("content", "height"),
        [
            (edid(30), 300),
            (edid(30, 299), 299),
            (edid(30, 600), 600),
            (edid(), None),
            (b"", None),
            (b"\xff" * 128, None),
            (edid(30)[:127], None),
        ],
    )
    def test_a_monitors_own_word(self, content: bytes, height: int | None) -> None:
        assert picture_height_mm(content) == height

    def test_only_one_connected_monitor_counts(self, tmp_path: Path) -> None:
        for name, state in (("card0-DP-1", "connected"), ("card0-HDMI-A-1", "disconnected")):
            (tmp_path / name).mkdir()
            (tmp_path / name / "status").write_text(f"{state}\n", "ascii")
            (tmp_path / name / "edid").write_bytes(edid(30))
        assert panel_height_mm(tmp_path) == 300
        (tmp_path / "card0-HDMI-A-1" / "status").write_text("connected\n", "ascii")
        assert panel_height_mm(tmp_path) is None
        assert panel_height_mm(tmp_path / "nowhere") is None

    def test_the_angle_of_a_letter(self) -> None:
        assert arc_minutes(2000 * 2 * 0.0029089) == pytest.approx(20, rel=0.01)

    def test_more_lines_make_smaller_letters(self) -> None:
        few, many = letter_mm(80, 24, 300), letter_mm(240, 80, 300)
        assert 15 < few < 120
        assert letter_mm(80, 24, 600) == pytest.approx(2 * few)
        assert 0 < letter_mm(40, 12, 60) < 60
        assert many > 0

    @pytest.mark.parametrize(("height_mm", "status"), [(300, Status.OK), (40, Status.WARNING)])
    def test_doctor_says_whether_it_is_read_with_ease(
        self, site: Path, monkeypatch: pytest.MonkeyPatch, height_mm: int, status: Status
    ) -> None:
        on_a_terminal(monkeypatch, panel_mm=height_mm)
        finding = found(site, "terminal")
        assert finding.status is status
        assert "arc minutes" in finding.text
        assert panel.GOOD_ARC_MINUTES == 22
