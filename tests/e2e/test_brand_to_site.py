"""From a brand's desk to a verdict at a dock, by the commands a person types."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from station.core.control_code import read_control_code
from station.storage.site_lock import SiteLock
from tests.fakes.brand_desk import GTIN, OTHER_GTIN, Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_in(tmp_path, monkeypatch)


class TestTheJourney:
    def test_ordered_codes_are_accepted_after_publish_and_sync(self, desk: Desk) -> None:
        desk.enrol()
        codes = desk.order(3, "--lot", "L1", "--expiry", "2039-12-31")
        published = desk.publish()
        assert (published["generation"], published["units"], published["first"]) == (1, 3, True)
        desk.make_site()
        synced = desk.sync()
        assert synced["changed"]
        assert synced["state_digest"] == published["state_digest"]
        assert desk.verdicts(codes) == ["ACCEPT OK"] * 3

    def test_every_mark_reaches_the_verdict_and_a_lifted_one_leaves_it(self, desk: Desk) -> None:
        desk.enrol()
        marks = {
            "recalled": "QUARANTINE UNIT_RECALLED",
            "stolen": "QUARANTINE UNIT_STOLEN",
            "blocked": "QUARANTINE UNIT_BLOCKED",
            "expired": "QUARANTINE UNIT_EXPIRED",
            "void": "QUARANTINE UNIT_VOID",
            "destroyed": "QUARANTINE UNIT_DESTROYED",
            "counterfeit": "QUARANTINE UNIT_COUNTERFEIT",
            "returned": "ACCEPT_NOTE RETURN_EXPECTED",
            "active": "ACCEPT OK",
        }
        codes = desk.order(len(marks) + 2)
        for word, code in zip(marks, codes, strict=False):
            desk.good("codes", "mark", "--as", word, GTIN, code["serial"])
        for word, code in zip(("received", "shipped"), codes[-2:], strict=True):
            desk.good("codes", "mark", "--as", word, "--place", "dock-9", GTIN, code["serial"])
        desk.publish()
        desk.make_site()
        desk.sync()
        elsewhere = ["QUARANTINE DUPLICATE_OTHER_STATION", "QUARANTINE DUPLICATE_SHIPPED"]
        assert desk.verdicts(codes) == [*marks.values(), *elsewhere]
        for word in ("recalled", "stolen", "blocked"):
            at = list(marks).index(word)
            desk.good("codes", "lift", "--as", word, GTIN, codes[at]["serial"])
        desk.publish()
        desk.sync()
        assert desk.verdicts(codes[:3]) == ["ACCEPT OK"] * 3

    def test_states_of_keys_reach_the_verdict(self, desk: Desk) -> None:
        desk.enrol()
        desk.good("key", "new", "acme", "--algorithm", "p256")
        desk.good("key", "new", "acme", "--gtin", GTIN)
        one, two, three = (desk.order(2, "--key", key) for key in ("1", "2", "3"))
        desk.publish()
        desk.make_site()
        desk.sync()
        unlisted = desk.order(1, "--key", "2")
        assert desk.verdicts([one[0], two[0], three[0]]) == ["ACCEPT OK"] * 3
        assert desk.verdicts(unlisted) == ["ACCEPT_NOTE UNIT_UNKNOWN_SIGNED"]
        desk.good("key", "retire", "acme", "1")
        desk.good("key", "compromise", "acme", "2")
        desk.good("key", "revoke", "acme", "3")
        early_generation = desk.sync()["generation"]
        assert desk.publish()["generation"] == early_generation + 1
        desk.sync()
        said = desk.refused("codes", "order", "--gtin", GTIN, "--count", "1")
        assert "has no active key that may sign" in said
        assert desk.verdicts([one[0], two[0], three[0]]) == [
            "ACCEPT OK",
            "ACCEPT OK",
            "QUARANTINE KEY_REVOKED",
        ]

    def test_codes_issued_elsewhere_are_trusted_as_far_as_they_are_listed(self, desk: Desk) -> None:
        desk.enrol()
        desk.good(
            *("product", "add", OTHER_GTIN, "--brand", "acme", "--name", "Cups"),
            *("--accept", "sgtin", "--accept", "az"),
        )
        azure = "AZ:ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        table = f"serial,code,lot\n=1+2,,L7\n,{azure},\n".encode()
        assert desk.good("codes", "import", "-", "--gtin", OTHER_GTIN, stdin=table) == [
            {"imported": 2}
        ]
        desk.publish()
        desk.make_site()
        desk.sync()
        listed = desk.run("codes", "list", "--gtin", OTHER_GTIN).out.splitlines()
        assert listed[0].startswith("gtin,serial,tag,element_string")
        assert any(",'=1+2," in line for line in listed)
        lines = f"01{OTHER_GTIN}21=1+2\n{azure}\n01{OTHER_GTIN}21UNLISTED\n".encode()
        outcome = desk.run("check", "--json", "-", stdin=lines)
        assert [verdict["reason"] for verdict in outcome.json] == [
            "OK",
            "OK",
            "UNIT_UNKNOWN_UNSIGNED",
        ]

    def test_a_lot_is_recalled_at_once(self, desk: Desk) -> None:
        desk.enrol()
        bad, good = desk.order(5, "--lot", "BAD"), desk.order(2, "--lot", "GOOD")
        (done,) = desk.good("codes", "mark", "--as", "recalled", GTIN, "--lot", "BAD")
        assert (done["changed"], done["unchanged"]) == (5, 0)
        (again,) = desk.good("codes", "mark", "--as", "recalled", GTIN, "--lot", "BAD")
        assert (again["changed"], again["unchanged"]) == (0, 5)
        desk.publish()
        desk.make_site()
        desk.sync()
        assert desk.verdicts(bad + good) == ["QUARANTINE UNIT_RECALLED"] * 5 + ["ACCEPT OK"] * 2

    def test_a_stations_own_receipts_that_come_back_change_nothing(self, desk: Desk) -> None:
        desk.enrol()
        codes = desk.order(2)
        desk.publish()
        desk.make_site()
        desk.sync()
        line = codes[0]["element_string"].encode() + b"\n"
        scanned = desk.run("scan", "--source", "stdin:", "--json", stdin=line)
        assert [verdict["verdict"] for verdict in scanned.json] == ["ACCEPT"], scanned.err
        before = desk.verdicts(codes)
        assert before[1] == "ACCEPT OK"
        desk.good(
            "codes", "mark", "--as", "received", "--place", "dock-1", GTIN, codes[0]["serial"]
        )
        desk.publish()
        assert desk.sync()["changed"]
        assert desk.verdicts(codes) == before

    def test_a_second_sync_beside_one_at_work_says_who_that_is(self, desk: Desk) -> None:
        desk.enrol()
        desk.publish()
        desk.make_site()
        with SiteLock(desk.site / "sync.lock", "station sync"):
            said = desk.refused("sync", "--from", str(desk.published), code=4)
        assert f"is in use by 'station sync' (process {os.getpid()} on" in said
        assert "wait until it has ended" in said
        assert desk.sync()["changed"]

    def test_sync_goes_on_while_the_site_takes_in_units(self, desk: Desk) -> None:
        """The two have locks of their own."""
        desk.enrol()
        desk.publish()
        desk.make_site()
        with SiteLock(desk.site / "station.lock", "station run"):
            assert desk.sync()["changed"]

    def test_labels_read_as_the_codes_ordered(self, desk: Desk, tmp_path: Path) -> None:
        desk.enrol()
        codes = desk.order(2, "--lot", "L1")
        for symbol, name in (("dm", "Data Matrix"), ("qr", "QR Code")):
            drawn = desk.good(
                *("label", GTIN, "--all", "--symbol", symbol, "--out", str(tmp_path / symbol))
            )
            assert len(drawn) == 2
            for label in drawn:
                (found,) = zxingcpp.read_barcodes(Image.open(label["path"]))
                wanted = next(c for c in codes if c["serial"] == label["serial"])
                assert bytes(found.bytes) == wanted["element_string"].encode()
                assert str(found.format) == name

    def test_a_totes_label_is_signed_by_the_site(self, desk: Desk, tmp_path: Path) -> None:
        desk.good("init", "--name", "s", "--station", "dock-1")
        path = tmp_path / "tote.png"
        desk.good("label", "--tote", "Q1", "--out", str(path))
        (found,) = zxingcpp.read_barcodes(Image.open(path))
        code = read_control_code(bytes(found.bytes))
        assert code.name == "Q1"  # type: ignore[union-attr]

    def test_the_real_command_line_does_it_too(self, desk: Desk, tmp_path: Path) -> None:
        """Each step a process of its own, as in a shell."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

        def shell(*argv: str, stdin: str | None = None) -> str:
            done = subprocess.run(
                [sys.executable, "-m", "station", *argv],
                input=stdin,
                capture_output=True,
                text=True,
                check=False,
                env=environment,
                cwd=tmp_path,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        shell("brand", "add", "acme", "--name", "Acme Coffee")
        shell("key", "new", "acme")
        shell("product", "add", GTIN, "--brand", "acme", "--name", "Beans")
        lines = shell("codes", "order", "--gtin", GTIN, "--count", "2", "--format", "raw")
        report = json.loads(shell("publish", "--to", "out", "--json"))
        root = ("--root", report["root"], "--fingerprint", report["root_fingerprint"])
        shell("init", "--name", "s", "--station", "dock-1", *root, "--from", "out")
        shell("sync")
        verdicts = shell("check", "--json", "-", stdin=lines)
        assert [json.loads(line)["verdict"] for line in verdicts.splitlines()] == ["ACCEPT"] * 2
