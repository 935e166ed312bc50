"""Vectors: everything that is neither an element string nor a Digital Link."""

from typing import Any

from scripts.vector_sources.building import (
    EXAMPLE_TAG,
    GS,
    GTIN,
    SERIAL,
    CodeVectorFile,
    ed25519_key,
    plain,
    raw_public_key,
    spell,
    unit,
)

FLAGS = {
    "Retail": "EAN and UPC symbols: a GTIN in its 14-digit spelling.",
    "Itf": "ITF symbols: an ITF-14, or not ours.",
    "Opaque": "AZ: and ZA: codes, 29 characters.",
    "BrandSerial": "A brand's own serial, 7 to 22 letters, digits and hyphens.",
    "Plain": "Element strings belong in symbols with FNC1 first.",
    "Foreign": "Symbols of other systems.",
    "Unidentified": "No symbology identifier: every form is tried in a fixed order.",
    "Control": "Labels the site printed for its own use.",
    "Cut": "The payload ends where a value of known length is not yet complete.",
}


def other_symbols() -> CodeVectorFile:
    """All vectors of this file."""
    vectors = CodeVectorFile(
        "other_symbols.json",
        "Retail symbols, opaque codes, brand serials, control labels and foreign symbols",
        "Made for this project from docs/reference/code-format.md; GTINs of the GS1 General "
        "Specifications' examples.",
        FLAGS,
        {"example": raw_public_key(ed25519_key()).hex()},
    )
    _retail(vectors)
    _opaque(vectors)
    _plain(vectors)
    _unidentified(vectors)
    _control(vectors)
    return vectors


def _retail(v: CodeVectorFile) -> None:
    for comment, digits, symbol, gtin in (
        ("EAN-13", "9506000134352", "]E0", GTIN),
        ("EAN-8", "96385074", "]E4", "00000096385074"),
        ("UPC-A, 12 digits", "036000291452", "]E0", "00036000291452"),
        ("UPC-A, 13 digits", "0036000291452", "]E0", "00036000291452"),
        ("UPC-E ending in 1", "04252614", "]E0", "00042100005264"),
        ("UPC-E ending in 3", "01234133", "]E0", "00012300000413"),
        ("UPC-E ending in 4", "01234543", "]E0", "00012340000053"),
        ("UPC-E ending in 9", "01234596", "]E0", "00012345000096"),
        ("EAN-13 with an add-on of 2", "950600013435212", "]E3", GTIN),
        ("EAN-13 with an add-on of 5", "950600013435212345", "]E3", GTIN),
        ("no identifier, EAN-13", "9506000134352", "", GTIN),
        ("no identifier, EAN-8", "96385074", "", "00000096385074"),
        ("identifier in the line", "]E09506000134352", "", GTIN),
    ):
        v.code(comment, "Retail", digits, symbol, kind="gtin", gtin=gtin)
    for comment, digits, symbol in (
        ("EAN-13: check digit wrong", "9506000134353", "]E0"),
        ("EAN-8: check digit wrong", "96385075", "]E4"),
        ("UPC-E: check digit wrong", "04252615", "]E0"),
        ("add-on alone", "12", "]E1"),
        ("add-on of 3", "9506000134352123", "]E3"),
        ("letters", "95060001343AB", "]E0"),
        ("7 digits", "9638507", "]E4"),
        ("fullwidth digits", "\N{FULLWIDTH DIGIT NINE}506000134352", "]E0"),
    ):
        v.refused(comment, "Retail", digits.encode(), "PARSE_ERROR", symbol=symbol)
    v.refused(
        "other forms have no place in a retail symbol",
        "Retail",
        b"AZ:" + b"A" * 26,
        "PARSE_ERROR",
        symbol="]E0",
    )
    v.code("ITF-14", "Itf", GTIN, "]I1", kind="gtin", gtin=GTIN)
    v.code("ITF-14 without its own check", "Itf", GTIN, "]I0", kind="gtin", gtin=GTIN)
    for comment, digits in (
        ("12 digits", "036000291452"),
        ("16 digits", "01" + GTIN),
        ("check digit wrong", "09506000134353"),
    ):
        v.refused(f"ITF: {comment}", "Itf", digits, "WRONG_SYMBOL", symbol="]I1")


