"""GS1 Digital Link: the same elements written as a web address.

For: `station.core.parsing`. Reads the uncompressed form with numeric AIs; the compressed form and
the former names ("/gtin/…") are web addresses like any other. Any host and any path before the
key; the host proves nothing and is not kept. Total and linear.

One spelling of a value: percent-escapes are decoded once, and are refused where the character
needs none, so that what is compared afterwards is the value alone. Parameters with other than
numeric names, and the fragment, are the web server's business and are passed over.

Source: GS1 Digital Link Standard: URI Syntax, Release 1.4, chapters 4 and 5; RFC 3986.
"""

import re
from itertools import pairwise
from typing import Final

from station.core.gs1.application_identifiers import AI_TABLE
from station.core.gs1.charset import DIGITS, LOWER, SET_82, UPPER, all_digits
from station.core.gs1.check_digit import GTIN_DIGITS
from station.core.gs1.element_string import ElementFault, Elements

MAX_HOST_CHARS: Final = 253
"""Source: RFC 1035, section 2.3.4, without the final dot."""

KEY_QUALIFIERS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "00": (),
    "01": (("22", "10", "21"), ("235",)),
    "253": (),
    "255": (),
    "401": (),
    "402": (),
    "414": (("254",), ("7040",)),
    "415": (("8020",),),
    "417": (("7040",),),
    "8003": (),
    "8004": (("7040",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8013": (),
    "8017": (("8019",),),
    "8018": (("8019",),),
}
"""Primary keys, each with the qualifiers that may follow it, in their order.

Source: GS1 Digital Link Standard: URI Syntax, section 4.3 and the ABNF of chapter 5.
"""

NEVER_IN_QUERY: Final = frozenset(
    {"03", "21", "22", "235", "254", "7040", "7041", "8011", "8014", "8019", "8020", "8200"}
    | {"8040", "8041", "8042", "8043"}
)
"""AIs that are not data attributes. Source: GS1 Barcode Syntax Dictionary, flag ``?`` absent."""

_BEFORE_NO_KEY: Final = frozenset({b"01", b"10", b"21", b"22", b"235"})
"""An item's key and qualifiers may not stand in the path before the key that counts."""

_AFTER_AN_ITEM: Final = (b"10", b"21", b"22", b"235")

_SCHEME: Final = re.compile(rb"https?://", re.IGNORECASE)
_URI_CHARS: Final = re.compile(rb"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_HOST_LABEL: Final = re.compile(rb"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_PORT: Final = re.compile(rb":[0-9]{1,5}")
_ESCAPE: Final = re.compile(rb"%([0-9A-Fa-f]{2})")

_UNRESERVED: Final = UPPER + LOWER + DIGITS + b"-._~"
"""Source: RFC 3986, section 2.3."""

_ESCAPED_IN_82: Final = frozenset(SET_82) - frozenset(_UNRESERVED)


def is_web_address(payload: bytes) -> bool:
    """Whether a payload begins like an http or https URI."""
    return _SCHEME.match(payload) is not None


def read_digital_link(payload: bytes) -> Elements | ElementFault | None:
    """Read the elements of a Digital Link.

    Args:
        payload: A web address (`is_web_address`).

    Returns:
        The elements, key first; a fault where it names GS1 elements wrongly; None where it is
        somebody's ordinary web address.
    """
    scheme = _SCHEME.match(payload)
    if scheme is None:
        return None
    address, _, _ = payload.partition(b"#")
    location, has_query, query = address.partition(b"?")
    host_at = scheme.end()
    host, _, path = location[host_at:].partition(b"/")
    path_at = host_at + len(host) + 1
    segments = path.split(b"/")
    key_index = _key_index(segments)
    if key_index is None:
        return _broken_path(segments, path_at)
    fault = _host_problem(host, host_at) or _text_problem(payload)
    if fault is None and not _BEFORE_NO_KEY.isdisjoint(segments[:key_index]):
        fault = ElementFault(False, "Digital Link: qualifiers or a key before the key", path_at)
    elements: Elements = {}
    if fault is None:
        key_at = path_at + sum(len(segment) + 1 for segment in segments[:key_index])
        fault = _read_path(segments[key_index:], key_at, len(payload), elements)
    if fault is None and has_query:
        fault = _read_query(query, len(location) + 1, len(payload), elements)
    if fault is None:
        return elements
    return fault if _names_an_item(segments[key_index:]) else None


def _key_index(segments: list[bytes]) -> int | None:
    """Where the last primary key stands, read backwards in pairs of AI and value."""
    index = len(segments) - 2
    while index >= 0 and segments[index] in AI_TABLE:
        if segments[index].decode("ascii") in KEY_QUALIFIERS:
            return index
        index -= 2
    return None


def _names_an_item(segments: list[bytes]) -> bool:
    """Whether a link with a fault is to be judged as a unit's, not as somebody's web address.

    ``/2026/01/news`` is an ordinary address, and so is a product's link with a GTIN of 8 to 13
    digits, as releases before 1.2 wrote it.
    """
    key, value = segments[:2]
    return key == b"01" and all_digits(value) and (len(value) >= GTIN_DIGITS or b"21" in segments)


def _broken_path(segments: list[bytes], offset: int) -> ElementFault | None:
    """Tell a path that breaks off behind a GTIN from one that holds none."""
    for index, (key, value) in enumerate(pairwise(segments)):
        offset += len(key) + 1
        if key == b"01" and len(value) == GTIN_DIGITS and all_digits(value):
            rest = segments[index + 2 :]
            cut = len(rest) == 1 and any(ai.startswith(rest[0]) for ai in _AFTER_AN_ITEM)
            return ElementFault(cut, "Digital Link: not pairs after the key", offset)
    return None


def _host_problem(host: bytes, offset: int) -> ElementFault | None:
    """Refuse user information, escapes, literals and anything else that is no plain host."""
    name, colon, port = host.partition(b":")
    if colon and not _PORT.fullmatch(colon + port):
        return ElementFault(False, "Digital Link: user information or a malformed port", offset)
    labels = name.split(b".")
    if len(name) > MAX_HOST_CHARS or not all(_HOST_LABEL.fullmatch(label) for label in labels):
        return ElementFault(False, "Digital Link: not a plain host name", offset)
    return None


def _text_problem(payload: bytes) -> ElementFault | None:
    match = _URI_CHARS.match(payload)
    stop = match.end() if match is not None else 0
    if stop == len(payload):
        return None
    cut = payload[stop] == 0x25 and len(payload) - stop < 3
    return ElementFault(cut, "Digital Link: not a URI character or escape", stop)


def _read_path(
    segments: list[bytes], offset: int, end: int, elements: Elements
) -> ElementFault | None:
    """Take key and qualifiers, which must follow in their order."""
    key = segments[0].decode("ascii")
    qualifiers = tuple(segment.decode("ascii") for segment in segments[2::2])
    if not any(_is_subsequence(qualifiers, chain) for chain in KEY_QUALIFIERS[key] or ((),)):
        return ElementFault(False, "Digital Link: qualifiers that do not follow this key", offset)
    for index in range(0, len(segments), 2):
        ai, raw = segments[index].decode("ascii"), segments[index + 1]
        value_at = offset + len(ai) + 1
        fault = _take(ai, raw, value_at, end, elements)
        if fault is not None:
            return fault
        offset = value_at + len(raw) + 1
    return None


def _is_subsequence(found: tuple[str, ...], order: tuple[str, ...]) -> bool:
    remaining = iter(order)
    return all(ai in remaining for ai in found)


def _read_query(query: bytes, offset: int, end: int, elements: Elements) -> ElementFault | None:
    """Take data attributes; a numeric name is an AI or an error.

    Source: GS1 Digital Link Standard: URI Syntax, section 4.7.
    """
    key = next(iter(elements))
    qualifiers = {ai for chain in KEY_QUALIFIERS[key] for ai in chain}
    for parameter in query.split(b"&"):
        name, equals, raw = parameter.partition(b"=")
        if all_digits(name):
            ai = name.decode("ascii")
            if name not in AI_TABLE:
                return ElementFault(
                    len(name) < 4 and offset + len(name) == end,
                    "Digital Link: a numeric parameter that is no application identifier",
                    offset,
                )
            if ai in NEVER_IN_QUERY or ai in qualifiers:
                return ElementFault(False, f"Digital Link: AI {ai} belongs in the path", offset)
            if b"+" in raw:
                return ElementFault(False, f"AI {ai}: a plus sign means a space here", offset)
            fault = _take(ai, raw, offset + len(name + equals), end, elements)
            if fault is not None:
                return fault
        offset += len(parameter) + 1
    return None


def _take(ai: str, raw: bytes, offset: int, end: int, elements: Elements) -> ElementFault | None:
    """Decode, check and keep one value."""
    row = AI_TABLE[ai.encode("ascii")]
    value = _unescape(raw)
    if value is None:
        return ElementFault(False, f"AI {ai}: an escape of a character that needs none", offset)
    problem = row.problem(value)
    if problem is not None:
        cut = offset + len(raw) >= end and len(value) < row.min_chars
        return ElementFault(cut, f"AI {ai}: {problem}", offset)
    if ai in elements:
        return ElementFault(False, f"AI {ai}: twice", offset)
    elements[ai] = value.decode("ascii")
    return None


def _unescape(raw: bytes) -> bytes | None:
    """Percent-decode; None where an escape hides a character that needs none or is not allowed."""
    if b"%" not in raw:
        return raw
    decoded = [int(code, 16) for code in _ESCAPE.findall(raw)]
    if not _ESCAPED_IN_82.issuperset(decoded):
        return None
    return _ESCAPE.sub(lambda match: bytes((int(match[1], 16),)), raw)


def escape(value: str) -> str:
    """Percent-encode all that is not unreserved: the spelling that is safe in path and query."""
    return "".join(
        chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in value.encode("ascii")
    )
