#!/usr/bin/env python3
"""Write docs/reference/reason-codes.md from the table of reasons and its words.

scripts/make_reason_docs.py            write the page
scripts/make_reason_docs.py --check    exit 1 when the page differs from the table
"""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.generated_page import write_or_check  # noqa: E402
from station.core.reasons import RULES, Reason, ReasonRule, VerdictClass  # noqa: E402
from station.core.verdict import Verdict  # noqa: E402
from station.core.wording import VERDICT_WORDS, WORDS, Words, words_for  # noqa: E402

PAGE: Final = Path("docs", "reference", "reason-codes.md")

_HEAD: Final = """\
<!-- Made by scripts/make_reason_docs.py; change the tables in station/core, not this page. -->

# Reason codes

A verdict has a class, a headline reason and every other reason that applies. The worst class
decides; within it the lowest number is the headline. A *modifier* flags a verdict and decides
nothing.

## Classes

From best to worst.

| class | on the screen | what becomes of the item |
| --- | --- | --- |
"""

_CLASSES: Final[dict[VerdictClass, str]] = {
    VerdictClass.ACCEPT: "goes on",
    VerdictClass.ACCEPT_NOTE: "goes on, with a note",
    VerdictClass.RESCAN: "is scanned once more; nothing is recorded on the unit",
    VerdictClass.HOLD: "waits for the operator or the supervisor",
    VerdictClass.QUARANTINE: "goes into the quarantine tote; must be acknowledged",
    VerdictClass.STOP: "nothing moves: the station cannot decide",
}

_REASONS_HEAD: Final = """
## Reasons

*First* is the class at a first read, *second* where a second read of the same item differs.
*Disposition* is the EPCIS disposition of a held or quarantined unit, from the Core Business
Vocabulary 2.0, section 7.2, or our own URI.

| # | reason | first | second | message | next action | disposition |
| --- | --- | --- | --- | --- | --- | --- |
"""

_CIRCUMSTANCES_HEAD: Final = """
## Other words in other circumstances

| reason | class | message | next action |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    classes = "".join(
        f"| `{verdict_class.name}` | {VERDICT_WORDS[verdict_class]} | {outcome} |\n"
        for verdict_class, outcome in _CLASSES.items()
    )
    reasons = "".join(_row(reason, rule) for reason, rule in RULES.items())
    return _HEAD + classes + _REASONS_HEAD + reasons + _CIRCUMSTANCES_HEAD + _circumstances()


def _row(reason: Reason, rule: ReasonRule) -> str:
    first = "modifier" if rule.verdict_class is None else f"`{rule.verdict_class.name}`"
    second = "" if rule.second_class is None else f"`{rule.second_class.name}`"
    disposition = "" if rule.disposition is None else f"`{rule.disposition.value}`"
    words = WORDS[reason]
    return _cells(
        str(rule.number),
        f"`{reason.value}`",
        first,
        second,
        words.message,
        words.next_action,
        disposition,
    )


def _circumstances() -> str:
    """Where a class changes what is said; no reason is ever milder than at a first read."""
    rows = []
    for reason, rule in RULES.items():
        if rule.verdict_class is None:
            continue
        for verdict_class in VerdictClass:
            if verdict_class < rule.verdict_class:
                continue
            words: Words = words_for(Verdict(verdict_class, reason))
            if words != WORDS[reason]:
                rows.append(
                    _cells(
                        f"`{reason.value}`",
                        f"`{verdict_class.name}`",
                        words.message,
                        words.next_action,
                    )
                )
    return "".join(rows)


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    sys.exit(write_or_check(ROOT / PAGE, page(), sys.argv[1:], __file__))
