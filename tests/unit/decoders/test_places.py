"""Which of the symbols a reader reports are believed."""

import pytest

from station.core.symbol import Corners, Symbol, SymbolFormat
from station.decoders.places import added, has_matrix, in_reading_order, plausible, same_place
from tests.fakes.decoder import box, symbol

HERE = box(100, 100, 200, 80)
A_LITTLE_OFF = box(104, 97, 198, 84)
ELSEWHERE = box(100, 300, 200, 80)
EAN, ITF, DM = SymbolFormat.EAN_13, SymbolFormat.ITF, SymbolFormat.DATA_MATRIX


def payloads(symbols: tuple[Symbol, ...]) -> list[bytes]:
    return [found.payload for found in symbols]


class TestPlaces:
    @pytest.mark.parametrize("kind", [DM, SymbolFormat.QR_CODE, EAN, SymbolFormat.CODE_128])
    def test_the_same_code_at_two_places_stays_two(self, kind: SymbolFormat) -> None:
        both = [symbol(b"1234567890128", kind, HERE), symbol(b"1234567890128", kind, ELSEWHERE)]
        assert len(plausible(both)) == 2

    @pytest.mark.parametrize("kind", [DM, SymbolFormat.QR_CODE, EAN])
    def test_one_place_read_twice_is_one(self, kind: SymbolFormat) -> None:
        both = [symbol(b"1234567890128", kind, HERE), symbol(b"1234567890128", kind, A_LITTLE_OFF)]
        assert len(plausible(both)) == 1

    @pytest.mark.parametrize(
        ("other", "expected"),
        [
            (HERE, True),
            (A_LITTLE_OFF, True),
            (ELSEWHERE, False),
            (box(301, 100, 200, 80), False),
            (box(150, 110, 20, 20), True),
        ],
    )
    def test_places_are_told_apart(self, other: Corners, expected: bool) -> None:
        one, two = symbol(b"a", corners=HERE), symbol(b"b", corners=other)
        assert same_place(one, two) is expected
        assert same_place(two, one) is expected

    def test_outlines_may_be_turned_or_mirrored(self) -> None:
        diamond = ((200.0, 100.0), (300.0, 200.0), (200.0, 300.0), (100.0, 200.0))
        mirrored = (diamond[0], diamond[3], diamond[2], diamond[1])
        for outline in (diamond, mirrored):
            inside = symbol(b"b", corners=box(195, 195, 10, 10))
            beside = symbol(b"b", corners=box(105, 105, 10, 10))
            assert same_place(symbol(b"a", corners=outline), inside)
            assert not same_place(symbol(b"a", corners=outline), beside)

    def test_a_single_scan_line_is_a_place_too(self) -> None:
        line = box(100, 140, 200, 0)
        on_it, further_on = box(190, 139, 20, 2), box(400, 140, 200, 0)
        assert same_place(symbol(b"a", corners=line), symbol(b"b", corners=on_it))
        assert not same_place(symbol(b"a", corners=line), symbol(b"b", corners=further_on))

    def test_a_symbol_without_corners_is_at_no_place(self) -> None:
        assert not same_place(symbol(b"a"), symbol(b"a"))


class TestContradictions:
    def test_a_place_read_as_two_linear_codes_is_none(self) -> None:
        found = [symbol(b"5030159003930", EAN, HERE), symbol(b"7034759003930", EAN, A_LITTLE_OFF)]
        assert plausible(found) == ()

    def test_the_order_of_reading_does_not_matter(self) -> None:
        found = [
            symbol(b"5030159003930", EAN, HERE),
            symbol(b"7034759003930", EAN, A_LITTLE_OFF),
            symbol(b"8032754490297", EAN, box(101, 101, 200, 80)),
        ]
        assert plausible(found) == plausible(reversed(found)) == ()

    def test_a_matrix_code_beside_it_is_no_party_to_it(self) -> None:
        found = [symbol(b"UNIT", DM, box(280, 90, 60, 60)), symbol(b"5030159003930", EAN, HERE)]
        assert len(plausible(found)) == 2

    @pytest.mark.parametrize("kind", [ITF, EAN, SymbolFormat.CODE_128])
    @pytest.mark.parametrize("ghost", [box(20, 60, 90, 2), box(20, 60, 90, 0), box(40, 20, 5, 90)])
    def test_a_linear_ghost_on_a_matrix_code_is_left_out(
        self, ghost: Corners, kind: SymbolFormat
    ) -> None:
        code = symbol(b"UNIT", DM, box(10, 10, 110, 110))
        faint = symbol(b"5030159003930"[:12], kind, ghost)
        assert plausible([faint, code]) == plausible([code, faint]) == (code,)

    def test_a_scan_line_at_the_edge_gives_way_to_the_label(self) -> None:
        label = symbol(b"5030159003930", EAN, box(100, 100, 340, 117))
        stray = symbol(b"7034759003930", EAN, box(100, 250, 340, 3))
        assert plausible([stray, label]) == plausible([label, stray]) == (label,)

    def test_pieces_of_a_scratched_label_are_one_symbol(self) -> None:
        upper = symbol(b"5030159003930", EAN, box(100, 100, 340, 60))
        lower = symbol(b"5030159003930", EAN, box(101, 170, 339, 50))
        assert plausible([upper, lower]) == (upper,)

    def test_another_label_below_does_not(self) -> None:
        found = [symbol(b"5030159003930", EAN, HERE), symbol(b"8032754490297", EAN, ELSEWHERE)]
        assert plausible(found) == tuple(found)


