"""Large files are made durable a slice at a time, whatever their size."""

import errno
import mmap
import os
from pathlib import Path

import pytest

from station.storage.durable import SLICE_BYTES, sync_gently


class Pages(mmap.mmap):
    """Remembers what was synced."""

    synced: list[range]

    def flush(self, offset: int = 0, size: int | None = None) -> None:
        assert size is not None
        super().flush(offset, size)
        self.synced.append(range(offset, offset + size))


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[range]:
    Pages.synced = []
    monkeypatch.setattr(mmap, "mmap", Pages)
    return Pages.synced


@pytest.mark.parametrize("size", [0, 1, SLICE_BYTES, SLICE_BYTES + 1, 3 * SLICE_BYTES - 1])
def test_every_byte_is_synced_once_in_small_slices(
    tmp_path: Path, synced: list[range], size: int
) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * size)

    sync_gently(path)

    starts = [part.start for part in synced]
    assert starts == list(range(0, size, SLICE_BYTES))
    assert [part.stop for part in synced] == [*starts[1:], *[size][: len(starts)]]
    assert path.read_bytes() == b"x" * size


def test_where_a_file_cannot_be_mapped_it_is_synced_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_handle: int, _size: int) -> None:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    path = tmp_path / "large"
    path.write_bytes(b"x")
    synced: list[Path] = []
    monkeypatch.setattr(mmap, "mmap", refuse)
    monkeypatch.setattr(
        os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink())
    )
    sync_gently(path)
    assert synced == [path]
