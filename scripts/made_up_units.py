"""Registries of any size for benches: random serials by the million, in the order files want them.

Nothing is kept but the random numbers: ten million units of a product are 80 MB.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from time import perf_counter, process_time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from station.core.gs1.check_digit import check_digit
from station.core.registry import BrandRecord, KeyRecord, ProductRecord, RegistryGeneration
from station.core.registry_rows import (
    ROWS_PER_BLOCK,
    CodeRow,
    Holding,
    RowStream,
    StreamTally,
    UnitBlock,
    merged_units,
    unit_blocks,
)
from station.core.sellers import SellerRecord
from station.core.unit_code import SERIAL_ALPHABET
from station.ports.registry import SegmentChanges

PRODUCTS: Final = 10
LOTS: Final = 500
RECEIVED: Final = "3\t0\tL0001\t491231\tdock-2"

_LETTERS: Final = np.frombuffer(SERIAL_ALPHABET.encode("ascii"), dtype=np.uint8)
_SHIFTS: Final = np.arange(60, -1, -5, dtype=np.uint64)


@dataclass(frozen=True)
class Spent:
    """Time spent, in seconds.

    Attributes:
        wall_s: By the clock.
        cpu_s: By this process on a processor; less than the clock's where others are at work.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0

    @classmethod
    def now(cls) -> "Spent":
        """Since some moment."""
        return cls(perf_counter(), process_time())

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.wall_s - other.wall_s, self.cpu_s - other.cpu_s)


class MadeUpMaster:
    """One brand with ten products; its units are listed.

    Attributes:
        generation: Which.
    """

    def __init__(self, number: int) -> None:
        self.generation = RegistryGeneration(
            number, f"2026-01-{number:02}T12:00:00.000Z", "00" * 32, "00" * 32
        )

    @property
    def unit_streams(self) -> dict[int, RowStream]:
        """All listed."""
        return dict.fromkeys(range(1, PRODUCTS + 1), RowStream.LISTED)

    def brands(self) -> list[BrandRecord]:
        """One."""
        return [BrandRecord(1, "acme", "Acme")]

    def products(self) -> list[ProductRecord]:
        """Ten."""
        items = [(n, b"0950600%06d" % n) for n in range(1, PRODUCTS + 1)]
        return [
            ProductRecord(n, 1, f"{item.decode()}{check_digit(item)}", f"Product {n}")
            for n, item in items
        ]

    def keys(self) -> list[KeyRecord]:
        """None."""
        return []

    def sellers(self) -> list[SellerRecord]:
        """None."""
        return []


class MadeUpUnits(MadeUpMaster):
    """A registry as a stream. Implements `station.ports.registry.RegistryContent`.

    Args:
        count: How many units, about: a serial drawn twice counts once.
        sampled: How many of them to remember.

    Attributes:
        sample: Keys remembered once `units` has been read, in random order.
        making: Time spent on making up rows, as against handing them over.
    """

    def __init__(self, count: int, sampled: int) -> None:
        super().__init__(1)
        self._each = max(1, count // PRODUCTS)
        self._sampled_each = max(1, sampled // PRODUCTS)
        self._tally = StreamTally()
        self.sample: list[tuple[int, str]] = []
        self.making = Spent()

    @property
    def holdings(self) -> list[Holding]:
        """What `units` has come to."""
        return [self._tally.holding(1, RowStream.LISTED)]

    def units(self) -> Iterator[UnitBlock]:
        """All of them. Rows and text are put together here as a reader of files does it."""
        self._tally, self.sample = StreamTally(), []
        for product_id in range(1, PRODUCTS + 1):
            started = Spent.now()
            chance = np.random.default_rng(product_id)
            numbers = np.unique(chance.integers(0, 1 << 63, self._each, dtype=np.uint64))
            standings = [f"1\t0\tL{lot:04}\t491231\t" for lot in range(LOTS)]
            standings += [f"3\t0\tL{lot:04}\t491231\tdock-1" for lot in range(LOTS // 20)]
            kept = chance.choice(len(numbers), min(self._sampled_each, len(numbers)), False)
            self.sample += [(product_id, serial) for serial in _serials(numbers[kept])]
            self.making += Spent.now() - started
            for at in range(0, len(numbers), ROWS_PER_BLOCK):
                started = Spent.now()
                serials = _serials(numbers[at : at + ROWS_PER_BLOCK])
                chosen = chance.integers(0, len(standings), len(serials)).tolist()
                self.making += Spent.now() - started
                rows = [(one, standings[of]) for one, of in zip(serials, chosen, strict=True)]
                text = "".join([f"{one}\t{standing}\n" for one, standing in rows])
                block = UnitBlock(product_id, text, rows)
                started = Spent.now()
                self._tally.units(block)
                self.making += Spent.now() - started
                yield block
        order = np.random.default_rng(0).permutation(len(self.sample)).tolist()
        self.sample = [self.sample[at] for at in order]

    def codes(self) -> Iterable[list[CodeRow]]:
        """None."""
        return []


def _serials(numbers: NDArray[np.uint64]) -> list[str]:
    letters = _LETTERS[(numbers[:, None] >> _SHIFTS) & np.uint64(31)]
    serials: list[str] = letters.view("S13")[:, 0].astype("U13").tolist()
    return serials


@dataclass
class MadeUpChanges(MadeUpMaster):
    """Some units were received. Implements `station.ports.registry.RegistryChanges`.

    Attributes:
        number: Of the generation after.
        before: What the units come to before.
        keys_changed: Which units, in any order.
        held: Gives the units in use of all products.
    """

    number: int
    before: Holding
    keys_changed: list[tuple[int, str]]
    held: Callable[[], Iterable[UnitBlock]]
    after: Holding = field(init=False)

    def __post_init__(self) -> None:
        super().__init__(self.number)
        self._replaced, after = StreamTally(), StreamTally()
        for block in merged_units(self._in_use(), self._blocks()):
            after.units(block)
        self.after = after.holding(self.before.brand_id, self.before.stream)

    def _in_use(self) -> Iterator[UnitBlock]:
        """All units before, taking down those that are replaced."""
        keys = frozenset(self.keys_changed)
        for block in self.held():
            rows = [row for row in block.rows if (block.product_id, row[0]) in keys]
            for replaced in unit_blocks(block.product_id, rows):
                self._replaced.units(replaced)
            yield block

    def _blocks(self) -> Iterator[UnitBlock]:
        for product_id, keys in groupby(sorted(self.keys_changed), lambda key: key[0]):
            yield from unit_blocks(product_id, ((serial, RECEIVED) for _, serial in keys))

    @property
    def holdings(self) -> list[Holding]:
        """What the units come to after."""
        return [self.after]

    def segments(self) -> list[SegmentChanges]:
        """One."""
        blocks = list(self._blocks())
        return [SegmentChanges(self.before, self.after, self._replaced.hexdigest(), units=blocks)]
