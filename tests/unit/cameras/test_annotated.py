"""What becomes of labels, drawn on their picture: shape and colour differ."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from station.cameras.annotated import Mark, Outlined, annotated_jpeg
from tests.fakes.decoder import box

CORNERS = box(100, 100, 100, 100)


def drawn(*labels: Outlined) -> NDArray[np.int64]:
    jpeg = annotated_jpeg(np.full((300, 300), 255, np.uint8), labels)
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(np.int64)


def inked(picture: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where something was drawn."""
    distance: NDArray[np.int64] = np.abs(picture - 255).max(axis=2)
    return distance > 60


def test_a_picture_without_labels_stays_as_it_is() -> None:
    assert not inked(drawn()).any()


@pytest.mark.parametrize("mark", list(Mark))
def test_each_mark_outlines_the_label_in_its_colour(mark: Mark) -> None:
    picture = drawn(Outlined(CORNERS, mark))
    where = inked(picture)
    rows, columns = np.nonzero(where)
    assert 80 <= rows.min() <= 95
    assert 205 <= columns.max() <= 220
    blue, green, red = mark.value
    assert np.abs(np.median(picture[where], axis=0) - [red, green, blue]).max() < 60


def test_the_shapes_tell_the_marks_apart_without_colour() -> None:
    amounts = {mark: int(inked(drawn(Outlined(CORNERS, mark))).sum()) for mark in Mark}
    crossed = inked(drawn(Outlined(CORNERS, Mark.QUARANTINED)))
    assert crossed[145:155, 145:155].any()
    for mark in (Mark.ACCEPTED, Mark.WAITING, Mark.UNREAD):
        assert not inked(drawn(Outlined(CORNERS, mark)))[145:155, 145:155].any()
    assert amounts[Mark.WAITING] > 1.5 * amounts[Mark.ACCEPTED]
    assert amounts[Mark.UNREAD] < 0.8 * amounts[Mark.ACCEPTED]


def test_a_label_at_the_edge_is_no_trouble() -> None:
    assert inked(drawn(Outlined(box(-50, -50, 100, 100), Mark.QUARANTINED))).any()
