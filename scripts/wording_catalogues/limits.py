"""What a text of the tables may be: how long, with which places, naming which keys."""

import re
import string
from typing import Final

from station.core.policy_keys import MAX_LANE_COLUMNS, columns

_LIMITS: Final[tuple[tuple[str, int], ...]] = (
    (r"(words|in_another_class|losses)\..*\.message", 60),
    (r"(words|in_another_class|losses)\..*\.next_action|tongue\.scan_again", 44),
    (r"tongue\.lanes\..*", 20),
    (r"tongue\.verdicts\..*|dock\.(wait|ready|no_engine)", 10),
    (r"advice\..*", 79),
    (r"causes\..*", 100),
    (r"spans\..*", 12),
    (r"dock\.(connecting|scan_next|call_supervisor|into_tote)", 44),
    (r"dock\.pin_typed", 60),
    (r"dock\.(brief_sums|brief_shipment)|review\.item_hints\.2", 39),
    (r"dock\.ask_.*", 36),
    (r"dock\.roles\..*|review\.(steps|figures)\..*", 14),
    (r"review\.facts\..*", 17),
    (r"review\.(unit|stands|proof|also|scan|ended_by)", 9),
    (r"review\.(acts\..*|not_there)", 19),
    (r"review\.brief_figures\..*", 6),
    (r"review\.shipment_kinds\..*", 7),
    (r"review\.shipment_states\..*", 8),
    (r"review\.columns\.(badge|units)", 5),
    (r"review\.columns\.(reads|rescan|alarms|rate)", 7),
    (r"review\.columns\.false", 6),
    (r"dock\.(confirm|\w*hints?|false_alarms)\.1|review\.all_hints\.1", 39),
    (r"review\.item_hints\.0", 119),
    (r"(dock|review)\..*", 79),
)
"""Most columns by key; the first that fits counts."""

EXAMPLE: Final = {
    "count": "99",
    "tote": "Quarantine tote4",
    "stars": "************",
    "key": "Y",
    "name": "SHP-220712",
    "accepted": "431/600",
    "quarantined": "14",
    "held": "12",
    "rescans": "19",
    "line": "0.05%",
    "choices": "1 en · 2 zh · 3 de · 4 es · 5 el del centro",
    "what": "09506000134352",
    "sscc": "095060001343520001",
    "act": "confirm counterfeit",
    "id": "01KJQ013B7YH3M4N5P6Q8R9STV",
    "text": "it has moved since",
    "remedy": "look at it",
    "path": "site/evidence/01KJQ013B7YH3M4N5P6Q8R9STV.zip",
    "place": "dock-1",
    "time": "2026-03-02 09:15",
    "state": "QUARANTINED",
    "station": "dock-3",
    "loss": "The engine is not running",
    "lane": "x" * MAX_LANE_COLUMNS,
    "ask": "x" * 33,
}
"""What stands in the places of a text, as long as it commonly is."""

_KEYS_NAMED: Final = re.compile(r"dock\.\w*hints?\..*|review\.(hints|all_hints|item_hints)\..*")
_KEY: Final = re.compile(r"(?<![\w'])([a-z0-9])(?![\w'])")
_DOCK_KEYS: Final = frozenset("und2spq")
_MAY_END_IN_A_STOP: Final = re.compile(r"review\.brief_figures\..*")
_COMMON: Final = re.compile(r"[\W\d_]*(\{\w+\}[\W\d_]*)*")
"""A text without a letter of its own is the same in every language."""


def limit_of(key: str) -> int:
    """The most columns of a text with something in its places; an East Asian letter takes two."""
    return next(limit for pattern, limit in _LIMITS if re.fullmatch(pattern, key))


def places_of(text: str) -> frozenset[str]:
    """The places of a text, by name.

    Raises:
        ValueError: A brace is left over, or a place asks for more than a name.
    """
    found = set()
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            msg = "a place is a name in braces and nothing else"
            raise ValueError(msg)
        found.add(name)
    return frozenset(found)


def filled_columns(key: str, text: str) -> int:
    """How many columns a text takes; of a cause nothing is put in its places."""
    if key.startswith("causes."):
        return columns(text)
    return columns(text.format_map({name: EXAMPLE.get(name, "x" * 9) for name in places_of(text)}))


def fault_of(key: str, english: str, text: str, *, as_english: bool) -> str:
    """What is wrong with a translation and what to do; ``""`` for nothing.

    Args:
        key: Which text.
        english: What it translates.
        text: The translation.
        as_english: Whether it may be the same as the English one.
    """
    if not text.isprintable():
        return "holds a control character: write it on one line, without tabs"
    if not text.strip():
        return "is not translated: translate it"
    try:
        places = places_of(text)
    except ValueError as error:
        return f"has broken braces ({error}): copy the places from the English text"
    wanted = places_of(english)
    if places != wanted:
        named = ", ".join(f"{{{name}}}" for name in sorted(wanted)) or "none"
        return f"has other places than the English text: use {named}"
    return (
        _ill_formed(key, text)
        or _other_keys(key, english, text)
        or (
            "is the English text: translate it"
            if text == english and not as_english and not _COMMON.fullmatch(text)
            else ""
        )
    )


def _ill_formed(key: str, text: str) -> str:
    if text != text.strip():
        return "begins or ends with a space: take it away"
    if text.endswith((".", "。", "!", "\uff01")) and not _MAY_END_IN_A_STOP.fullmatch(key):
        return "ends with a full stop: take it away"
    if key.startswith("tongue.verdicts.") and text != text.upper():
        return "is a verdict's word: write it in capitals"
    taken, limit = filled_columns(key, text), limit_of(key)
    if taken > limit:
        return f"takes {taken} columns, where {limit} fit: shorten it"
    return ""


def _other_keys(key: str, english: str, text: str) -> str:
    if not _KEYS_NAMED.fullmatch(key):
        return ""
    named, wanted = set(_KEY.findall(text)), set(_KEY.findall(english))
    if key.startswith("dock."):
        named, wanted = named & _DOCK_KEYS, wanted & _DOCK_KEYS
    if named - {"1", "8"} == wanted - {"1", "8"}:
        return ""
    return f"names other keys than the English text: name {', '.join(sorted(wanted))}"
