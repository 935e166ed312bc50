"""The small JSON files of a publication: catalogue, products, keys, and where the rows stand.

The catalogue is signed by the publisher: it says which brands there are, which GTINs each owns,
what each of their streams of rows comes to, and the digest of everything. The other documents are
signed by their brand. The structures refuse unknown and missing fields and wrong types; what they
mean together is checked in `station.sync.admission`.
Source: docs/reference/registry-distribution.md.
"""

import hashlib
from typing import Annotated, Final, Protocol, TypeVar

import msgspec

from station.core.codes import Algorithm, CodeKind
from station.core.errors import TrustError
from station.core.policy import BrandPolicy
from station.core.policy_keys import Level, PolicyError, plain_policy, read_brand_policy
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    RegistryGeneration,
)
from station.core.registry_rows import Holding
from station.core.sellers import SellerRecord, Supply
from station.sync.chains import Chain, StreamSum
from station.sync.columns import damaged
from station.sync.fields import Day, Digest, Gtin, Moment, Number, SiteTag, Slug, Text

FORMAT: Final = 1
MAX_DOCUMENT_BYTES: Final = 64 << 20
MAX_ROWS_BYTES: Final = 1 << 36
"""Some three billion units of a brand."""

CATALOGUE: Final = "catalogue.json"


class OwnedProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A GTIN the publisher says a brand owns."""

    product_id: Number
    gtin: Gtin


class CatalogueBrand(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A brand, the GTINs it owns by product id, and its streams of rows by name.

    `rows_digest` is over its ``rows.json``: so the publisher vouches for every row, and a brand's
    key alone changes none. `shipments` names the digests of what it announces to sites, by their
    tags (`station.sync.announcements`); it is left out where it announces nothing.
    """

    brand_id: Number
    slug: Slug
    name: Text
    products: list[OwnedProduct]
    rows_digest: Digest
    streams: list[StreamSum]
    shipments: dict[SiteTag, Digest] = {}

    @property
    def holdings(self) -> list[Holding]:
        """What all its streams come to."""
        return [stream.holding(self.brand_id) for stream in self.streams]


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``catalogue.json``, signed by the publisher."""

    format: int
    generation: Number
    published_utc: Moment
    state_digest: Digest
    keys_digest: Digest
    brands: list[CatalogueBrand]

    @property
    def registry_generation(self) -> RegistryGeneration:
        """The generation it announces."""
        return RegistryGeneration(
            self.generation, self.published_utc, self.state_digest, self.keys_digest
        )


Policy = dict[str, str | float | list[str]]
"""Keys of a policy; which and what they take is checked when the record is made."""


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An enrolled product as its brand describes it; `policy` stands only where it asks something.

    A station of a release before policies refuses what asks something: it could not keep to it.
    """

    product_id: Number
    gtin: Gtin
    name: Text
    accepted_kinds: list[CodeKind]
    tag_ai: Annotated[str, msgspec.Meta(pattern=r"^9[1-9]\Z")]
    policy: Policy = {}

    def record(self, brand_id: int) -> ProductRecord:
        """As the registry keeps it.

        Raises:
            TrustError: The policy is none that this release knows.
        """
        return ProductRecord(
            self.product_id,
            brand_id,
            self.gtin,
            self.name,
            frozenset(self.accepted_kinds),
            self.tag_ai,
            _asked(self.policy, Level.PRODUCT),
        )


class ListedSupply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product a seller may supply; an empty day leaves that end open."""

    gtin: Gtin
    first_day: Day
    last_day: Day


class ListedSeller(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A seller as its brand names it."""

    seller_id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}\Z")]
    name: Text
    supplies: list[ListedSupply]

    def record(self, brand_id: int) -> SellerRecord:
        """As the registry keeps it."""
        supplies = (Supply(one.gtin, one.first_day, one.last_day) for one in self.supplies)
        return SellerRecord(brand_id, self.seller_id, self.name, tuple(supplies))


