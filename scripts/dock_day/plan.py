"""Draws a day: brands, products and signed labels, what is wrong with which, and two registries.

Everything follows from the seed. The second registry is what the refresh brings after some units,
received here on an earlier day, were sold and came back.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final, TypeVar

from scripts.dock_day import troubles
from scripts.dock_day.truth import FAULT_NAMES, Item, Nature, Rates, Trouble
from station.core.codes import Algorithm, Attributes, UnitIdentity
from station.core.crypto import PrivateKey
from station.core.gs1.check_digit import check_digit
from station.core.reasons import Reason
from station.core.registry import (
    BrandRecord,
    KeyRecord,
    KeyState,
    Overlay,
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
from station.core.unit_code import (
    MIN_CUT_TAG_CHARS,
    SERIAL_ALPHABET,
    element_string,
    encode_tag,
    mint,
)

PRODUCTS: Final = 10
BRANDS: Final = 2
BEFORE: Final = 1
"""Number of the registry of earlier days."""
TODAY: Final = 2

OTHER_DOCK: Final = "dock-7"
DAY: Final = "2026-03-02"
PUBLISHED_UTC: Final = f"{DAY}T01:00:00.000Z"

LABELLED_SHARE: Final = 0.25
"""Products whose labels also carry lot and expiry."""
RESCANNED_LATER_SHARE: Final = 0.5
MET_BEFORE_SHARE: Final = 0.5
"""Of the units that come back: those this site received itself before it sold them."""

IDENTIFIER: Final = b"]d2"

_KEYS: Final = tuple(
    PrivateKey.from_seed(Algorithm.ED25519, bytes([brand] * 32)) for brand in range(1, BRANDS + 1)
)
_FORGER: Final = PrivateKey.from_seed(Algorithm.ED25519, bytes([77] * 32))
_KEY_RECORDS: Final = [
    KeyRecord(
        brand, 1, Algorithm.ED25519, key.public_bytes, KeyState.ACTIVE, "2026-01-01T00:00:00.000Z"
    )
    for brand, key in enumerate(_KEYS, 1)
]

_Choice = TypeVar("_Choice")

_DAMAGES: Final[dict[Trouble, troubles.Damage]] = {
    Trouble.CAPS_LOCK: troubles.caps_lock,
    Trouble.LAYOUT: troubles.layout,
    Trouble.SEPARATOR: troubles.separator,
    Trouble.PREFIX: troubles.prefix,
}


@dataclass
class MadeUpContent:
    """Implements `station.ports.registry.RegistryContent`."""

    generation: RegistryGeneration
    unit_records: list[UnitRecord]

    @property
    def holdings(self) -> list[Holding]:
        """What the units come to."""
        tallies = {brand.brand_id: StreamTally() for brand in self.brands()}
        for block in self.units():
            tallies[_brand_of(block.product_id)].units(block)
        return [tally.holding(brand_id, RowStream.LISTED) for brand_id, tally in tallies.items()]

    @property
    def unit_streams(self) -> dict[int, RowStream]:
        """All are listed."""
        return dict.fromkeys(range(1, PRODUCTS + 1), RowStream.LISTED)

    def brands(self) -> Iterable[BrandRecord]:
        """Two."""
        return [BrandRecord(n, f"brand-{n}", f"Brand {n}") for n in range(1, BRANDS + 1)]

    def products(self) -> Iterable[ProductRecord]:
        """Ten, taken by the brands in turn."""
        return [
            ProductRecord(n, _brand_of(n), _gtin(n), f"Product {n}") for n in range(1, PRODUCTS + 1)
        ]

    def keys(self) -> Iterable[KeyRecord]:
        """One a brand."""
        return _KEY_RECORDS

    def sellers(self) -> Iterable[SellerRecord]:
        """None."""
        return ()

    def units(self) -> Iterator[UnitBlock]:
        """All, sorted."""
        units = sorted(self.unit_records, key=lambda unit: (unit.product_id, unit.serial))
        for product_id, of_product in groupby(units, lambda unit: unit.product_id):
            yield from unit_blocks(product_id, map(unit_row, of_product))

    def codes(self) -> Iterable[list[CodeRow]]:
        """None."""
        return []


@dataclass
class DayPlan:
    """A day as drawn.

    Attributes:
        items: In the order they arrive.
        earlier: Lines of units this site received on an earlier day.
        before: The registry of that day.
        today: The registry of the day.
    """

    items: list[Item]
    earlier: list[bytes]
    before: MadeUpContent
    today: MadeUpContent


@dataclass
class _Draw:
    """The day under way."""

    chance: random.Random
    rates: Rates
    items: list[Item] = field(default_factory=list)
    units: list[UnitRecord] = field(default_factory=list)
    met: list[tuple[Item, UnitRecord]] = field(default_factory=list)
    copies: list[int] = field(default_factory=list)


def draw_day(count: int, rates: Rates, seed: int) -> DayPlan:
    """Draw a day of `count` items."""
    draw = _Draw(random.Random(seed), rates)  # noqa: S311 - repeatable, not secret
    for number in range(count):
        _draw_item(draw, number)
    _fill_in_copies(draw)
    earlier = [replace(unit, state=UnitState.ACTIVE) for _, unit in draw.met]
    return DayPlan(
        items=draw.items,
        earlier=[_sound_line(unit.product_id, unit.serial) for _, unit in draw.met],
        before=MadeUpContent(_generation(BEFORE), earlier),
        today=MadeUpContent(_generation(TODAY), draw.units),
    )


def _generation(number: int) -> RegistryGeneration:
    return RegistryGeneration(number, PUBLISHED_UTC, "00" * 32, keys_digest(_KEY_RECORDS))


def _draw_item(draw: _Draw, number: int) -> None:
    chance, rates = draw.chance, draw.rates
    nature = _pick(
        chance,
        {
            Nature.DAMAGED: rates.damaged,
            Nature.NOT_SYNCED: rates.not_synced,
            Nature.FORGED: rates.forged,
            Nature.COPIED: rates.copied,
            Nature.STOLEN: rates.stolen_or_recalled / 2,
            Nature.RECALLED: rates.stolen_or_recalled / 2,
            Nature.RETURNED: rates.returned,
            Nature.UNCODED: rates.uncoded,
        },
        Nature.GENUINE,
    )
    trouble = _pick(
        chance,
        {
            Trouble.CAPS_LOCK: rates.caps_lock,
            Trouble.LAYOUT: rates.layout,
            Trouble.SEPARATOR: rates.separator,
            Trouble.PREFIX: rates.prefix,
        },
        Trouble.NONE,
    )
    rescanned = ""
    if chance.random() < rates.rescanned:
        rescanned = "later" if chance.random() < RESCANNED_LATER_SHARE else "trigger"
    product_id = chance.randrange(PRODUCTS) + 1
    serial = "".join(chance.choices(SERIAL_ALPHABET, k=13))
    unit = UnitRecord(product_id, serial, UnitState.ACTIVE)
    item = Item(
        number,
        nature,
        trouble,
        "",
        _sound_line(product_id, serial),
        False,
        _gtin(product_id),
        serial,
        rescanned,
    )
    match nature:
        case Nature.GENUINE:
            draw.units.append(unit)
        case Nature.NOT_SYNCED:
            item = replace(item, names=(Reason.UNIT_UNKNOWN_SIGNED,))
        case Nature.STOLEN:
            draw.units.append(replace(unit, overlays=Overlay.STOLEN))
            item = replace(item, names=(Reason.UNIT_STOLEN,))
        case Nature.RECALLED:
            draw.units.append(replace(unit, overlays=Overlay.RECALLED))
            item = replace(item, names=(Reason.UNIT_RECALLED,))
        case Nature.RETURNED:
            item = _returned(draw, item, unit)
        case Nature.UNCODED:
            item = replace(
                item,
                line=b"",
                serial="",
                trouble=Trouble.NONE,
                rescanned="",
                names=(Reason.NO_CODE,),
            )
        case Nature.DAMAGED:
            draw.units.append(unit)
            item = _damaged(chance, item)
        case Nature.FORGED:
            item = _forged(draw, item, unit)
        case Nature.COPIED:
            item = _copied(draw, item, unit)
    draw.items.append(_troubled(chance, item))


def _returned(draw: _Draw, item: Item, unit: UnitRecord) -> Item:
    unit = replace(unit, state=UnitState.RETURNED)
    draw.units.append(unit)
    met_before = draw.chance.random() < MET_BEFORE_SHARE
    item = replace(item, names=(Reason.RETURN_EXPECTED,), met_before=met_before)
    if met_before:
        draw.met.append((item, unit))
    return item


def _damaged(chance: random.Random, item: Item) -> Item:
    """No read at all, the front of the data, or a transmission that breaks off."""
    kind = _pick(chance, {"cut data": 0.3, "cut transmission": 0.1}, "no read")
    tag_at = item.line.rindex(troubles.GS) + 3
    cut_at = chance.randrange(tag_at + MIN_CUT_TAG_CHARS, len(item.line))
    line = b"" if kind == "no read" else item.line[:cut_at]
    return replace(
        item,
        line=line,
        cut=kind == "cut transmission",
        kind=kind,
        trouble=Trouble.NONE,
        rescanned="",
        names=(Reason.UNREADABLE,),
    )


def _forged(draw: _Draw, item: Item, unit: UnitRecord) -> Item:
    """Labels of somebody who has no key of the brand's."""
    chance = draw.chance
    known = [other for other in draw.units[-1000:] if other.state is UnitState.ACTIVE]
    copied = chance.choice(known) if known else unit
    invented, real = (UnitIdentity(_gtin(u.product_id), u.serial) for u in (unit, copied))
    kind = chance.choice(
        (
            "invented serial",
            "real serial",
            "tag of another unit",
            "unknown key",
            "other algorithm",
            "no signature",
        )
    )
    identity, names = real, (Reason.SIGNATURE_INVALID,)
    match kind:
        case "invented serial":
            identity = invented
            tag: str | None = mint(invented, 1, _FORGER)
        case "real serial":
            tag = mint(real, 1, _FORGER)
        case "tag of another unit":
            tag = mint(invented, 1, _KEYS[_brand_of(copied.product_id) - 1])
        case "unknown key":
            tag, names = mint(real, 9, _FORGER), (Reason.KEY_UNKNOWN,)
        case "other algorithm":
            tag = encode_tag(Algorithm.ECDSA_P256, 1, chance.randbytes(64))
        case _:
            tag, names = None, (Reason.SIGNATURE_MISSING,)
    return replace(
        item,
        line=IDENTIFIER + element_string(identity, tag),
        gtin=identity.gtin,
        serial=identity.serial,
        kind=kind,
        rescanned="",
        names=names,
    )


