"""Facts from real codes, real signatures and registry rows."""

from functools import partial

import pytest

from station.core.codes import (
    Algorithm,
    BrandSerial,
    CodeKind,
    ControlCode,
    ControlKind,
    LogisticUnit,
    OpaqueUnit,
    ParsedCode,
    PlainUnit,
    ReadProblem,
    SignedUnit,
    TradeItem,
)
from station.core.crypto import PrivateKey
from station.core.decision import decide, is_trusted
from station.core.facts import Facts, Freshness, SignatureStatus
from station.core.parsing import parse
from station.core.policy import Issuance, SitePolicy
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyRecord, KeyState, Overlay, UnitRecord, UnitState
from station.core.unit_code import element_string, encode_tag, signed_bytes
from station.core.verdict import UnitChange, Verdict
from station.core.verification import NOTHING_KNOWN, Knowledge, verify
from tests.fakes.replacing import replace
from tests.fakes.worked_example import (
    ACCEPTS_PLAIN,
    CODE,
    DOCK,
    EXAMPLE,
    EXAMPLE_KEY,
    IDENTITY,
    KEY,
    KNOWN,
    OTHER_GTIN,
    OTHER_KEY,
    P256_KEY,
    PLAIN,
    PRODUCT,
    UNIT,
    claimed,
    judged,
    signed,
)


def test_the_worked_example_is_genuine() -> None:
    code = parse(EXAMPLE, "]d2")

    assert code == CODE
    assert verify(code, KNOWN, DOCK) == Facts(
        kind=CodeKind.UC1,
        identity=IDENTITY,
        enrolled=True,
        form_must_be_signed=True,
        signature=SignatureStatus.VALID,
        key_state=KeyState.ACTIVE,
        listed=True,
        unit_state=UnitState.ACTIVE,
        today=DOCK.today,
        place_in_frame=1,
    )


def test_the_same_arguments_give_the_same_facts() -> None:
    assert verify(CODE, KNOWN, DOCK) == verify(CODE, KNOWN, DOCK)


