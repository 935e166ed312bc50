"""A shipment from its file to its close-out, through the commands, an engine and a crash."""

import csv
import io
import json
import signal
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import count
from pathlib import Path

import pytest

from station.app.pins import Named
from station.core.acts import OF_SHIPMENTS, ActKind
from station.core.causes import Cause, told
from station.core.operators import Role
from station.core.reasons import Reason
from station.ports.display import Notice, Snapshot
from tests.fakes.command_line import Outcome, station
from tests.fakes.made_site import GTIN, MadeSite, Unit, passphrase
from tests.fakes.running_engine import running_engine
from tests.fakes.shipments import SSCC
from tests.fakes.site_records import records
from tests.fakes.staff import SUPERVISOR_PIN, enrol_staff
from tests.fakes.warm_station import Hook, WarmStation

HEAD = "shipment,kind,seller,sscc,gtin,serial,count\n"
STEPS = "tests.fakes.kill_points:install"
BY_ANNA = ("--by", "ANNA")
BY_SVEN = ("--by", "SVEN")


def lines_of(*units: Unit) -> bytes:
    return b"".join(unit.payload + b"\n" for unit in units)


def shipment(site: Path, *argv: str) -> Outcome:
    return station("shipment", argv[0], "--site", str(site), *argv[1:])


def opens(site: Path, shipment_id: str) -> Outcome:
    return shipment(site, "open", shipment_id, *BY_ANNA)


def closes(site: Path, shipment_id: str, *argv: str) -> Outcome:
    return shipment(site, "close", shipment_id, *BY_SVEN, *argv)


def imported(site: Path, text: str, *argv: str, name: str = "a.csv") -> Outcome:
    file = site.parent / name
    file.write_text(text, "utf-8")
    return shipment(site, "import", str(file), *argv)


def by_serial(shipment_id: str, units: Sequence[Unit], sscc: str = "") -> str:
    rows = (f"{shipment_id},asn,,{sscc},{GTIN},{unit.identity.serial},\n" for unit in units)
    return HEAD + "".join(rows)


def scan(site: Path, *units: Unit) -> list[str]:
    done = station(
        *("scan", "--json", "--site", str(site), "--source", "stdin:"), stdin=lines_of(*units)
    )
    return [line["reason"] for line in done.json]


def total(site: Path, shipment_id: str = "ASN-1") -> dict[str, int]:
    done = shipment(site, "status", shipment_id, "--json")
    assert done.code == 0, done.err
    figures: dict[str, int] = done.json[0]["total"]
    return {name: figure for name, figure in figures.items() if figure}


@pytest.fixture
def site(made: MadeSite, tmp_path: Path) -> Path:
    return staffed(made.copy_site(tmp_path))


def staffed(site: Path) -> Path:
    """A site at which ANNA may open a shipment, and SVEN close it."""
    enrol_staff(site)
    return site


@pytest.fixture(autouse=True)
def pin(monkeypatch: pytest.MonkeyPatch) -> None:
    """SVEN's is in the environment; commands in ANNA's name do without."""
    monkeypatch.setattr("station.app.commands.shipment.offered_pin", offered)


def offered(who: Named) -> str:
    return {"SVEN": SUPERVISOR_PIN}.get(who.name, "")


def test_from_import_to_close_out(made: MadeSite, site: Path) -> None:
    announced, other, extra = made.genuine[:4], made.genuine[4], made.genuine[5]
    assert imported(site, by_serial("ASN-1", announced)).code == 0
    assert imported(site, by_serial("ASN-2", [other])).code == 0
    listed = shipment(site, "list", "--json").json
    assert [(one["shipment"], one["state"], one["expected"]) for one in listed] == [
        ("ASN-2", "waiting", 1),
        ("ASN-1", "waiting", 4),
    ]
    assert opens(site, "ASN-1").code == 0
    assert scan(site, *announced[:3], other, extra, made.recalled[0]) == [
        *["OK"] * 3,
        "WRONG_SHIPMENT",
        "NOT_ON_ASN",
        "UNIT_RECALLED",
    ]
    refused = closes(site, "ASN-1")
    assert refused.code == 1
    assert "wait for a decision: 2" in refused.err
    assert "--with-open-items" in refused.err
    closed = closes(site, "ASN-1", "--with-open-items", "--json")
    assert closed.code == 0, closed.err
    (report,) = closed.json
    assert report["state"] == "closed"
    assert report["total"] == {
        "expected": 4,
        "accepted": 3,
        "quarantined": 1,
        "held": 2,
        "damaged": 0,
        "unreadable": 0,
        "missing": 1,
        "over": 3,
    }
    again = closes(site, "ASN-1")
    assert (again.code, "is closed" in again.err) == (1, True)
    table = list(csv.DictReader(io.StringIO(shipment(site, "status", "ASN-1", "--csv").out)))
    assert [(row["gtin"], row["announced"], row["missing"], row["over"]) for row in table] == [
        (GTIN, "yes", "1", "0"),
        (GTIN, "no", "0", "3"),
    ]
    words = shipment(site, "status", "ASN-1").out
    assert "shipment ASN-1 (asn): closed" in words
    assert "in all" in words
    proof = station("journal", "verify", "--site", str(site), "--json").json[0]
    assert proof["sound"], proof


