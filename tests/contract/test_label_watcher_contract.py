"""What every `station.ports.decoding.LabelWatcher` does, shown on the fake and on the real one."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pytest

from station.core.symbol import center
from station.decoders.watching import default_watcher
from station.decoders.zxing import ZxingDecoder
from station.labels.symbols import SymbolKind
from station.ports.decoding import LabelWatcher
from tests.fakes.decoder import UNIT, board, label
from tests.fakes.watcher import FakeWatcher

OTHER: Final = UNIT.replace(b"K7QZ4M2XW9TRB", b"K7QZ4M2XW9TRC")
DRAWN: Final = label(UNIT, SymbolKind.GS1_DATA_MATRIX, 4)
BESIDE: Final = label(OTHER, SymbolKind.GS1_DATA_MATRIX, 4)

WATCHERS: Final[dict[str, Callable[[], LabelWatcher]]] = {
    "fake": lambda: FakeWatcher(ZxingDecoder()),
    "real": default_watcher,
}


@pytest.fixture(params=list(WATCHERS))
def watcher(request: pytest.FixtureRequest) -> LabelWatcher:
    return WATCHERS[request.param]()


def test_a_symbol_is_told_in_every_frame_it_is_in(watcher: LabelWatcher) -> None:
    for x in (40, 40, 60, 80, 80):
        (found,) = watcher.watch(board((DRAWN, x, 60)))
        assert found.payload == UNIT
        assert found.corners is not None
        assert abs(center(found.corners)[0] - (x + DRAWN.shape[1] / 2)) < 4


def test_a_symbol_that_left_is_not_told(watcher: LabelWatcher) -> None:
    assert watcher.watch(board((DRAWN, 40, 60)))
    assert watcher.watch(board()) == ()


def test_two_places_are_two_symbols_in_reading_order(watcher: LabelWatcher) -> None:
    found = watcher.watch(board((DRAWN, 400, 250), (DRAWN, 40, 30)))
    assert [symbol.payload for symbol in found] == [UNIT, UNIT]
    first, second = (center(s.corners) for s in found if s.corners is not None)
    assert first[1] < second[1]


def test_each_code_is_told_where_it_is(watcher: LabelWatcher) -> None:
    one_way = board((DRAWN, 40, 60), (BESIDE, 400, 60))
    other_way = board((BESIDE, 40, 60), (DRAWN, 400, 60))
    for frame, expected in ((one_way, [UNIT, OTHER]), (other_way, [OTHER, UNIT])):
        found = watcher.watch(frame)
        assert [symbol.payload for symbol in found] == expected


def test_nothing_and_another_size_are_no_trouble(watcher: LabelWatcher) -> None:
    assert watcher.watch(np.zeros((1, 1), np.uint8)) == ()
    assert watcher.watch(board()) == ()
    assert watcher.watch(np.zeros((480, 0), np.uint8)) == ()
    assert [s.payload for s in watcher.watch(board((DRAWN, 40, 60), width=500))] == [UNIT]
