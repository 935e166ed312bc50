"""Shipments from CSV and from EPCIS: what is read, and what is said of what cannot be."""

import json
from typing import Any

import pytest

from station.core.codes import LogisticUnit, TradeItem, UnitIdentity
from station.core.epc import read_epc, read_party
from station.core.errors import ConfigurationError
from station.core.shipment_csv import MAX_FILE_BYTES, MAX_SHIPMENTS, read_shipments_csv
from station.core.shipment_epcis import Named, read_shipment_epcis
from station.core.shipments import (
    MAX_SERIALS,
    MAX_UNITS,
    Shipment,
    ShipmentDraft,
    ShipmentFault,
    ShipmentKind,
    ShipmentLine,
)
from tests.fakes.shipments import GTIN, OTHER_GTIN, SECOND_SSCC, SSCC

HEAD = "shipment,kind,seller,sscc,gtin,serial,count\n"


def csv_of(*lines: str, head: str = HEAD) -> list[Shipment]:
    return read_shipments_csv((head + "\n".join(lines)).encode(), "a.csv")


class TestCsv:
    def test_an_asn_with_serials_and_counts(self) -> None:
        (shipment,) = csv_of(
            f"ASN-7,asn,Nordic.Trade,{SSCC},{GTIN},A,",
            f"ASN-7,,,{SSCC},{GTIN},'-B,1",
            f"ASN-7,,,{SSCC},{GTIN},,5",
            f"ASN-7,,,,{OTHER_GTIN},,2",
            f"ASN-7,,,{SECOND_SSCC},,,",
        )
        assert shipment == Shipment(
            "ASN-7",
            ShipmentKind.ASN,
            "nordic.trade",
            (
                ShipmentLine(OTHER_GTIN, 2),
                ShipmentLine(GTIN, 5, frozenset({"A", "-B"}), SSCC),
            ),
            (SSCC, SECOND_SSCC),
        )
        assert shipment.expected == 7

    def test_an_order_a_blind_one_and_an_asn_in_one_file(self) -> None:
        found = csv_of(f"PO-1,order,,,{GTIN},,3", "B-1,blind,,,,,", f"A-1,,,,{GTIN},Q,")
        assert [(one.shipment_id, one.kind, one.expected) for one in found] == [
            ("PO-1", ShipmentKind.ORDER, 3),
            ("B-1", ShipmentKind.BLIND, 0),
            ("A-1", ShipmentKind.ASN, 1),
        ]

    def test_as_spreadsheets_write_it(self) -> None:
        content = f"\ufeffShipment;GTIN;Count\r\n\r\nA-1;{GTIN[1:]};2\r\n;;\r\n".encode()
        (shipment,) = read_shipments_csv(content, "a.csv")
        assert shipment.lines == (ShipmentLine(GTIN, 2),)

    def test_a_serial_named_twice_is_one(self) -> None:
        (shipment,) = csv_of(f"A-1,,,,{GTIN},A,", f"A-1,,,,{GTIN},A,")
        assert shipment.expected == 1

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (f",,,,{GTIN},A,", r"line 2: column 1 \(shipment\): '' cannot name a shipment"),
            (f"../x,,,,{GTIN},A,", r"column 1 \(shipment\): '../x' cannot name"),
            (f"=1+1,,,,{GTIN},A,", r"column 1 \(shipment\): '=1\+1' cannot name"),
            (f"A\x1b[2J,,,,{GTIN},A,", "cannot name a shipment"),
            (f"A-1,asm,,,{GTIN},A,", r"column 2 \(kind\): 'asm' is none of asn, order, blind"),
            (f"A-1,,a b,,{GTIN},A,", r"column 3 \(seller\): 'a b' cannot be a seller's id"),
            (f"A-1,,,1234,{GTIN},A,", r"column 4 \(sscc\): '1234' is no SSCC"),
            (f"A-1,,,{SSCC[:-1]}0,{GTIN},A,", r"column 4 \(sscc\)"),
            ("A-1,,,,9.5E+12,A,", r"column 5 \(gtin\): '9.5E\+12' is no GTIN"),
            ("A-1,,,,٩٥٠٦٠٠٠١٣٤٣٥٢,A,", r"column 5 \(gtin\)"),
            (f"A-1,,,,{GTIN},a b,", r"column 6 \(serial\): 'a b' is no serial"),
            (f"A-1,,,,{GTIN},A\x1dB,", r"column 6 \(serial\)"),
            (f"A-1,,,,{GTIN},,0", r"column 7 \(count\): '0' is no number from 1"),
            (f"A-1,,,,{GTIN},,-1", r"column 7 \(count\): '-1'"),
            (f"A-1,,,,{GTIN},,9999999999", r"column 7 \(count\)"),
            (f"A-1,,,,{GTIN},,٣", r"column 7 \(count\)"),
            (f"A-1,,,,{GTIN},A,2", r"column 7 \(count\): a line with a serial is one unit"),
            (f"A-1,,,,{GTIN},,", r"column 5 \(gtin\): neither serial nor count"),
            ("A-1,,,,,A,", r"column 6 \(serial\): stands beside no GTIN"),
            ("A-1,,,,,,", "shipment A-1: it announces no units"),
            (f"A-1,blind,,,{GTIN},A,", "a blind shipment announces no units"),
            (f"A-1,order,,,{GTIN},A,", "a purchase order knows neither serials nor pallets"),
            (f"A-1,,,,{GTIN}", "line 2: 5 fields, the first line names 7"),
            (f'A-1,,,,{GTIN},"A,', "line 2: not CSV"),
            ("x" * 1001, "line 2: longer than 1000 characters"),
        ],
    )
    def test_what_cannot_be_used(self, line: str, said: str) -> None:
        with pytest.raises(ConfigurationError, match=said) as caught:
            csv_of(line)
        assert caught.value.message.startswith("a.csv, line ")
        assert caught.value.message.isprintable()
        assert caught.value.remedy

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "line 1: the file names no shipment"),
            (HEAD.encode(), "line 1: the file names no shipment"),
            (b"gtin,count\n", "no column shipment"),
            (b"shipment,colour\n", r"column 2: 'colour' is no column"),
            (b"shipment,gtin,shipment\n", r"column 3: 'shipment' stands twice"),
            (b"shipment,gtin\n\xff\xfe", "line 2: byte 1 is no UTF-8"),
            (b" " * (MAX_FILE_BYTES + 1), "larger than 64 MiB"),
        ],
        ids=["empty", "head only", "no id", "unknown", "twice", "not UTF-8", "large"],
    )
    def test_what_is_no_file_of_shipments(self, content: bytes, said: str) -> None:
        with pytest.raises(ConfigurationError, match=said):
            read_shipments_csv(content, "a.csv")

    def test_lines_that_contradict_each_other(self) -> None:
        first = f"A-1,asn,one,{SSCC},{GTIN},A,"
        for second, said in (
            (f"A-1,blind,,,{GTIN},B,", r"line 3: column 2 \(kind\): line 2 says asn"),
            (f"A-1,,two,,{GTIN},B,", r"column 3 \(seller\): line 2 says 'one'"),
            (f"A-1,,,{SECOND_SSCC},{GTIN},A,", "announced in two pallets"),
        ):
            with pytest.raises(ConfigurationError, match=said):
                csv_of(first, second)
        with pytest.raises(ConfigurationError, match="with 2 serials, but as 1 units"):
            csv_of(f"A-1,,,,{GTIN},A,", f"A-1,,,,{GTIN},B,", f"A-1,,,,{GTIN},,1")

    def test_too_many_shipments(self) -> None:
        lines = [f"A-{number},blind,,,,," for number in range(MAX_SHIPMENTS + 1)]
        with pytest.raises(ConfigurationError, match="more than 1000 shipments"):
            csv_of(*lines)


