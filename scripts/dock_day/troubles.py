"""What scanners do to a good code: a forward model that knows nothing of the product's repairs.

Each function takes the bytes a scanner should send (symbology identifier and payload, GS as 0x1D)
and gives the bytes that arrive.
"""

import random
from collections.abc import Callable
from typing import Final

GS: Final = b"\x1d"

# The same keys in the same order: what a keyboard sends without and with shift.
_US: Final = (
    r"`1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./",
    '~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?',
)
_HOSTS: Final = {
    "German": (
        "^1234567890ß\u00b4qwertzuiopü+#asdfghjklöäyxcvbnm,.-",
        "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
    ),
    "French": (
        "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!",
        "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§",
    ),
    "Spanish": (
        "º1234567890'¡qwertyuiop`+çasdfghjklñ\u00b4zxcvbnm,.-",
        'ª!"·$%&/()=?¿QWERTYUIOP^*ÇASDFGHJKLÑ¨ZXCVBNM;:_',
    ),
    "Italian": (
        "\\1234567890'ìqwertyuiopè+ùasdfghjklòàzxcvbnm,.-",
        '|!"£$%&/()=?^QWERTYUIOPé*§ASDFGHJKLç°ZXCVBNM;:_',
    ),
}

_SUBSTITUTES: Final = (b"<GS>", b"{GS}", b"]", b"|", "␝".encode(), b" ")
_WRONG_PREFIXES: Final = (b"]d1", b"]Q1", b"]C0", b"]X0")

Damage = Callable[[bytes, random.Random], tuple[bytes, str]]
"""(what should arrive, chance) -> (what arrives, which variety)."""


def caps_lock(line: bytes, _chance: random.Random) -> tuple[bytes, str]:
    """Every letter in the other case."""
    return line.swapcase(), ""


def layout(line: bytes, chance: random.Random) -> tuple[bytes, str]:
    """A scanner that types on a US keyboard, at a computer that takes it for another one."""
    host = chance.choice(sorted(_HOSTS))
    keys = dict(zip("".join(_US), "".join(_HOSTS[host]), strict=True))
    return "".join(keys.get(sign, sign) for sign in line.decode("ascii")).encode(), host


def separator(line: bytes, chance: random.Random) -> tuple[bytes, str]:
    """GS dropped by the interface, or replaced by what somebody configured for it."""
    if chance.random() < 0.5:
        return line.replace(GS, b""), "lost"
    substitute = chance.choice(_SUBSTITUTES)
    return line.replace(GS, substitute), f"as {substitute.decode()!r}"


def prefix(line: bytes, chance: random.Random) -> tuple[bytes, str]:
    """A symbology identifier of another symbol."""
    wrong = chance.choice(_WRONG_PREFIXES)
    return wrong + line[3:], f"as {wrong.decode()}"
