"""Input events as the kernel gives them for a keyboard scanner: scan code, key, report."""

from firmware_bridge.input_events import (
    EV_KEY,
    EV_SYN,
    KEY_ENTER,
    KEY_LEFTALT,
    KEY_LEFTCTRL,
    KEY_LEFTSHIFT,
    KEYPAD,
    KEYS,
    RECORD,
    SYN_DROPPED,
    SYN_REPORT,
)

EV_MSC = 4
MSC_SCAN = 4

REPORT = RECORD.pack(0, 0, EV_SYN, SYN_REPORT, 0)
DROPPED = RECORD.pack(0, 0, EV_SYN, SYN_DROPPED, 0)

_PLACES = {pair[shift]: (code, shift) for code, pair in KEYS.items() for shift in (1, 0)}
_PADS = {digit: code for code, digit in KEYPAD.items()}


def event(code: int, value: int) -> bytes:
    """One key going down or up, with what the kernel sends around it."""
    scan_code = RECORD.pack(0, 0, EV_MSC, MSC_SCAN, 0x70000 + code)
    return scan_code + RECORD.pack(0, 0, EV_KEY, code, value) + REPORT


def stroke(code: int, *held: int) -> bytes:
    """A key pressed and released, with others held."""
    down = b"".join(event(one, 1) for one in (*held, code))
    return down + b"".join(event(one, 0) for one in (code, *reversed(held)))


def typed(text: str, *, enter: bool = True) -> bytes:
    """A text on the US layout; GS as Ctrl+]."""
    strokes = []
    for character in text:
        if character == "\x1d":
            strokes.append(stroke(_PLACES["]"][0], KEY_LEFTCTRL))
            continue
        code, shift = _PLACES[character]
        strokes.append(stroke(code, KEY_LEFTSHIFT) if shift else stroke(code))
    return b"".join(strokes) + (stroke(KEY_ENTER) if enter else b"")


def on_keypad(digits: str) -> bytes:
    """Alt with digits of the number pad."""
    pressed = b"".join(stroke(_PADS[digit]) for digit in digits)
    return event(KEY_LEFTALT, 1) + pressed + event(KEY_LEFTALT, 0)
