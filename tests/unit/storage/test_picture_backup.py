"""Pictures beside backups: copied once, proven, and kept as long as a backup may name them."""

import os
from pathlib import Path

import pytest

from station.ports.evidence import PictureState
from station.storage import pictures
from station.storage.picture_backup import PicturesCopied, copy_pictures, remove_pictures_before
from station.storage.pictures import PictureFolder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "site" / "pictures"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "disk" / "backups" / "pictures"


def keep(folder: Path, *scans: str) -> list[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    kept = PictureFolder(folder)
    return [kept.path_of(scan, kept.keep(scan, scan.encode() * 9)) for scan in scans]


def test_none_are_copied_from_a_site_that_has_none(source: Path, target: Path) -> None:
    assert copy_pictures(source, target) == PicturesCopied(0, 0, ())
    assert not target.exists()


def test_each_is_copied_once(source: Path, target: Path) -> None:
    keep(source, "S1", "S2")
    assert copy_pictures(source, target) == PicturesCopied(2, 2, ())
    first = {path: path.stat().st_ino for path in target.iterdir()}
    keep(source, "S3")
    assert copy_pictures(source, target) == PicturesCopied(3, 1, ())
    assert {path: path.stat().st_ino for path in first} == first
    copies = PictureFolder(target)
    states = {copies.state(kept.scan_id, kept.digest) for kept in copies.kept()}
    assert (len(copies.kept()), states) == (3, {PictureState.SOUND})


def test_one_that_was_changed_is_named_and_left_out(source: Path, target: Path) -> None:
    good, bad = keep(source, "S1", "S2")
    bad.write_bytes(b"something else")
    assert copy_pictures(source, target) == PicturesCopied(1, 1, (bad.name,))
    assert [path.name for path in target.iterdir()] == [good.name]


def test_a_copy_that_is_sound_outlives_damage_at_the_station(source: Path, target: Path) -> None:
    [path] = keep(source, "S1")
    copy_pictures(source, target)
    path.write_bytes(b"something else")
    assert copy_pictures(source, target).damaged == ()
    assert (target / path.name).read_bytes() == b"S1" * 9


def test_nothing_else_is_copied_and_no_link_followed(source: Path, target: Path) -> None:
    [path] = keep(source, "S1")
    (source / "notes.txt").write_text("mine")
    (source / path.name.replace("S1", "S2")).symlink_to(path)
    assert copy_pictures(source, target).there == 1
    assert [each.name for each in target.iterdir()] == [path.name]


def test_one_too_large_to_be_a_picture_is_not_taken_in(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, large = keep(source, "S1", "LARGE")
    monkeypatch.setattr(pictures, "MAX_PICTURE_BYTES", good.stat().st_size)
    assert copy_pictures(source, target) == PicturesCopied(1, 1, (large.name,))
    assert [path.name for path in target.iterdir()] == [good.name]


def test_another_backup_at_work_is_not_disturbed(source: Path, target: Path) -> None:
    [path] = keep(source, "S1")
    target.mkdir(parents=True)
    unfinished, leftover = (target / f".{path.name}.{pid}.tmp" for pid in (1, 2))
    for each in (unfinished, leftover):
        each.write_bytes(b"half")
    os.utime(leftover, (1000, 1000))
    copy_pictures(source, target)
    assert {each.name for each in target.iterdir()} == {path.name, unfinished.name}


def test_copies_go_when_station_and_backups_have_forgotten_them(source: Path, target: Path) -> None:
    gone, there, young = keep(source, "S1", "S2", "S3")
    copy_pictures(source, target)
    for path in (gone, there):
        os.utime(target / path.name, (1000, 1000))
    gone.unlink()
    young.unlink()
    assert remove_pictures_before(target, source, before_s=1000) == 0
    assert remove_pictures_before(target, source, before_s=1001) == 1
    assert {path.name for path in target.iterdir()} == {there.name, young.name}
