"""The decoder a station uses: from one cheap look to dear ones, each only where the last failed.

1. zxing-cpp on the picture as it is.
2. Patches that look like a matrix code and were not read: the known pattern is fitted to each
   (`fitted`), then zxing-cpp tries an enlarged and a thresholded cut-out of it.
3. Where no matrix code was found: patches of bars are averaged into strips for zxing-cpp and zbar
   (`strips`), which must agree.
4. Where nothing was found, and on a tray of labels while patches are left: zxing-cpp on the whole
   picture in other preparations (`prepared`); at last, enlarged where it is small, and zbar.

A budget of processor time stops between steps, so that a picture full of clutter costs a bounded
time. Every symbol names the engine and the step that read it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from station.core.symbol import LINEAR_FORMATS, Corners, Symbol, center, is_evidence
from station.decoders.bars import find_bands
from station.decoders.blobs import Blob, find_blobs
from station.decoders.cutouts import Cutouts
from station.decoders.fitted import PatchReader
from station.decoders.places import (
    added,
    has_matrix,
    in_reading_order,
    is_inside,
    plausible,
    same_place,
)
from station.decoders.prepared import prepared
from station.decoders.scaled import ScaledDecoder
from station.decoders.strips import StripReader
from station.decoders.zbar import ZbarDecoder
from station.decoders.zxing import ZxingDecoder, ZxingMatrixDecoder, ZxingRowDecoder
from station.ports.decoding import Decoder, LabelFinder, Sight

if TYPE_CHECKING:
    from station.ports.frames import GreyPixels

BUDGET_S: Final = 0.15
"""Processor time for the steps after the first, for each million pixels and at least once."""
_PIXELS_A_BUDGET: Final = 1_000_000
_MOST_BLOBS: Final = 8
_MOST_BLOBS_A_SYMBOL: Final = 4
"""A tray of labels: many patches are worth a try where many were read."""
_LEAST_SIDE_PX: Final = 16
"""Smaller pictures are looked at once."""
_TRAY: Final = 3
"""Matrix codes from which a picture is a tray: many labels, of which some may be left."""
_MOST_BANDS: Final = 4
_LIKE_SIZES: Final = (0.6, 1.7)
"""Beside symbols that were read, patches with sides within these shares of theirs are tried."""


class Pipeline:
    """The steps in order.

    Args:
        first: Reads the picture as it is.
        last: Tried on the whole picture, one after the other, while nothing was found.
        strips: Reads linear codes of patches.
        budget_s: Processor time for all steps after the first, a million pixels.
        cpu_s: Tells the processor time of the calling thread.
    """

    def __init__(
        self,
        first: Decoder,
        last: tuple[Decoder, ...],
        strips: StripReader,
        *,
        budget_s: float = BUDGET_S,
        cpu_s: Callable[[], float] = time.thread_time,
    ) -> None:
        self._first = first
        self._last = last
        self._strips = strips
        self._matrix = ZxingMatrixDecoder()
        self._cutouts = Cutouts(self._matrix)
        self._budget_s = budget_s
        self._cpu_s = cpu_s

    @property
    def name(self) -> str:
        """The first engine's name; each symbol names the one that read it."""
        return self._first.name

    def decode(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """What was read, in reading order.

        Args:
            pixels: 2-D uint8, grey.
        """
        return self.look(pixels).symbols

    def look(self, pixels: "GreyPixels") -> Sight:
        """What was read, and where something could not be.

        Args:
            pixels: 2-D uint8, grey.
        """
        started_s = self._cpu_s()
        budget_s = self._budget_s * max(1.0, pixels.size / _PIXELS_A_BUDGET)

        def in_budget() -> bool:
            return self._cpu_s() - started_s < budget_s

        found = self._first.decode(pixels)
        if min(pixels.shape) < _LEAST_SIDE_PX:
            return Sight(found)
        has_linear = bool(found) and not has_matrix(found)
        if has_linear:
            found = self._linear_codes(pixels, found, in_budget)
        patches = _Patches(pixels, found)
        for blob in patches.untaken(in_budget):
            found = patches.take(found, patches.fitted(blob))
        if not has_matrix(found) and not has_linear:
            found = self._linear_codes(pixels, found, in_budget)
        matrix = sum(symbol.format not in LINEAR_FORMATS for symbol in found)
        if not found or matrix >= _TRAY:
            found = self._prepared(pixels, found, patches, in_budget)
        if not found or matrix:
            for blob in patches.untaken(in_budget):
                found = patches.take(found, self._cutouts.read(pixels, blob.quad))
        for decoder in self._last:
            if not found and in_budget():
                found = decoder.decode(pixels)
        return Sight(found, patches.unread)

    def _prepared(
        self,
        pixels: "GreyPixels",
        found: tuple[Symbol, ...],
        patches: "_Patches",
        in_budget: Callable[[], bool],
    ) -> tuple[Symbol, ...]:
        """Read the whole picture in other preparations, while patches are left."""
        alone = not found
        for step, picture in prepared(pixels):
            if next(patches.untaken(in_budget), None) is None or (alone and found):
                break
            symbols = self._matrix.decode(picture)
            found = patches.take(found, tuple(replace(symbol, step=step) for symbol in symbols))
        return found

    def _linear_codes(
        self, pixels: "GreyPixels", found: tuple[Symbol, ...], in_budget: Callable[[], bool]
    ) -> tuple[Symbol, ...]:
        """Read patches of bars, and find second witnesses for what was read."""
        for band in find_bands(pixels, _MOST_BANDS):
            if not in_budget():
                break
            symbol = self._strips.read(pixels, band)
            if symbol is not None:
                found = _witnessed(found, symbol)
        return found


class _Patches:
    """The patches of one picture that may hold a matrix code, and what became of them.

    Args:
        pixels: 2-D uint8, grey.
        found: What was read before.
    """

    def __init__(self, pixels: "GreyPixels", found: tuple[Symbol, ...]) -> None:
        self._symbols = list(found)
        matrix = [symbol for symbol in found if symbol.format not in LINEAR_FORMATS]
        most = max(_MOST_BLOBS, _MOST_BLOBS_A_SYMBOL * len(matrix))
        self._blobs = _like(find_blobs(pixels, most), matrix)
        self._reader = PatchReader(pixels)

    def untaken(self, in_budget: Callable[[], bool]) -> Iterator[Blob]:
        """Patches on which no symbol was read so far, while the budget lasts."""
        for blob in self._blobs:
            if not in_budget():
                return
            if not any(_is_taken(blob, symbol) for symbol in self._symbols):
                yield blob

    def fitted(self, blob: Blob) -> tuple[Symbol, ...]:
        """What the fitted stage reads of a patch."""
        symbol = self._reader.read(blob.quad)
        return () if symbol is None else (symbol,)

    def take(self, found: tuple[Symbol, ...], symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
        """Add symbols to what was found; their patches are done with."""
        if not symbols:
            return found
        self._symbols += symbols
        return added(found, symbols)

    @property
    def unread(self) -> tuple[Corners, ...]:
        """Outlines of symbols that show and were not read, in reading order."""
        unread = [
            outline
            for outline in self._reader.unread
            if not any(is_inside(symbol, center(outline)) for symbol in self._symbols)
        ]
        return tuple(sorted(unread, key=lambda outline: center(outline)[::-1]))


def default_pipeline() -> LabelFinder:
    """The decoder of every command.

    Without the zbar library linear codes have one witness only; `zbar.unavailable_because` gives
    the reason for doctor and the health strip.
    """
    cv2.setNumThreads(1)  # helpers of its own would escape the priority of the calling thread
    zxing = ZxingDecoder()
    strips = StripReader((ZxingRowDecoder(), ZbarDecoder(rows_only=True)))
    return Pipeline(zxing, (ScaledDecoder(zxing, factor=2), ZbarDecoder()), strips)


def _witnessed(found: tuple[Symbol, ...], later: Symbol) -> tuple[Symbol, ...]:
    """Add a linear code: what was read at its place it confirms or contradicts."""
    here = [symbol for symbol in found if same_place(symbol, later)]
    if not here:
        return in_reading_order((*found, later))
    others = [symbol for symbol in found if symbol not in here]
    agreeing = [symbol for symbol in here if symbol.payload == later.payload]
    if agreeing:
        kept = replace(agreeing[0], witnesses=max(agreeing[0].witnesses, later.witnesses))
        return in_reading_order((*others, kept))
    return in_reading_order((*others, later)) if is_evidence(later) else plausible((*found, later))


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


def _is_taken(blob: Blob, symbol: Symbol) -> bool:
    x, y = (float(value) for value in blob.quad.mean(axis=0))
    return is_inside(symbol, (x, y))
