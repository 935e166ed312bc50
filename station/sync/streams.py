"""Which of a brand's rows are published in which stream, and which streams a station holds."""

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from station.core.policy import Issuance, Profile, issuance_of
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.registry_rows import (
    CodeRow,
    RowStream,
    UnitBlock,
    in_batches,
    unit_blocks,
    unit_row,
)
from station.core.verification import last_good_day
from station.ports.brand_store import BrandStore

UNITS: Final = frozenset({RowStream.LISTED, RowStream.SIGNED})
"""The streams that together have every unit, each once."""

EXPIRY_NOTICE_DAYS: Final = 90
"""A unit is an exception so long before it expires; a publication so old is refused anyway."""


def published_in(brand: BrandRecord, product: ProductRecord) -> RowStream:
    """The stream in which every unit of a product is published."""
    issuance = issuance_of(product.accepted_kinds, brand.policy, product.policy)
    return RowStream.SIGNED if issuance is Issuance.SIGNATURE else RowStream.LISTED


def streams_of(brand: BrandRecord, products: Iterable[ProductRecord]) -> list[RowStream]:
    """The streams a brand publishes, by name; some are there only if a product needs them."""
    used = {RowStream.CODES, RowStream.LISTED}
    if any(published_in(brand, product) is RowStream.SIGNED for product in products):
        used |= {RowStream.SIGNED, RowStream.EXCEPTIONS}
    return sorted(used, key=lambda stream: stream.value)


def held_streams(keys: Iterable[KeyRecord], profile: Profile) -> frozenset[RowStream]:
    """The streams a station holds of a brand.

    Where somebody else may sign with a brand's key, its signatures prove nothing by themselves:
    every unit must be listed, whatever the profile.
    """
    compromised = any(key.state is KeyState.COMPROMISED for key in keys)
    by_exceptions = profile is Profile.COMPACT and not compromised
    signed = RowStream.EXCEPTIONS if by_exceptions else RowStream.SIGNED
    return frozenset({RowStream.LISTED, RowStream.CODES, signed})


def unit_stream(
    brand: BrandRecord, product: ProductRecord, held: Container[RowStream]
) -> RowStream:
    """The stream in which a station that holds those streams has a product's units."""
    stream = published_in(brand, product)
    by_exceptions = stream is RowStream.SIGNED and RowStream.EXCEPTIONS in held
    return RowStream.EXCEPTIONS if by_exceptions else stream


def is_exception(unit: UnitRecord, today: date) -> bool:
    """Whether a registry without this unit's row would say something else of it.

    Args:
        unit: Of a product whose signatures prove issuance.
        today: When it is published. A unit that will expire soon is an exception already.
    """
    if unit.state is not UnitState.ACTIVE or unit.overlays:
        return True
    if unit.expiry is None:
        return False
    last_day = last_good_day(unit.expiry, today)
    return last_day is None or last_day < today + timedelta(days=EXPIRY_NOTICE_DAYS)


class BrandRows:
    """A brand's rows as its folder has them now; can be gone through any number of times."""

    def __init__(
        self, store: BrandStore, brand: BrandRecord, products: Sequence[ProductRecord], today: date
    ) -> None:
        """Take a brand.

        Args:
            store: The brand folder's; read within one `BrandStore.reading`.
            brand: The brand.
            products: Its products by id.
            today: The day of publication.
        """
        self._store: Final = store
        self._brand: Final = brand
        self._products: Final = products
        self._today: Final = today

    def units(self, stream: RowStream) -> Iterator[UnitBlock]:
        """A stream of units, by (product id, serial)."""
        exceptions = stream is RowStream.EXCEPTIONS
        source = RowStream.SIGNED if exceptions else stream
        for product in self._products:
            if published_in(self._brand, product) is source:
                records = (unit.record for unit in self._store.units(product.product_id))
                wanted = (
                    record
                    for record in records
                    if not exceptions or is_exception(record, self._today)
                )
                yield from unit_blocks(product.product_id, map(unit_row, wanted))

    def codes(self) -> Iterator[list[CodeRow]]:
        """The opaque codes, by code."""
        yield from in_batches(self._store.opaque_codes(self._brand.brand_id))