@pytest.mark.parametrize("beside_an_engine", [False, True])
def test_who_may_open_and_close(site: Path, made: MadeSite, beside_an_engine: bool) -> None:
    assert imported(site, by_serial("ASN-1", made.genuine[:1])).code == 0
    with running_engine(site, "stdin:") if beside_an_engine else nullcontext():
        stranger = shipment(site, "open", "ASN-1", "--by", "BERT")
        assert (stranger.code, "operator add" in stranger.err) == (1, True)
        assert shipment(site, "list", "--json").json[0]["state"] == "waiting"
        assert opens(site, "ASN-1").code == 0
        operator = shipment(site, "close", "ASN-1", *BY_ANNA, "--json")
        assert (operator.code, operator.out) == (1, "")
        assert "this needs a supervisor" in operator.err
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("station.app.commands.shipment.offered_pin", lambda *_: "")
            unproven = closes(site, "ASN-1")
            assert (unproven.code, "no PIN was given for SVEN" in unproven.err) == (1, True)
            patch.setattr("station.app.commands.shipment.offered_pin", lambda *_: "9999")
            wrong = closes(site, "ASN-1")
            assert (wrong.code, "that is not SVEN's PIN" in wrong.err) == (1, True)
        assert shipment(site, "list", "--json").json[0]["state"] == "open"
        assert closes(site, "ASN-1").code == 0
    acts = [act for act in records(site).acts.values() if act.kind in OF_SHIPMENTS]
    assert [(act.kind, act.operator, act.role, act.reference) for act in acts] == [
        (ActKind.OPEN_SHIPMENT, "ANNA", Role.OPERATOR, "ASN-1"),
        (ActKind.CLOSE_SHIPMENT, "SVEN", Role.SUPERVISOR, "ASN-1"),
    ]


def test_at_a_site_without_operators(made: MadeSite, tmp_path: Path) -> None:
    """As with every other act: whoever owns the site enrols somebody first."""
    site = made.copy_site(tmp_path)
    assert imported(site, by_serial("ASN-1", made.genuine[:1])).code == 0
    for refused in (opens(site, "ASN-1"), closes(site, "ASN-1")):
        assert refused.code == 1
        assert "enrolled here" in refused.err
        assert "operator add" in refused.err
    assert closes(staffed(site), "ASN-1").code == 0


def test_over_the_number_of_a_purchase_order(made: MadeSite, site: Path) -> None:
    assert imported(site, HEAD + f"PO-1,order,,,{GTIN},,2\n").code == 0
    assert opens(site, "PO-1").code == 0
    assert scan(site, *made.genuine[:3]) == ["OK", "OK", "OVER"]
    assert total(site, "PO-1") == {"expected": 2, "accepted": 2, "held": 1, "over": 1}


def test_beside_a_running_engine(made: MadeSite, site: Path) -> None:
    first, second = made.genuine[:2]
    text = by_serial("ASN-1", [first, second], SSCC) + f"ASN-2,asn,,,{GTIN},,1\n"
    with running_engine(site, "stdin:") as engine:
        assert imported(site, text).code == 0, "beside an engine"
        engine.type_in(b"]C100" + SSCC.encode())
        engine.feed.until(
            lambda: (
                Notice(told=told(Cause.SHIPMENT_IS_OPEN, shipment="ASN-1")) in engine.feed.heard
            ),
            "that it is open",
        )
        engine.type_in(first.payload)
        engine.feed.wait_verdicts(1)
        assert total(site) == {"expected": 2, "accepted": 1, "missing": 1}
        engine.feed.until(
            lambda: any(
                isinstance(event, Snapshot)
                and event.shipment is not None
                and (event.shipment.shipment_id, event.shipment.accepted) == ("ASN-1", 1)
                for event in engine.feed.heard
            ),
            "a picture with the shipment's progress",
        )
        assert opens(site, "ASN-2").code == 0
        engine.type_in(second.payload)
        shown = engine.feed.wait_verdicts(2)[-1]
        assert shown.reason is Reason.WRONG_SHIPMENT
        assert shown.other_shipment == "ASN-1"
        refused = closes(site, "ASN-2")
        assert (refused.code, "wait" in refused.err) == (1, True)
        assert opens(site, "none").code == 2
        assert closes(site, "ASN-2", "--with-open-items").code == 0
        assert engine.end() == 0
    assert shipment(site, "status").code == 2


