"""What an operator reads: short, plain, and right for the class it is shown with."""

import re
from dataclasses import replace
from typing import Final

import pytest

from station.core.codes import CodeKind, UnitIdentity
from station.core.decision import decide
from station.core.facts import Facts, SignatureStatus
from station.core.policy import SitePolicy, UnenrolledPolicy
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyState
from station.core.verdict import Verdict
from station.core.wording import VERDICT_WORDS, WORDS, Words, verdict_word, words_for

MAX_MESSAGE_CHARS: Final = 60
MAX_ACTION_CHARS: Final = 44

# What an operator may be told to do, by first word.
IMPERATIVES: Final = {
    *("Answer:", "Handle", "Pass", "Put", "Report", "Scan", "Set", "Stop", "Tell", "Turn")
}
LETS_GO: Final = {"Pass it on", "Put it with the returns", "Handle as unprotected goods"}


def every_text() -> list[tuple[str, Words]]:
    """The table's words and what becomes of them in every class."""
    texts = [(reason.value, WORDS[reason]) for reason in Reason]
    for reason in Reason:
        for verdict_class in VerdictClass:
            words = words_for(Verdict(verdict_class, reason))
            texts.append((f"{reason.value} as {verdict_class.name}", words))
    return texts


def test_every_reason_and_class_has_words() -> None:
    assert set(WORDS) == set(Reason)
    assert set(VERDICT_WORDS) == set(VerdictClass)


@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in every_text()])
def test_words_are_short_plain_and_tell_what_to_do(words: Words) -> None:
    assert 0 < len(words.message) <= MAX_MESSAGE_CHARS
    assert 0 < len(words.next_action) <= MAX_ACTION_CHARS
    for text in (words.message, words.next_action):
        assert text.isascii()
        assert text.isprintable()
        assert text == text.strip()
        assert not text.endswith((".", "!"))
        assert text[0].isupper()
        assert re.search(r"[A-Z]{3}|_", text) is None, "a name of the code, not a word of people"
    assert words.next_action.split()[0] in IMPERATIVES


def test_counterfeit_is_said_only_of_a_confirmed_one() -> None:
    accusing = [
        name
        for name, words in every_text()
        if re.search(
            "counterfeit|fake|forg|fraud", f"{words.message} {words.next_action}", re.IGNORECASE
        )
    ]
    assert {name.split()[0] for name in accusing} == {"UNIT_COUNTERFEIT"}


GENUINE: Final = Facts(
    kind=CodeKind.UC1,
    identity=UnitIdentity("09506000134352", "K7QZ4M2XW9TRB"),
    enrolled=True,
    signature=SignatureStatus.VALID,
    key_state=KeyState.ACTIVE,
)
HELD_UNENROLLED: Final = SitePolicy(unenrolled=UnenrolledPolicy.HOLD)


def test_a_held_unit_is_never_told_to_pass() -> None:
    """The same reason as in a green verdict, in a yellow one."""
    compromised = decide(replace(GENUINE, key_state=KeyState.COMPROMISED), SitePolicy())
    unenrolled = decide(Facts(kind=CodeKind.SGTIN, enrolled=False), HELD_UNENROLLED)

    assert compromised.verdict_class is VerdictClass.HOLD
    assert words_for(compromised) == Words(
        "The key is no longer safe, the unit not in the registry", "Set it aside, ask"
    )
    assert unenrolled.verdict_class is VerdictClass.HOLD
    assert words_for(unenrolled) == Words("No brand has enrolled this product", "Set it aside, ask")


def test_the_same_reasons_in_a_green_verdict() -> None:
    assert words_for(decide(GENUINE, SitePolicy())) == Words(
        "Genuine, not in the registry yet", "Pass it on"
    )
    assert words_for(decide(Facts(kind=CodeKind.SGTIN, enrolled=False), SitePolicy())) == Words(
        "No brand has enrolled this product", "Handle as unprotected goods"
    )


@pytest.mark.parametrize(
    "reason", [Reason.SIGNATURE_INVALID, Reason.SIGNATURE_MISSING, Reason.FORMAT_NOT_ACCEPTED]
)
def test_a_first_alarm_asks_for_the_same_label_and_a_second_for_the_tote(reason: Reason) -> None:
    first = words_for(Verdict(VerdictClass.RESCAN, reason))
    second = words_for(Verdict(VerdictClass.QUARANTINE, reason))

    assert first.message == second.message
    assert first.next_action == "Scan the same label again"
    assert second.next_action == "Put it in the tote"


def test_an_unknown_unsigned_unit_is_set_aside_then_quarantined() -> None:
    plain = Facts(kind=CodeKind.SGTIN, identity=GENUINE.identity, enrolled=True)
    first = decide(plain, SitePolicy())
    second = decide(replace(plain, second_read=True), SitePolicy())

    assert words_for(first).next_action == "Set it aside, ask"
    assert words_for(second).next_action == "Put it in the tote"


def test_the_banner_has_one_word_and_a_note_is_still_an_accept() -> None:
    assert [verdict_word(verdict_class) for verdict_class in VerdictClass] == [
        *("ACCEPT", "ACCEPT", "RESCAN", "HOLD", "QUARANTINE", "STOP")
    ]
