"""The first-run wizard: answered by a file or a person, broken off and gone on with."""

import hashlib
import json
import shutil
import signal
import socket
import stat
import sys
import tomllib
from pathlib import Path

import pytest

from station.app.setup_devices import cameras, scanners
from station.app.setup_steps import STEPS
from tests.docs.pages import ROOT
from tests.fakes.command_line import station
from tests.fakes.made_site import made_site
from tests.fakes.terminal import Pty

MINIMAL = '[site]\nname = "berlin"\nstation = "dock-7"\n'


def answered(folder: Path, text: str) -> str:
    path = folder / "answers.toml"
    path.write_text(text, "utf-8")
    return str(path)


def settings(site: Path) -> dict[str, object]:
    return tomllib.loads((site / "station.toml").read_text("utf-8"))


def test_a_file_of_answers_makes_a_whole_dock(tmp_path: Path) -> None:
    site, published = tmp_path / "site", made_site().published
    root = published / "metadata" / "1.root.json"
    fingerprint = hashlib.sha256(root.read_bytes()).hexdigest()
    text = (
        f'{MINIMAL}language = "de"\n[keys]\nroot = "{root}"\nfingerprint = "{fingerprint}"\n'
        f'from = "{published}"\n[scanner]\nuse = "serial:/dev/x"\nfeedback = "zebra"\n'
        '[camera]\nuse = "camera:0"\n[sound]\nvolume_percent = 40\n'
    )
    done = station("setup", "--answers", answered(tmp_path, text), "--site", str(site), "--json")
    assert done.code == 0, done.err
    assert [(one["step"], one["status"]) for one in done.json] == [(name, "done") for name in STEPS]
    told = settings(site)
    assert told["site"] == {"name": "berlin", "language": "de"}
    assert told["source"] == [
        {"use": "serial:/dev/x", "feedback": "zebra"},
        {"use": "camera:0"},
    ]
    assert told["sound"] == {
        "enabled": True,
        "semitones": 0,
        "volume_percent": 40,
        "device": "",
    }
    written = (site / "station.toml").read_text("utf-8")
    assert "# A reader of this dock" in written
    assert "# What the operators read" in written, "the template's comments stay"
    assert (site / "check-sheet.pdf").read_bytes().startswith(b"%PDF-")
    assert station("sync", "--site", str(site)).code == 0
    assert station("doctor", "--only", "configuration", "--site", str(site)).code == 0


def test_what_was_done_is_not_done_again_and_hand_made_changes_stay(tmp_path: Path) -> None:
    site, file = tmp_path / "site", answered(tmp_path, MINIMAL)
    assert station("setup", "--answers", file, "--site", str(site)).code == 0
    config = site / "station.toml"
    config.write_text(config.read_text("utf-8").replace('"teal"\n', '"blue"\n', 1), "utf-8")
    before = config.read_bytes()
    again = station("setup", "--answers", file, "--site", str(site), "--json")
    assert {one["status"] for one in again.json} == {"before"}
    assert config.read_bytes() == before
    more = answered(tmp_path, f'{MINIMAL}[camera]\nuse = "camera:3"\n')
    third = station("setup", "--answers", more, "--again", "camera", "--site", str(site), "--json")
    assert [one["step"] for one in third.json if one["status"] == "done"] == ["camera"]
    assert settings(site)["dock"] == {"latch": True, "theme": "blue"}
    assert settings(site)["source"] == [{"use": "camera:3"}]


def test_a_step_that_fails_is_gone_on_with(tmp_path: Path) -> None:
    site = tmp_path / "site"
    wrong = answered(tmp_path, f'{MINIMAL}[keys]\nroot = "/nowhere"\nfingerprint = "0"\n')
    done = station("setup", "--answers", wrong, "--site", str(site))
    assert done.code == 2
    assert "fingerprint" in done.err
    told = station("setup", "--answers", answered(tmp_path, MINIMAL), "--site", str(site), "--json")
    statuses = {one["step"]: one["status"] for one in told.json}
    assert statuses == {name: "before" if name == "site" else "done" for name in STEPS}


def test_one_file_does_for_a_fleet(tmp_path: Path) -> None:
    file = answered(tmp_path, '[site]\nname = "berlin"\n')
    assert station("setup", "--answers", file, "--site", str(tmp_path / "site")).code == 0
    assert settings(tmp_path / "site")["station"] == {
        "name": socket.gethostname().partition(".")[0]
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{MINIMAL}[scaner]\nuse = 1\n", "did you mean 'scanner'?"),
        (f"{MINIMAL}[scanner]\nuze = 'x'\n", "did you mean 'use'?"),
        (f"{MINIMAL}[scanner]\nframing = 'x'\n", "framing"),
        ("[site\n", "mend that line"),
        (f"{MINIMAL}[sound]\nvolume_percent = 0\n", "sound.volume_percent"),
        (f"{MINIMAL}[scanner]\nuse = 'serail:/dev/x'\n", "did you mean serial:DEVICE"),
        (f"{MINIMAL}[camera]\nuse = 'camera'\n", "camera:URL-or-index"),
    ],
)
def test_a_wrong_answer_is_named(tmp_path: Path, text: str, said: str) -> None:
    site = tmp_path / "site"
    done = station("setup", "--answers", answered(tmp_path, text), "--site", str(site))
    assert done.code == 2
    assert said in done.err
    assert ".trial" not in done.err
    assert not list(tmp_path.glob("site/.station*"))


