"""Vectors: element strings in GS1 symbols, valid and refused."""

from typing import Any

from scripts.vector_sources.building import (
    ED25519_ORDER,
    EXAMPLE_TAG,
    GS,
    P256_ORDER,
    SERIAL,
    CodeVectorFile,
    ed25519_key,
    p256_key,
    p256_sign,
    p256_tag,
    pair,
    plain,
    raw_public_key,
    seed,
    spell,
    tag,
    unit,
    unit_message,
)
from scripts.vector_sources.element_string_rules import (
    KEY,
    TAGGED,
    UNIT,
    cut,
    keys_and_values,
    other_content,
    reading,
    separators,
)

FLAGS = {
    "WorkedExample": "The worked example of the format's reference, byte for byte.",
    "Form": "Symbology identifier, leading FNC1 and order of elements are free.",
    "Separator": "Which separators are due, tolerated or refused.",
    "Tag": "A tag's length, alphabet, spelling, version and algorithm.",
    "Signature": "Well formed; what counts is whether the signature verifies.",
    "TagAI": "The tag may stand in any AI from 91 to 99, once.",
    "Serial": "1 to 20 characters of character set 82.",
    "Gtin": "14 ASCII digits and a right check digit.",
    "Digits": "ASCII digits only.",
    "Unassigned": "Every AI must be one GS1 has assigned.",
    "Repeated": "An AI may repeat with the same value only.",
    "Attributes": "Lot and expiry beside the key.",
    "OtherSignature": "Signatures of other systems: present, not evaluated.",
    "Incomplete": "GTIN and serial are both needed to name a unit.",
    "Pallet": "Logistic units.",
    "Cut": "The payload ends where a value of known length is not yet complete.",
    "Read": "Faults of the reading itself.",
    "Length": "Bounds of a payload.",
}


def element_strings() -> CodeVectorFile:
    """All vectors of this file."""
    vectors = CodeVectorFile(
        "element_strings.json",
        "GS1 element strings and what parsing makes of them",
        "Made for this project from docs/reference/code-format.md and the GS1 General "
        "Specifications; the worked example is a fixed literal.",
        FLAGS,
        {
            "example": raw_public_key(ed25519_key()).hex(),
            "p256": raw_public_key(p256_key()).hex(),
        },
    )
    _valid(vectors)
    _signatures(vectors)
    _tags(vectors)
    keys_and_values(vectors)
    separators(vectors)
    cut(vectors)
    other_content(vectors)
    reading(vectors)
    return vectors


def _valid(v: CodeVectorFile) -> None:
    v.code("the worked example", "WorkedExample", TAGGED, **unit())
    for symbol in ("]C1", "]e0", "]Q3", "]J1", "]d5", "]Q4", ""):
        v.code(f"the same with identifier {symbol or 'none'}", "Form", TAGGED, symbol, **unit())
    for prefix in (b"]d2", b"]Q3", b"]C1"):
        v.code("identifier sent in the line", "Form", prefix + TAGGED, "", **unit())
    v.code("leading FNC1 sent as GS", "Form", GS + TAGGED, "", **unit())
    v.code("identifier and leading FNC1", "Form", b"]d2" + GS + TAGGED, "", **unit())
    v.code(
        "tag first, key last",
        "Form",
        b"99" + EXAMPLE_TAG.encode() + GS + UNIT,
        **unit(),
    )
    v.code(
        "serial before GTIN",
        "Form",
        b"21" + SERIAL.encode() + GS + KEY + b"99" + EXAMPLE_TAG.encode(),
        **unit(),
    )
    v.code("P-256", "Signature", UNIT + GS + b"99" + p256_tag().encode(), **_p256_unit())
    for ai in range(91, 99):
        v.code(
            f"tag in AI {ai}",
            "TagAI",
            UNIT + GS + str(ai).encode() + EXAMPLE_TAG.encode(),
            **unit(tag_ai=str(ai)),
        )
    v.code(
        "company data of another kind beside the tag",
        "TagAI",
        UNIT + GS + b"98shelf 7".replace(b" ", b"-") + GS + b"99" + EXAMPLE_TAG.encode(),
        **unit(),
    )
    for key_id in (0, 255, 256, 65535):
        v.code(
            f"key id {key_id}",
            "Signature",
            UNIT + GS + b"99" + tag(key_id=key_id).encode(),
            **unit(key_id=key_id),
        )
    for serial, comment in (
        ("7", "one character"),
        ("ABCDEFGHIJ0123456789", "20 characters"),
        ("!\"%&'()*+,-./:;<=>?_", "every symbol of character set 82"),
        ("99", "looks like an AI"),
        ("k7qz", "lower case is another serial"),
    ):
        v.code(
            f"serial: {comment}",
            "Serial",
            KEY + b"21" + serial.encode() + GS + b"99" + tag(serial=serial).encode(),
            **unit(serial=serial),
        )
    v.code(
        "lot and expiry in the common order",
        "Attributes",
        KEY + b"17261231" + UNIT[16:] + GS + b"10LOT-7" + GS + TAGGED[32:],
        **unit(lot="LOT-7", expiry="261231"),
    )
    v.code(
        "lot and expiry at the end",
        "Attributes",
        TAGGED + GS + b"10LOT-7" + GS + b"17261200",
        **unit(lot="LOT-7", expiry="261200"),
    )