def _opaque(v: CodeVectorFile) -> None:
    body = "0123456789ABCDEFGHJKMNPQRS"
    for symbol in ("]d1", "]Q1", "]C0", ""):
        for prefix in ("AZ:", "ZA:"):
            v.code(
                f"{prefix} in {symbol or 'an unknown symbol'}",
                "Opaque",
                prefix + body,
                symbol,
                kind="az",
                code=prefix + body,
            )
    v.refused("27 characters", "Opaque", f"AZ:{body}T", "PARSE_ERROR", symbol="]d1")
    v.refused("a hyphen", "Opaque", f"AZ:{body[:-1]}-", "PARSE_ERROR", symbol="]d1")
    v.refused("GS at the end", "Opaque", b"AZ:" + body.encode() + GS, "PARSE_ERROR", symbol="]d1")
    v.refused("25 characters", "Cut", f"AZ:{body[:-1]}", "READ_TRUNCATED", symbol="]d1")
    v.refused("none", "Cut", "ZA:", "READ_TRUNCATED", symbol="")
    v.refused("in a GS1 symbol", "Opaque", f"AZ:{body}", "PARSE_ERROR")
    v.refused("lower-case prefix", "Opaque", f"az:{body}", "WRONG_SYMBOL", symbol="]d1")


def _plain(v: CodeVectorFile) -> None:
    for serial in ("A1B2C3D", "1234567", "SN-2026-000123456789AB"):
        for symbol in ("]d1", "]Q1", "]C0", "]A0"):
            v.code(
                f"{len(serial)} characters in {symbol}",
                "BrandSerial",
                serial,
                symbol,
                kind="brand_serial",
                serial=serial,
            )
    v.code(
        "13 digits in a plain symbol are a serial, not a GTIN",
        "BrandSerial",
        "9506000134352",
        "]d1",
        kind="brand_serial",
        serial="9506000134352",
    )
    for comment, text in (("6 characters", "A1B2C3"), ("23 characters", "A" * 23)):
        v.refused(comment, "BrandSerial", text, "WRONG_SYMBOL", symbol="]d1")
    tagged = f"01{GTIN}21{SERIAL}".encode() + GS + b"99" + EXAMPLE_TAG.encode()
    for symbol in ("]d1", "]d0", "]Q1", "]C0", "]C2", "]d3"):
        v.refused(
            f"unit code in {symbol}",
            "Plain",
            tagged,
            "PARSE_ERROR",
            symbol=symbol,
            detail="without FNC1",
        )
    for comment, foreign in (
        ("wireless network", b"WIFI:T:WPA;S:dock;P:secret;;"),
        ("contact", b"BEGIN:VCARD"),
        ("text", b"Fragile! This side up."),
        ("GTIN in brackets", b"(01)09506000134352(21)K7QZ4M2XW9TRB"),
        ("UTF-8 text", "Zerbrechlich! Größe 7".encode()),
        ("tracking number of 24", b"420941049405511899223456"),
    ):
        v.refused(comment, "Foreign", foreign, "WRONG_SYMBOL", symbol="]Q1")
    v.refused(
        "ISO/IEC 15434 message of a transport label",
        "Foreign",
        b"[)>\x1e06\x1d1JUN123456789\x1e\x04",
        "WRONG_SYMBOL",
        symbol="]d1",
        detail="15434",
    )


def _unidentified(v: CodeVectorFile) -> None:
    tagged = f"01{GTIN}21{SERIAL}".encode() + GS + b"99" + EXAMPLE_TAG.encode()
    v.code("unit code", "Unidentified", tagged, "", **unit())
    v.code("SGTIN", "Unidentified", f"01{GTIN}21{SERIAL}", "", **plain())
    v.code(
        "SGTIN, expiry first",
        "Unidentified",
        f"17261231{tagged.decode()}",
        "",
        **unit(expiry="261231"),
    )
    v.code("GTIN as AI 01", "Unidentified", f"01{GTIN}", "", kind="gtin", gtin=GTIN)
    v.code("GTIN-14", "Unidentified", GTIN, "", kind="gtin", gtin=GTIN)
    v.code("UPC-E", "Unidentified", "04252614", "", kind="gtin", gtin="00042100005264")
    v.code(
        "SSCC", "Unidentified", "00106141412345678908", "", kind="sscc", sscc="106141412345678908"
    )
    v.code(
        "digits that make no sense otherwise",
        "Unidentified",
        "2112345678",
        "",
        kind="brand_serial",
        serial="2112345678",
    )
    v.code(
        "letters and digits",
        "Unidentified",
        "SN-2026-0001",
        "",
        kind="brand_serial",
        serial="SN-2026-0001",
    )
    v.refused(
        "AI 01 with a wrong check digit",
        "Unidentified",
        "0109506000134353",
        "PARSE_ERROR",
        symbol="",
        detail="check digit",
    )
    v.refused("text", "Unidentified", "Fragile! This side up.", "PARSE_ERROR", symbol="")
    v.refused("6 characters", "Unidentified", "A1B2C3", "PARSE_ERROR", symbol="")
    v.refused("unit code cut", "Unidentified", tagged[:-5], "READ_TRUNCATED", symbol="")


