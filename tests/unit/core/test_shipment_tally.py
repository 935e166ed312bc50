"""What a tally makes of a journal, named case by case; its laws are in tests/property."""

import pytest

from station.core.acts import ActKind
from station.core.close_out import Figures, close_out
from station.core.codes import CodeKind, UnitIdentity
from station.core.facts import Facts, Repeat, SignatureStatus
from station.core.journal import Entry
from station.core.reasons import Reason, VerdictClass
from station.core.registry import Overlay, UnitState
from station.core.shipment_tally import Outcome, ShipmentTally
from station.core.shipments import Expectation, Shipment, ShipmentKind, ShipmentLine
from tests.fakes.replacing import replace
from tests.fakes.shipments import (
    GTIN,
    OTHER_GTIN,
    SECOND_SSCC,
    SSCC,
    act,
    asn,
    declared,
    entry,
    facts,
)

HELD = Expectation.NOT_ON_ASN


def tally_of(shipment: Shipment, *lines: Entry) -> ShipmentTally:
    tally = ShipmentTally(shipment)
    for line in lines:
        tally.take(line)
    return tally


def total(shipment: Shipment, *lines: Entry) -> Figures:
    return close_out(shipment, tally_of(shipment, *lines).items()).total


def forged(serial: str) -> Facts:
    return replace(facts(serial), signature=SignatureStatus.INVALID, second_read=True)


def stolen(serial: str) -> Facts:
    return replace(facts(serial), overlays=Overlay.STOLEN)


def again(serial: str, repeat: Repeat = Repeat.NEW_PRESENTATION) -> Facts:
    return replace(
        facts(serial),
        repeat=repeat,
        claim_state=UnitState.RECEIVED,
        standing_class=VerdictClass.ACCEPT,
        standing_reason=Reason.OK,
    )


class TestFigures:
    def test_what_came_and_what_is_missing(self) -> None:
        figures = total(asn("A", "B", "C"), entry("1", facts("A")), entry("2", stolen("B")))
        assert figures == Figures(expected=3, accepted=1, quarantined=1, missing=1)

    def test_a_repeat_counts_nothing(self) -> None:
        lines = (
            entry("1", facts("A")),
            entry("2", again("A")),
            entry("3", again("A", Repeat.SAME_PRESENTATION)),
        )
        assert total(asn("A"), *lines) == Figures(expected=1, accepted=1)

    def test_a_scan_of_another_shipment_or_of_none_counts_nothing(self) -> None:
        lines = (entry("1", facts("A"), "ASN-2"), entry("2", facts("A"), ""))
        assert total(asn("A"), *lines) == Figures(expected=1, missing=1)

    def test_a_unit_the_site_had_before_is_no_delivery(self) -> None:
        held = replace(again("A"), repeat=Repeat.NEW_PRESENTATION)
        assert total(asn("A"), entry("1", held)) == Figures(expected=1, missing=1)

    def test_rescans_and_stops_count_nothing(self) -> None:
        first_alarm = replace(facts("A"), signature=SignatureStatus.INVALID)
        stop = replace(facts("A"), fault="the disk is full")
        lines = (entry("1", first_alarm), entry("2", stop))
        assert total(asn("A"), *lines) == Figures(expected=1, missing=1)

    def test_held_is_under_review_until_it_is_accepted(self) -> None:
        held = entry("1", facts("X", HELD))
        assert total(asn("A"), held) == Figures(expected=1, held=1, missing=1, over=1)
        later = entry("2", facts("X"))
        assert total(asn("A"), held, later).held == 0

    def test_declared_items(self) -> None:
        lines = (
            entry("1", declared(Reason.DAMAGED), gtin=GTIN),
            entry("2", declared(Reason.UNREADABLE), gtin=GTIN),
            entry("3", declared(Reason.NO_CODE), gtin=GTIN),
        )
        assert total(asn(count=4), *lines) == Figures(
            expected=4, damaged=1, unreadable=1, quarantined=1, missing=1
        )

    def test_an_item_without_serial_stands_for_one_that_did_not_come(self) -> None:
        lines = (entry("1", facts("A")), entry("2", declared(Reason.DAMAGED), gtin=GTIN))
        assert total(asn("A", "B"), *lines) == Figures(expected=2, accepted=1, damaged=1)

    def test_of_one_product_nobody_need_say_which(self) -> None:
        figures = total(asn(count=2), entry("1", declared(Reason.DAMAGED)))
        assert figures == Figures(expected=2, damaged=1, missing=1)

    def test_of_several_products_an_unknown_item_stands_apart(self) -> None:
        lines = (ShipmentLine(GTIN, 1), ShipmentLine(OTHER_GTIN, 1))
        shipment = Shipment("ASN-1", ShipmentKind.ASN, "", lines)
        tally = tally_of(shipment, entry("1", declared(Reason.DAMAGED)))
        rows = close_out(shipment, tally.items()).rows
        assert [(row.gtin, row.announced) for row in rows] == [
            (GTIN, True),
            (OTHER_GTIN, True),
            ("", False),
        ]
        assert rows[2].figures == Figures(damaged=1, over=1)

    def test_a_label_unreadable_at_its_second_read_is_one_item(self) -> None:
        misread = Facts(kind=CodeKind.NONE, problem=Reason.PARSE_ERROR, second_read=True)
        lines = [entry(scan, misread, payload=b"smudge") for scan in ("1", "2")]
        assert total(asn(count=1), *lines).unreadable == 1

    def test_blind_is_only_counted(self) -> None:
        shipment = Shipment("ASN-1", ShipmentKind.BLIND)
        lines = (entry("1", facts("A")), entry("2", stolen("B")))
        assert total(shipment, *lines) == Figures(accepted=1, quarantined=1)

    def test_each_pallet_has_its_own_row(self) -> None:
        lines = (
            ShipmentLine(GTIN, 2, frozenset({"A", "B"}), SSCC),
            ShipmentLine(GTIN, 1, frozenset(), SECOND_SSCC),
        )
        shipment = Shipment("ASN-1", ShipmentKind.ASN, "", lines, (SSCC, SECOND_SSCC))
        tally = tally_of(shipment, entry("1", facts("B")), entry("2", facts("Q")))
        rows = close_out(shipment, tally.items()).rows
        assert [(row.sscc, row.figures.accepted, row.figures.missing) for row in rows] == [
            (SSCC, 1, 1),
            (SECOND_SSCC, 1, 0),
        ]


