"""Pictures are kept alike in memory and in a folder."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from station.ports.evidence import PictureState, PictureStore
from station.storage.pictures import PictureFolder
from tests.fakes.pictures import FakePictures

SCAN = "01M851PFABQBVQ06AV8GJE6BMA"
OTHER = "01M851PFABQBVQ06AV8GJE6BMB"
JPEG = b"\xff\xd8 a picture \xff\xd9"

Tamper = Callable[[str, str, bytes], None]


@pytest.fixture(params=["fake", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[PictureStore, Tamper]:
    if request.param == "folder":
        folder = PictureFolder(tmp_path / "pictures")

        def overwrite(scan: str, digest: str, jpeg: bytes) -> None:
            folder.path_of(scan, digest).write_bytes(jpeg)

        return folder, overwrite
    fake = FakePictures()
    return fake, lambda scan, digest, jpeg: fake.files.__setitem__((scan, digest), jpeg)


def test_a_picture_is_known_by_its_digest(store: tuple[PictureStore, Tamper]) -> None:
    pictures, tamper = store
    assert list(pictures.kept()) == []
    pictures.tidy()
    digest = pictures.keep(SCAN, JPEG)
    assert digest == hashlib.sha256(JPEG).hexdigest()
    assert pictures.state(SCAN, digest) is PictureState.SOUND
    assert pictures.state(OTHER, digest) is PictureState.GONE
    assert pictures.state(SCAN, "0" * 64) is PictureState.GONE
    assert pictures.state(SCAN, "../../station.db") is PictureState.GONE
    tamper(SCAN, digest, JPEG + b"!")
    assert pictures.state(SCAN, digest) is PictureState.CHANGED


def test_scans_of_one_picture_share_its_room(store: tuple[PictureStore, Tamper]) -> None:
    pictures, _ = store
    digest = pictures.keep(SCAN, JPEG)
    assert pictures.keep(SCAN, JPEG) == digest
    assert pictures.keep(OTHER, JPEG) == digest
    kept = pictures.kept()
    assert {(one.scan_id, one.digest) for one in kept} == {(SCAN, digest), (OTHER, digest)}
    assert sum(one.size_bytes for one in kept) in range(len(JPEG) - 1, len(JPEG) + 1)


def test_what_is_removed_is_gone_and_its_sharer_stays(store: tuple[PictureStore, Tamper]) -> None:
    pictures, _ = store
    digest = pictures.keep(SCAN, JPEG)
    pictures.keep(OTHER, JPEG)
    (first,) = (one for one in pictures.kept() if one.scan_id == SCAN)
    pictures.remove(first)
    pictures.remove(first)
    assert pictures.state(SCAN, digest) is PictureState.GONE
    assert pictures.state(OTHER, digest) is PictureState.SOUND
    assert pictures.keep(SCAN, JPEG) == digest
    assert pictures.state(SCAN, digest) is PictureState.SOUND


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a.b", "a\n", "ä", "\x1b[2J", "x" * 41])
def test_nothing_is_kept_under_another_name_than_a_scan_id(
    store: tuple[PictureStore, Tamper], name: str
) -> None:
    pictures, _ = store
    with pytest.raises(ValueError, match=r"^"):
        pictures.keep(name, JPEG)
    assert list(pictures.kept()) == []
