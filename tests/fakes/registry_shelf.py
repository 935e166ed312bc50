"""A shelf of registry generations in memory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from station.core.errors import StorageError, TrustError
from station.core.registry import RegistryGeneration
from station.core.registry_rows import (
    CodeRow,
    Holding,
    RowStream,
    StreamTally,
    UnitBlock,
    in_batches,
    unit_blocks,
)
from station.ports.publication import RegistryState
from station.ports.registry import MasterData, RegistryChanges, RegistryContent

Unit = tuple[int, str]


@dataclass(frozen=True)
class FakeStored:
    """A generation: its rows by key, and how it was made.

    Attributes:
        changed: Keys of the rows that an overlay would hold; empty for a base.
    """

    state: RegistryState
    brand_of: Mapping[int, int]
    stream_of: Mapping[int, RowStream]
    units: Mapping[Unit, str]
    codes: Mapping[str, Unit]
    changed: frozenset[Unit | str] = frozenset()

    def tallied(self) -> dict[tuple[int, RowStream], Holding]:
        """What each stream that has rows comes to."""
        tallies: dict[tuple[int, RowStream], StreamTally] = {}
        for block in blocks_of(self.units):
            at = (self.brand_of[block.product_id], self.stream_of[block.product_id])
            tallies.setdefault(at, StreamTally()).units(block)
        for row in code_rows(self.codes):
            at = (self.brand_of[row[1]], RowStream.CODES)
            tallies.setdefault(at, StreamTally()).codes([row])
        return {at: tally.holding(*at) for at, tally in tallies.items()}

    def verify(self) -> None:
        """Hold the rows to the holdings."""
        found = self.tallied()
        expected = {(held.brand_id, held.stream): held for held in self.state.holdings}
        for at in found.keys() | expected.keys():
            if found.get(at, StreamTally().holding(*at)) != expected.get(at):
                raise TrustError("not the content that was signed", "tell the publisher")


@dataclass
class FakeShelf:
    """Implements `station.ports.publication.RegistryShelf`.

    Attributes:
        in_use: The generation in use.
        written: Those written, by number.
        sound: False makes the one in use unreadable.
        made: What was called: ``build``, ``apply`` or ``rebase``, in order.
        due: What `rebase_due` answers.
    """

    in_use: FakeStored | None = None
    written: dict[int, FakeStored] = field(default_factory=dict)
    sound: bool = True
    made: list[str] = field(default_factory=list)
    due: bool = False

    def current(self) -> RegistryState | None:
        if self.in_use is None:
            return None
        if not self.sound:
            number = self.in_use.state.generation.number
            return RegistryState(RegistryGeneration(number, "", "", ""), ())
        return self.in_use.state

    def held_units(self, product_ids: Iterable[int]) -> Iterator[UnitBlock]:
        products, units = set(product_ids), self._held().units
        return blocks_of({key: units[key] for key in units if key[0] in products})

    def held_codes(self, product_ids: Iterable[int]) -> Iterator[list[CodeRow]]:
        products = set(product_ids)
        return in_batches(row for row in code_rows(self._held().codes) if row[1] in products)

    def build(self, content: RegistryContent) -> int:
        units = {
            (block.product_id, serial): standing
            for block in content.units()
            for serial, standing in block.rows
        }
        codes = {row[0]: row[1:] for rows in content.codes() for row in rows}
        stored = _stored(content, units, codes)
        stored.verify()
        self.made.append("build")
        self.written[content.generation.number] = stored
        return len(units)

    def apply(self, changes: RegistryChanges) -> int:
        held = self._held()
        for product_id, held_in in changes.unit_streams.items():
            if held.stream_of.get(product_id, held_in) is not held_in:
                raise TrustError("a product's units moved", "fetch them whole")
        at = {(one.brand_id, one.stream): one for one in held.state.holdings}
        units, codes, changed = dict(held.units), dict(held.codes), set(held.changed)
        brand_of = {product.product_id: product.brand_id for product in changes.products()}
        applied = 0
        for segment in changes.segments():
            chain = (segment.before.brand_id, segment.before.stream)
            if at.get(chain) != segment.before:
                raise TrustError("a change does not follow", "fetch it whole")
            rows = {
                (block.product_id, serial): standing
                for block in segment.units
                for serial, standing in block.rows
            }
            for product_id in {key[0] for key in rows}:
                if (brand_of.get(product_id), changes.unit_streams.get(product_id)) != chain:
                    raise TrustError("a change has units of others", "fetch it whole")
            new_codes = {row[0]: row[1:] for batch in segment.codes for row in batch}
            replaced = StreamTally()
            for block in blocks_of({key: units[key] for key in rows.keys() & units.keys()}):
                replaced.units(block)
            old = {code: codes[code] for code in new_codes.keys() & codes.keys()}
            replaced.codes(list(code_rows(old)))
            if replaced.hexdigest() != segment.replaced_digest:
                raise TrustError("a change replaces other rows", "fetch it whole")
            count = segment.before.rows + len(rows.keys() - units.keys())
            if count + len(new_codes.keys() - codes.keys()) != segment.after.rows:
                raise TrustError("a change leads to another count", "fetch it whole")
            units |= rows
            codes |= new_codes
            changed |= rows.keys() | new_codes.keys()
            applied += len(rows) + len(new_codes)
            at[chain] = segment.after
        expected = {(one.brand_id, one.stream): one for one in changes.holdings}
        for chain in at.keys() | expected.keys():
            nothing = StreamTally().holding(*chain)
            if at.get(chain, nothing) != expected.get(chain, nothing):
                raise TrustError("the changes lead elsewhere", "fetch it whole")
        self.made.append("apply")
        stored = _stored(changes, units, codes)
        self.written[changes.generation.number] = replace(stored, changed=frozenset(changed))
        return applied

    def switch(self, number: int) -> None:
        if number not in self.written:
            raise StorageError(f"there is no generation {number}", "build it")
        self.in_use = self.written[number]
        self.sound = True

    def rebase_due(self) -> bool:
        return self.due and bool(self._held().changed)

    def rebase(self) -> None:
        held = self._held()
        held.verify()
        self.made.append("rebase")
        self.in_use = replace(held, changed=frozenset())

    def tidy(self) -> None:
        if self.in_use is not None:
            self.written = {self.in_use.state.generation.number: self.in_use}

    def _held(self) -> FakeStored:
        if self.in_use is None or not self.sound:
            raise StorageError("there is no registry", "run 'station sync'")
        return self.in_use


def _stored(master: MasterData, units: Mapping[Unit, str], codes: Mapping[str, Unit]) -> FakeStored:
    return FakeStored(
        RegistryState(master.generation, tuple(master.holdings)),
        {product.product_id: product.brand_id for product in master.products()},
        dict(master.unit_streams),
        units,
        codes,
    )


def blocks_of(units: Mapping[Unit, str]) -> Iterator[UnitBlock]:
    """Units by key as blocks."""
    for product_id, keys in groupby(sorted(units), lambda key: key[0]):
        yield from unit_blocks(product_id, [(key[1], units[key]) for key in keys])


def code_rows(codes: Mapping[str, Unit]) -> Iterator[CodeRow]:
    """Opaque codes by code as rows."""
    for code in sorted(codes):
        yield (code, *codes[code])
