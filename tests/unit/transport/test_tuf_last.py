"""What a publisher believes of the folder it published into before."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, TargetFile, Targets

from station.core.registry import UnitRecord, UnitState
from station.transport.tuf_roles import RoleSigner
from tests.fakes.publishing import PublisherDesk

PATH = "brands/acme/units-1.rows"


def metadata_of(desk: PublisherDesk) -> Path:
    return desk.folder / "metadata" / "1.brand-acme.json"


def target_of(desk: PublisherDesk) -> Path:
    (path,) = (desk.folder / "targets").rglob("acme/*.units-1.rows")
    return path


@pytest.fixture
def desk(tmp_path: Path) -> PublisherDesk:
    desk = PublisherDesk(tmp_path / "desk")
    desk.publish(days_ago=1)
    desk.store.update_unit(UnitRecord(1, "ACME-000001", UnitState.VOID))
    return desk


def goes_on(desk: PublisherDesk) -> bool:
    """Whether the next publication follows from what is out; acme's rows, for bolt's always do."""
    published = desk.publish()
    return published.snapshot_bytes == 0 and published.changes == 1


def test_what_was_signed_is_followed(desk: PublisherDesk) -> None:
    assert goes_on(desk)


def damage_target(desk: PublisherDesk) -> None:
    content = bytearray(target_of(desk).read_bytes())
    content[-30] ^= 1
    target_of(desk).write_bytes(content)


def sign_as(name: str) -> Callable[[PublisherDesk], None]:
    def sign(desk: PublisherDesk) -> None:
        metadata = Metadata[Targets].from_file(str(metadata_of(desk)))
        metadata.sign(RoleSigner(desk.vault.load(name)))
        metadata.to_file(str(metadata_of(desk)))

    return sign


def list_another(desk: PublisherDesk) -> None:
    """The file and what is said of it fit each other, and nobody has signed that."""
    target_of(desk).write_bytes(b"another")
    metadata = Metadata[Targets].from_file(str(metadata_of(desk)))
    metadata.signed.targets[PATH] = TargetFile.from_data(PATH, b"another")
    metadata.to_file(str(metadata_of(desk)))


def pass_off_an_older_one(desk: PublisherDesk) -> None:
    desk.publish()
    shutil.copy(metadata_of(desk), desk.folder / "metadata" / "2.brand-acme.json")


@pytest.mark.parametrize(
    "change",
    [
        damage_target,
        list_another,
        pass_off_an_older_one,
        sign_as("brand-bolt"),
        lambda desk: target_of(desk).write_bytes(b""),
        lambda desk: target_of(desk).unlink(),
        lambda desk: metadata_of(desk).write_bytes(b"{"),
        lambda desk: metadata_of(desk).unlink(),
        lambda desk: (desk.folder / "metadata" / "timestamp.json").unlink(),
        lambda desk: shutil.rmtree(desk.folder),
    ],
)
def test_what_is_not_as_it_was_signed_counts_for_nothing(
    desk: PublisherDesk, change: Callable[[PublisherDesk], object]
) -> None:
    change(desk)
    assert not goes_on(desk)


def test_each_folder_goes_on_from_where_it_stands(desk: PublisherDesk, tmp_path: Path) -> None:
    """Two sticks that take turns: neither needs a snapshot because of the other."""
    other = tmp_path / "other"
    shutil.copytree(desk.folder, other)
    assert goes_on(desk)
    desk.folder = other
    desk.store.update_unit(UnitRecord(1, "ACME-000002", UnitState.VOID))
    published = desk.publish()
    assert (published.number, published.changes, published.snapshot_bytes) == (3, 2, 0)
