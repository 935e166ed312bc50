"""The laws of a decision: total, closed unless something vouches, and never better for worse facts.

What the laws say is in `decision_laws`, what they are held to in `fact_strategies`; from the
code's bytes on they are held in `test_decision_of_codes`.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final

from hypothesis import event, given, settings

from station.core.codes import CodeKind
from station.core.decision import decide
from station.core.facts import Facts, Repeat, SignatureStatus
from station.core.policy import Lanes, SitePolicy
from station.core.reasons import RULES, Reason, VerdictClass
from station.core.registry import KeyState, UnitState
from station.core.verdict import UnitChange, Verdict
from tests.property.decision_laws import check_laws, gtin_alone_counts
from tests.property.fact_strategies import ANY_FACTS, UNIT, coherent_facts, worse
from tests.property.policy_strategies import LENIENT, POLICIES, stricter


@settings(max_examples=3_000)
@given(ANY_FACTS, POLICIES)
def test_any_facts_give_a_verdict_that_keeps_the_laws(facts: Facts, policy: SitePolicy) -> None:
    verdict = check_laws(facts, policy)
    event(verdict.verdict_class.name)


def test_nothing_is_accepted_unless_something_vouches_for_it() -> None:
    """Every combination of the facts that could vouch, one by one."""
    codes: Iterator[tuple[Any, ...]] = product(
        (None, UNIT),
        (CodeKind.UC1, CodeKind.SGTIN),
        (None, True, False),
        *([(False, True)] * 4),
    )
    seen = set()
    for identity, kind, enrolled, form, entitled, listed, second in codes:
        for signature, key_state, repeat, state, claim_state in product(
            SignatureStatus,
            (None, *KeyState),
            Repeat,
            (None, UnitState.ACTIVE, UnitState.RETURNED),
            (None, UnitState.RECEIVED),
        ):
            facts = Facts(
                kind=kind,
                identity=identity,
                enrolled=enrolled,
                form_accepted=form,
                signature=signature,
                key_state=key_state,
                key_entitled=entitled,
                listed=listed,
                unit_state=state,
                claim_state=claim_state,
                standing_class=None if claim_state is None else VerdictClass.ACCEPT,
                standing_reason=None if claim_state is None else Reason.OK,
                repeat=repeat,
                second_read=second,
            )
            seen.add(check_laws(facts, LENIENT).verdict_class)

    assert seen == set(VerdictClass)


def identifies_no_unit(facts: Facts, policy: SitePolicy) -> bool:
    """The exception of the rules: groups 1 to 4, and an invalid signature at a first read.

    Not among them: a product's symbol read twice where that is all there is. A station that fails
    and an operator who declares go before it. A misread at a second read and an invalid signature
    at a second read, or at two places at once, are no longer in it.
    """
    if facts.fault is not None or facts.declared is not None:
        return False
    if facts.problem is not None:
        unreadable = facts.problem is Reason.PARSE_ERROR and facts.second_read
        alone = facts.problem is Reason.WRONG_SYMBOL and gtin_alone_counts(facts, policy)
        return not unreadable and not alone
    invalid = facts.signature is SignatureStatus.INVALID
    return invalid and not facts.second_read and facts.places_in_frame == 1


def asks_for_the_right_form(after: Facts, verdict: Verdict) -> bool:
    """The other exception: a first read of a form that is not accepted asks for the accepted one.

    Where the form were accepted, an unlisted unsigned unit would be held at once, and so would a
    listed one by policy. The second read quarantines either.
    """
    refused = {Reason.SIGNATURE_MISSING, Reason.FORMAT_NOT_ACCEPTED}
    asks = verdict.verdict_class is VerdictClass.RESCAN and verdict.reason in refused
    return asks and not after.second_read


@settings(max_examples=1_000)
@given(coherent_facts(), POLICIES)
def test_a_further_bad_fact_never_makes_a_verdict_better(facts: Facts, policy: SitePolicy) -> None:
    before = check_laws(facts, policy).verdict_class
    for what, worsened in worse(facts):
        verdict = check_laws(worsened, policy)
        after = verdict.verdict_class
        if identifies_no_unit(worsened, policy):
            assert after is VerdictClass.RESCAN, what
        elif asks_for_the_right_form(worsened, verdict):
            assert before < VerdictClass.QUARANTINE, what
        else:
            assert after >= before, what


@settings(max_examples=400)
@given(ANY_FACTS | coherent_facts(), POLICIES)
def test_a_stricter_policy_never_gives_a_better_verdict(facts: Facts, policy: SitePolicy) -> None:
    """What is refused is asked for again first: a rescan records nothing and passes nothing."""
    before = check_laws(facts, policy)
    for what, tighter in stricter(policy):
        verdict = check_laws(facts, tighter)
        after = verdict.verdict_class
        if asks_for_the_right_form(facts, verdict):
            assert before.verdict_class < VerdictClass.QUARANTINE, what
        elif identifies_no_unit(facts, tighter) and not identifies_no_unit(facts, policy):
            assert facts.kind is CodeKind.TRADE_ITEM, what
            assert after is VerdictClass.RESCAN, what
        else:
            assert after >= before.verdict_class, what


@given(coherent_facts(), POLICIES)
def test_a_lane_changes_where_an_item_goes_and_nothing_else(
    facts: Facts, policy: SitePolicy
) -> None:
    unnamed = decide(facts, replace(policy, lanes=Lanes()))
    lanes = Lanes("Q-3", "U-1", "D-2", "L-9")
    named = decide(facts, replace(policy, lanes=lanes))

    assert replace(named, lane="") == unnamed
    quarantined = named.verdict_class is VerdictClass.QUARANTINE
    own = {Reason.NO_CODE: "U-1", Reason.DAMAGED: "D-2", Reason.UNREADABLE: "L-9"}
    assert named.lane == (own.get(named.reason, "Q-3") if quarantined else "")


@settings(max_examples=500)
@given(coherent_facts(), POLICIES)
def test_a_repeat_never_improves_on_the_standing_verdict(facts: Facts, policy: SitePolicy) -> None:
    """Nor does it count twice."""
    verdict = decide(facts, policy)
    if facts.standing_class is not None and not identifies_no_unit(facts, policy):
        assert verdict.verdict_class >= facts.standing_class
    if facts.claim_state is not None:
        assert verdict.change is not UnitChange.RECEIVE
        if facts.repeat is not Repeat.SAME_PRESENTATION:
            assert not verdict.verdict_class.is_accept


@settings(max_examples=500)
@given(coherent_facts(), POLICIES)
def test_coherent_facts_never_stop_the_line(facts: Facts, policy: SitePolicy) -> None:
    """STOP is for the station's own faults: no label can cause one."""
    assert decide(facts, policy).verdict_class is not VerdictClass.STOP


BY_POLICY: Final = {
    Reason.KEY_REVOKED,
    Reason.SIGNATURE_MISSING,
    Reason.FORMAT_NOT_ACCEPTED,
    Reason.UNIT_UNKNOWN_UNSIGNED,
}
"""Reasons that a policy may give a milder class than the table's."""


@settings(max_examples=500)
@given(coherent_facts(), POLICIES)
def test_the_headline_has_the_lowest_number_of_the_worst_class(
    facts: Facts, policy: SitePolicy
) -> None:
    """A reason attached with a lower number is of a milder class on its own.

    Within one presentation a repeat decides nothing: the standing verdict does.
    """
    verdict = decide(facts, policy)
    standing = facts.repeat is Repeat.SAME_PRESENTATION
    if verdict.reason in {Reason.REGISTRY_STALE, Reason.CLOCK_WRONG}:
        return
    for reason in verdict.also:
        rule = RULES[reason]
        if reason in BY_POLICY:
            continue
        if standing and reason is Reason.REPEAT_SAME_STATION:
            continue
        if rule.number < RULES[verdict.reason].number:
            assert rule.verdict_class is not None
            assert rule.verdict_class < verdict.verdict_class
