"""What became of the day, held against the truth."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from scripts.dock_day.plan import fault_named
from scripts.dock_day.truth import DECISIVE, OVERLAID, Item, Nature
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.verdict import UnitChange
from station.ports.display import ActAnswer

MAX_FALSE_QUARANTINE: Final = 0.0005
MAX_FALSE_HOLD: Final = 0.001
MAX_RESCAN: Final = 0.01
MIN_NAMED: Final = 0.99

_SAID_OF_COPIES: Final = frozenset(
    {Reason.REPEAT_SAME_STATION, Reason.DUPLICATE_OTHER_STATION, Reason.DUPLICATE_SHIPPED}
)
_TABLE_ROWS: Final = ("ACCEPT", "ACCEPT_NOTE", "RESCAN", "HOLD", "QUARANTINE", "STOP")


@dataclass(slots=True)
class History:
    """One item and every verdict on it.

    Attributes:
        item: The truth.
        first: Of taking it in, in order.
        again: Of scanning it again by mistake.
        answers: What became of the operator's answers to "second unit?".
    """

    item: Item
    first: list[JournalEntry] = field(default_factory=list)
    again: list[JournalEntry] = field(default_factory=list)
    answers: list[ActAnswer] = field(default_factory=list)

    @property
    def identified(self) -> bool:
        """Whether the station knew which unit it is."""
        return any(
            entry.identity is not None
            and entry.identity.serial == self.item.serial
            and entry.verdict.verdict_class is not VerdictClass.RESCAN
            for entry in self.first
        )

    def had(self, verdict_class: VerdictClass) -> bool:
        """Whether a verdict of taking it in was of a class."""
        return any(entry.verdict.verdict_class is verdict_class for entry in self.first)

    @property
    def accepted(self) -> bool:
        """Whether it was ever let through."""
        return any(entry.verdict.verdict_class.is_accept for entry in self.first)

    @property
    def received(self) -> int:
        """How often it was counted."""
        changes = [entry.verdict.change for entry in (*self.first, *self.again)]
        return changes.count(UnitChange.RECEIVE)

    @property
    def said(self) -> frozenset[Reason]:
        """Every reason given when it was taken in."""
        verdicts = [entry.verdict for entry in self.first]
        return frozenset(r for v in verdicts for r in (v.reason, *v.also, *v.modifiers))


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the result.

    Attributes:
        name: What was looked at.
        found: How many, or which share.
        bound: What was promised, in words.
        good: Whether it was kept.
    """

    name: str
    found: str
    bound: str
    good: bool


def confusion(histories: Iterable[History]) -> dict[str, Counter[str]]:
    """How many items of each truth ended in which class, and how many were asked for again."""
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for history in histories:
        row = table[history.item.row]
        row["items"] += 1
        row[history.first[-1].verdict.verdict_class.name] += 1
        row["asked again"] += history.had(VerdictClass.RESCAN)
    return dict(table)


def checks(histories: list[History]) -> list[Check]:
    """Every promise about the day."""
    second = _second_copies(histories)
    victims = {id(h) for h in second}
    genuine = [h for h in histories if h.item.nature in DECISIVE and id(h) not in victims]
    return [
        *_misses(histories, second),
        _share(
            "technical false quarantine", genuine, VerdictClass.QUARANTINE, MAX_FALSE_QUARANTINE
        ),
        _share("technical hold", genuine, VerdictClass.HOLD, MAX_FALSE_HOLD),
        _asked_again(histories, victims),
        _none("answers refused", sum(not a.done for h in histories for a in h.answers)),
        _counted(genuine),
        *_named(histories),
    ]


def rescans(histories: list[History]) -> str:
    """What accidental rescans came to; reported beside the bounds."""
    classes = Counter(e.verdict.verdict_class.name for h in histories for e in h.again)
    held = ", ".join(f"{classes[name]} {name}" for name in _TABLE_ROWS if classes[name])
    twice = sum(h.received > 1 for h in histories)
    return f"accidental rescans: {held or 'none'}; counted twice: {twice}"


