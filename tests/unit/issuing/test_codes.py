"""Serials, lines of codes and marks: the rules without a database."""

import csv
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.codes import Algorithm, SignedUnit, UnitIdentity
from station.core.crypto import PrivateKey
from station.core.csv_cells import guarded, unguarded
from station.core.errors import ConfigurationError
from station.core.gs1.charset import SET_82
from station.core.parsing import parse
from station.core.registry import Overlay, ProductRecord, UnitRecord, UnitState
from station.core.unit_code import SERIAL_ALPHABET, mint
from station.issuing.code_lines import (
    COLUMNS,
    LineFormat,
    code_line,
    header,
    render,
)
from station.issuing.csv_tables import read_table
from station.issuing.marks import MARKS, OVERLAY_MARKS, STATE_MARKS, Mark
from station.issuing.serials import SERIAL_BITS, random_serial, seeded_serials, spell
from station.ports.brand_store import IssuedUnit

PRODUCT = ProductRecord(1, 1, "09506000134352", "Beans", tag_ai="97")
KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))
SERIALS = st.text(st.sampled_from(SET_82.decode()), min_size=1, max_size=20)
FINAL = {UnitState.DESTROYED, UnitState.VOID, UnitState.REPLACED}


class TestSerials:
    @given(st.integers(0, (1 << SERIAL_BITS) - 1))
    def test_a_number_has_one_spelling(self, number: int) -> None:
        serial = spell(number)
        assert len(serial) == 13
        value = 0
        for char in serial:
            value = value * 32 + SERIAL_ALPHABET.index(char)
        assert value == number

    def test_random_serials_use_every_letter_at_every_place(self) -> None:
        serials = [random_serial(0) for _ in range(2000)]
        assert len(set(serials)) == 2000
        for place in range(13):
            seen = Counter(serial[place] for serial in serials)
            assert set(seen) == set(SERIAL_ALPHABET)
            # 62.5 each on average; six standard deviations are 47.
            assert max(seen.values()) < 110

    def test_seeded_serials_depend_on_seed_product_and_place(self) -> None:
        make = seeded_serials(7, PRODUCT.gtin)
        # A golden value: demonstrations that were made once must come out the same again.
        assert make(0) == "KKFB5BC5WCM2B"
        others = [seeded_serials(8, PRODUCT.gtin)(0), seeded_serials(7, "09506000134369")(0)]
        assert len({make(0), make(1), make(2), *others}) == 5


class TestLines:
    @given(SERIALS, st.none() | SERIALS, st.none() | st.just("271231"), st.booleans())
    def test_a_line_of_every_format_gives_the_code_back(
        self, serial: str, lot: str | None, expiry: str | None, signed: bool
    ) -> None:
        tag = mint(UnitIdentity(PRODUCT.gtin, serial), 1, KEY) if signed else None
        record = UnitRecord(
            1, serial, UnitState.RECEIVED, Overlay.STOLEN, lot, expiry, place="dock-9"
        )
        line = code_line(PRODUCT, IssuedUnit(record, tag, 1))
        raw = render(line, LineFormat.RAW)
        fields = json.loads(render(line, LineFormat.JSONL))
        text = header(LineFormat.CSV) + render(line, LineFormat.CSV)
        (row,) = csv.DictReader(text.splitlines(keepends=True))
        assert fields["element_string"] + "\n" == raw
        assert (fields["serial"], fields["tag"], fields["lot"]) == (serial, tag, lot)
        assert fields["state"] == "received+stolen"
        assert unguarded(row["serial"]) == serial
        assert unguarded(row["lot"]) == (lot or "")
        assert row["element_string"].replace("<GS>", "\x1d") == fields["element_string"]
        assert list(row) == list(COLUMNS) == list(fields)
        if signed:
            parsed = parse(raw[:-1].encode(), "]d2")
            assert isinstance(parsed, SignedUnit)
            assert parsed.identity == line.identity

    @given(st.text(max_size=20))
    def test_a_guarded_field_starts_no_formula_and_comes_back(self, field: str) -> None:
        assert not guarded(field).startswith(("=", "+", "-", "@"))
        assert unguarded(guarded(field)) == field


