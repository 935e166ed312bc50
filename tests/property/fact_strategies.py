"""Facts to decide on: any at all, those that verifying a code can find, and worse ones.

What "worse" means is written here a second time, on purpose not with the code's own helpers.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from hypothesis import strategies as st

from station.core.codes import CodeKind, UnitIdentity
from station.core.diagnosis.faults import ScannerFault
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus
from station.core.reasons import DECLARABLE, Reason, VerdictClass
from station.core.registry import KeyState, Overlay, UnitState
from tests.property.decision_laws import SOUND_KEYS

UNIT: Final = UnitIdentity("09506000134352", "K7QZ4M2XW9TRB")


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
