"""Every line of the verdict table, as named situations; its laws are in tests/property."""

import json
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pytest

from station.core.codes import CodeKind, UnitIdentity
from station.core.decision import decide, is_trusted
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus
from station.core.policy import PassOrHold, SitePolicy
from station.core.policy_keys import read_policy_text
from station.core.reasons import RULES, Reason, VerdictClass
from station.core.registry import KeyState, Overlay, UnitState
from station.core.verdict import UnitChange, Verdict
from tests.fakes.replacing import replace

GOLDEN: Final = Path(__file__).resolve().parents[2] / "golden" / "decisions.json"
TABLE: Final = json.loads(GOLDEN.read_text("utf-8"))

UNIT: Final = UnitIdentity("09506000134352", "K7QZ4M2XW9TRB")
POLICY: Final = SitePolicy()
ENUMERATIONS: Final[dict[str, type[Enum]]] = {
    "kind": CodeKind,
    "problem": Reason,
    "declared": Reason,
    "signature": SignatureStatus,
    "key_state": KeyState,
    "unit_state": UnitState,
    "claim_state": UnitState,
    "standing_class": VerdictClass,
    "standing_reason": Reason,
    "repeat": Repeat,
    "freshness": Freshness,
}


def fact(name: str, written: Any) -> Any:
    """A fact as the table writes it, as the value it stands for."""
    if name == "identity":
        return UNIT if written else None
    if name == "overlays":
        overlays = Overlay.NONE
        for overlay in written:
            overlays |= Overlay[overlay]
        return overlays
    if name == "data_mismatch":
        return tuple(written)
    if name in ENUMERATIONS and written is not None:
        return ENUMERATIONS[name][written]
    return written


def facts_of(situation: dict[str, Any]) -> Facts:
    written = TABLE["bases"][situation["as"]] | situation.get("but", {})
    return Facts(**{name: fact(name, value) for name, value in written.items()})


def policy_of(situation: dict[str, Any]) -> SitePolicy:
    """A policy as the table writes it: keys as people and databases write them."""
    return read_policy_text(json.dumps(situation.get("policy", {})))


def verdict_of(situation: dict[str, Any]) -> Verdict:
    gives = situation["gives"]
    assert gives.keys() <= {"class", "reason", "also", "modifiers", "provisional", "change", "lane"}
    return Verdict(
        VerdictClass[gives["class"]],
        Reason[gives["reason"]],
        tuple(Reason[name] for name in gives.get("also", ())),
        tuple(Reason[name] for name in gives.get("modifiers", ())),
        gives.get("provisional", False),
        UnitChange[gives.get("change", "NONE")],
        gives.get("lane", ""),
    )


@pytest.mark.parametrize("situation", TABLE["situations"], ids=lambda situation: situation["name"])
def test_situation(situation: dict[str, Any]) -> None:
    assert decide(facts_of(situation), policy_of(situation)) == verdict_of(situation)


def test_situations_have_names_of_their_own() -> None:
    names = [situation["name"] for situation in TABLE["situations"]]
    assert len(names) == len(set(names))


def test_every_reason_of_a_decision_heads_some_situation() -> None:
    """Modifiers head nothing; four reasons wait for sellers and shipments."""
    headlines = {
        Reason[situation["gives"]["reason"]]
        for situation in TABLE["situations"]
        if "policy" not in situation
    }
    waiting = {
        Reason.SELLER_NOT_AUTHORISED,
        Reason.NOT_ON_ASN,
        Reason.OVER,
        Reason.WRONG_SHIPMENT,
    }
    modifiers = {reason for reason, rule in RULES.items() if rule.verdict_class is None}

    assert headlines == set(Reason) - waiting - modifiers


GENUINE: Final = Facts(
    kind=CodeKind.UC1,
    identity=UNIT,
    enrolled=True,
    form_must_be_signed=True,
    signature=SignatureStatus.VALID,
    key_state=KeyState.ACTIVE,
    listed=True,
    unit_state=UnitState.ACTIVE,
)


def test_attached_reasons_come_by_number_once_each() -> None:
    everything = replace(
        GENUINE,
        places_in_frame=2,
        second_read=True,
        form_accepted=False,
        key_entitled=False,
        unit_state=UnitState.DESTROYED,
        overlays=Overlay.STOLEN | Overlay.RECALLED | Overlay.BLOCKED | Overlay.EXPIRED,
        expired=True,
        received_elsewhere="dock-9",
        data_mismatch=("lot",),
        claim_state=UnitState.QUARANTINED,
        claim_station="dock-1",
        standing_class=VerdictClass.QUARANTINE,
        standing_reason=Reason.UNIT_STOLEN,
        repeat=Repeat.NEW_PRESENTATION,
    )

    verdict = decide(everything, POLICY)

    assert verdict.reason is Reason.CODE_TWICE_IN_FRAME
    assert [RULES[reason].number for reason in verdict.also] == [
        *(11, 13, 14, 14, 15, 16, 17, 18, 19, 21, 22),
    ]
    assert len(set(verdict.also)) == len(verdict.also)


