"""Decide again what the journal says was decided, and say what comes out differently.

Three ways, because each shows what the others cannot. From the facts as kept, with the policy of
then: the rules still give that verdict. From the payload up: the bytes still parse to what the
facts say they are, and where the key that signed is still known, its signature is checked again.
Along each unit: an act leaves the unit where the table of its life says, and every line found the
unit as the line before had left it. What the registry said of the unit then is in the facts alone;
registries change, so it is not asked again.

Pure; fetching entries, policies and keys is left to the caller.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from msgspec.structs import fields

from station.core.acts import ACT_RULES, OF_THE_STATION, ActEntry, ActKind, Standing
from station.core.changes import changes_of, standing_before
from station.core.codes import (
    OpaqueUnit,
    ParsedCode,
    SignedUnit,
    UnitIdentity,
    identity_of,
    kind_of,
)
from station.core.decision import decide
from station.core.diagnosis.candidates import candidates
from station.core.facts import Facts, SignatureStatus
from station.core.journal import Entry, JournalEntry
from station.core.life import state_after
from station.core.operators import THE_STATION, Role
from station.core.parsing import parse
from station.core.policy import SitePolicy
from station.core.registry import KeyRecord
from station.core.verdict import Verdict
from station.core.verification import problem_of, signature_status

_VERDICT_FIELDS: Final = tuple(field.name for field in fields(Verdict))
_CHECKED: Final = frozenset({SignatureStatus.VALID, SignatureStatus.INVALID})


class Part(Enum):
    """What of an entry was worked out again."""

    PAYLOAD = "payload"
    """Kind, identity and problem, from the bytes as read."""
    SIGNATURE = "signature"
    """Whether the signature is genuine, by the key it names."""
    VERDICT = "verdict"
    """The verdict, from the facts and the policy."""
    ACT = "act"
    """What an act leaves, from what it found."""
    STANDING = "standing"
    """What a line found, from the line before about its unit."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that comes out differently today.

    Attributes:
        part: What it is.
        field: Which field of it.
        kept: What the journal says.
        again: What comes out now.
    """

    part: Part
    field: str
    kept: str
    again: str


def readings(entry: JournalEntry) -> tuple[ParsedCode, ...]:
    """What an entry's payload may have been read as; empty where the operator spoke for the item.

    With the scanner's faults undone there may be several, all naming the same unit: one fault may
    have changed the tag or spared it. Which one it was shows by its signature.
    """
    if entry.facts.declared is not None:
        return ()
    faults = entry.facts.scanner_faults
    repaired = tuple(
        candidate.code
        for candidate in (candidates(entry.payload, entry.symbology_identifier) if faults else ())
        if candidate.faults == faults and identity_of(candidate.code) in {entry.identity, None}
    )
    if repaired:
        return repaired
    as_read = parse(
        entry.payload,
        entry.symbology_identifier,
        symbol_format=entry.symbol_format,
        complete=entry.complete,
    )
    return (as_read,)


def payload_differences(entry: JournalEntry, code: ParsedCode) -> list[Difference]:
    """How a payload read again differs from what the facts say it is.

    Args:
        entry: The entry.
        code: From `readings`.
    """
    facts = entry.facts
    pairs: list[tuple[str, object, object]] = [
        ("kind", entry.kind, kind_of(code)),
        ("facts.kind", facts.kind, kind_of(code)),
        ("facts.problem", facts.problem, problem_of(code)),
        ("identity", entry.identity, facts.identity),
    ]
    if not isinstance(code, OpaqueUnit):  # only a registry knows whom an opaque code names
        pairs.append(("facts.identity", facts.identity, identity_of(code)))
    return _differences(Part.PAYLOAD, pairs)


def signatures_checked(entry: JournalEntry, codes: tuple[ParsedCode, ...]) -> list[SignedUnit]:
    """The readings of an entry whose signature was checked; none where there was none to check."""
    if entry.facts.signature not in _CHECKED:
        return []
    return [code for code in codes if isinstance(code, SignedUnit)]


def signature_differences(
    facts: Facts, checked: list[tuple[SignedUnit, KeyRecord]]
) -> list[Difference]:
    """How signatures checked again differ from the fact; one reading that agrees is enough.

    What the brand says of a key since then makes no difference to the arithmetic.

    Args:
        facts: The entry's.
        checked: Each reading with the key it names; at least one.
    """
    results = [signature_status(code, key) for code, key in checked]
    again = facts.signature if facts.signature in results else results[0]
    return _differences(Part.SIGNATURE, [("facts.signature", facts.signature, again)])


def verdict_differences(entry: JournalEntry, policy: SitePolicy) -> list[Difference]:
    """How a verdict given again differs from the one kept.

    Args:
        entry: The entry.
        policy: The policy the entry names.
    """
    kept, again = entry.verdict, decide(entry.facts, policy)
    if kept == again:
        return []
    pairs = [(name, getattr(kept, name), getattr(again, name)) for name in _VERDICT_FIELDS]
    return _differences(Part.VERDICT, pairs)


def act_differences(act: ActEntry, about: Entry | None) -> list[Difference]:
    """How what an act leaves differs from what follows from what it found.

    Args:
        act: The act.
        about: The line it is about, or None.
    """
    if act.kind is ActKind.UNDO:
        return _undo_differences(act, about)
    rule = ACT_RULES[act.kind]
    pairs: list[tuple[str, object, object]] = [
        ("role", act.role, max(act.role, _least_role(act))),
        ("witness", bool(act.witness), bool(act.witness) or rule.witness),
    ]
    if act.kind in OF_THE_STATION:
        pairs.append(("operator", act.operator, THE_STATION))
    if act.moves:
        before = act.before
        state, previous = (None, None) if before is None else (before.state, before.previous)
        left = None if act.after is None else act.after.state
        pairs.append(("after.state", left, state_after(state, act.kind, previous)))
    return _differences(Part.ACT, pairs)


def _least_role(act: ActEntry) -> Role:
    """What an act's kind needs of whoever does it; everybody changes their own PIN."""
    is_own = act.kind is ActKind.OPERATOR_CHANGED and act.operator == act.reference
    return Role.WITNESS if is_own else ACT_RULES[act.kind].role


