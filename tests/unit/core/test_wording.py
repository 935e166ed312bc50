"""What an operator reads: short, plain, and right for the class it is shown with."""

import re
from typing import Final

import pytest

from station.core.advice import Advice, Loss
from station.core.codes import CodeKind, UnitIdentity
from station.core.decision import decide
from station.core.facts import Facts, SignatureStatus
from station.core.policy import SitePolicy, UnenrolledPolicy
from station.core.policy_keys import columns
from station.core.reasons import RULES, Lane, Reason, VerdictClass
from station.core.registry import KeyState
from station.core.verdict import Verdict
from station.core.wording import (
    TONGUES,
    WORDS,
    Language,
    Words,
    message_of,
    say,
    sentence,
    verdict_word,
    words_for,
)
from tests.fakes.replacing import replace

MAX_MESSAGE_COLUMNS: Final = 60
MAX_ACTION_COLUMNS: Final = 44
MAX_VERDICT_COLUMNS: Final = 10
MAX_ADVICE_COLUMNS: Final = 79
LONGEST_LANE: Final = "Quarantine tote4"

# What an operator may be told to do, by how the action begins; a lane's name may stand before it.
IMPERATIVES: Final = {
    Language.ENGLISH: ("Handle", "Pass", "Put", "Report", "Scan", "Set", "Stop", "Tell", "Turn"),
    Language.GERMAN: (),
    Language.SPANISH: (
        *("A ", "Apártela", "Avise", "Déjela", "Deje ", "Dele ", "Devuélvala", "Escanee", "Gire"),
        *("Pare", "Póngala", "Trátela"),
    ),
    Language.CHINESE: (
        *("停线", "对准标签", "扫描", "放", "报修", "按", "两件都放", "若是"),
        *("重新扫描", "再扫", "通知", "搁置"),
    ),
}
GERMAN_INFINITIVE: Final = re.compile(r"(\b\w*(en|ern|eln)|In [^,]+, Sicherheit rufen)$")
"""A German notice asks with the infinitive at its end: "Etikett noch einmal scannen"."""

ACCUSING: Final = re.compile(
    r"counterfeit|fake|forg|fraud|fälsch|betr[uü]g|falsific|fraude|estafa|假冒|伪造|欺诈",
    re.IGNORECASE,
)


def every_text() -> list[tuple[str, Language, Words]]:
    """What is said of every reason in every class and language, in the usual lane and a named."""
    return [
        (f"{language.value} {reason.value} {verdict_class.name} {lane}".strip(), language, words)
        for language in Language
        for reason in Reason
        for verdict_class in VerdictClass
        for lane in ("", LONGEST_LANE)
        for words in [words_for(Verdict(verdict_class, reason, lane=lane), language)]
    ]


@pytest.mark.parametrize("language", Language)
def test_every_language_has_words_for_everything(language: Language) -> None:
    tongue = TONGUES[language]

    assert list(tongue.words) == list(Reason)
    assert list(tongue.in_another_class) == list(TONGUES[Language.ENGLISH].in_another_class)
    assert set(tongue.lanes) == set(Lane)
    for reason in Reason:
        assert message_of(reason, language) == tongue.words[reason].message
    # The same words in two languages are a table that was copied and not translated.
    if language is not Language.ENGLISH:
        english = TONGUES[Language.ENGLISH]
        for reason, words in tongue.words.items():
            assert words.message != english.words[reason].message
            assert words.next_action != english.words[reason].next_action


@pytest.mark.parametrize("language", Language)
def test_every_verdict_has_one_short_word_of_its_own(language: Language) -> None:
    words = TONGUES[language].verdicts

    assert list(words) == list(VerdictClass)
    for word in words.values():
        assert 0 < columns(word) <= MAX_VERDICT_COLUMNS
        assert word == word.upper()
        assert word.isprintable()
    # A green word that could be taken for another class's would let a unit pass.
    assert len(set(words.values())) == len(VerdictClass) - 1, "ACCEPT twice, nothing else"
    assert words[VerdictClass.ACCEPT] == words[VerdictClass.ACCEPT_NOTE]


@pytest.mark.parametrize("language", Language)
def test_every_advice_and_loss_is_said(language: Language) -> None:
    tongue = TONGUES[language]

    assert list(tongue.advice) == list(Advice)
    assert list(tongue.losses) == [loss for loss in Loss if loss is not Loss.OTHER]
    for advice, text in tongue.advice.items():
        assert 0 < columns(text) <= MAX_ADVICE_COLUMNS, advice
        assert text == text.strip()
        assert not text.endswith((".", "。"))
        assert sentence(advice, language) == text
    for loss, words in tongue.losses.items():
        assert 0 < columns(words.message) <= MAX_MESSAGE_COLUMNS, loss
        assert 0 < columns(words.next_action) <= MAX_ACTION_COLUMNS, loss
    assert len(set(tongue.advice.values())) == len(Advice)
    if language is not Language.ENGLISH:
        english = TONGUES[Language.ENGLISH]
        assert not set(tongue.advice.values()) & set(english.advice.values())
        assert not set(tongue.losses.values()) & set(english.losses.values())


