#!/usr/bin/env python3
"""Change one character of valid codes, and show that nothing is accepted that must not be.

    scripts/check_mutations.py [--count N] [--seed N]

Each mutation (one character replaced, added or taken out) of a unit's code goes through what a
dock does: parse, recognise with diagnosis, verify, decide. Every one must be refused, but for

* those inside the declared table of scanner faults, worked out here from the table and apart from
  the diagnosis: they must give the original unit and name a fault of the table;
* the few spellings the standards themselves allow (a GS where it changes nothing, an empty
  parameter or a fragment of a link).

Prints all counts; exit 1 when a mutation was accepted as another unit or without diagnosis, or one
inside the table was missed. Refused mutations take some 0.3 ms each.
"""

import argparse
import random
import string
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from station.core.codes import Algorithm, UnitIdentity  # noqa: E402
from station.core.crypto import PrivateKey  # noqa: E402
from station.core.decision import decide  # noqa: E402
from station.core.diagnosis.faults import (  # noqa: E402
    LAYOUT_SWAPS,
    SEPARATOR_SPELLINGS,
)
from station.core.diagnosis.keyboards import LAYOUTS  # noqa: E402
from station.core.facts import Facts  # noqa: E402
from station.core.parsing import parse  # noqa: E402
from station.core.policy import Issuance, SitePolicy  # noqa: E402
from station.core.reading import Read  # noqa: E402
from station.core.registry import (  # noqa: E402
    BrandRecord,
    KeyRecord,
    KeyState,
    ProductRecord,
    RegistryGeneration,
    UnitRecord,
    UnitState,
)
from station.core.symbol import Symbol  # noqa: E402
from station.core.unit_code import (  # noqa: E402
    MINTED_SERIAL_CHARS,
    SERIAL_ALPHABET,
    digital_link,
    element_string,
    mint,
)
from station.core.verification import Circumstances, Knowledge, verify  # noqa: E402
from station.intake.recognising import recognise  # noqa: E402

GTIN: Final = "09506000134352"
UNITS: Final = 100
GS: Final = b"\x1d"
KEYS: Final = {
    algorithm: PrivateKey.from_seed(algorithm, bytes(range(32))) for algorithm in Algorithm
}
LETTERS: Final = tuple(char.encode() for char in "␝ßÄé´€")
CHARACTERS: Final = (
    *(bytes((byte,)) for byte in string.printable.encode("ascii")),
    *(bytes((byte,)) for byte in (0x00, 0x02, 0x03, 0x1D, 0x1E, 0x7F, 0x80, 0xA0, 0xFF)),
    *LETTERS,
)
AFFIX: Final = frozenset(bytes((byte,)) for byte in (2, 3, *b"\t\r\n", *range(0x20, 0x7F)))


@dataclass(frozen=True, slots=True)
class Code:
    """A valid code.

    Attributes:
        identity: Whose.
        payload: What its symbol holds.
        identifier: What the reader sends beside it, or ``""``.
        from_byte: What stands before may change: scheme and host of a link prove nothing.
    """

    identity: UnitIdentity
    payload: bytes
    identifier: str
    from_byte: int


