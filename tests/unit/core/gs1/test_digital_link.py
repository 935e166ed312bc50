"""The table of keys and qualifiers against the table of AIs, and the escaping."""

import pytest

from station.core.gs1.application_identifiers import AI_TABLE
from station.core.gs1.charset import SET_82
from station.core.gs1.digital_link import (
    KEY_QUALIFIERS,
    NEVER_IN_QUERY,
    escape,
    is_web_address,
    read_digital_link,
)
from station.core.gs1.element_string import ElementFault


def test_keys_qualifiers_and_exclusions_are_assigned() -> None:
    qualifiers = {ai for chains in KEY_QUALIFIERS.values() for chain in chains for ai in chain}

    assert {ai.encode("ascii") for ai in KEY_QUALIFIERS} <= AI_TABLE.keys()
    assert {ai.encode("ascii") for ai in qualifiers} <= AI_TABLE.keys()
    assert {ai.encode("ascii") for ai in NEVER_IN_QUERY} <= AI_TABLE.keys()
    assert not qualifiers & KEY_QUALIFIERS.keys()


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example/414/9506000134352/254/X",
        "https://a.example/414/9506000134352/7040/1ABC",
        "https://a.example/8006/095060001343520102/22/2A/10/L/21/S",
        "https://a.example/8010/PART/8011/7",
        "https://a.example/8018/950600013435200001/8019/7".replace("00001", "00008"),
        "https://a.example/00/106141412345678908?02=09506000134352&37=24",
    ],
)
def test_other_keys_take_their_own_qualifiers(link: str) -> None:
    assert isinstance(read_digital_link(link.encode("ascii")), dict)


@pytest.mark.parametrize("link", ["https://a.example/414/9506000134352/21/S", "ftp://a.example/"])
def test_what_is_no_link_of_ours_is_nobody_s_fault(link: str) -> None:
    assert read_digital_link(link.encode("ascii")) is None


@pytest.mark.parametrize("character", SET_82.decode("ascii"))
def test_what_is_escaped_is_read_back(character: str) -> None:
    link = f"https://a.example/01/09506000134352/21/A{escape(character)}?240={escape(character)}"

    assert read_digital_link(link.encode("ascii")) == {
        "01": "09506000134352",
        "21": f"A{character}",
        "240": character,
    }


def test_a_fault_says_where() -> None:
    link = b"https://a.example/x/01/09506000134353/21/K7"
    fault = read_digital_link(link)

    assert fault == ElementFault(False, "AI 01: wrong check digit", link.index(b"0950"))


@pytest.mark.parametrize(
    ("payload", "is_one"),
    [(b"http://", True), (b"HtTpS://x", True), (b"https:/x", False), (b" https://", False)],
)
def test_web_addresses_begin_with_their_scheme(payload: bytes, is_one: bool) -> None:
    assert is_web_address(payload) is is_one
