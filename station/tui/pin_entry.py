"""A PIN as it is typed at the dock: digits that are shown nowhere, and a letter that gives them.

Pure: time comes in as an argument. Enter means nothing here either, since keyboard scanners end
their codes with it.
"""

from typing import Final

from station.core.operators import MAX_PIN_DIGITS, MIN_PIN_DIGITS
from station.tui.keys import CONFIRM_KEY

PIN_KEY: Final = "p"
BETWEEN_KEYS_MS: Final = 10_000
"""Who walks away in the middle leaves nothing behind."""

_MS: Final = 1_000_000


class PinEntry:
    """Collects digits until they are given or taken back."""

    def __init__(self) -> None:
        self._digits: str | None = None
        self._last_ns = 0

    @property
    def typed(self) -> int | None:
        """How many digits; None while nobody types a PIN."""
        return None if self._digits is None else len(self._digits)

    def begin(self, mono_ns: int) -> None:
        """Somebody is about to type a PIN."""
        self._digits = ""
        self._last_ns = mono_ns

    def press(self, key: str, mono_ns: int) -> str | None:
        """One key of a person; anything that is no digit and not the confirmation cancels.

        Returns:
            The PIN, when this key gave it.
        """
        digits = self._digits or ""
        self._last_ns = mono_ns
        if key in set("0123456789") and len(digits) < MAX_PIN_DIGITS:
            self._digits = digits + key
            return None
        self._digits = None
        given = key.lower() == CONFIRM_KEY and len(digits) >= MIN_PIN_DIGITS
        return digits if given else None

    def tick(self, mono_ns: int) -> None:
        """Let time pass."""
        if mono_ns - self._last_ns > BETWEEN_KEYS_MS * _MS:
            self._digits = None

    def cancel(self) -> None:
        """Take back what was typed."""
        self._digits = None