class Products(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``brands/SLUG/products.json``, signed by the brand.

    `policy` is for all its products; `sellers` is left out where it names none.
    """

    format: int
    brand_id: Number
    products: list[Product]
    policy: Policy = {}
    sellers: list[ListedSeller] = []

    @property
    def brand_policy(self) -> BrandPolicy:
        """What the brand asks for all its products.

        Raises:
            TrustError: The policy is none that this release knows.
        """
        return _asked(self.policy, Level.BRAND)


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A brand's public key; `public_key` in hex."""

    key_id: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
    algorithm: Algorithm
    public_key: Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9a-f]{2}){32,65}\Z")]
    state: KeyState
    since_utc: Moment
    gtins: list[Gtin]

    def record(self, brand_id: int) -> KeyRecord:
        """As the registry keeps it."""
        return KeyRecord(
            brand_id,
            self.key_id,
            self.algorithm,
            bytes.fromhex(self.public_key),
            self.state,
            self.since_utc,
            frozenset(self.gtins),
        )


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``brands/SLUG/keys.json``, signed by the brand."""

    format: int
    brand_id: Number
    keys: list[Key]


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``brands/SLUG/rows.json``, signed by the brand: its streams by name."""

    format: int
    brand_id: Number
    streams: list[Chain]


class Formatted(Protocol):
    """Any document: it says of which format it is."""

    @property
    def format(self) -> int:
        """The number of its format."""
        ...


Document = TypeVar("Document", bound=Formatted)


def products_path(slug: str) -> str:
    """The target that holds a brand's products."""
    return f"brands/{slug}/products.json"


def keys_path(slug: str) -> str:
    """The target that holds a brand's keys."""
    return f"brands/{slug}/keys.json"


def rows_path(slug: str) -> str:
    """The target that says where a brand's rows stand."""
    return f"brands/{slug}/rows.json"


def products_document(
    brand: BrandRecord, products: list[ProductRecord], sellers: list[SellerRecord]
) -> Products:
    """A brand's products, by id, and its sellers, by theirs."""
    return Products(
        FORMAT,
        brand.brand_id,
        [
            Product(
                product.product_id,
                product.gtin,
                product.name,
                sorted(product.accepted_kinds, key=lambda kind: kind.value),
                product.tag_ai,
                plain_policy(product.policy),
            )
            for product in products
        ],
        plain_policy(brand.policy),
        [
            ListedSeller(
                seller.seller_id,
                seller.name,
                [ListedSupply(one.gtin, one.first_day, one.last_day) for one in seller.supplies],
            )
            for seller in sellers
        ],
    )


def keys_document(brand: BrandRecord, keys: list[KeyRecord]) -> Keys:
    """A brand's keys, by number."""
    return Keys(
        FORMAT,
        brand.brand_id,
        [
            Key(
                key.key_id,
                key.algorithm,
                key.public_key.hex(),
                key.state,
                key.since_utc,
                sorted(key.gtins),
            )
            for key in keys
        ],
    )


def catalogue_brand(
    brand: BrandRecord, products: list[ProductRecord], rows: Rows, shipments: dict[str, str]
) -> CatalogueBrand:
    """A brand as the catalogue names it; `shipments` by rising tag."""
    owned = [OwnedProduct(product.product_id, product.gtin) for product in products]
    return CatalogueBrand(
        brand.brand_id,
        brand.slug,
        brand.name,
        owned,
        digest_of(encode(rows)),
        [chain.sum for chain in rows.streams],
        shipments,
    )


def digest_of(content: bytes) -> str:
    """A document's SHA-256, hex."""
    return hashlib.sha256(content).hexdigest()


def encode(document: Formatted) -> bytes:
    """A document's bytes: the same document always gives the same."""
    return msgspec.json.encode(document) + b"\n"


def decode(content: bytes, kind: type[Document]) -> Document:
    """Read a document.

    Raises:
        TrustError: It is none of its kind, or of another format.
    """
    try:
        document = msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise damaged(f"{kind.__name__.lower()}: {error}") from None
    if document.format != FORMAT:
        raise damaged(f"{kind.__name__.lower()} of format {document.format}, not {FORMAT}")
    return document


def _asked(policy: Policy, level: Level) -> BrandPolicy:
    try:
        return read_brand_policy(policy, level)
    except PolicyError as error:
        raise TrustError(
            f"the publication asks for a policy that this release does not know: {error}",
            "install the release of station that this publication needs, or tell the publisher",
        ) from None
