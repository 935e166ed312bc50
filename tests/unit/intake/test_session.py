"""Who is signed in: one showing is one act, idleness and changes of the roster end it."""

from dataclasses import replace
from typing import Final

from station.core.operators import Actor, Operator, Role
from station.intake.session import SAME_SHOWING_NS, Session, Step

S: Final = 1_000_000_000
IDLE_NS: Final = 900 * S
ANNA: Final = Operator("ANNA", Role.OPERATOR)
BELA: Final = Operator("BELA", Role.SUPERVISOR)


def came(operator: Operator) -> Step:
    return Step(Actor(operator.name, operator.role, badge=True), came=True)


def went(operator: Operator, why: str) -> Step:
    return Step(Actor(operator.name, operator.role, badge=True), came=False, why=why)


def signed_in(operator: Operator = ANNA) -> Session:
    session = Session(IDLE_NS)
    assert session.show(operator, "a/1", 0) == (came(operator),)
    return session


def test_a_badge_signs_in_another_changes_over_and_the_same_signs_out() -> None:
    session = signed_in()
    assert session.show(BELA, "a/2", 10 * S) == (went(ANNA, "another badge"), came(BELA))
    assert session.show(BELA, "a/3", 20 * S) == (went(BELA, "the badge again"),)
    assert session.current is None
    assert session.show(BELA, "a/4", 30 * S) == (came(BELA),)


def test_one_showing_is_one_act_however_often_it_is_read() -> None:
    session = signed_in()
    for n in range(1, 40):
        assert session.show(ANNA, f"a/{n}", n * (SAME_SHOWING_NS - 1)) == ()
    assert session.current is not None
    long_after = 60 * SAME_SHOWING_NS
    assert session.show(ANNA, "a/50", long_after) == (went(ANNA, "the badge again"),)
    assert session.show(ANNA, "a/51", long_after + S) == (), "still the showing that signed out"


def test_a_badge_left_in_view_is_one_showing_for_as_long_as_its_source_says() -> None:
    session = signed_in()
    assert session.show(ANNA, "a/1", 100 * S) == ()
    assert session.show(ANNA, "a/2", 200 * S) == (went(ANNA, "the badge again"),)


def test_two_badges_in_turn_are_two_showings() -> None:
    session = signed_in()
    session.show(BELA, "a/2", S)
    assert session.show(ANNA, "a/3", 2 * S) == (went(BELA, "another badge"), came(ANNA))


def test_the_same_badge_leaves_signed_in_who_must_stay() -> None:
    session = signed_in()
    assert session.show(ANNA, "a/2", 10 * S, stays=True) == ()
    assert session.tick(10 * S + IDLE_NS - 1) == ()


def test_standing_idle_signs_out_and_work_does_not() -> None:
    session = signed_in()
    session.used(5 * S)
    session.used(2 * S)  # another reader's, late
    assert session.tick(5 * S + IDLE_NS - 1) == ()
    assert session.tick(5 * S + IDLE_NS) == (went(ANNA, "idle"),)
    assert session.tick(9 * IDLE_NS) == ()


def test_whoever_is_changed_on_the_roster_is_signed_out() -> None:
    for now, why in (
        (None, "removed"),
        (replace(ANNA, active=False), "removed"),
        (replace(ANNA, badge=2), "badge revoked"),
        (replace(ANNA, role=Role.ADMIN), "role changed"),
    ):
        assert signed_in().revise(now) == (went(ANNA, why),)
    session = signed_in()
    assert session.revise(ANNA) == ()
    session.show(ANNA, "a/9", 99 * S)
    assert session.revise(None) == ()


def test_a_pin_proves_the_sign_in_it_was_given_for_and_no_other() -> None:
    session = signed_in(BELA)
    assert session.current is not None
    first = session.current.number
    assert session.prove(first) == Actor("BELA", Role.SUPERVISOR, proven=True, badge=True)
    session.show(BELA, "a/2", 10 * S)
    assert session.prove(first) is None
    session.show(BELA, "a/3", 20 * S)
    assert session.prove(first) is None
    assert session.current is not None
    assert not session.current.actor.proven
