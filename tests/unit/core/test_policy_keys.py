"""The table of a policy's keys: what is refused and how, and the page made from it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scripts.make_policy_docs import PAGE, page
from station.core.codes import CodeKind
from station.core.policy import (
    BrandPolicy,
    CompromisedKeyPolicy,
    Lanes,
    PassOrHold,
    SitePolicy,
    UnenrolledPolicy,
)
from station.core.policy_keys import (
    KEYS,
    Level,
    PolicyError,
    columns,
    keys_of,
    plain_policy,
    policy_text,
    read_brand_policy,
    read_site_policy,
    versioned,
)


def test_the_page_of_keys_is_up_to_date(root: Path) -> None:
    assert (root / PAGE).read_text("utf-8") == page(), (
        "the table changed: run scripts/make_policy_docs.py"
    )


def test_every_field_of_a_policy_has_a_key_and_every_key_a_level() -> None:
    rules = [name for name in KEYS if name != "issuance"]
    assert list(plain_policy(SitePolicy())) == rules
    assert all(key.levels for key in KEYS.values())
    assert set(keys_of(Level.BRAND)) == set(BrandPolicy.__dataclass_fields__)
    assert keys_of(Level.BRAND) == keys_of(Level.PRODUCT)


def test_a_version_is_a_digest_of_the_content() -> None:
    """Journals of every release name policies by it."""
    assert versioned(SitePolicy()).version == "72ae344d2cf50c58"
    assert read_site_policy({}) == versioned(SitePolicy())


def test_everything_a_site_can_say() -> None:
    policy = read_site_policy(
        {
            "unenrolled": "hold",
            "unenrolled_signed": "accept_note",
            "unenrolled_level": "accept_note",
            "formats": ["uc1", "sgtin"],
            "enforce_by": date(2027, 1, 31),
            "unsigned": "hold",
            "unlisted": "hold",
            "compromised_key": "quarantine",
            "stale": "hold",
            "fresh_hours": 12,
            "amber_hours": 24.5,
            "quarantine_lane": "tote Q-3",
            "uncoded_lane": "无码通道",
            "damaged_lane": "",
            "unreadable_lane": "lane 9",
        }
    )
    assert policy == versioned(
        SitePolicy(
            unenrolled=UnenrolledPolicy.HOLD,
            unenrolled_signed=UnenrolledPolicy.ACCEPT_NOTE,
            unenrolled_level=UnenrolledPolicy.ACCEPT_NOTE,
            formats=frozenset({CodeKind.UC1, CodeKind.SGTIN}),
            enforce_by="2027-01-31",
            unsigned=PassOrHold.HOLD,
            unlisted=PassOrHold.HOLD,
            compromised_key=CompromisedKeyPolicy.QUARANTINE,
            stale=PassOrHold.HOLD,
            fresh_hours=12,
            amber_hours=24.5,
            lanes=Lanes("tote Q-3", "无码通道", "", "lane 9"),
        )
    )
    assert policy_text(policy).isascii()


@pytest.mark.parametrize(
    ("table", "key", "problem", "remedy"),
    [
        ({"unenroled": "hold"}, "unenroled", "unknown field", "did you mean 'unenrolled'?"),
        ({"enforce_from": "2027-01-01"}, "enforce_from", "of a site", "'enforce_by'?"),
        ({"accepts": ["uc1"]}, "accepts", "of a site", "Known here: unenrolled"),
        ({"unenrolled": True}, "unenrolled", "'True' is nothing", "accept_note, hold"),
        ({"unenrolled": "HOLD"}, "unenrolled", "'HOLD' is nothing", "accept_note, hold"),
        ({"formats": []}, "formats", "'[]'", "a list of uc1"),
        ({"formats": ["sscc"]}, "formats", "sscc", "a list of uc1"),
        ({"formats": [["uc1"]]}, "formats", "uc1", "a list of uc1"),
        ({"enforce_by": "2027-02-30"}, "enforce_by", "'2027-02-30'", "YYYY-MM-DD"),
        ({"enforce_by": "20270228"}, "enforce_by", "'20270228'", "YYYY-MM-DD"),
        ({"enforce_by": ""}, "enforce_by", "''", "YYYY-MM-DD"),
        ({"fresh_hours": "26"}, "fresh_hours", "'26'", "more than 0"),
        ({"fresh_hours": 0}, "fresh_hours", "'0'", "more than 0"),
        ({"fresh_hours": True}, "fresh_hours", "'True'", "more than 0"),
        ({"fresh_hours": float("nan")}, "fresh_hours", "'nan'", "more than 0"),
        ({"amber_hours": 9000}, "amber_hours", "'9000'", "at most 8784"),
        ({"fresh_hours": 80}, "amber_hours", "less than policy.fresh_hours", "the larger"),
        ({"damaged_lane": "a" * 17}, "damaged_lane", "aaa", "16 columns"),
        ({"damaged_lane": "无" * 9}, "damaged_lane", "无", "16 columns"),
        ({"damaged_lane": " x"}, "damaged_lane", "' x'", "16 columns"),
        ({"damaged_lane": "\x1b[2J"}, "damaged_lane", "\ufffd[2J", "16 columns"),
        ({"damaged_lane": "\u202e"}, "damaged_lane", "\ufffd", "16 columns"),
    ],
)
def test_a_wrong_one_is_refused_by_key_and_with_what_to_do(
    table: dict[str, Any], key: str, problem: str, remedy: str
) -> None:
    with pytest.raises(PolicyError) as raised:
        read_site_policy(table)
    assert raised.value.key == key
    assert problem in raised.value.problem
    assert remedy in raised.value.remedy


@pytest.mark.parametrize("level", [Level.BRAND, Level.PRODUCT])
@pytest.mark.parametrize("key", ["unenrolled", "formats", "enforce_by", "version", "lanes"])
def test_what_a_site_alone_decides_no_brand_may(level: Level, key: str) -> None:
    with pytest.raises(PolicyError, match=f"the policy of a {level.value}"):
        read_brand_policy({key: "hold"}, level)


def test_columns_count_wide_letters_twice() -> None:
    assert (columns("Q-3"), columns("隔离箱"), columns("")) == (3, 6, 0)
