"""Parsing is total, and a unit has one meaning and one spelling."""

from itertools import permutations
from typing import Any, get_args

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from station.core.codes import (
    Algorithm,
    Attributes,
    BrandSerial,
    ControlCode,
    ControlKind,
    ParsedCode,
    PlainUnit,
    ReadProblem,
    SignedUnit,
    UnitIdentity,
)
from station.core.control_code import make_control_code
from station.core.gs1.check_digit import gtin_14
from station.core.parsing import parse
from station.core.reasons import Reason
from station.core.symbol import MAX_PAYLOAD_BYTES, SymbolFormat
from station.core.unit_code import (
    digital_link,
    element_string,
    encode_tag,
    mint,
)
from tests.property.code_strategies import (
    KEYS,
    algorithms,
    attributes,
    damaged,
    digital_links,
    element_strings,
    formats,
    hosts,
    identifiers,
    identities,
    key_ids,
    payloads,
    tag_ais,
)

GS = b"\x1d"
READ_REASONS = {
    *(Reason.READ_EMPTY, Reason.READ_TRUNCATED, Reason.READ_CONTROL_CHARS),
    *(Reason.WRONG_SYMBOL, Reason.PARSE_ERROR, Reason.NO_SERIAL),
}


@given(payloads, identifiers, formats, st.booleans())
@example(b"]", "", SymbolFormat.UNKNOWN, True)
@example(b"https://a/01/", "", SymbolFormat.UNKNOWN, True)
@example(b"https://a/21/01/", "", SymbolFormat.UNKNOWN, True)
@example(b"https://a/00/?1", "", SymbolFormat.UNKNOWN, True)
@settings(max_examples=1_000)
def test_any_bytes_give_a_value(
    payload: bytes, identifier: str, symbol_format: SymbolFormat, complete: bool
) -> None:
    code = parse(payload, identifier, symbol_format=symbol_format, complete=complete)

    assert isinstance(code, get_args(ParsedCode))
    if isinstance(code, ReadProblem):
        assert code.reason in READ_REASONS
        assert code.detail.isascii()
        assert code.detail.isprintable()
        assert 0 <= code.offset <= len(payload)
    if not complete:
        assert isinstance(code, ReadProblem)
        assert code.reason is Reason.READ_TRUNCATED


@given(payloads, identifiers)
@settings(max_examples=500)
def test_what_names_a_unit_names_it_in_its_one_form(payload: bytes, identifier: str) -> None:
    code = parse(payload, identifier)

    if isinstance(code, SignedUnit | PlainUnit):
        gtin, serial = code.identity.gtin, code.identity.serial
        assert gtin_14(gtin.encode("ascii")) == gtin
        assert len(gtin) == 14
        assert 1 <= len(serial) <= 20
        assert serial.isascii()
        assert serial.isprintable()
        assert " " not in serial


@given(identities, algorithms, key_ids, attributes, tag_ais, hosts)
def test_a_minted_unit_comes_back_from_both_its_forms(
    identity: UnitIdentity,
    algorithm: Algorithm,
    key_id: int,
    beside: Attributes,
    tag_ai: str,
    host: str,
) -> None:
    key = KEYS[algorithm]
    tag = mint(identity, key_id, key)
    label = parse(element_string(identity, tag, beside, tag_ai), "]d2")
    link = parse(digital_link(host, identity, tag, beside, tag_ai).encode("ascii"), "]Q1")

    assert isinstance(label, SignedUnit)
    assert label == link
    assert label.identity == identity
    assert (label.algorithm, label.key_id, label.tag_ai) == (algorithm, key_id, tag_ai)
    assert label.attributes == beside
    assert label.signed_bytes == (
        b"UC1\x00" + bytes((0x10 | algorithm.value,)) + key_id.to_bytes(2, "big")
        + identity.gtin.encode() + GS + identity.serial.encode()
    )  # fmt: skip
    assert key.public_key.verify(label.signature, label.signed_bytes)


@given(identities, attributes, hosts)
def test_an_unsigned_unit_comes_back_from_both_its_forms(
    identity: UnitIdentity, beside: Attributes, host: str
) -> None:
    expected = PlainUnit(identity, attributes=beside)

    assert parse(element_string(identity, None, beside), "]d2") == expected
    assert parse(digital_link(host, identity, None, beside).encode(), "]Q1") == expected


