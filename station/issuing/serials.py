"""Makes serials: 13 characters of a 32-letter alphabet, 65 random bits.

Random ones come from the operating system's generator, so that nobody who knows some serials can
guess another. Seeded ones repeat, for tests and demonstrations; they are as guessable as the
seed, which never has any part in a key.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

from station.core.unit_code import MINTED_SERIAL_CHARS, SERIAL_ALPHABET

SERIAL_BITS: Final = 5 * MINTED_SERIAL_CHARS

MakeSerial = Callable[[int], str]
"""The serial at a 0-based place in its order."""

_PAIRS: Final = [first + second for first in SERIAL_ALPHABET for second in SERIAL_ALPHABET]


def spell(number: int) -> str:
    """A number of 65 bits as a serial."""
    pairs = []
    for _ in range(MINTED_SERIAL_CHARS // 2):
        pairs.append(_PAIRS[number & 0x3FF])
        number >>= 10
    return SERIAL_ALPHABET[number & 0x1F] + "".join(reversed(pairs))


def random_serial(_place: int) -> str:
    """A serial nobody can guess."""
    return spell(secrets.randbits(SERIAL_BITS))


def seeded_serials(seed: int, gtin: str) -> MakeSerial:
    """Serials that depend on seed, product and place alone."""

    def make(place: int) -> str:
        digest = hashlib.sha256(f"serial {seed} {gtin} {place}".encode("ascii")).digest()
        return spell(int.from_bytes(digest[:9], "big") & ((1 << SERIAL_BITS) - 1))

    return make
