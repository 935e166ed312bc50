"""What is said of a stream's pictures, and that passing troubles are not."""

from typing import Final

import cv2
import numpy as np
import pytest

from station.cameras.condition import (
    FROZEN_NS,
    LASTING_SAMPLES,
    SAMPLE_EVERY_NS,
    Condition,
    ConditionWatch,
    Told,
    condition_of,
)
from station.labels.picture import LabelContent
from station.labels.scene import draw_scene
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, Pixels

SCENE: Final = draw_scene([LabelContent(UNIT, SymbolKind.GS1_DATA_MATRIX)], 3)


def noisy(pixels: Pixels, seed: int) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, 1.5, pixels.shape)
    return (pixels + noise).clip(0, 255).astype(np.uint8)


def scaled(pixels: Pixels, gain: float) -> Pixels:
    return (pixels * gain).clip(0, 255).astype(np.uint8)


BLURRED: Final = cv2.GaussianBlur(SCENE, (0, 0), 6).astype(np.uint8)
TROUBLES: Final = {
    Condition.COVERED: np.full_like(SCENE, 12),
    Condition.DARK: scaled(SCENE, 0.15),
    Condition.BRIGHT: scaled(SCENE, 2.5),
    Condition.BLURRED: BLURRED,
}


def shown(*pictures: Pixels, watch: ConditionWatch | None = None, start: int = 0) -> list[Told]:
    """What is told while pictures come, one a sample, each with noise of its own."""
    watch = watch or ConditionWatch()
    told = [
        watch.see(noisy(pixels, start + n), (start + n) * SAMPLE_EVERY_NS)
        for n, pixels in enumerate(pictures)
    ]
    return [news for news in told if news is not None]


def test_a_good_picture_is_no_news() -> None:
    assert shown(*[SCENE] * 20) == []


@pytest.mark.parametrize("trouble", list(TROUBLES))
def test_a_lasting_trouble_is_told_once_and_its_end_once(trouble: Condition) -> None:
    bad = [TROUBLES[trouble]] * (2 * LASTING_SAMPLES)
    good = [SCENE] * (2 * LASTING_SAMPLES)
    assert shown(*good, *bad, *good) == [Told(trouble), Told(None)]


@pytest.mark.parametrize("trouble", list(TROUBLES))
def test_a_passing_trouble_is_no_news(trouble: Condition) -> None:
    passing = [TROUBLES[trouble]] * (LASTING_SAMPLES - 1)
    assert shown(SCENE, *passing, SCENE, *passing, SCENE) == []


def test_a_picture_of_nothing_but_white_is_over_exposed_and_not_covered() -> None:
    assert condition_of(np.full_like(SCENE, 255)) is Condition.BRIGHT
    assert condition_of(np.full_like(SCENE, 128)) is Condition.COVERED
    assert condition_of(SCENE) is None


def test_frames_between_samples_are_not_looked_at() -> None:
    watch = ConditionWatch()
    for n in range(50):
        assert watch.see(TROUBLES[Condition.DARK], n * SAMPLE_EVERY_NS // 50) is None


def test_the_same_picture_for_long_is_frozen_and_one_that_changes_is_not() -> None:
    watch = ConditionWatch()
    told = [
        watch.see(SCENE, at) for at in range(0, FROZEN_NS + 2 * SAMPLE_EVERY_NS, SAMPLE_EVERY_NS)
    ]
    assert [news for news in told if news is not None] == [Told(Condition.FROZEN)]
    start = FROZEN_NS // SAMPLE_EVERY_NS + 3
    assert shown(*[SCENE] * 10, watch=watch, start=start) == [Told(None)]


def test_any_size_of_picture_is_taken() -> None:
    for shape in ((0, 0), (1, 1), (3, 900), (20, 20)):
        ConditionWatch().see(np.zeros(shape, np.uint8), 0)
