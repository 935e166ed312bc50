"""Symbols followed through a stream: each code stays with its own item, whatever the items do."""

from typing import Final

import numpy as np

from station.core.symbol import Symbol, center
from station.decoders.watching import default_watcher
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, Pixels, board, label

OTHER: Final = UNIT.replace(b"K7QZ4M2XW9TRB", b"K7QZ4M2XW9TRC")
ONE: Final = label(UNIT, SymbolKind.GS1_DATA_MATRIX, 3)
TWO: Final = label(OTHER, SymbolKind.GS1_DATA_MATRIX, 3)
HALF: Final = ONE.shape[0] / 2


def noisy(pixels: Pixels, seed: int) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, 2.0, pixels.shape)
    return (pixels + noise).clip(0, 255).astype(np.uint8)


def places(symbols: tuple[Symbol, ...]) -> dict[bytes, tuple[float, float]]:
    return {symbol.payload: center(symbol.corners) for symbol in symbols if symbol.corners}


def test_two_items_side_by_side_keep_their_codes_on_the_move() -> None:
    watcher = default_watcher()
    for frame in range(30):
        x = 20 + 9 * frame
        picture = noisy(board((ONE, x, 60), (TWO, x + 170, 62), width=900), frame)
        found = places(watcher.watch(picture))
        assert set(found) == {UNIT, OTHER}
        assert abs(found[UNIT][0] - (x + HALF)) < 4
        assert abs(found[OTHER][0] - (x + 170 + HALF)) < 4


def test_items_that_change_places_take_their_codes_along() -> None:
    watcher = default_watcher()
    for frame in range(24):
        left, right = (ONE, TWO) if frame % 8 < 4 else (TWO, ONE)
        picture = noisy(board((left, 40, 60), (right, 400, 60)), frame)
        found = places(watcher.watch(picture))
        assert set(found) == {UNIT, OTHER}
        assert (found[UNIT][0] < found[OTHER][0]) is (left is ONE)


def test_an_item_changed_for_another_on_the_move_is_not_told_as_the_first() -> None:
    watcher = default_watcher()
    for frame in range(20):
        x = 20 + 9 * frame
        shown, payload = (ONE, UNIT) if frame < 10 else (TWO, OTHER)
        found = places(watcher.watch(noisy(board((shown, x, 60), width=900), frame)))
        assert set(found) == {payload}


def test_a_copy_that_comes_beside_its_original_is_a_second_place() -> None:
    watcher = default_watcher()
    for frame in range(6):
        assert len(watcher.watch(noisy(board((ONE, 40, 60)), frame))) == 1
    counts = [
        len(watcher.watch(noisy(board((ONE, 40, 60), (ONE, 400, 200)), frame)))
        for frame in range(6, 12)
    ]
    assert counts == [2] * 6
