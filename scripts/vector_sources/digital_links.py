"""Vectors: GS1 Digital Links, valid, refused, and web addresses that are none."""

from scripts.vector_sources.building import (
    EXAMPLE_TAG,
    GTIN,
    SERIAL,
    CodeVectorFile,
    ed25519_key,
    p256_key,
    p256_tag,
    plain,
    raw_public_key,
    tag,
    unit,
)

HOST = "https://id.example.com"
KEY = f"/01/{GTIN}"
UNIT = f"{KEY}/21/{SERIAL}"
TAGGED = f"{UNIT}?99={EXAMPLE_TAG}"

FLAGS = {
    "WorkedExample": "The worked example of the format's reference, as a web address.",
    "Address": "Scheme, host, port and the path before the key are free.",
    "Host": "A plain host name and nothing else.",
    "Path": "Key first, then its qualifiers in their order.",
    "Query": "Numeric names are AIs, other names are passed over.",
    "Escape": "Percent-escapes: complete, and only where one is needed.",
    "Key": "14 digits, right check digit.",
    "Tag": "The tag's own rules.",
    "Incomplete": "GTIN and serial are both needed to name a unit.",
    "OtherKey": "Links for keys that name no trade item.",
    "WebAddress": "Somebody's web address.",
    "Cut": "The payload ends where more is due.",
    "Symbol": "A Digital Link belongs in a symbol that is not GS1's.",
}


def digital_links() -> CodeVectorFile:
    """All vectors of this file."""
    vectors = CodeVectorFile(
        "digital_links.json",
        "GS1 Digital Links and what parsing makes of them",
        "Made for this project from docs/reference/code-format.md, the GS1 Digital Link Standard: "
        "URI Syntax and RFC 3986.",
        FLAGS,
        {
            "example": raw_public_key(ed25519_key()).hex(),
            "p256": raw_public_key(p256_key()).hex(),
        },
    )
    _valid(vectors)
    _path(vectors)
    _query(vectors)
    _escapes(vectors)
    _others(vectors)
    return vectors


def _valid(v: CodeVectorFile) -> None:
    v.code("the worked example", "WorkedExample", HOST + TAGGED, "]Q1", **unit())
    for symbol in ("]d1", "]Q2", "]C0", ""):
        v.code(f"in {symbol or 'an unknown symbol'}", "Symbol", HOST + TAGGED, symbol, **unit())
    v.code("identifier sent in the line", "Symbol", "]Q1" + HOST + TAGGED, "", **unit())
    for start in (
        "http://id.example.com",
        "HTTPS://ID.EXAMPLE.COM",
        "https://localhost:8443",
        "https://192.0.2.7",
        "https://xn--bcher-kva.example",
        "https://brand.example/shoes/de",
        "https://brand.example/a%20b/2026",
    ):
        v.code(f"begins {start}", "Address", start + TAGGED, "]Q1", **unit())
    v.code(
        "P-256",
        "Tag",
        f"{HOST}{UNIT}?99={p256_tag()}",
        "]Q1",
        **unit(algorithm="ECDSA_P256", key_id=258, key="p256"),
    )
    v.code("tag in AI 91", "Tag", f"{HOST}{UNIT}?91={EXAMPLE_TAG}", "]Q1", **unit(tag_ai="91"))
    v.code(
        "another unit's tag",
        "Tag",
        f"{HOST}{UNIT}?99={tag(serial='OTHER')}",
        "]Q1",
        **unit("invalid"),
    )