def _p256_unit(signature: str = "valid") -> dict[str, Any]:
    return unit(signature, algorithm="ECDSA_P256", key_id=258, key="p256")


def _signatures(v: CodeVectorFile) -> None:
    """Well-formed tags whose signature does not hold."""

    def tagged(text: str) -> bytes:
        return UNIT + GS + b"99" + text.encode()

    other = seed("another brand")
    v.code("another key's", "Signature", tagged(tag(key_seed=other)), **unit("invalid"))
    v.code(
        "another unit's tag", "Signature", tagged(tag(serial="K7QZ4M2XW9TRC")), **unit("invalid")
    )
    v.code(
        "another product's tag",
        "Signature",
        tagged(tag(gtin="09506000134369")),
        **unit("invalid"),
    )
    raw = b"\x11\x00\x01" + ed25519_key().sign(unit_message(b"\x11\x00\x02"))
    v.code("key id changed after signing", "Signature", tagged(spell(raw)), **unit("invalid"))
    raw = b"\x12\x00\x01" + ed25519_key().sign(unit_message(b"\x12\x00\x01"))
    v.code(
        "Ed25519 signature that calls itself P-256",
        "Signature",
        tagged(spell(raw)),
        **unit("invalid", algorithm="ECDSA_P256", key="p256"),
    )
    good = ed25519_key().sign(unit_message(b"\x11\x00\x01"))
    s = int.from_bytes(good[32:], "little") + ED25519_ORDER
    raw = b"\x11\x00\x01" + good[:32] + s.to_bytes(32, "little")
    v.code("Ed25519 with S + L", "Signature", tagged(spell(raw)), **unit("invalid"))
    v.code(
        "all zero signature",
        "Signature",
        tagged(spell(b"\x11\x00\x01" + bytes(64))),
        **unit("invalid"),
    )
    r, low = p256_sign(p256_key(), unit_message(b"\x12\x01\x02"))
    for comment, pair_bytes in (
        ("P-256 with s of the upper half", pair(r, P256_ORDER - low)),
        ("P-256 with r = 0", pair(0, low)),
        ("P-256 with s = 0", pair(r, 0)),
        ("P-256 with s = n", pair(r, P256_ORDER)),
    ):
        v.code(
            comment,
            "Signature",
            tagged(spell(b"\x12\x01\x02" + pair_bytes)),
            **_p256_unit("invalid"),
        )


def _tags(v: CodeVectorFile) -> None:
    """Tags that are none."""

    def refuse(comment: str, text: str, detail: str, reason: str = "PARSE_ERROR") -> None:
        payload = UNIT + GS + b"99" + text.encode("latin-1")
        v.refused(comment, "Tag", payload, reason, detail=detail)

    body = EXAMPLE_TAG[:-1]
    for last in "BRhxCSiyzP":
        refuse(f"second spelling, last character {last}", body + last, "second spelling")
    for character in "+/=.!":
        refuse(f"{character} in the tag", body[:40] + character + body[41:] + "w", "base64url")
    refuse("format version 0", tag(first_byte=0x01), "version 0")
    refuse("format version 2", tag(first_byte=0x21), "version 2")
    refuse("format version 15", tag(first_byte=0xF1), "version 15")
    for number in (0, 3, 15):
        refuse(
            f"algorithm {number}", tag(first_byte=0x10 | number), f"algorithm {number} is not known"
        )
    refuse("91 characters", EXAMPLE_TAG + "A", "1 to 90 characters")
    refuse("padded with =", EXAMPLE_TAG + "==", "1 to 90 characters")
    v.refused(
        "89 characters, more data behind",
        "Tag",
        UNIT + GS + b"99" + body.encode() + GS + b"10LOT",
        "PARSE_ERROR",
        detail="90 characters are due, not 89",
    )
    v.refused(
        "two tags",
        "TagAI",
        UNIT + GS + b"98" + EXAMPLE_TAG.encode() + GS + b"99" + tag(key_id=2).encode(),
        "PARSE_ERROR",
        detail="two tags",
    )
    v.code(
        "tag in AI 90 is data of trading partners",
        "TagAI",
        UNIT + GS + b"90" + EXAMPLE_TAG[:30].encode(),
        **plain(),
    )
    v.code("short company data is no tag", "Tag", UNIT + GS + b"99EXTRA-LARGE", **plain())
