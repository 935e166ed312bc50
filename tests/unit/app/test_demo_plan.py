"""The demo's plan and its tally: every kind of item, a right answer each, nothing overlooked."""

import json
from collections import Counter
from pathlib import Path

import pytest

from station.app.demo.plan import ANSWERS, MAX_UNITS, MIN_UNITS, Channel, Item, Kind, make_plan
from station.app.demo.tally import Tally, write_truth
from station.core.errors import ConfigurationError
from station.core.reasons import Reason, VerdictClass
from tests.fakes.intake import genuine


@pytest.mark.parametrize("units", [MIN_UNITS, 31, 57, 200, 1000])
@pytest.mark.parametrize("seed", [1, 2, 99])
def test_a_plan_has_so_many_units_and_every_kind_of_them(units: int, seed: int) -> None:
    plan = make_plan(units, seed)
    assert sum(item.units for item in plan) == units
    assert {item.kind for item in plan} == set(Kind)
    assert {item.channel for item in plan} == set(Channel)
    assert [item.number for item in plan] == list(range(1, len(plan) + 1))
    assert plan == make_plan(units, seed)


def test_another_seed_is_another_day() -> None:
    assert make_plan(200, 1) != make_plan(200, 2)


def test_what_no_reader_can_speak_for_is_shown_to_the_camera() -> None:
    for item in make_plan(1000, 7):
        if item.kind in {Kind.TWINS, Kind.UNCODED, Kind.DAMAGED}:
            assert item.channel is Channel.CAMERA


def test_a_copy_comes_after_what_it_copies_and_each_original_is_copied_once() -> None:
    plan = make_plan(1000, 3)
    place = {(i.product, i.unit): i.number for i in plan if i.kind is Kind.GENUINE}
    copies = [item for item in plan if item.kind is Kind.COPY_OF_ACCEPTED]
    assert copies
    assert all(place[copy.product, copy.unit] < copy.number for copy in copies)
    assert max(Counter((copy.product, copy.unit) for copy in copies).values()) == 1


@pytest.mark.parametrize("units", [MIN_UNITS - 1, MAX_UNITS + 1, 0, -5])
def test_other_numbers_of_units_are_refused(units: int) -> None:
    with pytest.raises(ConfigurationError) as raised:
        make_plan(units, 1)
    assert f"{MIN_UNITS} to {MAX_UNITS}" in raised.value.remedy


def answered(plan: tuple[Item, ...]) -> Tally:
    tally = Tally(plan)
    for item in plan:
        for answer in item.answers:
            tally.add(item.number, answer)
    return tally


def test_right_answers_are_right() -> None:
    plan = make_plan(MIN_UNITS, 1)
    tally = answered(plan)
    assert tally.wrong() == []
    assert (tally.right_units, tally.units) == (MIN_UNITS, MIN_UNITS)
    assert sum(right for _, right, _, _ in tally.by_kind()) == MIN_UNITS


@pytest.mark.parametrize("kind", Kind)
def test_a_wrong_missing_or_further_answer_is_found(kind: Kind) -> None:
    plan = make_plan(MIN_UNITS, 1)
    item = next(item for item in plan if item.kind is kind)
    others = [other for other in plan if other is not item]
    stop = (VerdictClass.STOP, Reason.STATION_FAULT)
    for given in ((), (*item.answers[:-1], stop), (*item.answers, stop), item.answers[:-1]):
        tally = answered(tuple(others))
        tally = Tally(plan, tally._given)
        for answer in given:
            tally.add(item.number, answer)
        (line,) = tally.wrong()
        assert line.startswith(f"item {item.number} ({kind.value}, by {item.channel.value}): ")
        assert tally.right_units == MIN_UNITS - item.units


def test_the_truth_is_written_with_every_answer(tmp_path: Path) -> None:
    plan = make_plan(MIN_UNITS, 1)
    payloads = {plan[0].number: genuine("A1")}
    write_truth(tmp_path / "truth.jsonl", plan, payloads)
    lines = (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()
    truth = [json.loads(line) for line in lines]
    assert [line["item"] for line in truth] == [item.number for item in plan]
    assert [line["truth"] for line in truth] == [item.kind.value for item in plan]
    for line, item in zip(truth, plan, strict=True):
        assert line["verdicts"] == [[v.name, r.value] for v, r in ANSWERS[item.kind]]
    assert truth[0]["serial"] == "A1"
    assert truth[1]["serial"] is None
