"""What a request for an act takes, and that no single key and no scan gives it."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.act_request import MAX_REASON_CHARS
from station.core.acts import ACT_RULES, BY_REQUEST, ActKind
from station.core.causes import Cause
from station.core.codes import ControlKind
from station.core.language import Language
from station.core.operators import Role
from station.core.wording.screens import DOCK, REVIEW
from station.ports.desk import OWN_CHANGES, AskPerson, PersonChange
from station.ports.display import AskAct
from station.tui.act_form import IDLE_NS, ActForm, Asked, Step

WORDS: Final = REVIEW[Language.ENGLISH]
ROLES: Final = DOCK[Language.ENGLISH].roles
PIN: Final = "816253440722"
NEW_PIN: Final = "58230914"


def form(kind: ActKind = ActKind.RELEASE, reference: str = "") -> ActForm:
    return ActForm(Asked(kind, "01ITEM", "subject", reference), 0)


def step(one: ActForm) -> Step | None:
    return one.step


def typed(one: ActForm, text: str) -> None:
    for char in text:
        one.press("space" if char == " " else char, char, 1)


def test_a_release_takes_a_reason_a_badge_and_a_pin() -> None:
    one = form()
    assert one.steps == (Step.REASON, Step.BADGE, Step.PIN)
    one.press("enter", "\r", 1)
    assert step(one) is Step.REASON, "no reason, no further"
    typed(one, "delivery note found")
    one.press("enter", "\r", 1)
    assert one.wants is ControlKind.BADGE
    for key in ("enter", "y", "1"):
        one.press(key, key, 1)
    assert step(one) is Step.BADGE, "only a badge goes on"
    assert one.named("SVEN")
    assert one.prompt(WORDS, ROLES) == "PIN of SVEN; then Y does it"
    typed(one, "816")
    one.press("y", "y", 1)
    assert one.request() is None, "too short to be a PIN"
    typed(one, PIN[3:])
    one.press("enter", "\r", 1)
    assert one.request() is None, "Enter never means yes"
    assert one.lines == (
        (Step.REASON, "delivery note found"),
        (Step.BADGE, "SVEN"),
        (Step.PIN, "*" * len(PIN)),
    )
    one.press("y", "y", 1)
    wanted = AskAct(
        "", ActKind.RELEASE, "01ITEM", "SVEN", pin=PIN, reason_text="delivery note found"
    )
    assert one.request() == wanted


def test_destruction_takes_another_person_with_a_pin() -> None:
    one = form(ActKind.DESTROY)
    typed(one, "x")
    one.press("enter", "\r", 1)
    one.named("SVEN")
    typed(one, PIN + "y")
    assert step(one) is Step.WITNESS
    assert not one.named("SVEN")
    assert step(one) is Step.WITNESS
    one.named("WIM")
    one.press("y", "y", 1)
    assert one.request() is None, "a witness always has a PIN"
    typed(one, "725344y")
    request = one.request()
    assert isinstance(request, AskAct)
    assert (request.witness, request.witness_pin) == ("WIM", "725344")


def test_an_operators_act_may_go_without_a_pin_and_a_supervisors_not() -> None:
    same = form(ActKind.SAME_UNIT)
    same.named("ANNA")
    same.press("y", "y", 1)
    assert same.request() is not None
    close = form(ActKind.CLOSE_SHIPMENT, reference="SHP-1")
    close.named("SVEN")
    close.press("y", "y", 1)
    assert close.request() is None


def test_undo_may_leave_the_reason_out() -> None:
    one = form(ActKind.UNDO)
    one.press("enter", "\r", 1)
    assert step(one) is Step.BADGE


def test_a_tote_is_typed_or_scanned() -> None:
    one = form(ActKind.QUARANTINE)
    assert one.wants is ControlKind.TOTE
    assert one.takes_label("STN1:TOTE:Q-7:sig")
    assert not one.takes_label("Q-7")
    one.scan("Q-7", 1)
    one.press("enter", "\r", 1)
    assert one.lines[0] == (Step.REFERENCE, "Q-7")
    other = form(ActKind.QUARANTINE)
    other.named("Q-8")
    assert other.lines[0] == (Step.REFERENCE, "Q-8")


def test_text_is_bounded_and_plain() -> None:
    one = form()
    one.scan("\x1b[2J\x00a\u202e" + "x" * 5000, 1)
    text = one.lines[0][1]
    assert text.startswith("[2Ja")
    assert len(text) == MAX_REASON_CHARS
    one.press("backspace", "", 1)
    assert len(one.lines[0][1]) == MAX_REASON_CHARS - 1


def test_who_walks_away_leaves_nothing_behind() -> None:
    one = form()
    typed(one, "x")
    assert not one.idle(IDLE_NS)
    assert one.idle(IDLE_NS + 2)


@pytest.mark.parametrize("kind", [kind for kind in ActKind if kind in BY_REQUEST])
def test_every_act_needs_a_badge_and_what_its_rule_says(kind: ActKind) -> None:
    rule = ACT_RULES[kind]
    steps = form(kind).steps
    assert steps.index(Step.BADGE) + 1 == steps.index(Step.PIN)
    assert (Step.WITNESS in steps) == rule.witness
    if rule.reason:
        assert Step.REASON in steps
    if rule.role >= Role.SUPERVISOR:
        assert len(steps) >= 2


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from(("enter", "y", "1", "escape", "backspace")), st.just("")),
            st.tuples(st.just("scan"), st.text(max_size=30)),
        ),
        max_size=60,
    )
)
def test_without_a_badge_nothing_is_ever_whole(events: list[tuple[str, str]]) -> None:
    one = form()
    for key, text in events:
        if key == "scan":
            one.scan(text, 1)
        else:
            one.press(key, key if len(key) == 1 else "", 1)
    assert one.request() is None


NEW_LABEL: Final = "]d20109506000134352" + "21K7QZ4M2XW9TRB\x1d99EQAB\udcff"


def test_a_relabelling_takes_the_new_label_as_it_was_scanned() -> None:
    one = form(ActKind.RELABEL)
    assert one.steps == (Step.REASON, Step.LABEL, Step.BADGE, Step.PIN)
    typed(one, "label torn")
    one.press("enter", "\r", 1)
    assert one.prompt(WORDS, ROLES) == "Scan the unit's new label"
    typed(one, "0109506000134352y")
    one.press("enter", "\r", 1)
    assert step(one) is Step.LABEL, "nobody types 120 characters right"
    for none in ("", "]d2", "x" * 401, "STN1:TOTE:Q-7:sig", "]d1STN1:BADGE:SVEN:1:sig"):
        assert not one.scan(none, 1)
        assert step(one) is Step.LABEL
    assert one.scan(NEW_LABEL, 1)
    one.named("SVEN")
    typed(one, PIN + "y")
    request = one.request()
    assert isinstance(request, AskAct)
    assert request.new_label == b"010950600013435221K7QZ4M2XW9TRB\x1d99EQAB\xff"


def change(kind: PersonChange, whom: str = "") -> ActForm:
    return ActForm(Asked(ActKind.OPERATOR_CHANGED, "", whom, change=kind), 0)


@pytest.mark.parametrize("kind", PersonChange)
def test_every_change_of_somebody_takes_a_reason_an_admin_s_badge_and_a_pin(
    kind: PersonChange,
) -> None:
    one = change(kind, "ANNA")
    assert one.steps[-3:] == (Step.REASON, Step.BADGE, Step.PIN)
    assert one.may_ask("CHEF", Role.ADMIN)
    assert not one.may_ask("SVEN", Role.SUPERVISOR)
    assert one.may_ask("ANNA", Role.OPERATOR) == (kind in OWN_CHANGES)
    assert one.title(WORDS) == WORDS.changes[kind.value]
    if step(one) is Step.NAME:
        typed(one, "BELA")
        one.press("enter", "\r", 1)
    if step(one) in {Step.ROLE, Step.LANGUAGE}:
        one.press("3", "3", 1)
    if step(one) is Step.NEW_PIN:
        typed(one, NEW_PIN + "y" + NEW_PIN + "y")
    one.press("enter", "\r", 1)
    assert step(one) is Step.REASON, "no reason, no further"
    typed(one, "asked for")
    one.press("enter", "\r", 1)
    one.named("CHEF")
    one.press("y", "y", 1)
    assert one.request() is None, "an admin always has a PIN"
    typed(one, PIN + "y")
    assert one.request() == AskPerson(
        kind,
        "BELA" if kind is PersonChange.ENROL else "ANNA",
        by="CHEF",
        pin=PIN,
        reason_text="asked for",
        role=Role.SUPERVISOR if Step.ROLE in one.steps else None,
        language=Language.GERMAN if kind is PersonChange.LANGUAGE else None,
        new_pin=NEW_PIN if kind is PersonChange.PIN else "",
    )


@pytest.mark.parametrize(
    ("pin", "problem"),
    [("1234", Cause.PIN_COUNTS), ("0000", Cause.PIN_COUNTS), ("582582", Cause.PIN_REPEATS)],
)
def test_a_new_pin_that_anybody_would_try_is_refused_at_once(pin: str, problem: Cause) -> None:
    one = change(PersonChange.PIN, "ANNA")
    typed(one, pin)
    assert one.press("enter", "\r", 1) is None
    assert one.press("y", "y", 1) is problem
    assert one.lines[0] == (Step.NEW_PIN, ""), "and nothing is left of it"
    typed(one, "582y")
    assert step(one) is Step.NEW_PIN, "too short to be one"


def test_a_new_pin_that_differs_the_second_time_is_chosen_anew() -> None:
    one = change(PersonChange.PIN, "ANNA")
    assert one.prompt(WORDS, ROLES) == "New PIN of ANNA, 4 to 12 digits; then Y"
    typed(one, NEW_PIN + "y")
    assert one.prompt(WORDS, ROLES) == "The same once more; then Y"
    typed(one, NEW_PIN[:-1])
    assert one.press("y", "y", 1) is Cause.PINS_DIFFER
    assert step(one) is Step.NEW_PIN
    typed(one, NEW_PIN + "y" + NEW_PIN + "y")
    assert step(one) is Step.REASON
    shown = [text for _, text in one.lines]
    assert shown[:2] == ["*" * len(NEW_PIN)] * 2


def test_choices_are_named_and_what_is_none_does_nothing() -> None:
    one = change(PersonChange.LANGUAGE, "ANNA")
    assert one.prompt(WORDS, ROLES) == "Press 1 en · 2 zh · 3 de · 4 es · 5 site"
    for key in ("0", "6", "y", "enter", "x"):
        one.press(key, key, 1)
    assert step(one) is Step.LANGUAGE
    one.press("5", "5", 1)
    assert step(one) is Step.REASON
    other = change(PersonChange.ROLE, "ANNA")
    assert other.prompt(WORDS, ROLES) == "Press 1 witness · 2 operator · 3 supervisor · 4 admin"


def test_a_name_is_taken_in_capitals() -> None:
    one = change(PersonChange.ENROL)
    typed(one, "anna-2")
    one.press("enter", "\r", 1)
    assert one.lines[0] == (Step.NAME, "ANNA-2")