def _copied(draw: _Draw, item: Item, unit: UnitRecord) -> Item:
    """A second item with the code of a unit that is here, at another station, or sold."""
    kind = _pick(draw.chance, {"of a unit elsewhere": 0.2, "of a unit sold": 0.2}, "of a unit here")
    item = replace(item, kind=kind, rescanned="")
    match kind:
        case "of a unit elsewhere":
            draw.units.append(replace(unit, state=UnitState.RECEIVED, place=OTHER_DOCK))
            return replace(item, names=(Reason.DUPLICATE_OTHER_STATION,))
        case "of a unit sold":
            draw.units.append(replace(unit, state=UnitState.SHIPPED, place=OTHER_DOCK))
            return replace(item, names=(Reason.DUPLICATE_SHIPPED,))
        case _:
            draw.copies.append(item.number)
            return item


def _fill_in_copies(draw: _Draw) -> None:
    """Give each copy of a unit here its original, which may come before it or after."""
    originals = [
        item.number for item in draw.items if item.nature is Nature.GENUINE and not item.rescanned
    ]
    draw.chance.shuffle(originals)
    for number, original in zip(draw.copies, originals, strict=False):
        copy, of = draw.items[number], draw.items[original]
        product_id = int(of.gtin[8:13])
        sound = replace(
            copy, line=_sound_line(product_id, of.serial), gtin=of.gtin, serial=of.serial
        )
        draw.items[number] = _troubled(draw.chance, sound)


