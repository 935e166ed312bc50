"""The brand folder's database: fulfils `station.ports.brand_store.BrandStore` on SQLite.

One connection, one thread. Write-ahead logging with full sync: what a method or a transaction has
finished survives a power cut. Long listings are read in pages, so that nothing is locked between
them and a unit may be changed while its product is being listed.
"""

import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from station.core.codes import CodeKind
from station.core.errors import StorageError
from station.core.observations import Whereabouts
from station.core.policy import BrandPolicy
from station.core.policy_keys import Level, brand_policy_text, read_brand_policy_text
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    Overlay,
    ProductRecord,
    UnitRecord,
    UnitState,
)
from station.core.sellers import SellerRecord, Supply
from station.core.shipments import Shipment
from station.core.unit_code import TAG_BYTES, TAG_CHARS
from station.ports.brand_store import (
    ALL_UNITS,
    CodeOrder,
    IssuedUnit,
    NewOrder,
    NotedObservation,
    UnitFilter,
)
from station.storage import brand_statements as sql
from station.storage.brand_schema import BRAND_FOLDER
from station.storage.database import WritableDatabase, make_database
from station.storage.master_tables import KeyRow, key_of, key_row
from station.storage.sqlite import faults_told

DATABASE: Final = "brand.db"
PAGE_ROWS: Final = 2000

NOTHING: Final = "{}"
"""A policy that asks nothing, as it is kept."""

_Row = tuple[bytes | int | str | None, ...]


