"""Vectors: element strings in GS1 symbols, valid and refused."""

from typing import Any

from scripts.vector_sources.building import (
    ED25519_ORDER,
    EXAMPLE_TAG,
    GS,
    GTIN,
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

KEY = b"01" + GTIN.encode()
UNIT = KEY + b"21" + SERIAL.encode()
TAGGED = UNIT + GS + b"99" + EXAMPLE_TAG.encode()

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
    _keys_and_values(vectors)
    _separators(vectors)
    _cut(vectors)
    _other_content(vectors)
    _reading(vectors)
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


def _keys_and_values(v: CodeVectorFile) -> None:
    tail = TAGGED[16:]
    v.refused(
        "GTIN: check digit wrong", "Gtin", b"0109506000134353" + tail, "PARSE_ERROR", detail="check"
    )
    v.refused(
        "GTIN: two digits swapped",
        "Gtin",
        b"0109506000134532" + tail,
        "PARSE_ERROR",
        detail="check",
    )
    v.refused(
        "GTIN: a letter", "Gtin", b"010950600013435O" + tail, "PARSE_ERROR", detail="ASCII digits"
    )
    arabic = "٠٩٥٠٦٠٠٠١٣٤٣٥٢".encode()
    v.refused(
        "GTIN in Arabic-Indic digits",
        "Digits",
        b"01" + arabic + tail,
        "PARSE_ERROR",
        detail="AI 01",
    )
    fullwidth = "\N{FULLWIDTH DIGIT ZERO}\N{FULLWIDTH DIGIT ONE}".encode()
    v.refused("AI in fullwidth digits", "Digits", fullwidth + TAGGED[2:], "PARSE_ERROR")
    superscript = "0950600013435²".encode("latin-1")
    v.refused(
        "superscript two in Latin-1",
        "Digits",
        b"01" + superscript + tail,
        "PARSE_ERROR",
        detail="ASCII digits",
    )
    v.refused(
        "serial: 21 characters",
        "Serial",
        KEY + b"21" + b"A" * 21 + GS + TAGGED[32:],
        "PARSE_ERROR",
        detail="1 to 20 characters, not 21",
    )
    v.refused(
        "serial: empty", "Serial", KEY + b"21" + GS + TAGGED[32:], "PARSE_ERROR", detail="not 0"
    )
    for character in (b" ", b"#", b"$", b"@", b"[", b"^", b"`", b"{", b"~", b"\xc3\xa9"):
        v.refused(
            f"serial: character 0x{character.hex()} is not in set 82",
            "Serial",
            KEY + b"21K7" + character + b"QZ" + GS + TAGGED[32:],
            "PARSE_ERROR",
            detail="character set 82",
        )
    for ai in ("04", "05", "14", "18", "23", "29", "38", "60", "88", "8031", "7050"):
        v.refused(
            f"AI {ai} is not assigned",
            "Unassigned",
            UNIT + GS + ai.encode() + b"123456789012345678",
            "PARSE_ERROR",
            detail="assigned",
        )
    v.refused("letters where an AI is due", "Unassigned", UNIT + GS + b"AB12", "PARSE_ERROR")
    v.code("GTIN twice, the same", "Repeated", TAGGED + GS + KEY, **unit())
    v.refused(
        "GTIN twice, different",
        "Repeated",
        TAGGED + GS + b"0109506000134369",
        "PARSE_ERROR",
        detail="different values",
    )
    v.refused(
        "serial twice, different",
        "Repeated",
        UNIT + GS + b"21OTHER" + GS + TAGGED[32:],
        "PARSE_ERROR",
        detail="AI 21",
    )
    v.refused(
        "lot twice, different",
        "Repeated",
        UNIT + GS + b"10A" + GS + b"10B",
        "PARSE_ERROR",
        detail="AI 10",
    )
    for expiry, comment in (
        (b"261301", "month 13"),
        (b"260001", "month 0"),
        (b"260431", "31 April"),
        (b"270229", "29 February of a common year"),
    ):
        v.refused(
            f"expiry: {comment}",
            "Attributes",
            KEY + b"17" + expiry + TAGGED[16:],
            "PARSE_ERROR",
            detail="AI 17: not a date",
        )
    v.code(
        "expiry: 29 February of a leap year",
        "Attributes",
        KEY + b"17280229" + TAGGED[16:],
        **unit(expiry="280229"),
    )


def _separators(v: CodeVectorFile) -> None:
    v.code("GS after a value of predefined length", "Separator", KEY + GS + TAGGED[16:], **unit())
    v.code("GS at the very end", "Separator", TAGGED + GS, **unit())
    v.refused(
        "two GS in a row",
        "Separator",
        UNIT + GS + TAGGED[31:],
        "PARSE_ERROR",
        detail="separator where an application identifier is due",
    )
    v.refused("two GS at the start", "Separator", GS + GS + TAGGED, "PARSE_ERROR")
    v.refused(
        "GS inside a value of predefined length",
        "Separator",
        b"0109506" + GS + b"000134352" + TAGGED[16:],
        "PARSE_ERROR",
        detail="AI 01",
    )
    v.refused(
        "GS missing after the serial",
        "Separator",
        UNIT + TAGGED[32:],
        "PARSE_ERROR",
        detail="AI 21",
    )
    v.refused(
        "GS missing after AI 422, fixed but not predefined",
        "Separator",
        KEY + b"422276" + b"21" + SERIAL.encode(),
        "PARSE_ERROR",
        detail="AI 422",
    )
    for character in (b"<GS>", b"|", b"]", b"\\x1d", b"~", b"{GS}"):
        v.refused(
            f"{character.decode()} for GS",
            "Separator",
            UNIT + character + TAGGED[32:],
            "PARSE_ERROR",
            detail="AI 21",
        )


def _cut(v: CodeVectorFile) -> None:
    def cut(comment: str, payload: bytes) -> None:
        v.refused(comment, "Cut", payload, "READ_TRUNCATED")

    cut("in the first AI", b"0")
    cut("behind the first AI", b"01")
    cut("in the GTIN", TAGGED[:10])
    cut("one digit before the GTIN's end", TAGGED[:15])
    cut("in the AI of the serial", KEY + b"2")
    cut("behind the AI of the serial", KEY + b"21")
    cut("in the AI of the tag", UNIT + GS + b"9")
    cut("behind the AI of the tag", UNIT + GS + b"99")
    cut("in the middle of the tag", TAGGED[:-45])
    cut("one character before the tag's end", TAGGED[:-1])
    cut("in a four-digit AI", UNIT + GS + b"803")
    cut("in the expiry", KEY + b"172612")
    v.code(
        "behind the serial nothing shows the cut",
        "Cut",
        UNIT,
        **plain(),
    )


def _other_content(v: CodeVectorFile) -> None:
    v.code(
        "SGTIN, serial of 20: 38 characters",
        "Incomplete",
        KEY + b"21" + b"0" * 20,
        **plain(serial="0" * 20),
    )
    v.code(
        "SGTIN with lot",
        "Attributes",
        UNIT + GS + b"10L",
        **plain(lot="L"),
    )
    digsig = b"8030" + spell(bytes(60)).encode()
    v.code("DigSig (ISO/IEC 20248)", "OtherSignature", UNIT + GS + digsig, **plain("digsig_20248"))
    tail = b"91EE06" + GS + b"92" + b"uQTv0aXcRr1gV2Q4p8n5k3b7m6s9d0f1hjlzxcvbnm0="
    v.code("crypto tail, 91 and 92", "OtherSignature", UNIT + GS + tail, **plain("crypto_tail"))
    v.code("91 alone is company data", "OtherSignature", UNIT + GS + b"91EE06", **plain())
    v.code(
        "a tag counts before signatures of other systems",
        "OtherSignature",
        UNIT + GS + digsig + GS + tail + GS + b"99" + EXAMPLE_TAG.encode(),
        **unit(),
    )
    v.code("GTIN alone", "Incomplete", KEY, kind="gtin", gtin=GTIN)
    v.code("GTIN and lot", "Incomplete", KEY + b"10LOT", kind="gtin", gtin=GTIN)
    v.code("GTIN, weight, date", "Incomplete", KEY + b"310300123415270101", kind="gtin", gtin=GTIN)
    v.refused("GTIN and tag without serial", "Incomplete", KEY + TAGGED[32:], "NO_SERIAL")
    v.refused("GTIN and DigSig without serial", "Incomplete", KEY + digsig, "NO_SERIAL")
    v.refused(
        "serial and tag without GTIN",
        "Incomplete",
        TAGGED[16:],
        "PARSE_ERROR",
        detail="without a GTIN",
    )
    v.refused("serial alone", "Incomplete", UNIT[16:], "WRONG_SYMBOL")
    v.refused("a location number", "Incomplete", b"4149506000134352", "WRONG_SYMBOL")
    v.refused(
        "GTIN and contained GTIN", "Incomplete", UNIT + GS + b"0209506000134352", "PARSE_ERROR"
    )
    v.code("SSCC", "Pallet", b"00106141412345678908", kind="sscc", sscc="106141412345678908")
    v.code(
        "SSCC with contents",
        "Pallet",
        b"0010614141234567890802095060001343523724",
        kind="sscc",
        sscc="106141412345678908",
    )
    v.refused("SSCC: check digit wrong", "Pallet", b"00106141412345678907", "PARSE_ERROR")


def _reading(v: CodeVectorFile) -> None:
    v.refused("nothing", "Read", b"", "READ_EMPTY")
    v.refused("nothing, no identifier", "Read", b"", "READ_EMPTY", symbol="")
    v.refused("an identifier and nothing else", "Read", b"]d2", "READ_EMPTY", symbol="")
    v.refused("GS and nothing else", "Read", GS, "READ_TRUNCATED")
    v.refused("the device broke off", "Read", TAGGED, "READ_TRUNCATED", complete=False)
    v.refused("the device broke off at once", "Read", b"", "READ_TRUNCATED", complete=False)
    for byte in (0x00, 0x07, 0x09, 0x0A, 0x0D, 0x1B, 0x1C, 0x1E, 0x1F, 0x7F):
        v.refused(
            f"control character 0x{byte:02X}",
            "Read",
            UNIT + bytes((byte,)) + TAGGED[32:],
            "READ_CONTROL_CHARS",
            detail=f"0x{byte:02X}",
        )
    v.refused("line end left behind", "Read", TAGGED + b"\r\n", "READ_CONTROL_CHARS")
    v.refused("an identifier in the line and beside it", "Read", b"]d2" + TAGGED, "PARSE_ERROR")
    v.refused("] alone", "Read", b"]", "PARSE_ERROR", symbol="")
    v.refused(
        "longer than any symbol", "Length", TAGGED + b"0" * 7000, "PARSE_ERROR", detail="longer"
    )
