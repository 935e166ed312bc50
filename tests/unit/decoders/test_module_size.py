"""How large the modules of a symbol are that was read: every size, turned and small."""

from dataclasses import replace

import numpy as np
import pytest

from station.core.symbol import Symbol, SymbolFormat
from station.decoders.module_size import module_size
from station.decoders.pipeline import default_pipeline
from station.labels.picture import LabelContent
from station.labels.scene import Conditions, draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, board, box, label

MATRIX = SymbolKind.GS1_DATA_MATRIX


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        (MATRIX, 40),
        (MATRIX, 44),
        (MATRIX, 52),
        (SymbolKind.GS1_QR, 45),
        (SymbolKind.GS1_QR_LOW, 41),
    ],
)
@pytest.mark.parametrize("module_px", [1.5, 2.5, 5.0])
def test_the_side_is_counted_and_the_module_measured(
    kind: SymbolKind, side: int, module_px: float
) -> None:
    decoder = default_pipeline()
    for seed in (1, 2, 3):
        content = LabelContent(UNIT, kind, side=side if kind is MATRIX else None)
        view = draw_scene([content], seed, Conditions(0.7, module_px))
        (symbol,) = decoder.decode(view)
        size = module_size(view, symbol)
        assert size is not None
        assert size.modules == side
        assert size.module_px == pytest.approx(module_px, rel=0.15)


def test_a_linear_code_and_a_scanner_have_no_modules_to_measure() -> None:
    picture = board((label(b"4006381333931", SymbolKind.EAN_13), 20, 20))
    (bars,) = default_pipeline().decode(picture)
    assert module_size(picture, bars) is None
    assert module_size(picture, Symbol(UNIT, "]d2", SymbolFormat.DATA_MATRIX)) is None


def test_what_shows_no_pattern_is_not_guessed() -> None:
    symbol = Symbol(UNIT, "]d2", SymbolFormat.DATA_MATRIX, box(20, 20, 160, 160))
    noise = np.random.default_rng(1).integers(0, 255, (200, 200)).astype(np.uint8)
    assert module_size(noise, symbol) is None
    assert module_size(np.full((200, 200), 9, np.uint8), symbol) is None
    assert module_size(noise, replace(symbol, corners=box(0, 0, 4, 4))) is None
