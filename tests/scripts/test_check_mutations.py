"""One wrong character of a code: refused, or the original unit with the scanner's fault named."""

import re

import pytest

from scripts import check_mutations
from scripts.check_mutations import report, run

COUNT = 20_000


@pytest.mark.slow
def test_no_mutation_is_accepted_but_those_of_the_fault_table() -> None:
    tally = run(COUNT, 1)
    print(report(tally))
    assert (tally.wrong, tally.missed) == (0, 0), tally.examples
    diagnosed = sum(tally.diagnosed.values())
    assert tally.refused + diagnosed + tally.allowed == COUNT
    assert {"separator_lost", "separator_spelled", "prefix_added", "suffix_added"} <= set(
        tally.diagnosed
    )


def test_the_same_seed_gives_the_same_mutations() -> None:
    assert run(200, 3) == run(200, 3)
    assert run(200, 3).refused > 190


def test_it_tells_what_it_does_not_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its own table the check calls every diagnosis an acceptance that must not be."""
    diagnosed = sum(run(1000, 5).diagnosed.values())
    monkeypatch.setattr(check_mutations, "inside_the_table", lambda _code: set())
    found = run(1000, 5)
    assert found.wrong == diagnosed > 0
    assert re.search(r"^accepted: b'", report(found), re.MULTILINE)


def test_a_diagnosis_that_fails_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("station.intake.recognising.candidates", lambda *_: iter(()))
    monkeypatch.setattr("sys.argv", ["check_mutations.py", "--count", "500"])
    assert check_mutations.main() == 1
    said = capsys.readouterr().out
    assert "accepted as another unit or without diagnosis: 0" in said
    assert re.search(r"not diagnosed: [1-9]", said)