class TestLabelsThatProveNothing:
    def test_a_forged_copy_does_not_take_the_genuine_units_place(self) -> None:
        lines = (entry("1", facts("A")), entry("2", forged("A")))
        assert total(asn("A"), *lines) == Figures(expected=1, accepted=1, quarantined=1, over=1)

    def test_also_when_the_copy_comes_first(self) -> None:
        lines = (entry("1", forged("A")), entry("2", facts("A")))
        assert total(asn("A"), *lines) == Figures(expected=1, accepted=1, quarantined=1, over=1)

    def test_held_for_a_key_then_condemned_is_one_item(self) -> None:
        held = replace(facts("A"), signature=SignatureStatus.KEY_UNKNOWN, key_state=None)
        lines = (entry("1", held), entry("2", forged("A")))
        assert total(asn("A"), *lines) == Figures(expected=1, quarantined=1)

    def test_held_for_a_key_then_genuine_is_one_item(self) -> None:
        held = replace(facts("A"), signature=SignatureStatus.KEY_UNKNOWN, key_state=None)
        lines = (entry("1", held), entry("2", facts("A")))
        assert total(asn("A"), *lines) == Figures(expected=1, accepted=1)


class TestActs:
    def test_undo_takes_a_unit_back(self) -> None:
        lines = (entry("1", facts("A")), act("2", ActKind.UNDO, "1"))
        assert total(asn("A"), *lines) == Figures(expected=1, missing=1)

    def test_undo_of_an_act_brings_back_what_was_before(self) -> None:
        lines: list[Entry] = [entry("1", facts("X", HELD)), act("2", ActKind.RELEASE, "1")]
        assert total(asn("A", count=1), *lines) == Figures(expected=2, accepted=1, missing=1)
        lines.append(act("3", ActKind.UNDO, "2"))
        assert total(asn("A", count=1), *lines).held == 1

    def test_undo_of_a_declaration(self) -> None:
        lines = (entry("1", declared(Reason.DAMAGED), gtin=GTIN), act("2", ActKind.UNDO, "1"))
        assert total(asn(count=1), *lines) == Figures(expected=1, missing=1)

    def test_undo_of_a_scan_elsewhere_changes_nothing(self) -> None:
        lines = (
            entry("1", facts("A")),
            entry("2", stolen("A"), "ASN-2"),
            act("3", ActKind.UNDO, "2"),
        )
        assert total(asn("A"), *lines) == Figures(expected=1, accepted=1)

    def test_released_it_is_accepted(self) -> None:
        lines = (entry("1", stolen("A")), act("2", ActKind.RELEASE, "1"))
        assert total(asn("A"), *lines) == Figures(expected=1, accepted=1)

    def test_an_act_that_names_the_unit_alone(self) -> None:
        release = replace(act("2", ActKind.RELEASE, "?"), identity=UnitIdentity(GTIN, "A"))
        assert total(asn("A"), entry("1", stolen("A")), release).accepted == 1

    def test_damaged_stays_damaged_when_it_is_destroyed(self) -> None:
        lines = (
            entry("1", declared(Reason.DAMAGED), gtin=GTIN),
            act("2", ActKind.DESTROY, "1"),
        )
        assert total(asn(count=1), *lines) == Figures(expected=1, damaged=1)

    def test_an_act_on_something_else_changes_nothing(self) -> None:
        lines = (entry("1", facts("A")), act("2", ActKind.DESTROY, "9"))
        assert total(asn("A"), *lines) == Figures(expected=1, accepted=1)


