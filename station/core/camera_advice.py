"""From what a camera was measured to show to what to do about it: the design rules, as values.

The limits are those measured on drawn labels, see docs/how-to/choose-camera-lens-and-label.md; all
lengths of the picture count in modules, since modules are what must be told apart. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

WANTED_MODULE_PX: Final = 3.0
LEAST_MODULE_PX: Final = 2.0
"""Below, a label reads only in the second stage, with no room to spare."""
MOST_SMEAR_MODULES: Final = 0.5
"""What the exposure may take; up to here nothing is lost."""
LOST_SMEAR_MODULES: Final = 1.25
"""From 1.5 on the first stage reads 1 label in 10."""
SOFT_MODULES: Final = 0.5
"""Standard deviation of a blur from which the first stage begins to fail."""
BLURRED_MODULES: Final = 0.8
"""And from which nothing reads any more."""
LEAST_CONTRAST: Final = 80.0
LOST_CONTRAST: Final = 40.0
MOST_BRIGHT_SHARE: Final = 0.35
"""Of a label's pixels; half of them are paper, and white paper without any grey spills over ink."""
LEAST_FRAMES_IN_VIEW: Final = 3.0
"""One to read it, one to see it move, one to spare."""
SIGNED_CODE_MODULES: Final = 40
"""A side of a signed unit code as Data Matrix: what an unread label is taken for."""

NO_LABEL_MEND: Final = "hold a printed label with a unit code before the camera"


