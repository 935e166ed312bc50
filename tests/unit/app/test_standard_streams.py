"""Standard streams: words that block nobody, and outputs that are gone or full."""

import errno
import os
import threading
from collections.abc import Iterator

import pytest

from station.app import standard_streams
from station.app.standard_streams import MAX_WORDS_WAITING, BackgroundWords, output_fault, say
from station.core.errors import ExitCode

DEADLINE_S = 60.0


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for fd in (reader, writer):
        try:
            os.close(fd)
        except OSError:
            continue


def test_words_are_said_in_order_and_to_the_last(
    monkeypatch: pytest.MonkeyPatch, pipe: tuple[int, int]
) -> None:
    reader, writer = pipe
    monkeypatch.setattr(standard_streams, "_STDERR_FD", writer)
    words = BackgroundWords()
    words.start()
    for number in range(20):
        words.say(f"line {number} \N{SNOWMAN} \udcff\n")
    words.close()
    os.close(writer)
    said = b"".join(iter(lambda: os.read(reader, 65536), b"")).decode()
    assert said.splitlines() == [f"line {number} \N{SNOWMAN} \\udcff" for number in range(20)]


def test_a_stuck_terminal_blocks_nobody_and_words_are_lost_instead(
    monkeypatch: pytest.MonkeyPatch, pipe: tuple[int, int]
) -> None:
    reader, writer = pipe
    monkeypatch.setattr(standard_streams, "_STDERR_FD", writer)
    monkeypatch.setattr(standard_streams, "LAST_WORDS_S", 0.0)
    words = BackgroundWords()
    words.start()
    said = threading.Event()

    def talk() -> None:
        for _ in range(10 * MAX_WORDS_WAITING):
            words.say("x" * 1000)
        words.close()
        said.set()

    talker = threading.Thread(target=talk, daemon=True)
    talker.start()
    assert said.wait(DEADLINE_S)
    os.close(reader)  # lets the thread that is stuck go on, and end
    talker.join(DEADLINE_S)


def test_a_terminal_that_is_gone_is_no_error(
    monkeypatch: pytest.MonkeyPatch, pipe: tuple[int, int]
) -> None:
    reader, writer = pipe
    os.close(reader)
    monkeypatch.setattr(standard_streams, "_STDERR_FD", writer)
    words = BackgroundWords()
    words.start()
    words.say("nobody reads this\n")
    words.close()


def test_words_to_a_closed_stream_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, text: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stderr", Gone())
    say("nobody reads this\n")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO])
def test_a_full_output_is_told_from_other_faults(number: int) -> None:
    fault = output_fault(OSError(number, "full"))
    assert fault is not None
    assert fault.exit_code is ExitCode.DEVICE_OR_STOP
    assert "standard output" in fault.message
    assert output_fault(OSError(number, "full", "/some/file")) is None
    assert output_fault(OSError(errno.ENOENT, "missing")) is None
