"""The outer form of an encrypted private key file: just enough DER and PEM to write one.

For: `station.core.crypto`, which encrypts; this module only puts the pieces in their places,
because the library's own writer fixes a key derivation too weak for a brand's key. Reading stays
with the library. Pure.

Source: RFC 5958, section 3 (EncryptedPrivateKeyInfo); RFC 8018, sections 6.2 (PBES2), A.2
(PBKDF2) and B.2.5 (AES-256-CBC); RFC 7468, section 11.
"""

import base64
from typing import Final

_LABEL: Final = "ENCRYPTED PRIVATE KEY"

_OID_PBES2: Final = bytes.fromhex("06092a864886f70d01050d")
_OID_PBKDF2: Final = bytes.fromhex("06092a864886f70d01050c")
_OID_HMAC_WITH_SHA256: Final = bytes.fromhex("06082a864886f70d0209")
_OID_AES256_CBC: Final = bytes.fromhex("060960864801650304012a")
_NULL: Final = b"\x05\x00"


def encrypted_private_key_pem(salt: bytes, iterations: int, iv: bytes, sealed: bytes) -> bytes:
    """A PEM file for a PKCS#8 key encrypted with PBKDF2-HMAC-SHA256 and AES-256-CBC.

    Args:
        salt: PBKDF2's salt.
        iterations: PBKDF2's count.
        iv: AES-CBC's initial vector, 16 bytes.
        sealed: The encrypted PrivateKeyInfo, PKCS#7 padded.
    """
    kdf = _sequence(
        _OID_PBKDF2,
        _sequence(
            _octets(salt),
            _integer(iterations),
            _sequence(_OID_HMAC_WITH_SHA256, _NULL),
        ),
    )
    cipher = _sequence(_OID_AES256_CBC, _octets(iv))
    scheme = _sequence(_OID_PBES2, _sequence(kdf, cipher))
    text = base64.b64encode(_sequence(scheme, _octets(sealed))).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {_LABEL}-----", *lines, f"-----END {_LABEL}-----", ""]).encode()


def _element(tag: int, content: bytes) -> bytes:
    """Tag, length and content, up to 255 bytes: a key file stays below. Source: X.690, 8.1.3."""
    size = len(content)
    head = bytes((tag, size)) if size < 0x80 else bytes((tag, 0x81, size))
    return head + content


def _octets(content: bytes) -> bytes:
    return _element(0x04, content)


def _integer(number: int) -> bytes:
    """A non-negative INTEGER; its first bit is the sign and stays zero."""
    return _element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _sequence(*parts: bytes) -> bytes:
    return _element(0x30, b"".join(parts))
