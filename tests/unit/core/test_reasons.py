"""The table of reasons against the published one, and the page made from it."""

from pathlib import Path
from typing import Final

import pytest

from scripts.make_reason_docs import PAGE, page
from station.core.reasons import (
    CLASS_RULES,
    DECLARABLE,
    RULES,
    Disposition,
    Lane,
    Reason,
    ReasonRule,
    Sound,
    VerdictClass,
)

# Written out from the design's table, not from the code: number, names, first class, second class.
PUBLISHED: Final[list[tuple[int, str, str, str]]] = [
    (0, "STATION_FAULT", "STOP", ""),
    (1, "READ_EMPTY READ_TRUNCATED READ_CONTROL_CHARS", "RESCAN", ""),
    (2, "WRONG_SYMBOL", "RESCAN", ""),
    (3, "PARSE_ERROR", "RESCAN", ""),
    (4, "NO_SERIAL", "RESCAN", ""),
    (5, "UNREADABLE", "QUARANTINE", ""),
    (6, "NO_CODE", "QUARANTINE", ""),
    (
        7,
        "SCANNER_FAULT_CASE SCANNER_FAULT_LAYOUT SCANNER_FAULT_SEPARATOR SCANNER_FAULT_PREFIX",
        "",
        "",
    ),
    (8, "CODE_TWICE_IN_FRAME", "QUARANTINE", ""),
    (9, "KEY_UNKNOWN", "HOLD", ""),
    (10, "KEY_REVOKED", "QUARANTINE", ""),
    (11, "SIGNATURE_INVALID SIGNATURE_MISSING FORMAT_NOT_ACCEPTED", "RESCAN", "QUARANTINE"),
    (12, "GTIN_NOT_ENROLLED", "ACCEPT_NOTE", ""),
    (13, "BRAND_KEY_MISMATCH", "QUARANTINE", ""),
    (
        14,
        "UNIT_DESTROYED UNIT_VOID UNIT_REPLACED UNIT_COUNTERFEIT UNIT_QUARANTINED UNIT_NOT_ACTIVE",
        "QUARANTINE",
        "",
    ),
    (15, "UNIT_STOLEN", "QUARANTINE", ""),
    (16, "UNIT_RECALLED", "QUARANTINE", ""),
    (17, "UNIT_BLOCKED", "QUARANTINE", ""),
    (18, "DUPLICATE_OTHER_STATION DUPLICATE_SHIPPED", "QUARANTINE", ""),
    (19, "REPEAT_SAME_STATION", "HOLD", ""),
    (20, "RETURN_EXPECTED", "ACCEPT_NOTE", ""),
    (21, "UNIT_EXPIRED", "QUARANTINE", ""),
    (22, "DATA_MISMATCH", "HOLD", ""),
    (23, "UNIT_UNKNOWN_SIGNED", "ACCEPT_NOTE", ""),
    (24, "UNIT_UNKNOWN_UNSIGNED", "HOLD", "QUARANTINE"),
    (25, "SELLER_NOT_AUTHORISED", "HOLD", ""),
    (26, "NOT_ON_ASN OVER WRONG_SHIPMENT", "HOLD", ""),
    (27, "REGISTRY_STALE CLOCK_WRONG", "", ""),
    (28, "DAMAGED", "QUARANTINE", ""),
    (29, "OK", "ACCEPT", ""),
]


def test_the_table_is_the_published_one() -> None:
    """The names are a public enumeration: journals, policies and scripts hold them."""
    ours = [
        (
            rule.number,
            reason.value,
            "" if rule.verdict_class is None else rule.verdict_class.name,
            "" if rule.second_class is None else rule.second_class.name,
        )
        for reason, rule in RULES.items()
    ]
    published = [
        (number, name, first, second)
        for number, names, first, second in PUBLISHED
        for name in names.split()
    ]

    assert ours == published


def test_every_reason_has_a_rule_and_its_value_is_its_name() -> None:
    assert list(RULES) == list(Reason)
    assert [reason.value for reason in Reason] == [reason.name for reason in Reason]


def test_classes_stand_in_order() -> None:
    assert [verdict_class.name for verdict_class in sorted(VerdictClass)] == [
        *("ACCEPT", "ACCEPT_NOTE", "RESCAN", "HOLD", "QUARANTINE", "STOP")
    ]
    assert [verdict_class.name for verdict_class in VerdictClass if verdict_class.is_accept] == [
        *("ACCEPT", "ACCEPT_NOTE")
    ]


