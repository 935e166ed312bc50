"""Vectors: signatures and public keys, for the arithmetic alone."""

from cryptography.hazmat.primitives.asymmetric import ec

from scripts.vector_sources.building import (
    ED25519_ORDER,
    P256_ORDER,
    VectorFile,
    ed25519_key,
    p256_key,
    p256_sign,
    pair,
    raw_public_key,
    seed,
)

MESSAGE = b"UC1\x00\x11\x00\x0109506000134352\x1dK7QZ4M2XW9TRB"

SIGNATURE_FLAGS = {
    "Standard": "A test vector of the standard itself.",
    "Honest": "An ordinary signature.",
    "Tampered": "A bit of signature or message was changed.",
    "WrongKey": "Signed by another key.",
    "Malleable": "A second signature anybody can make from a genuine one.",
    "Range": "A number out of its range.",
    "Length": "Not 64 bytes.",
    "WrongAlgorithm": "A signature of the other algorithm.",
}

KEY_FLAGS = {
    "Honest": "An ordinary key.",
    "Length": "Not the length of the form.",
    "Form": "Another form of the same point.",
    "OffCurve": "Not a point of the curve.",
    "SecondSpelling": "A coordinate not below the prime.",
    "SmallOrder": "A point that verifies what nobody signed.",
}

RFC_8032_TESTS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
)

ED25519_PRIME = 2**255 - 19
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1


def signatures() -> VectorFile:
    """Signatures, messages and keys."""
    vectors = VectorFile(
        "signatures.json",
        "Signatures as `PublicKey.verify` judges them",
        "RFC 8032, section 7.1 and RFC 6979, appendix A.2.5 where the flag says Standard; "
        "otherwise made for this project.",
        SIGNATURE_FLAGS,
    )
    _ed25519(vectors)
    _p256(vectors)
    return vectors


def _add(
    vectors: VectorFile,
    comment: str,
    flag: str,
    key: tuple[str, bytes],
    message: bytes,
    signature: bytes,
    *,
    valid: bool = False,
) -> None:
    vectors.add(
        comment,
        flag,
        algorithm=key[0],
        public_key_hex=key[1].hex(),
        message_hex=message.hex(),
        signature_hex=signature.hex(),
        result="valid" if valid else "invalid",
    )


def _ed25519(v: VectorFile) -> None:
    for number, (public, message, signature) in enumerate(RFC_8032_TESTS, 1):
        _add(
            v,
            f"RFC 8032, test {number}",
            "Standard",
            ("ED25519", bytes.fromhex(public)),
            bytes.fromhex(message),
            bytes.fromhex(signature),
            valid=True,
        )
    key = ("ED25519", raw_public_key(ed25519_key()))
    good = ed25519_key().sign(MESSAGE)
    _add(v, "the worked example", "Honest", key, MESSAGE, good, valid=True)
    for bit in (0, 7, 255, 256, 300, 508, 511):
        _add(v, f"bit {bit} of the signature", "Tampered", key, MESSAGE, _flip(good, bit))
    for bit in (0, 39, 8 * len(MESSAGE) - 1):
        _add(v, f"bit {bit} of the message", "Tampered", key, _flip(MESSAGE, bit), good)
    _add(v, "message cut", "Tampered", key, MESSAGE[:-1], good)
    _add(v, "message empty", "Tampered", key, b"", good)
    other = ed25519_key(seed("another brand")).sign(MESSAGE)
    _add(v, "another key's", "WrongKey", key, MESSAGE, other)
    for length in (0, 1, 32, 63):
        _add(v, f"{length} bytes", "Length", key, MESSAGE, good[:length])
    _add(v, "65 bytes", "Length", key, MESSAGE, good + b"\x00")
    s = int.from_bytes(good[32:], "little")
    for times in (1, 2):
        beyond = (s + times * ED25519_ORDER).to_bytes(32, "little")
        _add(v, f"S + {times} L", "Malleable", key, MESSAGE, good[:32] + beyond)
    _add(v, "R and S zero", "Range", key, MESSAGE, bytes(64))
    _add(v, "R the neutral point, S zero", "Range", key, MESSAGE, b"\x01" + bytes(63))
    _add(v, "S = L", "Range", key, MESSAGE, good[:32] + ED25519_ORDER.to_bytes(32, "little"))
    _add(v, "all ones", "Range", key, MESSAGE, b"\xff" * 64)
    swapped = pair(*p256_sign(p256_key(), MESSAGE))
    _add(v, "a P-256 signature", "WrongAlgorithm", key, MESSAGE, swapped)


