"""Every GS1 application identifier (AI): format, length, character set, separator rule.

The table is data; `AI_TABLE` is built from it once. For `element_string` and `digital_link`.
Leaves to others: what combinations of AIs mean (`station.core.parsing`).

Checked in a value: length, character set, GS1 check digits, calendar dates. Not checked: code
lists of other standards (ISO 3166, 4217 and 5218, IBAN, package types), times of day, the check
characters of a GMN (AI 8013, 8014) and the inner form of coupons (8110, 8112); none of them
decides about a unit, and a label must not be refused for a currency.

Source: GS1 General Specifications, Release 26 (January 2026), chapter 3 (formats), figure
7.8.5-2 (predefined lengths), as the GS1 Barcode Syntax Dictionary, release 2026-01-27, spells
them for machines. Section 7.8 gives the rules for separators.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from station.core.gs1.charset import DIGITS, SET_39, SET_64, SET_82, keeps_to
from station.core.gs1.check_digit import has_right_check_digit


class Check(Enum):
    """What else a part of a value must satisfy."""

    NONE = ""
    CHECK_DIGIT = "check"
    DATE = "date"
    """YYMMDD, the day 01 up to the month's last."""
    DATE_OR_MONTH = "month"
    """YYMMDD, the day 00 standing for the month's last."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a value.

    Attributes:
        allowed: Its character set.
        min_chars: Its least length where it is present.
        max_chars: Its greatest length.
        optional: Whether it may be absent.
        check: What else it must satisfy.
    """

    allowed: bytes
    min_chars: int
    max_chars: int
    optional: bool
    check: Check


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One row of the table.

    Attributes:
        ai: 2 to 4 digits.
        title: GS1's data title.
        parts: What its value is made of.
        min_chars: The least length of a value.
        max_chars: The greatest length of a value.
        predefined: Whether the length is one of figure 7.8.5-2, so that no separator follows.
    """

    ai: str
    title: str
    parts: tuple[Part, ...]
    min_chars: int
    max_chars: int
    predefined: bool

    def problem(self, value: bytes) -> str | None:
        """What is wrong with a value, in words that follow "AI nn: "; None where it is right."""
        if not self.min_chars <= len(value) <= self.max_chars:
            return f"{_span(self.min_chars, self.max_chars)}, not {len(value)}"
        at = 0
        for part in self.parts:
            if part.optional and at == len(value):
                break
            piece = value[at : at + part.max_chars]
            at += len(piece)
            if len(piece) < part.min_chars:
                return "its length lies between those allowed"
            if not keeps_to(piece, part.allowed):
                return f"a character outside {_SET_NAMES[part.allowed]}"
            fault = _check_problem(part.check, piece)
            if fault is not None:
                return fault
        return None


_SET_NAMES: Final = {
    DIGITS: "the ASCII digits",
    SET_82: "character set 82",
    SET_39: "character set 39",
    SET_64: "the file-safe base 64 set",
}

_DAYS_IN_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _span(least: int, most: int) -> str:
    return f"{least} characters" if least == most else f"{least} to {most} characters"


def _check_problem(check: Check, piece: bytes) -> str | None:
    if check is Check.NONE:
        return None
    if check is Check.CHECK_DIGIT:
        return None if has_right_check_digit(piece) else "wrong check digit"
    year, month, day = int(piece[:2]), int(piece[2:4]), int(piece[4:6])
    least_day = 0 if check is Check.DATE_OR_MONTH else 1
    if not 1 <= month <= 12 or not least_day <= day <= _DAYS_IN_MONTH[month - 1]:
        return "not a date"
    # Of the years a two-digit year can mean (section 7.12), every fourth is a leap year: 2000 is.
    return "not a date" if (month, day) == (2, 29) and year % 4 else None


# ------------------------------------------------------------------------------- the data

PREDEFINED_LENGTHS: Final[dict[str, int]] = {
    "00": 20,
    "01": 16,
    "02": 16,
    "03": 16,
    "04": 18,
    **{str(prefix): 8 for prefix in range(11, 20)},
    "20": 4,
    **{str(prefix): 10 for prefix in range(31, 37)},
    "41": 16,
}
"""First two digits of an AI: length of AI and value together. Only these need no separator.

