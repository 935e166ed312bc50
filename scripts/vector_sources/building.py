"""Pieces the vector files are built from: the shape of a file, test keys, tags made by hand.

Nothing here calls the station: a vector states what must come out, and the bytes that go in are
put together from the format's description alone.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

GS: Final = b"\x1d"

GTIN: Final = "09506000134352"
SERIAL: Final = "K7QZ4M2XW9TRB"
EXAMPLE_SEED: Final = bytes(range(32))
EXAMPLE_PUBLIC_KEY: Final = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
EXAMPLE_TAG: Final = (
    "EQABDVnDGeIQGTP4PVB06Co-HhaNhkdlhhDfD1nzMH6Uky4M_mYfvKWe3unpP_u-hQOwMQEHSs4Im8g946lEvuOgBw"
)

P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER: Final = 2**252 + 27742317777372353535851937790883648493


def seed(name: str) -> bytes:
    """A test key's seed by its name."""
    return hashlib.sha256(b"test vectors, " + name.encode("ascii")).digest()


def ed25519_key(key_seed: bytes = EXAMPLE_SEED) -> ed25519.Ed25519PrivateKey:
    """The test key; the worked example's by default."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(key_seed)


def p256_key(name: str = "P-256") -> ec.EllipticCurvePrivateKey:
    """The P-256 test key of a name."""
    scalar = int.from_bytes(seed(name), "big") % (P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def raw_public_key(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    """32 bytes, or 65 for P-256."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def p256_sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> tuple[int, int]:
    """The pair r, s, s of the lower half, always the same for the same message (RFC 6979)."""
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    r, s = decode_dss_signature(key.sign(message, scheme))
    return r, min(s, P256_ORDER - s)


def pair(r: int, s: int) -> bytes:
    """The pair r, s in 32 bytes each."""
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def unit_message(header: bytes, gtin: str = GTIN, serial: str = SERIAL) -> bytes:
    """What a tag signs."""
    return b"UC1\x00" + header + gtin.encode("ascii") + GS + serial.encode("ascii")


def spell(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def tag(
    *,
    first_byte: int = 0x11,
    key_id: int = 1,
    gtin: str = GTIN,
    serial: str = SERIAL,
    key_seed: bytes = EXAMPLE_SEED,
) -> str:
    """A tag signed with Ed25519, whatever its first byte claims."""
    header = bytes((first_byte, key_id >> 8, key_id & 0xFF))
    return spell(header + ed25519_key(key_seed).sign(unit_message(header, gtin, serial)))


def p256_tag(*, gtin: str = GTIN, serial: str = SERIAL) -> str:
    """A tag signed with P-256, key id 258."""
    header = b"\x12\x01\x02"
    return spell(header + pair(*p256_sign(p256_key(), unit_message(header, gtin, serial))))


@dataclass
class VectorFile:
    """One file of vectors in the making.

    Attributes:
        name: File name.
        title: What it holds.
        origin: Where inputs and expected results come from.
        flags: What each flag means.
        keys: Public test keys, hex, by name.
        tests: The vectors.
    """

    name: str
    title: str
    origin: str
    flags: dict[str, str]
    keys: dict[str, str] = field(default_factory=dict)
    tests: list[dict[str, Any]] = field(default_factory=list)

    def add(self, comment: str, flags: str, **fields: Any) -> None:
        """Add a vector; its id is its place."""
        names = flags.split()
        unknown = set(names) - self.flags.keys()
        if unknown:
            raise ValueError(f"{self.name}: flags without a meaning: {sorted(unknown)}")
        self.tests.append({"id": len(self.tests) + 1, "comment": comment, "flags": names, **fields})

    def content(self) -> dict[str, Any]:
        """The file as it is written."""
        used = {flag for test in self.tests for flag in test["flags"]}
        if used != self.flags.keys():
            raise ValueError(f"{self.name}: flags nobody uses: {sorted(self.flags.keys() - used)}")
        return {
            "title": self.title,
            "origin": self.origin,
            "generator": "scripts/make_vectors.py",
            "flags": self.flags,
            "keys": self.keys,
            "count": len(self.tests),
            "tests": self.tests,
        }


@dataclass
class CodeVectorFile(VectorFile):
    """A file of payloads and what parsing must make of them."""

    def code(
        self, comment: str, flags: str, payload: bytes | str, symbol: str = "]d2", **expect: Any
    ) -> None:
        """A payload that is a code of some kind; `expect` names the kind and its fields."""
        self._payload(comment, flags, payload, symbol, result="code", expect=expect)

    def refused(
        self, comment: str, flags: str, payload: bytes | str, reason: str, **more: Any
    ) -> None:
        """A payload that must be refused.

        Args:
            comment: Why.
            flags: Which rule it breaks.
            payload: The bytes; text stands for ASCII.
            reason: The stable reason.
            **more: `symbol`, `complete` and `format` as `parse` takes them; `detail`, words the
                explanation must contain.
        """
        expect = {"reason": reason}
        if "detail" in more:
            expect["detail"] = more.pop("detail")
        symbol = more.pop("symbol", "]d2")
        self._payload(comment, flags, payload, symbol, result="refused", expect=expect, **more)

    def _payload(
        self, comment: str, flags: str, payload: bytes | str, symbol: str, **fields: Any
    ) -> None:
        raw = payload if isinstance(payload, bytes) else payload.encode("ascii")
        self.add(
            comment,
            flags,
            symbology_identifier=symbol,
            payload_hex=raw.hex(),
            **fields,
        )


def unit(signature: str = "valid", **fields: Any) -> dict[str, Any]:
    """What a UC1 code parses to, and what its signature is worth under its key."""
    expect = {
        "kind": "uc1",
        "gtin": GTIN,
        "serial": SERIAL,
        "algorithm": "ED25519",
        "key_id": 1,
        "tag_ai": "99",
        "lot": None,
        "expiry": None,
        "signature": signature,
        "key": "example",
    }
    return expect | fields


def plain(kind: str = "sgtin", **fields: Any) -> dict[str, Any]:
    """What a unit without a signature we evaluate parses to."""
    return {"kind": kind, "gtin": GTIN, "serial": SERIAL, "lot": None, "expiry": None} | fields
