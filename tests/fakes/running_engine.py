"""A real engine in a process of its own, `python -m station run`, with a screen's ear at it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.app.site_paths import SitePaths
from tests.fakes.engine_feed import EngineFeed
from tests.fakes.warm_station import ROOT

END_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """An engine that answers.

    Attributes:
        process: It.
        feed: A screen's ear and mouth, connected.
        log: What it writes to standard error.
    """

    process: "subprocess.Popen[bytes]"
    feed: EngineFeed
    log: Path

    def type_in(self, *payloads: bytes) -> None:
        """Give lines to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(payload + b"\n" for payload in payloads))
        self.process.stdin.flush()

    def end(self, number: int = signal.SIGTERM) -> int:
        """End it with a signal; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(END_S)


@contextmanager
def running_engine(
    site: Path,
    *sources: str,
    stderr: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[RunningEngine]:
    """Run the engine of a site.

    Args:
        site: The site folder.
        sources: Source specifications.
        stderr: A descriptor for its words, instead of the log.
        environment: Besides this process's own.
    """
    log = site / "engine.log"
    argv = [sys.executable, "-m", "station", "run", "--site", str(site)]
    for source in sources:
        argv += ["--source", source]
    with log.open("wb") as words:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=words if stderr is None else stderr,
            env={**os.environ, **(environment or {}), "PYTHONPATH": str(ROOT)},
        )
    try:
        with EngineFeed(SitePaths(site).socket) as feed:
            feed.until(lambda: feed.is_connected or process.poll() is not None, "that it is there")
            assert process.poll() is None, log.read_text("utf-8")
            yield RunningEngine(process, feed, log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(END_S)
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.close()
