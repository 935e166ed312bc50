"""Public photographs: what they hold is read, and what holds nothing reads as nothing."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from station.cameras.images import read_picture
from station.decoders.pipeline import default_pipeline

IMAGES: Final = Path(__file__).resolve().parents[2] / "golden" / "images"
AMPLE_S: Final = 60.0
"""What a picture holds must not depend on how busy the machine is."""
EXPECTED: Final[list[dict[str, Any]]] = json.loads((IMAGES / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(row, id=row["file"], marks=[pytest.mark.zbar] if row.get("needs_zbar") else [])
        for row in EXPECTED
    ],
)
def test_it_reads_as_its_origin_says(expected: dict[str, Any]) -> None:
    pixels = read_picture(IMAGES / expected["file"])
    assert isinstance(pixels, np.ndarray)
    found = default_pipeline(AMPLE_S).decode(pixels)
    if expected["text"] is None:
        assert found == ()
        return
    (read,) = found
    assert read.payload == expected["text"].encode("latin-1")
    assert read.format.value == expected["format"]
    assert read.symbology_identifier == expected["symbology_identifier"]


def test_every_picture_has_its_expectation() -> None:
    kept = {path.name for path in IMAGES.iterdir()} - {"expected.json", "LICENSES.md"}
    assert kept == {row["file"] for row in EXPECTED}


def test_some_hold_nothing_and_every_symbology_is_there() -> None:
    assert sum(row["text"] is None for row in EXPECTED) >= 10
    assert {row["format"] for row in EXPECTED if row["format"]} == {
        "Code128",
        "DataMatrix",
        "EAN13",
        "EAN8",
        "ITF",
        "QRCode",
        "UPCA",
        "UPCE",
    }
