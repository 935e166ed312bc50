"""What every `station.ports.decoding.PrintGrader` does, shown on the fake and on the real one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from station.core.print_quality import Grade, Measure
from station.core.symbol import Corners, Raster, Symbol, SymbolFormat
from station.decoders.pipeline import default_pipeline
from station.decoders.print_grading import PictureGrader
from station.labels.symbols import SymbolKind
from station.ports.decoding import PrintGrader
from tests.fakes.decoder import UNIT, board, label
from tests.fakes.grader import FakeGrader

PICTURE: Final = board((label(UNIT, SymbolKind.GS1_DATA_MATRIX, 4), 40, 60))
GRADERS: Final[dict[str, Callable[[], PrintGrader]]] = {
    "fake": FakeGrader,
    "real": PictureGrader,
}


@pytest.fixture(params=list(GRADERS))
def grader(request: pytest.FixtureRequest) -> PrintGrader:
    return GRADERS[request.param]()


@pytest.fixture(scope="module")
def read() -> Symbol:
    (symbol,) = default_pipeline().decode(PICTURE)
    return symbol


def test_a_clean_label_is_an_a_in_every_measure(grader: PrintGrader, read: Symbol) -> None:
    quality = grader.grade(PICTURE, read)
    assert quality is not None
    assert quality.grades == dict.fromkeys(Measure, Grade.A)
    assert quality.shows_print
    assert abs(quality.module_px - 4) < 0.1


def test_a_symbol_without_a_place_is_not_graded(grader: PrintGrader, read: Symbol) -> None:
    assert grader.grade(PICTURE, replace(read, corners=None)) is None
    assert grader.grade(PICTURE, Symbol(b"")) is None


def test_threads_share_one(grader: PrintGrader, read: Symbol) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: grader.grade(PICTURE, read), range(16)))
    assert found == [found[0]] * 16
    assert found[0] is not None


coordinates = st.floats(-40, 90, width=32)
points = st.tuples(coordinates, coordinates)
rasters = st.sampled_from([14, 21, 40, 45]).flatmap(
    lambda side: st.builds(
        Raster,
        st.just(side),
        st.binary(min_size=side * side, max_size=side * side).map(
            lambda raw: bytes(byte & 1 for byte in raw)
        ),
        st.floats(0, 1),
        st.sampled_from(["", "L", "M", "Q", "H", "X"]),
    )
)


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))),
    st.builds(
        Symbol,
        st.binary(max_size=20),
        format=st.sampled_from(SymbolFormat),
        corners=st.none() | st.tuples(points, points, points, points),
        raster=st.none() | rasters,
    ),
)
def test_any_picture_and_any_symbol_give_an_answer(
    pixels: "np.typing.NDArray[np.uint8]", symbol: Symbol
) -> None:
    quality = PictureGrader().grade(pixels, symbol)
    if quality is not None:
        assert quality.grade in Grade
        shares = [getattr(quality, measure.value) for measure in quality.grades]
        assert all(0 <= share <= 1 for share in shares)


FLAT: Final[Corners] = ((10, 10), (10, 10), (10, 10), (10, 10))


def test_places_that_are_none_are_not_graded(read: Symbol) -> None:
    far: Corners = ((1e6, 1e6), (1e6 + 90, 1e6), (1e6 + 90, 1e6 + 90), (1e6, 1e6 + 90))
    for corners in (FLAT, far):
        for kind in SymbolFormat:
            assert (
                PictureGrader().grade(PICTURE, replace(read, corners=corners, format=kind)) is None
            )
