"""Makes Textual take whatever bytes a terminal sends.

Its reader decodes strictly and ends the application at the first byte that is no UTF-8; a barcode
that a keyboard scanner types may hold any. Such bytes come through as lone surrogates and become
the same bytes again. Textual is pinned, so the name that is replaced is there.
"""

import codecs
from functools import partial
from typing import Any

from textual.drivers import linux_driver


def take_any_bytes() -> None:
    """Have the terminal's reader decode leniently from now on; idempotent."""
    vars(linux_driver)["getincrementaldecoder"] = _lenient


def _lenient(encoding: str) -> "partial[Any]":
    return partial(codecs.getincrementaldecoder(encoding), errors="surrogateescape")
