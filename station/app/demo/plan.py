"""What the demo presents, and the right answer to each, written down before anything is scanned.

Pure: a number of units and a seed give the same plan. The truth of every item is the sequence of
verdicts a right station gives it.
"""

import random
from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.errors import ConfigurationError
from station.core.reasons import Reason, VerdictClass

MIN_UNITS: Final = 30
MAX_UNITS: Final = 5000


class Kind(Enum):
    """What a demo item is, in truth."""

    GENUINE = "genuine"
    FORGED = "forged signature"
    UNSIGNED = "genuine serial without its signature"
    COPY_OF_ACCEPTED = "copy of a unit accepted here before"
    COPY_OF_ELSEWHERE = "copy of a unit received at another station"
    TWINS = "two items with one code, side by side"
    REVOKED_KEY = "signed with a revoked key"
    UNKNOWN_KEY = "signed with a key not yet published"
    RECALLED = "recalled"
    STOLEN = "stolen"
    NOT_YET_SYNCED = "genuine, minted after the last publication"
    UNENROLLED = "product of a brand that takes no part"
    UNCODED = "enrolled product without a code"
    DAMAGED = "label damaged beyond reading"


class Channel(Enum):
    """How an item is presented."""

    CAMERA = "camera"
    SCANNER = "scanner"


Answer = tuple[VerdictClass, Reason]

_V, _R = VerdictClass, Reason

ANSWERS: Final[dict[Kind, tuple[Answer, ...]]] = {
    Kind.GENUINE: ((_V.ACCEPT, _R.OK),),
    Kind.FORGED: (
        (_V.RESCAN, _R.SIGNATURE_INVALID),
        (_V.QUARANTINE, _R.SIGNATURE_INVALID),
    ),
    Kind.UNSIGNED: (
        (_V.RESCAN, _R.SIGNATURE_MISSING),
        (_V.QUARANTINE, _R.SIGNATURE_MISSING),
    ),
    Kind.COPY_OF_ACCEPTED: ((_V.HOLD, _R.REPEAT_SAME_STATION),),
    Kind.COPY_OF_ELSEWHERE: ((_V.QUARANTINE, _R.DUPLICATE_OTHER_STATION),),
    Kind.TWINS: (
        (_V.QUARANTINE, _R.CODE_TWICE_IN_FRAME),
        (_V.QUARANTINE, _R.CODE_TWICE_IN_FRAME),
    ),
    Kind.REVOKED_KEY: ((_V.QUARANTINE, _R.KEY_REVOKED),),
    Kind.UNKNOWN_KEY: ((_V.HOLD, _R.KEY_UNKNOWN),),
    Kind.RECALLED: ((_V.QUARANTINE, _R.UNIT_RECALLED),),
    Kind.STOLEN: ((_V.QUARANTINE, _R.UNIT_STOLEN),),
    Kind.NOT_YET_SYNCED: ((_V.ACCEPT_NOTE, _R.UNIT_UNKNOWN_SIGNED),),
    Kind.UNENROLLED: ((_V.ACCEPT_NOTE, _R.GTIN_NOT_ENROLLED),),
    Kind.UNCODED: ((_V.QUARANTINE, _R.NO_CODE),),
    Kind.DAMAGED: ((_V.QUARANTINE, _R.UNREADABLE),),
}
"""The right verdicts of each kind, one a presentation; twins get theirs at once."""

_PER_200: Final[dict[Kind, int]] = {
    Kind.FORGED: 8,
    Kind.UNSIGNED: 3,
    Kind.COPY_OF_ACCEPTED: 6,
    Kind.COPY_OF_ELSEWHERE: 4,
    Kind.TWINS: 2,
    Kind.REVOKED_KEY: 6,
    Kind.UNKNOWN_KEY: 2,
    Kind.RECALLED: 5,
    Kind.STOLEN: 5,
    Kind.NOT_YET_SYNCED: 4,
    Kind.UNENROLLED: 6,
    Kind.UNCODED: 4,
    Kind.DAMAGED: 6,
}

_CAMERA_ONLY: Final = frozenset({Kind.TWINS, Kind.UNCODED, Kind.DAMAGED})


@dataclass(frozen=True, slots=True)
class Item:
    """One thing presented at the dock; twins are two physical units.

    Attributes:
        number: Place in the plan, from 1.
        kind: What it is, in truth.
        channel: How it is presented.
        product: Index of its product, 0 to 2.
        unit: Which of its kind's and product's codes it carries, from 0; a copy of an accepted
            unit carries that genuine unit's.
    """

    number: int
    kind: Kind
    channel: Channel
    product: int
    unit: int

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The right verdicts."""
        return ANSWERS[self.kind]

    @property
    def units(self) -> int:
        """How many physical units it is."""
        return 2 if self.kind is Kind.TWINS else 1


def make_plan(units: int, seed: int, products: int = 3) -> tuple[Item, ...]:
    """Lay out what is presented, in order.

    Args:
        units: Physical units in all, `MIN_UNITS` to `MAX_UNITS`.
        seed: Decides kinds, channels and order.
        products: How many products there are.

    Raises:
        ConfigurationError: `units` is out of range.
    """
    if not MIN_UNITS <= units <= MAX_UNITS:
        raise ConfigurationError(
            f"a demo of {units} units is not possible",
            f"ask for {MIN_UNITS} to {MAX_UNITS} with --units",
        )
    rng = random.Random(seed)  # noqa: S311 - a repeatable order, nothing secret
    kinds = [kind for kind, share in _PER_200.items() for _ in range(max(1, share * units // 200))]
    kinds += [Kind.GENUINE] * (units - len(kinds) - kinds.count(Kind.TWINS))
    rng.shuffle(kinds)
    items: list[Item] = []
    codes: dict[tuple[Kind, int], int] = {}
    late: list[Kind] = []
    for kind in kinds:
        if kind is Kind.COPY_OF_ACCEPTED:
            late.append(kind)
            continue
        product = rng.randrange(products)
        if kind in {Kind.REVOKED_KEY, Kind.UNKNOWN_KEY}:
            product = rng.randrange(2)
        unit = codes.get((kind, product), 0)
        codes[kind, product] = unit + 1
        items.append(Item(0, kind, _channel(kind, rng), product, unit))
    _insert_copies(items, len(late), rng)
    return tuple(
        Item(number, item.kind, item.channel, item.product, item.unit)
        for number, item in enumerate(items, 1)
    )


def _channel(kind: Kind, rng: random.Random) -> Channel:
    if kind in _CAMERA_ONLY or rng.random() < 0.5:
        return Channel.CAMERA
    return Channel.SCANNER


def _insert_copies(items: list[Item], count: int, rng: random.Random) -> None:
    """Put each copy somewhere behind the genuine unit it copies."""
    originals = [item for item in items if item.kind is Kind.GENUINE]
    for original in rng.sample(originals, count):
        place = rng.randrange(items.index(original) + 1, len(items) + 1)
        copy = Item(
            0,
            Kind.COPY_OF_ACCEPTED,
            _channel(Kind.COPY_OF_ACCEPTED, rng),
            original.product,
            original.unit,
        )
        items.insert(place, copy)
