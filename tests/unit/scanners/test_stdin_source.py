"""Standard input in all its shapes: pipe, file, terminal, memory, none at all."""

import io
import os
import sys
import threading
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from firmware_bridge.waiting import Waiter
from station.app.clock import SystemClock, UlidScanIds
from station.core.errors import DeviceError
from station.core.reading import Capture
from station.core.symbol import SymbolFormat
from station.ports.health import Health, HealthStatus
from station.scanners.stdin_source import StdinSource
from tests.fakes.source import DEADLINE_S, Collected, open_descriptors, payloads, running

NEVER_OPEN_FD = 60_000

UNIT = b"010950600013435221K7QZ4M2XW9TRB\x1d99EQAB"


class Pipe:
    """A pipe whose reading end is the source's stream."""

    def __init__(self) -> None:
        read_fd, self.write_fd = os.pipe()
        self.stream: BinaryIO = os.fdopen(read_fd, "rb")

    def write(self, sent: bytes) -> None:
        while sent:
            sent = sent[os.write(self.write_fd, sent) :]

    def end(self) -> None:
        if self.write_fd >= 0:
            os.close(self.write_fd)
            self.write_fd = -1


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.end()
    made.stream.close()


@pytest.fixture
def captures() -> Collected[Capture]:
    return Collected()


@pytest.fixture
def health() -> Collected[Health]:
    return Collected()


def source(stream: BinaryIO | None, health: Collected[Health] | None = None) -> StdinSource:
    return StdinSource(
        scan_ids=UlidScanIds(),
        clock=SystemClock(),
        health=health or Collected(),
        stream=stream,
    )


def read_all(stream: BinaryIO) -> list[Capture]:
    captures: list[Capture] = []
    source(stream).run(captures.append)
    return captures


def test_each_line_is_a_capture(pipe: Pipe) -> None:
    pipe.write(b"]d2" + UNIT + b"\n4006381333931\r\n\n\r\n]Q3last without newline")
    pipe.end()
    captures = read_all(pipe.stream)
    assert payloads(captures) == [UNIT, b"4006381333931", b"last without newline"]
    symbols = [capture.reads[0].symbol for capture in captures]
    assert [symbol.format for symbol in symbols] == [
        SymbolFormat.DATA_MATRIX,
        SymbolFormat.UNKNOWN,
        SymbolFormat.QR_CODE,
    ]
    assert {capture.source for capture in captures} == {"stdin:"}
    assert all(symbol.complete for symbol in symbols)


