"""The keys of a policy: one table that reads, writes, versions and documents them.

Reading is strict: an unknown key, or one that this level may not set, a wrong type or value is
refused with the key, what it takes and the nearest valid key. Written policies are plain JSON
values in one spelling, so that a digest of the text names the content.

Leaves to others: what the values do (`station.core.decision`), how levels merge
(`station.core.policy`), and where the text comes from (`app`, `storage`, `sync`).
"""

import difflib
import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from enum import Enum
from typing import Any, Final

from station.core.codes import CodeKind
from station.core.policy import (
    ALWAYS,
    FORMS,
    BrandPolicy,
    CompromisedKeyPolicy,
    Issuance,
    Lanes,
    PassOrHold,
    SitePolicy,
    UnenrolledPolicy,
)
from station.core.text import printable

MAX_LANE_COLUMNS: Final = 16
"""Columns on a screen, so that a next action that names the lane stays one glance long."""

MAX_HOURS: Final = 24 * 366
VERSION_DIGITS: Final = 16
"""Hex digits of the digest that names a policy: 64 bits, for policies of one site."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Level(Enum):
    """Who may set a key."""

    SITE = "site"
    BRAND = "brand"
    PRODUCT = "product"


PolicyValue = str | float | list[str]
"""A value as it is written."""


class PolicyError(ValueError):
    """A policy that cannot be used.

    Attributes:
        key: Which key.
        problem: What is wrong with it.
        remedy: What to do.
    """

    def __init__(self, key: str, problem: str, remedy: str) -> None:
        self.key = key
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{key}: {problem}")


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """One row of the table.

    Attributes:
        name: As it is written.
        levels: Who may set it.
        takes: What it takes, in words.
        meaning: What it decides, in words.
        read: A written value as the one it stands for; ValueError where it stands for none.
    """

    name: str
    levels: frozenset[Level]
    takes: str
    meaning: str
    read: Callable[[object], object]


def _choice(choices: type[Enum]) -> Callable[[object], object]:
    def read(written: object) -> object:
        if not isinstance(written, str):
            raise TypeError("not a word")
        return choices(written)

    return read


def _words(choices: type[Enum]) -> str:
    return ", ".join(f"`{choice.value}`" for choice in choices)


def _hours(written: object) -> float:
    if isinstance(written, bool) or not isinstance(written, int | float):
        raise TypeError("not a number")
    hours = float(written)
    if not math.isfinite(hours) or not 0 < hours <= MAX_HOURS:
        raise ValueError("out of range")
    return hours


def _day(written: object) -> str:
    text = written.isoformat() if type(written) is date else written
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise ValueError("not a date")
    return date.fromisoformat(text).isoformat()


def _forms(written: object) -> frozenset[CodeKind]:
    names = written.replace(",", " ").split() if isinstance(written, str) else written
    if not isinstance(names, list | tuple) or not names:
        raise ValueError("not a list of forms")
    forms = frozenset(CodeKind(name) for name in names)
    if not forms <= FORMS:
        raise ValueError("a form no policy speaks of")
    return forms


def _lane(written: object) -> str:
    if not isinstance(written, str):
        raise TypeError("not text")
    text = unicodedata.normalize("NFC", written)
    if text != text.strip() or printable(text, MAX_LANE_COLUMNS) != text:
        raise ValueError("not visible text")
    if columns(text) > MAX_LANE_COLUMNS:
        raise ValueError("too long")
    return text


def columns(text: str) -> int:
    """How many columns a screen needs; East Asian letters are two wide.

    Source: Unicode Standard Annex 11, East Asian Width.
    """
    return sum(1 + (unicodedata.east_asian_width(letter) in {"W", "F"}) for letter in text)


_SITE: Final = frozenset({Level.SITE})
_ALL: Final = frozenset(Level)
_BRAND: Final = frozenset({Level.BRAND, Level.PRODUCT})
_DAY_WORDS: Final = "a day, `YYYY-MM-DD`"
_HOUR_WORDS: Final = "hours, more than 0, at most 8784"
_FORM_WORDS: Final = "a list of " + ", ".join(
    f"`{kind.value}`" for kind in CodeKind if kind in FORMS
)
_LANE_WORDS: Final = f"a name of at most {MAX_LANE_COLUMNS} columns"

KEYS: Final[dict[str, PolicyKey]] = {
    key.name: key
    for key in (
        PolicyKey(
            "unenrolled",
            _SITE,
            _words(UnenrolledPolicy),
            "what becomes of a product no brand enrolled",
            _choice(UnenrolledPolicy),
        ),
        PolicyKey(
            "unenrolled_signed",
            _SITE,
            _words(UnenrolledPolicy),
            "the same where the label carries a unit code's tag, which nobody here can check",
            _choice(UnenrolledPolicy),
        ),
        PolicyKey(
            "unenrolled_level",
            _SITE,
            _words(UnenrolledPolicy),
            "the same where an enrolled product has this GTIN with another indicator digit: a "
            "case, or a GTIN made to look like one",
            _choice(UnenrolledPolicy),
        ),
        PolicyKey(
            "formats",
            _SITE,
            _FORM_WORDS,
            "the forms of code this site takes of enrolled products, whatever brands accept; no "
            "grace applies to the others",
            _forms,
        ),
        PolicyKey(
            "enforce_by",
            _SITE,
            _DAY_WORDS,
            "grace that brands grant ends on this day at the latest; a day in the past refuses all",
            _day,
        ),
        PolicyKey(
            "accepts",
            _BRAND,
            _FORM_WORDS,
            "the forms the brand demands from `enforce_from` on, of those the product was enrolled "
            "with",
            _forms,
        ),
        PolicyKey(
            "enforce_from",
            _BRAND,
            _DAY_WORDS,
            "before this day (UTC) a form that is not accepted, or an unsigned unit that is not "
            "listed, is only a note, and so is, scanned twice, a symbol with the GTIN alone; from "
            "it on the rules apply. Unset: they always do",
            _day,
        ),
        PolicyKey(
            "unsigned",
            _ALL,
            _words(PassOrHold),
            "whether a form without a signature passes on the registry's word",
            _choice(PassOrHold),
        ),
        PolicyKey(
            "unlisted",
            _ALL,
            _words(PassOrHold),
            "whether an authentic unit passes that the registry does not list yet",
            _choice(PassOrHold),
        ),
        PolicyKey(
            "compromised_key",
            _ALL,
            _words(CompromisedKeyPolicy),
            "what a compromised key's signature counts: genuine for listed units and held for "
            "others, held for all, or quarantined as by a revoked key",
            _choice(CompromisedKeyPolicy),
        ),
        PolicyKey(
            "issuance",
            _BRAND,
            _words(Issuance),
            "what proves that a unit was issued: its row in the registry, or its signature, so "
            "that stations of the compact profile hold the product's exceptions alone; a product "
            "that takes forms without a signature stays `listed`",
            _choice(Issuance),
        ),
        PolicyKey(
            "stale",
            _ALL,
            _words(PassOrHold),
            "whether units pass, provisionally, once the registry is older than `amber_hours`",
            _choice(PassOrHold),
        ),
        PolicyKey(
            "fresh_hours", _ALL, _HOUR_WORDS, "registry age up to which verdicts are plain", _hours
        ),
        PolicyKey(
            "amber_hours",
            _ALL,
            f"{_HOUR_WORDS}, at least `fresh_hours`",
            "registry age up to which verdicts are only flagged; beyond, provisional",
            _hours,
        ),
        PolicyKey(
            "quarantine_lane",
            _ALL,
            _LANE_WORDS,
            "where quarantined units go that have no lane of their own; named in the next action",
            _lane,
        ),
        PolicyKey(
            "uncoded_lane", _ALL, _LANE_WORDS, "where units go that were declared uncoded", _lane
        ),
        PolicyKey(
            "damaged_lane", _ALL, _LANE_WORDS, "where units go that were declared damaged", _lane
        ),
        PolicyKey(
            "unreadable_lane",
            _ALL,
            _LANE_WORDS,
            "where units go whose label cannot be read",
            _lane,
        ),
    )
}
"""Every key, in the order pages and commands list them."""

_OF_A_VERDICT: Final = [name for name in KEYS if name != "issuance"]

_LANE_KEYS: Final = {f"{field.name}_lane": field.name for field in fields(Lanes)}


def keys_of(level: Level) -> list[str]:
    """The keys a level may set."""
    return [name for name, key in KEYS.items() if level in key.levels]


def read_site_policy(written: Mapping[str, object]) -> SitePolicy:
    """A site's policy from its keys, versioned by its content; what is not said has a default.

    Raises:
        PolicyError: A key or value is wrong.
    """
    policy = _complete(_read(written, keys_of(Level.SITE), "a site"))
    _require_order(policy.fresh_hours, policy.amber_hours)
    return versioned(policy)


def read_brand_policy(written: Mapping[str, object], level: Level) -> BrandPolicy:
    """A brand's or product's policy from its keys.

    Raises:
        PolicyError: A key or value is wrong.
    """
    values = _read(written, keys_of(level), f"a {level.value}")
    _require_order(values.get("fresh_hours"), values.get("amber_hours"))
    return BrandPolicy(**values)


def read_policy_text(text: str) -> SitePolicy:
    """A policy that was kept, as `policy_text` wrote it.

    Raises:
        PolicyError: It is none that this release knows.
    """
    try:
        written = json.loads(text)
    except ValueError:
        written = None
    if not isinstance(written, dict):
        raise PolicyError("policy", "is no policy", "restore the database from a backup")
    return versioned(_complete(_read(written, _OF_A_VERDICT, "a kept policy")))


def read_brand_policy_text(text: str, level: Level) -> BrandPolicy:
    """A brand's or product's policy from `brand_policy_text`'s JSON.

    Raises:
        ValueError: It is none; a `PolicyError` where a key is wrong.
    """
    written = json.loads(text)
    if not isinstance(written, dict):
        raise TypeError("a policy that is no table")
    return read_brand_policy(written, level)


def plain_policy(policy: SitePolicy | BrandPolicy) -> dict[str, PolicyValue]:
    """The keys of a policy that are set, as they are written, in the table's order."""
    values = {field.name: getattr(policy, field.name) for field in fields(policy)}
    if isinstance(policy, SitePolicy):
        values |= {f"{name}_lane": lane for name, lane in asdict(policy.lanes).items()}
    return {name: _plain(values[name]) for name in KEYS if values.get(name) is not None}


