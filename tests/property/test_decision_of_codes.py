"""The laws of a decision from the code's bytes on: any code, whatever is known of it."""

from dataclasses import replace
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
)
from station.core.crypto import PrivateKey
from station.core.facts import Freshness
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyRecord, KeyState, Overlay, ProductRecord, UnitRecord, UnitState
from station.core.unit_code import signed_bytes
from station.core.verification import Circumstances, Knowledge, verify
from tests.property.decision_laws import check_laws
from tests.property.fact_strategies import OVERLAYS, READ_PROBLEMS, STATION, UNIT, UNSIGNED_KINDS
from tests.property.policy_strategies import LENIENT

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
