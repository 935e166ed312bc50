"""Signatures and PIN hashes: the only module that imports `cryptography`.

For: checking unit tags, control labels and journal checkpoints, making them, the two file forms of
a private key, and hashes of operators' PINs. Leaves to others: which message is signed
(`unit_code`, `control_code`), which key is entitled to sign (`verification`), where files lie and
who may read them (`storage`).

Promises: `PublicKey.verify` answers True or False for any bytes and never raises; every other
failure is a `ValueError` that says what is wrong, never an exception of the library; no message,
`repr` or traceback text of ours holds key material. Keys are immutable and may be shared between
threads. Randomness is drawn in `PrivateKey.generate`, `PrivateKey.to_encrypted_pem` and `hash_pin`;
signing is deterministic for both algorithms (RFC 8032; RFC 6979).

ECDSA signatures come in pairs: where (r, s) verifies, so does (r, n-s), and anyone can make the
second from the first. One unit has one spelling, so only the half with s <= (n-1)/2 is accepted
("low s"), and signing always gives that half. Ed25519 has no such twin: S < L is checked.
"""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Final, Self

from cryptography.exceptions import InvalidKey, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from station.core.codes import Algorithm
from station.core.pkcs8 import encrypted_private_key_pem

SIGNATURE_BYTES: Final = 64
"""Ed25519 R‖S (RFC 8032, section 5.1.6), or ECDSA P-256 r‖s (IEEE P1363), both 32 + 32."""

SEED_BYTES: Final = 32
"""Ed25519 seed (RFC 8032, section 5.1.5), or P-256 private scalar, big-endian."""

ED25519_PUBLIC_KEY_BYTES: Final = 32
P256_PUBLIC_KEY_BYTES: Final = 65
"""04 ‖ x ‖ y, the uncompressed point. Source: SEC 1, section 2.3.3."""

P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""n, the order of the group. Source: FIPS 186-4, D.1.2.3."""

P256_MAX_S: Final = P256_ORDER // 2
"""The largest s of the lower half; n is odd."""

PBKDF2_ITERATIONS: Final = 600_000
"""OWASP Password Storage Cheat Sheet for PBKDF2-HMAC-SHA256. The library's own PKCS#8 writer
stops at 2048, too few for a key that can mint units."""

MAX_PASSPHRASE_BYTES: Final = 1023
"""The most the library's reader takes."""

MAX_PEM_BYTES: Final = 8192
"""Some 20 times a real key file; a bound for hostile input, not a format limit."""

ARGON2_PASSES: Final = 3
ARGON2_LANES: Final = 4
ARGON2_MEMORY_KIB: Final = 64 * 1024
ARGON2_SALT_BYTES: Final = 16
ARGON2_HASH_BYTES: Final = 32
"""RFC 9106, section 4: the second recommended option, for where 2 GiB are too much; above the
OWASP Password Storage Cheat Sheet's least. Some 0.15 s and 64 MiB a PIN, without the interpreter's
lock."""

_PIN_HASH_HEAD: Final = f"$argon2id$v=19$m={ARGON2_MEMORY_KIB},t={ARGON2_PASSES},p={ARGON2_LANES}$"
"""How every stored hash begins. One with other parameters is refused before any work is done: a
changed database must not be able to ask for terabytes."""

_ED25519_PRIME: Final = 2**255 - 19
_ED25519_D: Final = -121665 * pow(121666, -1, _ED25519_PRIME) % _ED25519_PRIME
_ED25519_ORDER_8_Y: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_ED25519_SMALL_ORDER_Y: Final = frozenset(
    {0, 1, _ED25519_PRIME - 1, _ED25519_ORDER_8_Y, _ED25519_PRIME - _ED25519_ORDER_8_Y}
)
"""The y of every point whose order divides 8: such a "key" verifies signatures nobody made."""


