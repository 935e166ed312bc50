"""Makes Textual take whatever bytes a terminal sends, and notices that a terminal is gone.

Its reader decodes strictly and ends the application at the first byte that is no UTF-8; a barcode
that a keyboard scanner types may hold any. Such bytes come through as lone surrogates and become
the same bytes again. Textual is pinned, so the name that is replaced is there.

At the end of its input Textual's reader asks again at once, for ever, and its writer ends: where
nothing ends the process with the terminal (SIGHUP ignored, as by nohup), it would take a whole core
from the engine and hear no SIGTERM.
"""

import codecs
import sys
from functools import partial
from typing import Any

from textual.drivers import linux_driver


def take_any_bytes() -> None:
    """Have the terminal's reader decode leniently from now on; idempotent."""
    vars(linux_driver)["getincrementaldecoder"] = _lenient


def terminal_is_gone() -> bool:
    """Whether the terminal that keys come from is closed; costs a microsecond."""
    return sys.__stdin__ is None or not sys.__stdin__.isatty()


def _lenient(encoding: str) -> "partial[Any]":
    return partial(codecs.getincrementaldecoder(encoding), errors="surrogateescape")