class TestItf:
    @pytest.mark.parametrize("digits", [b"12", b"1334"])
    def test_short_reads_are_pieces(self, digits: bytes) -> None:
        assert plausible([symbol(digits, ITF, HERE)]) == ()

    @pytest.mark.parametrize("digits", [b"070429", b"2167361334", b"30712345000010"])
    def test_longer_ones_are_believed(self, digits: bytes) -> None:
        assert payloads(plausible([symbol(digits, ITF, HERE)])) == [digits]

    def test_fourteen_digits_need_their_check_digit(self) -> None:
        assert plausible([symbol(b"30712345000011", ITF, HERE)]) == ()

    def test_the_longer_of_two_reads_of_a_place_is_the_whole(self) -> None:
        whole, part = symbol(b"2167361334", ITF, HERE), symbol(b"216736", ITF, A_LITTLE_OFF)
        assert plausible([whole, part]) == plausible([part, whole]) == (whole,)

    @pytest.mark.parametrize("kind", [ITF, SymbolFormat.UPC_E])
    def test_a_scan_line_or_two_of_a_weak_symbology_is_not_believed(
        self, kind: SymbolFormat
    ) -> None:
        assert plausible([symbol(b"0188200004292", kind, box(300, 200, 130, 2))]) == ()
        assert len(plausible([symbol(b"0188200004292", kind, box(300, 200, 130, 40))])) == 1
        assert len(plausible([symbol(b"5030159003930", EAN, box(300, 200, 130, 2))])) == 1

    def test_other_symbologies_have_no_least_length(self) -> None:
        assert payloads(plausible([symbol(b"7", DM, HERE)])) == [b"7"]


class TestAdding:
    def test_the_first_finds_stand_when_there_were_none_before(self) -> None:
        later = (symbol(b"5030159003930", EAN, HERE),)
        assert added((), later) == later

    def test_matrix_codes_at_empty_places_join(self) -> None:
        carton = symbol(b"5030159003930", EAN, ELSEWHERE)
        unit = symbol(b"UNIT", DM, HERE)
        assert added((carton,), (unit,)) == (unit, carton)

    def test_linear_codes_of_a_later_attempt_do_not(self) -> None:
        carton = symbol(b"5030159003930", EAN, ELSEWHERE)
        assert added((carton,), (symbol(b"8032754490297", EAN, HERE),)) == (carton,)

    def test_a_ghost_does_not_hide_the_matrix_code_it_lies_on(self) -> None:
        ghost = symbol(b"471512", ITF, box(110, 130, 150, 0))
        code = symbol(b"UNIT", DM, box(100, 100, 180, 180))
        assert added((ghost,), (code,)) == (code,)

    def test_a_matrix_code_found_again_is_one(self) -> None:
        code = symbol(b"UNIT", DM, HERE)
        assert added((code,), (symbol(b"UNIT", DM, A_LITTLE_OFF),)) == (code,)


def test_nothing_read_is_no_symbol() -> None:
    assert plausible([symbol(b"", DM, HERE)]) == ()


def test_reading_order_is_downwards_then_rightwards() -> None:
    low, right, left = box(0, 200, 10, 10), box(300, 50, 10, 10), box(20, 50, 10, 10)
    shuffled = [
        symbol(b"low", corners=low),
        symbol(b"r", corners=right),
        symbol(b"l", corners=left),
    ]
    assert payloads(in_reading_order(shuffled)) == [b"l", b"r", b"low"]


@pytest.mark.parametrize("kind", SymbolFormat)
def test_only_matrix_codes_and_the_unknown_count_as_matrix(kind: SymbolFormat) -> None:
    matrix = {SymbolFormat.DATA_MATRIX, SymbolFormat.QR_CODE, SymbolFormat.UNKNOWN}
    assert has_matrix([symbol(b"1", kind)]) is (kind in matrix)
