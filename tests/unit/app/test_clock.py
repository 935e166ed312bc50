"""Scan ids sort in the order they were made, whatever the clock does."""

import itertools
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.app import clock
from station.app.clock import LinuxClock, SystemClock, UlidScanIds, is_scan_id


def frozen(monkeypatch: pytest.MonkeyPatch, times_ms: Iterator[int]) -> None:
    monkeypatch.setattr("station.app.clock.time.time_ns", lambda: next(times_ms) * 1_000_000)


def test_ids_rise_when_the_clock_stands_or_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen(monkeypatch, itertools.chain([5000] * 500, range(5000, 4000, -2), [5001, 6000]))
    ids = UlidScanIds()
    made = [ids.next() for _ in range(1002)]
    assert made == sorted(set(made))
    assert all(is_scan_id(one) for one in made)


def test_an_id_tells_its_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen(monkeypatch, iter([0, 1]))
    ids = UlidScanIds()
    assert ids.next().startswith("0000000000")
    assert ids.next().startswith("0000000001")


def test_threads_never_get_the_same_id() -> None:
    ids = UlidScanIds()
    made: list[list[str]] = [[] for _ in range(4)]

    def make(into: list[str]) -> None:
        into.extend(ids.next() for _ in range(500))

    threads = [threading.Thread(target=make, args=(into,)) for into in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(itertools.chain(*made))) == 2000
    assert all(into == sorted(into) for into in made)


def test_what_is_no_id() -> None:
    assert not is_scan_id("")
    assert not is_scan_id("unknown")
    assert not is_scan_id("01M851PFABQBVQ06AV8GJE6BM")
    assert not is_scan_id("01M851PFABQBVQ06AV8GJE6BMU")
    assert is_scan_id("01M851PFABQBVQ06AV8GJE6BMA")


def test_the_wall_clock_is_utc_with_milliseconds() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", SystemClock().now_utc())


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff"])
def test_a_system_that_names_no_start_has_one_for_each_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    path = tmp_path / "boot_id"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(clock, "_BOOT_ID", path)
    mine, other = LinuxClock(), LinuxClock()
    assert mine.read().boot_id == mine.read().boot_id
    assert len({mine.read().boot_id, other.read().boot_id, ""}) == 3


def test_a_system_that_may_not_be_asked_says_nothing_of_a_time_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "synchronized"
    monkeypatch.setattr(clock, "_SYNCHRONISED", said)
    assert not LinuxClock().is_synchronised()
    said.touch()
    assert LinuxClock().is_synchronised()
    monkeypatch.setattr(clock, "_SYNCHRONISED", tmp_path / ("long" * 100))
    assert not LinuxClock().is_synchronised()