class TestSignature:
    def status(self, code: ParsedCode, knowledge: Knowledge = KNOWN) -> SignatureStatus:
        return verify(code, knowledge, DOCK).signature

    @pytest.mark.parametrize("byte", [0, 31, 32, 63])
    @pytest.mark.parametrize("bit", [0, 7])
    def test_every_bit_counts(self, byte: int, bit: int) -> None:
        damaged = bytearray(CODE.signature)
        damaged[byte] ^= 1 << bit
        assert self.status(replace(CODE, signature=bytes(damaged))) is SignatureStatus.INVALID

    def test_a_tag_moved_to_another_unit(self) -> None:
        other = parse(EXAMPLE.replace(b"K7QZ4M2XW9TRB", b"K7QZ4M2XW9TRC"), "]d2")
        assert isinstance(other, SignedUnit)
        assert self.status(other) is SignatureStatus.INVALID

    def test_a_key_of_the_forgers_own(self) -> None:
        assert self.status(signed(OTHER_KEY)) is SignatureStatus.INVALID

    def test_p256(self) -> None:
        key = replace(KEY, algorithm=Algorithm.ECDSA_P256, public_key=P256_KEY.public_bytes)
        code = signed(P256_KEY)
        assert self.status(code, replace(KNOWN, key=key)) is SignatureStatus.VALID
        damaged = replace(code, signature=code.signature[:-1] + bytes([code.signature[-1] ^ 1]))
        assert self.status(damaged, replace(KNOWN, key=key)) is SignatureStatus.INVALID

    def test_the_tag_may_not_choose_another_algorithm_than_the_key_has(self) -> None:
        assert self.status(signed(P256_KEY)) is SignatureStatus.INVALID
        header = bytes([0x10 | Algorithm.ECDSA_P256.value, 0, 1])
        message = signed_bytes(header, IDENTITY.gtin.encode(), IDENTITY.serial.encode())
        tag = encode_tag(Algorithm.ECDSA_P256, 1, EXAMPLE_KEY.sign(message))
        mislabelled = parse(element_string(IDENTITY, tag), "]d2")
        assert isinstance(mislabelled, SignedUnit)
        assert mislabelled.signed_bytes == message
        assert self.status(mislabelled) is SignatureStatus.INVALID

    def test_key_unknown(self) -> None:
        facts = verify(CODE, replace(KNOWN, key=None), DOCK)
        assert facts.signature is SignatureStatus.KEY_UNKNOWN
        assert facts.key_state is None
        assert facts.key_entitled

    @pytest.mark.parametrize("raw", [b"", b"\0" * 31, b"\0" * 32, b"\xff" * 32, b"\0" * 65])
    def test_a_key_nobody_can_load_is_as_good_as_unknown(self, raw: bytes) -> None:
        knowledge = replace(KNOWN, key=replace(KEY, public_key=raw))
        assert self.status(CODE, knowledge) is SignatureStatus.KEY_UNKNOWN
        assert judged(CODE, knowledge).reason is Reason.KEY_UNKNOWN

    @pytest.mark.parametrize("state", [KeyState.ACTIVE, KeyState.RETIRED, KeyState.COMPROMISED])
    def test_a_key_verifies_what_it_signed(self, state: KeyState) -> None:
        facts = verify(CODE, replace(KNOWN, key=replace(KEY, state=state)), DOCK)
        assert facts.signature is SignatureStatus.VALID
        assert facts.key_state is state

    @pytest.mark.parametrize("key", [EXAMPLE_KEY, OTHER_KEY])
    def test_a_revoked_key_verifies_nothing(self, key: PrivateKey) -> None:
        knowledge = replace(KNOWN, key=replace(KEY, state=KeyState.REVOKED))
        assert self.status(signed(key), knowledge) is SignatureStatus.NOT_EVALUATED
        assert judged(signed(key), knowledge) == Verdict(
            VerdictClass.QUARANTINE, Reason.KEY_REVOKED
        )

    @pytest.mark.parametrize(
        ("key", "entitled"),
        [
            (KEY, True),
            (replace(KEY, gtins=frozenset({IDENTITY.gtin})), True),
            (replace(KEY, gtins=frozenset({IDENTITY.gtin, OTHER_GTIN})), True),
            (replace(KEY, gtins=frozenset({OTHER_GTIN})), False),
            (replace(KEY, brand_id=4), False),
            (replace(KEY, brand_id=4, gtins=frozenset({IDENTITY.gtin})), False),
        ],
        ids=["all products", "this one", "this and another", "another", "other brand", "claims"],
    )
    def test_entitlement(self, key: KeyRecord, entitled: bool) -> None:
        facts = verify(CODE, replace(KNOWN, key=key), DOCK)
        assert facts.signature is SignatureStatus.VALID
        assert facts.key_entitled is entitled
        assert is_trusted(facts, SitePolicy()) is entitled
        expected = Reason.OK if entitled else Reason.BRAND_KEY_MISMATCH
        assert judged(CODE, replace(KNOWN, key=key)).reason is expected

    def test_of_a_product_nobody_enrolled_there_is_no_key_to_trust(self) -> None:
        facts = verify(CODE, Knowledge(None, KEY, None), DOCK)
        assert facts.signature is SignatureStatus.NOT_EVALUATED
        assert facts.enrolled is False

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            (PLAIN, SignatureStatus.ABSENT),
            (PlainUnit(IDENTITY, CodeKind.DIGSIG), SignatureStatus.NOT_EVALUATED),
            (PlainUnit(IDENTITY, CodeKind.CRYPTO_TAIL), SignatureStatus.NOT_EVALUATED),
            (OpaqueUnit("AZ:ABCDEFGHIJKLMNOPQRSTUVWXYZ"), SignatureStatus.ABSENT),
        ],
    )
    def test_codes_without_a_signature_of_ours(
        self, code: ParsedCode, status: SignatureStatus
    ) -> None:
        assert self.status(code) is status


