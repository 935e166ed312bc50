"""The languages operators read."""

from enum import Enum


class Language(Enum):
    """A language of the operator's; the value is its ISO 639-1 name."""

    ENGLISH = "en"
    CHINESE = "zh"
    """Simplified characters."""
    GERMAN = "de"
    SPANISH = "es"