@given(element_strings() | digital_links() | damaged(element_strings()), identifiers)
@settings(max_examples=500)
def test_a_tag_has_one_spelling(payload: bytes, identifier: str) -> None:
    code = parse(payload, identifier)

    if isinstance(code, SignedUnit):
        spelled = encode_tag(code.algorithm, code.key_id, code.signature).encode("ascii")
        assert payload.count(spelled) == 1


@given(element_strings() | damaged(element_strings()))
@settings(max_examples=500)
def test_the_short_way_and_the_long_way_agree(payload: bytes) -> None:
    """A leading GS sends any element string the long way round; it means nothing."""
    assume(not payload.startswith(GS))
    short, long = parse(payload, "]d2"), parse(GS + payload, "]d2")

    if isinstance(short, ReadProblem):
        assert isinstance(long, ReadProblem)
        assert (short.reason, short.detail) == (long.reason, long.detail)
    else:
        assert short == long


@given(st.permutations(["01", "21", "10", "17", "99"]), identities, attributes)
def test_the_order_of_elements_is_free(
    order: list[str], identity: UnitIdentity, beside: Attributes
) -> None:
    tag = mint(identity, 7, KEYS[Algorithm.ED25519])
    values = {"01": identity.gtin, "21": identity.serial, "99": tag}
    values |= {"10": beside.lot} if beside.lot is not None else {}
    values |= {"17": beside.expiry} if beside.expiry is not None else {}
    payload = b"".join(
        f"{ai}{values[ai]}".encode() + (GS if ai in {"21", "10", "99"} else b"")
        for ai in order
        if ai in values
    )

    assert parse(payload, "]d2") == parse(element_string(identity, tag, beside), "]d2")


@given(element_strings(), st.sampled_from([b"]d2", b"]Q3", b"]C1", b"]e0", b"]J1"]))
def test_an_identifier_in_the_line_or_beside_it_means_the_same(
    payload: bytes, identifier: bytes
) -> None:
    assert parse(identifier + payload) == parse(payload, identifier.decode("ascii"))


@given(st.from_regex(r"[A-Z0-9-]{1,20}", fullmatch=True))
def test_a_control_label_comes_back_and_has_one_spelling(name: str) -> None:
    key = KEYS[Algorithm.ED25519]
    payload = make_control_code(ControlKind.TOTE, name, key)
    code = parse(payload, "]d1")

    assert isinstance(code, ControlCode)
    assert (code.kind, code.name) == (ControlKind.TOTE, name)
    assert key.public_key.verify(code.signature, code.signed_bytes)
    for at in range(len(payload)):
        other = parse(payload[:at] + b"~" + payload[at + 1 :], "]d1")
        assert not isinstance(other, ControlCode)


@given(element_strings(), st.data())
def test_a_cut_read_is_never_a_signed_unit(payload: bytes, data: st.DataObject) -> None:
    kept = payload[: data.draw(st.integers(0, len(payload) - 1))]
    code = parse(kept, "]d2")

    assert not isinstance(code, SignedUnit)
    if isinstance(code, ReadProblem):
        assert code.reason in {Reason.READ_EMPTY, Reason.READ_TRUNCATED}


@pytest.mark.parametrize("byte", [*range(0x1D), 0x1E, 0x1F, 0x7F])
def test_a_control_character_is_named_wherever_it_stands(byte: int) -> None:
    payload = element_string(
        UnitIdentity("09506000134352", "K7QZ4M2XW9TRB"),
        mint(UnitIdentity("09506000134352", "K7QZ4M2XW9TRB"), 1, KEYS[Algorithm.ED25519]),
    )
    for at in range(len(payload) + 1):
        code = parse(payload[:at] + bytes((byte,)) + payload[at:], "]d2")

        assert code == ReadProblem(Reason.READ_CONTROL_CHARS, f"control character 0x{byte:02X}", at)


