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
    out, err = io.StringIO(), io.StringIO()
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(list(argv))
    finally:
        sys.stdin = before
    return Outcome(int(code), out.getvalue(), err.getvalue())
