"""Tests of file permissions, which mean nothing to root."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

NOBODY: Final = 65534


@contextmanager
def without_privileges() -> Iterator[None]:
    """Inside, files are opened as an ordinary user, also when the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def unprivileged_folder() -> Iterator[Path]:
    """A folder that an ordinary user can reach; pytest's own are closed to others than their owner.

    It belongs to whom `without_privileges` runs as.
    """
    folder = Path(tempfile.mkdtemp(prefix="station-test-"))
    try:
        folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
