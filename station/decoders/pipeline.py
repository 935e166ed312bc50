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
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import cv2

from station.core.symbol import LINEAR_FORMATS, Symbol, is_evidence
from station.decoders.bars import find_bands
from station.decoders.cutouts import Cutouts
from station.decoders.patches import Patches
from station.decoders.places import (
    added,
    has_matrix,
    in_reading_order,
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
_LEAST_SIDE_PX: Final = 4
"""Smaller pictures are looked at once."""
_TRAY: Final = 3
"""Matrix codes from which a picture is a tray: many labels, of which some may be left."""
_MOST_BANDS: Final = 4


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
        patches = Patches(pixels, found)
        for blob in patches.untaken(in_budget):
            patches.fit(blob)
        found = added(found, patches.news())
        if not has_matrix(found) and not has_linear:
            found = self._linear_codes(pixels, found, in_budget)
        matrix = sum(symbol.format not in LINEAR_FORMATS for symbol in found)
        if patches and (not found or matrix >= _TRAY):
            self._prepare(pixels, patches, in_budget, alone=not found)
            found = added(found, patches.news())
        if not found or matrix:
            for blob in patches.untaken(in_budget):
                patches.take(self._cutouts.read(pixels, blob.quad))
            found = added(found, patches.news())
        for decoder in self._last:
            if not found and in_budget():
                found = decoder.decode(pixels)
        return Sight(found, patches.unread)

    def _prepare(
        self, pixels: "GreyPixels", patches: Patches, in_budget: Callable[[], bool], *, alone: bool
    ) -> None:
        """Read the whole picture in other preparations, while patches are left."""
        for step, picture in prepared(pixels):
            symbols = self._matrix.decode(picture)
            patches.take(tuple(replace(symbol, step=step) for symbol in symbols))
            if not patches or not in_budget() or (alone and symbols):
                return

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


def default_pipeline(budget_s: float = BUDGET_S) -> LabelFinder:
    """The decoder of every command.

    Without the zbar library linear codes have one witness only; `zbar.unavailable_because` gives
    the reason for doctor and the health strip.

    Args:
        budget_s: As `Pipeline` takes it.
    """
    cv2.setNumThreads(1)  # helpers of its own would escape the priority of the calling thread
    zxing = ZxingDecoder()
    strips = StripReader((ZxingRowDecoder(), ZbarDecoder(rows_only=True)))
    others = (ScaledDecoder(zxing, factor=2), ZbarDecoder())
    return Pipeline(zxing, others, strips, budget_s=budget_s)


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