class TestExpectation:
    def expect(self, tally: ShipmentTally, serial: str, gtin: str = GTIN) -> Expectation:
        return tally.expectation(UnitIdentity(gtin, serial))

    def test_by_serial(self) -> None:
        tally = tally_of(asn("A", "B"), entry("1", facts("A")))
        assert self.expect(tally, "A") is Expectation.EXPECTED
        assert self.expect(tally, "B") is Expectation.EXPECTED
        assert self.expect(tally, "X") is Expectation.NOT_ON_ASN
        assert self.expect(tally, "A", OTHER_GTIN) is Expectation.NOT_ON_ASN

    def test_by_number(self) -> None:
        tally = tally_of(asn(count=2), entry("1", facts("A")))
        assert self.expect(tally, "B") is Expectation.EXPECTED
        tally.take(entry("2", facts("B")))
        assert self.expect(tally, "C") is Expectation.OVER
        assert self.expect(tally, "A") is Expectation.EXPECTED, "it is not over itself"

    def test_a_quarantined_unit_came_too(self) -> None:
        tally = tally_of(asn(count=1), entry("1", stolen("A")))
        assert self.expect(tally, "B") is Expectation.OVER

    def test_what_is_held_as_over_takes_no_place(self) -> None:
        tally = tally_of(
            asn(count=1), entry("1", facts("A")), entry("2", facts("B", Expectation.OVER))
        )
        tally.take(act("3", ActKind.UNDO, "1"))
        assert self.expect(tally, "C") is Expectation.EXPECTED

    def test_serials_and_numbers_together(self) -> None:
        tally = tally_of(asn("A", count=1), entry("1", facts("Q")))
        assert self.expect(tally, "R") is Expectation.OVER
        assert self.expect(tally, "A") is Expectation.EXPECTED

    def test_blind(self) -> None:
        tally = ShipmentTally(Shipment("ASN-1", ShipmentKind.BLIND))
        assert self.expect(tally, "A") is Expectation.NONE

    def test_a_line_that_was_never_kept(self) -> None:
        tally = tally_of(asn(count=1), entry("1", facts("A")))
        tally.forget("1")
        tally.forget("unknown")
        assert tally.items() == []
        assert tally.count(Outcome.ACCEPTED) == 0
        assert self.expect(tally, "B") is Expectation.EXPECTED


@pytest.mark.parametrize(
    ("expectation", "reason"),
    [
        (Expectation.NOT_ON_ASN, Reason.NOT_ON_ASN),
        (Expectation.OVER, Reason.OVER),
        (Expectation.WRONG_SHIPMENT, Reason.WRONG_SHIPMENT),
    ],
)
def test_what_a_shipment_says_decides(expectation: Expectation, reason: Reason) -> None:
    verdict = entry("1", facts("A", expectation)).verdict
    assert (verdict.verdict_class, verdict.reason) == (VerdictClass.HOLD, reason)
    unprotected = replace(
        facts("A", expectation),
        kind=CodeKind.SGTIN,
        enrolled=False,
        signature=SignatureStatus.NOT_EVALUATED,
    )
    assert entry("1", unprotected).verdict.reason is reason
    repeated = entry("1", replace(again("A"), expectation=expectation)).verdict
    assert reason not in {repeated.reason, *repeated.also}


def test_a_seller_that_may_not_supply() -> None:
    verdict = entry("1", replace(facts("A"), seller_authorised=False)).verdict
    assert (verdict.verdict_class, verdict.reason) == (
        VerdictClass.HOLD,
        Reason.SELLER_NOT_AUTHORISED,
    )
