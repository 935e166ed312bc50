"""Other programs, run without a question and without a word on the terminal."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from scripts.bootstrap.layout import LOG, ROOT


def child_environment() -> dict[str, str]:
    """Give the environment for child programs: nothing that would lead them elsewhere."""
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "PIP_REQUIRE_HASHES"}
    }
    env["PATH"] = env.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"
    env.update(
        DEBIAN_FRONTEND="noninteractive",
        PIP_DISABLE_PIP_VERSION_CHECK="1",
        PIP_NO_INPUT="1",
        PIP_USER="0",
        UV_NO_PROGRESS="1",
        UV_PYTHON_DOWNLOADS="never",
    )
    if not env.get("UV_CACHE_DIR"):
        # A user without a usable home: pip does without a cache by itself, uv must be told.
        try:
            home = env.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
            Path(home, "uv").mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError):
            env["UV_NO_CACHE"] = "1"
    return env


def run(argv: Sequence[str | Path], *, timeout_s: float | None = None) -> bool:
    """Run a program silently, its words into the log; say whether it succeeded."""
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(map(str, argv))}\n")
        log.flush()
        try:
            # A session of its own: an installer that is stopped takes its helpers with it.
            child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=child_environment(),
                cwd=ROOT,
                start_new_session=True,
            )
        except OSError as error:
            log.write(f"{error}\n")
            return False
        try:
            code = child.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            log.write(f"{error}\n")
            code = None
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        log.write(f"-> {code}\n")
    return code == 0


def log_tail(lines: int = 8) -> str:
    """Give the last words of the log, indented and cut to a readable width."""
    try:
        text = LOG.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    told = [line for line in text.splitlines() if line and "WARNING: Retrying" not in line]
    return "\n".join(f"    {line[:140]}" for line in told[-lines:])
