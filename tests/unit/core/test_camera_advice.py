"""What is advised of what a camera shows: each design rule at its limit, and what to do beyond."""

from typing import Final

import pytest

from station.core.camera_advice import (
    BLURRED_MODULES,
    Advice,
    CameraView,
    Circumstances,
    Grade,
    LabelView,
    advise,
)
from tests.fakes.replacing import replace

LABEL: Final = LabelView(3.2, False, 150.0, 0.1, 0.0, 0.1)
VIEW: Final = CameraView(10, 9, 0, LABEL, 30.0, 480)
BELT: Final = Circumstances(0.5, 0.4)
OK, WARNING, FAILED = Grade.OK, Grade.WARNING, Grade.FAILED


def about(subject: str, view: CameraView, circumstances: Circumstances = BELT) -> Advice:
    (one,) = [one for one in advise(view, circumstances) if one.subject == subject]
    return one


def of_label(subject: str, circumstances: Circumstances = BELT, **seen: object) -> Advice:
    label = replace(LABEL, **seen)
    return about(subject, replace(VIEW, label=label), circumstances)


def test_a_good_camera_needs_no_mend() -> None:
    advice = advise(VIEW, BELT)
    assert [one.subject for one in advice] == [
        "label",
        "distance",
        "focus",
        "exposure",
        "light",
        "rate",
    ]
    assert {(one.grade, one.mend) for one in advice} == {(OK, "")}


@pytest.mark.parametrize(
    ("subject", "seen", "grade"),
    [
        ("distance", {"module_px": 3.0}, OK),
        ("distance", {"module_px": 2.99}, WARNING),
        ("distance", {"module_px": 2.0}, WARNING),
        ("distance", {"module_px": 1.99}, FAILED),
        ("focus", {"blur_modules": 0.5}, OK),
        ("focus", {"blur_modules": 0.51}, WARNING),
        ("focus", {"blur_modules": 0.81}, FAILED),
        ("exposure", {"smear_modules": 0.5}, OK),
        ("exposure", {"smear_modules": 0.51}, WARNING),
        ("exposure", {"smear_modules": 1.26}, FAILED),
        ("light", {"contrast": 80.0}, OK),
        ("light", {"contrast": 79.0}, WARNING),
        ("light", {"contrast": 39.0}, FAILED),
        ("light", {"bright_share": 0.36}, WARNING),
    ],
)
def test_each_rule_has_its_limits(subject: str, seen: dict[str, float], grade: Grade) -> None:
    one = of_label(subject, BELT, **seen)
    assert one.grade is grade
    assert bool(one.mend) is (grade is not OK)


def test_how_far_to_move_is_told_in_per_cent_or_in_cm() -> None:
    assert of_label("distance", module_px=2.25).mend.startswith("move 25 % closer")
    measured = replace(BELT, distance_cm=40.0)
    assert of_label("distance", measured, module_px=2.25).mend.startswith("move 10 cm closer")


def test_the_longest_exposure_follows_speed_and_module() -> None:
    assert Circumstances(0.5, 0.4).longest_exposure_ms == pytest.approx(0.4)
    assert Circumstances(1.0, 0.4).longest_exposure_ms == pytest.approx(0.2)
    assert Circumstances(0.0, 0.4).longest_exposure_ms is None
    assert "at most 0.4 ms for 0.5 m/s" in of_label("exposure").text
    assert "at most" not in of_label("exposure", Circumstances(0, 0.4)).text


def test_a_smear_says_which_part_of_the_exposure_is_left() -> None:
    one = of_label("exposure", smear_modules=2.0)
    assert "smears over 2.0 modules" in one.text
    assert "more light, and an exposure of 25 % of what it is" in one.mend
    assert "at most 0.4 ms for 0.5 m/s" in one.mend


def test_what_cannot_be_told_is_not_judged() -> None:
    small = replace(VIEW, label=replace(LABEL, smear_modules=None, blur_modules=None))
    assert "focus" not in {one.subject for one in advise(small, BELT)}
    assert about("exposure", small).text.startswith("cannot be told")
    blurred = of_label("exposure", blur_modules=BLURRED_MODULES + 0.1, smear_modules=3.0)
    assert blurred.grade is OK


def test_a_label_that_passes_too_fast_for_the_rate_is_told() -> None:
    slow = about("rate", replace(VIEW, frames_per_s=5.0))
    assert (slow.grade, "in view for 0.6" in slow.text) == (FAILED, True)
    assert "rate" not in {one.subject for one in advise(VIEW, Circumstances(0, 0.4))}
    assert "rate" not in {one.subject for one in advise(replace(VIEW, frames_per_s=None), BELT)}


def test_labels_unread_and_labels_missing_differ() -> None:
    unread = about("label", replace(VIEW, read=0, shown=4))
    assert (unread.grade, "shows in 4 of 10 pictures" in unread.text) == (FAILED, True)
    estimate = of_label("distance", module_px=1.0, is_estimate=True)
    assert estimate.text.startswith("about 1.0 pixels a module")
    nothing = about("label", replace(VIEW, read=0, label=None))
    assert (nothing.grade, nothing.text) == (FAILED, "none in 10 pictures")
    assert nothing.mend.startswith("hold a printed label")


def test_a_bad_picture_comes_first_with_its_own_mend() -> None:
    dark = replace(VIEW, read=0, label=None, picture_fault="is dark; add light")
    first, second = advise(dark, BELT)
    assert first == Advice("picture", FAILED, "the camera is dark", "add light")
    assert second.mend == "mend the picture first"
