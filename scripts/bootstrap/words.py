"""What is told to the person at the terminal."""

import sys


class CannotPrepareError(Exception):
    """The environment cannot be made; the text says why and what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal, on stderr."""
    print(f"station: {text}", file=sys.stderr, flush=True)