class TestForm:
    @pytest.mark.parametrize(
        ("code", "accepted_kinds", "accepted", "must_be_signed"),
        [
            (CODE, {CodeKind.UC1}, True, True),
            (CODE, {CodeKind.SGTIN}, False, False),
            (PLAIN, {CodeKind.UC1}, False, True),
            (PLAIN, {CodeKind.UC1, CodeKind.SGTIN}, True, False),
            (PlainUnit(IDENTITY, CodeKind.DIGSIG), {CodeKind.SGTIN}, False, False),
            (OpaqueUnit("AZ:" + "A" * 26), {CodeKind.OPAQUE}, True, False),
            (OpaqueUnit("AZ:" + "A" * 26), {CodeKind.UC1}, False, True),
        ],
    )
    def test_what_the_product_accepts(
        self, code: ParsedCode, accepted_kinds: set[CodeKind], accepted: bool, must_be_signed: bool
    ) -> None:
        product = replace(PRODUCT, accepted_kinds=frozenset(accepted_kinds))
        facts = verify(code, replace(KNOWN, product=product), DOCK)
        assert facts.form_accepted is accepted
        assert facts.form_must_be_signed is must_be_signed

    def test_a_tag_in_another_application_identifier_is_no_tag_of_this_product(self) -> None:
        moved = signed(tag_ai="98")
        assert moved.tag_ai == "98"
        first = judged(moved, KNOWN)
        second = judged(moved, KNOWN, second_read=True)
        assert (first.verdict_class, first.reason) == (
            VerdictClass.RESCAN,
            Reason.FORMAT_NOT_ACCEPTED,
        )
        assert (second.verdict_class, second.reason, second.change) == (
            VerdictClass.QUARANTINE,
            Reason.FORMAT_NOT_ACCEPTED,
            UnitChange.NONE,
        )

    def test_the_product_says_which_application_identifier_counts(self) -> None:
        knowledge = replace(KNOWN, product=replace(PRODUCT, tag_ai="98"))
        assert judged(signed(tag_ai="98"), knowledge).reason is Reason.OK
        assert judged(CODE, knowledge).reason is Reason.FORMAT_NOT_ACCEPTED


class TestIdentity:
    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (TradeItem(IDENTITY.gtin), CodeKind.TRADE_ITEM),
            (LogisticUnit("095060001343520009"), CodeKind.LOGISTIC_UNIT),
            (BrandSerial("ABC1234567"), CodeKind.BRAND_SERIAL),
            (ControlCode(ControlKind.TOTE, "T-1", bytes(64), b"UC1-TOTE"), CodeKind.CONTROL),
        ],
    )
    @pytest.mark.parametrize("second_read", [False, True])
    def test_a_label_that_names_no_unit_is_a_wrong_symbol(
        self, code: ParsedCode, kind: CodeKind, second_read: bool
    ) -> None:
        facts = verify(code, Knowledge(PRODUCT), replace(DOCK, second_read=second_read))
        assert (facts.kind, facts.problem, facts.identity) == (kind, Reason.WRONG_SYMBOL, None)
        verdict = decide(facts, SitePolicy())
        assert verdict == Verdict(VerdictClass.RESCAN, Reason.WRONG_SYMBOL)

    @pytest.mark.parametrize(
        "reason",
        [
            Reason.READ_EMPTY,
            Reason.READ_TRUNCATED,
            Reason.READ_CONTROL_CHARS,
            Reason.WRONG_SYMBOL,
            Reason.PARSE_ERROR,
            Reason.NO_SERIAL,
        ],
    )
    def test_a_payload_that_names_nothing_keeps_its_reason(self, reason: Reason) -> None:
        facts = verify(ReadProblem(reason, "detail"), NOTHING_KNOWN, DOCK)
        assert (facts.kind, facts.problem, facts.enrolled) == (CodeKind.NONE, reason, None)

    def test_an_opaque_code_gets_its_identity_from_the_registry(self) -> None:
        code = OpaqueUnit("ZA:" + "Q" * 26)
        known = verify(code, Knowledge(ACCEPTS_PLAIN, None, UNIT), DOCK)
        unknown = verify(code, NOTHING_KNOWN, DOCK)

        assert (known.identity, known.enrolled, known.listed) == (IDENTITY, True, True)
        assert decide(known, SitePolicy()).change is UnitChange.RECEIVE
        assert (unknown.identity, unknown.enrolled, unknown.listed) == (None, None, False)
        assert decide(unknown, SitePolicy()) == Verdict(
            VerdictClass.HOLD, Reason.UNIT_UNKNOWN_UNSIGNED
        )

    def test_whether_a_gtin_is_enrolled(self) -> None:
        assert verify(CODE, NOTHING_KNOWN, DOCK).enrolled is False
        assert verify(PLAIN, NOTHING_KNOWN, DOCK).enrolled is False
        assert verify(PLAIN, Knowledge(PRODUCT), DOCK).enrolled is True
        assert verify(TradeItem(IDENTITY.gtin), Knowledge(PRODUCT), DOCK).enrolled is True


def test_circumstances_pass_into_the_facts() -> None:
    facts = verify(
        CODE,
        KNOWN,
        replace(DOCK, second_read=True, places_in_frame=2, freshness=Freshness.AMBER),
    )
    assert (facts.second_read, facts.places_in_frame) == (True, 2)
    assert facts.freshness is Freshness.AMBER