class KnownUnits:
    """Implements `station.ports.registry.Registry`: one product, two keys, every unit active."""

    generation = RegistryGeneration(1, "2026-01-01T00:00:00.000Z", "", "")

    def __init__(self, serials: frozenset[str]) -> None:
        self._serials = serials
        self._product = ProductRecord(1, 1, GTIN, "Headphones")
        self._keys = {
            algorithm.value: KeyRecord(
                1, algorithm.value, algorithm, key.public_key.raw, KeyState.ACTIVE, ""
            )
            for algorithm, key in KEYS.items()
        }

    def brand(self, brand_id: int) -> BrandRecord | None:
        """One."""
        return BrandRecord(brand_id, "acme", "Acme") if brand_id == 1 else None

    def product(self, gtin: str) -> ProductRecord | None:
        """One."""
        return self._product if gtin == GTIN else None

    def key(self, brand_id: int, key_id: int) -> KeyRecord | None:
        """One an algorithm, numbered like it."""
        return self._keys.get(key_id) if brand_id == 1 else None

    def unit(self, product_id: int, serial: str) -> UnitRecord | None:
        """Every unit that was minted."""
        known = serial in self._serials
        return UnitRecord(product_id, serial, UnitState.ACTIVE) if known else None

    def issuance(self, _product_id: int) -> Issuance:
        """Every unit is listed."""
        return Issuance.LISTED

    def unit_by_code(self, _code: str) -> tuple[ProductRecord, UnitRecord] | None:
        """None."""
        return None

    def seller_authorised(self, _gtin: str, _seller_id: str, _day: str) -> bool:
        """Anybody."""
        return True

    def close(self) -> None:
        """Nothing is open."""


def make_codes(draw: random.Random) -> list[Code]:
    """Element strings, with and without an identifier, and links, of both algorithms."""
    codes = []
    for number in range(UNITS):
        serial = "".join(draw.choices(SERIAL_ALPHABET, k=MINTED_SERIAL_CHARS))
        identity, algorithm = UnitIdentity(GTIN, serial), list(Algorithm)[number % 2]
        tag = mint(identity, algorithm.value, KEYS[algorithm])
        label, link = element_string(identity, tag), digital_link("id.example", identity, tag)
        codes += [
            Code(identity, label, "]d2", 0),
            Code(identity, label, "", 0),
            Code(identity, link.encode("ascii"), "]Q1", link.index("/01/") + 1),
        ]
    return codes


def mutated(code: Code, draw: random.Random) -> bytes:
    """The payload with one character replaced, added or taken out; never the payload itself."""
    payload = code.payload
    while True:
        at = draw.randint(code.from_byte, len(payload))
        added = draw.choice((*[draw.choice(CHARACTERS)] * 4, b""))
        removed = draw.choice((1, 1, 0)) if added else 1
        changed = payload[:at] + added + payload[at + removed :]
        if changed != payload:
            return changed


def keys_of(char: str) -> str:
    """What is pressed for a letter with an accent: the accent's dead key and the letter."""
    apart = unicodedata.normalize("NFD", char)
    accents = {"\u0301": "´", "\u0300": "`", "\u0302": "^", "\u0308": "¨"}
    return apart[0] + accents.get(apart[1], "?") if len(apart) == 2 else char


def inside_the_table(code: Code) -> Iterator[bytes]:
    """What the table's faults can make of a code by one character."""
    payload = code.payload
    if code.from_byte == 0:
        yield payload.replace(GS, b"")
        yield from (payload.replace(GS, spelling) for spelling in SEPARATOR_SPELLINGS)
        yield from (affix + payload for affix in AFFIX)
    yield from (payload + affix for affix in AFFIX)
    for swap in LAYOUT_SWAPS.values():
        typed = dict(zip(LAYOUTS[swap.scanner], LAYOUTS[swap.host], strict=True))
        sent = [payload, *(payload.replace(GS, spelling) for spelling in SEPARATOR_SPELLINGS)]
        yield from (_typed(text, typed) for text in sent)
        if _typed(payload, typed) == payload and swap.scanner == "us":
            # The code holds nothing that the layouts tell apart; what is sent beside it may.
            for char in filter(str.isprintable, map(bytes.decode, LETTERS)):
                if set(typed.values()).issuperset(keys_of(char)):
                    yield payload + char.encode()
                    if code.from_byte == 0:
                        yield char.encode() + payload


def _typed(text: bytes, typed: dict[str, str]) -> bytes:
    return "".join(typed.get(char, char) for char in text.decode()).encode()


