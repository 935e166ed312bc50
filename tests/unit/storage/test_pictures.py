"""Picture files: rights, strangers in the folder, a writer that was killed, a full disk."""

import errno
import os
import stat
from pathlib import Path

import pytest

from station.core.errors import StorageError
from station.ports.evidence import PictureState
from station.storage import pictures as pictures_module
from station.storage.durable import temporary_beside
from station.storage.pictures import PictureFolder

SCAN = "01M851PFABQBVQ06AV8GJE6BMA"
OTHER = "01M851PFABQBVQ06AV8GJE6BMB"
JPEG = b"\xff\xd8 a picture \xff\xd9"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("umask", "modes"), [(0o000, (0o750, 0o640)), (0o077, (0o700, 0o600))])
def test_the_folder_and_its_files_are_the_sites_own(
    tmp_path: Path, umask: int, modes: tuple[int, int]
) -> None:
    folder = tmp_path / "pictures"
    before = os.umask(umask)
    try:
        digest = PictureFolder(folder).keep(SCAN, JPEG)
    finally:
        os.umask(before)
    (file,) = folder.iterdir()
    assert file.name == f"{SCAN}.{digest}.jpg"
    assert (mode(folder), mode(file)) == modes
    assert file.read_bytes() == JPEG


def test_one_picture_of_two_scans_is_one_file(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path / "pictures")
    digest = folder.keep(SCAN, JPEG)
    folder.keep(OTHER, JPEG)
    assert folder.path_of(SCAN, digest).samefile(folder.path_of(OTHER, digest))


def test_where_no_second_name_can_be_given_it_is_written_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(path: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    folder = PictureFolder(tmp_path / "pictures")
    digest = folder.keep(SCAN, JPEG)
    folder.keep(OTHER, JPEG)
    assert not folder.path_of(SCAN, digest).samefile(folder.path_of(OTHER, digest))
    assert folder.state(OTHER, digest) is PictureState.SOUND


def test_strangers_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path / "pictures")
    digest = folder.keep(SCAN, JPEG)
    place = tmp_path / "pictures"
    outside = tmp_path / "station.db"
    outside.write_bytes(b"precious")
    strangers = [
        place / "notes.txt",
        place / f"\x1b[2J.{digest}.jpg",
        place / f"{SCAN}.{digest}.jpg.bak",
        place / f"{SCAN}.{digest.upper()}.jpg",
    ]
    for stranger in strangers:
        stranger.write_bytes(b"mine")
    link = folder.path_of(OTHER, digest)
    link.symlink_to(outside)
    (place / f"folder.{digest}.jpg").mkdir()
    (kept,) = folder.kept()
    assert kept.scan_id == SCAN
    assert folder.state(OTHER, digest) is PictureState.GONE
    assert folder.state("folder", digest) is PictureState.GONE
    folder.tidy()
    assert all(stranger.exists() for stranger in strangers)
    assert outside.read_bytes() == b"precious"


def test_a_device_in_a_pictures_place_is_not_waited_for(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path / "pictures")
    folder.keep(SCAN, JPEG)
    os.mkfifo(folder.path_of(OTHER, "0" * 64))
    assert folder.state(OTHER, "0" * 64) is PictureState.GONE


def test_what_a_killed_writer_left_is_tidied_and_never_counts(tmp_path: Path) -> None:
    folder = PictureFolder(tmp_path / "pictures")
    digest = folder.keep(SCAN, JPEG)
    leftover = temporary_beside(folder.path_of(OTHER, digest))
    leftover.write_bytes(b"half")
    assert [one.scan_id for one in folder.kept()] == [SCAN]
    folder.keep(OTHER, b"another")
    leftover.write_bytes(b"half")
    folder.tidy()
    assert sorted(path.name[:26] for path in (tmp_path / "pictures").iterdir()) == [SCAN, OTHER]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(temporary: Path, final: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pictures_module, "put_in_place", full)
    folder = PictureFolder(tmp_path / "pictures")
    with pytest.raises(StorageError, match="No space left on device"):
        folder.keep(SCAN, JPEG)
    assert list((tmp_path / "pictures").iterdir()) == []
    monkeypatch.undo()
    assert folder.state(SCAN, folder.keep(SCAN, JPEG)) is PictureState.SOUND