class TestTables:
    def test_a_table_is_read_line_by_line(self) -> None:
        lines = ["\ufeffSerial, lot ,note\n", "'=1,L1,x\n", "\n", "B,,\n"]
        rows = list(read_table(lines, ("serial", "lot")))
        assert [(row.line, row.fields) for row in rows] == [
            (2, {"serial": "=1", "lot": "L1"}),
            (4, {"serial": "B"}),
        ]

    @given(st.lists(st.text(max_size=40), max_size=5))
    def test_any_lines_give_rows_or_a_message(self, lines: list[str]) -> None:
        try:
            rows = list(read_table(["serial\n", *lines], ("serial",)))
        except ConfigurationError:
            return
        assert all(row.fields.keys() <= {"serial"} for row in rows)

    @pytest.mark.parametrize(
        ("lines", "why"),
        [
            ([], "does not name the columns"),
            (["a,b\n"], "does not name the columns"),
            (["serial,serial\n"], "does not name the columns"),
            (["serial\n", '"a\n'], "is not CSV"),
            (["serial\n", 'a"b",c\n'], "line 2 has 2 fields"),
            (["serial\n", "x" * 1001], "line 2 is longer than 1000"),
        ],
    )
    def test_each_fault_names_its_line(self, lines: list[str], why: str) -> None:
        with pytest.raises(ConfigurationError, match=why):
            list(read_table(lines, ("serial",)))


class TestMarks:
    @pytest.mark.parametrize("word", sorted(OVERLAY_MARKS))
    @pytest.mark.parametrize("state", UnitState)
    def test_lifting_an_overlay_restores_the_truth(self, word: str, state: UnitState) -> None:
        unit = UnitRecord(1, "A", state, Overlay.NONE, place="dock-9")
        laid = Mark(word).applied(unit, PRODUCT)
        assert laid.state is state
        assert laid.overlays == OVERLAY_MARKS[word]
        assert Mark(word).applied(laid, PRODUCT) == laid
        assert Mark(word, lift=True).applied(laid, PRODUCT) == unit
        assert Mark(word, lift=True).applied(unit, PRODUCT) == unit

    @pytest.mark.parametrize("word", sorted(STATE_MARKS))
    @pytest.mark.parametrize("state", UnitState)
    def test_a_state_is_set_unless_the_old_one_is_final(self, word: str, state: UnitState) -> None:
        unit = UnitRecord(1, "A", state, Overlay.RECALLED)
        wanted = STATE_MARKS[word]
        if state in FINAL and state is not wanted:
            with pytest.raises(ConfigurationError, match="which is final"):
                Mark(word).applied(unit, PRODUCT)
        else:
            after = Mark(word).applied(unit, PRODUCT)
            assert (after.state, after.overlays) == (wanted, Overlay.RECALLED)

    def test_a_place_belongs_to_received_and_shipped(self) -> None:
        unit = UnitRecord(1, "A", UnitState.ACTIVE)
        there = Mark("received", "dock-9").applied(unit, PRODUCT)
        assert there.place == "dock-9"
        assert Mark("returned").applied(there, PRODUCT).place is None
        assert Mark("stolen").applied(there, PRODUCT).place == "dock-9"
        for word in set(MARKS) - {"received", "shipped"}:
            with pytest.raises(ConfigurationError, match="at no station"):
                Mark(word, "dock-9")
        with pytest.raises(ConfigurationError, match="cannot be a station's name"):
            Mark("received", "dock 9")

    def test_only_overlays_are_lifted(self) -> None:
        with pytest.raises(ConfigurationError, match="only overlays are lifted"):
            Mark("void", lift=True)
        with pytest.raises(ConfigurationError, match="nothing a unit can be marked as"):
            Mark("quarantined")
