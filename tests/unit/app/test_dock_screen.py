"""How a screen's end is told: wanted by somebody, or a fault of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from station.app import dock_screen
from station.app.dock_screen import run_dock, run_review
from station.core.errors import ExitCode, StationError
from station.tui.dock import DockApp
from station.tui.palette import THEMES, Look
from station.tui.review import ReviewApp
from tests.fakes.made_site import made_site

RUNS: dict[str, Callable[[Path], int]] = {
    "dock": lambda folder: run_dock(folder / "none"),
    "review": lambda folder: run_review(made_site().copy_site(folder)),
}


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("result", [True, None])
def test_only_what_somebody_wanted_is_a_good_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, result: bool | None
) -> None:
    def look(_theme: str, *, ascii_only: bool) -> Look:
        return Look(THEMES["teal"], unicode=not ascii_only)

    monkeypatch.setattr(dock_screen, "look_of_terminal", look)
    for app in (DockApp, ReviewApp):
        monkeypatch.setattr(app, "run", lambda _app, **_how: result)
    if result:
        assert RUNS[name](tmp_path) == ExitCode.DONE
        return
    with pytest.raises(StationError, match="a fault of"):
        RUNS[name](tmp_path)
