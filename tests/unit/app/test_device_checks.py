"""Doctor's look at cameras and the clock: each fault is found with the command that mends it."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pytest

from station.app.checkup import Status
from station.app.clock import LinuxClock, SystemClock
from station.app.config import load
from station.app.intake_session import load_station_key
from station.app.scanner_check import section_of, settings_digest
from station.app.site_paths import SitePaths
from station.core.clock_check import ClockReading
from station.labels.picture import LabelContent
from station.labels.scene import Conditions, draw_scene
from station.labels.symbols import SymbolKind
from station.ports.frames import Frame
from station.ports.health import Health, HealthStatus
from station.storage.scanner_certificates import ScannerCertificate, write_certificate
from station.transport.engine_socket.client import EngineClient
from tests.fakes.camera_server import showing
from tests.fakes.command_line import station
from tests.fakes.decoder import UNIT, Pixels
from tests.fakes.display import snapshot
from tests.fakes.examined import found
from tests.fakes.made_site import made_site
from tests.fakes.running_engine import running_engine

LABEL: Final = LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX)
_NS_A_S: Final = 1_000_000_000


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return made_site().copy_site(tmp_path)


def with_sources(site: Path, *uses: str) -> Path:
    with (site / "station.toml").open("a", encoding="utf-8") as file:
        file.writelines(f'[[source]]\nuse = "{use}"\n' for use in uses)
    return site


@dataclass
class ShownCamera:
    """Frames of one picture at a rate, by their own clock.

    Attributes:
        picture: What it shows.
        frames_per_s: How often.
        given: How many were taken.
    """

    picture: Pixels
    frames_per_s: float = 30.0
    given: int = 0
    is_closed: bool = False

    def frames(self) -> Iterator[Frame]:
        while not self.is_closed:
            self.given += 1
            at_ns = round(self.given * _NS_A_S / self.frames_per_s)
            yield Frame(self.picture, at_ns, "shown", still=False, number=self.given)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> ShownCamera:
    """What every camera is until the test ends."""
    camera = ShownCamera(draw_scene([], 3, Conditions(0.7, 4.2)))

    def opened(*_what: Any, **_how: Any) -> ShownCamera:
        return camera

    monkeypatch.setattr("station.cameras.open_source", opened)
    return camera


class TestCamera:
    def test_a_site_without_one(self, site: Path) -> None:
        assert found(site, "camera").status is Status.SKIPPED

    def test_one_that_is_not_plugged_in(self, site: Path) -> None:
        finding = found(with_sources(site, "camera:999"), "camera")
        assert finding.status is Status.FAILED
        assert "/dev/video999" in finding.text

    def test_a_good_one_without_a_label_before_it(self, site: Path, shown: ShownCamera) -> None:
        finding = found(with_sources(site, "camera:0"), "camera")
        assert (finding.status, finding.mend) == (Status.OK, "")
        assert finding.text.startswith("camera:0: 30 frames a second")
        assert shown.is_closed
        assert shown.given <= 21

    def test_a_good_one_with_a_label(self, site: Path, shown: ShownCamera) -> None:
        shown.picture = draw_scene([LABEL], 3, Conditions(0.7, 4.2))
        finding = found(with_sources(site, "camera:0"), "camera")
        assert finding.status is Status.OK
        assert "edges are soft by" in finding.text
        assert "30 frames a second" in finding.text

    def test_a_slow_one(self, site: Path, shown: ShownCamera) -> None:
        shown.frames_per_s = 2.0
        finding = found(with_sources(site, "camera:0"), "camera")
        assert finding.status is Status.FAILED
        assert "2 frames a second" in finding.text
        assert "a faster camera" in finding.mend
        assert finding.mend.endswith("station camera check camera:0")

    def test_one_out_of_focus(self, site: Path, shown: ShownCamera) -> None:
        sharp = draw_scene([LABEL], 3, torn=True)
        shown.picture = cv2.GaussianBlur(sharp, (0, 0), 6.0).astype(np.uint8)
        finding = found(with_sources(site, "camera:0"), "camera")
        assert finding.status is Status.FAILED
        assert "out of focus" in finding.text
        assert "set the focus" in finding.mend

    def test_of_several_the_worst_is_mended_and_all_are_told(
        self, site: Path, shown: ShownCamera
    ) -> None:
        shown.picture = np.full((480, 640), 3, np.uint8)
        finding = found(with_sources(site, "camera:0", "camera:1"), "camera")
        assert finding.status is Status.FAILED
        assert "camera:0: " in finding.text
        assert "camera:1: " in finding.text

    def test_the_password_of_a_network_camera_is_not_told(
        self, site: Path, shown: ShownCamera
    ) -> None:
        shown.frames_per_s = 1.0
        finding = found(with_sources(site, "camera:rtsp://eve:secret@192.0.2.4/1"), "camera")
        assert "secret" not in finding.text

    def test_beside_an_engine_its_own_word_is_taken(self, site: Path) -> None:
        with showing(draw_scene([], 3)) as camera:
            use = f"camera:{camera.url}"
            with running_engine(with_sources(site, use), use) as engine:
                engine.feed.health(lambda report: "delivers" in report.text)
                finding = found(site, "camera")
                assert camera.connections == 1, "nobody else opens it"
                assert finding.status is Status.OK
                assert "delivers" in finding.text
                engine.end()


class TestDevices:
    @pytest.mark.parametrize(
        "output",
        [
            'use = "board:/dev/nothing"',
            'use = "tower:/dev/nothing"',
            'use = "modbus-rtu:/dev/nothing"\ncoils = {red = 0}',
        ],
    )
    def test_an_output_that_is_not_plugged_in(self, site: Path, output: str) -> None:
        with (site / "station.toml").open("a", encoding="utf-8") as file:
            file.write(f"[[output]]\n{output}\n")
        finding = found(site, "devices")
        assert (finding.status, finding.text) == (Status.FAILED, "not plugged in: /dev/nothing")

    @pytest.mark.parametrize("allowed", [os.R_OK, os.W_OK])
    def test_one_that_may_not_be_both_read_and_written(
        self, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int
    ) -> None:
        node = tmp_path / "node"
        node.touch()
        with_sources(site, f"serial:{node}")
        assert found(site, "devices").status is Status.OK
        monkeypatch.setattr(os, "access", lambda _path, mode: mode & ~allowed == 0)
        finding = found(site, "devices")
        assert (finding.status, finding.text) == (Status.FAILED, f"no access to {node}")
        assert finding.mend.startswith("sudo usermod -aG dialout,input")


class TestScanners:
    @pytest.mark.parametrize(
        ("days", "passed", "status", "said"),
        [
            (0, True, Status.OK, "certified 0 days ago"),
            (180, True, Status.OK, "certified 180 days ago"),
            (181, True, Status.WARNING, "certified 181 days ago"),
            (0, False, Status.WARNING, "failed its check"),
        ],
    )
    def test_a_certificate_has_its_time(
        self, site: Path, days: int, passed: bool, status: Status, said: str
    ) -> None:
        use = "serial:/dev/x"
        paths = SitePaths(with_sources(site, use))
        when = datetime.fromisoformat(SystemClock().now_utc()) - timedelta(days=days, minutes=1)
        certificate = ScannerCertificate(
            use,
            settings_digest(section_of(load(paths.config), use)),
            when.isoformat(),
            "0.1.0",
            "dock-1",
            {},
            "",
            passed,
        )
        paths.scanners.mkdir()
        write_certificate(paths.scanners, certificate, load_station_key(paths))
        finding = found(site, "scanners")
        assert (finding.status, finding.text) == (status, f"{use}: {said}")
        assert finding.mend == (
            "" if status is Status.OK else f"station scanner check --source {use}"
        )


class TestClock:
    def test_one_that_is_right(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        finding = found(site, "clock")
        assert finding.status is Status.OK
        assert "nobody says" in finding.text

    @pytest.mark.parametrize("witness", ["the journal", "the publisher's signature"])
    def test_one_that_is_behind_what_has_happened(
        self, site: Path, monkeypatch: pytest.MonkeyPatch, witness: str
    ) -> None:
        if witness == "the journal":
            done = station("scan", "--source", "stdin:", "--site", str(site), stdin=b"x\n")
            assert done.code == 1
            (site / "registry" / "current").unlink()
            (site / "clock.json").unlink()
        long_ago = ClockReading(1_577_836_800_000, 1, "this start")
        monkeypatch.setattr(LinuxClock, "read", lambda _self: long_ago)
        finding = found(site, "clock")
        assert finding.status is Status.FAILED
        assert witness in finding.text
        assert "timedatectl" in finding.mend
        assert "station clock --confirm" in finding.mend

    @pytest.mark.parametrize(
        ("told", "status", "said"),
        [
            ("echo yes", Status.OK, ", synchronised"),
            ("echo no", Status.WARNING, "nothing synchronises it"),
            ("exit 1", Status.OK, "nobody says"),
        ],
    )
    def test_what_the_system_says(
        self, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        told: str, status: Status, said: str,
    ) -> None:  # fmt: skip
        program = tmp_path / "timedatectl"
        program.write_text(f"#!/bin/sh\n{told}\n", "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        finding = found(site, "clock")
        assert finding.status is status
        assert said in finding.text
        assert status is Status.OK or finding.mend == "sudo timedatectl set-ntp true"


def test_a_look_has_an_end_however_slow_the_camera(
    site: Path, shown: ShownCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.app.device_checks.CAMERA_LOOKS_S", 0.0)
    found(with_sources(site, "camera:0"), "camera")
    assert shown.given == 1


def test_of_an_engines_cameras_every_one_counts(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = (
        Health("camera:192.0.2.4/1", HealthStatus.OK, "a delivers 640 × 480 pixels"),
        Health("camera:192.0.2.5/1", HealthStatus.FAILED, "b gives no picture; check its power"),
        Health("scanner", HealthStatus.FAILED, "c is gone; plug it in"),
    )
    monkeypatch.setattr("station.transport.engine_socket.address.is_answered", lambda _path: True)
    monkeypatch.setattr(EngineClient, "wait", lambda _self, _s: (snapshot(health=health),))
    (site / "run" / "engine.sock").touch()
    finding = found(with_sources(site, "camera:http://192.0.2.4/1"), "camera")
    assert finding.status is Status.FAILED
    assert finding.text == "a delivers 640 × 480 pixels; b gives no picture"
    assert finding.mend == "check its power"


def test_an_engine_that_does_not_answer_is_told(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.transport.engine_socket.address.is_answered", lambda _path: True)
    monkeypatch.setattr(EngineClient, "wait", lambda _self, _timeout_s: ())
    monkeypatch.setattr("station.app.device_checks._ANSWER_WITHIN_S", 0.0)
    (site / "run" / "engine.sock").touch()
    finding = found(with_sources(site, "camera:0"), "camera")
    assert finding.status is Status.SKIPPED
    assert "station doctor" in finding.mend
