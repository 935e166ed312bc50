"""The steps in order: what ends the search, what a later step may add, what it may cost."""

import time
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import pytest

from station.core.symbol import Symbol, SymbolFormat, center, is_evidence
from station.decoders.pipeline import Pipeline, default_pipeline
from station.decoders.scaled import MAX_PIXELS, ScaledDecoder
from station.decoders.strips import StripReader
from station.decoders.zxing import ZxingDecoder
from station.labels.symbols import SymbolKind
from station.ports.decoding import Decoder
from tests.fakes.decoder import (
    UNIT,
    AlwaysDecoder,
    FakeDecoder,
    Pixels,
    board,
    box,
    label,
    symbol,
)

CARTON: Final = symbol(b"5030159003930", SymbolFormat.EAN_13, box(20, 300, 200, 80))
CODE: Final = symbol(b"UNIT", SymbolFormat.DATA_MATRIX, box(20, 20, 100, 100))
PICTURE: Final = board()


def blurred(drawn: Pixels, module_px: float, sigma_px: float) -> Pixels:
    """A label drawn large, brought down to a pitch and blurred."""
    side = round(drawn.shape[0] / 8 * module_px)
    small = cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), sigma_px).astype(np.uint8)


# About 1.4 pixels a module: nothing zxing-cpp can tell apart.
TINY: Final = board((blurred(label(UNIT, SymbolKind.GS1_DATA_MATRIX, 8), 1.4, 0.6), 200, 150))


def pipeline(
    first: Decoder,
    whole: Decoder | None = None,
    cpu_s: Callable[[], float] = time.thread_time,
) -> Pipeline:
    return Pipeline(first, (whole or FakeDecoder(),), StripReader(()), cpu_s=cpu_s)


class TestPipeline:
    def test_a_matrix_code_is_found_first(self) -> None:
        whole = FakeDecoder()
        assert pipeline(AlwaysDecoder(CODE), whole).decode(PICTURE) == (CODE,)
        assert whole.seen == 0

    def test_nothing_found_goes_on_to_the_whole_picture_enlarged(self) -> None:
        assert pipeline(FakeDecoder(), AlwaysDecoder(CARTON)).decode(PICTURE) == (CARTON,)

    def test_a_linear_code_does_not_hide_the_unit_code_beside_it(self) -> None:
        found = pipeline(AlwaysDecoder(CARTON)).decode(TINY)
        assert [(s.payload, s.step) for s in found] == [(UNIT, "fitted"), (CARTON.payload, "")]

    def test_nothing_at_all_is_nothing(self) -> None:
        assert pipeline(FakeDecoder()).decode(PICTURE) == ()

    def test_it_is_named_after_its_engine(self) -> None:
        assert default_pipeline().name == "zxing-cpp"

    def test_a_spent_budget_leaves_the_first_look(self) -> None:
        clock = iter(range(0, 1_000_000, 10))
        whole = AlwaysDecoder(CODE)
        found = pipeline(AlwaysDecoder(CARTON), whole, lambda: float(next(clock))).decode(TINY)
        assert found == (CARTON,)
        assert whole.seen == 0