def _troubled(chance: random.Random, item: Item) -> Item:
    """What of the item's line arrives."""
    if item.trouble is Trouble.NONE or not item.line:
        return item
    line, kind = _DAMAGES[item.trouble](item.line, chance)
    return replace(item, line=line, kind=" ".join(filter(None, (item.kind, kind))))


def fault_named(item: Item) -> Reason | None:
    """The scanner fault the verdicts on an item must name, or None.

    Only a genuine code proves which fault it met.
    """
    if item.nature in {Nature.FORGED, Nature.DAMAGED, Nature.UNCODED}:
        return None
    return FAULT_NAMES.get(item.trouble)


def _sound_line(product_id: int, serial: str) -> bytes:
    """What a scanner sends of a genuine label."""
    identity = UnitIdentity(_gtin(product_id), serial)
    labelled = product_id <= PRODUCTS * LABELLED_SHARE
    attributes = Attributes(lot=f"L{product_id:04}", expiry="291231") if labelled else Attributes()
    tag = mint(identity, 1, _KEYS[_brand_of(product_id) - 1])
    return IDENTIFIER + element_string(identity, tag, attributes)


def _brand_of(product_id: int) -> int:
    return (product_id - 1) % BRANDS + 1


def _gtin(product_id: int) -> str:
    item = b"09506000%05d" % product_id
    return f"{item.decode()}{check_digit(item)}"


def _pick(chance: random.Random, shares: Mapping[_Choice, float], otherwise: _Choice) -> _Choice:
    """One of the keys by its share of the whole, or what is left."""
    drawn = chance.random()
    for key, share in shares.items():
        drawn -= share
        if drawn < 0:
            return key
    return otherwise
