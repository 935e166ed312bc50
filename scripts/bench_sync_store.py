"""A brand folder of millions of made-up units, for the sync bench: nothing of it is on a disk.

Serials are random and sorted; a night changes some of them: most are received at one of twenty
docks, some are voided, some are new.
"""

import bisect
import random
from collections.abc import Container, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import numpy as np

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.gs1.check_digit import check_digit
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.unit_code import SERIAL_ALPHABET
from station.ports.brand_store import IssuedUnit

PRODUCTS: Final = 10
LOTS: Final = 200
DOCKS: Final = 20
NEW_IN: Final = 10
"""One changed unit in so many is a new one."""

KEY: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))


def gtin(product_id: int) -> str:
    """A product's GTIN."""
    item = b"0950600%06d" % product_id
    return f"{item.decode()}{check_digit(item)}"


class MadeUpStore:
    """Answers what a publication asks of a `station.ports.brand_store.BrandStore`."""

    def __init__(self, units: int) -> None:
        """Make units up.

        Args:
            units: How many, about: a tenth for each of ten products.
        """
        self._numbers = 0
        self._serials = [_serials(product, units // PRODUCTS) for product in range(1, PRODUCTS + 1)]
        self._changed: dict[tuple[int, str], UnitRecord] = {}

    @property
    def count(self) -> int:
        """How many units there are."""
        return sum(map(len, self._serials))

    def some(self, count: int) -> list[tuple[int, str]]:
        """Some units, any of them as likely: product id and serial."""
        chance = random.Random(3)  # noqa: S311 - repeatable, not secret
        ids = [chance.randrange(PRODUCTS) for _ in range(count)]
        return [(at + 1, chance.choice(self._serials[at])) for at in ids]

    def spend_night(
        self, night: int, changes: int, spared: Container[tuple[int, str]] = ()
    ) -> None:
        """Change units.

        Args:
            night: Which; the same changes the same units.
            changes: How many, about.
            spared: Units that stay as they are.
        """
        chance = random.Random(night)  # noqa: S311
        old = changes - changes // NEW_IN
        for _ in range(old):
            at = chance.randrange(PRODUCTS)
            serial = chance.choice(self._serials[at])
            if (at + 1, serial) not in spared:
                self._changed[at + 1, serial] = _changed(at + 1, serial, chance)
        for serial in _serials(1000 + night, changes // NEW_IN):
            bisect.insort(self._serials[chance.randrange(PRODUCTS)], serial)

    def reading(self) -> AbstractContextManager[None]:
        """Nothing is written meanwhile."""
        return nullcontext()

    def brands(self) -> list[BrandRecord]:
        """One."""
        return [BrandRecord(1, "acme", "Acme")]

    def products(self) -> list[ProductRecord]:
        """Ten."""
        return [ProductRecord(n, 1, gtin(n), f"Product {n}") for n in range(1, PRODUCTS + 1)]

    def keys(self) -> list[KeyRecord]:
        """One."""
        since = "2026-01-01T00:00:00.000Z"
        return [KeyRecord(1, 1, KEY.algorithm, KEY.public_bytes, KeyState.ACTIVE, since)]

    def sellers(self) -> list[Any]:
        """Nobody is named."""
        return []

    def announced(self, brand_id: int) -> list[Any]:  # noqa: ARG002 - the port's
        """Nothing is."""
        return []

    def units(self, product_id: int) -> Iterator[IssuedUnit]:
        """A product's units by serial."""
        changed = self._changed
        for serial in self._serials[product_id - 1]:
            record = changed.get((product_id, serial)) or _issued(product_id, serial)
            yield IssuedUnit(record, None, 1)

    def opaque_codes(self, brand_id: int) -> Iterator[tuple[str, int, str]]:
        """None."""
        del brand_id
        yield from ()

    def reserve_publication(self, started_utc: str) -> int:
        """The next number."""
        del started_utc
        self._numbers += 1
        return self._numbers

    def finish_publication(self, number: int, finished_utc: str, unit_count: int) -> None:
        """Nothing is kept."""


def _serials(seed: int, count: int) -> list[str]:
    chance = np.random.default_rng(seed)
    alphabet = np.frombuffer(SERIAL_ALPHABET.encode("ascii"), dtype=np.uint8)
    letters = alphabet[chance.integers(0, len(alphabet), size=(count, 13))]
    words: Sequence[bytes] = np.unique(letters.view("S13").ravel()).tolist()
    return [word.decode("ascii") for word in words]


def _lot(serial: str) -> str:
    return f"L{sum(serial.encode('ascii')) % LOTS:04}"


def _issued(product_id: int, serial: str) -> UnitRecord:
    return UnitRecord(product_id, serial, UnitState.ACTIVE, lot=_lot(serial), expiry="491231")


def _changed(product_id: int, serial: str, chance: random.Random) -> UnitRecord:
    voided = chance.randrange(20) == 0
    return UnitRecord(
        product_id,
        serial,
        UnitState.VOID if voided else UnitState.RECEIVED,
        lot=_lot(serial),
        expiry="491231",
        place=None if voided else f"site-{chance.randrange(DOCKS)}-dock",
    )
