"""The worked example of the code format, and what a registry knows of it."""

from typing import Any, Final

from station.core.acts import Standing
from station.core.codes import (
    Algorithm,
    Attributes,
    CodeKind,
    ParsedCode,
    PlainUnit,
    SignedUnit,
    UnitIdentity,
)
from station.core.crypto import PrivateKey
from station.core.decision import decide
from station.core.parsing import parse
from station.core.policy import SitePolicy
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyRecord, KeyState, ProductRecord, UnitRecord, UnitState
from station.core.unit_code import element_string, mint
from station.core.verdict import Verdict
from station.core.verification import Circumstances, Knowledge, verify
from tests.fakes.replacing import replace

# The worked example of the code format: a published test key, never a real one.
EXAMPLE_KEY: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))
EXAMPLE_PUBLIC: Final = bytes.fromhex(
    "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
)
EXAMPLE: Final = (
    b"010950600013435221K7QZ4M2XW9TRB\x1d99EQABDVnDGeIQGTP4PVB06Co-HhaNhkdlhhDfD1nzMH6Uky4M_"
    b"mYfvKWe3unpP_u-hQOwMQEHSs4Im8g946lEvuOgBw"
)
OTHER_KEY: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(1, 33)))
P256_KEY: Final = PrivateKey.from_seed(Algorithm.ECDSA_P256, bytes(range(32)))

IDENTITY: Final = UnitIdentity("09506000134352", "K7QZ4M2XW9TRB")
OTHER_GTIN: Final = "04012345123456"
PRODUCT: Final = ProductRecord(7, 3, IDENTITY.gtin, "Perfume 50 ml")
KEY: Final = KeyRecord(
    3, 1, Algorithm.ED25519, EXAMPLE_PUBLIC, KeyState.ACTIVE, "2026-01-01T00:00:00Z"
)
UNIT: Final = UnitRecord(7, IDENTITY.serial, UnitState.ACTIVE)
KNOWN: Final = Knowledge(PRODUCT, KEY, UNIT)
DOCK: Final = Circumstances("dock-1", "2026-11-23")

ACCEPTS_PLAIN: Final = replace(
    PRODUCT, accepted_kinds=frozenset({CodeKind.UC1, CodeKind.SGTIN, CodeKind.OPAQUE})
)
PLAIN: Final = PlainUnit(IDENTITY)


def signed(
    key: PrivateKey = EXAMPLE_KEY,
    identity: UnitIdentity = IDENTITY,
    attributes: Attributes = Attributes(),  # noqa: B008 - frozen
    tag_ai: str = "99",
) -> SignedUnit:
    """A code as read from a label that `key` signed."""
    tag = mint(identity, 1, key)
    code = parse(element_string(identity, tag, attributes, tag_ai), "]d2")
    assert isinstance(code, SignedUnit)
    return code


CODE: Final = signed()


def claimed(
    state: UnitState = UnitState.RECEIVED,
    station: str = "dock-1",
    reason: Reason = Reason.OK,
) -> Standing:
    quarantined = state is UnitState.QUARANTINED
    verdict_class = VerdictClass.QUARANTINE if quarantined else VerdictClass.ACCEPT
    return Standing(state, station, "scan-1", verdict_class, reason)


def judged(code: ParsedCode, knowledge: Knowledge, **circumstances: Any) -> Verdict:
    return decide(verify(code, knowledge, replace(DOCK, **circumstances)), SitePolicy())
