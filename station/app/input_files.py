"""Files a person names on the command line, read no further than they may be long."""

import sys
from pathlib import Path

from station.core.errors import ConfigurationError
from station.core.text import printable


def read_bounded(file: Path, max_bytes: int) -> bytes:
    """A file's bytes, one more than is allowed at most; ``-`` is standard input.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(max_bytes + 1)
        with file.open("rb") as opened:
            return opened.read(max_bytes + 1)
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {printable(str(file), 200)}: {error.strerror or error}",
            "check the file's name and rights",
        ) from None
