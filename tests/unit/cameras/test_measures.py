"""Light and sharpness as numbers: known blurs and smears are measured as what they are."""

from typing import Final

import cv2
import numpy as np
import pytest

from station.cameras.measures import (
    cells_of,
    contrast_of,
    edges_of,
    light_of,
    softness_of,
)
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, Pixels, label

MODULE_PX: Final = 4


def drawn() -> Pixels:
    """A label as a lens shows it: no edge is sharper than half a pixel."""
    picture = label(UNIT, SymbolKind.GS1_DATA_MATRIX, MODULE_PX)
    return cv2.GaussianBlur(picture, (0, 0), 0.5).astype(np.uint8)


def smeared(pixels: Pixels, modules: float, *, down: bool = False) -> Pixels:
    kernel = np.ones(round(modules * MODULE_PX), np.float32)[None]
    kernel /= kernel.sum()
    return cv2.filter2D(pixels, -1, kernel.T if down else kernel).astype(np.uint8)


def test_a_sharp_label_neither_smears_nor_blurs() -> None:
    edges = edges_of(drawn())
    assert edges is not None
    softness = softness_of(edges)
    assert softness.smear_px == 0
    assert softness.blur_px < 0.2 * MODULE_PX


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("modules", [1.0, 1.5, 2.0])
def test_a_smear_is_measured_in_either_direction(modules: float, down: bool) -> None:
    edges = edges_of(smeared(drawn(), modules, down=down))
    assert edges is not None
    softness = softness_of(edges)
    assert softness.smear_px / MODULE_PX == pytest.approx(modules, rel=0.2)
    assert softness.blur_px < 0.3 * MODULE_PX


@pytest.mark.parametrize("modules", [0.4, 0.6])
def test_a_blur_is_measured_and_is_no_smear(modules: float) -> None:
    blurred = cv2.GaussianBlur(drawn(), (0, 0), modules * MODULE_PX).astype(np.uint8)
    edges = edges_of(blurred)
    assert edges is not None
    softness = softness_of(edges)
    assert softness.smear_px == 0
    assert softness.blur_px / MODULE_PX == pytest.approx(modules, rel=0.2)


def test_where_there_is_nothing_there_are_no_edges() -> None:
    assert edges_of(np.full((80, 80), 90, np.uint8)) is None
    assert edges_of(np.zeros((14, 80), np.uint8)) is None


def test_light_and_contrast_are_counted() -> None:
    halves = np.full((80, 80), 40, np.uint8)
    halves[:, 40:] = 255
    light = light_of(cells_of(halves))
    assert (light.lightest, light.bright_share) == (255.0, 0.5)
    assert contrast_of(halves) == 215