def test_the_claim_passes_into_the_facts() -> None:
    claim = claimed(UnitState.QUARANTINED, "dock-2", Reason.UNIT_STOLEN)
    facts = verify(CODE, replace(KNOWN, claim=claim), DOCK)
    assert facts.claim_state is UnitState.QUARANTINED
    assert facts.claim_station == "dock-2"
    assert facts.standing_class is VerdictClass.QUARANTINE
    assert facts.standing_reason is Reason.UNIT_STOLEN


class TestStories:
    """From code to verdict, as things happen at a dock."""

    def test_a_clone_after_the_original(self) -> None:
        first = judged(CODE, KNOWN)
        assert first == Verdict(VerdictClass.ACCEPT, Reason.OK, change=UnitChange.RECEIVE)
        again = replace(KNOWN, claim=claimed())
        held_up = judged(CODE, again, same_presentation=True)
        assert held_up.verdict_class is VerdictClass.ACCEPT
        assert held_up.change is UnitChange.NONE
        assert judged(CODE, again) == Verdict(VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)

    def test_a_forgery_of_a_received_unit_does_not_touch_it(self) -> None:
        judge = partial(judged, signed(OTHER_KEY), replace(KNOWN, claim=claimed()))
        assert judge() == Verdict(VerdictClass.RESCAN, Reason.SIGNATURE_INVALID)
        assert judge(second_read=True) == Verdict(VerdictClass.QUARANTINE, Reason.SIGNATURE_INVALID)

    def test_one_forged_code_at_two_places_needs_no_second_read(self) -> None:
        verdict = judged(signed(OTHER_KEY), KNOWN, places_in_frame=2)
        assert verdict == Verdict(
            VerdictClass.QUARANTINE, Reason.CODE_TWICE_IN_FRAME, (Reason.SIGNATURE_INVALID,)
        )

    def test_a_stripped_tag_does_not_help_a_stolen_unit(self) -> None:
        """The label is cut down to GTIN and serial: what the product accepts decides."""
        stolen = replace(KNOWN, unit=replace(UNIT, overlays=Overlay.STOLEN), key=None)
        strict = judged(PLAIN, stolen)
        assert (strict.verdict_class, strict.reason) == (
            VerdictClass.QUARANTINE,
            Reason.UNIT_STOLEN,
        )
        lax = judged(PLAIN, replace(stolen, product=ACCEPTS_PLAIN))
        assert (lax.verdict_class, lax.reason) == (VerdictClass.QUARANTINE, Reason.UNIT_STOLEN)
        assert (strict.change, lax.change) == (UnitChange.NONE, UnitChange.QUARANTINE)

    def test_a_compromised_key_counts_for_listed_units_only(self) -> None:
        knowledge = replace(KNOWN, key=replace(KEY, state=KeyState.COMPROMISED))
        assert judged(CODE, knowledge).reason is Reason.OK
        made_up = judged(CODE, replace(knowledge, unit=None))
        assert made_up.verdict_class is VerdictClass.HOLD
        assert made_up.change is UnitChange.NONE

    def test_a_return_the_site_once_received(self) -> None:
        returned = replace(KNOWN, unit=replace(UNIT, state=UnitState.RETURNED))
        assert judged(CODE, returned) == Verdict(
            VerdictClass.ACCEPT_NOTE, Reason.RETURN_EXPECTED, change=UnitChange.RECEIVE
        )
        for station in ("dock-1", "dock-2"):
            earlier = replace(returned, claim=claimed(station=station))
            assert judged(CODE, earlier) == Verdict(
                VerdictClass.ACCEPT_NOTE, Reason.RETURN_EXPECTED, change=UnitChange.RECEIVE
            )
        again = replace(returned, claim=claimed(reason=Reason.RETURN_EXPECTED))
        assert judged(CODE, again) == Verdict(
            VerdictClass.HOLD, Reason.REPEAT_SAME_STATION, (Reason.RETURN_EXPECTED,)
        )
        quarantined = replace(returned, claim=claimed(state=UnitState.QUARANTINED))
        assert judged(CODE, quarantined).reason is Reason.UNIT_QUARANTINED


@pytest.mark.parametrize("unit", [None, replace(UNIT, overlays=Overlay.RECALLED)], ids=str)
@pytest.mark.parametrize("issuance", Issuance)
def test_whether_the_signature_alone_says_that_a_unit_was_issued(
    unit: UnitRecord | None, issuance: Issuance
) -> None:
    facts = verify(CODE, replace(KNOWN, unit=unit, issuance=issuance), DOCK)
    assert facts.listed is (unit is not None)
    assert facts.by_signature is (unit is None and issuance is Issuance.SIGNATURE)
