"""Keys and their files; what signatures are worth stands in the vectors."""

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from station.core.codes import Algorithm
from station.core.crypto import (
    MAX_PEM_BYTES,
    P256_MAX_S,
    P256_ORDER,
    PBKDF2_ITERATIONS,
    PrivateKey,
    PublicKey,
    hash_pin,
    is_pin,
)

SEED: Final = bytes(range(32))
PASSPHRASE: Final = "correct horse bätterie".encode()
ALGORITHMS: Final = list(Algorithm)


@pytest.fixture(scope="module", params=ALGORITHMS, ids=lambda algorithm: algorithm.name)
def key(request: pytest.FixtureRequest) -> PrivateKey:
    return PrivateKey.from_seed(request.param, SEED)


@pytest.fixture(scope="module")
def encrypted(key: PrivateKey) -> bytes:
    return key.to_encrypted_pem(PASSPHRASE)


def test_signing_is_deterministic_and_verifies(key: PrivateKey) -> None:
    signature = key.sign(b"message")

    assert signature == key.sign(b"message")
    assert len(signature) == 64
    assert key.public_key.verify(signature, b"message")
    assert not key.public_key.verify(signature, b"another")
    assert key.public_key.algorithm is key.algorithm


def test_p256_signatures_are_of_the_lower_half() -> None:
    key = PrivateKey.from_seed(Algorithm.ECDSA_P256, SEED)
    for number in range(64):
        message = b"%d" % number
        signature = key.sign(message)
        r, s = signature[:32], int.from_bytes(signature[32:], "big")
        assert 0 < s <= P256_MAX_S
        twin = r + (P256_ORDER - s).to_bytes(32, "big")
        assert key.public_key.verify(signature, message)
        assert not key.public_key.verify(twin, message)


def test_a_generated_key_is_a_new_one() -> None:
    for algorithm in Algorithm:
        first, second = PrivateKey.generate(algorithm), PrivateKey.generate(algorithm)
        assert first.algorithm is second.algorithm is algorithm
        assert first.public_bytes != second.public_bytes
        assert first.public_key.verify(first.sign(b"m"), b"m")
        assert not first.public_key.verify(second.sign(b"m"), b"m")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_is_32_bytes(algorithm: Algorithm, length: int) -> None:
    with pytest.raises(ValueError, match=f"^a seed is 32 bytes, not {length}$"):
        PrivateKey.from_seed(algorithm, bytes(length))


@pytest.mark.parametrize("scalar", [0, P256_ORDER, 2**256 - 1])
def test_a_p256_seed_is_a_scalar(scalar: int) -> None:
    with pytest.raises(ValueError, match=r"^a P-256 seed is a number from 1 to n-1"):
        PrivateKey.from_seed(Algorithm.ECDSA_P256, scalar.to_bytes(32, "big"))


@pytest.mark.parametrize("scalar", [1, P256_ORDER - 1])
def test_the_smallest_and_the_largest_p256_seed(scalar: int) -> None:
    key = PrivateKey.from_seed(Algorithm.ECDSA_P256, scalar.to_bytes(32, "big"))
    assert key.public_key.verify(key.sign(b"m"), b"m")


def test_an_unencrypted_file_comes_back(key: PrivateKey) -> None:
    again = PrivateKey.from_pem(key.to_pem())

    assert again.algorithm is key.algorithm
    assert again.public_bytes == key.public_bytes


def test_an_encrypted_file_comes_back(key: PrivateKey, encrypted: bytes) -> None:
    again = PrivateKey.from_encrypted_pem(encrypted, PASSPHRASE)

    assert again.algorithm is key.algorithm
    assert again.public_bytes == key.public_bytes
    assert again.sign(b"m") == key.sign(b"m")


def test_an_encrypted_file_holds_no_key_material(key: PrivateKey, encrypted: bytes) -> None:
    body = b"".join(encrypted.split(b"\n")[1:-2])
    der = base64.b64decode(body, validate=True)

    assert encrypted.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    assert encrypted.endswith(b"\n-----END ENCRYPTED PRIVATE KEY-----\n")
    assert SEED not in der
    assert PBKDF2_ITERATIONS.to_bytes(3, "big") in der
    assert key.to_encrypted_pem(PASSPHRASE) != encrypted


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl program to ask")
def test_openssl_reads_an_encrypted_file(key: PrivateKey, encrypted: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(encrypted)
    told = subprocess.run(
        ["openssl", "pkey", "-in", str(path), "-passin", "stdin", "-outform", "DER", "-pubout"],
        input=PASSPHRASE + b"\n",
        capture_output=True,
        check=True,
    ).stdout

    assert told.endswith(key.public_bytes)


def test_another_program_s_encrypted_file_is_read() -> None:
    theirs = ec.derive_private_key(7, ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE)
    )
    key = PrivateKey.from_encrypted_pem(theirs, PASSPHRASE)

    assert (
        key.public_bytes
        == PrivateKey.from_seed(Algorithm.ECDSA_P256, (7).to_bytes(32, "big")).public_bytes
    )


