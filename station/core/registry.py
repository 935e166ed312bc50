"""What the publisher says: brands, products, keys and units, as plain records.

Written only by the refresh, read by the verdict loop through `station.ports.registry`.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag

from station.core.codes import Algorithm, CodeKind
from station.core.policy import NOTHING_ASKED, BrandPolicy


class KeyState(Enum):
    """What a brand says of a signing key (UC1: keys)."""

    ACTIVE = "active"
    RETIRED = "retired"
    """Signs nothing new; what it signed stays good."""
    COMPROMISED = "compromised"
    """Someone else may sign with it: only units listed in the registry count."""
    REVOKED = "revoked"
    """Nothing it signed counts."""


class UnitState(IntEnum):
    """Where a unit stands in its life; small integers because a registry holds 100 million."""

    MINTED = 0
    ACTIVE = 1
    EXPECTED = 2
    RECEIVED = 3
    SHIPPED = 4
    QUARANTINED = 5
    RETURNED = 6
    RETURNED_TO_SELLER = 7
    COUNTERFEIT = 8
    DESTROYED = 9
    VOID = 10
    REPLACED = 11


class Overlay(IntFlag):
    """Facts laid over a state, so that lifting one restores the truth."""

    NONE = 0
    STOLEN = 1
    RECALLED = 2
    BLOCKED = 4
    EXPIRED = 8


@dataclass(frozen=True, slots=True)
class BrandRecord:
    """A brand.

    Attributes:
        brand_id: Small positive integer, the publisher's.
        slug: ``a-z 0-9 -``, 1 to 32 characters; the name on the command line.
        name: For people, any script, 1 to 80 characters.
        policy: What it asks for all its products.
    """

    brand_id: int
    slug: str
    name: str
    policy: BrandPolicy = NOTHING_ASKED


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """An enrolled product.

    Attributes:
        product_id: Small positive integer, the publisher's; part of every unit's key.
        brand_id: The brand that owns the GTIN.
        gtin: 14 digits.
        name: For people, 1 to 80 characters.
        accepted_kinds: The forms of code the brand accepts for this product.
        tag_ai: The company-internal AI that carries the tag, ``"91"`` to ``"99"``.
        policy: What the brand asks for this product; it goes before what it asks for all.
    """

    product_id: int
    brand_id: int
    gtin: str
    name: str
    accepted_kinds: frozenset[CodeKind] = frozenset({CodeKind.UC1})
    tag_ai: str = "99"
    policy: BrandPolicy = NOTHING_ASKED


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A brand's public key.

    Attributes:
        brand_id: The namespace of `key_id`.
        key_id: 0 to 65535.
        algorithm: What it signs with.
        public_key: Ed25519: 32 bytes raw; P-256: 65 bytes, X9.62 uncompressed point.
        state: What the brand says of it.
        since_utc: When that state began, ISO 8601 with ``Z``.
        gtins: The products it may sign for; empty for all of the brand's.
    """

    brand_id: int
    key_id: int
    algorithm: Algorithm
    public_key: bytes
    state: KeyState
    since_utc: str
    gtins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """One unit as the publisher knows it.

    Attributes:
        product_id: The product it belongs to.
        serial: As minted.
        state: Where it stands.
        overlays: What is laid over the state.
        lot: The lot's name, or None.
        expiry: YYMMDD as AI 17 writes it, or None.
        place: The station that last received or shipped it, or None.
    """

    product_id: int
    serial: str
    state: UnitState
    overlays: Overlay = Overlay.NONE
    lot: str | None = None
    expiry: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class RegistryGeneration:
    """Which registry a verdict was made with.

    Attributes:
        number: Rises with every publication; 0 when there is none yet.
        published_utc: When the publisher signed it, ISO 8601 with ``Z``.
        state_digest: SHA-256 over its content, hex.
        keys_digest: SHA-256 over its key set, hex.
    """

    number: int
    published_utc: str
    state_digest: str
    keys_digest: str
