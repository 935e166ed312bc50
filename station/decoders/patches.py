"""The patches of one picture that may hold a matrix code, and what became of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from station.core.symbol import LINEAR_FORMATS, Corners, Symbol, center
from station.decoders.blobs import Blob, find_blobs
from station.decoders.fitted import PatchReader
from station.decoders.places import is_inside

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

_MOST_BLOBS: Final = 400
_MOST_MISSES: Final = 8
"""Patches without a symbol, one after the other and the strongest first, that end a round."""
_LIKE_SIZES: Final = (0.6, 1.7)
"""Beside symbols that were read, patches with sides within these shares of theirs are tried."""


class Patches:
    """Patches in order of strength; those on which a symbol was read are done with.

    Args:
        pixels: 2-D uint8, grey.
        found: What was read before.
    """

    def __init__(self, pixels: "GreyPixels", found: tuple[Symbol, ...]) -> None:
        matrix = [symbol for symbol in found if symbol.format not in LINEAR_FORMATS]
        blobs = _like(find_blobs(pixels, _MOST_BLOBS), matrix)
        self._open = dict(enumerate(blobs))
        self._centers = np.array([blob.quad.mean(axis=0) for blob in blobs]).reshape(-1, 2)
        self._reader = PatchReader(pixels)
        self._symbols: list[Symbol] = []
        self._news: list[Symbol] = []
        self._close(found)

    def __bool__(self) -> bool:
        """Whether any patch is left."""
        return bool(self._open)

    def untaken(self, in_budget: Callable[[], bool]) -> Iterator[Blob]:
        """One round over the patches on which no symbol was read so far."""
        misses = 0
        for number in list(self._open):
            if not in_budget() or misses >= _MOST_MISSES:
                return
            if number in self._open:
                known = len(self._symbols)
                yield self._open[number]
                misses = 0 if len(self._symbols) > known else misses + 1

    def fit(self, blob: Blob) -> None:
        """Try the fitted stage on a patch."""
        symbol = self._reader.read(blob.quad)
        if symbol is not None:
            self.take((symbol,))

    def take(self, symbols: tuple[Symbol, ...]) -> None:
        """Keep symbols that were read; their patches are done with."""
        self._news += symbols
        self._close(symbols)

    def news(self) -> tuple[Symbol, ...]:
        """What was taken since the last call."""
        news, self._news = tuple(self._news), []
        return news

    @property
    def unread(self) -> tuple[Corners, ...]:
        """Outlines of symbols that show and were not read, in reading order."""
        unread = [
            outline
            for outline in self._reader.unread
            if not any(is_inside(symbol, center(outline)) for symbol in self._symbols)
        ]
        return tuple(sorted(unread, key=lambda outline: center(outline)[::-1]))

    def _close(self, symbols: Iterable[Symbol]) -> None:
        for symbol in symbols:
            self._symbols.append(symbol)
            if symbol.corners is None or not self._open:
                continue
            outline = np.array(symbol.corners)
            low, high = outline.min(axis=0), outline.max(axis=0)
            near = ((self._centers >= low) & (self._centers <= high)).all(axis=1)
            for number in np.nonzero(near)[0].tolist():
                x, y = self._centers[number].tolist()
                if is_inside(symbol, (x, y)):
                    self._open.pop(number, None)


def _like(blobs: list[Blob], matrix: list[Symbol]) -> list[Blob]:
    """The patches about as large as the symbols that were read; all, where none was."""
    sides = [_side(np.array(symbol.corners, np.float32)) for symbol in matrix if symbol.corners]
    if not sides:
        return blobs
    usual = float(np.median(sides))
    low, high = (share * usual for share in _LIKE_SIZES)
    return [blob for blob in blobs if low <= _side(blob.quad) <= high]


def _side(quad: cv2.typing.MatLike) -> float:
    return float(np.sqrt(cv2.contourArea(quad)))
