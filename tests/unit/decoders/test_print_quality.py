"""Labels made worse step by step never get a better letter, and fresh ones get a good one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import pytest

from station.core.print_quality import Grade, Measure, PrintQuality, Standard
from station.core.symbol import Raster, Symbol
from station.decoders.pipeline import default_pipeline
from station.decoders.print_grading import PictureGrader
from station.labels.picture import LabelContent
from station.labels.scene import Conditions, draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, Pixels, board, label

MATRIX: Final = (SymbolKind.GS1_DATA_MATRIX, SymbolKind.GS1_QR)
CASES: Final = (
    (SymbolKind.GS1_DATA_MATRIX, UNIT),
    (SymbolKind.GS1_QR, UNIT),
    (SymbolKind.EAN_13, b"9506000134352"),
    (SymbolKind.GS1_128, b"0109506000134352"),
)
MODULE_PX: Final = 6
PAPER: Final = 255


def seen(drawn: Pixels) -> Pixels:
    """Through a lens that is a little soft, by a light that is not full, with noise."""
    soft = cv2.GaussianBlur(drawn.astype(np.float32), (0, 0), 1.0) * 0.85 + 20
    noise = np.random.default_rng(1).normal(0, 2, drawn.shape)
    lit: Pixels = (soft + noise).clip(0, 255).astype(np.uint8)
    return lit


def looked(pixels: Pixels) -> tuple[Symbol, PrintQuality | None] | None:
    found = default_pipeline().decode(pixels)
    return (found[0], PictureGrader().grade(pixels, found[0])) if found else None


def graded(pixels: Pixels) -> PrintQuality:
    found = looked(pixels)
    assert found is not None
    assert found[1] is not None
    return found[1]


def fresh(kind: SymbolKind, payload: bytes, module_px: int = MODULE_PX) -> Pixels:
    return np.pad(label(payload, kind, module_px), 10 * module_px, constant_values=PAPER)


def faded(drawn: Pixels, share: float) -> Pixels:
    return np.rint(PAPER - (PAPER - drawn.astype(float)) * (1 - share)).astype(np.uint8)


def blurred(drawn: Pixels, modules: float) -> Pixels:
    return drawn if modules == 0 else cv2.GaussianBlur(drawn, (0, 0), modules * MODULE_PX)  # type: ignore[return-value]


def spread(drawn: Pixels, px: float) -> Pixels:
    return cv2.erode(drawn, np.ones((int(px), int(px)), np.uint8))  # type: ignore[return-value]


def crowded(drawn: Pixels, px: float) -> Pixels:
    """Something dark comes near the right side."""
    dark = np.argwhere(drawn < 128)
    (top, _), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    worse = drawn.copy()
    worse[top:bottom, right + int(px) :] = 0
    return worse


def damaged(drawn: Pixels, modules: float) -> Pixels:
    """Dark modules lose their ink one after the other."""
    worse = drawn.copy()
    dark = np.argwhere(drawn < 128) // MODULE_PX * MODULE_PX
    chance = np.random.default_rng(7)
    for row, column in dark[chance.integers(0, len(dark), int(modules))]:
        worse[row : row + MODULE_PX, column : column + MODULE_PX] = PAPER
    return worse


Degraded = Callable[[Pixels, float], Pixels]


@pytest.mark.parametrize(
    ("worsen", "steps", "measure"),
    [
        (faded, (0, 0.3, 0.6, 0.75, 0.85, 0.95), Measure.CONTRAST),
        (blurred, (0, 0.1, 0.2, 0.3, 0.45), Measure.MODULATION),
        (spread, (1, 2, 3, 4, 5), Measure.MODULATION),
        (crowded, (30, 18, 12, 4, 2), Measure.QUIET_ZONE),
        (damaged, (0, 5, 10, 15, 20, 36), Measure.UNUSED_ERROR_CORRECTION),
    ],
    ids=["fading ink", "blur", "ink spread", "no quiet zone", "damage"],
)
@pytest.mark.parametrize("kind", MATRIX)
def test_worse_print_never_gets_a_better_letter(
    kind: SymbolKind, worsen: Degraded, steps: tuple[float, ...], measure: Measure
) -> None:
    drawn = fresh(kind, UNIT)
    found = [looked(seen(worsen(drawn, step))) for step in steps]
    letters = [one[1].grade for one in found if one is not None and one[1] is not None]
    of_measure = [one[1].grades[measure] for one in found if one is not None and one[1] is not None]
    assert len(letters) >= 4
    assert letters == sorted(letters, reverse=True)
    assert of_measure == sorted(of_measure, reverse=True)
    assert letters[0] is Grade.A
    assert letters[-1] <= Grade.D
    assert of_measure[-1] <= Grade.D


@pytest.mark.parametrize(("kind", "payload"), CASES[2:])
def test_worse_bars_never_get_a_better_letter(kind: SymbolKind, payload: bytes) -> None:
    drawn = fresh(kind, payload)
    for worsen, steps in ((faded, (0, 0.4, 0.6, 0.8, 0.9)), (blurred, (0, 0.2, 0.4, 0.5))):
        letters = [graded(seen(worsen(drawn, step))).grade for step in steps]
        assert letters == sorted(letters, reverse=True)
        assert (letters[0], letters[-1] <= Grade.D) == (Grade.A, True)


@pytest.mark.parametrize(("kind", "payload"), CASES)
def test_fresh_labels_on_a_mild_dock_are_a_or_b(kind: SymbolKind, payload: bytes) -> None:
    for seed in range(4):
        # A long linear code fills the view at 3.2 pixels a module.
        for module_px in (3.2, 5.0) if kind in MATRIX else (3.2,):
            scene = draw_scene(
                [LabelContent(payload, kind)], seed, Conditions(strength=0.7, module_px=module_px)
            )
            quality = graded(scene)
            assert quality.grade >= Grade.B, (seed, module_px, quality)
            assert quality.shows_print
            assert abs(quality.module_px / module_px - 1) < 0.12


@pytest.mark.parametrize(("kind", "payload"), CASES)
def test_the_size_of_the_picture_changes_little(kind: SymbolKind, payload: bytes) -> None:
    large = seen(fresh(kind, payload, 12))
    for factor in (1.0, 0.5, 0.35):
        smaller = cv2.resize(large, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        quality = graded(smaller)  # type: ignore[arg-type]  # OpenCV's stub does not keep uint8
        assert quality.grade is Grade.A, (factor, quality)
        assert abs(quality.module_px / (12 * factor) - 1) < 0.05


@pytest.mark.parametrize("kind", MATRIX)
def test_turned_and_light_on_dark_are_graded_alike(kind: SymbolKind) -> None:
    upright = seen(fresh(kind, UNIT))
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(upright, turns))
        quality = graded(turned)
        assert quality.grade is Grade.A
        assert quality.axial_nonuniformity is not None
        assert quality.axial_nonuniformity < 0.02
    reverse = graded(PAPER - seen(fresh(kind, UNIT)))
    assert (reverse.grade, reverse.quiet_zone) == (Grade.A, 1.0)


def test_uneven_light_is_not_taken_for_print() -> None:
    even = seen(fresh(SymbolKind.GS1_DATA_MATRIX, UNIT))
    assert graded((even * np.linspace(0.5, 1, even.shape[1])).astype(np.uint8)).grade is Grade.A


def test_a_stretched_label_is_told_but_not_graded() -> None:
    drawn = fresh(SymbolKind.GS1_DATA_MATRIX, UNIT)
    stretched = cv2.resize(drawn, None, fx=1.1, fy=1.0, interpolation=cv2.INTER_AREA)
    quality = graded(seen(stretched))  # type: ignore[arg-type]
    assert quality.axial_nonuniformity == pytest.approx(0.095, abs=0.01)
    assert quality.grade is Grade.A


def test_a_damaged_finder_shows_as_such() -> None:
    worn = fresh(SymbolKind.GS1_DATA_MATRIX, UNIT)
    dark = np.argwhere(worn < 128)
    left, bottom = int(dark[:, 1].min()), int(dark[:, 0].max()) + 1
    worn[bottom - 9 * MODULE_PX : bottom - 4 * MODULE_PX, left : left + MODULE_PX] = PAPER
    quality = graded(seen(worn))
    assert quality.fixed_pattern_damage == pytest.approx(5 / 40, abs=0.03)
    assert quality.grades[Measure.FIXED_PATTERN_DAMAGE] <= Grade.C


def test_a_quiet_zone_outside_the_picture_is_unknown() -> None:
    drawn = label(UNIT, SymbolKind.GS1_QR, MODULE_PX)
    edge = 2 * MODULE_PX
    quality = graded(drawn[edge:-edge, edge:-edge].copy())
    assert quality.quiet_zone is None
    assert quality.grade is Grade.A


def test_a_reader_that_tells_no_modules_gives_no_estimate() -> None:
    pixels = board((label(UNIT, SymbolKind.GS1_QR, 4), 40, 60))
    (symbol,) = default_pipeline().decode(pixels)
    assert PictureGrader().grade(pixels, replace(symbol, raster=None)) is None


def test_modules_that_are_not_in_the_picture_give_no_estimate() -> None:
    pixels = board((label(UNIT, SymbolKind.GS1_DATA_MATRIX, 4), 40, 60))
    (symbol,) = default_pipeline().decode(pixels)
    chance = np.random.default_rng(3).integers(0, 2, 40 * 40, np.uint8).tobytes()
    assert PictureGrader().grade(pixels, replace(symbol, raster=Raster(40, chance, 1.0))) is None


def test_what_the_reader_found_of_damage_is_the_unused_error_correction() -> None:
    quality = graded(seen(damaged(fresh(SymbolKind.GS1_DATA_MATRIX, UNIT), 3)))
    assert quality.unused_error_correction is not None
    # 40 × 40 has 48 correcting code words, two for each error.
    errors = (1 - quality.unused_error_correction) * 48 / 2
    assert 1 <= round(errors) <= 3
    assert quality.standard is Standard.MATRIX
