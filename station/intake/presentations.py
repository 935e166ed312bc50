"""Which reads belong to one presentation of an item, and which are asked-for second reads.

Order matters: called from the verdict loop's thread only. Memory is bounded; what is forgotten
costs one more rescan, never an acceptance.
"""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from station.core.codes import OpaqueUnit, ParsedCode, PlainUnit, ReadProblem, SignedUnit, TradeItem
from station.core.reading import Capture
from station.core.reasons import RULES, Reason, VerdictClass
from station.core.verdict import Verdict

SCANNER_WINDOW_NS: Final = 3_000_000_000
"""The same payload from one scanner within this time of its first read is the same presentation.

Counted from the first read: an operator who scans again and again gets a second read in the end.
"""

SECOND_READ_NS: Final = 600_000_000_000
"""How long an item that was asked for again is waited for. Later it is a first read: a forged label
seen in the morning must not condemn a genuine unit's one misread in the evening."""

MAX_REMEMBERED: Final = 4096
"""Presentations and pending second reads kept; the oldest is forgotten first."""

ItemKey = tuple[str, ...]

_GTIN: Final = "gtin"
_REMEMBERED_OF_GTINS: Final = frozenset({Reason.WRONG_SYMBOL, Reason.GTIN_NOT_ENROLLED})
"""A GTIN alone names no unit: read twice it is what lies on this dock, and the next unit of that
product need not be read twice again. One that a brand has enrolled is asked for each time."""


@dataclass(frozen=True, slots=True)
class _LastRead:
    payloads: tuple[bytes, ...]
    first_mono_ns: int
    presentation: str


@dataclass(slots=True)
class _Told:
    """What was decided in one presentation."""

    worst: dict[tuple[bytes, int], VerdictClass] = field(default_factory=dict)
    claims: set[str] = field(default_factory=set)


class Presentations:
    """Names the presentation of every capture and remembers what was decided in it."""

    def __init__(self) -> None:
        self._last: dict[str, _LastRead] = {}
        self._told: OrderedDict[str, _Told] = OrderedDict()
        self._count = 0

    def of(self, capture: Capture, payloads: tuple[bytes, ...]) -> str:
        """The presentation a capture belongs to.

        A source that knows (a still picture, a track) has named it. For a scanner it is the same
        as before when the same payload comes again within `SCANNER_WINDOW_NS` with no other
        payload between.

        Args:
            capture: What was read.
            payloads: Of each read; of one that a scanner's fault had changed, as repaired, since
                the same label comes whole the next time.
        """
        if capture.presentation:
            return f"{capture.source}/{capture.presentation}"
        last = self._last.get(capture.source)
        now_ns = capture.captured_mono_ns
        if (
            last is not None
            and last.payloads == payloads
            and now_ns - last.first_mono_ns <= SCANNER_WINDOW_NS
        ):
            return last.presentation
        self._count += 1
        presentation = f"{capture.source}/#{self._count}"
        self._last[capture.source] = _LastRead(payloads, now_ns, presentation)
        return presentation

    def judged(
        self,
        presentation: str,
        payload: bytes,
        place: int,
        verdict_class: VerdictClass,
        claimed: str,
    ) -> None:
        """Remember what a read was given in this presentation.

        Args:
            presentation: From `of`.
            payload: What was read.
            place: At the how many-th place of its frame that shows it.
            verdict_class: What it was given.
            claimed: Its scan id where it changed its unit's standing, else ``""``.
        """
        told = self._told.setdefault(presentation, _Told())
        read = (payload, place)
        told.worst[read] = max(verdict_class, told.worst.get(read, verdict_class))
        if claimed:
            told.claims.add(claimed)
        if len(self._told) > MAX_REMEMBERED:
            self._told.popitem(last=False)

    def claims_of(self, presentation: str) -> Collection[str]:
        """The scans that changed a unit's standing in this presentation."""
        told = self._told.get(presentation)
        return told.claims if told is not None else ()

    def worst_of(self, presentation: str, payload: bytes, place: int) -> VerdictClass | None:
        """The worst class a read was given in this presentation, or None for its first.

        Each place of a frame is an item of its own: as many are told apart as ever were seen at
        once, whichever of them is where in the next frame.
        """
        told = self._told.get(presentation)
        return told.worst.get((payload, place)) if told is not None else None


@dataclass(frozen=True, slots=True)
class Showing:
    """One item in one presentation.

    Attributes:
        key: Its name, from `item_key`.
        presentation: Which presentation.
        mono_ns: When it was captured.
    """

    key: ItemKey | None
    presentation: str
    mono_ns: int


@dataclass(frozen=True, slots=True)
class _Asked:
    presentation: str
    mono_ns: int


class SecondReads:
    """Remembers which items were asked for again, until they are settled."""

    def __init__(self) -> None:
        self._asked: OrderedDict[ItemKey, _Asked] = OrderedDict()

    def is_second(self, item: Showing) -> bool:
        """Whether this item was asked for again in an earlier presentation, not long ago."""
        asked = self._asked.get(item.key) if item.key is not None else None
        return (
            asked is not None
            and asked.presentation != item.presentation
            and item.mono_ns - asked.mono_ns <= SECOND_READ_NS
        )

    def note(self, item: Showing, verdict: Verdict) -> None:
        """Learn from a verdict: an item asked for again, or one that is settled."""
        key = item.key
        if key is None:
            return
        if _asks_again(verdict) or (key[0] == _GTIN and verdict.reason in _REMEMBERED_OF_GTINS):
            known = self._asked.get(key)
            if known is None or item.mono_ns - known.mono_ns > SECOND_READ_NS:
                self._asked[key] = _Asked(item.presentation, item.mono_ns)
                self._asked.move_to_end(key)
            if len(self._asked) > MAX_REMEMBERED:
                self._asked.popitem(last=False)
        else:
            self._asked.pop(key, None)


def _asks_again(verdict: Verdict) -> bool:
    """Whether the verdict would be another one at a second read.

    A class that a policy gave, such as a note in a time of grace, stays what it is.
    """
    rule = RULES[verdict.reason]
    first = rule.second_class is not None and verdict.verdict_class is rule.verdict_class
    return first or verdict.reason is Reason.PARSE_ERROR


def item_key(code: ParsedCode, payload: bytes) -> ItemKey | None:
    """The name under which an item is remembered, or None for what has no second read.

    A unit goes by its identity. A misread names nothing, so only the same bytes are the same item:
    two dirty labels in a row, or a scanner that garbles everything, must not condemn a unit at its
    first read.
    """
    match code:
        case SignedUnit(identity=identity) | PlainUnit(identity=identity):
            return ("unit", identity.gtin, identity.serial)
        case OpaqueUnit(code=name):
            return ("opaque", name)
        case TradeItem(gtin=gtin):
            return (_GTIN, gtin)
        case ReadProblem(reason=Reason.PARSE_ERROR):
            return ("payload", payload.hex())
        case _:
            return None
