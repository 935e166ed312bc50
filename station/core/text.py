"""Text from outside, made safe to show: no control characters, no direction tricks, bounded."""

import unicodedata
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (bidi among them), surrogate, private, unassigned, line and paragraph ends."""


def printable(text: str, limit: int = 80) -> str:
    """The text with every unsafe character replaced, cut to a length.

    Args:
        text: Anything.
        limit: Most characters returned, none below 1; a cut is shown by an ellipsis within it.

    Returns:
        Text that a terminal, a table or a log line shows as it stands.
    """
    if limit < 1:
        return ""
    kept = text[: limit + 1]
    if not kept.isprintable():
        kept = "".join(
            REPLACEMENT if unicodedata.category(char) in _UNSAFE_CATEGORIES else char
            for char in kept
        )
    return kept if len(kept) <= limit else kept[: limit - 1] + "\N{HORIZONTAL ELLIPSIS}"


def printable_lines(text: str) -> str:
    """The text with every unsafe character replaced but line ends; nothing is cut off."""
    return "\n".join(printable(line, len(line)) for line in text.split("\n"))


def printable_bytes(payload: bytes, limit: int = 200) -> str:
    r"""A payload as ASCII for people: GS as ``<GS>``, other unprintable bytes as ``\xNN``.

    Args:
        payload: Anything.
        limit: Most characters returned, as for `printable`.
    """
    shown = payload[: limit + 1].decode("ascii", "backslashreplace")
    visible = "".join(
        char if char.isprintable() else "<GS>" if char == "\x1d" else f"\\x{ord(char):02x}"
        for char in shown
    )
    return printable(visible, limit)