def test_a_wrong_passphrase_and_a_damaged_file_are_told(encrypted: bytes) -> None:
    words = "^wrong passphrase, or not a private key in PEM form, or a damaged one$"
    with pytest.raises(ValueError, match=words):
        PrivateKey.from_encrypted_pem(encrypted, PASSPHRASE + b"x")
    for damaged in (b"", b"key", encrypted[:-60], encrypted.replace(b"A", b"B")):
        with pytest.raises(ValueError, match=words):
            PrivateKey.from_encrypted_pem(damaged, PASSPHRASE)


def test_a_file_of_the_other_state_is_told(key: PrivateKey, encrypted: bytes) -> None:
    with pytest.raises(ValueError, match=r"^the private key is not encrypted$"):
        PrivateKey.from_encrypted_pem(key.to_pem(), PASSPHRASE)
    with pytest.raises(ValueError, match=r"^the private key is encrypted$"):
        PrivateKey.from_pem(encrypted)
    with pytest.raises(ValueError, match=r"^not a private key in PEM form, or a damaged one$"):
        PrivateKey.from_pem(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    "other",
    [
        ec.derive_private_key(7, ec.SECP384R1()),
        ed448.Ed448PrivateKey.from_private_bytes(bytes(57)),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["P-384", "Ed448", "RSA"],
)
def test_keys_of_other_kinds_are_told(
    other: ec.EllipticCurvePrivateKey | ed448.Ed448PrivateKey | rsa.RSAPrivateKey,
) -> None:
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match=r"^the private key is neither Ed25519 nor P-256$"):
        PrivateKey.from_pem(pem)


@pytest.mark.parametrize("passphrase", [b"", b"x" * 1024])
def test_a_passphrase_has_1_to_1023_bytes(key: PrivateKey, passphrase: bytes) -> None:
    words = f"^a passphrase is 1 to 1023 bytes, not {len(passphrase)}$"
    with pytest.raises(ValueError, match=words):
        key.to_encrypted_pem(passphrase)
    with pytest.raises(ValueError, match=words):
        PrivateKey.from_encrypted_pem(b"", passphrase)


@pytest.mark.parametrize("length", [1, 1023])
def test_the_shortest_and_the_longest_passphrase(key: PrivateKey, length: int) -> None:
    pem = key.to_encrypted_pem(b"x" * length)
    assert PrivateKey.from_encrypted_pem(pem, b"x" * length).public_bytes == key.public_bytes


def test_a_key_file_is_bounded(key: PrivateKey) -> None:
    longest = key.to_pem().ljust(MAX_PEM_BYTES, b"\n")
    assert PrivateKey.from_pem(longest).public_bytes == key.public_bytes
    with pytest.raises(ValueError, match=r"^a key file has at most 8192 bytes, not 8193$"):
        PrivateKey.from_pem(b"x" * (MAX_PEM_BYTES + 1))


def test_what_is_shown_of_a_key_is_no_secret(key: PrivateKey) -> None:
    secret = SEED.hex()

    assert repr(key) == f"PrivateKey({key.algorithm.name}, …)"
    assert key.public_bytes.hex()[:16] in repr(key.public_key)
    assert secret[:16] not in repr(key)
    assert not hasattr(key, "__dict__")


def test_verify_answers_for_any_bytes(key: PrivateKey) -> None:
    public_key = PublicKey.load(key.algorithm, key.public_bytes)
    for signature in (b"", bytes(64), b"\xff" * 64, bytes(65), bytes(10_000)):
        for message in (b"", b"m", bytes(10_000)):
            assert public_key.verify(signature, message) is False


class TestPins:
    KEPT: Final = hash_pin("4711")

    def test_the_right_pin_and_no_other(self) -> None:
        assert is_pin("4711", self.KEPT)
        assert not is_pin("4712", self.KEPT)
        assert not is_pin("47110", self.KEPT)
        assert not is_pin("", self.KEPT)
        assert not is_pin("\ud800", self.KEPT)

    def test_the_same_pin_is_never_kept_alike(self) -> None:
        assert hash_pin("4711") != self.KEPT

    def test_the_cost_is_written_down_and_is_rfc_9106_s(self) -> None:
        assert self.KEPT.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert "4711" not in self.KEPT

    @pytest.mark.parametrize(
        "damaged",
        [
            "",
            "4711",
            KEPT[:-1],
            KEPT[:40],
            KEPT + "A",
            KEPT + "\N{SNOWMAN}",
            KEPT.replace("m=65536", "m=4294967295"),
            KEPT.replace("t=3", "t=1"),
            KEPT.replace("argon2id", "argon2i"),
        ],
        ids=["nothing", "plain", "cut", "half", "more", "not ASCII", "memory", "passes", "other"],
    )
    def test_what_is_kept_damaged_lets_nobody_in(self, damaged: str) -> None:
        assert not is_pin("4711", damaged)
