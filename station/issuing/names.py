"""What a person types on the brand's side, checked: slugs, names, GTINs, lots, dates, stations.

Each function returns the one spelling the rest of the product uses, or raises a
`ConfigurationError` that says what is wrong with the value and what a right one looks like.
Leaves to others whether the thing named exists.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from station.core.errors import ConfigurationError
from station.core.gs1.application_identifiers import AI_TABLE
from station.core.gs1.charset import all_digits
from station.core.gs1.check_digit import check_digit, gtin_14
from station.core.text import printable
from station.core.unit_code import TAG_AIS

MAX_NAME_CHARS: Final = 80

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_STATION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_OPAQUE: Final = re.compile(r"(?:AZ|ZA):[0-9A-Za-z]{26}")
_ISO_DATE: Final = re.compile(r"(?:19|20)([0-9]{2})-([0-9]{2})-([0-9]{2})")


def quoted(text: str) -> str:
    """A value from outside as it is named in a message."""
    return f"'{printable(text, 60)}'"


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """The known name a person probably meant, or None."""
    by_spelling = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(wanted.casefold(), by_spelling, n=1, cutoff=0.5)
    return by_spelling[near[0]] if near else None


def did_you_mean(wanted: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for an unknown name.

    Args:
        wanted: What was typed.
        known: The names there are.
        otherwise: What to do when none is near.
    """
    near = nearest(wanted, known)
    return f"did you mean {quoted(near)}? If not, {otherwise}" if near else otherwise


def read_slug(text: str) -> str:
    """A brand's name on the command line: ``a-z 0-9 -``, 1 to 32 characters."""
    if not _SLUG.fullmatch(text):
        raise ConfigurationError(
            f"{quoted(text)} cannot be a brand's short name",
            "use 1 to 32 of a-z, 0-9 and hyphens, beginning and ending in a letter or digit",
        )
    return text


def read_name(text: str, what: str) -> str:
    """A name for people: any script, 1 to 80 characters, nothing invisible.

    Args:
        text: As typed.
        what: Whose name, for the message.
    """
    name = unicodedata.normalize("NFC", text).strip(" ")
    if not name or printable(name, MAX_NAME_CHARS) != name:
        raise ConfigurationError(
            f"{quoted(text)} cannot be the name of a {what}",
            f"use 1 to {MAX_NAME_CHARS} visible characters",
        )
    return name


def is_station_name(text: str) -> bool:
    """Whether it can be a station's name: ``A-Z a-z 0-9 . _ -``, 1 to 40 characters."""
    return _STATION.fullmatch(text) is not None


def read_station_name(text: str) -> str:
    """A station's name, as `is_station_name` says."""
    if not is_station_name(text):
        raise ConfigurationError(
            f"{quoted(text)} cannot be a station's name",
            "use 1 to 40 of A-Z, a-z, 0-9, dot, underscore and hyphen, e.g. dock-1",
        )
    return text


def read_site_name(text: str) -> str:
    """A site's name: what can be a station's."""
    if not is_station_name(text):
        raise ConfigurationError(
            f"{quoted(text)} cannot be a site's name",
            "use 1 to 40 of A-Z, a-z, 0-9, dot, underscore and hyphen, e.g. berlin",
        )
    return text


def read_gtin(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits, as 14 digits."""
    digits = _raw(text)
    gtin = gtin_14(digits)
    if gtin is not None:
        return gtin
    if not all_digits(digits) or len(digits) not in {8, 12, 13, 14}:
        raise ConfigurationError(
            f"{quoted(text)} is not a GTIN",
            "give the 8, 12, 13 or 14 digits printed under the product's barcode",
        )
    right = check_digit(digits[:-1])
    raise ConfigurationError(
        f"{quoted(text)} is not a GTIN: its last digit should be {right}",
        f"check the digits; if only the last is wrong, use {text[:-1]}{right}",
    )


def read_tag_ai(text: str) -> str:
    """The application identifier that carries a product's tag, 91 to 99."""
    if text not in TAG_AIS:
        raise ConfigurationError(
            f"a tag cannot stand in application identifier {quoted(text)}",
            "use one of 91 to 99, which GS1 leaves to companies; 99 is usual",
        )
    return text


def read_lot(text: str) -> str:
    """A lot or batch name as AI 10 allows it."""
    return _ai_value("10", text, "lot", "use 1 to 20 letters, digits and simple punctuation")


def read_expiry(text: str) -> str:
    """An expiry date, ``YYYY-MM-DD`` or six digits as on the label, as YYMMDD."""
    iso = _ISO_DATE.fullmatch(text)
    digits = "".join(iso.groups()) if iso else text
    return _ai_value(
        "17", digits, "expiry date", "write it as 2027-12-31, or as 271231 the way labels do"
    )


def read_serial(text: str) -> str:
    """A serial as AI 21 allows it."""
    return _ai_value(
        "21", text, "serial", "use 1 to 20 letters, digits and simple punctuation, no spaces"
    )


def read_opaque_code(text: str) -> str:
    """``AZ:`` or ``ZA:`` and 26 capital letters and digits."""
    if not _OPAQUE.fullmatch(text):
        raise ConfigurationError(
            f"{quoted(text)} is not an opaque code",
            "it is AZ: or ZA: followed by 26 letters and digits",
        )
    return text


def read_moment(text: str) -> str:
    """A moment in UTC, ``2026-01-31T12:00:00Z`` or a date alone, in the clock's own spelling."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{quoted(text)} is not a moment", "write it as 2026-01-31T12:00:00Z"
        ) from None
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def _ai_value(ai: str, text: str, what: str, remedy: str) -> str:
    problem = AI_TABLE[ai.encode("ascii")].problem(_raw(text))
    if problem is not None:
        raise ConfigurationError(f"{quoted(text)} cannot be a {what}: {problem}", remedy)
    return text


def _raw(text: str) -> bytes:
    """Bytes of whatever an argument held, even what was not UTF-8."""
    return text.encode("utf-8", "surrogatepass")