def test_only_line_ends_end_a_line(pipe: Pipe) -> None:
    line = b" \t" + bytes(byte for byte in range(256) if byte not in b"\r\n") + b"\x1d\x1c\x85 "
    pipe.write(line + b"\na\rb\n")
    pipe.end()
    assert payloads(read_all(pipe.stream)) == [line, b"a\rb"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n\n"])
def test_nothing_is_nothing(pipe: Pipe, content: bytes) -> None:
    pipe.write(content)
    pipe.end()
    assert read_all(pipe.stream) == []


def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "codes.txt"
    codes = [f"{number} ".encode() + UNIT for number in range(5_000)]
    path.write_bytes(b"\n".join(codes))
    with path.open("rb") as stream:
        assert payloads(read_all(stream)) == codes


def test_a_stream_in_memory_is_read_to_its_end() -> None:
    assert payloads(read_all(io.BytesIO(UNIT + b"\nx"))) == [UNIT, b"x"]


def test_a_line_is_delivered_when_it_ends_and_not_at_the_end_of_the_stream(
    pipe: Pipe, captures: Collected[Capture]
) -> None:
    with running(source(pipe.stream), captures) as run:
        pipe.write(UNIT[:10])
        pipe.write(UNIT[10:] + b"\n")
        captures.wait_for_count(1)
        assert run.running
        pipe.end()
        run.join()
    assert payloads(captures.items) == [UNIT]


def test_a_terminal_is_read_line_by_line(captures: Collected[Capture]) -> None:
    master_fd, slave_fd = os.openpty()
    with os.fdopen(slave_fd, "rb") as terminal, running(source(terminal), captures) as run:
        os.write(master_fd, b"4006381333931\n")
        captures.wait_for_count(1)
        os.write(master_fd, b"\x04")  # end of file, as typed
        run.join()
    os.close(master_fd)
    assert payloads(captures.items) == [b"4006381333931"]


def test_a_terminal_that_hangs_up_is_at_its_end(captures: Collected[Capture]) -> None:
    master_fd, slave_fd = os.openpty()
    tty.setraw(slave_fd)
    with os.fdopen(slave_fd, "rb") as terminal:
        os.close(master_fd)
        source(terminal).run(captures)
    assert captures.items == []


def test_an_over_long_line_is_reported_once_and_the_next_is_read(
    pipe: Pipe, captures: Collected[Capture], health: Collected[Health]
) -> None:
    with running(source(pipe.stream, health), captures) as run:
        pipe.write(b"x" * 5_000_000 + b"\n" + UNIT + b"\n")
        pipe.end()
        run.join()
    endless, good = [capture.reads[0].symbol for capture in captures.items]
    assert (endless.complete, len(endless.payload)) == (False, 7092)
    assert (good.complete, good.payload) == (True, UNIT)
    assert [told.status for told in health.items] == [HealthStatus.WARNING, HealthStatus.OK]
    assert health.items[0] == Health(
        "scanner",
        HealthStatus.WARNING,
        "the scan is longer than any symbol; put one code on each line",
    )


@pytest.mark.parametrize("before", [b"", b"01095", b"one\ntwo"])
def test_stop_ends_a_wait_at_once(pipe: Pipe, captures: Collected[Capture], before: bytes) -> None:
    pipe.write(before)
    with running(source(pipe.stream), captures) as run:
        captures.wait_for_count(before.count(b"\n"))
        run.stop()
    assert payloads(captures.items) == before.split(b"\n")[:-1]


def test_stop_from_the_sink_ends_in_the_middle_of_what_was_read(pipe: Pipe) -> None:
    stdin = source(pipe.stream)
    captures: list[Capture] = []

    def stop_after_two(capture: Capture) -> None:
        captures.append(capture)
        if len(captures) == 2:
            stdin.stop()

    pipe.write(b"1\n2\n3\n4\n")
    stdin.run(stop_after_two)
    assert payloads(captures) == [b"1", b"2"]


def test_a_pipe_another_reader_emptied_is_waited_for_again(
    pipe: Pipe, captures: Collected[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    os.set_blocking(pipe.stream.fileno(), False)
    wait = Waiter.wait
    spurious = iter([True])
    monkeypatch.setattr(Waiter, "wait", lambda *given: next(spurious, False) or wait(*given))
    with running(source(pipe.stream), captures):
        pipe.write(b"late\n")
        captures.wait_for_count(1)
    assert payloads(captures.items) == [b"late"]


def test_standard_input_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\x1dcode\xff\n")))
    captures: list[Capture] = []
    source(None).run(captures.append)
    assert payloads(captures) == [b"\x1dcode\xff"]


def test_a_process_without_standard_input_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(DeviceError) as caught:
        source(None).run(lambda _: None)
    assert str(caught.value) == (
        "standard input cannot be read (it is closed): "
        "pipe codes into the command, one a line, or choose another source"
    )


class Numbered(io.RawIOBase):
    """A stream that knows its descriptor and no more."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        return self._fd


def test_a_closed_or_unreadable_stream_is_told_of(pipe: Pipe, tmp_path: Path) -> None:
    folder_fd = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(DeviceError, match="Is a directory"):
        read_all(cast("BinaryIO", Numbered(folder_fd)))
    os.close(folder_fd)
    with pytest.raises(DeviceError, match="Bad file descriptor"):
        read_all(cast("BinaryIO", Numbered(NEVER_OPEN_FD)))
    pipe.stream.close()
    with pytest.raises(DeviceError, match="closed file"):
        read_all(pipe.stream)


def test_nothing_is_left_open(pipe: Pipe) -> None:
    before = open_descriptors()
    pipe.write(b"x\n")
    stdin = source(pipe.stream)
    thread = threading.Thread(target=stdin.run, args=(lambda _: None,))
    thread.start()
    stdin.stop()
    stdin.stop()
    thread.join(DEADLINE_S)
    assert open_descriptors() == before
