#!/usr/bin/env python3
"""Write docs/reference/reason-codes.md from the tables of reasons and their words.

scripts/make_reason_docs.py            write the page
scripts/make_reason_docs.py --check    exit 1 when the page differs from the table
"""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.generated_pages import write_or_check  # noqa: E402
from station.core.reasons import CLASS_RULES, RULES, Reason, ReasonRule, VerdictClass  # noqa: E402
from station.core.verdict import Verdict  # noqa: E402
from station.core.wording import TONGUES, WORDS, Language, verdict_word, words_for  # noqa: E402

PAGE: Final = Path("docs", "reference", "reason-codes.md")

_HEAD: Final = """\
<!-- Made by scripts/make_reason_docs.py; change the tables in station/core, not this page. -->

# Reason codes

A verdict has a class, a headline reason and every other reason that applies. The worst class
decides; within it the lowest number is the headline. A *modifier* flags a verdict and decides
nothing.

## Classes

From best to worst.

*Step* is the EPCIS business step of the event that is told on, from the Core Business Vocabulary
2.0, section 7.1.

| class | on the screen | sound | step | what becomes of the item |
| --- | --- | --- | --- | --- |
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
Vocabulary 2.0, section 7.2, or our own URI. *Lane* is where a quarantined unit goes; a
[policy](policy.md) may name each, and the name then stands in the next action.

| # | reason | first | second | message | next action | lane | disposition |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""

_CIRCUMSTANCES_HEAD: Final = """
## Other words in other circumstances

At a first read that only asks for a second one, by a [policy](policy.md), or by a compromised key.

| reason | class | message | next action |
| --- | --- | --- | --- |
"""

_LANGUAGES_HEAD: Final = """
## In other languages

`language` under `[site]` in `station.toml` says what the operators read; an operator may have a
language of their own, which the screens speak while they are signed in
([operators and badges](../how-to/operators-and-badges.md)). What is decided is the same in all.
"""

_LANGUAGE_NAMES: Final = {
    Language.CHINESE: "Chinese, simplified",
    Language.GERMAN: "German",
    Language.SPANISH: "Spanish",
}

_VERDICTS_HEAD: Final = """
| class | {languages} |
| --- | {dashes} |
"""

_LANGUAGE_HEAD: Final = """
| reason | class | message | next action |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    reasons = "".join(_row(reason, rule) for reason, rule in RULES.items())
    return "".join(
        (
            _HEAD,
            *map(_class_row, VerdictClass),
            _REASONS_HEAD,
            reasons,
            _CIRCUMSTANCES_HEAD,
            _circumstances(Language.ENGLISH),
            _LANGUAGES_HEAD,
            _VERDICTS_HEAD.format(
                languages=" | ".join(_LANGUAGE_NAMES.values()),
                dashes=" | ".join("---" for _ in _LANGUAGE_NAMES),
            ),
            *(
                _cells(
                    f"`{verdict_class.name}`",
                    *(verdict_word(verdict_class, language) for language in _LANGUAGE_NAMES),
                )
                for verdict_class in VerdictClass
            ),
            *(
                f"\n### {name}\n{_LANGUAGE_HEAD}{_stated(language)}{_circumstances(language)}"
                for language, name in _LANGUAGE_NAMES.items()
            ),
        )
    )


def _class_row(verdict_class: VerdictClass) -> str:
    rule = CLASS_RULES[verdict_class]
    return _cells(
        f"`{verdict_class.name}`",
        verdict_word(verdict_class),
        f"`{rule.sound.value}`",
        "" if rule.biz_step is None else f"`{rule.biz_step.value}`",
        _CLASSES[verdict_class],
    )


def _row(reason: Reason, rule: ReasonRule) -> str:
    first = "modifier" if rule.verdict_class is None else f"`{rule.verdict_class.name}`"
    second = "" if rule.second_class is None else f"`{rule.second_class.name}`"
    disposition = "" if rule.disposition is None else f"`{rule.disposition.value}`"
    quarantines = VerdictClass.QUARANTINE in {rule.verdict_class, rule.second_class}
    words = WORDS[reason]
    return _cells(
        str(rule.number),
        f"`{reason.value}`",
        first,
        second,
        words.message,
        words.next_action,
        f"`{rule.lane.value}`" if quarantines else "",
        disposition,
    )


def _stated(language: Language) -> str:
    """Each reason in the class it has in the table, at the last read."""
    return "".join(
        _spoken(reason, rule.second_class or rule.verdict_class, language)
        for reason, rule in RULES.items()
    )


def _circumstances(language: Language) -> str:
    """Where a class changes what is said."""
    others = {
        (reason, VerdictClass.RESCAN)
        for reason, rule in RULES.items()
        if rule.second_class is not None and rule.verdict_class is VerdictClass.RESCAN
    } | TONGUES[language].in_another_class.keys()
    return "".join(
        _spoken(reason, verdict_class, language)
        for reason in RULES
        for verdict_class in VerdictClass
        if (reason, verdict_class) in others
    )


def _spoken(reason: Reason, verdict_class: VerdictClass | None, language: Language) -> str:
    words = words_for(Verdict(verdict_class or VerdictClass.ACCEPT, reason), language)
    name = "modifier" if verdict_class is None else f"`{verdict_class.name}`"
    return _cells(f"`{reason.value}`", name, words.message, words.next_action)


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def main(arguments: list[str]) -> int:
    """Write or check the page; the exit code."""
    return write_or_check(ROOT / PAGE, page(), arguments, __doc__ or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
