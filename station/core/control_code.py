"""The site's own signed labels: quarantine totes for now.

A counterfeit carton can carry a copy of anything printed, so a control label is signed by the
site and names one thing. For: `parsing` (reading) and the site's label printing (making). Leaves
to others: verifying the signature, and when a control label counts at all.

Payload ``STN1:TOTE:NAME:SIGNATURE``: NAME is 1 to 20 of ``A-Z 0-9 -``; SIGNATURE is base64url
without padding of 64 bytes (Ed25519), 86 characters of which only A, Q, g and w can stand last.
One label has one spelling. Message: ``"STN1" 00 "TOTE" 00 NAME``.

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
SIGNATURE_CHARS: Final = 86

_DOMAIN: Final = b"STN1"
_NAME_CHARS: Final = UPPER + DIGITS + b"-"
_BASE64URL: Final = UPPER + LOWER + DIGITS + b"-_"
_LAST_CHARS: Final = b"AQgw"
_TO_STANDARD_BASE64: Final = bytes.maketrans(b"-_", b"+/")
_KINDS: Final = {kind.value.encode("ascii"): kind for kind in ControlKind}


def control_message(kind: ControlKind, name: str) -> bytes:
    """The message a control label's signature covers."""
    return b"\x00".join((_DOMAIN, kind.value.encode("ascii"), name.encode("ascii")))


def make_control_code(kind: ControlKind, name: str, private_key: PrivateKey) -> bytes:
    """Sign a control label: its payload.

    Args:
        kind: What it stands for.
        name: 1 to 20 of ``A-Z 0-9 -``.
        private_key: The station's own key, Ed25519.

    Raises:
        ValueError: The name is not one, or the key is of another algorithm.
    """
    if private_key.algorithm is not Algorithm.ED25519:
        raise ValueError("control labels are signed with the station's own Ed25519 key")
    text = name.encode("utf-8")
    if not 1 <= len(text) <= MAX_NAME_CHARS or not keeps_to(text, _NAME_CHARS):
        raise ValueError(
            f"a tote's name is 1 to {MAX_NAME_CHARS} of A-Z, 0-9 and hyphen, not {name!r}"
        )
    signature = urlsafe_b64encode(private_key.sign(control_message(kind, name)))
    head = PREFIX + kind.value.encode("ascii") + b":" + text + b":"
    return head + signature[:SIGNATURE_CHARS]


def read_control_code(payload: bytes) -> ControlCode | ReadProblem:
    """Read a control label.

    Args:
        payload: Bytes that begin with `PREFIX`.

    Returns:
        The code, its signature not yet verified, or why it is none; total.
    """
    fields = payload.split(b":")
    if len(fields) < 4:
        return ReadProblem(Reason.READ_TRUNCATED, "control label: fields missing", len(payload))
    if len(fields) > 4:
        return _problem("a field too many", payload, 4)
    _, kind_text, name, signature = fields
    kind = _KINDS.get(kind_text)
    if kind is None:
        return _problem("a kind that is not known", payload, 1)
    if not 1 <= len(name) <= MAX_NAME_CHARS or not keeps_to(name, _NAME_CHARS):
        return _problem(f"a name of other than 1 to {MAX_NAME_CHARS} of A-Z 0-9 -", payload, 2)
    if not keeps_to(signature, _BASE64URL):
        return _problem("signature: a character outside base64url", payload, 3)
    if len(signature) < SIGNATURE_CHARS:
        return ReadProblem(Reason.READ_TRUNCATED, "control label: signature cut", len(payload))
    if len(signature) > SIGNATURE_CHARS:
        return _problem(f"signature: more than {SIGNATURE_CHARS} characters", payload, 3)
    if signature[-1] not in _LAST_CHARS:
        return _problem("signature: a second spelling", payload, 3)
    name_text = name.decode("ascii")
    return ControlCode(
        kind,
        name_text,
        binascii.a2b_base64(signature.translate(_TO_STANDARD_BASE64) + b"=="),
        control_message(kind, name_text),
    )


def _problem(detail: str, payload: bytes, field: int) -> ReadProblem:
    """A parse error at the start of one of the fields."""
    offset = len(b":".join(payload.split(b":")[:field])) + (field > 0)
    return ReadProblem(Reason.PARSE_ERROR, f"control label: {detail}", offset)