def test_only_an_item_without_a_readable_code_may_be_declared() -> None:
    assert {reason.value for reason in DECLARABLE} == {"UNREADABLE", "NO_CODE", "DAMAGED"}


@pytest.mark.parametrize(("reason", "rule"), RULES.items(), ids=lambda value: str(value)[:40])
def test_a_second_read_is_never_milder(reason: Reason, rule: ReasonRule) -> None:
    if rule.second_class is not None:
        assert rule.verdict_class is not None
        assert rule.second_class > rule.verdict_class


def test_whatever_may_be_put_aside_has_a_disposition_and_nothing_else_has() -> None:
    """GTIN_NOT_ENROLLED, REGISTRY_STALE and CLOCK_WRONG are held by policy, UNIT_UNKNOWN_SIGNED by
    that and by a compromised key."""
    put_aside = {VerdictClass.HOLD, VerdictClass.QUARANTINE}
    expected = {
        reason
        for reason, rule in RULES.items()
        if {rule.verdict_class, rule.second_class} & put_aside
    } | {
        Reason.GTIN_NOT_ENROLLED,
        Reason.UNIT_UNKNOWN_SIGNED,
        Reason.REGISTRY_STALE,
        Reason.CLOCK_WRONG,
    }

    assert {reason for reason, rule in RULES.items() if rule.disposition is not None} == expected


# CBV 2.0, section 7.2: the standard's words; anything else must be a URI of one's own (8.1.3).
CBV_DISPOSITIONS: Final = {
    "active",
    "available",
    "completeness_inferred",
    "completeness_verified",
    "conformant",
    "container_closed",
    "container_open",
    "damaged",
    "destroyed",
    "dispensed",
    "disposed",
    "encoded",
    "expired",
    "in_progress",
    "in_transit",
    "inactive",
    "mismatch_class",
    "mismatch_instance",
    "mismatch_quantity",
    "needs_replacement",
    "no_pedigree_match",
    "non_conformant",
    "non_sellable_other",
    "partially_dispensed",
    "recalled",
    "reserved",
    "retail_sold",
    "returned",
    "sellable_accessible",
    "sellable_not_accessible",
    "stolen",
    "unavailable",
    "unknown",
}


def test_dispositions_are_the_standards_words_or_a_uri() -> None:
    own = {disposition.value for disposition in Disposition} - CBV_DISPOSITIONS

    assert own == {Disposition.SUSPECTED_COUNTERFEIT.value}
    assert Disposition.SUSPECTED_COUNTERFEIT.value.startswith("https://")


def test_an_uncoded_unit_is_never_called_counterfeit() -> None:
    for reason in (Reason.NO_CODE, Reason.UNREADABLE, Reason.DAMAGED, Reason.SIGNATURE_MISSING):
        assert RULES[reason].disposition is not Disposition.SUSPECTED_COUNTERFEIT


def test_every_class_has_a_sound_of_its_own_and_those_that_record_a_step() -> None:
    assert set(CLASS_RULES) == set(VerdictClass)
    assert {rule.sound for rule in CLASS_RULES.values()} == set(Sound)
    steps = {
        verdict_class.name: rule.biz_step.value
        for verdict_class, rule in CLASS_RULES.items()
        if rule.biz_step is not None
    }
    assert steps == {
        "ACCEPT": "receiving",
        "ACCEPT_NOTE": "receiving",
        "HOLD": "holding",
        "QUARANTINE": "holding",
    }


def test_what_is_declared_has_a_lane_of_its_own() -> None:
    lanes = {reason: RULES[reason].lane for reason in DECLARABLE}
    assert lanes == {
        Reason.UNREADABLE: Lane.UNREADABLE,
        Reason.NO_CODE: Lane.UNCODED,
        Reason.DAMAGED: Lane.DAMAGED,
    }
    assert all(RULES[reason].lane is Lane.QUARANTINE for reason in set(Reason) - DECLARABLE)


def test_the_page_of_reasons_is_up_to_date(root: Path) -> None:
    assert (root / PAGE).read_text("utf-8") == page(), (
        "the table changed: run scripts/make_reason_docs.py"
    )


def test_the_page_has_a_row_for_every_reason() -> None:
    lines = page().splitlines()
    for reason, rule in RULES.items():
        assert sum(line.startswith(f"| {rule.number} | `{reason.value}` |") for line in lines) == 1
