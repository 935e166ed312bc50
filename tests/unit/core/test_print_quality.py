"""Letters by the standards' limits, and which measure gave a label its letter."""

from dataclasses import replace

import pytest

from station.core.print_quality import (
    LEAST_MODULE_PX,
    Grade,
    Measure,
    Standard,
    grade_of,
    limit_of,
)
from tests.fakes.grader import SOUND

MATRIX, LINEAR = Standard.MATRIX, Standard.LINEAR


@pytest.mark.parametrize(
    ("standard", "measure", "values"),
    [
        (MATRIX, Measure.CONTRAST, (0.70, 0.55, 0.40, 0.20, 0.19)),
        (MATRIX, Measure.MODULATION, (0.50, 0.40, 0.30, 0.20, 0.19)),
        (MATRIX, Measure.UNUSED_ERROR_CORRECTION, (0.62, 0.50, 0.37, 0.25, 0.24)),
        (MATRIX, Measure.FIXED_PATTERN_DAMAGE, (0.0, 0.09, 0.13, 0.17, 0.18)),
        (MATRIX, Measure.QUIET_ZONE, (1.0, 0.91, 0.87, 0.83, 0.82)),
        (LINEAR, Measure.CONTRAST, (0.70, 0.55, 0.40, 0.20, 0.19)),
        (LINEAR, Measure.MODULATION, (0.70, 0.60, 0.50, 0.40, 0.39)),
        (LINEAR, Measure.QUIET_ZONE, (1.0, 0.91, 0.87, 0.83, 0.82)),
    ],
)
def test_a_limit_still_has_its_letter(
    standard: Standard, measure: Measure, values: tuple[float, ...]
) -> None:
    letters = [Grade.A, Grade.B, Grade.C, Grade.D, Grade.F]
    assert [grade_of(standard, measure, value) for value in values] == letters
    assert [limit_of(standard, measure, letter) for letter in letters[:4]] == list(values[:4])


def test_the_lowest_letter_is_the_labels_and_is_named() -> None:
    assert (SOUND.grade, SOUND.weakest) == (Grade.A, ())
    poor = replace(SOUND, modulation=0.35, contrast=0.45, quiet_zone=0.95)
    assert poor.grade is Grade.C
    assert poor.weakest == (Measure.CONTRAST, Measure.MODULATION)


def test_what_is_not_known_does_not_count() -> None:
    partly = replace(SOUND, quiet_zone=None, unused_error_correction=None)
    assert Measure.QUIET_ZONE not in partly.grades
    assert partly.grade is Grade.A


def test_a_slanted_view_costs_no_letter() -> None:
    assert replace(SOUND, axial_nonuniformity=0.5).grade is Grade.A


def test_a_label_seen_too_small_does_not_show_its_print() -> None:
    assert replace(SOUND, module_px=LEAST_MODULE_PX).shows_print
    assert not replace(SOUND, module_px=LEAST_MODULE_PX - 0.01).shows_print


def test_weaknesses_have_words() -> None:
    assert Measure.UNUSED_ERROR_CORRECTION.weakness == "unused error correction low"
    assert Measure.FIXED_PATTERN_DAMAGE.weakness == "fixed pattern damage"
