"""A verdict as one JSON object, the same for every command that prints verdicts."""

import base64
from typing import Any, Final

from station.app.print_report import print_record, print_words
from station.core.diagnosis.faults import modifiers_of
from station.core.facts import Facts
from station.core.journal import JournalEntry
from station.core.policy import Issuance
from station.core.print_quality import Grade
from station.core.wording import Language, message_of, words_for

_WORTH_SAYING: Final = Grade.B
"""Print is mentioned below this letter; it never changes a verdict."""


def verdict_record(entry: JournalEntry, commit_ms: float, language: Language) -> dict[str, Any]:
    """The object of the command-line contract.

    Args:
        entry: What was decided.
        commit_ms: From decided to durable; 0 where nothing was journalled.
        language: Of message and next action.
    """
    verdict = entry.verdict
    words = words_for(verdict, language)
    timings = entry.timings
    return {
        "scan_id": entry.scan_id,
        "verdict": verdict.verdict_class.name,
        "reason": verdict.reason.value,
        "also": [reason.value for reason in verdict.also],
        "modifiers": [reason.value for reason in verdict.modifiers],
        "kind": entry.kind.value,
        "gtin": entry.gtin,
        "serial": entry.identity.serial if entry.identity is not None else None,
        "issuance": _issuance(entry.facts),
        "provisional": verdict.provisional,
        "registry_generation": entry.registry_generation,
        "station": entry.station,
        "source": entry.source,
        "time_utc": entry.time_utc,
        "message": words.message,
        "next_action": words.next_action,
        "raw_b64": base64.b64encode(entry.payload).decode("ascii"),
        "symbology_identifier": entry.symbology_identifier,
        "print_estimate": print_record(entry.print_quality),
        "timings_ms": {
            "decode": round(timings.decode_ms, 3),
            "verify": round(timings.verify_ms, 3),
            "lookup": round(timings.lookup_ms, 3),
            "commit": round(commit_ms, 3),
            "total": round(timings.total_ms + commit_ms, 3),
        },
    }


def _issuance(facts: Facts) -> str | None:
    """What says that the unit was issued, or None where nothing does."""
    if facts.listed:
        return Issuance.LISTED.value
    return Issuance.SIGNATURE.value if facts.by_signature else None


def verdict_words(entry: JournalEntry, language: Language) -> str:
    """One line for people, without line end."""
    verdict = entry.verdict
    words = words_for(verdict, language)
    unit = f"{entry.gtin or '-'} {entry.identity.serial if entry.identity else '-'}"
    flag = " (provisional)" if verdict.provisional else ""
    notes = "".join(
        f"; {message_of(fault, language)}" for fault in modifiers_of(entry.facts.scanner_faults)
    )
    quality = entry.print_quality
    if quality is not None and quality.grade < _WORTH_SAYING and quality.shows_print:
        notes += f"; {print_words(quality)}"
    return (
        f"{verdict.verdict_class.name:<11} {verdict.reason.value:<24} {unit:<36} "
        f"{words.message}. {words.next_action}{flag}{notes}"
    )