class Grade(Enum):
    """How one thing is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that was looked at.

    Attributes:
        subject: ``label``, ``distance``, ``focus``, ``exposure``, ``light``, ``rate``, ``picture``
            or ``settings``.
        grade: How it is.
        text: What is so, with figures.
        mend: What to do; ``""`` where all is well.
    """

    subject: str
    grade: Grade
    text: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What no picture tells.

    Attributes:
        speed_m_per_s: How fast labels pass; 0 where they are held still.
        module_mm: Width of a printed module.
        distance_cm: From lens to label; None where nobody measured it.
    """

    speed_m_per_s: float
    module_mm: float
    distance_cm: float | None = None

    @property
    def longest_exposure_ms(self) -> float | None:
        """How long the shutter may be open; None where nothing moves."""
        if not self.speed_m_per_s:
            return None
        return MOST_SMEAR_MODULES * self.module_mm / self.speed_m_per_s


@dataclass(frozen=True, slots=True)
class LabelView:
    """How labels were seen, the medians of all looks.

    Attributes:
        module_px: Pixels a module.
        is_estimate: The label could not be read, and its size is a guess.
        contrast: Grey levels between paper and ink.
        bright_share: Share of its pixels that are over-exposed.
        smear_modules: How far the picture moved while the shutter was open; None where modules are
            too small, or contrast too little, to tell.
        blur_modules: Standard deviation of what else softens edges; None likewise.
    """

    module_px: float
    is_estimate: bool
    contrast: float
    bright_share: float
    smear_modules: float | None
    blur_modules: float | None


@dataclass(frozen=True, slots=True)
class CameraView:
    """What a camera was measured to show.

    Attributes:
        looks: Pictures looked at.
        read: Of these, where a label was read.
        shown: Of these, where a label showed and was not read.
        label: How labels were seen, or None where none was.
        frames_per_s: What the camera delivers; None where that cannot be told.
        view_px: The shorter side of the picture.
        picture_fault: What is wrong with most pictures as a whole, as a statement that says what to
            do after a semicolon; ``""`` for nothing.
    """

    looks: int
    read: int
    shown: int
    label: LabelView | None
    frames_per_s: float | None
    view_px: int
    picture_fault: str = ""


def advise(view: CameraView, about: Circumstances) -> tuple[Advice, ...]:
    """Hold what was seen to the design rules.

    Args:
        view: What was seen.
        about: What no picture tells.

    Returns:
        One entry for each thing that could be judged.
    """
    return tuple(_advice(view, about))


def _advice(view: CameraView, about: Circumstances) -> Iterator[Advice]:
    if view.picture_fault:
        text, _, mend = view.picture_fault.partition("; ")
        yield Advice("picture", Grade.FAILED, f"the camera {text}", mend)
    yield _seen(view)
    if view.label is not None:
        yield _distance(view.label, about.distance_cm)
        blur_modules = view.label.blur_modules
        if blur_modules is not None:
            yield _focus(blur_modules)
        is_told = blur_modules is not None and blur_modules <= BLURRED_MODULES
        yield _exposure(view.label.smear_modules if is_told else None, about)
        yield _light(view.label.contrast, view.label.bright_share)
        if view.frames_per_s is not None and about.speed_m_per_s:
            yield rate(view.frames_per_s, view.label.module_px, view.view_px, about)


def _seen(view: CameraView) -> Advice:
    pictures = "1 picture" if view.looks == 1 else f"{view.looks} pictures"
    if view.read:
        return Advice("label", Grade.OK, f"read in {view.read} of {pictures}")
    if view.shown:
        return Advice(
            "label",
            Grade.FAILED,
            f"shows in {view.shown} of {pictures} and was read in none",
            "mend what is said below, then hold it still",
        )
    mend = "mend the picture first" if view.picture_fault else NO_LABEL_MEND
    return Advice("label", Grade.FAILED, f"none in {pictures}", mend)


def _distance(label: LabelView, distance_cm: float | None) -> Advice:
    about = "about " if label.is_estimate else ""
    text = f"{about}{label.module_px:.1f} pixels a module; {WANTED_MODULE_PX:g} are wanted"
    if label.module_px >= WANTED_MODULE_PX:
        return Advice("distance", Grade.OK, text)
    is_lost = label.module_px < LEAST_MODULE_PX
    closer = 1 - label.module_px / WANTED_MODULE_PX
    by = f"{100 * closer:.0f} %" if distance_cm is None else f"{closer * distance_cm:.0f} cm"
    return Advice(
        "distance",
        Grade.FAILED if is_lost else Grade.WARNING,
        text,
        f"move {by} closer, or take a longer lens or a camera with more pixels",
    )


def _focus(blur_modules: float) -> Advice:
    text = f"edges are soft by {blur_modules:.1f} modules; up to {SOFT_MODULES:g} is well"
    if blur_modules <= SOFT_MODULES:
        return Advice("focus", Grade.OK, text)
    grade = Grade.FAILED if blur_modules > BLURRED_MODULES else Grade.WARNING
    return Advice(
        "focus", grade, text, "focus on the label by hand, wipe the lens, and close the aperture"
    )


def _exposure(smear_modules: float | None, about: Circumstances) -> Advice:
    limit_ms = about.longest_exposure_ms
    if limit_ms is None:
        limit = ""
    else:
        limit = (
            f"at most {limit_ms:.2g} ms for {about.speed_m_per_s:g} m/s and modules of "
            f"{about.module_mm:g} mm"
        )
    if smear_modules is None or smear_modules <= MOST_SMEAR_MODULES:
        text = "nothing moves in the picture" if smear_modules is not None else "cannot be told"
        return Advice("exposure", Grade.OK, f"{text}; {limit}" if limit else text)
    share = MOST_SMEAR_MODULES / smear_modules
    return Advice(
        "exposure",
        Grade.FAILED if smear_modules > LOST_SMEAR_MODULES else Grade.WARNING,
        f"the label smears over {smear_modules:.1f} modules; {MOST_SMEAR_MODULES:g} is the limit",
        f"more light, and an exposure of {100 * share:.0f} % of what it is"
        + (f", {limit}" if limit else ""),
    )


def _light(contrast: float, bright_share: float) -> Advice:
    text = f"{contrast:.0f} grey levels between paper and ink; {LEAST_CONTRAST:g} are wanted"
    if bright_share > MOST_BRIGHT_SHARE:
        return Advice(
            "light",
            Grade.WARNING,
            f"{100 * bright_share:.0f} % of the label is over-exposed",
            "a shorter exposure, or the lamp turned so that it does not shine back",
        )
    if contrast >= LEAST_CONTRAST:
        return Advice("light", Grade.OK, text)
    grade = Grade.FAILED if contrast < LOST_CONTRAST else Grade.WARNING
    return Advice(
        "light",
        grade,
        text,
        "more light on the label, tilted so that it does not shine back; print black on white",
    )


def rate(frames_per_s: float, module_px: float, view_px: int, about: Circumstances) -> Advice:
    """Whether a label that passes is seen often enough.

    Args:
        frames_per_s: What the camera delivers.
        module_px: How large labels are seen, pixels a module.
        view_px: The shorter side of the picture.
        about: How fast labels pass, which must not be 0, and how they are printed.
    """
    px_per_s = 1_000 * about.speed_m_per_s / about.module_mm * module_px
    frames = frames_per_s * view_px / px_per_s
    text = (
        f"{frames_per_s:.0f} frames a second; a label at {about.speed_m_per_s:g} m/s is in view "
        f"for {frames:.1f}"
    )
    if frames >= LEAST_FRAMES_IN_VIEW:
        return Advice("rate", Grade.OK, text)
    return Advice(
        "rate",
        Grade.FAILED,
        f"{text}; {LEAST_FRAMES_IN_VIEW:g} are wanted",
        "a faster camera, a larger view of more pixels, or slower goods",
    )
