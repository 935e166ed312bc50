"""What any memory of a clock must do."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from station.core.clock_check import ClockMark, ClockReading
from station.core.errors import StorageError
from station.ports.clock import ClockMemory
from station.storage.clock_file import ClockFile
from tests.fakes.clocks import FakeClockMemory

MARK = ClockMark(ClockReading(1_767_229_200_000, 5_000, "0b5e-boot"), 1_767_229_260_000, 2, 41)


@pytest.fixture(params=["file", "memory"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], ClockMemory]:
    """Opens the same memory again."""
    if request.param == "memory":
        kept = FakeClockMemory()
        return lambda: kept
    return lambda: ClockFile(tmp_path / "clock.json")


def test_nothing_was_kept_at_first(memory: Callable[[], ClockMemory]) -> None:
    assert memory().recall() is None


def test_the_last_mark_is_recalled_whole(memory: Callable[[], ClockMemory]) -> None:
    memory().keep(replace(MARK, confirmed=1))
    memory().keep(MARK)
    assert memory().recall() == MARK


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"anchor":{},"latest_utc_ms":1}', b"9" * 4096, b"[" * 2000],
)
def test_a_file_that_is_none_is_nothing_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clock.json"
    path.write_bytes(content)
    assert ClockFile(path).recall() is None
    ClockFile(path).keep(MARK)
    assert ClockFile(path).recall() == MARK


def test_what_cannot_be_kept_leaves_what_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "clock.json"
    ClockFile(path).keep(MARK)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="No space left"):
            ClockFile(path).keep(replace(MARK, confirmed=9))
    assert ClockFile(path).recall() == MARK
    assert [each.name for each in tmp_path.iterdir()] == ["clock.json"]
