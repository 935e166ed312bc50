"""Packed rows: what is written is read; anything else gives the package's own error, bounded."""

import io
import tracemalloc
from itertools import pairwise

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from station.core.errors import TrustError
from station.core.gs1.charset import SET_82
from station.core.registry import Overlay, UnitRecord, UnitState
from station.core.registry_rows import (
    ROWS_PER_BLOCK,
    CodeRow,
    RowStream,
    UnitBlock,
    unit_row,
    unit_text,
)
from station.sync.columns import MAX_COLUMN_BYTES, Packer, Unpacker
from station.sync.rows import FileHead, read_codes, read_units
from tests.fakes.row_files import (
    CODES_HEAD,
    END,
    HEAD,
    LOT,
    MARK,
    STANDING,
    block,
    codes_file,
    frame,
    raw_block,
    unit_columns,
    units_file,
)

SERIALS = st.text(st.sampled_from(SET_82.decode()), min_size=1, max_size=20)
KEYS = st.tuples(st.integers(1, 0xFFFF_FFFF), SERIALS)
STANDINGS = st.builds(
    UnitRecord,
    st.just(1),
    st.just(""),
    st.sampled_from(UnitState),
    st.integers(0, 15).map(Overlay),
    st.none() | SERIALS,
    st.none() | st.from_regex(r"\A[0-9]{6}\Z"),
    st.none() | st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z"),
).map(lambda unit: unit_row(unit)[1])
UNITS = st.dictionaries(KEYS, STANDINGS, max_size=8).map(
    lambda units: [
        (product_id, (serial, standing)) for (product_id, serial), standing in sorted(units.items())
    ]
)
CODES = st.dictionaries(
    st.from_regex(r"\A(AZ|ZA):[0-9A-Za-z]{26}\Z"),
    st.tuples(st.integers(1, 999_999_999), SERIALS),
    min_size=1,
    max_size=8,
).map(lambda codes: [(code, *unit) for code, unit in sorted(codes.items())])

Units = list[tuple[int, tuple[str, str]]]


def blocks(content: bytes, head: FileHead = HEAD) -> list[UnitBlock]:
    return list(read_units(io.BytesIO(content), head))


def unpacked(content: bytes, head: FileHead = HEAD) -> Units:
    return [(each.product_id, row) for each in blocks(content, head) for row in each.rows]


@given(UNITS)
def test_units_come_back_as_they_were(units: Units) -> None:
    content = units_file(units)
    assert unpacked(content) == units
    for each in blocks(content):
        assert each.text == unit_text(each.rows)


@given(CODES)
def test_codes_come_back_as_they_were(codes: list[CodeRow]) -> None:
    batches = read_codes(io.BytesIO(codes_file(codes)), CODES_HEAD)
    assert [row for batch in batches for row in batch] == codes


def test_two_codes_may_name_one_unit() -> None:
    codes = [(f"AZ:{number:026}", 7, "SERIAL") for number in range(3)]
    (batch,) = read_codes(io.BytesIO(codes_file(codes)), CODES_HEAD)
    assert batch == codes


@given(st.lists(st.text("AB", min_size=1, max_size=5), min_size=1, max_size=20))
def test_strings_share_nothing_that_would_leave_one_empty(strings: list[str]) -> None:
    shapes, rest = Packer().strings(strings)
    assert Unpacker().strings(shapes, rest, len(strings)) == strings
    shared = Unpacker().column(shapes)[: len(strings)]
    for count, (before, string) in zip(shared[1:], pairwise(strings), strict=True):
        assert before[:count] == string[:count]
        assert count < len(string)


@given(UNITS, st.binary(max_size=30), st.integers(0, 400))
def test_any_bytes_give_units_or_our_own_error(units: Units, noise: bytes, at: int) -> None:
    content = units_file(units)
    damaged = content[:at] + noise + content[at + len(noise) :]
    try:
        read = unpacked(damaged)
    except TrustError:
        return
    assert read == units or damaged != content


@given(st.binary(max_size=200))
def test_noise_gives_our_own_error(noise: bytes) -> None:
    with pytest.raises(TrustError):
        unpacked(HEAD.line + noise + b"!")


