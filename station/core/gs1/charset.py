"""GS1's character sets, and whether a value keeps to one.

Source: GS1 General Specifications, section 7.11 (character sets 82 and 39) and 3.9.11 (the
file-safe set of AI 8030, RFC 4648 section 5).
"""

from typing import Final

DIGITS: Final = b"0123456789"
UPPER: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER: Final = UPPER.lower()

SET_82: Final = b"!\"%&'()*+,-./:;<=>?_" + DIGITS + UPPER + LOWER
"""Most alphanumeric values: the invariant part of ISO/IEC 646 without space."""

SET_39: Final = b"#-/" + DIGITS + UPPER
"""Component and part identifiers (AI 8010)."""

SET_64: Final = b"-_=" + DIGITS + UPPER + LOWER
"""Digital signatures (AI 8030)."""


def keeps_to(value: bytes, allowed: bytes) -> bool:
    """Whether every byte of a value is one of the allowed ones; true for an empty value."""
    return not value.translate(None, allowed)


def all_digits(value: bytes) -> bool:
    """Whether a value is one or more ASCII digits, and digits of no other script."""
    return bool(value) and not value.translate(None, DIGITS)