Source: GS1 General Specifications, figure 7.8.5-2. 04, 14, 18 and 19 are not assigned.
"""

_ROWS: Final[tuple[tuple[str, str, str], ...]] = (
    # AI or range, format, data title. N digits, X set 82, Y set 39, Z base 64; [] optional;
    # :check, :date, :month as in `Check`.
    ("00", "N18:check", "SSCC"),
    ("01", "N14:check", "GTIN"),
    ("02", "N14:check", "CONTENT"),
    ("03", "N14:check", "MTO GTIN"),
    ("10", "X..20", "BATCH/LOT"),
    ("11", "N6:month", "PROD DATE"),
    ("12", "N6:month", "DUE DATE"),
    ("13", "N6:month", "PACK DATE"),
    ("15", "N6:month", "BEST BEFORE or BEST BY"),
    ("16", "N6:month", "SELL BY"),
    ("17", "N6:month", "USE BY or EXPIRY"),
    ("20", "N2", "VARIANT"),
    ("21", "X..20", "SERIAL"),
    ("22", "X..20", "CPV"),
    ("235", "X..28", "TPX"),
    ("240", "X..30", "ADDITIONAL ID"),
    ("241", "X..30", "CUST. PART No."),
    ("242", "N..6", "MTO VARIANT"),
    ("243", "X..20", "PCN"),
    ("250", "X..30", "SECONDARY SERIAL"),
    ("251", "X..30", "REF. TO SOURCE"),
    ("253", "N13:check [X..17]", "GDTI"),
    ("254", "X..20", "GLN EXTENSION COMPONENT"),
    ("255", "N13:check [N..12]", "GCN"),
    ("30", "N..8", "VAR. COUNT"),
    ("3100-3105", "N6", "NET WEIGHT (kg)"),
    ("3110-3115", "N6", "LENGTH (m)"),
    ("3120-3125", "N6", "WIDTH (m)"),
    ("3130-3135", "N6", "HEIGHT (m)"),
    ("3140-3145", "N6", "AREA (m2)"),
    ("3150-3155", "N6", "NET VOLUME (l)"),
    ("3160-3165", "N6", "NET VOLUME (m3)"),
    ("3200-3205", "N6", "NET WEIGHT (lb)"),
    ("3210-3215", "N6", "LENGTH (in)"),
    ("3220-3225", "N6", "LENGTH (ft)"),
    ("3230-3235", "N6", "LENGTH (yd)"),
    ("3240-3245", "N6", "WIDTH (in)"),
    ("3250-3255", "N6", "WIDTH (ft)"),
    ("3260-3265", "N6", "WIDTH (yd)"),
    ("3270-3275", "N6", "HEIGHT (in)"),
    ("3280-3285", "N6", "HEIGHT (ft)"),
    ("3290-3295", "N6", "HEIGHT (yd)"),
    ("3300-3305", "N6", "GROSS WEIGHT (kg)"),
    ("3310-3315", "N6", "LENGTH (m), log"),
    ("3320-3325", "N6", "WIDTH (m), log"),
    ("3330-3335", "N6", "HEIGHT (m), log"),
    ("3340-3345", "N6", "AREA (m2), log"),
    ("3350-3355", "N6", "VOLUME (l), log"),
    ("3360-3365", "N6", "VOLUME (m3), log"),
    ("3370-3375", "N6", "KG PER m2"),
    ("3400-3405", "N6", "GROSS WEIGHT (lb)"),
    ("3410-3415", "N6", "LENGTH (in), log"),
    ("3420-3425", "N6", "LENGTH (ft), log"),
    ("3430-3435", "N6", "LENGTH (yd), log"),
    ("3440-3445", "N6", "WIDTH (in), log"),
    ("3450-3455", "N6", "WIDTH (ft), log"),
    ("3460-3465", "N6", "WIDTH (yd), log"),
    ("3470-3475", "N6", "HEIGHT (in), log"),
    ("3480-3485", "N6", "HEIGHT (ft), log"),
    ("3490-3495", "N6", "HEIGHT (yd), log"),
    ("3500-3505", "N6", "AREA (in2)"),
    ("3510-3515", "N6", "AREA (ft2)"),
    ("3520-3525", "N6", "AREA (yd2)"),
    ("3530-3535", "N6", "AREA (in2), log"),
    ("3540-3545", "N6", "AREA (ft2), log"),
    ("3550-3555", "N6", "AREA (yd2), log"),
    ("3560-3565", "N6", "NET WEIGHT (tr oz)"),
    ("3570-3575", "N6", "NET VOLUME (oz)"),
    ("3600-3605", "N6", "NET VOLUME (qt)"),
    ("3610-3615", "N6", "NET VOLUME (gal)"),
    ("3620-3625", "N6", "VOLUME (qt), log"),
    ("3630-3635", "N6", "VOLUME (gal), log"),
    ("3640-3645", "N6", "VOLUME (in3)"),
    ("3650-3655", "N6", "VOLUME (ft3)"),
    ("3660-3665", "N6", "VOLUME (yd3)"),
    ("3670-3675", "N6", "VOLUME (in3), log"),
    ("3680-3685", "N6", "VOLUME (ft3), log"),
    ("3690-3695", "N6", "VOLUME (yd3), log"),
    ("37", "N..8", "COUNT"),
    ("3900-3909", "N..15", "AMOUNT"),
    ("3910-3919", "N3 N..15", "AMOUNT"),
    ("3920-3929", "N..15", "PRICE"),
    ("3930-3939", "N3 N..15", "PRICE"),
    ("3940-3943", "N4", "PRCNT OFF"),
    ("3950-3955", "N6", "PRICE/UoM"),
    ("400", "X..30", "ORDER NUMBER"),
    ("401", "X..30", "GINC"),
    ("402", "N17:check", "GSIN"),
    ("403", "X..30", "ROUTE"),
    ("410", "N13:check", "SHIP TO LOC"),
    ("411", "N13:check", "BILL TO"),
    ("412", "N13:check", "PURCHASE FROM"),
    ("413", "N13:check", "SHIP FOR LOC"),
    ("414", "N13:check", "LOC No."),
    ("415", "N13:check", "PAY TO"),
    ("416", "N13:check", "PROD/SERV LOC"),
    ("417", "N13:check", "PARTY"),
    ("420", "X..20", "SHIP TO POST"),
    ("421", "N3 X..9", "SHIP TO POST"),
    ("422", "N3", "ORIGIN"),
    ("423", "N3 [N3] [N3] [N3] [N3]", "COUNTRY - INITIAL PROCESS"),
    ("424", "N3", "COUNTRY - PROCESS"),
    ("425", "N3 [N3] [N3] [N3] [N3]", "COUNTRY - DISASSEMBLY"),
    ("426", "N3", "COUNTRY - FULL PROCESS"),
    ("427", "X..3", "ORIGIN SUBDIVISION"),
    ("4300", "X..35", "SHIP TO COMP"),
    ("4301", "X..35", "SHIP TO NAME"),
    ("4302", "X..70", "SHIP TO ADD1"),
    ("4303", "X..70", "SHIP TO ADD2"),
    ("4304", "X..70", "SHIP TO SUB"),
    ("4305", "X..70", "SHIP TO LOC"),
    ("4306", "X..70", "SHIP TO REG"),
    ("4307", "X2", "SHIP TO COUNTRY"),
    ("4308", "X..30", "SHIP TO PHONE"),
    ("4309", "N20", "SHIP TO GEO"),
    ("4310", "X..35", "RTN TO COMP"),
    ("4311", "X..35", "RTN TO NAME"),
    ("4312", "X..70", "RTN TO ADD1"),
    ("4313", "X..70", "RTN TO ADD2"),
    ("4314", "X..70", "RTN TO SUB"),
    ("4315", "X..70", "RTN TO LOC"),
    ("4316", "X..70", "RTN TO REG"),
    ("4317", "X2", "RTN TO COUNTRY"),
    ("4318", "X..20", "RTN TO POST"),
    ("4319", "X..30", "RTN TO PHONE"),
    ("4320", "X..35", "SRV DESCRIPTION"),
    ("4321", "N1", "DANGEROUS GOODS"),
    ("4322", "N1", "AUTH TO LEAVE"),
    ("4323", "N1", "SIG REQUIRED"),
    ("4324", "N6:month N4", "NOT BEF DEL DT"),
    ("4325", "N6:month N4", "NOT AFT DEL DT"),
    ("4326", "N6:date", "REL DATE"),
    ("4330", "N6 [X1]", "MAX TEMP F."),
    ("4331", "N6 [X1]", "MAX TEMP C."),
    ("4332", "N6 [X1]", "MIN TEMP F."),
    ("4333", "N6 [X1]", "MIN TEMP C."),
    ("7001", "N13", "NSN"),
    ("7002", "X..30", "MEAT CUT"),
    ("7003", "N6:date N4", "EXPIRY TIME"),
    ("7004", "N..4", "ACTIVE POTENCY"),
    ("7005", "X..12", "CATCH AREA"),
    ("7006", "N6:date", "FIRST FREEZE DATE"),
    ("7007", "N6:date [N6:date]", "HARVEST DATE"),
    ("7008", "X..3", "AQUATIC SPECIES"),
    ("7009", "X..10", "FISHING GEAR TYPE"),
    ("7010", "X..2", "PROD METHOD"),
    ("7011", "N6:date [N4]", "TEST BY DATE"),
    ("7020", "X..20", "REFURB LOT"),
    ("7021", "X..20", "FUNC STAT"),
    ("7022", "X..20", "REV STAT"),
    ("7023", "X..30", "GIAI - ASSEMBLY"),
    ("7030-7039", "N3 X..27", "PROCESSOR"),
    ("7040", "N1 X3", "UIC+EXT"),
    ("7041", "X..4", "UFRGT UNIT TYPE"),
    ("710", "X..20", "NHRN PZN"),
    ("711", "X..20", "NHRN CIP"),
    ("712", "X..20", "NHRN CN"),
    ("713", "X..20", "NHRN DRN"),
    ("714", "X..20", "NHRN AIM"),
    ("715", "X..20", "NHRN NDC"),
    ("716", "X..20", "NHRN AIC"),
    ("717", "X..20", "NHRN SRN"),
    ("7230-7239", "X2 X..28", "CERT"),
    ("7240", "X..20", "PROTOCOL"),
    ("7241", "N2", "AIDC MEDIA TYPE"),
    ("7242", "X..25", "VCN"),
    ("7250", "N8", "DOB"),
    ("7251", "N12", "DOB TIME"),
    ("7252", "N1", "BIO SEX"),
    ("7253", "X..40", "FAMILY NAME"),
    ("7254", "X..40", "GIVEN NAME"),
    ("7255", "X..10", "SUFFIX"),
    ("7256", "X..90", "FULL NAME"),
    ("7257", "X..70", "PERSON ADDR"),
    ("7258", "X3", "BIRTH SEQUENCE"),
    ("7259", "X..40", "BABY"),
    ("8001", "N14", "DIMENSIONS"),
    ("8002", "X..20", "CMT No."),
    ("8003", "N14:check [X..16]", "GRAI"),
    ("8004", "X..30", "GIAI"),
    ("8005", "N6", "PRICE PER UNIT"),
    ("8006", "N14:check N4", "ITIP"),
    ("8007", "X..34", "IBAN"),
    ("8008", "N6:date N2 [N2] [N2]", "PROD TIME"),
    ("8009", "X..50", "OPTSEN"),
    ("8010", "Y..30", "CPID"),
    ("8011", "N..12", "CPID SERIAL"),
    ("8012", "X..20", "VERSION"),
    ("8013", "X..25", "GMN"),
    ("8014", "X..25", "MUDI"),
    ("8017", "N18:check", "GSRN - PROVIDER"),
    ("8018", "N18:check", "GSRN - RECIPIENT"),
    ("8019", "N..10", "SRIN"),
    ("8020", "X..25", "REF No."),
    ("8026", "N14:check N4", "ITIP CONTENT"),
    ("8030", "Z..90", "DIGSIG"),
    ("8040", "N15", "IMEI"),
    ("8041", "N15", "IMEI2"),
    ("8042", "N32", "ESIM"),
    ("8043", "N18 [N..2]", "PSIM"),
    ("8110", "X..70", "COUPON"),
    ("8111", "N4", "POINTS"),
    ("8112", "X..70", "COUPON"),
    ("8200", "X..70", "PRODUCT URL"),
    ("90", "X..30", "INTERNAL"),
    ("91-99", "X..90", "INTERNAL"),
)

_PART: Final = re.compile(r"(\[?)([NXYZ])(\.\.)?([0-9]+)(?::([a-z]+))?\]?")
_ALLOWED: Final = {"N": DIGITS, "X": SET_82, "Y": SET_39, "Z": SET_64}


@cache
def _parts(form: str) -> tuple[Part, ...]:
    """Read one format of the table, e.g. ``N13:check [X..17]``."""
    parts = []
    for word in form.split():
        match = _PART.fullmatch(word)
        if match is None:
            raise ValueError(f"the table of application identifiers has no format {word!r}")
        optional, charset, up_to, size, check = match.groups()
        most = int(size)
        least = 1 if up_to else most
        parts.append(Part(_ALLOWED[charset], least, most, bool(optional), Check(check or "")))
    return tuple(parts)


def _build() -> dict[bytes, ApplicationIdentifier]:
    table = {}
    for ais, form, title in _ROWS:
        parts = _parts(form)
        least = sum(part.min_chars for part in parts if not part.optional)
        most = sum(part.max_chars for part in parts)
        first, _, last = ais.partition("-")
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            predefined = ai[:2] in PREDEFINED_LENGTHS
            row = ApplicationIdentifier(ai, title, parts, least, most, predefined)
            table[ai.encode("ascii")] = row
    return table


AI_TABLE: Final[dict[bytes, ApplicationIdentifier]] = _build()
"""Every assigned AI by its digits."""

AI_CHARS: Final[dict[bytes, int]] = {ai[:2]: len(ai) for ai in AI_TABLE}
"""First two digits of an AI: how many digits it has. Source: GenSpecs, figure 7.8.5-1."""