def _undo_differences(act: ActEntry, about: Entry | None) -> list[Difference]:
    if about is None:
        return [Difference(Part.ACT, "about", act.about, "None")]
    due = standing_before(about.facts) if isinstance(about, JournalEntry) else about.before
    moves = bool(changes_of(about).moves)
    pairs: list[tuple[str, object, object]] = [
        ("identity", act.identity, about.identity),
        ("moves", act.moves, moves),
    ]
    if act.moves and moves:
        pairs.append(("after", act.after, due))
    return _differences(Part.ACT, pairs)


def found_by(entry: Entry) -> Standing | None:
    """How a line found its unit's standing, by its own word."""
    return entry.before if isinstance(entry, ActEntry) else standing_before(entry.facts)


def left_by(entry: Entry, identity: UnitIdentity) -> tuple[Standing | None] | None:
    """The standing a line leaves a unit in, as a tuple of one; None where it moves it not."""
    try:
        moves = changes_of(entry).moves
    except ValueError:
        return None
    return next(((move.leaves,) for move in moves if move.identity == identity), None)


def rests_on_standing(entry: Entry) -> bool:
    """Whether a line says how it found its unit."""
    if isinstance(entry, ActEntry):
        return entry.moves
    return bool(changes_of(entry).moves) or entry.facts.claim_scan is not None


def standing_differences(entry: Entry, left: Standing | None) -> list[Difference]:
    """How the standing a line found differs from what the line before had left.

    Args:
        entry: A line that `rests_on_standing`.
        left: What the last line before it that moved the unit left.
    """
    return _differences(Part.STANDING, [("standing", found_by(entry), left)])


def _differences(part: Part, pairs: list[tuple[str, object, object]]) -> list[Difference]:
    return [
        Difference(part, field, _words(kept), _words(again))
        for field, kept, again in pairs
        if kept != again
    ]


def _words(value: object) -> str:
    """A field's value as the journal would spell it."""
    if isinstance(value, tuple):
        return " ".join(_words(each) for each in value)
    if isinstance(value, Enum):
        return value.name if isinstance(value.value, int) else str(value.value)
    return str(value)