class TestSmallModules:
    @pytest.mark.parametrize("module_px", [1.3, 1.4, 1.6, 2.0])
    @pytest.mark.parametrize("kind", [SymbolKind.GS1_DATA_MATRIX, SymbolKind.GS1_QR])
    def test_a_symbol_too_fine_for_the_engine_is_fitted(
        self, module_px: float, kind: SymbolKind
    ) -> None:
        small = blurred(label(UNIT, kind, 8), module_px, 0.6)
        picture = board((small, 200, 150))
        (found,) = default_pipeline().decode(picture)
        assert found.payload == UNIT
        assert found.symbology_identifier == (
            "]d2" if kind is SymbolKind.GS1_DATA_MATRIX else "]Q3"
        )
        assert found.engine == "zxing-cpp"
        assert found.corners is not None
        x, y = center(found.corners)
        assert abs(x - (200 + small.shape[1] / 2)) < 2
        assert abs(y - (150 + small.shape[0] / 2)) < 2

    def test_the_engine_alone_reads_none_of_them(self) -> None:
        assert ZxingDecoder().decode(TINY) == ()

    @pytest.mark.parametrize("turns", [1, 2, 3])
    def test_its_corners_are_in_its_own_orientation(self, turns: int) -> None:
        (upright,) = default_pipeline().decode(TINY)
        (turned,) = default_pipeline().decode(np.ascontiguousarray(np.rot90(TINY, -turns)))
        assert upright.payload == turned.payload == UNIT
        assert upright.corners is not None
        assert turned.corners is not None
        width, height = TINY.shape[1] - 1, TINY.shape[0] - 1
        x, y = upright.corners[0]
        for _ in range(turns):
            x, y = height - y, x
            width, height = height, width
        assert np.hypot(turned.corners[0][0] - x, turned.corners[0][1] - y) < 1.5

    def test_a_pattern_that_cannot_be_read_is_told(self) -> None:
        drawn = label(UNIT, SymbolKind.GS1_DATA_MATRIX, 8)
        spoilt = drawn.copy()
        # The borders stay, the inside is another symbol's: no error correction mends that.
        inside = slice(96, -96)
        spoilt[inside, inside] = np.rot90(drawn, 1)[inside, inside]
        picture = board((blurred(spoilt, 3, 0.6), 200, 150))
        sight = default_pipeline().look(picture)
        assert sight.symbols == ()
        (outline,) = sight.unread
        x, y = center(outline)
        assert abs(x - 200 - 72) < 12
        assert abs(y - 150 - 72) < 12


class TestLinearCodes:
    @pytest.mark.zbar
    def test_two_engines_make_a_clean_code_evidence(self) -> None:
        drawn = label(b"5030159003930", SymbolKind.EAN_13, 2)
        (found,) = default_pipeline().decode(board((drawn, 60, 60)))
        assert found.payload == b"5030159003930"
        assert is_evidence(found)

    def test_one_engine_alone_is_no_evidence(self) -> None:
        assert not is_evidence(CARTON)
        assert is_evidence(CODE)

    def test_a_scanner_vouches_for_what_it_sends(self) -> None:
        assert is_evidence(Symbol(b"5030159003930", "]E0", SymbolFormat.EAN_13))


class TestEnlargement:
    def test_a_large_picture_is_not_enlarged(self) -> None:
        inner = AlwaysDecoder(CODE)
        assert (
            ScaledDecoder(inner, 2).decode(np.zeros((MAX_PIXELS // 100 + 1, 100), np.uint8)) == ()
        )
        assert inner.seen == 0
        assert ScaledDecoder(inner, 2).decode(np.zeros((MAX_PIXELS // 100, 100), np.uint8))

    def test_pixel_centres_map_to_pixel_centres(self) -> None:
        at_origin = symbol(b"x", corners=((0.5, 0.5), (9.5, 0.5), (9.5, 9.5), (0.5, 9.5)))
        (found,) = ScaledDecoder(AlwaysDecoder(at_origin), 2).decode(np.zeros((10, 10), np.uint8))
        assert found.corners == ((0.0, 0.0), (4.5, 0.0), (4.5, 4.5), (0.0, 4.5))

    def test_a_symbol_without_corners_stays_without(self) -> None:
        (found,) = ScaledDecoder(AlwaysDecoder(symbol(b"x")), 2).decode(PICTURE)
        assert found.corners is None
        assert (found.engine, found.step) == ("fake", "×2")

    def test_a_factor_below_two_enlarges_nothing(self) -> None:
        with pytest.raises(ValueError, match="factor 2"):
            ScaledDecoder(FakeDecoder(), 1)
