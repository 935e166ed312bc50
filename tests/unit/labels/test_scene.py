"""Dock scenes: the same seed the same picture, good ones read, torn and empty ones do not."""

import numpy as np
import pytest

from station.decoders.pipeline import default_pipeline
from station.labels.picture import LabelContent
from station.labels.scene import VIEW_PX, Conditions, draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, Pixels

OTHER = UNIT.replace(b"K7QZ4M2XW9TRB", b"0123456789ABC")


def labels(*payloads: bytes, kind: SymbolKind = SymbolKind.GS1_DATA_MATRIX) -> list[LabelContent]:
    return [LabelContent(payload, kind, ("(01) 09506000134352",)) for payload in payloads]


def read(pixels: Pixels) -> list[bytes]:
    return sorted(symbol.payload for symbol in default_pipeline().decode(pixels))


@pytest.mark.parametrize("torn", [False, True])
def test_the_same_seed_gives_the_same_picture(torn: bool) -> None:
    first, again = (draw_scene(labels(UNIT), 7, torn=torn) for _ in range(2))
    assert (first == again).all()
    assert (first != draw_scene(labels(UNIT), 8, torn=torn)).any()


def test_it_is_a_grey_camera_picture() -> None:
    pixels = draw_scene(labels(UNIT), 1)
    assert pixels.dtype == np.uint8
    assert pixels.shape == VIEW_PX[::-1]
    assert pixels.std() > 10


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(
    "kind", [SymbolKind.GS1_DATA_MATRIX, SymbolKind.GS1_QR, SymbolKind.GS1_QR_LOW]
)
def test_a_good_label_reads(kind: SymbolKind, seed: int) -> None:
    assert read(draw_scene(labels(UNIT, kind=kind), seed)) == [UNIT]


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("pair", [(UNIT, UNIT), (UNIT, OTHER)], ids=["same", "different"])
def test_two_labels_in_one_view_are_both_read(pair: tuple[bytes, bytes], seed: int) -> None:
    assert read(draw_scene(labels(*pair), seed)) == sorted(pair)


@pytest.mark.parametrize("seed", range(25))
def test_a_torn_label_does_not_read(seed: int) -> None:
    assert read(draw_scene(labels(UNIT), seed, torn=True)) == []


@pytest.mark.parametrize("seed", range(25))
def test_a_carton_without_a_code_does_not_read(seed: int) -> None:
    assert read(draw_scene([], seed)) == []


def test_a_studio_picture_is_the_label_itself() -> None:
    calm, dock = (draw_scene(labels(UNIT), 3, Conditions(strength)) for strength in (0.0, 1.0))
    assert read(calm) == [UNIT]
    assert (
        np.abs(np.diff(calm[:40].astype(int))).mean()
        < np.abs(np.diff(dock[:40].astype(int))).mean()
    )