class SqliteBrandStore(WritableDatabase):
    """An open brand folder. Close it, or use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Open the database of an existing brand folder.

        Raises:
            StorageError: It is missing, locked, damaged or of another schema.
        """
        path = folder / DATABASE
        if not path.is_file():
            raise StorageError(
                f"there is no brand folder {folder}",
                "make it with 'station brand add SLUG --name NAME', or name the right one with "
                "--brand-dir or STATION_BRAND_DIR",
            )
        super().__init__(path, BRAND_FOLDER)
        self._is_reading = False
        try:
            self._run("PRAGMA journal_mode = WAL")
        except BaseException:
            self.close()
            raise

    @classmethod
    def open_or_create(cls, folder: Path) -> Self:
        """Open a brand folder; make it, readable by its owner only, where there is none.

        Raises:
            StorageError: It cannot be made or opened.
        """
        path = folder / DATABASE
        if not path.is_file():
            with faults_told(path):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_database(path, BRAND_FOLDER)
        return cls(folder)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside becomes durable together, or not at all when it raises."""
        if self._connection.in_transaction:
            msg = "a transaction inside another"
            raise ValueError(msg)
        with self._transaction():
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Everything read inside is of one moment, whatever is written meanwhile."""
        with faults_told(self.path):
            self._connection.execute("BEGIN")
        self._is_reading = True
        try:
            yield
        finally:
            self._is_reading = False
            with faults_told(self.path):
                self._connection.execute("ROLLBACK")

    def add_brand(self, slug: str, name: str) -> BrandRecord:
        """Add a brand whose slug is not there yet."""
        with self._writing():
            return BrandRecord(self._run(sql.ADD_BRAND, (slug, name)), slug, name)

    def brands(self) -> list[BrandRecord]:
        """All brands by id."""
        return [self._brand(row) for row in self._rows(sql.BRANDS)]

    def set_brand_policy(self, brand_id: int, policy: BrandPolicy) -> None:
        """Change what a brand that exists asks for all its products."""
        with self._writing():
            self._run(sql.SET_BRAND_POLICY, (brand_policy_text(policy), brand_id))

    def add_product(
        self, brand_id: int, gtin: str, name: str, kinds: Iterable[str], tag_ai: str
    ) -> ProductRecord:
        """Enrol a product whose GTIN is not there yet; `kinds` are values of `CodeKind`."""
        values = (brand_id, gtin, name, " ".join(sorted(kinds)), tag_ai)
        with self._writing():
            return self._product((self._run(sql.ADD_PRODUCT, values), *values, NOTHING))

    def products(self) -> list[ProductRecord]:
        """All products by id."""
        return [self._product(row) for row in self._rows(sql.PRODUCTS)]

    def product(self, gtin: str) -> ProductRecord | None:
        """The product, or None."""
        rows = self._rows(sql.FIND_PRODUCT, (gtin,))
        return self._product(rows[0]) if rows else None

    def set_product_policy(self, product_id: int, policy: BrandPolicy) -> None:
        """Change what is asked for a product that exists."""
        with self._writing():
            self._run(sql.SET_PRODUCT_POLICY, (brand_policy_text(policy), product_id))

    def add_key(self, key: KeyRecord) -> None:
        """Add a key whose id is not there yet."""
        with self._writing():
            self._run(sql.ADD_KEY, key_row(key))

    def keys(self) -> list[KeyRecord]:
        """All keys by (brand id, key id)."""
        return [key_of(KeyRow(*row)) for row in self._rows(sql.KEYS)]

    def set_key_state(self, brand_id: int, key_id: int, state: KeyState, since_utc: str) -> None:
        """Change what the brand says of a key that exists."""
        with self._writing():
            self._run(sql.SET_KEY_STATE, (state.value, since_utc, brand_id, key_id))

    def add_seller(self, brand_id: int, seller_id: str, name: str) -> None:
        """Add a seller whose id the brand does not have yet."""
        with self._writing():
            self._run(sql.ADD_SELLER, (brand_id, seller_id, name))

    def sellers(self) -> list[SellerRecord]:
        """All sellers by (brand id, seller id), with what they may supply by GTIN."""
        supplies: dict[tuple[int, str], list[Supply]] = {}
        for brand_id, seller_id, *supply in self._rows(sql.SUPPLIES):
            supplies.setdefault((brand_id, seller_id), []).append(Supply(*supply))
        return [
            SellerRecord(brand_id, seller_id, name, tuple(supplies.get((brand_id, seller_id), ())))
            for brand_id, seller_id, name in self._rows(sql.SELLERS)
        ]

    def announce(self, brand_id: int, site: str, shipment: Shipment) -> None:
        """Announce a shipment to a site; what was announced to it under that id is replaced."""
        body = msgspec.json.encode(shipment, order="deterministic").decode("utf-8")
        with self._writing():
            self._run(sql.PUT_SHIPMENT, (brand_id, site, shipment.shipment_id, body))

    def withdraw(self, brand_id: int, site: str, shipment_id: str) -> bool:
        """Announce a shipment no longer; False where it was not announced."""
        with self._writing():
            if not self._rows(sql.FIND_SHIPMENT, (brand_id, site, shipment_id)):
                return False
            self._run(sql.REMOVE_SHIPMENT, (brand_id, site, shipment_id))
        return True

    def announced(self, brand_id: int) -> list[tuple[str, Shipment]]:
        """What a brand announces, with the site it does it to, by (site, id)."""
        rows = self._rows(sql.SHIPMENTS, (brand_id,))
        try:
            return [(site, msgspec.json.decode(body, type=Shipment)) for site, body in rows]
        except msgspec.DecodeError as error:
            raise StorageError(
                f"{self.path} holds a shipment that is none: {error}", "restore it from a backup"
            ) from error

    def put_supply(self, brand_id: int, seller_id: str, supply: Supply) -> None:
        """Say what a seller that exists may supply; what was said of that GTIN is replaced."""
        values = (brand_id, seller_id, supply.gtin, supply.first_day, supply.last_day)
        with self._writing():
            self._run(sql.PUT_SUPPLY, values)

    def add_order(self, order: NewOrder) -> CodeOrder:
        """Note an order; it has no units yet."""
        values = (
            order.product_id,
            order.key_id,
            int(order.state),
            order.requested,
            0,
            order.created_utc,
            order.lot,
            order.expiry,
            None if order.seed is None else str(order.seed),
        )
        with self._writing():
            return CodeOrder(self._run(sql.ADD_ORDER, values), order, 0)

    def orders(self) -> list[CodeOrder]:
        """All orders by id."""
        return [_order(row) for row in self._rows(sql.ORDERS)]

    def order(self, order_id: int) -> CodeOrder | None:
        """The order, or None."""
        rows = self._rows(sql.FIND_ORDER, (order_id,))
        return _order(rows[0]) if rows else None

    def add_units(self, order: CodeOrder, units: Sequence[tuple[str, str | None]]) -> str | None:
        """Store units of an order, all or none; the serial that is taken, when one is.

        Raises:
            StorageError: Another program has filled the order meanwhile, or as `BrandStore` says.
        """
        details = order.details
        with self._writing(), faults_told(self.path):
            self._connection.execute("SAVEPOINT units")
            done = False
            try:
                for serial, tag in units:
                    state = int(details.state)
                    row = (details.product_id, serial, state, 0, order.order_id, None, _raw(tag))
                    try:
                        self._connection.execute(sql.ADD_UNIT, row)
                    except sqlite3.IntegrityError:
                        return serial
                values = (len(units), order.order_id, len(units))
                if self._connection.execute(sql.COUNT_ISSUED, values).rowcount != 1:
                    raise StorageError(
                        f"order {order.order_id} has been filled by another program meanwhile",
                        "list the orders with 'station codes orders'",
                    )
                done = True
            finally:
                if not done and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK TO units")
                if self._connection.in_transaction:
                    self._connection.execute("RELEASE units")
        return None

    def add_opaque_code(self, code: str, product_id: int, serial: str) -> bool:
        """Name a stored unit by an opaque code; False, and nothing done, where it is taken."""
        with self._writing():
            if self._rows(sql.FIND_CODE, (code,)):
                return False
            self._run(sql.ADD_CODE, (code, product_id, serial))
        return True

    def unit(self, product_id: int, serial: str) -> IssuedUnit | None:
        """One unit, or None."""
        rows = self._rows(sql.FIND_UNIT, (product_id, serial))
        return _unit(rows[0]) if rows else None

    def units(self, product_id: int, wanted: UnitFilter = ALL_UNITS) -> Iterator[IssuedUnit]:
        """Units of a product by serial, streamed."""
        state = None if wanted.state is None else int(wanted.state)
        fields = (wanted.order_id, wanted.lot, state)
        filters = tuple(value for field in fields for value in (field, field))
        after = ""
        while True:
            page = self._rows(sql.UNITS_AFTER, (product_id, after, *filters), PAGE_ROWS)
            yield from map(_unit, page)
            if len(page) < PAGE_ROWS:
                return
            after = page[-1][1]

    def nearest_serials(self, product_id: int, serial: str, limit: int) -> list[str]:
        """A few serials of the product that sort next to one it does not have."""
        before = self._rows(sql.SERIALS_BEFORE, (product_id, serial), limit)
        behind = self._rows(sql.SERIALS_FROM, (product_id, serial), limit)
        return [row[0] for row in (*before, *behind)]

    def update_unit(self, unit: UnitRecord) -> None:
        """Store a unit's state, overlays and place; the rest of a unit never changes."""
        values = (int(unit.state), int(unit.overlays), unit.place, unit.product_id, unit.serial)
        with self._writing():
            self._run(sql.UPDATE_UNIT, values)

    def observations(self, product_id: int, serial: str) -> list[NotedObservation]:
        """What events have told of a unit, by number."""
        return [_observation(row) for row in self._rows(sql.OBSERVATIONS, (product_id, serial))]

    def note_observation(self, noted: NotedObservation) -> None:
        """Keep what an event told; one with the same number is replaced."""
        values = (
            noted.product_id,
            noted.serial,
            noted.number,
            noted.event,
            int(noted.state),
            noted.place,
            None if noted.base is None else int(noted.base.state),
            None if noted.base is None else noted.base.place,
            int(noted.taken_back),
        )
        with self._writing():
            self._run(sql.NOTE_OBSERVATION, values)

    def opaque_codes(self, brand_id: int | None = None) -> Iterator[tuple[str, int, str]]:
        """(code, product id, serial) of a brand or of all, by code, streamed."""
        after = ""
        while True:
            page = self._rows(sql.CODES_AFTER, (after, brand_id, brand_id), PAGE_ROWS)
            yield from page
            if len(page) < PAGE_ROWS:
                return
            after = page[-1][0]

    def reserve_publication(self, started_utc: str) -> int:
        """The next generation number, durable at once and never given twice."""
        with self.transaction():
            ((last,),) = self._rows(sql.LAST_PUBLICATION)
            number = int(last or 0) + 1
            self._run(sql.ADD_PUBLICATION, (number, started_utc))
        return number

    def finish_publication(self, number: int, finished_utc: str, unit_count: int) -> None:
        """Note that a generation is out."""
        with self._writing():
            self._run(sql.FINISH_PUBLICATION, (finished_utc, unit_count, number))

    def _brand(self, row: tuple[Any, ...]) -> BrandRecord:
        brand_id, slug, name, policy = row
        return BrandRecord(brand_id, slug, name, self._policy(policy, Level.BRAND))

    def _product(self, row: tuple[Any, ...]) -> ProductRecord:
        product_id, brand_id, gtin, name, kinds, tag_ai, policy = row
        accepted = frozenset(map(CodeKind, kinds.split()))
        asked = self._policy(policy, Level.PRODUCT)
        return ProductRecord(product_id, brand_id, gtin, name, accepted, tag_ai, asked)

    def _policy(self, text: str, level: Level) -> BrandPolicy:
        try:
            return read_brand_policy_text(text, level)
        except (TypeError, ValueError) as error:
            raise StorageError(
                f"{self.path} holds a {level.value}'s policy that is none: {error}",
                "restore the file from a backup, or install the release that wrote it",
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction of its own, unless one is open already; none is within `reading`."""
        if self._is_reading:
            msg = "what is written while one moment is read would be lost"
            raise ValueError(msg)
        if self._connection.in_transaction:
            yield
            return
        with self._transaction():
            yield

    def _rows(self, statement: str, values: _Row = (), limit: int = -1) -> list[tuple[Any, ...]]:
        """Rows of a query, at most `limit`; the query itself does not outlive the call."""
        with faults_told(self.path):
            cursor = self._connection.execute(statement, values)
            try:
                return cursor.fetchall() if limit < 0 else cursor.fetchmany(limit)
            finally:
                cursor.close()


def _order(row: tuple[Any, ...]) -> CodeOrder:
    order_id, product_id, key_id, state, requested, issued, created_utc, lot, expiry, seed = row
    details = NewOrder(
        product_id,
        key_id,
        UnitState(state),
        requested,
        created_utc,
        lot,
        expiry,
        None if seed is None else int(seed),
    )
    return CodeOrder(order_id, details, issued)


def _unit(row: tuple[Any, ...]) -> IssuedUnit:
    product_id, serial, state, overlays, place, tag, order_id, lot, expiry = row
    record = UnitRecord(product_id, serial, UnitState(state), Overlay(overlays), lot, expiry, place)
    text = None if tag is None else urlsafe_b64encode(tag).decode("ascii")[:TAG_CHARS]
    return IssuedUnit(record, text, order_id)


def _observation(row: tuple[Any, ...]) -> NotedObservation:
    product_id, serial, number, event, state, place, base_state, base_place, taken_back = row
    return NotedObservation(
        product_id,
        serial,
        number,
        event,
        UnitState(state),
        place,
        None if base_state is None else Whereabouts(UnitState(base_state), base_place),
        bool(taken_back),
    )


def _raw(tag: str | None) -> bytes | None:
    """A tag as it is kept: 67 bytes instead of 90 characters."""
    return None if tag is None else urlsafe_b64decode(tag + "==")[:TAG_BYTES]
