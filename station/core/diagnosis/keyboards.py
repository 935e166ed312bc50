"""Keyboards: which character a key gives in each layout, and what a wrong one did to a text.

A keyboard scanner presses the keys that give a code's characters in the layout it is set to; the
computer takes them for the characters of its own. Undoing that is a look-up, character by
character, and fails where a character is on no key of the computer's layout.

Dead keys wait for the next letter: on a German computer the equals sign of a US scanner and the E
after it arrive as one É. A letter with an accent that has no key of its own is taken apart; an
accent that no letter took stands before its letter, as Windows leaves it.

Caps lock swaps the case of letters; on French computers that run Windows it is a shift lock, for
all keys.

Not modelled: AltGr, which no character of a unit code needs in these layouts, and the key beside
the left shift, which US keyboards do not have.

Source: xkeyboard-config 2.35, symbols ``us(basic)``, ``de(basic)``, ``fr(basic)``, ``es(basic)``,
``it(basic)``, levels 1 and 2, which agree with Windows' layouts on these keys.
"""

import unicodedata
from functools import cache
from typing import Final

_ROWS: Final = {
    "us": (
        "`1234567890-=  qwertyuiop[]  asdfghjkl;'\\  zxcvbnm,./",
        '~!@#$%^&*()_+  QWERTYUIOP{}  ASDFGHJKL:"|  ZXCVBNM<>?',
    ),
    "de": (
        "^1234567890ß´  qwertzuiopü+  asdfghjklöä#  yxcvbnm,.-",
        "°!\"§$%&/()=?`  QWERTZUIOPÜ*  ASDFGHJKLÖÄ'  YXCVBNM;:_",
    ),
    "fr": (
        "²&é\"'(-è_çà)=  azertyuiop^$  qsdfghjklmù*  wxcvbn,;:!",
        "~1234567890°+  AZERTYUIOP¨£  QSDFGHJKLM%µ  WXCVBN?./§",
    ),
    "es": (
        "º1234567890'¡  qwertyuiop`+  asdfghjklñ´ç  zxcvbnm,.-",
        'ª!"·$%&/()=?¿  QWERTYUIOP^*  ASDFGHJKLÑ¨Ç  ZXCVBNM;:_',
    ),
    "it": (
        "\\1234567890'ì  qwertyuiopè+  asdfghjklòàù  zxcvbnm,.-",
        '|!"£$%&/()=?^  QWERTYUIOPé*  ASDFGHJKLç°§  ZXCVBNM;:_',
    ),
}
"""Rows of keys from the top left, without and with shift; the same key at the same place."""

SHIFT_LOCKING: Final = frozenset({"fr"})
"""Layouts whose caps lock is a shift lock under Windows."""

_DEAD_KEYS: Final = {"\u0300": "`", "\u0301": "´", "\u0302": "^", "\u0308": "¨"}
"""Combining accents and the keys that give them."""

_AS_THEY_ARE: Final = " \t\x1d"
"""Blank and controls do not depend on the layout."""

_LATIN_1: Final = frozenset(map(chr, range(256)))
_OTHER_CASE: Final = {char: char.swapcase() for char in _LATIN_1 if char.swapcase() in _LATIN_1} | {
    "ẞ": "ß"
}

LAYOUTS: Final[dict[str, str]] = {
    name: "".join(row.replace("  ", "") for row in rows) for name, rows in _ROWS.items()
}
"""Every layout as the characters of its keys, in one order for all: 47 keys, then with shift."""


def undo_layout(text: str, scanner: str, host: str, *, shift_lock: bool = False) -> str | None:
    """What a scanner typed, from what the computer understood.

    Args:
        text: As read.
        scanner: The layout the scanner types for.
        host: The layout the computer reads by.
        shift_lock: Whether the computer took every key for shifted, and shifted ones for plain.

    Returns:
        The text as it stands in the symbol; None where the computer's layout has no such key.
    """
    back = _back(scanner, host, shift_lock)
    try:
        return "".join([back[char] for char in text])
    except KeyError:
        pass
    try:
        return "".join([back[key] for char in text for key in _keys_of(char, back)])
    except KeyError:
        return None


@cache
def _back(scanner: str, host: str, shift_lock: bool) -> dict[str, str]:
    """The scanner's character of each of the host's."""
    keys, host_keys = LAYOUTS[scanner], LAYOUTS[host]
    if shift_lock:
        half = len(host_keys) // 2
        host_keys = host_keys[half:] + host_keys[:half]
    return dict(zip(host_keys + _AS_THEY_ARE, keys + _AS_THEY_ARE, strict=True))


def undo_caps_lock(text: str) -> str:
    """The text with upper and lower case swapped; what has no other case on a keyboard stays.

    A ß has no capital of one letter on these keyboards, but some systems give ẞ for it; a µ is no
    letter to them.
    """
    if text.isascii():
        return text.swapcase()
    return "".join([_OTHER_CASE.get(char, char) for char in text])


def _keys_of(char: str, keys: dict[str, str]) -> str:
    """The keys that give a character: itself, or a dead key and a letter."""
    if char in keys:
        return char
    taken_apart = unicodedata.normalize("NFD", char)
    if len(taken_apart) == 2 and taken_apart[1] in _DEAD_KEYS:
        return _DEAD_KEYS[taken_apart[1]] + taken_apart[0]
    return char