class TestDraft:
    def test_units_are_bounded(self) -> None:
        draft = ShipmentDraft("A-1", ShipmentKind.ASN, "")
        assert draft.add_count(GTIN, MAX_UNITS) is None
        assert isinstance(draft.add_count(GTIN, 1), ShipmentFault)

    def test_serials_are_bounded(self) -> None:
        draft = ShipmentDraft("A-1", ShipmentKind.ASN, "")
        faults = [draft.add_serial(GTIN, f"{n}") for n in range(MAX_SERIALS + 1)]
        assert faults[:-1] == [None] * MAX_SERIALS
        assert isinstance(faults[-1], ShipmentFault)


class TestEpc:
    @pytest.mark.parametrize(
        ("text", "named"),
        [
            ("urn:epc:id:sgtin:9506000.013435.A%2FB", UnitIdentity(GTIN, "A/B")),
            ("https://id.gs1.org/01/09506000134352/21/A%2FB", UnitIdentity(GTIN, "A/B")),
            (f"https://x.example/some/path/00/{SSCC}", LogisticUnit(SSCC)),
            ("urn:epc:id:sscc:9506000.1134352100", LogisticUnit(SSCC)),
            ("urn:epc:idpat:sgtin:9506000.013435.*", TradeItem(GTIN)),
            ("urn:epc:class:lgtin:9506000.013435.LOT-1", TradeItem(GTIN)),
            ("https://id.gs1.org/01/09506000134352/10/LOT-1", TradeItem(GTIN)),
            ("urn:epc:id:sgtin:9506000.013435.", None),
            ("urn:epc:id:sgtin:9506000.0134350.A", None),
            ("urn:epc:id:sgtin:9506000.013435.A%20B", None),
            ("urn:epc:id:sgtin:9506000.013435.A%FF", None),
            ("urn:epc:id:sgtin:9506000.013435." + "A" * 21, None),
            ("urn:epc:id:sscc:9506000.113435210", None),
            ("urn:epc:id:grai:9506000.12345.1", None),
            ("https://example.com/about", None),
            ("", None),
        ],
    )
    def test_names(self, text: str, named: object) -> None:
        assert read_epc(text) == named

    @pytest.mark.parametrize(
        ("text", "gln"),
        [
            ("urn:epc:id:pgln:9506000.13435", "9506000134352"),
            ("urn:epc:id:sgln:9506000.13435.0", "9506000134352"),
            ("https://id.gs1.org/417/9506000134352", "9506000134352"),
            ("https://id.gs1.org/414/9506000134352", "9506000134352"),
            ("urn:epc:id:pgln:9506000.1", None),
            ("Nordic Trade", None),
        ],
    )
    def test_parties(self, text: str, gln: str | None) -> None:
        assert read_party(text) == gln


