"""One wrong character: nothing but the code as it was minted is ever worth a signature.

`worth` is what verification asks of a unit: a tag in the product's AI, whose signature holds.
"""

import random
import string
from typing import Final

import pytest

from station.core.codes import Algorithm, Attributes, SignedUnit, UnitIdentity
from station.core.crypto import PrivateKey
from station.core.parsing import parse
from station.core.unit_code import digital_link, element_string, mint

GS: Final = b"\x1d"
IDENTITY: Final = UnitIdentity("09506000134352", "K7QZ4M2XW9TRB")
HOST: Final = "id.example.com"
KEYS: Final = {
    algorithm: PrivateKey.from_seed(algorithm, bytes(range(32))) for algorithm in Algorithm
}
PUBLIC_KEYS: Final = {algorithm: key.public_key for algorithm, key in KEYS.items()}
TAGS: Final = {algorithm: mint(IDENTITY, 1, key) for algorithm, key in KEYS.items()}
BYTES: Final = [*string.printable.encode("ascii"), 0x00, 0x1D, 0x1E, 0x7F, 0x80, 0xA0, 0xB2, 0xFF]

SUBSTITUTIONS: Final = 20_000


def worth(payload: bytes, identifier: str, *, tag_ai: str = "99") -> SignedUnit | None:
    code = parse(payload, identifier)
    if not isinstance(code, SignedUnit) or code.tag_ai != tag_ai:
        return None
    genuine = PUBLIC_KEYS[code.algorithm].verify(code.signature, code.signed_bytes)
    return code if genuine else None


def label(algorithm: Algorithm) -> bytes:
    return element_string(IDENTITY, TAGS[algorithm])


def link(algorithm: Algorithm) -> bytes:
    return digital_link(HOST, IDENTITY, TAGS[algorithm]).encode("ascii")


@pytest.mark.parametrize("identifier", ["]d2", ""])
@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_no_substitution_in_an_element_string_is_accepted(
    algorithm: Algorithm, identifier: str
) -> None:
    payload, draw = label(algorithm), random.Random(f"label {algorithm} {identifier}")
    assert worth(payload, identifier) is not None

    accepted = []
    for _ in range(SUBSTITUTIONS // 2):
        at, byte = draw.randrange(len(payload)), draw.choice(BYTES)
        mutated = payload[:at] + bytes((byte,)) + payload[at + 1 :]
        if mutated != payload and worth(mutated, identifier):
            accepted.append((at, byte))

    assert accepted == []


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_no_substitution_behind_the_host_of_a_link_is_accepted(algorithm: Algorithm) -> None:
    """Scheme and host are not part of the code; from the path on every character counts."""
    payload, draw = link(algorithm), random.Random(f"link {algorithm}")
    path_at = payload.index(b"/01/")
    assert worth(payload, "]Q1") is not None

    accepted = []
    for _ in range(SUBSTITUTIONS // 2):
        at, byte = draw.randrange(path_at, len(payload)), draw.choice(BYTES)
        mutated = payload[:at] + bytes((byte,)) + payload[at + 1 :]
        if mutated != payload and worth(mutated, "]Q1"):
            accepted.append((at, byte))

    assert accepted == []


def test_every_substitution_of_a_base64_character_in_a_tag_is_refused() -> None:
    """Exhaustive: 90 places, 63 other characters, both algorithms."""
    alphabet = (string.ascii_letters + string.digits + "-_").encode("ascii")
    for algorithm in Algorithm:
        payload = label(algorithm)
        for at in range(len(payload) - 90, len(payload)):
            for byte in alphabet:
                mutated = payload[:at] + bytes((byte,)) + payload[at + 1 :]
                assert mutated == payload or not worth(mutated, "]d2"), (at, byte)


def test_of_all_insertions_only_tolerated_separators_are_accepted() -> None:
    """GS before the first element, after the GTIN and at the end: the standard lets them be."""
    payload = label(Algorithm.ED25519)
    accepted = {
        (at, byte)
        for at in range(len(payload) + 1)
        for byte in BYTES
        if worth(payload[:at] + bytes((byte,)) + payload[at:], "]d2")
    }

    assert accepted == {(0, 0x1D), (16, 0x1D), (len(payload), 0x1D)}


def test_no_deletion_is_accepted() -> None:
    for payload, identifier, start in (
        (label(Algorithm.ED25519), "]d2", 0),
        (label(Algorithm.ED25519), "", 0),
        (link(Algorithm.ED25519), "]Q1", link(Algorithm.ED25519).index(b"/01/")),
    ):
        for at in range(start, len(payload)):
            mutated = payload[:at] + payload[at + 1 :]
            assert mutated == payload or worth(mutated, identifier) is None, at


def test_of_all_insertions_in_a_link_only_what_the_web_server_sees_is_accepted() -> None:
    """A fragment or an empty parameter says nothing about the unit; nor does the path before it."""
    payload = link(Algorithm.ED25519)
    key_at, query_at = payload.index(b"/01/") + 1, payload.index(b"?") + 1
    accepted = {
        (at, byte)
        for at in range(key_at + 1, len(payload) + 1)
        for byte in BYTES
        if worth(payload[:at] + bytes((byte,)) + payload[at:], "]Q1")
    }

    assert accepted == {
        (query_at, ord("&")),
        (len(payload), ord("&")),
        (len(payload), ord("#")),
    }
    for at, byte in accepted:
        code = worth(payload[:at] + bytes((byte,)) + payload[at:], "]Q1")
        assert code is not None
        assert code.identity == IDENTITY


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_tag_is_worth_nothing_beside_another_unit(algorithm: Algorithm) -> None:
    for identity in (
        UnitIdentity("09506000134369", IDENTITY.serial),
        UnitIdentity(IDENTITY.gtin, "K7QZ4M2XW9TRC"),
        UnitIdentity(IDENTITY.gtin, IDENTITY.serial.lower()),
        UnitIdentity(IDENTITY.gtin, IDENTITY.serial + "0"),
        UnitIdentity(IDENTITY.gtin, IDENTITY.serial[:-1]),
    ):
        assert worth(element_string(identity, TAGS[algorithm]), "]d2") is None


def test_lot_and_expiry_are_not_signed_and_change_nothing_of_the_identity() -> None:
    payload = element_string(IDENTITY, TAGS[Algorithm.ED25519], Attributes("OTHER", "301231"))
    code = worth(payload, "]d2")

    assert code is not None
    assert code.identity == IDENTITY
    assert code.attributes == Attributes("OTHER", "301231")


def test_a_tag_under_another_ai_is_told_apart() -> None:
    payload = element_string(IDENTITY, TAGS[Algorithm.ED25519], tag_ai="98")

    assert worth(payload, "]d2") is None
    assert worth(payload, "]d2", tag_ai="98") is not None
