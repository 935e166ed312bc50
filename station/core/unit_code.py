"""The unit code UC1: its tag, the bytes a tag signs, and the two forms printed on a label.

For: `parsing` (reading) and issuing (minting). Leaves to others: which key may sign for which
product (`verification`), how a payload is split into elements (`gs1`). Pure, but for the
signature's arithmetic in `crypto`.

A tag is base64url without padding of 67 bytes: format version 1 (high nibble) and algorithm (low
nibble), key id (2 bytes, big-endian), signature (64 bytes). 67 bytes fill 89 characters and two
bits, so only four characters can stand last; any other is a second spelling and is refused.

Source: docs/reference/code-format.md; base64url: RFC 4648, section 5.
"""

import binascii
from base64 import urlsafe_b64encode
from typing import Final

from station.core.codes import NO_ATTRIBUTES, Algorithm, Attributes, UnitIdentity
from station.core.crypto import SIGNATURE_BYTES, PrivateKey
from station.core.gs1.application_identifiers import AI_TABLE
from station.core.gs1.charset import DIGITS, LOWER, UPPER, keeps_to
from station.core.gs1.digital_link import MAX_HOST_CHARS, escape, read_digital_link
from station.core.gs1.element_string import GS

TAG_CHARS: Final = 90
TAG_BYTES: Final = 67
TAG_HEADER_BYTES: Final = 3
TAG_LAST_CHARS: Final = b"AQgw"
"""The characters whose four low bits are zero."""

FORMAT_VERSION: Final = 1
MAX_KEY_ID: Final = 0xFFFF

ALGORITHMS: Final = {FORMAT_VERSION << 4 | algorithm.value: algorithm for algorithm in Algorithm}
"""A tag's first byte: version and algorithm together, so that one look-up checks both."""

DEFAULT_TAG_AI: Final = "99"
TAG_AIS: Final = frozenset(str(number) for number in range(91, 100))
"""Company-internal information, free for a brand's own use. Source: GenSpecs, section 3.10.2."""

SERIAL_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What a minted serial is made of: Crockford's base 32, without I, L, O and U."""

MINTED_SERIAL_CHARS: Final = 13
"""65 random bits."""

MIN_CUT_TAG_CHARS: Final = 24
"""From this length on, company-internal data that begins like a tag is taken for a cut one."""

BASE64URL: Final = UPPER + LOWER + DIGITS + b"-_"

_DOMAIN: Final = b"UC1\x00"
_TO_STANDARD_BASE64: Final = bytes.maketrans(b"-_", b"+/")