def _path(v: CodeVectorFile) -> None:
    v.code(
        "variant, lot and serial",
        "Path",
        f"{HOST}{KEY}/22/2A/10/LOT-7/21/{SERIAL}?17=261231&99={EXAMPLE_TAG}",
        "]Q1",
        **unit(lot="LOT-7", expiry="261231"),
    )
    for comment, path in (
        ("serial before the key", f"/21/{SERIAL}/01/{GTIN}"),
        ("lot before the key", f"/10/LOT{UNIT}"),
        ("another GTIN before the key", f"/01/09506000134369{UNIT}"),
        ("lot after the serial", f"{UNIT}/10/LOT"),
        ("serial twice", f"{UNIT}/21/{SERIAL}"),
        ("an attribute in the path", f"{KEY}/17/261231/21/{SERIAL}"),
        ("third party's extension beside the serial", f"{KEY}/235/X/21/{SERIAL}"),
        ("a further segment", f"{UNIT}/x"),
        ("a slash at the end", f"{UNIT}/"),
    ):
        v.refused(comment, "Path", f"{HOST}{path}?99={EXAMPLE_TAG}", "PARSE_ERROR", symbol="]Q1")
    for comment, host in (
        ("user name", "https://user@id.example.com"),
        ("user name and password", "https://id.example.com:443@evil.example"),
        ("empty", "https://"),
        ("underscore", "https://id_example.com"),
        ("empty label", "https://id..example.com"),
        ("label begins with a hyphen", "https://-id.example.com"),
        ("port without digits", "https://id.example.com:"),
        ("port of letters", "https://id.example.com:https"),
        ("escape", "https://id%2Eexample.com"),
        ("literal address", "https://[2001:db8::1]"),
        ("backslash", "https://evil.example\\id.example.com"),
    ):
        v.refused(f"host: {comment}", "Host", host + TAGGED, "PARSE_ERROR", symbol="]Q1")
    for comment, gtin in (
        ("wrong check digit", "09506000134353"),
        ("15 digits", "095060001343522"),
        ("13 digits beside a serial", "9506000134352"),
    ):
        link = f"{HOST}/01/{gtin}/21/{SERIAL}?99={EXAMPLE_TAG}"
        v.refused(f"GTIN: {comment}", "Key", link, "PARSE_ERROR", symbol="]Q1")


def _query(v: CodeVectorFile) -> None:
    v.code(
        "other parameters are passed over",
        "Query",
        f"{HOST}{UNIT}?utm_source=box&99={EXAMPLE_TAG}&linkType=gs1:pip&&x",
        "]Q1",
        **unit(),
    )
    v.code("a fragment is passed over", "Query", f"{HOST}{TAGGED}#top", "]Q1", **unit())
    for comment, query in (
        ("serial in the query", f"99={EXAMPLE_TAG}&21={SERIAL}"),
        ("lot in the query", f"99={EXAMPLE_TAG}&10=LOT"),
        ("GTIN again in the query", f"99={EXAMPLE_TAG}&01={GTIN}"),
        ("tag twice", f"99={EXAMPLE_TAG}&99={EXAMPLE_TAG}"),
        ("expiry twice", f"17=261231&17=261231&99={EXAMPLE_TAG}"),
        ("expiry no date", f"17=261331&99={EXAMPLE_TAG}"),
        ("numeric name that is no AI", f"99={EXAMPLE_TAG}&05=1"),
        ("long numeric name", f"99={EXAMPLE_TAG}&123456=1"),
        ("four digits at the end that are no AI", f"99={EXAMPLE_TAG}&8031"),
        ("AI without a value", f"17=&99={EXAMPLE_TAG}"),
        ("AI without an equals sign", f"17&99={EXAMPLE_TAG}"),
        ("plus sign in a value", f"240=A+B&99={EXAMPLE_TAG}"),
        ("tag with a plus sign", f"99={EXAMPLE_TAG[:30]}+{EXAMPLE_TAG[31:]}"),
        ("two tags", f"98={EXAMPLE_TAG}&99={EXAMPLE_TAG}"),
    ):
        v.refused(comment, "Query", f"{HOST}{UNIT}?{query}", "PARSE_ERROR", symbol="]Q1")
    v.refused(
        "tag: second spelling",
        "Tag",
        f"{HOST}{UNIT}?99={EXAMPLE_TAG[:-1]}x",
        "PARSE_ERROR",
        symbol="]Q1",
        detail="second spelling",
    )
    v.refused(
        "tag: 91 characters", "Tag", f"{HOST}{TAGGED}A", "PARSE_ERROR", symbol="]Q1", detail="AI 99"
    )
    v.code(
        "the name of an AI in escapes is no AI",
        "Query",
        f"{HOST}{UNIT}?%39%39={EXAMPLE_TAG}",
        "]Q1",
        **plain(),
    )