def allowed_by_the_standards(code: Code) -> set[bytes]:
    """Other spellings of the same code that are no fault at all."""
    payload = code.payload
    if code.from_byte:
        # An empty parameter, an empty fragment, and a longer path before the key.
        places = (payload.index(b"?") + 1, b"&"), (code.from_byte, b"/")
        inside = {payload[:at] + added + payload[at:] for at, added in places}
        return inside | {payload + b"&", payload + b"#"}
    return {GS + payload, payload[:16] + GS + payload[16:], payload + GS}


def judged(payload: bytes, identifier: str, registry: KnownUnits) -> tuple[Facts, bool]:
    """What a dock makes of a payload at a second read: the facts, and whether it is accepted."""
    read = Read("0" * 26, Symbol(payload, identifier))
    found = recognise(read, parse(payload, identifier), registry)
    known, code = found.knowledge, found.code
    serial = getattr(getattr(code, "identity", None), "serial", "")
    facts = verify(
        code,
        Knowledge(known.product, known.key, registry.unit(1, serial)),
        Circumstances("dock-1", "2026-01-01", second_read=True),
        checked=found.checked,
        scanner_faults=found.scanner_faults,
    )
    verdict = decide(facts, SitePolicy())
    return facts, verdict.verdict_class.is_accept and facts.enrolled is True


@dataclass(slots=True)
class Tally:
    """What became of the mutations.

    Attributes:
        refused: Not accepted.
        allowed: Accepted as the original in a spelling the standards allow.
        diagnosed: Inside the table: accepted as the original, by the fault that was named.
        wrong: Accepted as another unit, or without diagnosis.
        missed: Inside the table, and not accepted as the original with a fault.
        examples: Some of the last two.
    """

    refused: int
    allowed: int
    diagnosed: Counter[str]
    wrong: int
    missed: int
    examples: list[str]


def run(count: int, seed: int) -> Tally:
    """Make and judge mutations; the same for the same arguments."""
    draw = random.Random(seed)  # noqa: S311 - repeatable, not secret
    codes = make_codes(draw)
    registry = KnownUnits(frozenset(code.identity.serial for code in codes))
    faulted = {code.payload: frozenset(inside_the_table(code)) for code in codes}
    allowed = {code.payload: allowed_by_the_standards(code) for code in codes}
    tally = Tally(0, 0, Counter(), 0, 0, [])
    for _ in range(count):
        code = draw.choice(codes)
        payload = mutated(code, draw)
        facts, accepted = judged(payload, code.identifier, registry)
        original = accepted and facts.identity == code.identity
        in_table = payload in faulted[code.payload]
        if original and facts.scanner_faults and in_table:
            tally.diagnosed[" + ".join(fault.value for fault in facts.scanner_faults)] += 1
        elif original and not facts.scanner_faults and payload in allowed[code.payload]:
            tally.allowed += 1
        elif accepted:
            tally.wrong += 1
            tally.examples.append(f"accepted: {payload!r} of {code.payload!r}")
        elif in_table:
            tally.missed += 1
            tally.examples.append(f"missed: {payload!r} of {code.payload!r}")
        else:
            tally.refused += 1
    return tally


def report(tally: Tally) -> str:
    """All counts, a line each."""
    diagnosed = sum(tally.diagnosed.values())
    lines = [
        f"accepted as another unit or without diagnosis: {tally.wrong}",
        f"inside the fault table but not diagnosed: {tally.missed}",
        f"refused: {tally.refused}",
        f"inside the fault table, the original unit with the fault named: {diagnosed}",
        *(f"    {faults}: {count}" for faults, count in sorted(tally.diagnosed.items())),
        f"spelled otherwise as the standards allow, the original unit: {tally.allowed}",
        *tally.examples[:10],
    ]
    return "\n".join(lines)


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = run(options.count, options.seed)
    print(f"{options.count} mutations of {3 * UNITS} codes, seed {options.seed}")
    print(report(tally))
    return 1 if tally.wrong or tally.missed else 0


if __name__ == "__main__":
    sys.exit(main())
