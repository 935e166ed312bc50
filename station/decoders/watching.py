"""Reads a stream of frames: decodes where something has changed, and follows what was read.

A thumbnail of an eighth tells which parts of the picture moved. A symbol in a part at rest is still
there. A symbol that moved is followed by its own module pattern, which no other code shares; when
the pattern is not found again, or now and then to be sure, its surroundings are decoded anew. So a
code is only ever reported where its modules were seen, and two items side by side cannot swap.
Frames are given in order by one thread at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from station.core.symbol import Corners, Symbol, center, is_evidence
from station.decoders.glance import default_glance
from station.decoders.places import in_reading_order, same_place
from station.ports.decoding import LabelFinder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from station.ports.frames import GreyPixels

    Thumbnail = NDArray[np.float32]

_CELL_PX: Final = 8
_LEAST_SIDE_PX: Final = 3 * _CELL_PX
_LEAST_CHANGE: Final = 3.0
"""Grey levels by which a cell must differ to have changed, at the least."""
_NOISE_TIMES: Final = 7.0
"""And in medians of all cells' differences, which are noise."""
_NOISE_GROWTH: Final = 1.3
_FIRST_NOISE: Final = 2.0
_LEAST_NOISE: Final = 0.2
_LEAST_CELLS: Final = 3
"""Changed cells side by side; fewer are noise."""
_SAMPLE_EVERY: Final = 7
_GROW_CELLS: Final = 5
_ALL_OF_IT: Final = 0.6
"""From this share of changed cells on, the light or the camera changed: all is decoded."""
_MARGIN_PX: Final = 24
_MOST_BOXES: Final = 4
_FOLLOW_SCALE: Final = 0.5
_SEARCH_PX: Final = 12
"""How far from where it is expected a pattern is looked for, pixels of the picture."""
_FIRST_SEARCH_PX: Final = 64
"""The same for a symbol whose speed is not known yet."""
_LEAST_LIKENESS: Final = 0.8
"""Correlation with the pattern read; another code of the same design reaches about 0.5."""
_READ_AGAIN: Final = 12
"""A followed symbol is decoded again after so many frames in which it moved."""
_LOOK_BESIDE: Final = 4
"""While symbols are followed, what moves beside them is decoded in every so-manyth frame."""
_RETRIES: Final = 3
_RETRY_EVERY: Final = 30
_DOUBT_EVERY: Final = 3
"""A scene at rest without a symbol is decoded in so many more frames, then in every so-manyth."""


