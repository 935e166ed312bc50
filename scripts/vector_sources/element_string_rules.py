"""Vectors: the rules of element strings one by one, most of them refusals."""

from scripts.vector_sources.building import (
    EXAMPLE_TAG,
    GS,
    GTIN,
    SERIAL,
    CodeVectorFile,
    plain,
    spell,
    unit,
)

KEY = b"01" + GTIN.encode()
UNIT = KEY + b"21" + SERIAL.encode()
TAGGED = UNIT + GS + b"99" + EXAMPLE_TAG.encode()


def keys_and_values(v: CodeVectorFile) -> None:
    """GTIN, serial, assigned and repeated AIs, dates."""
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


def separators(v: CodeVectorFile) -> None:
    """Where GS is due, tolerated or refused."""
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


def cut(v: CodeVectorFile) -> None:
    """Payloads that end too early."""

    def at(comment: str, payload: bytes) -> None:
        v.refused(comment, "Cut", payload, "READ_TRUNCATED")

    at("in the first AI", b"0")
    at("behind the first AI", b"01")
    at("in the GTIN", TAGGED[:10])
    at("one digit before the GTIN's end", TAGGED[:15])
    at("in the AI of the serial", KEY + b"2")
    at("behind the AI of the serial", KEY + b"21")
    at("in the AI of the tag", UNIT + GS + b"9")
    at("behind the AI of the tag", UNIT + GS + b"99")
    at("in the middle of the tag", TAGGED[:-45])
    at("one character before the tag's end", TAGGED[:-1])
    at("in a four-digit AI", UNIT + GS + b"803")
    at("in the expiry", KEY + b"172612")
    v.refused("a letter in a GTIN that is cut", "Cut", b"0109506x", "PARSE_ERROR", detail="AI 01")
    v.code(
        "behind the serial nothing shows the cut",
        "Cut",
        UNIT,
        **plain(),
    )


def other_content(v: CodeVectorFile) -> None:
    """GS1 symbols that hold something else."""
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


def reading(v: CodeVectorFile) -> None:
    """Faults of the reading itself."""
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
