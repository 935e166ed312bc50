"""A label is read back for what it says; a ghost on its edge does not refuse it."""

from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from station.labels import picture
from station.labels.picture import LabelContent, label_image, write_label
from station.labels.symbols import LabelError, SymbolKind

WITH_A_GHOST = (
    b"01095060001343521728043021QAPQMR9ARF299\x1d10L2027-04\x1d99EQAB0MxQkssnFqTzGHdfZFn1l3EjGfuI_"
    b"Ck7CmN0qi6nZdZJ63lLx-xNidyznSgbPl7RfBna-gWEE-9Ei1_djiJgAQ"
)
"""Its Data Matrix has a row of modules that also reads as the ITF symbol 4715."""

LINES = ("(01) 09506000134352", "(21) QAPQMR9ARF299", "(10) L2027-04", "(17) 280430")
CONTENT = LabelContent(WITH_A_GHOST, SymbolKind.GS1_DATA_MATRIX, LINES)


def identifiers(path: Path) -> list[str]:
    with Image.open(path) as image:
        return [read.symbology_identifier for read in zxingcpp.read_barcodes(np.asarray(image))]


def test_a_linear_ghost_in_a_matrix_is_no_fault_of_the_label(tmp_path: Path) -> None:
    path = tmp_path / "label.png"
    write_label(path, CONTENT)

    assert identifiers(path) == ["]d2", "]I0"]


def test_a_label_that_says_something_else_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = LabelContent(b"010950600013435221K7QZ4M2XW9TRB", CONTENT.kind, LINES)
    drawn = label_image(other, 6)
    monkeypatch.setattr(picture, "label_image", lambda content, module_px: drawn)

    with pytest.raises(LabelError, match="does not read back"):
        write_label(tmp_path / "label.png", CONTENT)

    assert list(tmp_path.iterdir()) == []