def _control(v: CodeVectorFile) -> None:
    def label(name: str, *, kind: str = "TOTE", signed: str | None = None) -> str:
        message = b"STN1\x00TOTE\x00" + (name if signed is None else signed).encode()
        return f"STN1:{kind}:{name}:{spell(ed25519_key().sign(message))}"

    def badge(name: str, number: str, *, signed: str | None = None) -> str:
        message = f"STN1\0BADGE\0{name}\0{number if signed is None else signed}".encode()
        return f"STN1:BADGE:{name}:{number}:{spell(ed25519_key().sign(message))}"

    def tote(name: str, signature: str = "valid") -> dict[str, Any]:
        return {"kind": "control", "name": name, "signature": signature, "key": "example"}

    def worn(number: int, signature: str = "valid") -> dict[str, Any]:
        return {**tote("ANNA", signature), "number": number}

    for name in ("A", "QUARANTINE-07", "0123456789ABCDEFGHIJ", "-"):
        for symbol in ("]d1", ""):
            v.code(f"{name} in {symbol or 'any'}", "Control", label(name), symbol, **tote(name))
    v.code(
        "another tote's signature",
        "Control",
        label("Q-2", signed="Q-1"),
        "]d1",
        **tote("Q-2", "invalid"),
    )
    for number in ("1", "9999"):
        v.code(f"badge {number}", "Control", badge("ANNA", number), "]d1", **worn(int(number)))
    v.code(
        "an earlier badge's signature",
        "Control",
        badge("ANNA", "2", signed="1"),
        "]d1",
        **worn(2, "invalid"),
    )
    v.code(
        "a tote's signature",
        "Control",
        badge("ANNA", "1").rpartition(":")[0] + ":" + label("ANNA").rpartition(":")[2],
        "]d1",
        **worn(1, "invalid"),
    )
    good = label("Q-1")
    for comment, text in (
        ("name empty", label("")),
        ("name of 21", label("A" * 21)),
        ("name in lower case", label("q-1")),
        ("name with a space", label("Q 1")),
        ("kind unknown", label("Q-1", kind="CRATE")),
        ("badge without a name", badge("", "1")),
        ("badge of number 0", badge("ANNA", "0")),
        ("badge's number in a second spelling", badge("ANNA", "01")),
        ("badge's number too large", badge("ANNA", "10000")),
        ("badge's number with a sign", badge("ANNA", "+1")),
        ("badge's number missing", badge("ANNA", "")),
        ("tote with a number", badge("Q-1", "1").replace("BADGE", "TOTE")),
        ("badge with a field too many", badge("ANNA", "1") + ":"),
        ("kind in lower case", label("Q-1", kind="tote")),
        ("signature's second spelling", good[:-1] + ("B" if good[-1] == "A" else "R")),
        ("signature padded", good + "=="),
        ("signature too long", good + "A"),
        ("signature with a plus sign", good[:-5] + "+" + good[-4:]),
        ("a field too many", good + ":"),
    ):
        v.refused(comment, "Control", text, "PARSE_ERROR", symbol="]d1", detail="control label")
    for comment, text in (
        ("signature cut", good[:-1]),
        ("signature missing", "STN1:TOTE:Q-1:"),
        ("fields missing", "STN1:TOTE:Q-1"),
        ("badge with fields missing", badge("ANNA", "1").replace(":1:", ":")),
        ("nothing but the prefix", "STN1:"),
    ):
        v.refused(comment, "Cut", text, "READ_TRUNCATED", symbol="]d1")
    v.refused("in a GS1 symbol", "Control", good, "PARSE_ERROR")
    v.refused("lower-case prefix", "Control", "stn1" + good[4:], "WRONG_SYMBOL", symbol="]d1")
    v.refused("GS at the end", "Control", good.encode() + GS, "PARSE_ERROR", symbol="]d1")
