"""Shipments at the dock: expectation and seller in the verdict, pallets, opening and closing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.advice import Advice
from station.core.causes import Cause, told
from station.core.close_out import Figures, close_out
from station.core.codes import UnitIdentity
from station.core.errors import StorageError
from station.core.journal import Entry, JournalEntry
from station.core.operators import Actor, Operator, Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.core.sellers import SellerRecord, Supply
from station.core.shipments import Expectation, Shipment, ShipmentKind
from station.core.symbol import Symbol
from station.intake.loop import Pulse
from station.intake.shipment_desk import ShipmentDesk, tally_of
from station.ports.display import ShipmentProgress
from tests.fakes.intake import (
    OPERATOR,
    SUPERVISOR,
    WITNESS,
    Dock,
    FakeRoster,
    badge,
    genuine,
    registry,
)
from tests.fakes.replacing import replace
from tests.fakes.shipments import (
    GTIN,
    NOW,
    SSCC,
    FakeShipmentBook,
    asn,
    entry,
    facts,
    shipment_act,
)

ACCEPT = (VerdictClass.ACCEPT, Reason.OK)
SERIALS = ("A", "B", "C", "D")


def dock(*shipments: Shipment, opened: str = "ASN-1") -> Dock:
    made = Dock(registry(*SERIALS))
    made.book.add_all(shipments, "a.csv", NOW)
    if opened:
        made.move(opened)
    return made


def held(reason: Reason) -> tuple[VerdictClass, Reason]:
    return (VerdictClass.HOLD, reason)


def figures(made: Dock, shipment_id: str = "ASN-1") -> Figures:
    shipment = made.book.shipment(shipment_id)
    assert shipment is not None
    return close_out(shipment, tally_of(made.book, shipment).items()).total


def pallet(sscc: str = SSCC) -> Symbol:
    return Symbol(b"00" + sscc.encode(), "]C1")


@contextmanager
def full_disk(made: Dock) -> Iterator[None]:
    """Inside, the store is read as ever and nothing can be written."""

    def full(_lines: object) -> None:
        raise StorageError("the disk is full", "free some space")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made.store, "commit", full)
        yield


def test_announced_by_serial() -> None:
    made = dock(asn("A", "B"))
    for serial in ("A", "C", "B"):
        made.scan(genuine(serial))
    assert made.run() == [ACCEPT, held(Reason.NOT_ON_ASN), ACCEPT]
    lines = [line for line in made.store.entries if isinstance(line, JournalEntry)]
    assert [line.shipment for line in lines] == ["ASN-1"] * 3
    assert figures(made) == Figures(expected=2, accepted=2, held=1, over=1)
    assert made.shipments.progress == ShipmentProgress("ASN-1", ShipmentKind.ASN, 2, 2, 0, 1)


def test_announced_by_number_and_not_one_more() -> None:
    """All three are decided before any is committed."""
    made = dock(asn(count=2))
    for serial in ("A", "B", "C"):
        made.scan(genuine(serial))
    assert made.run() == [ACCEPT, ACCEPT, held(Reason.OVER)]
    made.scan(genuine("A"))
    made.wait(10)
    made.scan(genuine("A"))
    assert made.run()[-1] == held(Reason.REPEAT_SAME_STATION)
    assert figures(made) == Figures(expected=2, accepted=2, held=1, over=1)


def test_announced_in_another_shipment() -> None:
    made = dock(asn(count=5), asn("A", shipment_id="ASN-2"))
    made.scan(genuine("A"))
    made.scan(genuine("B"))
    assert made.run() == [held(Reason.WRONG_SHIPMENT), ACCEPT]
    facts = made.told.verdicts[0].facts
    assert facts.other_shipment == "ASN-2"
    made.move("ASN-2")
    made.scan(genuine("A"))
    made.scan(genuine("C"))
    assert made.run()[2:] == [ACCEPT, held(Reason.WRONG_SHIPMENT)]
    assert made.told.verdicts[-1].facts.other_shipment == "ASN-1"


def test_what_is_expected_here_is_nobody_elses() -> None:
    made = dock(asn(count=1), asn(count=1, shipment_id="ASN-2"))
    made.scan(genuine("A"))
    made.scan(genuine("B"))
    assert made.run() == [ACCEPT, held(Reason.OVER)]


def test_a_line_taken_back_frees_its_place_at_once() -> None:
    book = FakeShipmentBook()
    book.add_all([asn(count=1)], "a.csv", NOW)
    book.store.commit([shipment_act("0", "ASN-1")])
    desk = ShipmentDesk(book)
    desk.resume()
    desk.take(entry("1", facts("A")))
    unit = UnitIdentity(GTIN, "B")
    assert desk.standing(unit).expectation is Expectation.OVER
    desk.never_kept("1")
    assert desk.standing(unit).expectation is Expectation.EXPECTED


def test_no_shipment_and_a_blind_one() -> None:
    made = dock(Shipment("BLIND", ShipmentKind.BLIND), asn("A"), opened="")
    made.scan(genuine("B"))
    made.move("BLIND")
    made.scan(genuine("C"))
    assert made.run() == [ACCEPT, ACCEPT]
    assert [line.shipment for line in made.told.verdicts] == ["", "BLIND"]
    assert figures(made, "BLIND") == Figures(accepted=1)


def test_a_declared_item_belongs_to_the_shipment() -> None:
    made = dock(asn(count=2))
    made.declare(Reason.DAMAGED, GTIN)
    made.scan(genuine("A"))
    made.scan(genuine("B"))
    assert made.run()[-1] == held(Reason.OVER)
    assert figures(made) == Figures(expected=2, accepted=1, damaged=1, held=1, over=1)


def test_a_scan_that_could_not_be_kept_takes_no_place() -> None:
    made = dock(asn(count=1))
    made.run()
    with full_disk(made):
        made.scan(genuine("A"))
        made.run()
    assert len(made.told.failures) == 1
    made.scan(genuine("B"))
    assert made.run()[-1] == ACCEPT
    assert figures(made) == Figures(expected=1, accepted=1)


def test_the_shipment_at_the_dock_outlives_the_engine() -> None:
    made = dock(asn(count=1))
    made.scan(genuine("A"))
    made.run()
    made.scan(genuine("B"))
    assert made.run()[-1] == held(Reason.OVER)


def test_sellers() -> None:
    made = dock(Shipment("ASN-1", ShipmentKind.BLIND, "nordic"))
    made.scan(genuine("A"))
    assert made.run() == [ACCEPT], "a product without a list is anybody's"
    supply = Supply(GTIN, "2026-01-01", "2026-06-30")
    made.registry.seller_records = [SellerRecord(1, "nordic", "Nordic Trade", (supply,))]
    made.scan(genuine("B"))
    assert made.run()[-1] == ACCEPT
    made.clock.utc = "2026-07-01T00:00:00.000Z"
    made.scan(genuine("C"))
    verdict_class, _ = made.run()[-1]
    verdict = made.told.verdicts[-1].verdict
    assert verdict_class is VerdictClass.HOLD
    assert Reason.SELLER_NOT_AUTHORISED in {verdict.reason, *verdict.also}
    made.registry.seller_records = [SellerRecord(1, "other", "Other", (Supply(GTIN),))]
    made.scan(genuine("D"))
    made.run()
    assert made.told.verdicts[-1].facts.seller_authorised is False


class TestPallets:
    def test_its_label_alone_brings_the_shipment_to_the_dock(self) -> None:
        made = dock(asn("A", sscc=SSCC), opened="")
        made.capture([pallet()], source="scanner")
        made.scan(genuine("A"))
        assert made.run() == [ACCEPT]
        assert made.told.notices == [told(Cause.SHIPMENT_IS_OPEN, shipment="ASN-1")]
        act = made.store.entries[0]
        assert isinstance(act, ActEntry)
        assert (act.kind, act.reference) == (ActKind.OPEN_SHIPMENT, "ASN-1")
        made.capture([pallet()], source="scanner")
        made.run()
        assert made.told.notices[-1] == told(Cause.SHIPMENT_WAS_OPEN, shipment="ASN-1")
        assert len(made.store.entries) == 2

    def test_beside_a_unit_it_is_its_surroundings(self) -> None:
        made = dock(asn("A", sscc=SSCC), opened="")
        made.capture([pallet(), Symbol(genuine("A"), "]d2")], source="images")
        made.capture([pallet()], source="images", presentation="2", others_in_view=1)
        assert made.run() == [ACCEPT, (VerdictClass.RESCAN, Reason.WRONG_SYMBOL)]
        assert made.told.notices == []

    def test_of_no_announced_shipment_it_is_a_wrong_symbol(self) -> None:
        made = dock(asn("A"), opened="")
        made.capture([pallet()], source="scanner")
        assert made.run() == [(VerdictClass.RESCAN, Reason.WRONG_SYMBOL)]

    def test_of_a_closed_one_too(self) -> None:
        made = dock(asn("A", sscc=SSCC))
        made.move("ASN-1", closes=True)
        made.capture([pallet()], source="scanner")
        assert made.run() == [(VerdictClass.RESCAN, Reason.WRONG_SYMBOL)]


class TestWhoMay:
    """By the rules of acts, whoever asks and however."""

    @pytest.mark.parametrize(
        ("actor", "opens", "closes"),
        [
            (Actor("", Role.OPERATOR), "", "this needs a supervisor"),
            (WITNESS, "this needs an operator", "this needs a supervisor"),
            (OPERATOR, "", "this needs a supervisor"),
            (replace(SUPERVISOR, proven=False), "", "this needs the PIN as well"),
            (SUPERVISOR, "", ""),
            (Actor("CHEF", Role.ADMIN, proven=True), "", ""),
        ],
        ids=lambda value: value.name or "nobody" if isinstance(value, Actor) else "",
    )
    def test_open_and_close(self, actor: Actor, opens: str, closes: str) -> None:
        made = dock(asn("A"), opened="")
        for is_close in (False, True):
            made.move("ASN-1", closes=is_close, actor=actor)
        made.run()
        assert [answer.text for answer in made.told.answers] == [opens, closes]
        acts = [line for line in made.store.entries if isinstance(line, ActEntry)]
        assert [(act.kind, act.operator, act.role) for act in acts] == [
            (kind, actor.name, actor.role)
            for kind, why in ((ActKind.OPEN_SHIPMENT, opens), (ActKind.CLOSE_SHIPMENT, closes))
            if not why
        ]

    def test_a_pallets_label_opens_in_the_name_of_whoever_is_signed_in(self) -> None:
        roster = FakeRoster(Operator("ANNA", Role.OPERATOR))
        made = Dock(registry(*SERIALS), roster=roster)
        made.book.add_all([asn("A", sscc=SSCC)], "a.csv", NOW)
        made.scan(badge("ANNA"), identifier="]d1")
        made.capture([pallet()], source="scanner")
        made.run()
        assert (opened_by(made), made.book.opened()) == ("ANNA", "ASN-1")

    def test_in_nobodys_name_where_nobody_has_to_sign_in(self) -> None:
        made = Dock(registry(*SERIALS), roster=FakeRoster())
        made.book.add_all([asn("A", sscc=SSCC)], "a.csv", NOW)
        made.capture([pallet()], source="scanner")
        made.run()
        assert (opened_by(made), made.book.opened()) == ("", "ASN-1")

    def test_not_at_all_where_somebody_has_to(self) -> None:
        made = Dock(registry(*SERIALS), roster=FakeRoster(), required=True)
        made.book.add_all([asn("A", sscc=SSCC)], "a.csv", NOW)
        made.capture([pallet()], source="scanner")
        made.run()
        assert made.store.entries == []
        assert made.told.notices == [Advice.SHOW_BADGE]


def opened_by(made: Dock) -> str:
    (act,) = (
        line
        for line in made.store.entries
        if isinstance(line, ActEntry) and line.kind is ActKind.OPEN_SHIPMENT
    )
    return act.operator


class TestMoving:
    def test_it_is_answered_when_it_is_durable(self) -> None:
        made = dock(asn("A"))
        made.run()
        (answer,) = made.told.answers
        assert answer.done
        assert answer.scan_id == made.store.entries[0].scan_id

    def test_opening_what_is_open_writes_nothing(self) -> None:
        made = dock(asn("A"))
        made.move("ASN-1")
        made.run()
        assert [answer.done for answer in made.told.answers] == [True, True]
        assert len(made.store.entries) == 1

    def test_what_cannot_be_done_is_refused(self) -> None:
        made = dock(asn("A"), opened="none")
        made.move("ASN-1", closes=True)
        made.move("ASN-1")
        made.move("\udcff' OR 1=1 --")
        made.run()
        unknown, closed, reopened, hostile = made.told.answers
        assert [unknown.done, closed.done, reopened.done] == [False, True, False]
        assert hostile.text == "there is no shipment \ufffd' OR 1=1 --"
        assert unknown.text == "there is no shipment none"
        assert reopened.text == "shipment ASN-1 is closed"
        assert reopened.remedy

    def test_held_items_hold_up_the_close(self) -> None:
        made = dock(asn("A"))
        made.scan(genuine("B"))
        made.move("ASN-1", closes=True)
        made.run()
        assert made.told.answers[-1].text == ("held items of shipment ASN-1 wait for a decision: 1")
        assert made.book.opened() == "ASN-1"
        made.move("ASN-1", closes=True, with_open_items=True)
        made.run()
        assert made.told.answers[-1].done
        assert made.book.opened() == ""
        assert made.shipments.progress is None

    def test_where_no_shipment_is_kept_it_is_answered_too(self) -> None:
        made = dock(asn("A"))
        made.keeps_shipments = False
        made.run()
        (answer,) = made.told.answers
        assert (answer.done, answer.text) == (False, "no shipment is kept here")

    def test_a_full_disk_opens_nothing(self) -> None:
        made = dock(asn("A"), opened="")
        with full_disk(made):
            made.move("ASN-1")
            made.scan(genuine("B"))
            made.run()
        assert not made.told.answers[0].done
        assert "the disk is full" in made.told.answers[0].text
        made.scan(genuine("B"))
        assert made.run()[-1] == ACCEPT
        assert made.told.verdicts[-1].shipment == ""

    def test_one_that_cannot_be_read_once_it_is_open_is_open_and_counts_what_comes_later(
        self,
    ) -> None:
        made = dock(asn("A"), asn("B", shipment_id="ASN-2"))
        made.run()
        commit = made.store.commit

        def then_fail(lines: Sequence[Entry]) -> None:
            commit(lines)
            if isinstance(lines[0], ActEntry):
                made.book.fault = StorageError("the disk is gone", "look after it")

        made.move("ASN-2")
        made.scan(genuine("B"))
        made.arrived.append(Pulse(lambda: setattr(made.book, "fault", None)))
        made.wait(10)
        made.scan(genuine("B"))
        made.scan(genuine("A"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(made.store, "commit", then_fail)
            made.run()
        assert made.told.answers[-1].done
        assert [(one.verdict.reason, one.shipment) for one in made.told.verdicts] == [
            (Reason.STATION_FAULT, ""),
            (Reason.OK, "ASN-2"),
            (Reason.WRONG_SHIPMENT, "ASN-2"),
        ]


def test_a_failing_look_up_stops_and_accepts_nothing() -> None:
    made = dock(asn("A"))
    made.run()
    engine = made.engine()
    made.book.fault = StorageError("the disk is gone", "look after it")
    made.scan(genuine("B"))
    engine.start()
    for arrived in made.arrived:
        engine.submit(arrived)
    assert engine.wait().crash is None
    verdict = made.told.verdicts[-1].verdict
    assert (verdict.verdict_class, verdict.reason) == (VerdictClass.STOP, Reason.STATION_FAULT)


def test_undone_the_unit_is_missing_again() -> None:
    made = dock(asn("A", "B"))
    made.scan(genuine("A"))
    made.run()
    scan_id = made.told.verdicts[-1].scan_id
    made.ask(ActKind.UNDO, scan_id, why="dropped")
    made.run()
    assert made.told.answers[-1].done, made.told.answers[-1]
    assert figures(made) == Figures(expected=2, missing=2)
    made.wait(10)
    made.scan(genuine("A"))
    assert made.run()[-1] == ACCEPT
    assert figures(made) == Figures(expected=2, accepted=1, missing=1)
    assert made.store.claims[UnitIdentity(GTIN, "A")].state is UnitState.RECEIVED
