"""The laws of a decision: total, closed unless something vouches, and never better for worse facts.

What "vouches" and "worse" mean is written here a second time, on purpose not with the code's own
helpers.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any, Final

from hypothesis import event, given, settings
from hypothesis import strategies as st

from station.core.acts import Standing
from station.core.codes import (
    Algorithm,
    Attributes,
    BrandSerial,
    CodeKind,
    LogisticUnit,
    OpaqueUnit,
    ParsedCode,
    PlainUnit,
    ReadProblem,
    SignedUnit,
    TradeItem,
    UnitIdentity,
)
from station.core.crypto import PrivateKey
from station.core.decision import decide
from station.core.diagnosis.faults import ScannerFault
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus
from station.core.policy import (
    CompromisedKeyPolicy,
    Lanes,
    PassOrHold,
    SitePolicy,
    UnenrolledPolicy,
)
from station.core.reasons import DECLARABLE, RULES, Reason, VerdictClass
from station.core.registry import (
    KeyRecord,
    KeyState,
    Overlay,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.unit_code import signed_bytes
from station.core.verdict import UnitChange, Verdict
from station.core.verification import Circumstances, Knowledge, verify
from station.core.wording import words_for
from tests.property.policy_strategies import POLICIES, stricter

UNIT: Final = UnitIdentity("09506000134352", "K7QZ4M2XW9TRB")
LENIENT: Final = SitePolicy(unenrolled=UnenrolledPolicy.ACCEPT_NOTE)
TODAY: Final = st.sampled_from(["", "2025-12-31", "2026-01-01", "2026-12-31", "2027-02-01"])

OVERLAYS: Final = st.integers(0, 15).map(Overlay)
STATION: Final = st.sampled_from(["dock-1", "dock-2", "dock-9"])

ANY_FACTS: Final = st.builds(
    Facts,
    kind=st.sampled_from(CodeKind),
    problem=st.none() | st.sampled_from(Reason),
    declared=st.none() | st.sampled_from(Reason),
    identity=st.none() | st.just(UNIT),
    enrolled=st.sampled_from([None, True, False]),
    form_accepted=st.booleans(),
    form_must_be_signed=st.booleans(),
    signature=st.sampled_from(SignatureStatus),
    key_state=st.none() | st.sampled_from(KeyState),
    key_entitled=st.booleans(),
    listed=st.booleans(),
    unit_state=st.none() | st.sampled_from(UnitState),
    overlays=OVERLAYS,
    received_elsewhere=st.none() | STATION,
    expired=st.booleans(),
    data_mismatch=st.sampled_from([(), ("lot",), ("lot", "expiry")]),
    claim_state=st.none() | st.sampled_from(UnitState),
    claim_station=st.none() | STATION,
    standing_class=st.none() | st.sampled_from(VerdictClass),
    standing_reason=st.none() | st.sampled_from(Reason),
    repeat=st.sampled_from(Repeat),
    second_read=st.booleans(),
    places_in_frame=st.integers(0, 3),
    freshness=st.sampled_from(Freshness),
    fault=st.none() | st.just("the registry cannot be read"),
    today=TODAY,
    outer_level=st.booleans(),
    level_of_enrolled=st.booleans(),
    scanner_faults=st.lists(st.sampled_from(ScannerFault), max_size=3).map(tuple),
    by_signature=st.booleans(),
)
"""Every combination, also of facts that contradict each other."""

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


# ------------------------------------------------------------- facts that verify can find

READ_PROBLEMS: Final = (
    Reason.READ_EMPTY,
    Reason.READ_TRUNCATED,
    Reason.READ_CONTROL_CHARS,
    Reason.WRONG_SYMBOL,
    Reason.PARSE_ERROR,
    Reason.NO_SERIAL,
)
UNSIGNED_KINDS: Final = (CodeKind.SGTIN, CodeKind.OPAQUE, CodeKind.DIGSIG, CodeKind.CRYPTO_TAIL)
GOOD_STATES: Final = (UnitState.ACTIVE, UnitState.EXPECTED, UnitState.RECEIVED)
BACK_STATES: Final = (UnitState.RETURNED, UnitState.RETURNED_TO_SELLER)
USABLE_KEYS: Final = (KeyState.ACTIVE, KeyState.RETIRED, KeyState.COMPROMISED)


@st.composite
def coherent_facts(draw: st.DrawFn) -> Facts:
    """Facts that do not contradict each other, as `verify` finds them (shown below)."""
    circumstances: dict[str, Any] = {
        "second_read": draw(st.booleans()),
        "places_in_frame": draw(st.sampled_from([1, 1, 1, 2])),
        "freshness": draw(st.sampled_from(Freshness)),
        "today": draw(TODAY),
    }
    shapes = ["signed"] * 4 + ["unsigned"] * 2 + ["unenrolled", "gtin alone", "nothing"]
    shape = draw(st.sampled_from(shapes))
    if shape == "gtin alone":
        enrolled = draw(st.booleans())
        return Facts(
            kind=CodeKind.TRADE_ITEM,
            problem=Reason.WRONG_SYMBOL,
            enrolled=enrolled,
            form_accepted=not enrolled,
            form_must_be_signed=enrolled and draw(st.booleans()),
            outer_level=draw(st.booleans()),
            level_of_enrolled=not enrolled and draw(st.booleans()),
            **circumstances | {"places_in_frame": 1},
        )
    if shape == "nothing":
        problem = draw(st.sampled_from((*READ_PROBLEMS, None)))
        kind = CodeKind.OPAQUE if problem is None else CodeKind.NONE
        return Facts(kind=kind, problem=problem, **circumstances)
    if shape == "unenrolled":
        kind = draw(st.sampled_from((CodeKind.UC1, *UNSIGNED_KINDS)))
        kin = draw(st.booleans())
        return Facts(
            kind=kind, identity=UNIT, enrolled=False, level_of_enrolled=kin, **circumstances
        )

    facts: dict[str, Any] = circumstances | {"identity": UNIT, "enrolled": True}
    facts["form_accepted"] = draw(st.sampled_from([True, True, False]))
    facts["form_must_be_signed"] = draw(st.booleans())
    if shape == "signed":
        facts["kind"] = CodeKind.UC1
        facts["signature"], facts["key_state"] = draw(
            st.sampled_from(
                [
                    *((SignatureStatus.VALID, key_state) for key_state in USABLE_KEYS),
                    *((SignatureStatus.INVALID, key_state) for key_state in USABLE_KEYS),
                    (SignatureStatus.NOT_EVALUATED, KeyState.REVOKED),
                    (SignatureStatus.KEY_UNKNOWN, None),
                ]
            )
        )
        known = facts["key_state"] is not None
        facts["key_entitled"] = not known or draw(st.sampled_from([True, True, False]))
    else:
        facts["kind"] = draw(st.sampled_from(UNSIGNED_KINDS))
    if draw(st.booleans()):
        facts |= {
            "listed": True,
            "unit_state": draw(st.sampled_from([*UnitState, *GOOD_STATES])),
            "overlays": draw(st.just(Overlay.NONE) | OVERLAYS),
            "expired": draw(st.booleans()),
            "data_mismatch": draw(st.sampled_from([(), (), ("lot",)])),
            "received_elsewhere": draw(st.none() | st.just("dock-9")),
        }
    else:
        facts["by_signature"] = draw(st.booleans())
    claim = draw(st.sampled_from(["none", "own", "own", "another's"]))
    if claim != "none":
        quarantined = draw(st.booleans())
        standing = (
            (VerdictClass.QUARANTINE, Reason.UNIT_STOLEN)
            if quarantined
            else draw(
                st.sampled_from(
                    [
                        (VerdictClass.ACCEPT, Reason.OK),
                        (VerdictClass.ACCEPT_NOTE, Reason.UNIT_UNKNOWN_SIGNED),
                    ]
                )
            )
        )
        facts |= {
            "claim_state": UnitState.QUARANTINED if quarantined else UnitState.RECEIVED,
            "claim_station": "dock-1" if claim == "own" else "dock-2",
            "standing_class": standing[0],
            "standing_reason": standing[1],
        }
        if claim == "own":
            facts["repeat"] = draw(
                st.sampled_from([Repeat.NEW_PRESENTATION, Repeat.SAME_PRESENTATION])
            )
        else:
            facts["received_elsewhere"] = "dock-2"
    return Facts(**facts)


def worse(facts: Facts) -> Iterator[tuple[str, Facts]]:
    """Every way to turn one fact worse; what belongs to a fact goes with it."""
    yield "the station fails", replace(facts, fault="the registry cannot be read")
    for declared in DECLARABLE:
        if facts.declared is None:
            yield f"declared {declared.value}", replace(facts, declared=declared)
    for problem in READ_PROBLEMS:
        if facts.problem is None:
            yield f"the read is no code: {problem.value}", replace(facts, problem=problem)
    if not facts.second_read and facts.kind is not CodeKind.TRADE_ITEM:
        yield "the second read is no better", replace(facts, second_read=True)
    if facts.kind is CodeKind.TRADE_ITEM:
        yield "a case's symbol", replace(facts, outer_level=True)
    if facts.enrolled is False:
        yield "a GTIN like an enrolled one", replace(facts, level_of_enrolled=True)
    if facts.today:
        yield "a later day", replace(facts, today="2099-01-01")
    if not facts.scanner_faults:
        faults = (ScannerFault.CAPS_LOCK, ScannerFault.SEPARATOR_LOST)
        yield "read under a scanner's faults", replace(facts, scanner_faults=faults)
    yield "one place more", replace(facts, places_in_frame=facts.places_in_frame + 1)
    if facts.freshness is Freshness.FRESH:
        yield "an older registry", replace(facts, freshness=Freshness.AMBER)
    yield "a stale registry", replace(facts, freshness=Freshness.STALE)
    yield "a wrong clock", replace(facts, freshness=Freshness.UNKNOWN)
    yield from _worse_label(facts)
    yield from _worse_unit(facts)
    yield from _worse_claim(facts)


def _worse_label(facts: Facts) -> Iterator[tuple[str, Facts]]:
    if facts.form_accepted:
        yield "a form not accepted", replace(facts, form_accepted=False)
    if facts.kind is not CodeKind.UC1:
        return
    yield "a key not entitled", replace(facts, key_entitled=False)
    yield "a signature invalid", replace(facts, signature=SignatureStatus.INVALID)
    if facts.signature is SignatureStatus.VALID:
        if facts.key_state in SOUND_KEYS:
            unknown = replace(facts, signature=SignatureStatus.KEY_UNKNOWN, key_state=None)
            yield "a key not known", unknown
        yield "a key compromised", replace(facts, key_state=KeyState.COMPROMISED)
    if facts.signature is not SignatureStatus.INVALID:
        revoked = replace(
            facts, signature=SignatureStatus.NOT_EVALUATED, key_state=KeyState.REVOKED
        )
        yield "a key revoked", revoked


def _worse_unit(facts: Facts) -> Iterator[tuple[str, Facts]]:
    if facts.by_signature:
        yield "not issued by its signature", replace(facts, by_signature=False)
    if not facts.listed:
        return
    for state in UnitState:
        if facts.unit_state in GOOD_STATES and state not in GOOD_STATES:
            yield f"state {state.name}", replace(facts, unit_state=state)
        if facts.unit_state in BACK_STATES and state not in (*GOOD_STATES, *BACK_STATES):
            yield f"state {state.name}", replace(facts, unit_state=state)
    for overlay in (Overlay.STOLEN, Overlay.RECALLED, Overlay.BLOCKED):
        yield f"overlay {overlay.name}", replace(facts, overlays=facts.overlays | overlay)
    yield "expired", replace(facts, expired=True)
    yield "another lot", replace(facts, data_mismatch=(*facts.data_mismatch, "lot"))
    yield "received elsewhere", replace(facts, received_elsewhere="dock-9")
    spotless = replace(
        facts, overlays=Overlay.NONE, expired=False, data_mismatch=(), received_elsewhere=None
    )
    if facts == spotless and facts.unit_state in GOOD_STATES:
        yield "not listed", replace(facts, listed=False, unit_state=None)
        only_signed = replace(facts, listed=False, unit_state=None, by_signature=True)
        yield "not listed, issued by its signature", only_signed


def _worse_claim(facts: Facts) -> Iterator[tuple[str, Facts]]:
    own = replace(
        facts,
        claim_state=UnitState.RECEIVED,
        claim_station="dock-1",
        standing_class=VerdictClass.ACCEPT,
        standing_reason=Reason.OK,
        repeat=Repeat.NEW_PRESENTATION,
    )
    if facts.claim_state is None:
        yield "met before", own
        yield (
            "received at another station of the site",
            replace(own, claim_station="dock-2", repeat=Repeat.NONE, received_elsewhere="dock-2"),
        )
    if facts.claim_state is not UnitState.QUARANTINED:
        quarantined = replace(
            own,
            claim_state=UnitState.QUARANTINED,
            standing_class=VerdictClass.QUARANTINE,
            standing_reason=Reason.UNIT_STOLEN,
        )
        yield "quarantined before", quarantined
        yield "just quarantined", replace(quarantined, repeat=Repeat.SAME_PRESENTATION)


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


# ------------------------------------------------------------- from the code's bytes on

EXAMPLE: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))
FORGER: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(1, 33)))
PRODUCT: Final = ProductRecord(7, 3, UNIT.gtin, "Perfume 50 ml")


def _signed(key: PrivateKey, tag_ai: str) -> SignedUnit:
    message = signed_bytes(b"\x11\x00\x01", UNIT.gtin.encode(), UNIT.serial.encode())
    signature = key.sign(message)
    return SignedUnit(UNIT, Algorithm.ED25519, 1, signature, message, tag_ai=tag_ai)


GENUINE: Final = _signed(EXAMPLE, "99")
SIGNED_CODES: Final = (
    GENUINE,
    _signed(FORGER, "99"),
    _signed(EXAMPLE, "98"),
    replace(GENUINE, algorithm=Algorithm.ECDSA_P256),
    replace(GENUINE, signature=bytes(64)),
    replace(GENUINE, signature=b""),
    replace(GENUINE, attributes=Attributes("L1", "271231")),
)
OTHER_CODES: Final[tuple[ParsedCode, ...]] = (
    PlainUnit(UNIT),
    PlainUnit(UNIT, attributes=Attributes("L9", "200100")),
    PlainUnit(UNIT, CodeKind.DIGSIG),
    PlainUnit(UNIT, CodeKind.CRYPTO_TAIL),
    OpaqueUnit("AZ:" + "A" * 26),
    BrandSerial("ABC1234567"),
    TradeItem(UNIT.gtin),
    LogisticUnit("095060001343520009"),
    *(ReadProblem(reason, "detail") for reason in READ_PROBLEMS),
)

PRODUCTS: Final = st.builds(
    replace,
    st.just(PRODUCT),
    accepted_kinds=st.frozensets(st.sampled_from([CodeKind.UC1, *UNSIGNED_KINDS])),
    tag_ai=st.sampled_from(["99", "98"]),
)
KEYS: Final = st.builds(
    KeyRecord,
    brand_id=st.sampled_from([3, 3, 3, 4]),
    key_id=st.just(1),
    algorithm=st.sampled_from([Algorithm.ED25519, Algorithm.ED25519, Algorithm.ECDSA_P256]),
    public_key=st.sampled_from([EXAMPLE.public_bytes] * 3 + [FORGER.public_bytes, b"", bytes(32)]),
    state=st.sampled_from(KeyState),
    since_utc=st.just("2026-01-01T00:00:00Z"),
    gtins=st.sampled_from([frozenset(), frozenset({UNIT.gtin}), frozenset({"04012345123456"})]),
)
UNITS: Final = st.builds(
    UnitRecord,
    product_id=st.just(7),
    serial=st.just(UNIT.serial),
    state=st.sampled_from(UnitState),
    overlays=st.just(Overlay.NONE) | OVERLAYS,
    lot=st.sampled_from([None, "L1", "L2"]),
    expiry=st.sampled_from([None, "271231", "200100", "261100"]) | st.text(max_size=7),
    place=st.none() | STATION,
)
CLAIMS: Final = st.builds(
    lambda standing, station, reason: Standing(standing[0], station, "scan", standing[1], reason),
    st.sampled_from(
        [
            (UnitState.RECEIVED, VerdictClass.ACCEPT_NOTE),
            (UnitState.QUARANTINED, VerdictClass.QUARANTINE),
        ]
    ),
    STATION,
    st.sampled_from([Reason.RETURN_EXPECTED, Reason.UNIT_STOLEN]),
)

ACCEPTS_ALL: Final = replace(PRODUCT, accepted_kinds=frozenset({CodeKind.UC1, *UNSIGNED_KINDS}))
KEY: Final = KeyRecord(
    3, 1, Algorithm.ED25519, EXAMPLE.public_bytes, KeyState.ACTIVE, "2026-01-01T00:00:00Z"
)
LISTED: Final = UnitRecord(7, UNIT.serial, UnitState.ACTIVE)


@st.composite
def knowledge_of(draw: st.DrawFn, code: ParsedCode) -> Knowledge:
    """What a registry and a site may know of a code, as the caller of `verify` fetches it.

    Ordinary but for one record, or odd in all of them.
    """
    if not isinstance(code, SignedUnit | PlainUnit | OpaqueUnit) or draw(st.integers(0, 9)) == 0:
        return Knowledge()
    odd = draw(st.sampled_from(["product", "key", "unit", "claim", "everything", "nothing"]))

    def drawn(what: str, ordinary: Any, strategy: st.SearchStrategy[Any]) -> Any:
        return draw(strategy) if odd in {what, "everything"} else ordinary

    units = UNITS if isinstance(code, OpaqueUnit) else st.none() | UNITS
    is_signed = isinstance(code, SignedUnit)
    return Knowledge(
        drawn("product", ACCEPTS_ALL, PRODUCTS),
        drawn("key", KEY, st.none() | KEYS) if is_signed else None,
        drawn("unit", LISTED, units),
        drawn("claim", None, st.none() | CLAIMS),
    )


CIRCUMSTANCES: Final = st.builds(
    Circumstances,
    station=STATION,
    today=st.dates().map(lambda day: f"20{day:%y-%m-%d}" if day.day < 29 else "2026-11-23"),
    same_presentation=st.booleans(),
    second_read=st.booleans(),
    places_in_frame=st.sampled_from([1, 1, 1, 2]),
    freshness=st.sampled_from(Freshness),
)


@settings(max_examples=1_500)
@given(st.data(), st.sampled_from(SIGNED_CODES) | st.sampled_from(OTHER_CODES), CIRCUMSTANCES)
def test_any_code_and_knowledge_give_a_verdict_and_no_label_stops_the_line(
    data: st.DataObject, code: ParsedCode, circumstances: Circumstances
) -> None:
    knowledge = data.draw(knowledge_of(code))

    facts = verify(code, knowledge, circumstances)
    verdict = check_laws(facts, LENIENT)

    assert verdict.verdict_class is not VerdictClass.STOP
    event(verdict.reason.name)
    if verdict.verdict_class.is_accept and knowledge.product is not None:
        assert knowledge.claim is None or circumstances.same_presentation
        accepted = knowledge.product.accepted_kinds
        if isinstance(code, SignedUnit):
            key = knowledge.key
            assert key is not None
            assert key.state is not KeyState.REVOKED
            assert key.public_key == EXAMPLE.public_bytes
            assert code.signature == GENUINE.signature
            assert code.tag_ai == knowledge.product.tag_ai
            assert CodeKind.UC1 in accepted
        else:
            assert knowledge.unit is not None
            assert facts.kind in accepted
