"""A frame as a file shows what the frame shows."""

import io

import numpy as np
import pytest
from PIL import Image

from station.cameras.evidence import MAX_SIDE_PX, evidence_jpeg
from station.decoders.pipeline import default_pipeline
from station.labels.symbols import SymbolKind
from tests.fakes.decoder import UNIT, board, label


def test_a_code_can_be_read_from_the_file() -> None:
    frame = board((label(UNIT, SymbolKind.GS1_DATA_MATRIX, 3), 40, 60))
    frame.flags.writeable = False
    again = np.asarray(Image.open(io.BytesIO(evidence_jpeg(frame))))
    assert again.shape == frame.shape
    assert [one.payload for one in default_pipeline().decode(again)] == [UNIT]


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (1, MAX_SIDE_PX + 1), (MAX_SIDE_PX + 1, 1)])
def test_a_frame_that_no_file_holds_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no JPEG form"):
        evidence_jpeg(np.zeros(shape, np.uint8))


def test_the_longest_side_is_held() -> None:
    assert evidence_jpeg(np.zeros((1, MAX_SIDE_PX), np.uint8))[:2] == b"\xff\xd8"
