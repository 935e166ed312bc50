"""Decide again what the journal says was decided, and say what comes out differently.

Two ways, because each shows what the other cannot. From the facts as kept, with the policy of then:
the rules still give that verdict. From the payload up: the bytes still parse to what the facts say
they are, and where the key that signed is still known, its signature is checked again. What the
registry said of the unit then is in the facts alone; registries change, so it is not asked again.

Pure; fetching entries, policies and keys is left to the caller.
"""

from dataclasses import dataclass, fields
from enum import Enum
from typing import Final

from station.core.codes import OpaqueUnit, ParsedCode, SignedUnit, identity_of, kind_of
from station.core.decision import decide
from station.core.diagnosis.candidates import candidates
from station.core.facts import Facts, SignatureStatus
from station.core.journal import JournalEntry
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
