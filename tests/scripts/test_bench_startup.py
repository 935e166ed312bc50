"""The bench runs what it says and knows its bound; how fast is for a quiet machine."""

import sys

import pytest

from scripts import bench_startup


def run(monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bench_startup.py", *argv])
    return bench_startup.main()


def test_it_measures_the_real_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--rounds", "2") == 0
    said = capsys.readouterr().out
    assert [line.split("  ")[0] for line in said.splitlines()[:-1]] == list(bench_startup.COMMANDS)
    assert "at most 3.0" in said


@pytest.mark.parametrize(
    ("help_ms", "argv", "code"),
    [(30.0, ("--check",), 0), (30.1, ("--check",), 1), (30.1, (), 0)],
)
def test_a_slow_start_fails_only_where_it_is_checked(
    monkeypatch: pytest.MonkeyPatch, help_ms: float, argv: tuple[str, ...], code: int
) -> None:
    found = {"bare interpreter": 10.0, "station --version": 9.0, "station --help": help_ms}
    monkeypatch.setattr(bench_startup, "medians", lambda rounds: found)
    assert run(monkeypatch, *argv) == code
