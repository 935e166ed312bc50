"""What a payload turned out to be: the closed set of parsed codes.

`station.core.parsing.parse` makes these values; nothing else does. Identity is always
(GTIN, serial), never the raw string.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.reasons import Reason


class CodeKind(Enum):
    """The name of a parsed code's kind in JSON, in policies and in the journal."""

    # There is one of each; Enum's own hashes the name anew, and a verdict asks some ten times.
    __hash__ = object.__hash__

    UC1 = "uc1"
    SGTIN = "sgtin"
    OPAQUE = "az"
    BRAND_SERIAL = "brand_serial"
    DIGSIG = "digsig_20248"
    CRYPTO_TAIL = "crypto_tail"
    TRADE_ITEM = "gtin"
    LOGISTIC_UNIT = "sscc"
    CONTROL = "control"
    NONE = "none"
    """Nothing could be parsed, or nothing was read."""


SIGNED_KINDS: Final = frozenset({CodeKind.UC1})
"""Kinds whose signature this station evaluates."""


class Algorithm(Enum):
    """Signature algorithm in the low nibble of a tag's first byte (UC1)."""

    ED25519 = 1
    ECDSA_P256 = 2


@dataclass(frozen=True, slots=True)
class UnitIdentity:
    """Who a unit is, everywhere.

    Attributes:
        gtin: 14 ASCII digits with a right check digit.
        serial: 1 to 20 characters of GS1's character set 82.
    """

    gtin: str
    serial: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """Unsigned data beside a unit's key; compared with the registry, never trusted.

    Attributes:
        lot: AI 10, or None.
        expiry: AI 17 as six digits YYMMDD, or None.
    """

    lot: str | None = None
    expiry: str | None = None


NO_ATTRIBUTES = Attributes()


@dataclass(frozen=True, slots=True)
class SignedUnit:
    """A UC1 code: identity and tag, not yet verified.

    Attributes:
        identity: Whom the code claims to be.
        algorithm: Which signature it carries.
        key_id: 0 to 65535, in the namespace of the brand that owns the GTIN.
        signature: 64 bytes; Ed25519, or ECDSA r‖s, both big-endian.
        signed_bytes: The message the signature covers.
        attributes: Lot and expiry printed beside it.
        tag_ai: The AI the tag was found in, ``"91"`` to ``"99"``; the product says which one
            counts, so a tag found elsewhere is no tag of this product.
    """

    identity: UnitIdentity
    algorithm: Algorithm
    key_id: int
    signature: bytes
    signed_bytes: bytes
    attributes: Attributes = NO_ATTRIBUTES
    tag_ai: str = "99"


@dataclass(frozen=True, slots=True)
class PlainUnit:
    """GTIN and serial without a signature we evaluate.

    Attributes:
        identity: Whom the code claims to be.
        kind: SGTIN, or DIGSIG / CRYPTO_TAIL when a signature of another system is present
            but not evaluated.
        attributes: Lot and expiry printed beside it.
    """

    identity: UnitIdentity
    kind: CodeKind = CodeKind.SGTIN
    attributes: Attributes = NO_ATTRIBUTES


@dataclass(frozen=True, slots=True)
class OpaqueUnit:
    """``AZ:`` or ``ZA:`` and 26 alphanumerics: a unit named without GTIN or serial."""

    code: str


@dataclass(frozen=True, slots=True)
class BrandSerial:
    """A brand's own serial of 7 to 22 characters, which needs a GTIN beside it to name a unit."""

    serial: str


@dataclass(frozen=True, slots=True)
class TradeItem:
    """A GTIN alone (EAN/UPC, ITF-14, or AI 01 without 21): a product, not a unit."""

    gtin: str


@dataclass(frozen=True, slots=True)
class LogisticUnit:
    """A pallet or carton.

    Attributes:
        sscc: 18 ASCII digits with a right check digit.
    """

    sscc: str


class ControlKind(Enum):
    """What a site's own control label stands for."""

    TOTE = "TOTE"
    BADGE = "BADGE"


@dataclass(frozen=True, slots=True)
class ControlCode:
    """A label the site printed for its own use; its signature is not yet verified.

    Attributes:
        kind: What it stands for.
        name: The tote's or the operator's name, 1 to 20 characters of ``A-Z 0-9 -``.
        signature: 64 bytes, Ed25519 by the station's key.
        signed_bytes: The message the signature covers.
        number: Which badge of the operator's, 1 to 9999; 0 for a tote. It rises when a badge is
            lost, so that an old one counts no longer.
    """

    kind: ControlKind
    name: str
    signature: bytes
    signed_bytes: bytes
    number: int = 0


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """A payload that names no unit, with the reason and where parsing stopped.

    Attributes:
        reason: READ_EMPTY, READ_TRUNCATED, READ_CONTROL_CHARS, WRONG_SYMBOL, PARSE_ERROR or
            NO_SERIAL.
        detail: For the log and the journal, plain ASCII; never the payload itself.
        offset: Byte offset in the payload where it stopped, 0-based.
    """

    reason: Reason
    detail: str
    offset: int = 0


ParsedCode = (
    SignedUnit
    | PlainUnit
    | OpaqueUnit
    | BrandSerial
    | TradeItem
    | LogisticUnit
    | ControlCode
    | ReadProblem
)


def kind_of(code: ParsedCode) -> CodeKind:
    """The stable name of a parsed code's kind."""
    match code:
        case SignedUnit():
            return CodeKind.UC1
        case PlainUnit(kind=kind):
            return kind
        case OpaqueUnit():
            return CodeKind.OPAQUE
        case BrandSerial():
            return CodeKind.BRAND_SERIAL
        case TradeItem():
            return CodeKind.TRADE_ITEM
        case LogisticUnit():
            return CodeKind.LOGISTIC_UNIT
        case ControlCode():
            return CodeKind.CONTROL
        case ReadProblem():
            return CodeKind.NONE


def identity_of(code: ParsedCode) -> UnitIdentity | None:
    """The unit a code claims to be, or None where it names none by GTIN and serial."""
    return code.identity if isinstance(code, SignedUnit | PlainUnit) else None