def _p256(v: VectorFile) -> None:
    scalar = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    rfc_key = ("ECDSA_P256", raw_public_key(ec.derive_private_key(scalar, ec.SECP256R1())))
    r = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
    s = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
    twin = pair(r, P256_ORDER - s)
    _add(v, "RFC 6979 sample, low s", "Standard", rfc_key, b"sample", twin, valid=True)
    _add(v, "RFC 6979 sample as printed: high s", "Malleable", rfc_key, b"sample", pair(r, s))

    key = ("ECDSA_P256", raw_public_key(p256_key()))
    r, s = p256_sign(p256_key(), MESSAGE)
    good = pair(r, s)
    _add(v, "ordinary", "Honest", key, MESSAGE, good, valid=True)
    _add(v, "its twin with high s", "Malleable", key, MESSAGE, pair(r, P256_ORDER - s))
    for bit in (0, 7, 255, 256, 300, 508, 511):
        _add(v, f"bit {bit} of the signature", "Tampered", key, MESSAGE, _flip(good, bit))
    for bit in (0, 39, 8 * len(MESSAGE) - 1):
        _add(v, f"bit {bit} of the message", "Tampered", key, _flip(MESSAGE, bit), good)
    other = pair(*p256_sign(p256_key("another brand"), MESSAGE))
    _add(v, "another key's", "WrongKey", key, MESSAGE, other)
    top = 2**256 - 1
    for comment, numbers in (
        ("r = 0", (0, s)),
        ("s = 0", (r, 0)),
        ("r = s = 0", (0, 0)),
        ("r = n", (P256_ORDER, s)),
        ("s = n", (r, P256_ORDER)),
        ("r = n, s = n", (P256_ORDER, P256_ORDER)),
        ("r = n - 1, s = 1", (P256_ORDER - 1, 1)),
        ("r = 1, s = 1", (1, 1)),
        ("r of all ones", (top, s)),
        ("s of all ones", (r, top)),
        ("r and s exchanged", (s, r)),
    ):
        _add(v, comment, "Range", key, MESSAGE, pair(*numbers))
    for length in (0, 32, 63):
        _add(v, f"{length} bytes", "Length", key, MESSAGE, good[:length])
    _add(v, "65 bytes", "Length", key, MESSAGE, b"\x00" + good)
    _add(v, "DER form", "Length", key, MESSAGE, b"\x30\x44\x02\x20" + good[:32] + good[32:])
    swapped = ed25519_key().sign(MESSAGE)
    _add(v, "an Ed25519 signature", "WrongAlgorithm", key, MESSAGE, swapped)


def _flip(data: bytes, bit: int) -> bytes:
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << (bit % 8)
    return bytes(flipped)


def public_keys() -> VectorFile:
    """Public keys as bytes."""
    v = VectorFile(
        "public_keys.json",
        "Public keys as `PublicKey.load` takes or refuses them",
        "Made for this project; the points of small order follow from the curve's equation.",
        KEY_FLAGS,
    )

    def add(comment: str, flag: str, algorithm: str, raw: bytes, *, valid: bool = False) -> None:
        result = "valid" if valid else "invalid"
        v.add(comment, flag, algorithm=algorithm, public_key_hex=raw.hex(), result=result)

    good = raw_public_key(ed25519_key())
    add("the worked example's", "Honest", "ED25519", good, valid=True)
    add("nothing", "Length", "ED25519", b"")
    add("31 bytes", "Length", "ED25519", good[:31])
    add("33 bytes", "Length", "ED25519", good + b"\x00")
    order_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    order_8_y = int.from_bytes(order_8, "little")
    for comment, y in (
        ("order 1", 1),
        ("order 2", ED25519_PRIME - 1),
        ("order 4", 0),
        ("order 8", order_8_y),
        ("order 8, the other", ED25519_PRIME - order_8_y),
    ):
        for sign in (0, 1):
            raw = (y | sign << 255).to_bytes(32, "little")
            add(f"{comment}, sign {sign}", "SmallOrder", "ED25519", raw)
    for y in range(ED25519_PRIME, 2**255, 6):
        raw = y.to_bytes(32, "little")
        add(f"y = p + {y - ED25519_PRIME}", "SecondSpelling", "ED25519", raw)
    for y in (2, 7):
        add(f"y = {y} has no x", "OffCurve", "ED25519", y.to_bytes(32, "little"))

    point = raw_public_key(p256_key())
    x, y_bytes = point[1:33], point[33:]
    add("ordinary", "Honest", "ECDSA_P256", point, valid=True)
    add("nothing", "Length", "ECDSA_P256", b"")
    add("without its first byte", "Length", "ECDSA_P256", point[1:])
    add("66 bytes", "Length", "ECDSA_P256", point + b"\x00")
    add("compressed", "Form", "ECDSA_P256", bytes((2 + y_bytes[-1] % 2,)) + x)
    add("hybrid", "Form", "ECDSA_P256", bytes((6 + y_bytes[-1] % 2,)) + x + y_bytes)
    add("the point at infinity", "Form", "ECDSA_P256", bytes(65))
    add("an Ed25519 key", "Length", "ECDSA_P256", good)
    off = (int.from_bytes(y_bytes, "big") + 1).to_bytes(32, "big")
    add("y + 1", "OffCurve", "ECDSA_P256", b"\x04" + x + off)
    add("0, 0", "OffCurve", "ECDSA_P256", b"\x04" + bytes(64))
    # x = 5 is on the curve, and small enough that x + p still fits in 32 bytes.
    y_squared = 5**3 - 15 + 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    y_of_5 = pow(y_squared, (P256_PRIME + 1) // 4, P256_PRIME).to_bytes(32, "big")
    add("x = 5", "Honest", "ECDSA_P256", b"\x04" + (5).to_bytes(32, "big") + y_of_5, valid=True)
    beyond = (5 + P256_PRIME).to_bytes(32, "big")
    add("x = 5 + p", "SecondSpelling", "ECDSA_P256", b"\x04" + beyond + y_of_5)
    return v
