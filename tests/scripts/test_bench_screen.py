"""The bench sees what it says it sees, and knows its bounds; how fast is for a quiet machine."""

from dataclasses import replace
from typing import Any

import pytest

from scripts import bench_screen
from scripts.bench_screen import Found, Phase, faults_of

GOOD = Phase([30.0] * 99 + [90.0], 1.0, [250.0], 0.10, 3.0, [1.0] * 2000)
FOUND = Found(GOOD, [(GOOD, GOOD)] * 3, GOOD, True, GOOD)


@pytest.mark.parametrize(
    ("part", "change", "fault"),
    [
        ("slow", {"row_ms": [41.0] * 100}, "row p50"),
        ("slow", {"row_ms": [30.0] * 98 + [101.0] * 2}, "row p99"),
        ("slow", {"row_ms": []}, "row p50"),
        ("slow", {"banner_ms": [401.0]}, "banner"),
        ("slow", {"banner_ms": []}, "banner"),
        ("slow", {"core": 0.26}, "core"),
        ("slow", {"growth_mb": 5.1}, "memory"),
        ("stopped", {"late_ms": [1.0] * 1990 + [21.0] * 10}, "engine late"),
    ],
)
def test_a_bound_that_is_not_met_is_named(part: str, change: dict[str, Any], fault: str) -> None:
    assert faults_of(FOUND) == []
    worse: dict[str, Any] = {part: replace(GOOD, **change)}
    assert fault in faults_of(replace(FOUND, **worse))


@pytest.mark.parametrize(("dear", "faults"), [(1, []), (2, ["core at 1,000 scans/s"])])
def test_many_scans_may_cost_no_more_of_a_core_in_most_rounds(dear: int, faults: list[str]) -> None:
    rounds = [(GOOD, replace(GOOD, core=0.11))] * dear + [(GOOD, GOOD)] * (3 - dear)
    assert faults_of(replace(FOUND, rounds=rounds)) == faults


def test_a_screen_that_never_catches_up_is_named() -> None:
    assert faults_of(replace(FOUND, caught_up=False)) == ["caught up"]


@pytest.mark.parametrize(("argv", "code"), [((), 0), (("--check",), 1)])
def test_only_a_check_fails(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: tuple[str, ...],
    code: int,
) -> None:
    found = replace(FOUND, caught_up=False)
    monkeypatch.setattr(bench_screen, "measured", lambda *_: found)
    assert bench_screen.main(list(argv)) == code
    assert "not met: caught up" in capsys.readouterr().out


@pytest.mark.slow
def test_it_sees_the_real_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_screen, "SETTLE_S", 1.5)
    monkeypatch.setattr(bench_screen, "WARM_SCANS", 20)
    monkeypatch.setattr(bench_screen, "ROUND_S", 1)
    found = bench_screen.measured(100, 1, 0.5)
    assert found.caught_up
    assert found.slow.drawn > 0.5
    assert len(found.slow.banner_ms) == 2
    assert found.floor.row_ms