def test_separators_are_bytes_and_not_white_space() -> None:
    """`bytes.strip` leaves GS alone, `str.strip` and `splitlines` would eat it."""
    identity = UnitIdentity("09506000134352", "K7QZ4M2XW9TRB")
    payload = element_string(identity, mint(identity, 1, KEYS[Algorithm.ED25519]))

    for separator in (b"\x1c", b"\x1e", b"\x1f", b"\x85", b"\n", b" ", b"\xe2\x90\x9d"):
        assert isinstance(parse(payload.replace(GS, separator), "]d2"), ReadProblem)


DIGIT_SCRIPTS = ("٠", "۰", "०", "๐", "０", "𝟎", "𝟘", "߀")  # noqa: RUF001 the zeros of eight scripts


@pytest.mark.parametrize("zero", DIGIT_SCRIPTS)
def test_digits_of_other_scripts_are_no_digits(zero: str) -> None:
    def rewritten(text: str) -> bytes:
        digits = {ord("0") + value: chr(ord(zero) + value) for value in range(10)}
        return text.translate(digits).encode("utf-8")

    gtin = "09506000134352"
    assert rewritten(gtin).decode().isdecimal()
    for payload, identifier in (
        (rewritten(f"01{gtin}21K7"), "]d2"),
        (b"01" + rewritten(gtin) + b"21K7", "]d2"),
        (b"01" + rewritten(gtin), ""),
        (rewritten(gtin), "]I1"),
        (rewritten(gtin[1:]), "]E0"),
        (rewritten(gtin), ""),
        (b"https://a.example/01/" + rewritten(gtin) + b"/21/K7", "]Q1"),
        (f"01{gtin}17".encode() + rewritten("261231") + b"21K7", "]d2"),
    ):
        code = parse(payload, identifier)
        assert isinstance(code, ReadProblem), code
        assert code.reason in {Reason.PARSE_ERROR, Reason.WRONG_SYMBOL}


@pytest.mark.parametrize(
    "payload",
    [
        b"\x1d" * MAX_PAYLOAD_BYTES,
        b"0" * MAX_PAYLOAD_BYTES,
        (b"10A\x1d" * MAX_PAYLOAD_BYTES)[:MAX_PAYLOAD_BYTES],
        (b"https://a.b" + b"/01/1" * MAX_PAYLOAD_BYTES)[:MAX_PAYLOAD_BYTES],
        (b"https://a.b/?" + b"99=1&" * MAX_PAYLOAD_BYTES)[:MAX_PAYLOAD_BYTES],
        (b"https://a.b/01/09506000134352/21/" + b"%2F" * MAX_PAYLOAD_BYTES)[:MAX_PAYLOAD_BYTES],
        (b"STN1:" * MAX_PAYLOAD_BYTES)[:MAX_PAYLOAD_BYTES],
        (b"AZ:" + b"A" * MAX_PAYLOAD_BYTES)[:MAX_PAYLOAD_BYTES],
    ],
    ids=lambda payload: repr(payload[:12]),
)
def test_the_longest_payload_is_answered(payload: bytes) -> None:
    assert len(payload) == MAX_PAYLOAD_BYTES
    assert isinstance(parse(payload), ReadProblem)
    too_long = parse(payload + b"1")
    assert isinstance(too_long, ReadProblem)
    assert too_long.detail == "longer than any symbol can be"


def test_every_order_of_two_elements_is_the_same_unit() -> None:
    parts: list[Any] = [b"0109506000134352", b"21K7" + GS, b"10L" + GS]
    codes = {parse(b"".join(order), "]d2") for order in permutations(parts)}

    assert codes == {PlainUnit(UnitIdentity("09506000134352", "K7"), attributes=Attributes("L"))}


@given(damaged(element_strings()) | damaged(digital_links()), st.sampled_from(["]d2", "]Q1"]))
@settings(max_examples=300)
def test_a_problem_lies_where_it_lies_behind_an_identifier_in_the_line(
    payload: bytes, identifier: str
) -> None:
    assume(payload)
    beside, within = parse(payload, identifier), parse(identifier.encode() + payload)

    if isinstance(beside, ReadProblem):
        assert isinstance(within, ReadProblem)
        assert (within.reason, within.detail) == (beside.reason, beside.detail)
        assert within.offset == beside.offset + 3
    else:
        assert within == beside


def test_a_brand_serial_is_kept_as_printed() -> None:
    assert parse(b"sn-00012-a", "]d1") == BrandSerial("sn-00012-a")
