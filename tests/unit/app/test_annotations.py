"""Pictures drawn again with what became of their labels."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from station.app.annotations import Annotations
from station.core.reading import Capture, Read
from station.core.symbol import Symbol, SymbolFormat
from tests.fakes.decoder import box
from tests.fakes.intake import Dock, genuine, registry

CORNERS = box(40, 40, 60, 60)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "carton.png"
    Image.fromarray(np.full((200, 200), 255, np.uint8)).save(path)
    return path


def capture(picture: Path, scan_id: str) -> Capture:
    symbol = Symbol(genuine("A1"), "]d2", SymbolFormat.DATA_MATRIX, CORNERS, "zxing-cpp")
    return Capture("images:x", (Read(scan_id, symbol),), "picture-1", 0, 0, str(picture))


def judged(notes: Annotations, picture: Path) -> None:
    """One accepted unit in the picture."""
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.run()
    (entry,) = dock.told.verdicts
    notes.seen(capture(picture, entry.scan_id))
    notes.told(entry)


def test_every_picture_is_drawn_beside_its_verdicts(picture: Path, tmp_path: Path) -> None:
    said: list[str] = []
    notes = Annotations(tmp_path / "out", said.append)
    judged(notes, picture)
    assert notes.write() == 1
    (written,) = (tmp_path / "out").iterdir()
    assert written.name == "carton.png.verdicts.jpg"
    with Image.open(written) as drawn:
        assert drawn.format == "JPEG"
        assert np.asarray(drawn.convert("L")).min() < 128
    assert said == []


def test_nothing_is_written_over(picture: Path, tmp_path: Path) -> None:
    for _ in range(2):
        notes = Annotations(tmp_path / "out", print)
        judged(notes, picture)
        notes.write()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "carton.png.2.verdicts.jpg",
        "carton.png.verdicts.jpg",
    ]


def test_a_symbol_without_a_verdict_is_not_outlined(picture: Path, tmp_path: Path) -> None:
    notes = Annotations(tmp_path / "out", print)
    notes.seen(capture(picture, "no verdict"))
    notes.write()
    (written,) = (tmp_path / "out").iterdir()
    with Image.open(written) as drawn:
        assert np.asarray(drawn.convert("L")).min() > 200


def test_a_picture_that_is_gone_is_said_and_the_next_is_drawn(
    picture: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    notes = Annotations(tmp_path / "out", said.append)
    notes.seen(capture(tmp_path / "gone.png", "1"))
    judged(notes, picture)
    assert notes.write() == 1
    (line,) = said
    assert line.startswith(f"cannot annotate {tmp_path / 'gone.png'} (cannot be read")
    assert line.endswith(f"check {tmp_path / 'out'} and its free space")
