"""The site's own signed labels: quarantine totes and operators' badges.

A counterfeit carton can carry a copy of anything printed, so a control label is signed by the
site and names one thing. For: `parsing` (reading) and the site's label printing (making). Leaves
to others: verifying the signature, and when a control label counts at all.

Payloads ``STN1:TOTE:NAME:SIGNATURE`` and ``STN1:BADGE:NAME:NUMBER:SIGNATURE``: NAME is 1 to 20 of
``A-Z 0-9 -``; NUMBER is 1 to 9999 without leading zeros, and rises when a badge is lost; SIGNATURE
is base64url without padding of 64 bytes (Ed25519), 86 characters of which only A, Q, g and w can
stand last. One label has one spelling. Messages: ``"STN1" 00 "TOTE" 00 NAME`` and
``"STN1" 00 "BADGE" 00 NAME 00 NUMBER``.

Source: docs/reference/code-format.md.
"""

import binascii
from base64 import urlsafe_b64encode
from typing import Final

from station.core.codes import Algorithm, ControlCode, ControlKind, ReadProblem
from station.core.crypto import PrivateKey
from station.core.gs1.charset import DIGITS, LOWER, UPPER, keeps_to
from station.core.reasons import Reason

PREFIX: Final = b"STN1:"
MAX_NAME_CHARS: Final = 20
MAX_BADGE_NUMBER: Final = 9999
SIGNATURE_CHARS: Final = 86

_DOMAIN: Final = b"STN1"
_NAME_CHARS: Final = UPPER + DIGITS + b"-"
_BASE64URL: Final = UPPER + LOWER + DIGITS + b"-_"
_LAST_CHARS: Final = b"AQgw"
_TO_STANDARD_BASE64: Final = bytes.maketrans(b"-_", b"+/")
_KINDS: Final = {kind.value.encode("ascii"): kind for kind in ControlKind}
_WORDS: Final = {ControlKind.TOTE: "a tote's name", ControlKind.BADGE: "an operator's name"}


def is_control_name(name: str) -> bool:
    """Whether a label may carry this name."""
    text = name.encode("utf-8", "replace")
    return 1 <= len(text) <= MAX_NAME_CHARS and keeps_to(text, _NAME_CHARS)


def control_message(kind: ControlKind, name: str, number: int = 0) -> bytes:
    """The message a control label's signature covers.

    Args:
        kind: What it stands for.
        name: Whose.
        number: Which badge; a tote has none.
    """
    fields = [_DOMAIN, kind.value.encode("ascii"), name.encode("ascii")]
    if kind is ControlKind.BADGE:
        fields.append(b"%d" % number)
    return b"\x00".join(fields)


def make_control_code(
    kind: ControlKind, name: str, private_key: PrivateKey, number: int = 0
) -> bytes:
    """Sign a control label: its payload.

    Args:
        kind: What it stands for.
        name: 1 to 20 of ``A-Z 0-9 -``.
        private_key: The station's own key, Ed25519.
        number: For a badge: 1 to `MAX_BADGE_NUMBER`; 0 for a tote.

    Raises:
        ValueError: The name or number is none, or the key is of another algorithm.
    """
    if private_key.algorithm is not Algorithm.ED25519:
        raise ValueError("control labels are signed with the station's own Ed25519 key")
    if not is_control_name(name):
        raise ValueError(
            f"{_WORDS[kind]} is 1 to {MAX_NAME_CHARS} of A-Z, 0-9 and hyphen, not {name!r}"
        )
    if kind is ControlKind.BADGE and not 1 <= number <= MAX_BADGE_NUMBER:
        raise ValueError(f"a badge's number is 1 to {MAX_BADGE_NUMBER}, not {number}")
    message = control_message(kind, name, number)
    signature = urlsafe_b64encode(private_key.sign(message))[:SIGNATURE_CHARS]
    return message.replace(b"\x00", b":") + b":" + signature


def read_control_code(payload: bytes) -> ControlCode | ReadProblem:
    """Read a control label.

    Args:
        payload: Bytes that begin with `PREFIX`.

    Returns:
        The code, its signature not yet verified, or why it is none; total.
    """
    fields = payload.split(b":")
    is_badge = fields[1] == ControlKind.BADGE.value.encode("ascii")
    wanted = 5 if is_badge else 4
    if len(fields) < wanted:
        return ReadProblem(Reason.READ_TRUNCATED, "control label: fields missing", len(payload))
    if len(fields) > wanted:
        return _problem("a field too many", payload, wanted)
    kind = _KINDS.get(fields[1])
    if kind is None:
        return _problem("a kind that is not known", payload, 1)
    name, signature = fields[2], fields[-1]
    if not 1 <= len(name) <= MAX_NAME_CHARS or not keeps_to(name, _NAME_CHARS):
        return _problem(f"a name of other than 1 to {MAX_NAME_CHARS} of A-Z 0-9 -", payload, 2)
    number = _badge_number(fields[3]) if is_badge else 0
    if number is None:
        return _problem(f"a badge's number of other than 1 to {MAX_BADGE_NUMBER}", payload, 3)
    if not keeps_to(signature, _BASE64URL):
        return _problem("signature: a character outside base64url", payload, wanted - 1)
    if len(signature) < SIGNATURE_CHARS:
        return ReadProblem(Reason.READ_TRUNCATED, "control label: signature cut", len(payload))
    if len(signature) > SIGNATURE_CHARS:
        return _problem(f"signature: more than {SIGNATURE_CHARS} characters", payload, wanted - 1)
    if signature[-1] not in _LAST_CHARS:
        return _problem("signature: a second spelling", payload, wanted - 1)
    name_text = name.decode("ascii")
    return ControlCode(
        kind,
        name_text,
        binascii.a2b_base64(signature.translate(_TO_STANDARD_BASE64) + b"=="),
        control_message(kind, name_text, number),
        number,
    )


def _badge_number(text: bytes) -> int | None:
    """1 to `MAX_BADGE_NUMBER` in its one spelling, or None."""
    if not 1 <= len(text) <= len(str(MAX_BADGE_NUMBER)) or not keeps_to(text, DIGITS):
        return None
    return None if text.startswith(b"0") else int(text)


def _problem(detail: str, payload: bytes, field: int) -> ReadProblem:
    """A parse error at the start of one of the fields."""
    offset = len(b":".join(payload.split(b":")[:field])) + (field > 0)
    return ReadProblem(Reason.PARSE_ERROR, f"control label: {detail}", offset)
