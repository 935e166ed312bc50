"""One scratched linear label, or two equal ones: a genuine unit against a copy beside it."""

from typing import Final

import cv2
import numpy as np
import pytest

from station.core.symbol import Corners, SymbolFormat
from station.decoders.stacked import are_one_label, separate_labels
from station.decoders.zxing import ZxingDecoder
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import Pixels, board, box, label, symbol

UNIT: Final = b"010950600013435221ABC123"
SSCC: Final = b"00095060001234567893"
BARS: Final = label(UNIT, SymbolKind.GS1_128, 2)[:120]
HEIGHT, WIDTH = BARS.shape
BAR_ROWS: Final = slice(8, HEIGHT)


def places(picture: Pixels) -> int:
    found = ZxingDecoder().decode(picture)
    assert {read.payload for read in found} <= {UNIT}
    return len(found)


def turned(picture: Pixels, degrees: float) -> Pixels:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(picture, turn, (width, height), borderValue=170), np.uint8)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 4, -6])
class TestCode128:
    def test_one_label_is_one(self, degrees: float) -> None:
        assert places(turned(board((BARS, 100, 300), width=900, height=900), degrees)) == 1

    @pytest.mark.parametrize("shift", [0, 30, 80])
    @pytest.mark.parametrize("gap", [60, 110])
    def test_two_equal_labels_one_above_the_other_are_two(
        self, gap: int, shift: int, degrees: float
    ) -> None:
        two = board(
            (BARS, 100, 250), (BARS, 100 + shift, 250 + HEIGHT + gap), width=900, height=900
        )
        assert places(turned(two, degrees)) == 2

    def test_three_are_three(self, degrees: float) -> None:
        rows = [(BARS, 150, 150 + place * (HEIGHT + 70)) for place in range(3)]
        assert places(turned(board(*rows, width=900, height=900), degrees)) == 3

    def test_side_by_side_are_two(self, degrees: float) -> None:
        two = board(
            (BARS, 20, 480), (BARS, 40 + WIDTH, 480), width=60 + 2 * WIDTH, height=60 + 2 * WIDTH
        )
        assert places(turned(two, degrees)) == 2


@pytest.mark.parametrize(
    "scratches",
    [
        [(60, 64, 255)],
        [(40, 44, 0), (70, 78, 120), (95, 98, 255)],
        [(50, 72, 255)],
        [(20, 24, 90), (90, 110, 200)],
    ],
    ids=["thin", "three", "wide", "smear"],
)
def test_a_scratched_label_is_one(scratches: list[tuple[int, int, int]]) -> None:
    scratched = BARS.copy()
    for top, bottom, level in scratches:
        scratched[top:bottom] = level
    assert places(board((scratched, 100, 200), width=900, height=600)) == 1


def test_a_sliver_between_two_labels_does_not_join_them() -> None:
    torn = BARS.copy()
    torn[70:90] = 255
    torn[98:] = 255
    two = board((torn, 100, 200), (BARS, 100, 260 + HEIGHT), width=900, height=600)
    assert places(two) == 2


def test_two_different_labels_are_both_read() -> None:
    other = label(SSCC, SymbolKind.GS1_128, 2)[:120]
    found = ZxingDecoder().decode(board((BARS, 50, 50), (other, 50, 250), width=900, height=600))
    assert [read.payload for read in found] == [UNIT, SSCC]


def test_the_places_of_two_labels_are_where_they_are() -> None:
    two = board((BARS, 100, 50), (BARS, 160, 110 + HEIGHT), width=900, height=600)
    upper, lower = ZxingDecoder().decode(two)
    assert upper.corners is not None
    assert lower.corners is not None
    assert lower.corners[0][0] - upper.corners[0][0] == pytest.approx(60, abs=30)
    assert upper.corners[2][1] == pytest.approx(50 + HEIGHT, abs=12)
    assert lower.corners[0][1] == pytest.approx(110 + HEIGHT, abs=20)


class TestPieces:
    LABEL = box(100, 100, 300, 60)

    @pytest.mark.parametrize("gap", [0, 3, 10, 20])
    def test_near_pieces_in_line_are_one_label(self, gap: float) -> None:
        assert are_one_label(self.LABEL, box(101, 160 + gap, 299, 50))

    def test_a_wide_gap_parts_two(self) -> None:
        assert not are_one_label(self.LABEL, box(100, 185, 300, 60))

    def test_a_scan_line_or_two_is_no_label_of_its_own(self) -> None:
        assert are_one_label(self.LABEL, box(100, 250, 300, 2))

    def test_ends_that_do_not_line_up_part_two(self) -> None:
        assert not are_one_label(self.LABEL, box(200, 165, 300, 60))

    @pytest.mark.parametrize("width", [100, 500])
    def test_another_length_is_another_label(self, width: float) -> None:
        assert not are_one_label(self.LABEL, box(100, 165, width, 60))

    def test_a_point_has_no_length(self) -> None:
        assert not are_one_label(box(5, 5, 0, 0), box(5, 5, 0, 0))


@pytest.mark.parametrize("kind", sorted(set(SymbolFormat) - {SymbolFormat.CODE_128}, key=str))
def test_only_code_128_is_looked_at_again(kind: SymbolFormat) -> None:
    tall = symbol(UNIT, kind, box(100, 50, 300, 300))
    assert separate_labels(board(), [tall]) == [tall]


@pytest.mark.parametrize(
    "outline",
    [
        None,
        box(100, 50, 300, 300),
        box(-50, -40, 300, 900),
        box(5, 5, 0, 0),
        box(5, 5, 0, 300),
        box(600, 400, 300, 300),
    ],
    ids=["none", "blank", "outside", "point", "line", "corner"],
)
def test_what_does_not_read_again_stays_as_it_was(outline: Corners | None) -> None:
    tall = symbol(UNIT, SymbolFormat.CODE_128, outline)
    assert separate_labels(board((BARS, 100, 350)), [tall]) == [tall]


@pytest.mark.parametrize("seed", range(60))
def test_no_condition_makes_two_labels_of_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    module_px = int(rng.integers(2, 4))
    bars = label(UNIT, SymbolKind.GS1_128, module_px)[: int(rng.uniform(20, 75) * module_px)]
    side = bars.shape[1] + 120
    seen = board((bars, 60, 60), width=side, height=side).astype(np.float32)
    for _ in range(int(rng.integers(0, 4))):
        at = 60 + int(rng.uniform(0, bars.shape[0]))
        seen[at : at + int(rng.integers(1, 8))] = rng.choice([0, 120, 255])
    if rng.random() < 0.3:
        glare = 60 + rng.uniform(0, bars.shape[0])
        rows = np.arange(side)[:, None]
        seen += 250 * np.exp(-(((rows - glare) / (0.15 * bars.shape[0])) ** 2))
    blurred = cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.3, 1.1)))
    noisy = blurred + rng.normal(0, rng.uniform(2, 25), seen.shape)
    angle = float(rng.choice([0, 90, 180, 270]) + rng.uniform(-8, 8))
    assert places(turned(noisy.clip(0, 255).astype(np.uint8), angle)) <= 1
