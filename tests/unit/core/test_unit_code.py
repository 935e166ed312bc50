"""The unit code: the worked example byte for byte, and what may not be minted."""

import re
from typing import Final

import pytest

from station.core.codes import Algorithm, Attributes, UnitIdentity
from station.core.crypto import PrivateKey
from station.core.gs1.charset import SET_82
from station.core.unit_code import (
    MINTED_SERIAL_CHARS,
    SERIAL_ALPHABET,
    TAG_AIS,
    check_identity,
    decode_tag,
    digital_link,
    element_string,
    encode_tag,
    is_meant_as_tag,
    mint,
    signed_bytes,
)

SEED: Final = bytes(range(32))
PUBLIC_KEY: Final = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
IDENTITY: Final = UnitIdentity("09506000134352", "K7QZ4M2XW9TRB")
TAG: Final = (
    "EQABDVnDGeIQGTP4PVB06Co-HhaNhkdlhhDfD1nzMH6Uky4M_mYfvKWe3unpP_u-hQOwMQEHSs4Im8g946lEvuOgBw"
)


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.from_seed(Algorithm.ED25519, SEED)


def test_the_worked_example(key: PrivateKey) -> None:
    assert key.public_bytes.hex() == PUBLIC_KEY
    assert mint(IDENTITY, 1, key) == TAG
    assert element_string(IDENTITY, TAG) == (
        b"010950600013435221K7QZ4M2XW9TRB\x1d99" + TAG.encode()
    )
    assert len(element_string(IDENTITY, TAG)) == 124
    assert digital_link("id.example.com", IDENTITY, TAG) == (
        f"https://id.example.com/01/09506000134352/21/K7QZ4M2XW9TRB?99={TAG}"
    )


def test_the_signed_bytes_of_the_worked_example() -> None:
    message = signed_bytes(b"\x11\x00\x01", b"09506000134352", b"K7QZ4M2XW9TRB")

    assert message == b"UC1\x00\x11\x00\x0109506000134352\x1dK7QZ4M2XW9TRB"
    assert len(message) == 35


def test_the_tag_s_bytes() -> None:
    tag = decode_tag(TAG.encode("ascii"))

    assert isinstance(tag, bytes)
    assert tag[:3] == b"\x11\x00\x01"
    assert len(tag) == 67
    assert encode_tag(Algorithm.ED25519, 1, tag[3:]) == TAG


def test_minting_again_gives_the_same_tag() -> None:
    """A code order that is interrupted and repeated prints no second code for a unit."""
    for algorithm in Algorithm:
        key = PrivateKey.from_seed(algorithm, SEED)
        assert mint(IDENTITY, 7, key) == mint(IDENTITY, 7, key)


def test_lot_and_expiry_stand_where_separators_are_few() -> None:
    beside = Attributes("LOT-7", "261231")

    assert element_string(IDENTITY, TAG, beside, "91") == (
        b"01095060001343521726123121K7QZ4M2XW9TRB\x1d10LOT-7\x1d91" + TAG.encode()
    )
    assert digital_link("id.example.com", IDENTITY, TAG, beside, "91") == (
        "https://id.example.com/01/09506000134352/10/LOT-7/21/K7QZ4M2XW9TRB?17=261231&91=" + TAG
    )


def test_without_a_tag_nothing_hangs_over() -> None:
    assert element_string(IDENTITY, None) == b"010950600013435221K7QZ4M2XW9TRB"
    assert element_string(IDENTITY, None, Attributes("L")).endswith(b"\x1d10L")
    assert digital_link("a.example", IDENTITY, None).endswith("/21/K7QZ4M2XW9TRB")


def test_minted_serials_survive_caps_lock_and_need_no_escape() -> None:
    assert SERIAL_ALPHABET.upper() == SERIAL_ALPHABET
    assert len(set(SERIAL_ALPHABET)) == 32
    assert not set("ILOU") & set(SERIAL_ALPHABET)
    assert set(SERIAL_ALPHABET.encode("ascii")) <= set(SET_82)
    assert MINTED_SERIAL_CHARS * 5 == 65


