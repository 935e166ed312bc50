"""Attempts in order: what ends the search, what a later attempt may add."""

import cv2
import numpy as np
import pytest

from station.core.symbol import SymbolFormat
from station.decoders.pipeline import Pipeline, default_pipeline
from station.decoders.scaled import MAX_PIXELS, ScaledDecoder
from station.decoders.zxing import ZxingDecoder
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, AlwaysDecoder, FakeDecoder, board, box, label, symbol

CARTON = symbol(b"5030159003930", SymbolFormat.EAN_13, box(20, 300, 200, 80))
CODE = symbol(b"UNIT", SymbolFormat.DATA_MATRIX, box(20, 20, 100, 100))
PICTURE = board()


class TestPipeline:
    def test_a_matrix_code_ends_the_search(self) -> None:
        first, second = AlwaysDecoder(CODE), FakeDecoder()
        assert Pipeline((first, second)).decode(PICTURE) == (CODE,)
        assert second.seen == 0

    def test_nothing_found_goes_on_to_the_last(self) -> None:
        last = AlwaysDecoder(CARTON)
        assert Pipeline((FakeDecoder(), FakeDecoder(), last)).decode(PICTURE) == (CARTON,)

    def test_a_linear_code_does_not_hide_the_unit_code_beside_it(self) -> None:
        pipeline = Pipeline((AlwaysDecoder(CARTON), AlwaysDecoder(CODE)))
        assert pipeline.decode(PICTURE) == (CODE, CARTON)

    def test_a_linear_code_alone_is_what_is_found(self) -> None:
        assert Pipeline((AlwaysDecoder(CARTON), FakeDecoder())).decode(PICTURE) == (CARTON,)

    def test_nothing_at_all_is_nothing(self) -> None:
        assert Pipeline((FakeDecoder(), FakeDecoder())).decode(PICTURE) == ()

    def test_it_is_named_after_its_attempts(self) -> None:
        assert Pipeline((FakeDecoder(name="a"), FakeDecoder(name="b"))).name == "a+b"
        assert default_pipeline().name == "zxing-cpp+zxing-cpp×2+zbar"

    def test_it_needs_an_attempt(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            Pipeline(())


class TestEnlargement:
    FINE = np.asarray(
        cv2.resize(label(UNIT, SymbolKind.GS1_DATA_MATRIX, 8), (79, 79), None, 0, 0, 3)
    )
    SMALL = board((FINE.astype(np.uint8), 90, 50), width=300, height=200)

    def test_a_symbol_too_fine_for_the_first_look_is_read_enlarged(self) -> None:
        assert ZxingDecoder().decode(self.SMALL) == ()
        (found,) = default_pipeline().decode(self.SMALL)
        assert (found.payload, found.engine) == (UNIT, "zxing-cpp×2")

    def test_corners_are_in_the_pictures_own_pixels(self) -> None:
        (found,) = default_pipeline().decode(self.SMALL)
        side, quiet = 79, 79 * 4 / 48
        expected = box(90 + quiet - 0.5, 50 + quiet - 0.5, side - 2 * quiet, side - 2 * quiet)
        assert found.corners is not None
        assert np.abs(np.array(found.corners) - np.array(expected)).max() < 1.5

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
        assert found.engine == "always×2"

    def test_a_factor_below_two_enlarges_nothing(self) -> None:
        with pytest.raises(ValueError, match="factor 2"):
            ScaledDecoder(FakeDecoder(), 1)
