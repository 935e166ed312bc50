"""CSV cells that no spreadsheet takes for a formula, and back again.

Source: OWASP, CSV Injection.
"""

from typing import Final

_GUARDED_STARTS: Final = ("=", "+", "-", "@", "'", "\t", "\r", "\n")


def guarded(field: str) -> str:
    """A CSV field that no spreadsheet takes for a formula."""
    return f"'{field}" if field.startswith(_GUARDED_STARTS) else field


def unguarded(field: str) -> str:
    """The field that `guarded` was given."""
    return field[1:] if field[:1] == "'" and field[1:].startswith(_GUARDED_STARTS) else field
