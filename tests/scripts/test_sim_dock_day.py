"""The simulated day: the station keeps its promises on a small one, and a broken one is told."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.dock_day import troubles
from scripts.dock_day.plan import draw_day
from scripts.dock_day.tally import History, checks
from scripts.dock_day.truth import Item, Nature, Rates, Trouble
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import UnitChange, Verdict
from tests.fakes.entries import ACCEPTED, GTIN, entry
from tests.fakes.replacing import replace

MANY_TROUBLES = Rates(
    caps_lock=0.03,
    layout=0.03,
    separator=0.03,
    prefix=0.03,
    rescanned=0.05,
    damaged=0.005,
    not_synced=0.03,
    forged=0.06,
    copied=0.06,
    stolen_or_recalled=0.06,
    returned=0.03,
    uncoded=0.02,
)


def run_day(root: Path, folder: Path, *options: str) -> dict[str, Any]:
    run = subprocess.run(
        [
            sys.executable,
            root / "scripts" / "sim_dock_day.py",
            *("--units", "1500", "--folder", str(folder), "--json"),
            *options,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.returncode == 0, run.stderr
    result: dict[str, Any] = json.loads(run.stdout)
    return result


@pytest.mark.slow
def test_a_small_day_with_much_trouble(root: Path, tmp_path: Path) -> None:
    rates = [
        option
        for name in Rates.__dataclass_fields__
        for option in ("--" + name.replace("_", "-"), str(getattr(MANY_TROUBLES, name)))
    ]
    result = run_day(root, tmp_path, *rates)
    kept = {check["name"].partition(", of ")[0]: check["good"] for check in result["checks"]}
    assert kept["accepted"]
    assert kept["let through or counted"]
    assert kept["accepted but not counted once"]
    assert kept["named right: uncoded"]
    assert result["table"]["forged"]["items"] > 50
    assert list(tmp_path.iterdir()) == []


def test_the_same_seed_draws_the_same_day() -> None:
    one, again, other = (draw_day(200, MANY_TROUBLES, seed) for seed in (5, 5, 6))
    assert one.items == again.items
    assert one.today.unit_records == again.today.unit_records
    assert one.items != other.items


class TestTroubles:
    LINE = b"]d20109506000134352" + b"21K7QZ4M2XW9TRB\x1d99EQab-_"

    def test_caps_lock(self) -> None:
        assert troubles.caps_lock(self.LINE, None)[0] == self.LINE.swapcase()  # type: ignore[arg-type]

    def test_a_german_computer(self) -> None:
        host = _Chooses("German")
        assert troubles.layout(b"Y-z_Z=\x1d", host)[0] == "Zßy?Y\u00b4\x1d".encode()  # type: ignore[arg-type]

    def test_a_french_computer(self) -> None:
        host = _Chooses("French")
        assert troubles.layout(b"0109aA;m", host)[0] == "à&àçqQm,".encode()  # type: ignore[arg-type]


class _Chooses:
    """A chance that is none."""

    def __init__(self, choice: str) -> None:
        self._choice = choice

    def choice(self, among: list[str]) -> str:
        assert self._choice in among
        return self._choice


def history(nature: Nature, *entries: JournalEntry, **more: Any) -> History:
    item = Item(0, nature, Trouble.NONE, "", b"x", False, GTIN, f"S{1:012}", "")
    return History(replace(item, **more), list(entries))


def missed(*histories: History) -> set[str]:
    return {c.name.partition(", of ")[0] for c in checks(list(histories)) if not c.good}


QUARANTINE = Verdict(VerdictClass.QUARANTINE, Reason.SIGNATURE_INVALID)
HOLD = Verdict(VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)


class TestTheTallyNotices:
    def test_nothing_wrong(self) -> None:
        assert missed(history(Nature.GENUINE, entry(1))) == set()

    @pytest.mark.parametrize("nature", [Nature.FORGED, Nature.STOLEN, Nature.RECALLED])
    def test_a_wrong_accept(self, nature: Nature) -> None:
        assert "accepted" in missed(history(nature, entry(1)))

    def test_a_copy_let_through(self) -> None:
        first = history(Nature.GENUINE, entry(1))
        let_through = history(Nature.COPIED, entry(2, ACCEPTED, of=1))
        caught = history(Nature.COPIED, entry(2, HOLD, of=1))
        assert "let through or counted" in missed(first, let_through)
        assert missed(first, caught) == set()

    def test_which_of_two_came_first(self) -> None:
        original = history(Nature.GENUINE, entry(2, HOLD, of=1))
        copy = history(Nature.COPIED, entry(1))
        assert missed(original, copy) == set()

    def test_a_copy_of_a_unit_elsewhere(self) -> None:
        assert "let through or counted" in missed(history(Nature.COPIED, entry(1)))

    def test_a_false_quarantine(self) -> None:
        assert missed(history(Nature.GENUINE, entry(1, QUARANTINE))) == {
            "technical false quarantine"
        }

    def test_a_false_hold(self) -> None:
        assert missed(history(Nature.RETURNED, entry(1, HOLD))) == {"technical hold"}

    def test_a_needless_rescan(self) -> None:
        rescan = Verdict(VerdictClass.RESCAN, Reason.PARSE_ERROR)
        assert missed(history(Nature.GENUINE, entry(1, rescan), entry(2, of=1))) == {
            "asked for again"
        }

    def test_a_unit_counted_twice(self) -> None:
        twice = history(Nature.GENUINE, entry(1), entry(2, of=1))
        assert "accepted but not counted once" in missed(twice)

    def test_a_fault_without_its_name(self) -> None:
        nameless = history(Nature.GENUINE, entry(1), trouble=Trouble.CAPS_LOCK)
        assert missed(nameless) == {"named right: caps lock"}
        named = Verdict(
            VerdictClass.ACCEPT,
            Reason.OK,
            modifiers=(Reason.SCANNER_FAULT_CASE,),
            change=UnitChange.RECEIVE,
        )
        assert missed(history(Nature.GENUINE, entry(1, named), trouble=Trouble.CAPS_LOCK)) == set()