@dataclass(frozen=True, slots=True)
class _Box:
    """Pixels of a picture; right and bottom are beyond the last."""

    left: int
    top: int
    right: int
    bottom: int

    def grown(self, by: int, shape: tuple[int, ...]) -> "_Box":
        height, width = shape
        return _Box(
            max(0, self.left - by),
            max(0, self.top - by),
            min(width, self.right + by),
            min(height, self.bottom + by),
        )

    def touches(self, other: "_Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def joined(self, other: "_Box") -> "_Box":
        return _Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def of(self, pixels: "GreyPixels") -> "GreyPixels":
        return pixels[self.top : self.bottom, self.left : self.right]


@dataclass(slots=True)
class _Mark:
    """A symbol that is in view.

    Attributes:
        symbol: As it was last read, with its present corners.
        pattern: The symbol's own picture, reduced.
        speed: Pixels a frame, right and down; None until it was read twice.
        followed: Frames in which it moved since it was read.
        reads: Frames in which it was read.
    """

    symbol: Symbol
    pattern: "GreyPixels"
    speed: tuple[float, float] | None = None
    followed: int = 0
    reads: int = 1


class Watcher:
    """Tells of every frame which symbols are in view.

    Args:
        decoder: Reads a part of a frame.
    """

    def __init__(self, decoder: LabelFinder) -> None:
        self._decoder = decoder
        self._thumbnail: Thumbnail | None = None
        self._marks: list[_Mark] = []
        self._noise = _FIRST_NOISE
        self._scene = _Box(0, 0, 0, 0)
        self._frames = 0
        self._promising = False
        self._still = 0
        self._beside = 0

    @property
    def name(self) -> str:
        """The decoder's name."""
        return self._decoder.name

    def watch(self, pixels: "GreyPixels") -> tuple[Symbol, ...]:
        """The symbols in view, in reading order.

        Args:
            pixels: 2-D uint8, grey; the next frame of the stream.
        """
        self._frames += 1
        if min(pixels.shape) < _LEAST_SIDE_PX:
            self._marks, self._thumbnail = [], None
            return ()
        whole = _Box(0, 0, pixels.shape[1], pixels.shape[0])
        moved = self._moved(pixels)
        if moved is None:
            self._marks = []
            self._still = 0
            self._scene = whole
            self._decode(pixels, whole)
        elif moved:
            self._still = 0
            self._follow(pixels, moved)
        else:
            self._still += 1
            self._doubt(pixels)
            if self._wants_another_try():
                self._decode(pixels, self._scene)
        return in_reading_order(_told(mark) for mark in self._marks)

    def _doubt(self, pixels: "GreyPixels") -> None:
        """See now and then whether symbols at rest are still what was read there."""
        if self._frames % _DOUBT_EVERY:
            return
        for mark in list(self._marks):
            if not _is_still_there(pixels, mark):
                self._marks.remove(mark)
                box = _box_of(mark.symbol.corners).grown(_MARGIN_PX, pixels.shape)
                self._decode(pixels, box, (mark,))

    def _wants_another_try(self) -> bool:
        """Whether a scene at rest is worth decoding again."""
        if any(not is_evidence(_told(mark)) for mark in self._marks):
            return self._still <= _RETRIES
        if self._marks:
            return False
        return self._still % _RETRY_EVERY == 0 or (self._promising and self._still <= _RETRIES)

    def _moved(self, pixels: "GreyPixels") -> list[_Box] | None:
        """Where the picture changed since the last frame; None where all of it did."""
        half = _CELL_PX // 2
        small = pixels[half::_CELL_PX, half::_CELL_PX].astype(np.float32)
        thumbnail = cast("Thumbnail", cv2.blur(small, (3, 3)))
        before, self._thumbnail = self._thumbnail, thumbnail
        if before is None or before.shape != thumbnail.shape:
            return None
        difference = thumbnail - before
        # A lamp's flicker lifts all cells alike and is no movement.
        some = difference.ravel()[::_SAMPLE_EVERY]
        level = float(np.median(some))
        # What changes in every cell is no noise but another scene: noise grows slowly.
        seen = float(np.median(np.abs(some - level)))
        self._noise = min(seen, _NOISE_GROWTH * max(self._noise, _LEAST_NOISE))
        limit = max(_LEAST_CHANGE, _NOISE_TIMES * self._noise)
        single = (np.abs(difference - level) > limit).astype(np.uint8)
        around = cv2.boxFilter(single, -1, (3, 3), normalize=False)
        changed = cv2.min(single, (around >= _LEAST_CELLS).astype(np.uint8))
        count = int(cv2.countNonZero(changed))
        if count == 0:
            return []
        if count > _ALL_OF_IT * changed.size:
            return None
        grown = cv2.dilate(changed, np.ones((_GROW_CELLS, _GROW_CELLS), np.uint8))
        boxes, _, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
        return [
            _Box(left, top, left + width, top + height).grown(0, pixels.shape)
            for left, top, width, height in (
                (int(value) * _CELL_PX for value in stats[label][:4]) for label in range(1, boxes)
            )
        ]

    def _follow(self, pixels: "GreyPixels", moved: list[_Box]) -> None:
        """Find the symbols again that moved, and decode what else did."""
        kept: list[_Mark] = []
        suspects: list[_Box] = []
        explained: list[_Box] = []
        for mark in self._marks:
            box = _box_of(mark.symbol.corners)
            if not any(box.touches(other) for other in moved):
                if self._frames % _DOUBT_EVERY or _is_still_there(pixels, mark):
                    kept.append(mark)
                else:
                    suspects.append(box)
            elif mark.followed < _READ_AGAIN and _found_again(pixels, mark):
                mark.followed += 1
                kept.append(mark)
                explained += [box, _box_of(mark.symbol.corners)]
            else:
                suspects.append(box)
        lost = [mark for mark in self._marks if mark not in kept]
        self._marks = kept
        self._beside += 1
        beside = [
            box
            for box in moved
            if any(box.touches(suspect) for suspect in suspects)
            or not any(box.touches(place) for place in explained)
            or self._beside % _LOOK_BESIDE == 0
        ]
        self._scene = reduce(_Box.joined, moved).grown(_MARGIN_PX, pixels.shape)
        unsure = [box for box in suspects if not any(box.touches(other) for other in beside)]
        around = [box.grown(_MARGIN_PX, pixels.shape) for box in (*beside, *unsure)]
        for box in _joined(around):
            self._decode(pixels, box, lost)

    def _decode(self, pixels: "GreyPixels", box: _Box, lost: "Iterable[_Mark]" = ()) -> None:
        """Read a part of the frame and mark what is there."""
        sight = self._decoder.look(np.ascontiguousarray(box.of(pixels)))
        self._promising = bool(sight.unread)
        for symbol in sight.symbols:
            if symbol.corners is None:
                continue
            placed = _shifted(symbol, box.left, box.top)
            pattern = _pattern(pixels, placed.corners)
            if pattern is None:
                continue
            known = self._known(placed, lost)
            mark = _Mark(placed, pattern)
            if known is not None:
                mark.reads = known.reads + 1
                # One that was followed has been moved already; what is left is no speed.
                followed = any(known is other for other in self._marks)
                mark.speed = (
                    known.speed if followed else _difference(placed.corners, known.symbol.corners)
                )
                self._marks = [other for other in self._marks if other is not known]
            self._marks = [other for other in self._marks if not same_place(other.symbol, placed)]
            self._marks.append(mark)

    def _known(self, symbol: Symbol, lost: "Iterable[_Mark]") -> _Mark | None:
        """The mark that a symbol just read continues: the same code, nearest by."""
        same = [
            mark
            for mark in (*self._marks, *lost)
            if mark.symbol.payload == symbol.payload and mark.symbol.format is symbol.format
        ]
        here = [mark for mark in same if same_place(mark.symbol, symbol)]
        if here:
            return here[0]
        # Elsewhere in the same frame it would be a second place, not the same one moved.
        gone = [mark for mark in same if mark not in self._marks]
        return gone[0] if len(gone) == 1 else None


def _joined(boxes: list[_Box]) -> list[_Box]:
    """The same area in boxes that do not touch; many become one."""
    apart: list[_Box] = []
    for box in boxes:
        touching = [other for other in apart if box.touches(other)]
        apart = [other for other in apart if other not in touching]
        apart.append(reduce(_Box.joined, touching, box))
    return apart if len(apart) <= _MOST_BOXES else [reduce(_Box.joined, apart)]


def default_watcher() -> Watcher:
    """The decoder of cameras and video files."""
    return Watcher(default_glance())


def _told(mark: _Mark) -> Symbol:
    """The symbol with its frames counted as witnesses."""
    return replace(mark.symbol, witnesses=max(mark.symbol.witnesses, mark.reads))


def _is_still_there(pixels: "GreyPixels", mark: _Mark) -> bool:
    """Whether a mark's pattern is where it was, in a part of the picture that seems at rest."""
    mark.speed = (0.0, 0.0)
    return _found_again(pixels, mark)


def _found_again(pixels: "GreyPixels", mark: _Mark) -> bool:
    """Look for a mark's pattern where it is expected, and move the mark there."""
    speed = (0.0, 0.0) if mark.speed is None else mark.speed
    expected = _shifted(mark.symbol, *speed)
    box = _box_of(expected.corners)
    area = box.grown(_SEARCH_PX if mark.speed else _FIRST_SEARCH_PX, pixels.shape)
    part = area.of(pixels)
    height, width = mark.pattern.shape
    if min(part.shape) == 0:
        return False
    small = cv2.resize(part, None, fx=_FOLLOW_SCALE, fy=_FOLLOW_SCALE, interpolation=cv2.INTER_AREA)
    if small.shape[0] < height or small.shape[1] < width:
        return False
    likeness = cv2.matchTemplate(small, mark.pattern, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(likeness)
    if best < _LEAST_LIKENESS:
        return False
    move = (
        area.left + x / _FOLLOW_SCALE - box.left,
        area.top + y / _FOLLOW_SCALE - box.top,
    )
    mark.speed = (speed[0] + move[0], speed[1] + move[1])
    mark.symbol = _shifted(expected, *move)
    return True


def _pattern(pixels: "GreyPixels", corners: Corners | None) -> "GreyPixels | None":
    box = _box_of(corners).grown(0, pixels.shape)
    part = box.of(pixels)
    if min(part.shape) < 2 / _FOLLOW_SCALE:
        return None
    small = cv2.resize(part, None, fx=_FOLLOW_SCALE, fy=_FOLLOW_SCALE, interpolation=cv2.INTER_AREA)
    return cast("GreyPixels", small)


def _box_of(corners: Corners | None) -> _Box:
    if corners is None:
        return _Box(0, 0, 0, 0)
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return _Box(int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1)


def _shifted(symbol: Symbol, right: float, down: float) -> Symbol:
    if symbol.corners is None:
        return symbol
    corners = tuple((x + right, y + down) for x, y in symbol.corners)
    return replace(symbol, corners=cast("Corners", corners))


def _difference(now: Corners | None, before: Corners | None) -> tuple[float, float] | None:
    if now is None or before is None:
        return None
    (x, y), (x_before, y_before) = center(now), center(before)
    return (x - x_before, y - y_before)
