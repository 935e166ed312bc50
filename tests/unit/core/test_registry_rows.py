"""Rows have one text, one digest however they are cut, and changes lie over what they change."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core import registry_rows
from station.core.registry import Overlay, UnitRecord, UnitState
from station.core.registry_rows import (
    ROWS_PER_BLOCK,
    CodeRow,
    Holding,
    RowStream,
    StreamTally,
    UnitBlock,
    UnitRow,
    code_text,
    merged_codes,
    merged_units,
    unit_blocks,
    unit_row,
    unit_text,
)

UNIT = UnitRecord(1, "A", UnitState.VOID, Overlay.RECALLED, "LOT", "270131", "dock-1")
PLAIN = UnitRecord(1, "B", UnitState.ACTIVE)

Units = dict[tuple[int, str], UnitRow]
units_by_key = st.dictionaries(
    st.tuples(st.integers(1, 4), st.text("ABC", min_size=1, max_size=3)),
    st.sampled_from(["0", "1", "10"]),
    max_size=30,
).map(
    lambda states: {
        (product_id, serial): (serial, f"{state}\t0\t\t\t")
        for (product_id, serial), state in sorted(states.items())
    }
)
codes_by_code = st.dictionaries(st.text("ABC", min_size=1, max_size=3), st.integers(1, 9))


def blocks_of(units: Units) -> list[UnitBlock]:
    blocks: list[UnitBlock] = []
    for product_id in sorted({product_id for product_id, _ in units}):
        rows = [row for (of, _), row in units.items() if of == product_id]
        blocks += unit_blocks(product_id, rows)
    return blocks


def code_rows(codes: dict[str, int]) -> list[CodeRow]:
    return [(code, codes[code], "S") for code in sorted(codes)]


def digest_of(blocks: list[UnitBlock]) -> str:
    tally = StreamTally()
    for block in blocks:
        tally.units(block)
    return tally.hexdigest()


@pytest.fixture(params=[1, 2, 3, ROWS_PER_BLOCK])
def small_blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    size: int = request.param
    monkeypatch.setattr(registry_rows.in_batches, "__defaults__", (size,))


def test_the_text_of_units() -> None:
    rows = [unit_row(UNIT), unit_row(PLAIN)]
    assert unit_text(rows) == "A\t10\t2\tLOT\t270131\tdock-1\nB\t1\t0\t\t\t\n"
    assert unit_text([]) == ""


def test_the_text_of_codes() -> None:
    assert code_text([("AZ:1", 7, "A"), ("ZA:2", 8, "B")]) == "AZ:1\t7\tA\nZA:2\t8\tB\n"


def test_a_streams_digest_is_a_constant_of_its_rows() -> None:
    """Publishers and stations of every release agree on it."""
    tally = StreamTally()
    tally.units(next(unit_blocks(1, [unit_row(UNIT), unit_row(PLAIN)])))
    tally.units(next(unit_blocks(2, [unit_row(PLAIN)])))
    assert tally.holding(5, RowStream.LISTED) == Holding(
        5,
        RowStream.LISTED,
        3,
        "57cae011c421dbedd1547f4208f4bbec1837be86c3cdbdcae787ab2a46f34076",
    )
    tally = StreamTally()
    tally.codes([("AZ:1", 7, "A")])
    tally.codes([("ZA:2", 8, "B")])
    assert tally.holding(5, RowStream.CODES) == Holding(
        5, RowStream.CODES, 2, "e4011185db7e518e7ec306f579a38ec860bffaba9b2f423fa92d2eba668b0f7e"
    )


def test_every_field_and_the_product_count_in_a_digest() -> None:
    changed = [
        replace(UNIT, product_id=2),
        replace(UNIT, serial="B"),
        replace(UNIT, state=UnitState.ACTIVE),
        replace(UNIT, overlays=Overlay.NONE),
        replace(UNIT, lot=None),
        replace(UNIT, expiry=None),
        replace(UNIT, place=None),
    ]
    digests = {digest_of(list(unit_blocks(u.product_id, [unit_row(u)]))) for u in [UNIT, *changed]}
    assert len(digests) == 1 + len(changed)


def test_an_empty_stream_has_the_digest_of_nothing() -> None:
    assert StreamTally().holding(1, RowStream.SIGNED) == Holding(
        1,
        RowStream.SIGNED,
        0,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )


@pytest.mark.usefixtures("small_blocks")
class TestCuts:
    """Whatever the size of a block."""

    @given(units_by_key)
    def test_the_blocks_a_stream_comes_in_do_not_count(self, units: Units) -> None:
        whole = StreamTally()
        for product_id, rows in _by_product(units):
            whole.unit_text(product_id, unit_text(rows), len(rows))
        assert digest_of(blocks_of(units)) == whole.hexdigest()

    @given(units_by_key, units_by_key)
    def test_changed_units_lie_over_the_others(self, lower: Units, upper: Units) -> None:
        merged = list(merged_units(blocks_of(lower), blocks_of(upper)))
        rows = [((block.product_id, row[0]), row) for block in merged for row in block.rows]
        assert rows == sorted({**lower, **upper}.items())
        assert all(block.text == unit_text(block.rows) and block.rows for block in merged)

    @given(codes_by_code, codes_by_code)
    def test_changed_codes_lie_over_the_others(
        self, lower: dict[str, int], upper: dict[str, int]
    ) -> None:
        merged = list(merged_codes(code_rows(lower), code_rows(upper)))
        assert merged == code_rows({**lower, **upper})


def _by_product(units: Units) -> list[tuple[int, list[UnitRow]]]:
    products = sorted({product_id for product_id, _ in units})
    return [(at, [row for (of, _), row in units.items() if of == at]) for at in products]


def test_no_block_is_larger_than_any_may_be() -> None:
    rows: list[UnitRow] = [(f"{at:06}", "1\t0\t\t\t") for at in range(2 * ROWS_PER_BLOCK + 1)]
    cut = list(unit_blocks(1, rows))
    merged = list(merged_units(unit_blocks(1, rows[::2]), unit_blocks(1, rows[1::2])))
    for blocks in (cut, merged):
        assert max(len(block.rows) for block in blocks) == ROWS_PER_BLOCK
        assert [row for block in blocks for row in block.rows] == rows
