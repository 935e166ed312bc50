"""Checking a camera through the command line: pictures, videos, live, with a preview on a pty."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pytest
from PIL import Image

from station.labels.picture import LabelContent
from station.labels.scene import Conditions, draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.camera_server import showing
from tests.fakes.command_line import Outcome, station
from tests.fakes.decoder import UNIT, Pixels
from tests.fakes.frames import write_video
from tests.fakes.source import DEADLINE_S
from tests.fakes.terminal import ROOT, STATION, Pty, until

LABEL: Final = LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX)


def scene(module_px: float = 4.2) -> Pixels:
    return draw_scene([LABEL], 3, Conditions(0.7, module_px))


def check(source: str, *options: str) -> Outcome:
    """The command in this process, its way with signals taken back afterwards."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        return station("camera", "check", source, *options)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def saved(folder: Path, *pictures: Pixels) -> str:
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number}.png")
    return f"images:{folder}"


def ended(terminal: Pty) -> int:
    """Take what it writes until it ends: a full pty would hold it up."""

    def is_over() -> bool:
        terminal.read()
        return terminal.process.poll() is not None

    until(is_over, lambda: f"its end in {terminal.output[-2000:]!r}")
    return terminal.process.wait()


class TestPictures:
    def test_a_good_camera_passes(self, tmp_path: Path) -> None:
        done = check(saved(tmp_path, scene()))
        assert done.code == 0, done
        state, *findings = done.out.splitlines()
        assert "1 read; 4.4 px a module" in state
        assert [line.split()[:2] for line in findings] == [
            ["ok", subject] for subject in ("label", "distance", "focus", "exposure", "light")
        ]
        assert done.err == ""

    def test_a_camera_too_far_away_is_told_how_far_to_move(self, tmp_path: Path) -> None:
        source = saved(tmp_path, scene(1.5))
        by_share = check(source)
        assert by_share.code == 1
        assert "FAILED  distance  1.6 pixels a module" in by_share.out
        assert "-> move 47 % closer" in by_share.out
        assert "-> move 19 cm closer" in check(source, "--distance", "40").out

    def test_a_smear_is_told_with_the_exposure_for_the_belts_speed(self, tmp_path: Path) -> None:
        motion = np.ones((1, 9), np.float32) / 9
        source = saved(tmp_path, cv2.filter2D(scene(), -1, motion).astype(np.uint8))
        done = check(source, "--speed", "1", "--module-mm", "0.4")
        assert done.code == 1
        assert "FAILED  exposure" in done.out
        assert "at most 0.2 ms for 1 m/s and modules of 0.4 mm" in done.out

    @pytest.mark.parametrize(
        ("blur_px", "gain", "words"),
        [(6.0, 1.0, "out of focus"), (0.0, 0.03, "sees nothing but one grey"),
         (0.0, 0.17, "under-exposed"), (0.0, 4.0, "over-exposed")],
    )  # fmt: skip
    def test_a_bad_picture_is_told_with_its_mend(
        self, blur_px: float, gain: float, words: str, tmp_path: Path
    ) -> None:
        picture = draw_scene([LABEL], 3, torn=True)
        if blur_px:
            picture = cv2.GaussianBlur(picture, (0, 0), blur_px).astype(np.uint8)
        bad = (picture * gain).clip(0, 255).astype(np.uint8)
        done = check(saved(tmp_path, bad))
        assert done.code == 3
        assert "FAILED  picture" in done.out
        assert words in done.out
        assert "->" in done.out

    def test_a_picture_without_a_label_asks_for_one(self, tmp_path: Path) -> None:
        done = check(saved(tmp_path, draw_scene([], 3)))
        assert done.code == 3
        assert "FAILED  label     none in 1 picture\n" in done.out
        assert "hold a printed label" in done.err

    def test_one_broken_file_is_told_and_the_others_are_looked_at(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(b"broken")
        done = check(saved(tmp_path, scene()))
        assert done.code == 0
        assert "a.png" in done.err
        assert "read in 1 of 1 picture" in done.out

    def test_frames_and_once_end_it(self, tmp_path: Path) -> None:
        source = saved(tmp_path, *[scene()] * 3)
        for options, count in ((("--frames", "2"), 2), (("--once",), 1), ((), 3)):
            (summary,) = check(source, "--json", *options).json
            assert summary["frames"] == count


def test_a_video_has_a_rate_and_one_summary(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.avi", [scene()] * 12, 10.0)
    done = check(f"video:{video}", "--json", "--speed", "0.1")
    (summary,) = done.json
    assert done.code == 0
    assert (summary["source"], summary["passed"]) == (f"video:{video}", True)
    assert (summary["frames"], summary["read"], summary["modules"]) == (12, 12, 40)
    assert summary["frames_per_s"] == pytest.approx(10, abs=0.1)
    assert summary["module_px"] == pytest.approx(4.4, abs=0.1)
    assert summary["exposure_at_most_ms"] == pytest.approx(2.47, abs=0.01)
    assert {one["subject"] for one in summary["findings"]} == {
        "label", "distance", "focus", "exposure", "light", "rate",
    }  # fmt: skip


class TestErrors:
    @pytest.mark.parametrize(
        ("source", "code", "words"),
        [
            ("serial:/dev/x", 2, "station scanner check"),
            ("film:x", 2, "is no source"),
            ("camera:front door", 2, "write camera:0"),
            ("camera:99", 5, "connect it"),
            ("video:none.avi", 5, "check the path"),
            ("images:none.png", 5, "check the path"),
        ],
    )
    def test_what_cannot_be_checked_ends_in_what_to_do(
        self, source: str, code: int, words: str
    ) -> None:
        done = check(source)
        assert (done.code, words in done.err) == (code, True), done
        assert done.out == ""

    def test_settings_of_a_network_camera_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "station.toml").write_text(
            '[site]\nname = "s"\n[station]\nname = "d"\n'
            '[[source]]\nuse = "camera:http://u:secret@127.0.0.1:9/x"\n'
            "[source.camera]\nexposure_ms = 0.5\n",
            "utf-8",
        )
        done = check("camera:http://u:secret@127.0.0.1:9/x", "--site", str(tmp_path))
        assert done.code == 2
        assert "takes no settings from here" in done.err
        assert "secret" not in done.err


class TestLive:
    def test_a_script_gets_one_object(self) -> None:
        with showing(scene()) as camera:
            done = check(f"camera:{camera.url}", "--frames", "4", "--json", "--speed", "0")
        (summary,) = done.json
        assert done.code == 0, done
        assert (summary["frames"], summary["read"]) == (4, 4)
        assert summary["frames_per_s"] > 0

    def test_without_a_terminal_there_are_lines_and_ctrl_c_ends_with_a_summary(self) -> None:
        with showing(scene()) as camera:
            argv = [*STATION, "camera", "check", f"camera:{camera.url}"]
            process = subprocess.Popen(
                argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, text=True
            )
            assert process.stdout is not None
            first = process.stdout.readline()
            assert "1 read" in first
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 130
        assert "ok      label     read in" in out
        assert err == ""

    def test_a_camera_that_never_answers_is_a_device_error(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("station.app.commands.camera.CAMERA_ABSENT_S", 0.0)
        done = check("camera:http://127.0.0.1:1/x", "--once")
        assert done.code == 5
        assert "check its power, cable, network and address" in done.err

    def test_a_terminal_shows_the_picture_its_labels_and_the_advice(self) -> None:
        with showing(scene(1.5)) as camera:
            argv = [*STATION, "camera", "check", f"camera:{camera.url}", "--distance", "40"]
            with Pty(argv, (100, 40)) as terminal:
                terminal.see("\x1b[?1049h")
                terminal.see("▀")
                terminal.see(";5;51m")  # the label's outline
                terminal.see("move 19 cm closer")
                terminal.see("Ctrl+C ends")
                terminal.process.send_signal(signal.SIGINT)
                assert ended(terminal) == 130
                shown = terminal.read().decode()
        assert "Traceback" not in shown
        _, _, after = shown.rpartition("\x1b[?1049l")
        assert "FAILED  distance" in after

    def test_a_small_terminal_gets_words_and_plain_gets_no_preview(self) -> None:
        with showing(scene()) as camera:
            argv = [*STATION, "camera", "check", f"camera:{camera.url}"]
            with Pty(argv, (60, 8)) as terminal:
                terminal.see("distance")
                assert "▀" not in terminal.read().decode()
            with Pty([*argv, "--no-preview", "--once"], (100, 40)) as terminal:
                assert ended(terminal) == 0
                assert "\x1b" not in terminal.read().decode()


def test_the_preview_is_ascii_where_the_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with showing(scene()) as camera:
        program = (
            "import os, sys\n"
            "os.environ.update(LC_ALL='C', NO_COLOR='1')\n"
            "from station.app.main import main\n"
            f"sys.exit(main(['camera', 'check', 'camera:{camera.url}', '--frames', '2']))"
        )
        with Pty([sys.executable, "-c", program], (100, 40)) as terminal:
            assert ended(terminal) == 0
            shown = terminal.read().decode()
    preview, _, _ = shown.partition("\x1b[?1049l")
    assert "##" in preview
    assert preview.isascii()


def test_what_a_driver_refuses_is_a_line_of_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from station.cameras import stream
    from tests.fakes.capture import PLAIN, RecordedCapture

    monkeypatch.setattr(stream, "_require", lambda _path: None)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: RecordedCapture(PLAIN, [scene()] * 50))
    (tmp_path / "station.toml").write_text(
        '[site]\nname = "s"\n[station]\nname = "d"\n'
        '[[source]]\nuse = "camera:0"\n[source.camera]\ngain = 3\nframes_per_s = 30\n',
        "utf-8",
    )
    done = check("camera:0", "--frames", "3", "--site", str(tmp_path))
    assert done.code == 0, done
    assert "ok      settings  frames_per_s = 30" in done.out
    assert "warning settings  gain = 3 was not taken" in done.out
    assert "-> choose what its driver has (v4l2-ctl -L)" in done.out
    (summary,) = check("camera:0", "--once", "--json", "--site", str(tmp_path)).json
    assert [(one["name"], one["taken"]) for one in summary["settings"]] == [
        ("frames_per_s", True),
        ("gain", False),
    ]
    assert json.dumps(summary).isascii()
