"""The committed vectors: parsing and verifying give what each of them states."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from scripts import make_vectors
from station.core.codes import (
    Algorithm,
    BrandSerial,
    ControlCode,
    ControlKind,
    LogisticUnit,
    OpaqueUnit,
    ParsedCode,
    PlainUnit,
    ReadProblem,
    SignedUnit,
    TradeItem,
    kind_of,
)
from station.core.crypto import PublicKey
from station.core.parsing import parse

VECTORS: Final = Path(__file__).resolve().parents[2] / "vectors"
CODE_FILES: Final = ("element_strings", "digital_links", "other_symbols")


def load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text("ascii"))
    return content


def named(name: str) -> list[Any]:
    """The vectors of a file as test parameters."""
    return [
        pytest.param(test, id=f"{name}-{test['id']}-{test['comment']}")
        for test in load(name)["tests"]
    ]


CODE_VECTORS: Final = [parameter for name in CODE_FILES for parameter in named(name)]
KEYS: Final = {
    name: bytes.fromhex(key) for file in CODE_FILES for name, key in load(file)["keys"].items()
}


def parsed(test: dict[str, Any]) -> ParsedCode:
    return parse(
        bytes.fromhex(test["payload_hex"]),
        test["symbology_identifier"],
        complete=test.get("complete", True),
    )


def signature_worth(name: str, algorithm: Algorithm, code: SignedUnit | ControlCode) -> str:
    key = PublicKey.load(algorithm, KEYS[name])
    return "valid" if key.verify(code.signature, code.signed_bytes) else "invalid"


def described(code: ParsedCode, key: str) -> dict[str, Any]:
    """A code in the words of the vectors."""
    words: dict[str, Any] = {"kind": kind_of(code).value}
    match code:
        case SignedUnit():
            words |= {
                "gtin": code.identity.gtin,
                "serial": code.identity.serial,
                "algorithm": code.algorithm.name,
                "key_id": code.key_id,
                "tag_ai": code.tag_ai,
                "lot": code.attributes.lot,
                "expiry": code.attributes.expiry,
                "signature": signature_worth(key, code.algorithm, code),
                "key": key,
            }
        case PlainUnit():
            words |= {
                "gtin": code.identity.gtin,
                "serial": code.identity.serial,
                "lot": code.attributes.lot,
                "expiry": code.attributes.expiry,
            }
        case OpaqueUnit():
            words["code"] = code.code
        case BrandSerial():
            words["serial"] = code.serial
        case TradeItem():
            words["gtin"] = code.gtin
        case LogisticUnit():
            words["sscc"] = code.sscc
        case ControlCode():
            worth = signature_worth(key, Algorithm.ED25519, code)
            words |= {"name": code.name, "signature": worth, "key": key}
            if code.kind is ControlKind.BADGE:
                words["number"] = code.number
        case ReadProblem():
            words |= {"reason": code.reason.value, "detail": code.detail}
    return words


@pytest.mark.parametrize("test", CODE_VECTORS)
def test_a_payload_parses_to_what_the_vector_states(test: dict[str, Any]) -> None:
    code = parsed(test)
    expected = test["expect"]

    if test["result"] == "refused":
        assert isinstance(code, ReadProblem), code
        assert code.reason.value == expected["reason"], code.detail
        assert expected.get("detail", "") in code.detail
    else:
        assert described(code, expected.get("key", "example")) == expected


@pytest.mark.parametrize("test", CODE_VECTORS)
def test_a_problem_is_told_in_ascii_at_a_place_in_the_payload(test: dict[str, Any]) -> None:
    code = parsed(test)
    if isinstance(code, ReadProblem):
        assert code.detail
        assert code.detail.isascii()
        assert code.detail.isprintable()
        assert 0 <= code.offset <= len(bytes.fromhex(test["payload_hex"]))


@pytest.mark.parametrize("test", named("signatures"))
def test_a_signature_is_worth_what_the_vector_states(test: dict[str, Any]) -> None:
    key = PublicKey.load(Algorithm[test["algorithm"]], bytes.fromhex(test["public_key_hex"]))

    genuine = key.verify(bytes.fromhex(test["signature_hex"]), bytes.fromhex(test["message_hex"]))

    assert genuine is (test["result"] == "valid")


@pytest.mark.parametrize("test", named("public_keys"))
def test_a_public_key_is_taken_or_refused_as_the_vector_states(test: dict[str, Any]) -> None:
    algorithm, raw = Algorithm[test["algorithm"]], bytes.fromhex(test["public_key_hex"])

    if test["result"] == "valid":
        assert PublicKey.load(algorithm, raw).raw == raw
    else:
        with pytest.raises(ValueError, match=r"^an? (Ed25519|P-256) public key "):
            PublicKey.load(algorithm, raw)


def test_every_file_of_vectors_is_read_here() -> None:
    read = {*CODE_FILES, "signatures", "public_keys"}
    assert {path.stem for path in VECTORS.iterdir()} == read


def test_the_generator_writes_the_committed_files() -> None:
    assert make_vectors.differing() == []


def test_a_file_nobody_wrote_or_somebody_changed_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(make_vectors, "VECTORS", tmp_path)
    for name, text in make_vectors.vector_files().items():
        (tmp_path / name).write_text(text, "ascii")
    assert make_vectors.differing() == []

    (tmp_path / "stray.json").write_text("{}", "ascii")
    signatures = tmp_path / "signatures.json"
    signatures.write_text(signatures.read_text("ascii").replace("invalid", "valid", 1), "ascii")
    (tmp_path / "public_keys.json").unlink()

    assert make_vectors.differing() == ["public_keys.json", "signatures.json", "stray.json"]
