"""Policies of every kind, and what makes one stricter, written a second time on purpose."""

from collections.abc import Iterator
from dataclasses import fields, replace
from enum import Enum
from typing import Any, Final

from hypothesis import strategies as st

from station.core.codes import CodeKind
from station.core.policy import (
    ALWAYS,
    FORMS,
    NEVER,
    BrandPolicy,
    CompromisedKeyPolicy,
    Issuance,
    Lanes,
    PassOrHold,
    SitePolicy,
    UnenrolledPolicy,
)

LENIENT: Final = SitePolicy(unenrolled=UnenrolledPolicy.ACCEPT_NOTE)
DAYS: Final = ("2026-01-01", "2026-07-01", "2027-01-01")
HOURS: Final = st.sampled_from([1.0, 26.0, 72.0, 500.0])
LANES: Final = st.sampled_from(["", "Q-3", "red tote", "隔离箱"])
SOME_FORMS: Final = st.just(FORMS) | st.frozensets(
    st.sampled_from(sorted(FORMS, key=str)), min_size=1
)

SITES: Final = st.builds(
    SitePolicy,
    unenrolled=st.sampled_from(UnenrolledPolicy),
    unenrolled_signed=st.sampled_from(UnenrolledPolicy),
    unenrolled_level=st.sampled_from(UnenrolledPolicy),
    formats=SOME_FORMS,
    enforce_by=st.sampled_from([NEVER, *DAYS]),
    unsigned=st.sampled_from(PassOrHold),
    unlisted=st.sampled_from(PassOrHold),
    compromised_key=st.sampled_from(CompromisedKeyPolicy),
    stale=st.sampled_from(PassOrHold),
    fresh_hours=HOURS,
    amber_hours=HOURS,
    lanes=st.builds(Lanes, LANES, LANES, LANES, LANES),
)
"""What a site can demand."""

BRANDS: Final = st.builds(
    BrandPolicy,
    accepts=st.none() | SOME_FORMS,
    enforce_from=st.sampled_from([None, *DAYS]),
    unsigned=st.sampled_from([None, *PassOrHold]),
    unlisted=st.sampled_from([None, *PassOrHold]),
    compromised_key=st.sampled_from([None, *CompromisedKeyPolicy]),
    stale=st.sampled_from([None, *PassOrHold]),
    fresh_hours=st.none() | HOURS,
    amber_hours=st.none() | HOURS,
    quarantine_lane=st.none() | LANES,
    uncoded_lane=st.none() | LANES,
    damaged_lane=st.none() | LANES,
    unreadable_lane=st.none() | LANES,
    issuance=st.sampled_from([None, *Issuance]),
)
"""What a brand, or for one product a product, can ask."""

POLICIES: Final = st.builds(
    replace,
    SITES,
    accepts=SOME_FORMS,
    enforce_from=st.sampled_from([ALWAYS, *DAYS]),
)
"""What can count for an item."""

_MILD_FIRST: Final[dict[str, tuple[Enum, ...]]] = {
    "unenrolled": (UnenrolledPolicy.ACCEPT_NOTE, UnenrolledPolicy.HOLD),
    "unenrolled_signed": (UnenrolledPolicy.ACCEPT_NOTE, UnenrolledPolicy.HOLD),
    "unenrolled_level": (UnenrolledPolicy.ACCEPT_NOTE, UnenrolledPolicy.HOLD),
    "unsigned": (PassOrHold.PASSES, PassOrHold.HOLD),
    "unlisted": (PassOrHold.PASSES, PassOrHold.HOLD),
    "compromised_key": (
        CompromisedKeyPolicy.LISTED,
        CompromisedKeyPolicy.HOLD,
        CompromisedKeyPolicy.QUARANTINE,
    ),
    "stale": (PassOrHold.PASSES, PassOrHold.HOLD),
}


def is_as_strict(field: str, one: Any, other: Any) -> bool:
    """Whether one value of a field asks at least as much as another."""
    if field in _MILD_FIRST:
        order = _MILD_FIRST[field]
        return order.index(one) >= order.index(other)
    if field in {"formats", "accepts"}:
        return one.issubset(other) is True
    if field in {"fresh_hours", "amber_hours"}:
        return float(one) <= float(other)
    assert field in {"enforce_by", "enforce_from"}, field
    return str(one) <= str(other)


ORDERED: Final = tuple(
    field.name for field in fields(SitePolicy) if field.name not in {"version", "lanes"}
)


def _but(policy: SitePolicy, field: str, value: Any) -> SitePolicy:
    changed: dict[str, Any] = {field: value}
    return replace(policy, **changed)


def stricter(policy: SitePolicy) -> Iterator[tuple[str, SitePolicy]]:
    """Every way to ask one thing more."""
    for field, order in _MILD_FIRST.items():
        for choice in order[order.index(getattr(policy, field)) + 1 :]:
            yield f"{field} {choice.value}", _but(policy, field, choice)
    for field in ("formats", "accepts"):
        forms: frozenset[CodeKind] = getattr(policy, field)
        for form in forms:
            if len(forms) > 1:
                yield f"{field} without {form.value}", _but(policy, field, forms - {form})
    for day in (ALWAYS, *DAYS):
        if day < policy.enforce_from:
            yield f"enforced from {day or 'ever'}", replace(policy, enforce_from=day)
        if day < policy.enforce_by:
            yield f"enforced by {day or 'ever'}", replace(policy, enforce_by=day)
