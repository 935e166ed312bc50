"""Packed rows: what is written is read; anything else gives the package's own error, bounded."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.errors import TrustError
from station.core.gs1.charset import SET_82
from station.core.registry import Overlay, UnitRecord, UnitState
from station.sync import rows
from station.sync.rows import (
    CodeRow,
    RowKind,
    in_batches,
    read_blocks,
    write_codes,
    write_end,
    write_start,
    write_units,
)

SERIALS = st.text(st.sampled_from(SET_82.decode()), min_size=1, max_size=20)
UNITS = st.builds(
    UnitRecord,
    st.integers(1, 0xFFFF_FFFF),
    SERIALS,
    st.sampled_from(UnitState),
    st.integers(0, 15).map(Overlay),
    st.none() | SERIALS,
    st.none() | st.from_regex(r"\A[0-9]{6}\Z"),
    st.none() | st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z"),
)
CODES = st.tuples(
    st.from_regex(r"\A(AZ|ZA):[0-9A-Za-z]{26}\Z"), st.integers(1, 999_999_999), SERIALS
)


def packed(units: list[UnitRecord]) -> bytes:
    file = io.BytesIO()
    write_start(file, RowKind.UNITS)
    for unit in units:
        write_units(file, unit.product_id, [unit])
    write_end(file)
    return file.getvalue()


def block(product_id: int, count: int, raw: bytes, *, says: int | None = None) -> bytes:
    inner = zlib.compress(raw)
    head = struct.pack(">IIII", product_id, count, len(raw) if says is None else says, len(inner))
    return head + inner


def unpacked(content: bytes) -> Iterator[UnitRecord]:
    for each in read_blocks(io.BytesIO(content), RowKind.UNITS):
        yield from each.units()


@given(st.lists(UNITS, max_size=8))
def test_units_come_back_as_they_were(units: list[UnitRecord]) -> None:
    assert list(unpacked(packed(units))) == units


@given(st.lists(CODES, min_size=1, max_size=8))
def test_codes_come_back_as_they_were(codes: list[CodeRow]) -> None:
    file = io.BytesIO()
    write_start(file, RowKind.CODES)
    write_codes(file, codes)
    write_end(file)
    blocks = read_blocks(io.BytesIO(file.getvalue()), RowKind.CODES)
    assert [row for each in blocks for row in each.codes()] == codes


@given(st.lists(UNITS, max_size=3), st.binary(max_size=30), st.integers(0, 400))
def test_any_bytes_give_units_or_our_own_error(
    units: list[UnitRecord], noise: bytes, at: int
) -> None:
    content = packed(units)
    damaged = content[:at] + noise + content[at + len(noise) :]
    try:
        read = list(unpacked(damaged))
    except TrustError:
        return
    assert read == units or damaged != content


@given(st.binary(max_size=200))
def test_noise_gives_our_own_error(noise: bytes) -> None:
    with pytest.raises(TrustError):
        list(unpacked(RowKind.UNITS.magic + noise + b"!"))


@given(st.lists(UNITS, max_size=3), st.data())
def test_a_cut_file_is_never_taken_for_a_whole_one(
    units: list[UnitRecord], data: st.DataObject
) -> None:
    content = packed(units)
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    with pytest.raises(TrustError):
        list(unpacked(cut))


def test_the_same_units_give_the_same_bytes() -> None:
    units = [UnitRecord(7, f"S{number:03}", UnitState.ACTIVE) for number in range(50)]
    assert packed(units) == packed(units)


GOOD_ROW = b"S\t1\t0\t\t\t\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (block(1, 1, b"S\t1\t0\t\t\n"), "not well formed"),
        (block(1, 1, b"S\t12\t0\t\t\t\n"), "none that this release knows"),
        (block(1, 1, b"S\t1\t16\t\t\t\n"), "none that this release knows"),
        (block(1, 1, b"S\t01\t0\t\t\t\n"), "none that this release knows"),
        (block(1, 1, b"S S\t1\t0\t\t\t\n"), "not well formed"),
        (block(1, 1, b"\x1b[2J\t1\t0\t\t\t\n"), "not well formed"),
        (block(1, 1, b"S\t1\t0\t\t27\t\n"), "not well formed"),
        (block(1, 1, b"S\t1\t0\t\t\tdock 1\n"), "not well formed"),
        (block(1, 1, b"S\t1\t0\t\t\t\r\n"), "not well formed"),
        (block(1, 1, b"S\t1\t0\t\t\t"), "other than rows"),
        (block(1, 1, "é\n".encode()), "other than rows"),
        (block(1, 2, GOOD_ROW), "not well formed"),
        (block(1, 1, GOOD_ROW * 2), "not well formed"),
        (block(1, 1, b"\n" + GOOD_ROW), "not well formed"),
        (block(1, 0, GOOD_ROW), "larger than any may be"),
        (block(1, 9000, GOOD_ROW), "larger than any may be"),
        (block(0, 1, GOOD_ROW), "makes no sense"),
        (block(1, 1, GOOD_ROW, says=5), "another length"),
        (block(1, 1, GOOD_ROW, says=500), "another length"),
        (struct.pack(">IIII", 1, 1, 9, 3) + b"abc", "does not unpack"),
        (struct.pack(">IIII", 1, 1, 9, 1 << 30), "makes no sense"),
        (block(1, 1, GOOD_ROW) + bytes(16) + b"x", "something follows"),
    ],
)
def test_each_fault_is_named(content: bytes, why: str) -> None:
    end = b"" if content.endswith(b"x") else bytes(16)
    with pytest.raises(TrustError, match=why):
        list(unpacked(RowKind.UNITS.magic + content + end))


def test_a_block_is_never_unpacked_beyond_what_it_says() -> None:
    """64 MB of zeros pack into 64 kB; only the megabyte a block may have is ever made."""
    bomb = zlib.compress(bytes(64 << 20), 9)
    head = struct.pack(">IIII", 1, 1, rows.MAX_RAW_BYTES, len(bomb))
    content = RowKind.UNITS.magic + head + bomb + bytes(16)
    tracemalloc.start()
    try:
        with pytest.raises(TrustError, match="another length"):
            list(unpacked(content))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 4 * rows.MAX_RAW_BYTES


def test_bytes_behind_the_packed_rows_are_refused() -> None:
    inner = zlib.compress(GOOD_ROW) + b"hidden"
    head = struct.pack(">IIII", 1, 1, len(GOOD_ROW), len(inner))
    with pytest.raises(TrustError, match="another length"):
        list(unpacked(RowKind.UNITS.magic + head + inner + bytes(16)))


def test_a_file_of_codes_is_no_file_of_units() -> None:
    with pytest.raises(TrustError, match="does not begin as one"):
        list(unpacked(RowKind.CODES.magic + bytes(16)))


def test_the_longest_rows_fit_a_block() -> None:
    unit = UnitRecord(1, "S" * 20, UnitState.REPLACED, Overlay(15), "L" * 20, "271231", "d" * 40)
    units = [unit] * rows.ROWS_PER_BLOCK
    file = io.BytesIO()
    write_start(file, RowKind.UNITS)
    for batch in in_batches(iter([*units, unit])):
        write_units(file, 1, batch)
    write_end(file)
    assert sum(1 for _ in unpacked(file.getvalue())) == len(units) + 1