def test_the_example_of_answers_can_be_read(tmp_path: Path) -> None:
    text = (ROOT / "config" / "setup" / "answers.toml").read_text("utf-8")
    done = station("setup", "--answers", answered(tmp_path, text), "--site", str(tmp_path / "s"))
    assert "1.root.json" in done.err, "all but the publisher it has made up"


def test_the_sheet_goes_to_the_printer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "lp"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho \"$@\" > '{tmp_path}/printed'\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    site, file = tmp_path / "site", answered(tmp_path, f'{MINIMAL}[printer]\nqueue = "q1"\n')
    assert station("setup", "--answers", file, "--site", str(site)).code == 0
    printed = (tmp_path / "printed").read_text("utf-8")
    assert printed == f"-d q1 -o scaling=100 {site}/check-sheet.pdf\n"


def test_a_printer_that_refuses_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "lp"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'no such queue' >&2; exit 1\n", "utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    site, file = tmp_path / "site", answered(tmp_path, f'{MINIMAL}[printer]\nqueue = "q1"\n')
    done = station("setup", "--answers", file, "--site", str(site))
    assert done.code == 2
    assert "the sheet was not printed: no such queue" in done.err
    program.write_text("#!/bin/sh\n", "utf-8")
    again = station("setup", "--answers", file, "--site", str(site), "--json")
    assert {one["step"]: one["status"] for one in again.json}["printer"] == "done"


def test_a_step_taken_again_finds_what_it_did_before(tmp_path: Path) -> None:
    site, published = tmp_path / "site", made_site().published
    root = published / "metadata" / "1.root.json"
    fingerprint = hashlib.sha256(root.read_bytes()).hexdigest()
    text = (
        f'{MINIMAL}[keys]\nroot = "{root}"\nfingerprint = "{fingerprint}"\n'
        '[scanner]\nuse = "serial:/dev/x"\n[camera]\nuse = "camera:0"\n'
    )
    file = answered(tmp_path, text)
    assert station("setup", "--answers", file, "--site", str(site)).code == 0
    before = (site / "station.toml").read_bytes()
    again = [word for name in STEPS for word in ("--again", name)]
    done = station("setup", "--answers", file, *again, "--site", str(site), "--json")
    assert done.code == 0, done.err
    texts = {one["step"]: one["text"] for one in done.json}
    assert "was named already" in texts["scanner"]
    assert "was named already" in texts["camera"]
    assert texts["site"] == "kept: site berlin, station dock-7"
    assert (site / "station.toml").read_bytes() == before


def test_a_scanner_that_could_not_be_checked_is_named_all_the_same(tmp_path: Path) -> None:
    site = tmp_path / "site"
    text = f'{MINIMAL}[scanner]\nuse = "serial:/dev/nothing"\ncheck = true\n'
    done = station("setup", "--answers", answered(tmp_path, text), "--site", str(site), "--json")
    assert done.code == 0, done.err
    (told,) = [one["text"] for one in done.json if one["step"] == "scanner"]
    assert told.startswith("serial:/dev/nothing is named; it was not checked: ")
    assert settings(site)["source"] == [{"use": "serial:/dev/nothing"}]


def test_nobody_is_asked_where_nobody_is(tmp_path: Path) -> None:
    done = station("setup", "--site", str(tmp_path / "site"))
    assert done.code == 2
    assert "--answers FILE" in done.err


def test_a_person_is_asked_step_by_step(tmp_path: Path) -> None:
    site = tmp_path / "site"
    with Pty((sys.executable, "-m", "station", "setup", "--site", str(site))) as screen:
        for question, answer in (
            ("Name of the site", ""),
            ("cannot be left out", "Ber lin"),
            ("cannot be a site's name", "berlin"),
            ("Name of this station [dock-1]", "dock 1"),
            ("cannot be a station's name", ""),
            ("Language of its operators (en, zh, de, es) [en]", "spanish"),
            ("is not one of", "es"),
            ("root file, empty for later", "/nowhere"),
            ("cannot read the root file /nowhere", ""),
            ("address of the registry, empty for later", ""),
            ("to print", "q1"),
            ("there is no 'lp'" if shutil.which("lp") is None else "not printed", ""),
            ("Number of the scanner", "99"),
            ("there is no scanner 99: give a number of the list", "serail:/dev/x"),
            ("did you mean serial:DEVICE", "serial:/dev/x"),
            ("Check it with the sheet now?", "n"),
            ("Number of the camera", "0"),
            ("in semitones", "-3"),
            ("Volume in percent", "500"),
            ("is not in the range", "60"),
        ):
            screen.see(question)
            screen.send(answer.encode() + b"\r")
        screen.see("then station doctor")
        assert screen.process.wait(60) == 0
    told = settings(site)
    assert told["site"] == {"name": "berlin", "language": "es"}
    assert told["source"] == [{"use": "serial:/dev/x"}]
    assert told["sound"] == {"semitones": -3, "volume_percent": 60}
    assert json.loads((site / "setup.json").read_bytes()) == sorted(STEPS)


