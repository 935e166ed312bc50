"""What every `station.ports.decoding.Decoder` does, shown on the fake and on the real ones."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from station.core.symbol import Symbol, SymbolFormat, center
from station.decoders.glance import default_glance
from station.decoders.pipeline import default_pipeline
from station.decoders.scaled import ScaledDecoder
from station.decoders.zbar import ZbarDecoder
from station.decoders.zxing import ZxingDecoder
from station.labels.symbols import SymbolKind
from station.ports.decoding import Decoder
from tests.fakes.decoder import UNIT, FakeDecoder, Pixels, board, box, label

# QR is what all of them read.
DRAWN: Final = label(UNIT, SymbolKind.GS1_QR, 3)
SIDE_PX: Final = DRAWN.shape[0]
ONE: Final = board((DRAWN, 40, 60))
TWICE: Final = board((DRAWN, 420, 30), (DRAWN, 40, 260))
NOTHING: Final = board()


def as_read(x: float, y: float) -> Symbol:
    """The label at a place, as any decoder sees it."""
    quiet = 4 * 3
    corners = box(x + quiet, y + quiet, SIDE_PX - 2 * quiet, SIDE_PX - 2 * quiet)
    return Symbol(UNIT, "]Q3", SymbolFormat.QR_CODE, corners, "fake")


def fake() -> Decoder:
    return FakeDecoder(
        {
            ONE.tobytes(): (as_read(40, 60),),
            TWICE.tobytes(): (as_read(420, 30), as_read(40, 260)),
        }
    )


DECODERS: Final[dict[str, Callable[[], Decoder]]] = {
    "fake": fake,
    "zxing": ZxingDecoder,
    "scaled": lambda: ScaledDecoder(ZxingDecoder(), 2),
    "zbar": ZbarDecoder,
    "glance": default_glance,
    "pipeline": default_pipeline,
}


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.zbar) if name == "zbar" else name for name in DECODERS
    ]
)
def decoder(request: pytest.FixtureRequest) -> Decoder:
    return DECODERS[request.param]()


class TestDecoder:
    def test_it_has_a_name(self, decoder: Decoder) -> None:
        assert decoder.name

    def test_bytes_separator_identifier_and_format_arrive(self, decoder: Decoder) -> None:
        (found,) = decoder.decode(ONE)
        assert found.payload == UNIT
        assert b"\x1d" in found.payload
        assert found.symbology_identifier == "]Q3"
        assert found.format is SymbolFormat.QR_CODE
        assert found.complete

    def test_the_engine_that_read_it_is_named(self, decoder: Decoder) -> None:
        (found,) = decoder.decode(ONE)
        assert found.engine in {decoder.name, "zbar"}

    def test_corners_are_the_symbols_in_pixels_of_the_picture(self, decoder: Decoder) -> None:
        (found,) = decoder.decode(ONE)
        expected = as_read(40, 60).corners
        assert found.corners is not None
        assert expected is not None
        assert np.abs(np.array(found.corners) - np.array(expected)).max() <= 3

    def test_the_same_code_at_two_places_is_two_symbols_in_reading_order(
        self, decoder: Decoder
    ) -> None:
        upper, lower = decoder.decode(TWICE)
        assert upper.payload == lower.payload == UNIT
        assert upper.corners is not None
        assert lower.corners is not None
        assert center(upper.corners)[1] < center(lower.corners)[1]
        assert center(upper.corners)[0] > center(lower.corners)[0]

    def test_a_picture_without_symbol_gives_nothing(self, decoder: Decoder) -> None:
        assert decoder.decode(NOTHING) == ()

    def test_the_picture_is_left_as_it_was(self, decoder: Decoder) -> None:
        picture = ONE.copy()
        picture.flags.writeable = False
        decoder.decode(picture)
        assert (picture == ONE).all()

    def test_it_is_the_same_from_several_threads_at_once(self, decoder: Decoder) -> None:
        pictures = [ONE, TWICE, NOTHING] * 8
        alone = [decoder.decode(picture) for picture in pictures]
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(decoder.decode, pictures)) == alone


@pytest.mark.parametrize("shape", [(0, 0), (0, 9), (1, 1), (2, 3), (1, 400), (400, 1), (3, 3)])
@pytest.mark.parametrize("level", [0, 255])
def test_the_smallest_pictures_give_nothing(
    shape: tuple[int, int], level: int, decoder: Decoder
) -> None:
    assert decoder.decode(np.full(shape, level, np.uint8)) == ()


@pytest.mark.parametrize(
    "view",
    [
        lambda picture: picture[::-1, ::-1],
        np.rot90,
        np.asfortranarray,
        lambda picture: np.repeat(picture, 2, axis=1)[:, ::2],
    ],
    ids=["turned", "on its side", "in columns", "every second"],
)
@pytest.mark.parametrize("name", ["zxing", "scaled", "pipeline"])
def test_pixels_may_lie_in_memory_in_any_way(name: str, view: Callable[[Pixels], Pixels]) -> None:
    assert [found.payload for found in DECODERS[name]().decode(view(ONE))] == [UNIT]


PICTURES = st.one_of(
    arrays(np.uint8, st.tuples(st.integers(1, 80), st.integers(1, 80))),
    st.builds(
        lambda seed, height, width: np.random.default_rng(seed).integers(
            0, 256, (height, width), np.uint8
        ),
        st.integers(0, 2**32),
        st.integers(1, 200),
        st.integers(1, 200),
    ),
)


@given(picture=PICTURES)
@pytest.mark.parametrize("name", ["zxing", "zbar", "pipeline"])
def test_any_picture_gives_symbols_or_none(name: str, picture: Pixels) -> None:
    for found in DECODERS[name]().decode(picture):
        assert found.payload
        assert found.corners is not None
