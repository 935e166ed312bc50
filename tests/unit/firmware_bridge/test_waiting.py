"""Waiting for a descriptor: what is ready, what is over, and how a wait is ended."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.waiting import Waiter
from tests.fakes.source import DEADLINE_S, open_descriptors


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read_fd, write_fd = os.pipe()
    yield read_fd, write_fd
    for fd in (read_fd, write_fd):
        try:
            os.close(fd)
        except OSError:
            continue


@pytest.fixture
def waiter() -> Iterator[Waiter]:
    made = Waiter()
    yield made
    made.close()


def test_bytes_and_the_end_of_a_stream_are_readable(waiter: Waiter, pipe: tuple[int, int]) -> None:
    read_fd, write_fd = pipe
    assert not waiter.wait(read_fd, 0)
    os.write(write_fd, b"x")
    assert waiter.wait(read_fd, DEADLINE_S)
    os.read(read_fd, 1)
    os.close(write_fd)
    assert waiter.wait(read_fd, DEADLINE_S)


def test_a_file_is_always_readable(waiter: Waiter, tmp_path: Path) -> None:
    path = tmp_path / "codes.txt"
    path.write_bytes(b"")
    with path.open("rb") as file:
        assert waiter.wait(file.fileno(), DEADLINE_S)


def test_a_wait_ends_when_the_time_is_over(waiter: Waiter, pipe: tuple[int, int]) -> None:
    assert not waiter.wait(pipe[0], 0.001)
    assert not waiter.wait(None, 0.001)
    assert not waiter.wait(pipe[0], -1)
    assert not waiter.woken


def test_another_thread_ends_a_wait_without_end(waiter: Waiter, pipe: tuple[int, int]) -> None:
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(waiter.wait(pipe[0], None)))
    thread.start()
    waiter.wake()
    waiter.wake()
    thread.join(DEADLINE_S)
    assert results == [False]
    assert waiter.woken


def test_a_woken_waiter_says_no_even_to_waiting_bytes(
    waiter: Waiter, pipe: tuple[int, int]
) -> None:
    os.write(pipe[1], b"x")
    waiter.wake()
    assert not waiter.wait(pipe[0], None)


def test_nothing_is_left_open(pipe: tuple[int, int]) -> None:
    before = open_descriptors()
    closed, forgotten = Waiter(), Waiter()
    assert open_descriptors() == before + 4
    closed.close()
    closed.close()
    closed.wake()
    assert not closed.wait(pipe[0], None)
    del forgotten
    assert open_descriptors() == before
