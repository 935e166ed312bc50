"""Drawn scenes beyond what the engine reads alone: at least so many, and never a text made up."""

import time
from typing import Final

import numpy as np
import pytest

from station.decoders.patterns import Kind, known_modules
from station.decoders.pipeline import default_pipeline
from station.decoders.zxing import ZxingDecoder
from station.labels.picture import LabelContent
from station.labels.scene import Conditions, draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, board

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


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        *((Kind.DATA_MATRIX, size) for size in (14, 18, 22, 26, 32)),
        *((Kind.QR_CODE, size) for size in (21, 25, 29)),
    ],
)
def test_a_right_frame_around_modules_of_chance_is_no_text(kind: Kind, size: int) -> None:
    station = default_pipeline()
    rng = np.random.default_rng(size)
    known = known_modules(kind, size)
    for _ in range(3):
        light = np.where(known != 0, known > 0, rng.random((size, size)) < 0.5)
        drawn = np.pad(np.where(light, 240, 20).astype(np.uint8), 3, constant_values=240)
        large = np.kron(drawn, np.ones((3, 3), np.uint8))
        sight = station.look(board((large, 120, 90)))
        assert sight.symbols == ()


def test_a_picture_full_of_nothing_costs_a_bounded_time() -> None:
    station = default_pipeline()
    clutter = draw_scene([], 7, Conditions(strength=8))
    station.decode(clutter)
    started_s = time.thread_time()
    station.decode(clutter)
    assert time.thread_time() - started_s < 1.0