def test_killed_at_any_step_no_count_is_lost_or_doubled(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    units = made.genuine[:3]
    for step in count(1):
        folder = tmp_path / str(step)
        folder.mkdir()
        site = staffed(made.copy_site(folder))
        assert imported(site, by_serial("ASN-1", units)).code == 0
        assert opens(site, "ASN-1").code == 0
        done = warm.run(
            *("scan", "--json", "--site", site, "--source", "stdin:"),
            stdin=lines_of(*units),
            hook=Hook(STEPS, (step, 3)),
        )
        assert done.code in {0, -signal.SIGKILL}, done.err
        told = sum(line["verdict"] == "ACCEPT" for line in done.json)
        kept = total(site).get("accepted", 0)
        assert told <= kept <= len(units)
        reasons = scan(site, *units)
        assert reasons.count("REPEAT_SAME_STATION") == kept
        assert total(site) == {"expected": 3, "accepted": 3}
        if done.code == 0:
            break
    assert step > 3, "the steps were not counted"


def test_sellers_reach_the_dock(made: MadeSite, tmp_path: Path) -> None:
    everything = made.copy_all(tmp_path)
    site = staffed(everything.site)
    of_brand = ("--brand", "aurora", "--brand-dir", str(everything.brand), "--json")
    assert station("seller", "add", "Nordic", "--name", "Nordic Trade", *of_brand).code == 0
    assert station("seller", "add", "other", "--name", "Other", *of_brand).code == 0
    done = station("seller", "authorise", "NORDIC", "--gtin", GTIN, *of_brand)
    assert done.json == [
        {"brand": "aurora", "seller": "nordic", "gtin": GTIN, "from": None, "until": None}
    ]
    with passphrase():
        published = station(
            *("publish", "--to", str(everything.published)),
            *("--brand-dir", str(everything.brand), "--json"),
        )
    assert published.code == 0, published.err
    synced = station("sync", "--site", str(site), "--from", str(everything.published), "--json")
    assert synced.code == 0, synced.err
    text = f"{HEAD}A-1,blind,nordic,,,,\nB-1,blind,OTHER,,,,\nC-1,blind,,,,,\n"
    assert imported(site, text).code == 0
    reasons = []
    for shipment_id, unit in zip(("A-1", "B-1", "C-1"), everything.genuine, strict=False):
        assert opens(site, shipment_id).code == 0
        reasons += scan(site, unit)
    assert reasons == ["OK", "SELLER_NOT_AUTHORISED", "OK"]
    revoked = station("seller", "revoke", "nordic", "--gtin", GTIN, *of_brand)
    assert revoked.json[0]["until"] is not None
    listed = station("seller", "list", *of_brand).json
    assert [one["seller"] for one in listed] == ["nordic", "other"]


def test_from_epcis(made: MadeSite, site: Path) -> None:
    unit = made.genuine[0].identity
    event = {
        "type": "AggregationEvent",
        "action": "ADD",
        "bizStep": "packing",
        "parentID": f"https://id.gs1.org/00/{SSCC}",
        "childEPCs": [f"https://id.gs1.org/01/{GTIN}/21/{unit.serial}"],
    }
    document = json.dumps({"type": "EPCISDocument", "epcisBody": {"eventList": [event]}})
    nameless = imported(site, document, name="a.jsonld")
    assert (nameless.code, "--id" in nameless.err) == (2, True)
    done = imported(site, document, "--id", "E-1", "--seller", "S-1", "--json", name="a.jsonld")
    assert done.code == 0, done.err
    assert (done.json[0]["shipment"], done.json[0]["seller"]) == ("E-1", "s-1")
    (shown,) = shipment(site, "show", "E-1", "--json").json
    assert shown["lines"] == [{"sscc": SSCC, "gtin": GTIN, "count": 1, "serials": [unit.serial]}]
    assert f"{GTIN} in {SSCC}: 1, 1 of them by serial" in shipment(site, "show", "E-1").out
    again = imported(site, document, "--id", "E-1", name="a.jsonld")
    assert (again.code, "--replace" in again.err) == (2, True)
    assert imported(site, document, "--id", "E-1", "--replace", name="a.jsonld").code == 0


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("import", "no such file.csv"), "cannot read no such file.csv"),
        (("import", "README"), "its name does not say what it is"),
        (("import", "a.csv", "--id", "x"), "--id and --seller are for EPCIS"),
        (("import", "a.json", "--id", "../x"), "cannot name a shipment"),
        (("import", "a.json", "--seller", "a b"), "cannot be a seller's id"),
        (("show", "none"), "there is no shipment none"),
        (("open", "\x1b[2J", *BY_ANNA), "there is no shipment"),
        (("close", "none", *BY_SVEN), "there is no shipment none"),
        (("status", "none"), "there is no shipment none"),
        (("status",), "no shipment is open"),
    ],
)
def test_what_cannot_be_done(made: MadeSite, argv: tuple[str, ...], said: str) -> None:
    done = shipment(made.site, *argv)
    assert done.code == 2
    assert said in done.err
    assert "\x1b" not in done.err