@given(st.lists(st.binary(max_size=40), min_size=6, max_size=6), st.integers(1, 9))
def test_columns_of_noise_give_our_own_error_or_rows(columns: list[bytes], rows: int) -> None:
    content = HEAD.line + raw_block(1, rows, *map(frame, columns)) + END
    try:
        read = unpacked(content)
    except TrustError:
        return
    assert len(read) == rows


@given(UNITS, st.data())
def test_a_cut_file_is_never_taken_for_a_whole_one(units: Units, data: st.DataObject) -> None:
    content = units_file(units)
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    with pytest.raises(TrustError):
        unpacked(cut)


def test_how_rows_come_to_the_writer_does_not_matter() -> None:
    units = [(1, (f"S{number:05}", STANDING)) for number in range(ROWS_PER_BLOCK + 5)]
    units += [(2, ("A", STANDING))]
    content = units_file(units)
    assert [len(each.rows) for each in blocks(content)] == [ROWS_PER_BLOCK, 5, 1]
    assert units_file(iter(units)) == content
    assert unpacked(content) == units


def test_a_million_random_serials_take_seven_bytes_each() -> None:
    """Here eight thousand, which share less: the entropy of 13 characters is 8.1 bytes."""
    import random

    chance = random.Random(5)
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    serials = sorted("".join(chance.choices(alphabet, k=13)) for _ in range(ROWS_PER_BLOCK))
    content = units_file([(1, (serial, STANDING)) for serial in serials])
    assert len(content) / len(serials) < 7.6


TWO_LINES = b"\t\nA\tB\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (block(["S"], "1\t0"), "not well formed"),
        (block(["S"], "1\t0\t\t"), "not well formed"),
        (block(["S"], "12\t0\t"), "none known here"),
        (block(["S"], "1\t16\t"), "none known here"),
        (block(["S"], "01\t0\t"), "none known here"),
        (block(["S"], "1\t0\tdock 1"), "not well formed"),
        (block(["S"], "1\t0\t\r"), "not well formed"),
        (block(["S"], lot="\t27"), "not well formed"),
        (block(["S"], lot="L"), "not well formed"),
        (block(["S"], lot="\t\t"), "not well formed"),
        (block(["S"], lot="\x1b[2J\t"), "not well formed"),
        (block(["S S"]), "not well formed"),
        (block(["\x1b[2J"]), "not well formed"),
        (block(["S\t"]), "not well formed"),
        (block(["S" * 21]), "not well formed"),
        (block(["S"], rest="é".encode()), "other than rows"),
        (block(["S"], lines="é\n".encode()), "other than rows"),
        (block(["S"], marks="é\n".encode()), "other than rows"),
        (block(["S"], lines=LOT.encode()), "do not fit"),
        (block(["S"], lines=b""), "do not fit"),
        (block(["S"], marks=MARK.encode()), "do not fit"),
        (block(["S"], lines=TWO_LINES), "do not fit"),
        (block(["A", "B"], lines=TWO_LINES), "not well formed"),
        (block(["S"], numbers=b"\0\1"), "do not fit"),
        (block(["S"], numbers=b"\1\0"), "do not fit"),
        (block(["S"], numbers=b"\0"), "do not fit"),
        (block(["S"], rest=b"SS"), "do not fit"),
        (block(["S"], rest=b""), "do not fit"),
        (block(["A", "B"], shared=b"\0\1"), "do not fit"),
        (block(["A", "B"], shared=b"\1\0"), "do not fit"),
        (block(["A", "AB"], shared=b"\0\2"), "do not fit"),
        (block(["S"], rows=2), "do not fit"),
        (block(["A", "B"], rows=1), "do not fit"),
        (block(["S"], rows=0), "larger than any may be"),
        (block(["S"], rows=9000), "larger than any may be"),
        (block(["S"], product_id=0), "makes no sense"),
        (block(["B", "A"]), "out of order"),
        (block(["A", "A"]), "out of order"),
        (block(["B"]) + block(["A"]), "out of order"),
        (block(["A"]) + block(["A"]), "out of order"),
        (block(["A"], product_id=2) + block(["B"]), "out of order"),
        (raw_block(1, 1, b"abc", *[b""] * 5), "does not unpack"),
        (raw_block(1, 1, *[b""] * 6), "does not unpack"),
        (raw_block(1, 1, b"")[:8] + b"\xff" * 24, "larger than any may be"),
        (block(["S"]) + END + b"x", "something follows"),
        (END[:-1], "is cut"),
    ],
)
def test_each_fault_is_named(content: bytes, why: str) -> None:
    end = b"" if content.endswith((b"x", END[:-1])) else END
    with pytest.raises(TrustError, match=why):
        unpacked(HEAD.line + content + end)