def _escapes(v: CodeVectorFile) -> None:
    serial = "A/B?C%D&E+F"
    spelled = "A%2FB%3FC%25D%26E%2BF"
    signed = tag(serial=serial)
    v.code(
        "serial with reserved characters",
        "Escape",
        f"{HOST}{KEY}/21/{spelled}?99={signed}",
        "]Q1",
        **unit(serial=serial),
    )
    v.code(
        "lower-case hexadecimal digits",
        "Escape",
        f"{HOST}{KEY}/21/A%2fB%3fC%25D%26E%2bF?99={signed}",
        "]Q1",
        **unit(serial=serial),
    )
    for comment, text in (
        ("of a letter", "%4B7QZ4M2XW9TRB"),
        ("of a digit", "K%37QZ4M2XW9TRB"),
        ("of a hyphen", "K7QZ%2D4M2XW9"),
        ("of an underscore", "K7QZ%5F4M2XW9"),
        ("of a space", "K7QZ%204M2XW9"),
        ("of a null byte", "K7QZ%004M2XW9"),
        ("of GS", "K7QZ%1D4M2XW9"),
        ("of UTF-8", "K7QZ%C3%A9M2XW9"),
        ("twice escaped", "K7QZ%25%32%35"),
        ("cut short inside", "K7QZ%2"),
        ("without digits", "K7QZ%ZZ4M2XW9"),
        ("percent sign alone", "K7%QZ4M2XW9TR"),
    ):
        link = f"{HOST}{KEY}/21/{text}?99={EXAMPLE_TAG}"
        v.refused(f"escape {comment}", "Escape", link, "PARSE_ERROR", symbol="]Q1")
    v.refused(
        "escape without digits at the very end",
        "Escape",
        f"{HOST}{KEY}/21/K7%ZZ",
        "PARSE_ERROR",
        symbol="]Q1",
        detail="URI",
    )
    v.refused(
        "escape in the tag",
        "Escape",
        f"{HOST}{UNIT}?99=%45{EXAMPLE_TAG[1:]}",
        "PARSE_ERROR",
        symbol="]Q1",
    )
    for character in (b" ", b'"', b"<", b"^", b"`", b"{", b"|", b"\xc3\xa9"):
        link_bytes = f"{HOST}{KEY}/21/K7Q".encode() + character + b"4?99=" + EXAMPLE_TAG.encode()
        v.refused(
            f"byte 0x{character.hex()} unescaped",
            "Escape",
            link_bytes,
            "PARSE_ERROR",
            symbol="]Q1",
            detail="URI",
        )


def _others(v: CodeVectorFile) -> None:
    v.code("GTIN alone", "Incomplete", HOST + KEY, "]Q1", kind="gtin", gtin=GTIN)
    v.code("GTIN and lot", "Incomplete", f"{HOST}{KEY}/10/LOT", "]Q1", kind="gtin", gtin=GTIN)
    v.code("unit without a tag", "Incomplete", HOST + UNIT, "]Q1", **plain())
    v.refused(
        "tag without a serial",
        "Incomplete",
        f"{HOST}{KEY}?99={EXAMPLE_TAG}",
        "NO_SERIAL",
        symbol="]Q1",
    )
    v.code(
        "pallet",
        "OtherKey",
        f"{HOST}/00/106141412345678908",
        "]Q1",
        kind="sscc",
        sscc="106141412345678908",
    )
    v.refused("location", "OtherKey", f"{HOST}/414/9506000134352", "WRONG_SYMBOL", symbol="]Q1")
    for address in (
        "https://www.example.com",
        "https://www.example.com/",
        "https://www.example.com/shoes?sku=17",
        "https://www.example.com/2026/01/news",
        "https://www.example.com/2026/01/15",
        "https://www.example.com/01/9506000134352",
        "https://www.example.com/gtin/09506000134352/ser/7",
        "https://id.gs1.org/AQgPC-6QbqKZEqJcBg",
        "http://",
        "https://user@www.example.com/shoes",
    ):
        v.refused(
            f"{address}",
            "WebAddress",
            address,
            "WRONG_SYMBOL",
            symbol="]Q1",
            detail="web address",
        )
    for comment, link in (
        ("behind the GTIN's slash", f"{HOST}{KEY}/"),
        ("in the serial's AI", f"{HOST}{KEY}/2"),
        ("behind the serial's AI", f"{HOST}{KEY}/21"),
        ("before the serial", f"{HOST}{KEY}/21/"),
        ("in the tag's AI", f"{HOST}{UNIT}?9"),
        ("behind the tag's AI", f"{HOST}{UNIT}?99"),
        ("before the tag", f"{HOST}{UNIT}?99="),
        ("in the tag", f"{HOST}{TAGGED[:-30]}"),
        ("one character before the end", f"{HOST}{TAGGED[:-1]}"),
        ("in an escape", f"{HOST}{KEY}/21/K7%2"),
    ):
        v.refused(comment, "Cut", link, "READ_TRUNCATED", symbol="]Q1")
    v.refused("in a GS1 symbol", "Symbol", HOST + TAGGED, "PARSE_ERROR", symbol="]Q3")
    v.refused(
        "GS at the end", "Symbol", f"{HOST}{TAGGED}".encode() + b"\x1d", "PARSE_ERROR", symbol="]Q1"
    )
    v.refused(
        "line end left behind",
        "Symbol",
        f"{HOST}{TAGGED}\r",
        "READ_CONTROL_CHARS",
        symbol="]Q1",
    )
