r"""A registry's units and opaque codes as rows of text, in streams that are signed and held apart.

A brand's rows come in streams (`RowStream`). Their canonical text is what digests are taken of, on
both sides: a unit's row is ``serial TAB state TAB overlays TAB lot TAB expiry TAB place LF``, an
absent value empty; a code's is ``code TAB product id TAB serial LF``. Ten million rows a refresh
come past here, so units travel in blocks that keep text and rows side by side, and none becomes a
record before somebody looks it up.

Leaves to others whether text that was received is well formed (`station.sync.rows`).
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from operator import itemgetter
from typing import Final, TypeVar

from station.core.registry import UnitRecord

ROWS_PER_BLOCK: Final = 8192

UnitRow = tuple[str, str]
"""Serial, and the rest of its line: ``state TAB overlays TAB lot TAB expiry TAB place``, its
*standing*. Thousands of units share one, which makes it the unit of storage too."""

CodeRow = tuple[str, int, str]
"""Opaque code, product id, serial."""

_T = TypeVar("_T")
_SERIAL: Final = itemgetter(0)


class RowStream(Enum):
    """A part of a brand's rows with a chain of its own; the value names its files."""

    LISTED = "units"
    """Every unit of the products whose units must be listed."""
    SIGNED = "signed"
    """Every unit of the products for which the brand lets the signature prove issuance."""
    EXCEPTIONS = "exceptions"
    """Of the same products only those units that are not plain: plain is active, no overlay."""
    CODES = "codes"
    """Opaque codes of all its products."""


@dataclass(frozen=True, slots=True)
class UnitBlock:
    """Some units of one product.

    Attributes:
        product_id: Whose units they are.
        text: Their canonical text.
        rows: The same taken apart, 1 to `ROWS_PER_BLOCK`, by rising serial.
    """

    product_id: int
    text: str
    rows: list[UnitRow]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a stream comes to.

    Attributes:
        brand_id: Whose it is.
        stream: Which of the brand's.
        rows: How many rows it has.
        digest: SHA-256 over its whole text, hex (`StreamTally`).
    """

    brand_id: int
    stream: RowStream
    rows: int
    digest: str


class StreamTally:
    """Counts and digests one stream's rows as they come past, in order.

    The digest is over the rows' text; in a stream of units a line ``product id LF`` precedes each
    product's first row. How the rows were cut into blocks does not count.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._product_id = 0
        self.rows = 0

    def units(self, block: UnitBlock) -> None:
        """Take the next units, by (product id, serial)."""
        self.unit_text(block.product_id, block.text, len(block.rows))

    def unit_text(self, product_id: int, text: str, rows: int) -> None:
        """Take the next units of a product as text alone."""
        if product_id != self._product_id:
            self._hash.update(b"%d\n" % product_id)
            self._product_id = product_id
        self._hash.update(text.encode("ascii"))
        self.rows += rows

    def codes(self, rows: list[CodeRow]) -> None:
        """Take the next opaque codes, by code."""
        self._hash.update(code_text(rows).encode("ascii"))
        self.rows += len(rows)

    def hexdigest(self) -> str:
        """The digest of everything taken so far: 64 lower case hex digits."""
        return self._hash.hexdigest()

    def holding(self, brand_id: int, stream: RowStream) -> Holding:
        """What was taken, as a brand's stream."""
        return Holding(brand_id, stream, self.rows, self.hexdigest())


def unit_row(unit: UnitRecord) -> UnitRow:
    """A unit as a row."""
    standing = (
        str(unit.state.value),
        str(unit.overlays.value),
        unit.lot or "",
        unit.expiry or "",
        unit.place or "",
    )
    return unit.serial, "\t".join(standing)


def unit_text(rows: list[UnitRow]) -> str:
    """The canonical text of units."""
    return "\n".join(map("\t".join, rows)) + "\n" if rows else ""


def code_text(rows: list[CodeRow]) -> str:
    """The canonical text of opaque codes."""
    return "".join([f"{code}\t{product_id}\t{serial}\n" for code, product_id, serial in rows])


def unit_blocks(product_id: int, rows: Iterable[UnitRow]) -> Iterator[UnitBlock]:
    """Cut a product's units, by serial, into blocks."""
    for batch in in_batches(rows):
        yield UnitBlock(product_id, unit_text(batch), batch)


def in_batches(rows: Iterable[_T], size: int = ROWS_PER_BLOCK) -> Iterator[list[_T]]:
    """A stream cut into lists of at most `size`."""
    stream = iter(rows)
    while batch := list(islice(stream, size)):
        yield batch


def merged_units(lower: Iterable[UnitBlock], upper: Iterable[UnitBlock]) -> Iterator[UnitBlock]:
    """Lay changed units over others.

    Args:
        lower: Blocks by (product id, serial).
        upper: The same; a unit that is in both is taken from here.

    Returns:
        Blocks of all of them, by (product id, serial).
    """
    over = _Pending(upper)
    for block in lower:
        yield from over.before(block.product_id)
        changed = over.up_to(block.product_id, block.rows[-1][0])
        if changed:
            rows = {row[0]: row for row in block.rows}
            rows.update((row[0], row) for row in changed)
            yield from unit_blocks(block.product_id, sorted(rows.values()))
        else:
            yield block
    yield from over.before(None)


class _Pending:
    """Blocks that are taken piece by piece."""

    def __init__(self, blocks: Iterable[UnitBlock]) -> None:
        self._blocks = iter(blocks)
        self._product_id: int | None = None
        self._rows: list[UnitRow] = []
        self._next()

    def _next(self) -> None:
        block = next(self._blocks, None)
        self._product_id = None if block is None else block.product_id
        self._rows = [] if block is None else block.rows

    def before(self, product_id: int | None) -> Iterator[UnitBlock]:
        """What is left of products below this one, or of all."""
        while self._product_id is not None and (
            product_id is None or self._product_id < product_id
        ):
            yield from unit_blocks(self._product_id, self._rows)
            self._next()

    def up_to(self, product_id: int, serial: str) -> list[UnitRow]:
        """What is left of this product up to a serial, that one too."""
        taken: list[UnitRow] = []
        while self._product_id == product_id:
            end = bisect_right(self._rows, serial, key=_SERIAL)
            taken += self._rows[:end]
            if end < len(self._rows):
                self._rows = self._rows[end:]
                break
            self._next()
        return taken


def merged_codes(lower: Iterable[CodeRow], upper: Iterable[CodeRow]) -> Iterator[CodeRow]:
    """Lay changed opaque codes over others, both by code; a code in both is taken from `upper`."""
    changes = iter(upper)
    change = next(changes, None)
    for row in lower:
        while change is not None and change[0] < row[0]:
            yield change
            change = next(changes, None)
        if change is not None and change[0] == row[0]:
            yield change
            change = next(changes, None)
        else:
            yield row
    if change is not None:
        yield change
    yield from changes
