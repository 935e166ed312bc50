"""The register map stands in one place; header, module and page are made from it."""

import pytest

from scripts.make_register_map import ROOT, main, outputs


@pytest.mark.parametrize("path", outputs(), ids=str)
def test_what_is_made_is_current(path: object) -> None:
    made = {str(name): text for name, text in outputs().items()}
    assert (ROOT / str(path)).read_text("utf-8") == made[str(path)]


def test_a_page_that_differs_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"]) == 0
    monkeypatch.setattr(
        "scripts.make_register_map.outputs",
        lambda: {path: text + "\n" for path, text in outputs().items()},
    )
    assert main(["--check"]) == 1
    assert "run scripts/make_register_map.py" in capsys.readouterr().err