def encode_tag(algorithm: Algorithm, key_id: int, signature: bytes) -> str:
    """Spell a tag: 90 characters.

    Raises:
        ValueError: The key id or the signature's length is out of range.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError(f"a signature is {SIGNATURE_BYTES} bytes, not {len(signature)}")
    return urlsafe_b64encode(_tag_header(algorithm, key_id) + signature).decode("ascii")[:TAG_CHARS]


def decode_tag(text: bytes) -> bytes | str:
    """Read a tag.

    Args:
        text: Any bytes.

    Returns:
        Its 67 bytes, the first one of `ALGORITHMS`; or in words what keeps it from being a tag.
    """
    if len(text) != TAG_CHARS:
        return f"{TAG_CHARS} characters are due, not {len(text)}"
    if not keeps_to(text, BASE64URL):
        return "a character outside base64url"
    if text[-1] not in TAG_LAST_CHARS:
        return "a second spelling: the last character is none of A, Q, g, w"
    tag = unpack_tag(text)
    if tag[0] in ALGORITHMS:
        return tag
    version, number = tag[0] >> 4, tag[0] & 0x0F
    if version != FORMAT_VERSION:
        return f"format version {version} is not known"
    return f"algorithm {number} is not known"


def unpack_tag(text: bytes) -> bytes:
    """The 67 bytes of 90 base64url characters; that they are such, the caller has made sure."""
    return binascii.a2b_base64(text.translate(_TO_STANDARD_BASE64) + b"==")


def is_meant_as_tag(text: bytes) -> bool:
    """Whether company-internal data is to be judged as a tag, be it a damaged one.

    Every company may keep data of its own under AIs 91 to 99, so what does not look like a tag
    is left alone: data of full length counts, and so does base64url from `MIN_CUT_TAG_CHARS` on
    that begins as version 1 with a known algorithm does.
    """
    if len(text) == TAG_CHARS:
        return True
    return len(text) >= MIN_CUT_TAG_CHARS and text[:1] == b"E" and keeps_to(text, BASE64URL)


def signed_bytes(tag_header: bytes, gtin: bytes, serial: bytes) -> bytes:
    """The message a tag's signature covers: 35 bytes for a serial of 13.

    The parts cannot be shifted against each other: all but the last are of fixed length.
    """
    return _DOMAIN + tag_header + gtin + GS + serial


def mint(identity: UnitIdentity, key_id: int, private_key: PrivateKey) -> str:
    """Sign a unit.

    Args:
        identity: The unit.
        key_id: The key's number in its brand's namespace, 0 to 65535.
        private_key: The brand's key.

    Returns:
        The tag, 90 characters; the same for the same arguments.

    Raises:
        ValueError: The GTIN, serial or key id is not one.
    """
    check_identity(identity)
    header = _tag_header(private_key.algorithm, key_id)
    message = signed_bytes(header, identity.gtin.encode("ascii"), identity.serial.encode("ascii"))
    return encode_tag(private_key.algorithm, key_id, private_key.sign(message))


def element_string(
    identity: UnitIdentity,
    tag: str | None,
    attributes: Attributes = NO_ATTRIBUTES,
    tag_ai: str = DEFAULT_TAG_AI,
) -> bytes:
    """A label's payload for a GS1 Data Matrix or GS1 QR Code, without symbology identifier.

    Values of predefined length stand first, which saves separators, and the tag last:
    ``01 GTIN [17 EXPIRY] 21 SERIAL [GS 10 LOT] [GS 99 TAG]``.

    Args:
        identity: The unit.
        tag: From `mint`; None for a unit without signature (SGTIN).
        attributes: Lot and expiry to print beside it.
        tag_ai: The product's AI for tags, ``"91"`` to ``"99"``.

    Raises:
        ValueError: A value is not one.
    """
    values = _checked_values(identity, tag, attributes, tag_ai)
    payload = b"01" + values["01"]
    if "17" in values:
        payload += b"17" + values["17"]
    payload += b"21" + values["21"]
    for ai in ("10", tag_ai):
        if ai in values:
            payload += GS + ai.encode("ascii") + values[ai]
    return payload


def digital_link(
    host: str,
    identity: UnitIdentity,
    tag: str | None,
    attributes: Attributes = NO_ATTRIBUTES,
    tag_ai: str = DEFAULT_TAG_AI,
) -> str:
    """A label's payload for a plain QR code: a GS1 Digital Link URI.

    Args:
        host: Host name, optionally with a port, e.g. ``id.example.com``; punycode for others.
        identity: The unit.
        tag: From `mint`; None for a unit without signature.
        attributes: Lot and expiry to print beside it.
        tag_ai: The product's AI for tags.

    Returns:
        ``https://HOST/01/GTIN[/10/LOT]/21/SERIAL[?17=EXPIRY][&99=TAG]``.

    Raises:
        ValueError: The host or a value is not one.
    """
    values = _checked_values(identity, tag, attributes, tag_ai)
    text = {ai: escape(value.decode("ascii")) for ai, value in values.items()}
    path = "".join(f"/{ai}/{text[ai]}" for ai in ("01", "10", "21") if ai in text)
    query = "&".join(f"{ai}={text[ai]}" for ai in ("17", tag_ai) if ai in text)
    link = f"https://{host}{path}" + (f"?{query}" if query else "")
    plain_host = host.isascii() and not set(host) & set("/?#@\\")
    if not plain_host or not isinstance(read_digital_link(link.encode("utf-8")), dict):
        raise ValueError(f"not a plain host name of at most {MAX_HOST_CHARS} characters: {host!r}")
    return link


def check_identity(identity: UnitIdentity) -> None:
    """Refuse what cannot stand on a label.

    Raises:
        ValueError: The GTIN is not 14 digits with a right check digit, or the serial not 1 to 20
            characters of character set 82.
    """
    _checked("01", identity.gtin)
    _checked("21", identity.serial)


def _tag_header(algorithm: Algorithm, key_id: int) -> bytes:
    if not 0 <= key_id <= MAX_KEY_ID:
        raise ValueError(f"a key id is 0 to {MAX_KEY_ID}, not {key_id}")
    return bytes((FORMAT_VERSION << 4 | algorithm.value, key_id >> 8, key_id & 0xFF))


def _checked_values(
    identity: UnitIdentity, tag: str | None, attributes: Attributes, tag_ai: str
) -> dict[str, bytes]:
    """Every value as it is printed, by AI."""
    values = {"01": _checked("01", identity.gtin), "21": _checked("21", identity.serial)}
    if attributes.lot is not None:
        values["10"] = _checked("10", attributes.lot)
    if attributes.expiry is not None:
        values["17"] = _checked("17", attributes.expiry)
    if tag is not None:
        if tag_ai not in TAG_AIS:
            raise ValueError(f"a tag stands in an AI from 91 to 99, not {tag_ai!r}")
        values[tag_ai] = tag.encode("utf-8")
        fault = decode_tag(values[tag_ai])
        if isinstance(fault, str):
            raise ValueError(f"not a tag: {fault}")
    return values


def _checked(ai: str, text: str) -> bytes:
    value = text.encode("utf-8")
    row = AI_TABLE[ai.encode("ascii")]
    problem = row.problem(value)
    if problem is not None:
        raise ValueError(f"not a value for AI {ai} ({row.title}): {problem}")
    return value
