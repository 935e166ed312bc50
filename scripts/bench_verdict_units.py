"""What `bench_verdict.py` scans: a registry of a million units, and signed codes of some."""

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scripts.bench_verdict_sides import KEY, Scan
from station.app.clock import SystemClock
from station.core.codes import Algorithm, UnitIdentity
from station.core.gs1.check_digit import check_digit
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
    UnitState,
)
from station.core.registry_digest import keys_digest
from station.core.registry_rows import (
    CodeRow,
    Holding,
    RowStream,
    StreamTally,
    UnitBlock,
    unit_blocks,
    unit_row,
)
from station.core.sellers import SellerRecord
from station.core.unit_code import SERIAL_ALPHABET, element_string, mint

PRODUCTS = 10
LOTS = 200

KEY_RECORD = KeyRecord(
    1,
    1,
    Algorithm.ED25519,
    KEY.public_key.raw,
    KeyState.ACTIVE,
    "2026-01-01T00:00:00.000Z",
)


@dataclass
class MadeUpRegistry:
    """A million units as a stream; a sample of them is kept to be scanned.

    Attributes:
        unit_count: How many.
        sample_size: How many to keep.
        sample: Those, once `units` has been read.
        tally: What `units` has given.
    """

    unit_count: int
    sample_size: int
    sample: list[UnitIdentity] = field(default_factory=list)
    tally: StreamTally = field(default_factory=StreamTally)

    generation = RegistryGeneration(
        1, SystemClock().now_utc(), "00" * 32, keys_digest([KEY_RECORD])
    )

    @property
    def holdings(self) -> list[Holding]:
        """What the units came to, once they have been read."""
        return [self.tally.holding(1, RowStream.LISTED)]

    @property
    def unit_streams(self) -> dict[int, RowStream]:
        """All are listed."""
        return dict.fromkeys(range(1, PRODUCTS + 1), RowStream.LISTED)

    def brands(self) -> Iterable[BrandRecord]:
        """One."""
        return [BrandRecord(1, "acme", "Acme")]

    def products(self) -> Iterable[ProductRecord]:
        """Ten."""
        return [ProductRecord(n, 1, _gtin(n), f"Product {n}") for n in range(1, PRODUCTS + 1)]

    def keys(self) -> Iterable[KeyRecord]:
        """One."""
        return [KEY_RECORD]

    def sellers(self) -> list[SellerRecord]:
        """Nobody is named."""
        return []

    def units(self) -> Iterator[UnitBlock]:
        """All of them, sorted; random serials, each product a tenth."""
        for product_id, units in itertools.groupby(self._records(), lambda unit: unit.product_id):
            for block in unit_blocks(product_id, map(unit_row, units)):
                self.tally.units(block)
                yield block

    def _records(self) -> Iterator[UnitRecord]:
        chance = random.Random(1)  # noqa: S311 - repeatable, not secret
        each = self.unit_count // PRODUCTS
        kept = set(chance.sample(range(each * PRODUCTS), self.sample_size))
        place = 0
        for product_id in range(1, PRODUCTS + 1):
            serials = {"".join(chance.choices(SERIAL_ALPHABET, k=13)) for _ in range(each)}
            for serial in sorted(serials):
                if place in kept:
                    self.sample.append(UnitIdentity(_gtin(product_id), serial))
                place += 1
                lot = chance.randrange(LOTS)
                yield UnitRecord(
                    product_id, serial, UnitState.ACTIVE, lot=f"L{lot:04}", expiry="491231"
                )

    def codes(self) -> Iterable[list[CodeRow]]:
        """None."""
        return []


def _gtin(product_id: int) -> str:
    item = b"0950600%06d" % product_id
    return f"{item.decode()}{check_digit(item)}"


def make_scans(sample: Sequence[UnitIdentity]) -> list[Scan]:
    """Signed codes of the sampled units, in random order."""
    payloads = [element_string(identity, mint(identity, 1, KEY)) for identity in sample]
    random.Random(2).shuffle(payloads)  # noqa: S311 - repeatable, not secret
    return [Scan(payload, f"{number:026}") for number, payload in enumerate(payloads)]
