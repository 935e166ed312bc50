"""Changes of units by the brand: states they move to, and overlays laid over them or lifted.

A final state (destroyed, void, replaced) is never left. Overlays leave the state as it is, so
that lifting one restores the truth.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from station.core.errors import ConfigurationError
from station.core.registry import Overlay, ProductRecord, UnitRecord, UnitState
from station.issuing.catalogue import find_product, find_unit_of
from station.issuing.csv_tables import read_table
from station.issuing.names import quoted, read_lot, read_station_name
from station.ports.brand_store import BrandStore, UnitFilter

STATE_MARKS: Final[dict[str, UnitState]] = {
    state.name.lower(): state
    for state in (
        UnitState.ACTIVE,
        UnitState.EXPECTED,
        UnitState.RECEIVED,
        UnitState.SHIPPED,
        UnitState.RETURNED,
        UnitState.RETURNED_TO_SELLER,
        UnitState.COUNTERFEIT,
        UnitState.DESTROYED,
        UnitState.VOID,
        UnitState.REPLACED,
    )
}

OVERLAY_MARKS: Final[dict[str, Overlay]] = {
    overlay.name.lower(): overlay for overlay in Overlay if overlay.name
}

MARKS: Final = (*STATE_MARKS, *OVERLAY_MARKS)
"""Every word `codes mark --as` takes."""

_FINAL: Final = frozenset({UnitState.DESTROYED, UnitState.VOID, UnitState.REPLACED})
_PLACED: Final = frozenset({UnitState.RECEIVED, UnitState.SHIPPED})


@dataclass(frozen=True, slots=True)
class MarkCount:
    """What a marking did.

    Attributes:
        changed: Units that are different now.
        unchanged: Units that were so already.
    """

    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A change to make.

    Attributes:
        word: One of `MARKS`.
        place: The station, for received and shipped.
        lift: Take the overlay away instead of laying it.
    """

    word: str
    place: str | None = None
    lift: bool = False

    def __post_init__(self) -> None:
        """Refuse what makes no sense together.

        Raises:
            ConfigurationError: An unknown word, a place where none belongs, or a lifted state.
        """
        if self.word not in MARKS:
            raise ConfigurationError(
                f"{quoted(self.word)} is nothing a unit can be marked as",
                f"use one of: {', '.join(MARKS)}",
            )
        if self.place is not None:
            read_station_name(self.place)
        if self.place is not None and STATE_MARKS.get(self.word) not in _PLACED:
            raise ConfigurationError(
                f"a unit marked {self.word} is at no station",
                "leave out --place; it belongs to received and shipped",
            )
        if self.lift and self.word not in OVERLAY_MARKS:
            raise ConfigurationError(
                f"{self.word} is a state, and only overlays are lifted",
                f"lift one of {', '.join(OVERLAY_MARKS)}, or mark the unit with its new state",
            )

    def applied(self, unit: UnitRecord, product: ProductRecord) -> UnitRecord:
        """The unit as it is afterwards.

        Raises:
            ConfigurationError: The unit is in a final state.
        """
        overlay = OVERLAY_MARKS.get(self.word)
        if overlay is not None:
            laid = unit.overlays & ~overlay if self.lift else unit.overlays | overlay
            return replace(unit, overlays=laid)
        state = STATE_MARKS[self.word]
        if unit.state in _FINAL and unit.state is not state:
            raise ConfigurationError(
                f"unit {unit.serial} of GTIN {product.gtin} is {unit.state.name.lower()}, "
                f"which is final, and cannot become {self.word}",
                "leave it out; nothing was changed",
            )
        return replace(unit, state=state, place=self.place if state in _PLACED else None)


def read_names(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Read (GTIN, serial) from CSV whose first line names the columns ``gtin`` and ``serial``.

    Raises:
        ConfigurationError: A line is not right; it is named by number.
    """
    for row in read_table(lines, ("gtin", "serial")):
        if len(row.fields) != 2:
            raise ConfigurationError(
                f"line {row.line} does not name a unit", "give gtin and serial; nothing was changed"
            )
        yield row.fields["gtin"], row.fields["serial"]


def mark_units(store: BrandStore, mark: Mark, units: Iterable[tuple[str, str]]) -> MarkCount:
    """Mark units by name, all of them or none.

    Args:
        store: The brand folder's.
        mark: The change.
        units: (GTIN, serial) each.

    Raises:
        ConfigurationError: A unit is unknown or in a final state; nothing was changed.
    """
    changed = unchanged = 0
    products: dict[str, ProductRecord] = {}
    with store.transaction():
        for gtin, serial in units:
            product = products.get(gtin) or products.setdefault(gtin, find_product(store, gtin))
            before = find_unit_of(store, product, serial).record
            after = mark.applied(before, product)
            if after == before:
                unchanged += 1
            else:
                store.update_unit(after)
                changed += 1
    return MarkCount(changed, unchanged)


def mark_lot(store: BrandStore, mark: Mark, gtin: str, lot: str) -> MarkCount:
    """Mark every unit of a lot, e.g. for a recall; all of them or none.

    Units in a final state are passed over when a state is set: there is nothing to say of them.

    Raises:
        ConfigurationError: The product is unknown, or has no unit of that lot.
    """
    changed = unchanged = 0
    with store.transaction():
        product = find_product(store, gtin)
        for before in _lot_units(store, product, read_lot(lot)):
            passed_over = mark.word in STATE_MARKS and before.state in _FINAL
            after = before if passed_over else mark.applied(before, product)
            if after == before:
                unchanged += 1
            else:
                store.update_unit(after)
                changed += 1
        if not changed + unchanged:
            raise ConfigurationError(
                f"GTIN {product.gtin} has no unit of lot {quoted(lot)}",
                "see the lots with 'station codes orders'",
            )
    return MarkCount(changed, unchanged)


def _lot_units(store: BrandStore, product: ProductRecord, lot: str) -> Iterator[UnitRecord]:
    return (unit.record for unit in store.units(product.product_id, UnitFilter(lot=lot)))
