"""Evidence pictures from the camera's frame to `station quarantine show`, and what may go wrong."""

import hashlib
import json
import os
import signal
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.errors import ExitCode
from station.core.reasons import Reason, VerdictClass
from station.storage.pictures import PictureFolder
from tests.e2e.test_intake import clones_before_a_camera, photo
from tests.fakes.made_site import MadeSite
from tests.fakes.site_records import records
from tests.fakes.warm_station import Done, Hook, WarmStation

STEPS: Final = "tests.fakes.kill_points:install"


@pytest.fixture
def clones(made: MadeSite, tmp_path: Path) -> Path:
    """A picture of two labels of one unit."""
    file = tmp_path / "clones.jpg"
    payload = made.genuine[0].payload
    file.write_bytes(photo(payload, payload, seed=12))
    return file


def scan(warm: WarmStation, site: Path, picture: Path, hook: Hook | None = None) -> Done:
    argv = ("scan", "--json", "--site", site, "--source", f"images:{picture}")
    return warm.run(*argv) if hook is None else warm.run(*argv, hook=hook)


def show(warm: WarmStation, site: Path, scan_id: str) -> Any:
    done = warm.run("quarantine", "show", scan_id, "--json", "--site", site)
    assert done.code == 0, done.err
    return done.json[0]["picture"]


def lines(site: Path) -> list[ActEntry]:
    """The journal's lines about pictures; each is held to the disk."""
    found = [act for act in records(site).acts.values() if act.kind is ActKind.PICTURE_KEPT]
    folder = PictureFolder(site / "pictures")
    for line in found:
        jpeg = folder.path_of(line.about, line.reference).read_bytes()
        assert jpeg[:2] == b"\xff\xd8"
        assert hashlib.sha256(jpeg).hexdigest() == line.reference
    return found


def test_clones_in_one_picture(
    warm: WarmStation, made: MadeSite, clones: Path, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    verdicts = scan(warm, site, clones).json
    assert [one["reason"] for one in verdicts] == ["CODE_TWICE_IN_FRAME"] * 2
    first = verdicts[0]["scan_id"]
    assert [line.about for line in lines(site)] == [one["scan_id"] for one in verdicts]
    for one in verdicts:
        (item,) = warm.run(*f"quarantine show {one['scan_id']} --json --site".split(), site).json
        assert item["read"]["scan_id"] == one["scan_id"]
        assert item["picture"]["state"] == "sound"
    assert warm.run(*["quarantine", "tasks", "--json", "--site"], site).json == []
    picture = show(warm, site, first)
    digest = lines(site)[0].reference
    file = f"pictures/{first}.{digest}.jpg"
    assert picture == {"file": file, "sha256": digest, "state": "sound"}
    assert scan(warm, site, site / file).json[0]["reason"] == "CODE_TWICE_IN_FRAME", "readable"

    (site / file).write_bytes(b"another")
    assert show(warm, site, first)["state"] == "changed"
    said = warm.run("quarantine", "show", first, "--site", site).out.decode()
    assert f"picture {file}: CHANGED since it was kept" in said
    (site / file).unlink()
    assert show(warm, site, first)["state"] == "gone"
    for command in ("journal verify", "replay", "journal export --format csv"):
        done = warm.run(*command.split(), "--site", site)
        assert done.code == 0, (command, done.err)


def test_clones_before_a_live_camera(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    good, copied = made.genuine[:2]
    shown = clones_before_a_camera(site, good, copied)
    clones = [one.scan_id for one in shown if one.verdict_class is VerdictClass.QUARANTINE]
    assert [line.about for line in lines(site)] == clones
    assert len(clones) == 2
    assert {one.reason for one in shown[1:]} == {Reason.CODE_TWICE_IN_FRAME}


def test_a_picture_of_which_nothing_can_be_read(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(photo(made.genuine[0].payload, seed=3, torn=True))
    (verdict,) = scan(warm, site, torn).json
    assert verdict["reason"] == "READ_EMPTY"
    assert [line.about for line in lines(site)] == [verdict["scan_id"]]


def test_what_is_accepted_and_what_a_scanner_reads_has_none(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    good = tmp_path / "good.jpg"
    good.write_bytes(photo(made.genuine[0].payload, seed=1))
    assert scan(warm, site, good).json[0]["reason"] == "OK"
    argv = ("scan", "--json", "--site", site, "--source", "stdin:")
    (verdict,) = warm.run(*argv, stdin=made.recalled[0].payload + b"\n").json
    assert verdict["verdict"] == "QUARANTINE"
    assert lines(site) == []
    assert not (site / "pictures").exists()
    assert show(warm, site, verdict["scan_id"]) is None


def test_where_no_picture_can_be_written_every_verdict_stands(
    warm: WarmStation, made: MadeSite, clones: Path, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    (site / "pictures").write_bytes(b"a file where the folder should be")
    done = scan(warm, site, clones)
    assert [one["reason"] for one in done.json] == ["CODE_TWICE_IN_FRAME"] * 2
    assert "pictures" in done.err
    assert "not kept" in done.err
    assert len(records(site).entries) == 2
    assert lines(site) == []


def test_pictures_go_with_their_age_but_not_while_under_review(
    warm: WarmStation, made: MadeSite, clones: Path, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    with (site / "station.toml").open("a") as config:
        config.write("\n[pictures]\nkeep_days = 1\n")
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(photo(made.genuine[1].payload, seed=3, torn=True))
    assert scan(warm, site, torn).code == ExitCode.NOTHING_DECODABLE
    verdicts = scan(warm, site, clones).json
    for file in (site / "pictures").iterdir():
        os.utime(file, (0, 0))
    assert scan(warm, site, torn).code == ExitCode.NOTHING_DECODABLE
    found = {file.name[:26] for file in (site / "pictures").iterdir()}
    assert {one["scan_id"] for one in verdicts} < found
    assert len(found) == 3, "the older unread one went, the new one came"


def test_killed_at_any_step_the_journal_names_no_picture_that_is_not_there(
    warm: WarmStation, made: MadeSite, clones: Path, tmp_path: Path
) -> None:
    """And whatever a screen was told is in the journal, as always."""
    named: set[int] = set()
    for step in count(1):
        folder = tmp_path / str(step)
        folder.mkdir()
        site = made.copy_site(folder)
        done = scan(warm, site, clones, Hook(STEPS, (step,)))
        assert done.code in {1, -signal.SIGKILL}, done.err
        told = [json.loads(line)["scan_id"] for line in done.out.splitlines() if line[-1:] == b"}"]
        assert records(site).entries.keys() >= set(told)
        named.add(len(lines(site)))
        if done.code == 1:
            break
        again = scan(warm, site, clones)
        assert again.code == 1, again.err
        assert not [file for file in (site / "pictures").iterdir() if file.suffix == ".tmp"]
        lines(site)
    assert named == {0, 1, 2}
