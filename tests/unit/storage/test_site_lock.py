"""One writer a site, with real processes."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station.core.errors import ExitCode, StorageError
from station.storage.site_lock import SiteLock

HOLDER = """
import sys
from pathlib import Path
from station.storage.site_lock import SiteLock
with SiteLock(Path(sys.argv[1]), "station run"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(path: Path, root: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock until its standard input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            if process.poll() is None:
                process.communicate(timeout=30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "station.lock"


def test_a_second_process_is_turned_away_and_told_by_whom(path: Path, root: Path) -> None:
    with holder(path, root) as process:
        with pytest.raises(StorageError) as caught:
            SiteLock(path, "station scan").acquire()
        assert caught.value.exit_code is ExitCode.DATABASE
        assert f"the site {path.parent} is in use by 'station run' (process {process.pid} on " in (
            caught.value.message
        )
        assert "end that program first" in caught.value.remedy
    with SiteLock(path, "station scan"):
        pass


def test_a_process_that_was_killed_holds_nothing(path: Path, root: Path) -> None:
    with holder(path, root) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        assert json.loads(path.read_text())["pid"] == process.pid, "its name is left behind"
        with SiteLock(path, "station scan"):
            assert json.loads(path.read_text())["command"] == "station scan"


def test_a_lock_given_up_can_be_taken_again(path: Path) -> None:
    lock = SiteLock(path, "one")
    for _ in range(2):
        lock.acquire()
        lock.release()
        lock.release()
    assert path.read_bytes() == b""


def test_within_one_process_it_is_held_as_well(path: Path) -> None:
    with SiteLock(path, "one"), pytest.raises(StorageError, match="in use by 'one'"):
        SiteLock(path, "two").acquire()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 1000,
        b'{"pid": "x", "command": "", "host": "", "started_utc": ""}',
        b'{"pid": 1e999, "command": "", "host": "", "started_utc": ""}',
    ],
)
def test_a_holder_that_says_nothing_of_use(path: Path, text: bytes) -> None:
    with SiteLock(path, "one"):
        path.write_bytes(text)
        with pytest.raises(StorageError, match="in use by another program"):
            SiteLock(path, "two").acquire()


def test_what_the_holder_says_never_reaches_the_terminal_as_commands(path: Path) -> None:
    with SiteLock(path, "one"):
        path.write_text(
            json.dumps({"pid": 1, "command": "\x1b[2J\n" * 50, "host": "h", "started_utc": "\x07"})
        )
        with pytest.raises(StorageError) as caught:
            SiteLock(path, "two").acquire()
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 500


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot make .*none/station\.lock"):
        SiteLock(tmp_path / "none" / "station.lock", "one").acquire()