@pytest.mark.parametrize(
    ("code", "product_id", "serial", "why"),
    [
        ("AZ:" + "0" * 25, 1, "S", "not well formed"),
        ("AX:" + "0" * 26, 1, "S", "not well formed"),
        ("AZ:" + "0" * 26, 0, "S", "not well formed"),
        ("AZ:" + "0" * 26, 1_000_000_000, "S", "not well formed"),
        ("AZ:" + "0" * 26, 1, "S" * 21, "not well formed"),
        ("AZ:" + "0" * 26, 1, "S S", "not well formed"),
    ],
)
def test_each_fault_of_a_code_is_named(code: str, product_id: int, serial: str, why: str) -> None:
    with pytest.raises(TrustError, match=why):
        list(read_codes(io.BytesIO(codes_file([(code, product_id, serial)])), CODES_HEAD))


def test_codes_out_of_order_are_refused() -> None:
    codes = [(f"AZ:{number:026}", 1, "S") for number in (2, 1)]
    with pytest.raises(TrustError, match="out of order"):
        list(read_codes(io.BytesIO(codes_file(codes)), CODES_HEAD))


def bombs() -> list[bytes]:
    """64 MB of zeros as frames of a few kilobytes: one that says so, one that does not say."""
    zeros = bytes(64 << 20)
    writer = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return [frame(zeros), writer.compress(zeros) + writer.flush()]


def liar() -> bytes:
    """A frame that says it holds 2 bytes and holds 64 MB."""
    honest = bytearray(frame(bytes(64 << 20)))
    # RFC 8878, 3.1.1.1: magic, then a descriptor whose top bits say how long the content size is.
    assert honest[4] >> 6 == 2
    window = 0 if honest[4] & 0x20 else 1
    honest[5 + window : 9 + window] = (2).to_bytes(4, "little")
    return bytes(honest)


@pytest.mark.parametrize("at", range(6))
def test_a_column_never_unpacks_to_more_than_any_may(at: int) -> None:
    for bomb in [*bombs(), liar()]:
        columns = unit_columns()
        columns[at] = bomb
        content = HEAD.line + raw_block(1, 1, *columns) + END
        tracemalloc.start()
        try:
            with pytest.raises(TrustError, match="unpack"):
                unpacked(content)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak_bytes < 4 * MAX_COLUMN_BYTES


def test_bytes_behind_a_packed_column_are_refused() -> None:
    columns = unit_columns()
    for at in range(6):
        hidden = [*columns[:at], columns[at] + b"hidden", *columns[at + 1 :]]
        with pytest.raises(TrustError, match="does not unpack"):
            unpacked(HEAD.line + raw_block(1, 1, *hidden) + END)


@pytest.mark.parametrize(
    "other",
    [
        FileHead(RowStream.CODES, 7),
        FileHead(RowStream.SIGNED, 7),
        FileHead(RowStream.LISTED, 8),
        FileHead(RowStream.LISTED, 7, "0" * 64),
        FileHead(RowStream.LISTED, 77),
    ],
)
def test_a_file_is_no_other_file(other: FileHead) -> None:
    with pytest.raises(TrustError, match="does not begin as"):
        unpacked(other.line + END, HEAD)


def test_a_segment_is_of_its_generation_and_follows_one_digest() -> None:
    head = FileHead(RowStream.LISTED, 8, "ab" * 32)
    content = units_file([(1, ("A", STANDING))], head)
    assert content.startswith(b"intake-delta 1 units 8 " + b"ab" * 32 + b"\n")
    assert unpacked(content, head) == [(1, ("A", STANDING))]
    with pytest.raises(TrustError, match="does not begin as"):
        unpacked(content, FileHead(RowStream.LISTED, 8, "ac" * 32))


def test_the_longest_rows_fit_a_block() -> None:
    unit = UnitRecord(1, "", UnitState.REPLACED, Overlay(15), "L" * 20, "271231", "d" * 34)
    units = [
        (1, (f"{number:020}", f"{unit_row(unit)[1]}{number:06}"))
        for number in range(ROWS_PER_BLOCK + 1)
    ]
    assert unpacked(units_file(units)) == units