class PublicKey:
    """A loaded public key, ready to verify.

    Attributes:
        algorithm: What it verifies.
        raw: The bytes it was loaded from.
    """

    __slots__ = ("_check", "algorithm", "raw")

    def __init__(
        self, algorithm: Algorithm, raw: bytes, check: Callable[[bytes, bytes], None]
    ) -> None:
        """Keep a loaded key; made by `load`.

        Args:
            algorithm: What it verifies.
            raw: The bytes it was loaded from.
            check: Takes signature and message; raises `InvalidSignature` where they do not fit.
        """
        self.algorithm: Final = algorithm
        self.raw: Final = raw
        self._check: Final = check

    @classmethod
    def load(cls, algorithm: Algorithm, raw: bytes) -> Self:
        """Load a key; up to 0.1 milliseconds, so keep the result.

        Args:
            algorithm: What the key is for.
            raw: Ed25519: 32 bytes (RFC 8032, section 5.1.2). P-256: 65 bytes, 04 ‖ x ‖ y.

        Raises:
            ValueError: Wrong length or form, not a point of the curve, or a point of small order.
        """
        raw = bytes(raw)
        match algorithm:
            case Algorithm.ED25519:
                _check_ed25519_point(raw)
                return cls(algorithm, raw, ed25519.Ed25519PublicKey.from_public_bytes(raw).verify)
            case Algorithm.ECDSA_P256:
                return cls(algorithm, raw, partial(_check_p256, _load_p256_point(raw)))

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is this key's for exactly this message, in its one spelling."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            self._check(signature, message)
        except InvalidSignature:
            return False
        return True

    def __repr__(self) -> str:
        """The algorithm and the first bytes, for logs."""
        return f"PublicKey({self.algorithm.name}, {self.raw.hex()[:16]}…)"