def test_a_label_the_product_refuses_asks_for_no_second_unit() -> None:
    """No answer could make it one: it is scanned again, then put away."""
    received = replace(
        GENUINE,
        kind=CodeKind.SGTIN,
        signature=SignatureStatus.ABSENT,
        form_accepted=False,
        claim_state=UnitState.RECEIVED,
        claim_station="dock-1",
        standing_class=VerdictClass.ACCEPT,
        standing_reason=Reason.OK,
        repeat=Repeat.NEW_PRESENTATION,
    )
    first = decide(received, POLICY)
    assert (first.verdict_class, first.reason) == (VerdictClass.RESCAN, Reason.SIGNATURE_MISSING)
    second = decide(replace(received, second_read=True), POLICY)
    assert second.verdict_class is VerdictClass.QUARANTINE
    assert second.reason is Reason.SIGNATURE_MISSING
    assert Reason.REPEAT_SAME_STATION in first.also
    assert Reason.REPEAT_SAME_STATION in second.also


@pytest.mark.parametrize("state", [state for state in UnitState if state != UnitState.RECEIVED])
def test_the_registry_state_of_a_genuine_unit(state: UnitState) -> None:
    """Only a unit that is on its way here, or legitimately back, is received.

    Of a received one, who received it decides: see test_verified_places.
    """
    verdict = decide(replace(GENUINE, unit_state=state), POLICY)

    on_its_way = {UnitState.ACTIVE, UnitState.EXPECTED}
    back = {UnitState.RETURNED, UnitState.RETURNED_TO_SELLER}
    assert verdict.verdict_class.is_accept == (state in on_its_way | back)
    assert (verdict.change is UnitChange.RECEIVE) == (state in on_its_way | back)


@pytest.mark.parametrize(
    ("listed", "key_state", "trusted"),
    [
        (True, KeyState.ACTIVE, True),
        (True, KeyState.RETIRED, True),
        (True, KeyState.COMPROMISED, True),
        (True, KeyState.REVOKED, False),
        (True, None, False),
        (False, KeyState.ACTIVE, True),
        (False, KeyState.RETIRED, True),
        (False, KeyState.COMPROMISED, False),
        (False, KeyState.REVOKED, False),
        (False, None, False),
    ],
)
def test_what_a_valid_signature_proves_depends_on_its_key(
    listed: bool, key_state: KeyState | None, trusted: bool
) -> None:
    assert is_trusted(replace(GENUINE, listed=listed, key_state=key_state), POLICY) is trusted


@pytest.mark.parametrize(
    "change",
    [
        {"identity": None},
        {"enrolled": False},
        {"enrolled": None},
        {"form_accepted": False},
        {"key_entitled": False},
        {"signature": SignatureStatus.ABSENT},
        {"signature": SignatureStatus.NOT_EVALUATED},
        {"signature": SignatureStatus.KEY_UNKNOWN},
        {"signature": SignatureStatus.INVALID},
        {"kind": CodeKind.SGTIN, "listed": False},
    ],
    ids=str,
)
def test_what_proves_nothing(change: dict[str, Any]) -> None:
    assert is_trusted(GENUINE, POLICY)
    assert not is_trusted(replace(GENUINE, **change), POLICY)


BY_SIGNATURE: Final = replace(GENUINE, listed=False, unit_state=None, by_signature=True)


@pytest.mark.parametrize("key_state", [KeyState.ACTIVE, KeyState.RETIRED])
@pytest.mark.parametrize("unlisted", PassOrHold)
def test_where_the_signature_proves_issuance_being_no_exception_is_being_well(
    key_state: KeyState, unlisted: PassOrHold
) -> None:
    policy = replace(POLICY, unlisted=unlisted)
    verdict = decide(replace(BY_SIGNATURE, key_state=key_state), policy)
    assert verdict == decide(replace(GENUINE, key_state=key_state), policy)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key_state": KeyState.COMPROMISED}, Reason.UNIT_UNKNOWN_SIGNED),
        ({"signature": SignatureStatus.INVALID, "second_read": True}, Reason.SIGNATURE_INVALID),
        ({"signature": SignatureStatus.KEY_UNKNOWN, "key_state": None}, Reason.KEY_UNKNOWN),
        (
            {"signature": SignatureStatus.NOT_EVALUATED, "key_state": KeyState.REVOKED},
            Reason.KEY_REVOKED,
        ),
        ({"key_entitled": False}, Reason.BRAND_KEY_MISMATCH),
        ({"kind": CodeKind.SGTIN, "signature": SignatureStatus.ABSENT}, None),
    ],
    ids=str,
)
def test_only_a_good_signature_proves_issuance(
    change: dict[str, Any], reason: Reason | None
) -> None:
    """What must be listed is not accepted for want of a row that would speak against it."""
    facts = replace(BY_SIGNATURE, **change)
    verdict = decide(facts, POLICY)
    assert not verdict.verdict_class.is_accept
    assert verdict == decide(replace(facts, by_signature=False), POLICY)
    assert reason is None or reason is verdict.reason
