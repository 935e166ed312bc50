"""The pictures of labels are current, and show what their page says of them."""

import shutil
from pathlib import Path

import pytest

from scripts import make_label_pictures
from scripts.make_label_pictures import IMAGES, SCENES, main, payload
from station.cameras.annotated import Mark
from station.decoders.pipeline import default_pipeline
from station.decoders.zxing import ZxingDecoder


def test_every_picture_is_current() -> None:
    assert main(["--check"]) == 0, "run scripts/make_label_pictures.py"


def test_what_is_missing_or_shows_something_else_is_told_and_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_label_pictures, "IMAGES", tmp_path)
    shutil.copy(IMAGES / "label-curved.jpg", tmp_path / "label-scuffed.jpg")
    shutil.copy(IMAGES / "label-curved.jpg", tmp_path / "label-curved.jpg")
    assert main(["--check"]) == 1
    told = capsys.readouterr().err
    assert told.count("out of date") == len(SCENES) - 1
    assert "label-curved.jpg" not in told
    assert main([]) == 0
    assert main(["--check"]) == 0


def test_the_tray_shows_every_outline() -> None:
    scene = SCENES["tray"]
    sight = default_pipeline().look(scene.draw())
    assert {symbol.payload for symbol in sight.symbols} == {payload(n) for n in range(4)}
    assert set(scene.marks.values()) == {Mark.QUARANTINED, Mark.WAITING}
    assert len(sight.unread) == 1


@pytest.mark.parametrize("name", ["far", "scuffed", "curved"])
def test_the_second_stage_reads_what_zxing_alone_does_not(name: str) -> None:
    pixels = SCENES[name].draw()
    (symbol,) = default_pipeline().look(pixels).symbols
    assert symbol.step == "fitted"
    assert symbol.payload in {payload(n) for n in range(4)}
    assert ZxingDecoder().decode(pixels) == ()


def test_a_wrong_word_is_answered_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chek"]) == 2
    assert "Usage: make_label_pictures.py" in capsys.readouterr().err
