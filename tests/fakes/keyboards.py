"""A keyboard scanner and the computer it types into, key by key: the forward model of the faults.

Written from xkeyboard-config's symbol files by key names, apart from the product's own rows of
keys, so that a slip in either shows. The scanner looks for the key and shift state that give a
character in its layout; the computer turns them into a character of its own.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

GS: Final = "\x1d"

_US: Final[dict[str, str]] = {
    "TLDE": "`~",
    **{
        f"AE{n:02}": pair
        for n, pair in enumerate(
            ["1!", "2@", "3#", "4$", "5%", "6^", "7&", "8*", "9(", "0)", "-_", "=+"], 1
        )
    },
    **{f"AD{n:02}": c + c.upper() for n, c in enumerate("qwertyuiop", 1)},
    "AD11": "[{",
    "AD12": "]}",
    **{f"AC{n:02}": c + c.upper() for n, c in enumerate("asdfghjkl", 1)},
    "AC10": ";:",
    "AC11": "'\"",
    "BKSL": "\\|",
    **{f"AB{n:02}": c + c.upper() for n, c in enumerate("zxcvbnm", 1)},
    "AB08": ",<",
    "AB09": ".>",
    "AB10": "/?",
}
# latin(type4), which German, Spanish and Italian begin with.
_LATIN: Final = _US | {
    "AE02": '2"',
    "AE03": "3§",
    "AE06": "6&",
    "AE07": "7/",
    "AE08": "8(",
    "AE09": "9)",
    "AE10": "0=",
    "AB08": ",;",
    "AB09": ".:",
    "AB10": "-_",
}
KEYS: Final[dict[str, dict[str, str]]] = {
    "us": _US,
    "de": _LATIN
    | {"AE03": "3§", "AE11": "ß?", "AE12": "´`", "TLDE": "^°", "AD06": "zZ", "AB01": "yY"}
    | {"AD11": "üÜ", "AD12": "+*", "AC10": "öÖ", "AC11": "äÄ", "BKSL": "#'"},
    "es": _LATIN
    | {"AE03": "3·", "AE11": "'?", "AE12": "¡¿", "TLDE": "ºª"}
    | {"AD11": "`^", "AD12": "+*", "AC10": "ñÑ", "AC11": "´¨", "BKSL": "çÇ"},
    "it": _LATIN
    | {"AE03": "3£", "AE11": "'?", "AE12": "ì^", "TLDE": "\\|"}
    | {"AD11": "èé", "AD12": "+*", "AC10": "òç", "AC11": "à°", "BKSL": "ù§"},
    "fr": _US
    | {"AE01": "&1", "AE02": "é2", "AE03": '"3', "AE04": "'4", "AE05": "(5", "AE06": "-6"}
    | {"AE07": "è7", "AE08": "_8", "AE09": "ç9", "AE10": "à0", "AE11": ")°", "AE12": "=+"}
    | {"AD01": "aA", "AD02": "zZ", "AC01": "qQ", "AB01": "wW", "AC10": "mM", "TLDE": "²~"}
    | {"AD11": "^¨", "AD12": "$£", "AC11": "ù%", "BKSL": "*µ"}
    | {"AB07": ",?", "AB08": ";.", "AB09": ":/", "AB10": "!§"},
}

# The keys that wait for a letter, and the accent they then put on it.
DEAD: Final[dict[str, dict[str, str]]] = {
    "us": {},
    "de": {"´": "\u0301", "`": "\u0300", "^": "\u0302"},
    "fr": {"^": "\u0302", "¨": "\u0308"},
    "es": {"`": "\u0300", "^": "\u0302", "´": "\u0301", "¨": "\u0308"},
    "it": {},
}


@dataclass(frozen=True, slots=True)
class Keyboard:
    """A scanner that types into a computer.

    Attributes:
        scanner: The layout it is set to.
        host: The computer's.
        caps_lock: Whether the computer's caps lock is on.
        shift_lock: Whether caps lock acts as Windows makes it act on French keyboards: on all keys.
    """

    scanner: str = "us"
    host: str = "us"
    caps_lock: bool = False
    shift_lock: bool = False

    def types(self, text: str) -> str | None:
        """What arrives; None where the scanner has no key for a character.

        Blank and GS (Ctrl and a key) are taken to arrive as they are.
        """
        arrived = ""
        waiting = ""
        for char in text:
            key = self._key_of(char)
            if key is None:
                return None
            if waiting:
                arrived += _composed(waiting, key, DEAD[self.host])
                waiting = ""
            elif key in DEAD[self.host]:
                waiting = key
            else:
                arrived += key
        return arrived + waiting

    def _key_of(self, char: str) -> str | None:
        """The character the computer's layout has on the key the scanner presses."""
        if char in (GS, " "):
            return char
        for name, pair in KEYS[self.scanner].items():
            if char in pair:
                shifted = pair.index(char) == 1
                arrived = KEYS[self.host][name][shifted != self.shift_lock]
                return _locked(arrived) if self.caps_lock else arrived
        return None


def _locked(char: str) -> str:
    """Caps lock acts on letters of Latin-1 alone, as in libX11's XConvertCase; µ is none."""
    other = char.lower() if char.isupper() else char.upper()
    return other if len(other) == 1 and ord(other) < 0x100 else char


def _composed(accent: str, char: str, dead: dict[str, str]) -> str:
    """A letter with its accent where there is one, as Windows does it; else both as they are."""
    composed = unicodedata.normalize("NFC", char + dead[accent])
    return composed if len(composed) == 1 else accent + char


LAYOUT_PAIRS: Final = tuple(
    pair for layout in ("de", "fr", "es", "it") for pair in (("us", layout), (layout, "us"))
)
