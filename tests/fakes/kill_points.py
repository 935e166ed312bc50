"""Kills its own process, as by `kill -9`, at the n-th step that makes something durable.

Installed in a command's process before the command begins (`tests.fakes.warm_station.Hook`).
"""

import os
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final

_BURST_S: Final = 60.0

_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "WITH", "COMMIT", "CREATE", "DROP")


def install(kill_at: int, checkpoint_entries: int | None = None) -> None:
    """Count steps; the one with this number is not carried out, and nothing after it.

    A step is: a writing statement of SQLite, a commit, what follows a commit (nobody was told of it
    yet), a synchronised file, a rename.

    Args:
        kill_at: From 1.
        checkpoint_entries: Sign checkpoints this often, so that one falls into a short run.
    """
    steps = count(1)  # threads share it: no number is given twice or passed over

    def step() -> None:
        if next(steps) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    class Connection(sqlite3.Connection):
        """Counts what it writes."""

        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            if sql.lstrip().upper().startswith(_WRITES):
                step()
            done = super().execute(sql, *args)
            if sql == "COMMIT":
                step()
            return done

        def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
            step()
            return super().executemany(sql, *args)

    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **options: connect(  # type: ignore[assignment]
        *args, **options, factory=Connection
    )
    for name in ("fsync", "replace", "rename"):
        _count_calls(name, step)
    if checkpoint_entries is not None:
        from station.storage import station_db

        station_db.CHECKPOINT_ENTRIES = checkpoint_entries  # type: ignore[misc]


def install_in_burst(kill_at: int, verdicts: int) -> None:
    """As `install`, and nothing is committed before so many verdicts are decided.

    So one commit, the first or the second, holds most of them.
    """
    from station.intake.committer import Committer

    install(kill_at, checkpoint_entries=3)
    commit = Committer._commit
    is_first = True

    def second_is_large(self: Committer, batch: list[Any]) -> None:
        nonlocal is_first
        deadline_s = time.monotonic() + _BURST_S
        while is_first and len(batch) + len(self._worker._waiting) < verdicts:
            assert time.monotonic() < deadline_s, "the burst does not come"
            time.sleep(0)
        is_first = False
        commit(self, batch)

    Committer._commit = second_is_large  # type: ignore[method-assign]


def _count_calls(name: str, step: Callable[[], None]) -> None:
    call = getattr(os, name)

    def counted(*args: Any, **options: Any) -> Any:
        step()
        return call(*args, **options)

    setattr(os, name, counted)


def install_in_file(size_bytes: int) -> None:
    """Be killed in the middle of writing: by the first byte of any file beyond a size.

    What came before it is written, in the middle of a page too.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