def policy_text(policy: SitePolicy) -> str:
    """The one spelling of a policy's content, ASCII JSON; its version is not part of it."""
    return _canonical(plain_policy(policy))


def brand_policy_text(policy: BrandPolicy) -> str:
    """The one spelling of what a brand asks; ``{}`` where it asks nothing."""
    return _canonical(plain_policy(policy))


def versioned(policy: SitePolicy) -> SitePolicy:
    """The same policy, named by a digest of its content."""
    digest = hashlib.sha256(policy_text(policy).encode("ascii")).hexdigest()
    return replace(policy, version=digest[:VERSION_DIGITS])


def _complete(values: Mapping[str, Any]) -> SitePolicy:
    lanes = Lanes(**{name: values.get(key, "") for key, name in _LANE_KEYS.items()})
    rest = {name: value for name, value in values.items() if name not in _LANE_KEYS}
    return replace(SitePolicy(lanes=lanes), **rest)


def _read(written: Mapping[str, object], known: list[str], whose: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in written.items():
        key = KEYS.get(name) if name in known else None
        if key is None:
            near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.0)[0]
            raise PolicyError(
                printable(str(name), 80),
                f"unknown field `{printable(str(name), 80)}` in the policy of {whose}",
                f"did you mean {near!r}? Known here: {', '.join(known)}",
            )
        try:
            # A policy that was kept says "always" where a person leaves the key out.
            values[name] = ALWAYS if name == "enforce_from" and value == ALWAYS else key.read(value)
        except (TypeError, ValueError):
            shown = printable(str(value), 40)
            raise PolicyError(
                name,
                f"{shown!r} is nothing it takes",
                f"it takes {key.takes.replace('`', '')}; see docs/reference/policy.md",
            ) from None
    return values


def _require_order(fresh_hours: float | None, amber_hours: float | None) -> None:
    if fresh_hours is not None and amber_hours is not None and amber_hours < fresh_hours:
        raise PolicyError(
            "amber_hours",
            "is less than policy.fresh_hours",
            "amber begins where fresh ends: make it the larger of the two",
        )


def _plain(value: Any) -> PolicyValue:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, frozenset):
        return sorted(kind.value for kind in value)
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return float(value)
    raise TypeError(f"{value!r} is no policy's value")


def _canonical(plain: Mapping[str, PolicyValue]) -> str:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))