def _second_copies(histories: list[History]) -> list[History]:
    """Of the items that share a code, those decided after another one was known by it."""
    copied = {(h.item.gtin, h.item.serial) for h in histories if h.item.nature is Nature.COPIED}
    by_code: defaultdict[tuple[str, str], list[History]] = defaultdict(list)
    for history in histories:
        code = (history.item.gtin, history.item.serial)
        if code in copied and history.item.nature is not Nature.FORGED:
            by_code[code].append(history)
    second = []
    for same in by_code.values():
        same.sort(key=lambda h: h.first[-1].scan_id)
        here = [place for place, history in enumerate(same) if history.identified]
        if len(same) == 1:
            second += same  # the other one is elsewhere
        elif here:
            second += same[here[0] + 1 :]
    return second


def _misses(histories: list[History], second: list[History]) -> list[Check]:
    forged = [h for h in histories if h.item.nature is Nature.FORGED]
    overlaid = [h for h in histories if h.item.nature in OVERLAID]
    through = sum(h.accepted or h.received > 0 for h in second)
    return [
        _none(f"accepted, of {len(forged)} forged", sum(h.accepted for h in forged)),
        _none(f"accepted, of {len(overlaid)} overlaid", sum(h.accepted for h in overlaid)),
        _none(f"let through or counted, of {len(second)} second copies", through),
    ]


def _none(name: str, found: int) -> Check:
    return Check(name, str(found), "0", found == 0)


def _share(name: str, of: list[History], verdict_class: VerdictClass, most: float) -> Check:
    found = sum(h.had(verdict_class) for h in of)
    return _at_most(name, found, len(of), most)


def _asked_again(histories: list[History], victims: set[int]) -> Check:
    """Genuine goods with a label to scan, damaged ones too."""
    natures = DECISIVE | {Nature.DAMAGED}
    of = [h for h in histories if h.item.nature in natures and id(h) not in victims]
    return _share("asked for again", of, VerdictClass.RESCAN, MAX_RESCAN)


def _at_most(name: str, found: int, count: int, most: float) -> Check:
    share = found / count if count else 0.0
    return Check(
        f"{name}, of {count} genuine", f"{found} ({share:.3%})", f"≤ {most:.2%}", share <= most
    )


def _counted(genuine: list[History]) -> Check:
    """What was accepted is counted once; what this site counted before it sold it, not again."""
    wrong = sum(h.accepted and h.received != 1 and not h.item.met_before for h in genuine)
    return _none("accepted but not counted once", wrong)


def _named(histories: list[History]) -> list[Check]:
    """Each fault with how often its own name was said."""
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for history in histories:
        item = history.item
        names = frozenset(item.names)
        if item.nature is Nature.COPIED and not names:
            continue  # either of the two is the second; see below
        if names:
            count[item.nature.value] += 1
            right[item.nature.value] += bool(names & history.said)
        fault = fault_named(item)
        if fault is not None:
            count[item.trouble.value] += 1
            right[item.trouble.value] += fault in history.said
    for history in _second_copies(histories):
        if not history.item.names:
            count["copied, second one"] += 1
            right["copied, second one"] += bool(_SAID_OF_COPIES & history.said)
    return [
        Check(
            f"named right: {name}, of {count[name]}",
            f"{right[name] / count[name]:.2%}",
            f"≥ {MIN_NAMED:.0%}",
            right[name] >= MIN_NAMED * count[name],
        )
        for name in sorted(count)
    ]


def table_lines(table: dict[str, Counter[str]]) -> list[str]:
    """The confusion table for people."""
    columns = ("items", *_TABLE_ROWS, "asked again")
    lines = [f"{'truth':24}" + "".join(f"{column:>13}" for column in columns)]
    for row in sorted(table, key=lambda name: (-table[name]["items"], name)):
        counts = table[row]
        lines.append(f"{row:24}" + "".join(f"{counts[column]:>13}" for column in columns))
    return lines
