"""Drawn scenes beyond what the engine reads alone: at least so many, and never a text made up."""

import time
from typing import Final

import pytest

from station.decoders.pipeline import default_pipeline
from station.decoders.zxing import ZxingDecoder
from station.labels.picture import LabelContent
from station.labels.scene import Conditions, draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT

SEEDS: Final = range(500, 512)
HARD: Final = Conditions(strength=2.5, module_px=2.0)


@pytest.mark.parametrize(
    ("kind", "least"), [(SymbolKind.GS1_DATA_MATRIX, 7), (SymbolKind.GS1_QR, 7)]
)
def test_most_are_read_and_nothing_else(kind: SymbolKind, least: int) -> None:
    alone, station = ZxingDecoder(), default_pipeline()
    read_alone = read = 0
    for seed in SEEDS:
        scene = draw_scene([LabelContent(UNIT, kind)], seed, HARD)
        found = [symbol.payload for symbol in station.decode(scene)]
        assert found in ([], [UNIT])
        read += len(found)
        read_alone += len(alone.decode(scene))
    assert read >= least
    assert read >= read_alone + 4


def test_torn_labels_and_bare_cartons_read_as_nothing() -> None:
    station = default_pipeline()
    label = LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX)
    for seed in SEEDS:
        assert station.decode(draw_scene([], seed, HARD)) == ()
        assert station.decode(draw_scene([label], seed, HARD, torn=True)) == ()


def test_a_picture_full_of_nothing_costs_a_bounded_time() -> None:
    station = default_pipeline()
    clutter = draw_scene([], 7, Conditions(strength=8))
    station.decode(clutter)
    started_s = time.thread_time()
    station.decode(clutter)
    assert time.thread_time() - started_s < 1.0
