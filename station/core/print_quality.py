"""How well a label is printed, as far as a camera can tell: an estimate, never a verification.

The measures follow ISO/IEC 15415 (matrix codes) and ISO/IEC 15416 (linear codes): a measure has a
letter by the standard's limits, and the lowest letter is the label's. A verifier lights and looks
in ways the standards lay down and knows white; a dock's camera does not, so the letters are only
good for comparing a product's labels with each other and over time. Leaves measuring to decoders.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final

LEAST_MODULE_PX: Final = 3.0
"""Below so many pixels a module the lens and the sensor blur more than most printers do: what is
weak is not known to be the print. Measured: docs/reference/print-quality.md."""


class Grade(IntEnum):
    """A letter of the standards, 4 the best."""

    F = 0
    D = 1
    C = 2
    B = 3
    A = 4


class Standard(Enum):
    """Whose measures and limits are followed."""

    MATRIX = "ISO/IEC 15415"
    LINEAR = "ISO/IEC 15416"


class Measure(Enum):
    """What is graded; the value is its name in JSON and a field of `PrintQuality`."""

    CONTRAST = "contrast"
    MODULATION = "modulation"
    UNUSED_ERROR_CORRECTION = "unused_error_correction"
    FIXED_PATTERN_DAMAGE = "fixed_pattern_damage"
    QUIET_ZONE = "quiet_zone"

    @property
    def weakness(self) -> str:
        """For people: what is wrong where this is the worst."""
        words = self.value.replace("_", " ")
        return words if self is Measure.FIXED_PATTERN_DAMAGE else f"{words} low"


@dataclass(frozen=True, slots=True)
class PrintQuality:
    """What a camera saw of one label's print. An estimate.

    Shares are 0 to 1; None is what does not apply or could not be seen.

    Attributes:
        standard: Whose measures these are.
        module_px: Pixels a module, or for a linear code pixels of its narrowest bar.
        contrast: How much darker dark is than light, as a share of light (symbol contrast with the
            lightest taken for white).
        modulation: How clearly modules are light or dark, of the weakest code word that error
            correction cannot spare; of a linear code, of its weakest edge.
        quiet_zone: Of the worst side, the share of the quiet zone that is light.
        unused_error_correction: Of the block with the most errors.
        fixed_pattern_damage: Of the worst part of finder and timing patterns, the share damaged.
        axial_nonuniformity: How far modules are from square. Not graded: a camera that looks at a
            slant sees the same.
    """

    standard: Standard
    module_px: float
    contrast: float
    modulation: float
    quiet_zone: float | None = None
    unused_error_correction: float | None = None
    fixed_pattern_damage: float | None = None
    axial_nonuniformity: float | None = None

    @property
    def grades(self) -> dict[Measure, Grade]:
        """The letter of every measure that is known."""
        found: dict[Measure, Grade] = {}
        for measure in Measure:
            value: float | None = getattr(self, measure.value)
            if value is not None:
                found[measure] = grade_of(self.standard, measure, value)
        return found

    @property
    def grade(self) -> Grade:
        """The label's letter: the lowest of its measures'."""
        return min(self.grades.values())

    @property
    def weakest(self) -> tuple[Measure, ...]:
        """The measures that give the label its letter; none where that is A."""
        grades, lowest = self.grades, self.grade
        return tuple(m for m, grade in grades.items() if grade is lowest and grade is not Grade.A)

    @property
    def shows_print(self) -> bool:
        """Whether the picture is large enough for a weakness to be the print's."""
        return self.module_px >= LEAST_MODULE_PX


_LIMITS: Final[dict[tuple[Standard, Measure], tuple[float, float, float, float]]] = {
    (Standard.MATRIX, Measure.CONTRAST): (0.70, 0.55, 0.40, 0.20),
    (Standard.MATRIX, Measure.MODULATION): (0.50, 0.40, 0.30, 0.20),
    (Standard.MATRIX, Measure.UNUSED_ERROR_CORRECTION): (0.62, 0.50, 0.37, 0.25),
    (Standard.MATRIX, Measure.FIXED_PATTERN_DAMAGE): (0.0, 0.09, 0.13, 0.17),
    (Standard.MATRIX, Measure.QUIET_ZONE): (1.0, 0.91, 0.87, 0.83),
    (Standard.LINEAR, Measure.CONTRAST): (0.70, 0.55, 0.40, 0.20),
    (Standard.LINEAR, Measure.MODULATION): (0.70, 0.60, 0.50, 0.40),
    (Standard.LINEAR, Measure.QUIET_ZONE): (1.0, 0.91, 0.87, 0.83),
}
"""Limits of A, B, C and D. Source: ISO/IEC 15415, 7.8 (contrast, modulation, unused error
correction); ISO/IEC 16022, annex M (fixed patterns and quiet zone of Data Matrix, used for QR too);
ISO/IEC 15416, 5.4 (linear codes; their quiet zone there is passed or failed, here by the same
limits as a matrix code's)."""

_LETTERS: Final = (Grade.A, Grade.B, Grade.C, Grade.D)


def limit_of(standard: Standard, measure: Measure, grade: Grade) -> float:
    """The value from which a measure has a letter, D or better."""
    return _LIMITS[standard, measure][_LETTERS.index(grade)]


def grade_of(standard: Standard, measure: Measure, value: float) -> Grade:
    """The letter of a value.

    Args:
        standard: Whose limits.
        measure: One that the standard has.
        value: 0 to 1.
    """
    sign = -1 if measure is Measure.FIXED_PATTERN_DAMAGE else 1
    for grade, limit in zip(_LETTERS, _LIMITS[standard, measure], strict=True):
        if sign * value >= sign * limit:
            return grade
    return Grade.F