@pytest.mark.parametrize(
    ("gtin", "serial", "words"),
    [
        ("09506000134353", "A", "AI 01 (GTIN): wrong check digit"),
        ("9506000134352", "A", "AI 01 (GTIN): 14 characters, not 13"),
        ("٠٩٥٠٦٠٠٠١٣٤٣٥٢", "A", "AI 01 (GTIN): 14 characters, not 28"),
        ("09506000134352", "", "AI 21 (SERIAL): 1 to 20 characters, not 0"),
        ("09506000134352", "A" * 21, "AI 21 (SERIAL): 1 to 20 characters, not 21"),
        ("09506000134352", "A B", "AI 21 (SERIAL): a character outside character set 82"),
        ("09506000134352", "A\x1dB", "AI 21 (SERIAL): a character outside character set 82"),
        ("09506000134352", "é", "AI 21 (SERIAL): a character outside character set 82"),
    ],
)
def test_what_is_no_unit_is_neither_minted_nor_printed(
    key: PrivateKey, gtin: str, serial: str, words: str
) -> None:
    identity = UnitIdentity(gtin, serial)
    for attempt in (
        lambda: check_identity(identity),
        lambda: mint(identity, 1, key),
        lambda: element_string(identity, TAG),
        lambda: digital_link("a.example", identity, TAG),
    ):
        with pytest.raises(ValueError, match=f"^not a value for {re.escape(words)}$"):
            attempt()


@pytest.mark.parametrize("key_id", [-1, 65536])
def test_a_key_id_has_two_bytes(key: PrivateKey, key_id: int) -> None:
    with pytest.raises(ValueError, match=f"^a key id is 0 to 65535, not {key_id}$"):
        mint(IDENTITY, key_id, key)


def test_a_tag_holds_64_bytes_of_signature() -> None:
    with pytest.raises(ValueError, match=r"^a signature is 64 bytes, not 63$"):
        encode_tag(Algorithm.ED25519, 1, bytes(63))


@pytest.mark.parametrize(
    ("tag", "beside", "tag_ai", "words"),
    [
        (TAG[:-1], Attributes(), "99", "not a tag: 90 characters are due, not 89"),
        (TAG, Attributes(), "90", "a tag stands in an AI from 91 to 99, not '90'"),
        (TAG, Attributes(), "8030", "a tag stands in an AI from 91 to 99, not '8030'"),
        (TAG, Attributes(lot=""), "99", "AI 10 (BATCH/LOT): 1 to 20 characters, not 0"),
        (TAG, Attributes(expiry="261332"), "99", "AI 17 (USE BY or EXPIRY): not a date"),
    ],
)
def test_what_cannot_be_read_back_is_not_printed(
    tag: str, beside: Attributes, tag_ai: str, words: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        element_string(IDENTITY, tag, beside, tag_ai)
    with pytest.raises(ValueError, match=re.escape(words)):
        digital_link("a.example", IDENTITY, tag, beside, tag_ai)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "",
            ".",
            "a..b",
            "-a.example",
            "a_b.example",
            "user@a.example",
            "a.example:",
            "a.example:x",
        ),
        *(
            "a.example/path",
            "a.example?x",
            "a.example#x",
            "a b.example",
            "bücher.example",
            "a\x1db",
        ),
        *("[::1]", "a.example\\b", "a" * 64 + ".example", "a." * 127 + "example"),
    ],
)
def test_a_link_needs_a_plain_host(host: str) -> None:
    with pytest.raises(ValueError, match=r"^not a plain host name of at most 253 characters: "):
        digital_link(host, IDENTITY, TAG)


@pytest.mark.parametrize("host", ["localhost", "a.example", "a.example:8443", "192.0.2.7"])
def test_plain_hosts(host: str) -> None:
    assert digital_link(host, IDENTITY, TAG).startswith(f"https://{host}/01/")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (TAG, True),
        ("x" * 90, True),
        (TAG[:24], True),
        (TAG[:23], False),
        ("EXTRA-LARGE", False),
        ("F" + TAG[1:50], False),
        (TAG[:30] + "+" + TAG[31:50], False),
        ("", False),
    ],
)
def test_a_company_s_own_data_is_not_judged_as_a_tag(text: str, meant: bool) -> None:
    assert is_meant_as_tag(text.encode("ascii")) is meant


def test_tags_stand_in_company_internal_ais() -> None:
    assert sorted(TAG_AIS) == ["91", "92", "93", "94", "95", "96", "97", "98", "99"]