def test_what_was_typed_with_care_is_not_typed_twice(tmp_path: Path) -> None:
    """A slip is asked about again at once; broken off after it, the root stays pinned."""
    site, root = tmp_path / "site", made_site().published / "metadata" / "1.root.json"
    fingerprint = hashlib.sha256(root.read_bytes()).hexdigest()
    argv = (sys.executable, "-m", "station", "setup", "--site", str(site))
    with Pty(argv) as screen:
        for question, answer in (
            ("Name of the site", "berlin"),
            ("Name of this station", ""),
            ("Language of its operators", ""),
            ("root file, empty for later", str(root)),
            ("Its fingerprint", "ab"),
            ("is not 64 hexadecimal digits", "0" * 64),
            ("is not the root file of that fingerprint", fingerprint),
        ):
            screen.see(question)
            screen.send(answer.encode() + b"\r")
        screen.see("address of the registry")
        screen.send(b"\x04")
        assert screen.process.wait(60) == 130
        screen.see("station setup: interrupted")
    with Pty(argv) as screen:
        screen.see("address of the registry")
        assert b"root file" not in screen.output
        screen.send(b"\r")
        screen.see("this station's public key")
        screen.send(b"\x04")
        assert screen.process.wait(60) == 130
    assert (site / "trust" / "root.json").read_bytes() == root.read_bytes()


def test_a_folder_that_is_no_site_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "notes.txt").touch()
    argv = (sys.executable, "-m", "station", "setup", "--site", str(tmp_path / "site"))
    with Pty(argv) as screen:
        screen.see("exists and is not an empty folder")
        assert screen.process.wait(60) == 2
        assert b"Name of the site" not in screen.output


def test_what_is_typed_at_the_screen_is_not_offered_a_check_that_cannot_be(tmp_path: Path) -> None:
    text = f'{MINIMAL}[scanner]\nuse = "screen:"\n'
    file = answered(tmp_path, text)
    done = station("setup", "--answers", file, "--site", str(tmp_path / "site"), "--json")
    (told,) = [one["text"] for one in done.json if one["step"] == "scanner"]
    assert told == "screen: is named"


def test_a_site_has_its_language_from_its_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_what: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("station.app.setup_steps.change", killed)
    file = answered(tmp_path, f'{MINIMAL}language = "de"\n')
    assert station("setup", "--answers", file, "--site", str(tmp_path / "site")).code == 130
    assert settings(tmp_path / "site")["site"] == {"name": "berlin", "language": "de"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_broken_off_at_a_question_it_goes_on_there(tmp_path: Path, number: int) -> None:
    site = tmp_path / "site"
    argv = (sys.executable, "-m", "station", "setup", "--site", str(site))
    with Pty(argv) as screen:
        for question, answer in (
            ("Name of the site", "berlin"),
            ("Name of this station", "dock-2"),
            ("Language of its operators", "de"),
        ):
            screen.see(question)
            screen.send(answer.encode() + b"\r")
        screen.see("root file, empty for later")
        screen.process.send_signal(number)
        screen.process.wait(60)
    with Pty(argv) as screen:
        screen.see("done in an earlier run")
        screen.see("root file, empty for later")
        assert b"Name of the site" not in screen.output
        screen.send(b"\x04")
        assert screen.process.wait(60) == 130
    assert settings(site)["site"] == {"name": "berlin", "language": "de"}
    assert settings(site)["station"] == {"name": "dock-2"}
    assert json.loads((site / "setup.json").read_bytes()) == ["site"]


def test_devices_are_found_by_their_lasting_names(tmp_path: Path) -> None:
    for name in ("serial/by-id", "input/by-id", "v4l/by-id", "input/event3"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "ttyACM0").touch()
    (tmp_path / "serial/by-id/usb-Maker_Scanner-if00").symlink_to(tmp_path / "ttyACM0")
    (tmp_path / "input/by-id/usb-Other_Scanner-event-kbd").symlink_to(tmp_path / "input/event3")
    (tmp_path / "input/by-id/usb-\x1b[2J-event-kbd").symlink_to(tmp_path / "input/event3")
    (tmp_path / "input/by-id/usb-Other_Mouse-event-mouse").symlink_to(tmp_path / "input/event3")
    for number in (0, 1):
        (tmp_path / f"video{number}").touch()
        link = tmp_path / f"v4l/by-id/usb-Cam-video-index{number}"
        link.symlink_to(tmp_path / f"video{number}")
    assert [device.use for device in scanners(tmp_path)] == [
        f"serial:{tmp_path}/serial/by-id/usb-Maker_Scanner-if00",
        f"evdev:{tmp_path}/input/by-id/usb-Other_Scanner-event-kbd",
    ]
    assert [device.use for device in cameras(tmp_path)] == ["camera:0"]
    assert cameras(tmp_path / "nowhere") == scanners(tmp_path / "nowhere") == []