def event(kind: str = "ObjectEvent", step: str = "shipping", **fields: Any) -> dict[str, Any]:
    return {"type": kind, "action": "ADD", "bizStep": step, **fields}


def document(*events: Any) -> bytes:
    return json.dumps({"type": "EPCISDocument", "epcisBody": {"eventList": events}}).encode()


def epcis_of(*events: Any, named: Named = Named("ASN-1")) -> Shipment:  # noqa: B008 - frozen
    return read_shipment_epcis(document(*events), "a.json", named).shipment


UNIT = "urn:epc:id:sgtin:9506000.013435."
PALLET = f"https://id.gs1.org/00/{SSCC}"
CLASS = "urn:epc:idpat:sgtin:9506000.013435.*"


class TestEpcis:
    def test_packed_and_shipped(self) -> None:
        shipment = epcis_of(
            event(
                "AggregationEvent", "packing", parentID=PALLET, childEPCs=[UNIT + "A", UNIT + "B"]
            ),
            event(
                step="https://ref.gs1.org/cbv/BizStep-shipping",
                action="OBSERVE",
                epcList=[PALLET, UNIT + "C"],
                bizTransactionList=[
                    {"type": "po", "bizTransaction": "PO-9"},
                    {"type": "urn:epcglobal:cbv:btt:desadv", "bizTransaction": "urn:x:y:DES-77"},
                ],
                sourceList=[
                    {"type": "owning_party", "source": "urn:epc:id:pgln:9506000.13435"},
                ],
            ),
            named=Named(),
        )
        assert shipment == Shipment(
            "DES-77",
            ShipmentKind.ASN,
            "9506000134352",
            (
                ShipmentLine(GTIN, 1, frozenset({"C"})),
                ShipmentLine(GTIN, 2, frozenset({"A", "B"}), SSCC),
            ),
            (SSCC,),
        )

    def test_quantities_of_pallets_are_not_counted_again_when_they_are_shipped(self) -> None:
        packed = event(
            "AggregationEvent",
            "urn:epcglobal:cbv:bizstep:packing",
            parentID=PALLET,
            childQuantityList=[{"epcClass": CLASS, "quantity": 12.0, "uom": "EA"}],
        )
        shipped = event(quantityList=[{"epcClass": CLASS, "quantity": 12}])
        assert epcis_of(packed, shipped).lines == (ShipmentLine(GTIN, 12, frozenset(), SSCC),)
        assert epcis_of(shipped).lines == (ShipmentLine(GTIN, 12),)

    def test_other_events_are_passed_over(self) -> None:
        found = read_shipment_epcis(
            document(
                event(step="commissioning", epcList=[UNIT + "X"]), event(epcList=[UNIT + "A"])
            ),
            "a.json",
            Named("ASN-1"),
        )
        assert (found.shipment.expected, found.passed_over) == (1, 1)

    def test_what_an_error_declaration_takes_back(self) -> None:
        wrong = event(epcList=[UNIT + "X"], eventID="ni:///1")
        shipment = epcis_of(
            wrong, {**wrong, "errorDeclaration": {"reason": "x"}}, event(epcList=[UNIT + "A"])
        )
        assert shipment.lines[0].serials == {"A"}

    @pytest.mark.parametrize(
        ("told", "said"),
        [
            (event("TransformationEvent", epcList=[]), "event 1, type: 'TransformationEvent'"),
            (event(action="DELETE"), "event 1, action: neither ADD nor OBSERVE"),
            (event(epcList="x"), "epcList: not a list"),
            (event(epcList=[7]), "epcList: '7' is neither SGTIN nor SSCC"),
            (event(epcList=["\x1b[2J"]), "epcList: '.*' is neither SGTIN nor SSCC"),
            (event(epcList=[CLASS]), "is neither SGTIN nor SSCC"),
            (event("AggregationEvent", parentID=UNIT + "A"), "parentID: '.*' is no SSCC"),
            (event(quantityList=[7]), "quantityList: holds something that is no object"),
            (event(quantityList=[{"epcClass": "x", "quantity": 1}]), "is no class of a GTIN"),
            (event(quantityList=[{"epcClass": CLASS, "quantity": 1.5}]), "no whole number"),
            (event(quantityList=[{"epcClass": CLASS, "quantity": True}]), "no whole number"),
            (event(quantityList=[{"epcClass": CLASS, "quantity": 0}]), "no whole number"),
            (event(quantityList=[{"epcClass": CLASS, "quantity": 1e300}]), "no whole number"),
            (
                event(quantityList=[{"epcClass": CLASS, "quantity": 1, "uom": "KGM"}]),
                "not in pieces",
            ),
            (event(quantityList=[{"epcClass": CLASS, "quantity": 1, "uom": {}}]), "not in pieces"),
            (event(errorDeclaration={}), r"event 1, errorDeclaration: .* \(no eventID\)"),
            (event(), "it announces no units"),
            (event(step="receiving"), "no event of it says that something was packed or shipped"),
        ],
    )
    def test_what_cannot_be_used(self, told: dict[str, Any], said: str) -> None:
        with pytest.raises(ConfigurationError, match=said) as caught:
            epcis_of(told)
        assert caught.value.message.isprintable()
        assert caught.value.remedy

    @pytest.mark.parametrize(
        ("transactions", "said"),
        [
            ([], "no despatch advice names the shipment"),
            (["a b"], "'a b' cannot name the shipment"),
            (["D-1", "D-2"], "it speaks of 2 despatch advices"),
        ],
    )
    def test_a_shipment_that_must_be_named(self, transactions: list[str], said: str) -> None:
        listed = [{"type": "desadv", "bizTransaction": one} for one in transactions]
        with pytest.raises(ConfigurationError, match=said) as caught:
            epcis_of(event(epcList=[UNIT + "A"], bizTransactionList=listed), named=Named())
        assert "--id" in caught.value.remedy

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "line 1, column 1: not JSON"),
            (b'{\n "a": }', "line 2, column 7: not JSON"),
            (b"[" * 200_000, "nested too deeply"),
            (b'{"type": "EPCISDocument", "type": "x"}', "a name stands twice"),
            (b"\xff", "byte 1 is no UTF-8"),
            (b"[]", "no EPCIS 2.0 document"),
            (b'{"type": "EPCISDocument"}', "epcisBody holds no eventList"),
            (b'{"type": "EPCISDocument", "epcisBody": {"eventList": [1]}}', "no eventList"),
            (b" " * (MAX_FILE_BYTES + 1), "larger than 64 MiB"),
        ],
        ids=[
            "empty",
            "place",
            "deep",
            "twice",
            "not UTF-8",
            "list",
            "no body",
            "no event",
            "large",
        ],
    )
    def test_what_is_no_document(self, content: bytes, said: str) -> None:
        with pytest.raises(ConfigurationError, match=said):
            read_shipment_epcis(content, "a.json", Named("ASN-1"))
