"""What holds of every verdict, whatever the facts.

What "vouches" means is written here a second time, on purpose not with the code's own helpers.
"""

from typing import Final

from station.core.codes import CodeKind
from station.core.decision import decide
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus
from station.core.policy import CompromisedKeyPolicy, PassOrHold, SitePolicy, UnenrolledPolicy
from station.core.reasons import RULES, Reason, VerdictClass
from station.core.registry import KeyState, UnitState
from station.core.verdict import UnitChange, Verdict
from station.core.wording import words_for

MODIFIERS: Final = {
    "separator": Reason.SCANNER_FAULT_SEPARATOR,
    "caps": Reason.SCANNER_FAULT_CASE,
    "layout": Reason.SCANNER_FAULT_LAYOUT,
    "identifier": Reason.SCANNER_FAULT_PREFIX,
    "prefix": Reason.SCANNER_FAULT_PREFIX,
    "suffix": Reason.SCANNER_FAULT_PREFIX,
}
"""By the first word of a fault's name."""

SOUND_KEYS: Final = (KeyState.ACTIVE, KeyState.RETIRED)


def in_grace(facts: Facts, policy: SitePolicy) -> bool:
    """Whether the brand lets other forms pass on that day, and the site takes the form at all."""
    return facts.today != "" and facts.today < policy.enforce_from and facts.kind in policy.formats


def proven(facts: Facts, policy: SitePolicy) -> bool:
    """Whether the code proves which unit it names, or a row says so of a form that may pass."""
    wanted = facts.form_accepted and facts.kind in policy.accepts and facts.kind in policy.formats
    form = wanted or in_grace(facts, policy)
    of_the_product = facts.identity is not None and facts.enrolled is True and form
    if facts.kind is CodeKind.UC1:
        good_key = facts.key_state in SOUND_KEYS or (
            facts.key_state is KeyState.COMPROMISED
            and facts.listed
            and policy.compromised_key is not CompromisedKeyPolicy.QUARANTINE
        )
        signature = facts.signature is SignatureStatus.VALID and facts.key_entitled
        return of_the_product and signature and good_key
    return of_the_product and facts.listed and not facts.scanner_faults


def gtin_alone_counts(facts: Facts, policy: SitePolicy) -> bool:
    """Whether a product's symbol, read twice, is all there is to ask for."""
    read_twice = facts.kind is CodeKind.TRADE_ITEM and facts.second_read and not facts.outer_level
    takes_no_part = facts.enrolled is False
    return read_twice and (takes_no_part or (facts.enrolled is True and in_grace(facts, policy)))


NOT_SITE_STATES: Final = {UnitState.ACTIVE, UnitState.EXPECTED}
"""States of the registry that no claim of a site is ever in."""


def check_laws(facts: Facts, policy: SitePolicy) -> Verdict:
    """What holds of every verdict, whatever the facts."""
    verdict = decide(facts, policy)
    accepted = verdict.verdict_class.is_accept

    if accepted:
        graced = facts.enrolled is True and in_grace(facts, policy)
        assert (
            proven(facts, policy)
            or facts.enrolled is False
            or (graced and facts.kind is not CodeKind.UC1)
        )
        assert facts.fault is None
        wrong_symbol = facts.problem is Reason.WRONG_SYMBOL and gtin_alone_counts(facts, policy)
        assert facts.problem is None or wrong_symbol
        assert facts.declared is None
        assert facts.places_in_frame <= 1
        if facts.enrolled is False:
            assert policy.unenrolled is UnenrolledPolicy.ACCEPT_NOTE
            if facts.kind is CodeKind.UC1:
                assert policy.unenrolled_signed is UnenrolledPolicy.ACCEPT_NOTE
            if facts.level_of_enrolled:
                assert policy.unenrolled_level is UnenrolledPolicy.ACCEPT_NOTE
        if facts.freshness in {Freshness.STALE, Freshness.UNKNOWN}:
            assert policy.stale is PassOrHold.PASSES
    if verdict.lane:
        assert verdict.verdict_class is VerdictClass.QUARANTINE

    here = {UnitState.RECEIVED, UnitState.SHIPPED}
    back = {UnitState.RETURNED, UnitState.RETURNED_TO_SELLER}
    met = facts.claim_state in here and facts.unit_state not in back
    first = facts.repeat is Repeat.NONE and not met
    received = verdict.change is UnitChange.RECEIVE
    assert received == (accepted and proven(facts, policy) and first)
    if verdict.change is UnitChange.QUARANTINE:
        assert verdict.verdict_class is VerdictClass.QUARANTINE
        assert facts.claim_state in {None, *here, *back}
    if facts.claim_state not in {None, *here, *back, *NOT_SITE_STATES}:
        assert not accepted or not proven(facts, policy) or facts.repeat is Repeat.SAME_PRESENTATION
    if not proven(facts, policy):
        assert verdict.change is UnitChange.NONE

    numbers = [RULES[reason].number for reason in verdict.also]
    assert numbers == sorted(numbers)
    assert len({verdict.reason, *verdict.also}) == 1 + len(verdict.also)
    assert Reason.OK not in verdict.also
    doubts = {Freshness.FRESH: [], Freshness.UNKNOWN: [Reason.CLOCK_WRONG]}
    stale = doubts.get(facts.freshness, [Reason.REGISTRY_STALE])
    if facts.freshness in {Freshness.STALE, Freshness.UNKNOWN} and facts.fault is None:
        assert verdict.provisional or verdict.verdict_class is VerdictClass.STOP
    named = {MODIFIERS[fault.value.partition("_")[0]] for fault in facts.scanner_faults}
    assert sorted(verdict.modifiers, key=str) == sorted([*named, *stale], key=str)
    assert [RULES[reason].verdict_class for reason in verdict.modifiers] == [None] * len(
        verdict.modifiers
    )
    assert words_for(verdict).message
    return verdict
