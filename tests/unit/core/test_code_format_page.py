"""The reference page of the code format says what the code does."""

import re
from pathlib import Path
from typing import Final

import pytest

from station.core import control_code, parsing, unit_code
from station.core.codes import Algorithm, CodeKind, SignedUnit, UnitIdentity, kind_of
from station.core.crypto import PBKDF2_ITERATIONS, PublicKey
from station.core.parsing import parse
from station.core.reasons import Reason

PAGE: Final = (
    Path(__file__).resolve().parents[3] / "docs" / "reference" / "code-format.md"
).read_text("utf-8")


def first_column(heading: str) -> set[str]:
    """The code words in the first column of the tables under a heading."""
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {
        word
        for cell in re.findall(r"^\| (.*?) \|", section, re.MULTILINE)
        for quoted in re.findall(r"`([^`]+)`", cell)
        for word in quoted.split()
    }


def test_every_kind_is_listed() -> None:
    assert first_column("All kinds") == {kind.value for kind in CodeKind}


def test_every_refusal_is_listed() -> None:
    assert first_column("Refusals") == {
        reason.value
        for reason in (
            *(Reason.READ_EMPTY, Reason.READ_TRUNCATED, Reason.READ_CONTROL_CHARS),
            *(Reason.WRONG_SYMBOL, Reason.NO_SERIAL, Reason.PARSE_ERROR),
        )
    }


def test_every_identifier_of_element_strings_is_listed() -> None:
    listed = first_column("Which symbol may hold what")

    assert listed >= parsing.ELEMENT_STRING_IDENTIFIERS
    assert listed - parsing.ELEMENT_STRING_IDENTIFIERS == {
        *("]E0", "]E4", "]d1", "]Q1", "]C0"),
        *parsing.ITF_IDENTIFIERS,
    }


def test_the_worked_example_is_the_real_one() -> None:
    public_key = re.search(r"\| public key \| `([0-9a-f]{64})` \|", PAGE)
    tag = re.search(r"\| tag \| `([A-Za-z0-9_-]{90})` \|", PAGE)
    unit = re.search(r"\| GTIN, serial, key id \| `(\d+)`, `(\w+)`, (\d+) \|", PAGE)
    assert public_key
    assert tag
    assert unit

    code = parse(unit_code.element_string(UnitIdentity(unit[1], unit[2]), tag[1]), "]d2")

    assert isinstance(code, SignedUnit)
    assert kind_of(code) is CodeKind.UC1
    assert code.key_id == int(unit[3])
    key = PublicKey.load(Algorithm.ED25519, bytes.fromhex(public_key[1]))
    assert key.verify(code.signature, code.signed_bytes)


@pytest.mark.parametrize(
    "words",
    [
        f"{unit_code.TAG_CHARS} characters, base64url",
        f"of {unit_code.TAG_BYTES} bytes",
        f"{unit_code.MINTED_SERIAL_CHARS} of `{unit_code.SERIAL_ALPHABET}`",
        f"at least {unit_code.MIN_CUT_TAG_CHARS} of base64url",
        f"{parsing.MIN_BRAND_SERIAL_CHARS} to {parsing.MAX_BRAND_SERIAL_CHARS} letters",
        f"NAME is 1 to {control_code.MAX_NAME_CHARS} of",
        f"SIGNATURE is {control_code.SIGNATURE_CHARS} characters",
        f"{PBKDF2_ITERATIONS:,} rounds",
    ],
)
def test_numbers_are_the_code_s(words: str) -> None:
    assert words in PAGE
