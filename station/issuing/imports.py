"""Takes in codes that were issued elsewhere: serials of another system, opaque ``AZ:`` codes.

They carry no signature of ours, so a station trusts them as far as the registry lists them, and
only where the product accepts their form. An import is stored whole or not at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from station.core.codes import CodeKind
from station.core.errors import ConfigurationError
from station.core.registry import ProductRecord, UnitState
from station.issuing.catalogue import find_product
from station.issuing.csv_tables import TableRow, read_table
from station.issuing.names import quoted, read_expiry, read_lot, read_opaque_code, read_serial
from station.issuing.serials import random_serial
from station.ports.brand_store import BrandStore, CodeOrder, NewOrder

COLUMNS: Final = ("serial", "code", "lot", "expiry")
_NEEDED_KIND: Final = {"serial": {CodeKind.SGTIN, CodeKind.BRAND_SERIAL}, "code": {CodeKind.OPAQUE}}


@dataclass(frozen=True, slots=True)
class ImportedCode:
    """One line of an import.

    Attributes:
        line: Its number in the file, 1-based.
        serial: As printed; made up where only an opaque code was given.
        code: The opaque code that names the unit, or None.
        lot: Its lot, or None.
        expiry: YYMMDD, or None.
    """

    line: int
    serial: str
    code: str | None
    lot: str | None
    expiry: str | None


def read_import(lines: Iterable[str]) -> Iterator[ImportedCode]:
    """Read a CSV file whose first line names its columns (`COLUMNS`).

    Args:
        lines: The file's lines; read one at a time.

    Raises:
        ConfigurationError: A line is not right; it is named by number.
    """
    for row in read_table(lines, COLUMNS):
        try:
            yield _imported(row)
        except ConfigurationError as error:
            raise ConfigurationError(f"line {row.line}: {error.message}", error.remedy) from None


def _imported(row: TableRow) -> ImportedCode:
    fields = row.fields
    code = read_opaque_code(fields["code"]) if "code" in fields else None
    if "serial" not in fields and code is None:
        raise ConfigurationError("neither serial nor code", "mend that line; nothing was imported")
    return ImportedCode(
        row.line,
        read_serial(fields["serial"]) if "serial" in fields else random_serial(row.line),
        code,
        read_lot(fields["lot"]) if "lot" in fields else None,
        read_expiry(fields["expiry"]) if "expiry" in fields else None,
    )


def import_codes(
    store: BrandStore,
    gtin: str,
    codes: Iterable[ImportedCode],
    state: UnitState,
    now_utc: str,
) -> int:
    """Store imported codes, all or none: an order for each lot and expiry date.

    Returns:
        How many.

    Raises:
        ConfigurationError: The product is unknown or accepts no such code, or one exists already.
    """
    count = 0
    orders: dict[tuple[str | None, str | None], CodeOrder] = {}
    with store.transaction():
        product = find_product(store, gtin)
        for imported in codes:
            _check_form(product, imported)
            lot = (imported.lot, imported.expiry)
            order = orders.get(lot)
            if order is None:
                details = NewOrder(product.product_id, None, state, None, now_utc, *lot)
                order = orders[lot] = store.add_order(details)
            _store_one(store, product, order, imported)
            count += 1
    return count


def _check_form(product: ProductRecord, imported: ImportedCode) -> None:
    needed = _NEEDED_KIND["serial" if imported.code is None else "code"]
    if not needed & product.accepted_kinds:
        accepts = ", ".join(sorted(kind.value for kind in product.accepted_kinds))
        form = "unsigned serials" if imported.code is None else "opaque codes"
        raise ConfigurationError(
            f"GTIN {product.gtin} does not accept {form} (it accepts {accepts}), "
            "so stations would refuse them",
            "enrol the product with --accept sgtin, --accept brand_serial or --accept az",
        )


def _store_one(
    store: BrandStore, product: ProductRecord, order: CodeOrder, imported: ImportedCode
) -> None:
    if store.add_units(order, [(imported.serial, None)]) is not None:
        raise ConfigurationError(
            f"line {imported.line}: GTIN {product.gtin} already has serial "
            f"{quoted(imported.serial)}",
            "take out what was imported before; nothing was imported now",
        )
    if imported.code is not None and not store.add_opaque_code(
        imported.code, product.product_id, imported.serial
    ):
        raise ConfigurationError(
            f"line {imported.line}: code {imported.code} names another unit already",
            "take out what was imported before; nothing was imported now",
        )
