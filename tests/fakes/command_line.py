"""Runs the product's commands as its entry point does, in this process."""

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from typing import Any

from station.app.main import main


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        """The objects it printed, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def station(*argv: str, stdin: bytes = b"") -> Outcome:
    """Run ``station ARGV``."""
    bytes_out, err = io.BytesIO(), io.StringIO()
    out = io.TextIOWrapper(bytes_out, encoding="utf-8", newline="", write_through=True)
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(argv))
    finally:
        sys.stdin = before
    out.flush()
    return Outcome(int(code), bytes_out.getvalue().decode("utf-8"), err.getvalue())