def _check_p256(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    """Check a signature r ‖ s, of which only the one with the smaller s is taken."""
    r = int.from_bytes(signature[:32], "big")
    s = int.from_bytes(signature[32:], "big")
    if not (0 < r < P256_ORDER and 0 < s <= P256_MAX_S):
        raise InvalidSignature
    key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


class PrivateKey:
    """A private key: a brand's for minting, or the station's own.

    Attributes:
        algorithm: What it signs with.
    """

    __slots__ = ("_key", "algorithm")

    def __init__(self, key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
        self._key: Final = key
        self.algorithm: Final = (
            Algorithm.ED25519
            if isinstance(key, ed25519.Ed25519PrivateKey)
            else Algorithm.ECDSA_P256
        )

    @classmethod
    def generate(cls, algorithm: Algorithm) -> Self:
        """Draw a new key from the operating system's generator."""
        match algorithm:
            case Algorithm.ED25519:
                return cls(ed25519.Ed25519PrivateKey.generate())
            case Algorithm.ECDSA_P256:
                return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_seed(cls, algorithm: Algorithm, seed: bytes) -> Self:
        """The key of a seed: the same seed gives the same key, for tests and worked examples.

        Args:
            algorithm: What the key is for.
            seed: 32 bytes; for P-256 the private scalar itself, 1 to n-1, big-endian.

        Raises:
            ValueError: Not 32 bytes, or not a private scalar of P-256.
        """
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a seed is {SEED_BYTES} bytes, not {len(seed)}")
        match algorithm:
            case Algorithm.ED25519:
                return cls(ed25519.Ed25519PrivateKey.from_private_bytes(seed))
            case Algorithm.ECDSA_P256:
                scalar = int.from_bytes(seed, "big")
                if not 0 < scalar < P256_ORDER:
                    raise ValueError("a P-256 seed is a number from 1 to n-1, and this one is not")
                return cls(ec.derive_private_key(scalar, ec.SECP256R1()))

    @property
    def public_bytes(self) -> bytes:
        """The public half as `PublicKey.load` takes it: 32 bytes, or 65 for P-256."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.public_key().public_bytes_raw()
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def public_key(self) -> PublicKey:
        """The public half, ready to verify."""
        return PublicKey.load(self.algorithm, self.public_bytes)

    def sign(self, message: bytes) -> bytes:
        """Sign: 64 bytes, always the same for the same message."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self._key.sign(message, scheme))
        return r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")

    def to_pem(self) -> bytes:
        """Unencrypted PKCS#8, only for the station's own key in a file of mode 0600."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Read what `to_pem` wrote.

        Raises:
            ValueError: Damaged, encrypted, or a key of another kind.
        """
        return cls(_load_private_key(pem, None))

    def to_encrypted_pem(self, passphrase: bytes) -> bytes:
        """PKCS#8 encrypted by PBES2: PBKDF2-HMAC-SHA256 and AES-256-CBC; slow on purpose.

        `openssl pkey` reads it too.

        Args:
            passphrase: 1 to `MAX_PASSPHRASE_BYTES` bytes.

        Raises:
            ValueError: The passphrase is empty or too long.
        """
        _check_passphrase(passphrase)
        salt, iv = secrets.token_bytes(16), secrets.token_bytes(16)
        kdf = PBKDF2HMAC(hashes.SHA256(), 32, salt, PBKDF2_ITERATIONS)
        padder = padding.PKCS7(128).padder()
        plain = self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        encryptor = Cipher(algorithms.AES256(kdf.derive(passphrase)), modes.CBC(iv)).encryptor()
        sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
        return encrypted_private_key_pem(salt, PBKDF2_ITERATIONS, iv, sealed)

    @classmethod
    def from_encrypted_pem(cls, pem: bytes, passphrase: bytes) -> Self:
        """Read an encrypted PKCS#8 file, ours or another program's.

        Raises:
            ValueError: Wrong passphrase, damaged, not encrypted, or a key of another kind.
        """
        _check_passphrase(passphrase)
        return cls(_load_private_key(pem, passphrase))

    def __repr__(self) -> str:
        """Never the key itself."""
        return f"PrivateKey({self.algorithm.name}, …)"


def hash_pin(pin: str) -> str:
    """What is kept of a PIN: its Argon2id hash with a new salt, as a PHC string; slow on purpose.

    Args:
        pin: Digits.
    """
    kdf = Argon2id(
        salt=secrets.token_bytes(ARGON2_SALT_BYTES),
        length=ARGON2_HASH_BYTES,
        iterations=ARGON2_PASSES,
        lanes=ARGON2_LANES,
        memory_cost=ARGON2_MEMORY_KIB,
    )
    return kdf.derive_phc_encoded(pin.encode("utf-8", "surrogatepass"))


def is_pin(pin: str, kept: str) -> bool:
    """Whether a PIN is the one `hash_pin` kept; compared in constant time, never raises."""
    if not kept.startswith(_PIN_HASH_HEAD):
        return False
    try:
        Argon2id.verify_phc_encoded(pin.encode("utf-8", "surrogatepass"), kept)
    except (InvalidKey, ValueError):
        return False
    return True


def _check_ed25519_point(raw: bytes) -> None:
    """Refuse what the library would load silently. Source: RFC 8032, section 5.1.3."""
    if len(raw) != ED25519_PUBLIC_KEY_BYTES:
        raise ValueError(
            f"an Ed25519 public key is {ED25519_PUBLIC_KEY_BYTES} bytes, not {len(raw)}"
        )
    p = _ED25519_PRIME
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= p:
        raise ValueError("an Ed25519 public key in a second spelling: y is not below the prime")
    if y in _ED25519_SMALL_ORDER_Y:
        raise ValueError("an Ed25519 public key of small order proves nothing")
    x_squared = (y * y - 1) * pow(_ED25519_D * y * y + 1, -1, p) % p
    if pow(x_squared, (p - 1) // 2, p) != 1:
        raise ValueError("an Ed25519 public key that is not a point of the curve")


def _load_p256_point(raw: bytes) -> ec.EllipticCurvePublicKey:
    if len(raw) != P256_PUBLIC_KEY_BYTES or raw[0] != 4:
        raise ValueError(
            f"a P-256 public key is {P256_PUBLIC_KEY_BYTES} bytes that begin with 04 "
            f"(an uncompressed point); these are {len(raw)}"
        )
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        raise ValueError("a P-256 public key that is not a point of the curve") from None


def _check_passphrase(passphrase: bytes) -> None:
    if not 0 < len(passphrase) <= MAX_PASSPHRASE_BYTES:
        raise ValueError(
            f"a passphrase is 1 to {MAX_PASSPHRASE_BYTES} bytes, not {len(passphrase)}"
        )


def _load_private_key(
    pem: bytes, passphrase: bytes | None
) -> ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    if len(pem) > MAX_PEM_BYTES:
        raise ValueError(f"a key file has at most {MAX_PEM_BYTES} bytes, not {len(pem)}")
    try:
        key = load_pem_private_key(pem, passphrase)
    except TypeError:
        # The library's word for "a passphrase too many" and "a passphrase too few".
        state = "is encrypted" if passphrase is None else "is not encrypted"
        raise ValueError(f"the private key {state}") from None
    except (ValueError, UnsupportedAlgorithm):
        hint = "" if passphrase is None else "wrong passphrase, or "
        raise ValueError(f"{hint}not a private key in PEM form, or a damaged one") from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ValueError("the private key is neither Ed25519 nor P-256")