def test_a_text_of_the_moment_stays_as_it_is() -> None:
    assert sentence("the disk is full", Language.GERMAN) == "the disk is full"


@pytest.mark.parametrize(
    ("language", "message", "action"),
    [
        (Language.ENGLISH, "Announced in another shipment: ASN-1", "Set it aside, ask"),
        (Language.CHINESE, "属于另一批到货: ASN-1", "搁置，请示主管"),
    ],
)
def test_the_other_shipment_is_named(language: Language, message: str, action: str) -> None:
    elsewhere = Verdict(VerdictClass.HOLD, Reason.WRONG_SHIPMENT, also=(Reason.UNIT_RECALLED,))
    said = say(elsewhere, language, "ASN-1")

    assert (said.message, said.next_action) == (message, action)
    assert said.further == (message_of(Reason.UNIT_RECALLED, language),)
    assert say(elsewhere, language).message == message.removesuffix(": ASN-1")
    accepted = Verdict(VerdictClass.ACCEPT, Reason.OK)
    assert say(accepted, language, "ASN-1").message == message_of(Reason.OK, language)


@pytest.mark.parametrize("language", Language)
def test_a_reason_in_the_table_may_stand_in_each_class_it_has_words_for(
    language: Language,
) -> None:
    """Words for a class that a reason can never have would be read by nobody."""
    for reason, verdict_class in TONGUES[language].in_another_class:
        assert RULES[reason].verdict_class is not verdict_class


@pytest.mark.parametrize("language", Language)
def test_words_are_short_plain_and_tell_what_to_do(language: Language) -> None:
    for name, spoken, words in every_text():
        if spoken is not language:
            continue
        assert 0 < columns(words.message) <= MAX_MESSAGE_COLUMNS, name
        assert 0 < columns(words.next_action) <= MAX_ACTION_COLUMNS, name
        for text in (words.message, words.next_action):
            assert text.isprintable(), name
            assert text == text.strip(), name
            assert not text.endswith((".", "!", "。", "\uff01")), name
            assert not text[0].islower(), name
            plain = text.replace(LONGEST_LANE, "")
            assert re.search(r"[A-Z]{3}|_|[{}]", plain) is None, f"{name}: a name of the code"
            assert language is not Language.ENGLISH or text.isascii(), name
        if language is Language.GERMAN:
            assert GERMAN_INFINITIVE.search(words.next_action), name
        else:
            assert words.next_action.startswith(IMPERATIVES[language]), name


def test_counterfeit_is_said_only_of_a_confirmed_one() -> None:
    accusing = {
        name.split()[1]
        for name, _, words in every_text()
        if ACCUSING.search(f"{words.message} {words.next_action}")
    }
    assert accusing == {"UNIT_COUNTERFEIT"}
    for language in Language:
        assert ACCUSING.search(message_of(Reason.UNIT_COUNTERFEIT, language))


@pytest.mark.parametrize("language", Language)
def test_a_lane_of_the_policys_is_named_and_else_the_usual_one(language: Language) -> None:
    for reason in (Reason.NO_CODE, Reason.DAMAGED, Reason.UNREADABLE, Reason.UNIT_STOLEN):
        verdict = Verdict(VerdictClass.QUARANTINE, reason)
        usual = words_for(verdict, language)
        named = words_for(replace(verdict, lane="Q-3"), language)

        assert TONGUES[language].lanes[RULES[reason].lane] in usual.next_action
        assert "Q-3" in named.next_action
        assert named.message == usual.message


def test_the_english_table_is_what_is_said_in_the_usual_lane() -> None:
    for reason, rule in RULES.items():
        if rule.verdict_class is not None and rule.second_class is None:
            assert WORDS[reason] == words_for(Verdict(rule.verdict_class, reason))


def test_nobody_is_told_to_let_a_held_or_quarantined_item_go() -> None:
    going = {
        (language, words_for(Verdict(VerdictClass.ACCEPT, Reason.OK), language).next_action)
        for language in Language
    }
    held_by_policy = set(TONGUES[Language.ENGLISH].in_another_class)
    for language in Language:
        for reason, rule in RULES.items():
            for verdict_class in (VerdictClass.HOLD, VerdictClass.QUARANTINE):
                can_be = verdict_class in {rule.verdict_class, rule.second_class}
                if can_be or (reason, verdict_class) in held_by_policy:
                    action = words_for(Verdict(verdict_class, reason), language).next_action
                    assert (language, action) not in going


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
        "Signed, but not in the registry yet", "Set it aside, ask"
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
