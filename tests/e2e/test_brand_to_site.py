"""From a brand's desk to a verdict at a dock, by the commands a person types."""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from station.core.control_code import read_control_code
from station.core.unit_code import mint
from station.storage.site_lock import SiteLock
from tests.fakes.command_line import Outcome, station

GTIN = "09506000134352"
OTHER_GTIN = "09506000134369"
PASSPHRASE = "four words of chance"


class Desk:
    """A brand folder, a published folder and a site, and commands against them."""

    def __init__(self, folder: Path) -> None:
        self.brand = folder / "brand"
        self.published = folder / "published"
        self.site = folder / "site"

    def run(self, *argv: str, stdin: bytes = b"") -> Outcome:
        return station(*argv, stdin=stdin)

    def good(self, *argv: str, stdin: bytes = b"") -> list[dict[str, Any]]:
        outcome = self.run(*argv, "--json", stdin=stdin)
        assert outcome.code == 0, outcome.err
        return outcome.json

    def refused(self, *argv: str, stdin: bytes = b"", code: int = 2) -> str:
        outcome = self.run(*argv, stdin=stdin)
        assert outcome.code == code, outcome
        assert "Traceback" not in outcome.err
        assert outcome.out == ""
        return outcome.err

    def enrol(self) -> None:
        self.good("brand", "add", "acme", "--name", "Acme Coffee")
        self.good("key", "new", "acme")
        self.good("product", "add", GTIN, "--brand", "acme", "--name", "Beans")

    def order(self, count: int, *options: str, gtin: str = GTIN) -> list[dict[str, Any]]:
        return self.good("codes", "order", "--gtin", gtin, "--count", str(count), *options)

    def publish(self) -> dict[str, Any]:
        return self.good("publish", "--to", str(self.published))[0]

    def make_site(self) -> None:
        root = self.published / "metadata" / "1.root.json"
        fingerprint = hashlib.sha256(root.read_bytes()).hexdigest()
        self.good(
            *("init", "--name", "amsterdam-2", "--station", "dock-1"),
            *("--root", str(root), "--fingerprint", fingerprint),
        )

    def sync(self) -> dict[str, Any]:
        return self.good("sync", "--from", str(self.published))[0]

    def verdicts(self, codes: list[dict[str, Any]]) -> list[str]:
        lines = b"".join(code["element_string"].encode() + b"\n" for code in codes)
        outcome = self.run("check", "--json", "-", stdin=lines)
        return [f"{verdict['verdict']} {verdict['reason']}" for verdict in outcome.json]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(tmp_path)
    monkeypatch.setenv("STATION_KEY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("STATION_BRAND_DIR", str(desk.brand))
    monkeypatch.setenv("STATION_SITE", str(desk.site))
    return desk


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


class TestOrders:
    def test_an_order_prints_each_code_once_and_keeps_it(self, desk: Desk) -> None:
        desk.enrol()
        codes = desk.order(2500)
        assert len({code["serial"] for code in codes}) == 2500
        assert all(re.fullmatch("[0-9A-HJKMNP-TV-Z]{13}", code["serial"]) for code in codes)
        assert desk.good("codes", "list", "--order", "1") == codes

    def test_a_file_appears_whole_and_standard_output_stays_free(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        desk.enrol()
        out = tmp_path / "codes.csv"
        outcome = desk.run(
            "codes", "order", "--gtin", GTIN, "--count", "2", "--lot", "L1", "--out", str(out)
        )
        assert (outcome.code, outcome.out) == (0, "")
        header, first, _ = out.read_text("ascii").splitlines()
        assert header == "gtin,serial,tag,element_string,lot,expiry,state,place"
        gtin, serial, tag, element_string, lot, *_ = first.split(",")
        assert element_string == f"01{gtin}21{serial}<GS>10L1<GS>99{tag}"
        assert lot == "L1"
        assert [path.name for path in tmp_path.iterdir()].count("codes.csv") == 1
        assert not list(tmp_path.glob(".*"))

    def test_seeded_serials_repeat_and_keys_do_not(self, tmp_path: Path) -> None:
        rows = []
        for name in ("a", "b"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("STATION_KEY_PASSPHRASE", PASSPHRASE)
                patch.setenv("STATION_BRAND_DIR", str(tmp_path / name))
                desk = Desk(tmp_path / name)
                desk.enrol()
                rows.append(desk.order(3, "--seed", "7"))
        serials = [[code["serial"] for code in codes] for codes in rows]
        assert serials[0] == serials[1]
        assert rows[0][0]["tag"] != rows[1][0]["tag"]

    def test_a_seed_used_twice_is_refused_and_notes_no_order(self, desk: Desk) -> None:
        desk.enrol()
        desk.order(3, "--seed", "7")
        said = desk.refused("codes", "order", "--gtin", GTIN, "--count", "3", "--seed", "7")
        assert "seed 7 has already given serial" in said
        assert len(desk.good("codes", "orders")) == 1

    def test_an_interrupted_order_is_finished_where_it_stopped(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.enrol()
        monkeypatch.setattr("station.issuing.orders.BATCH_UNITS", 10)
        calls = []

        def interrupted(*args: Any) -> str:
            calls.append(1)
            if len(calls) == 25:
                raise KeyboardInterrupt
            return mint(*args)

        monkeypatch.setattr("station.issuing.orders.mint", interrupted)
        outcome = desk.run("codes", "order", "--gtin", GTIN, "--count", "40", "--seed", "5")
        assert outcome.code == 130
        assert "go on with 'station codes order --resume 1'" in outcome.err
        (order,) = desk.good("codes", "orders")
        assert (order["issued"], order["done"]) == (20, False)
        codes = desk.good("codes", "order", "--resume", "1")
        assert len(codes) == 40
        assert desk.good("codes", "orders")[0]["done"]
        assert desk.good("codes", "order", "--resume", "1") == codes
        assert len(calls) == 45


class TestRefusals:
    def test_unknown_names_offer_the_nearest(self, desk: Desk) -> None:
        desk.enrol()
        (code,) = desk.order(1)
        assert "did you mean 'acme'?" in desk.refused("key", "new", "acmee")
        said = desk.refused("codes", "order", "--gtin", OTHER_GTIN, "--count", "1")
        assert f"did you mean '{GTIN}'?" in said
        wrong = code["serial"][:-1] + "U"
        said = desk.refused("codes", "mark", "--as", "stolen", GTIN, wrong)
        assert f"did you mean '{code['serial']}'?" in said
        said = desk.refused("codes", "mark", "--as", "stolen", GTIN, code["serial"].lower())
        assert f"did you mean '{code['serial']}'?" in said

    def test_a_wrong_check_digit_is_told_with_the_right_one(self, desk: Desk) -> None:
        desk.enrol()
        said = desk.refused("product", "add", "9506000134360", "--brand", "acme", "--name", "X")
        assert "its last digit should be 9" in said

    def test_a_wrong_passphrase_signs_nothing(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.enrol()
        monkeypatch.setenv("STATION_KEY_PASSPHRASE", "wrong")
        said = desk.refused("codes", "order", "--gtin", GTIN, "--count", "1")
        assert "wrong passphrase" in said
        assert desk.good("codes", "orders") == []

    def test_without_a_passphrase_it_says_how_to_give_one(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.enrol()
        monkeypatch.delenv("STATION_KEY_PASSPHRASE")
        said = desk.refused("key", "new", "acme")
        assert "set STATION_KEY_PASSPHRASE, or name a file with --passphrase-file" in said

    def test_a_passphrase_file_works_and_a_missing_one_is_told(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.enrol()
        monkeypatch.delenv("STATION_KEY_PASSPHRASE")
        path = tmp_path / "passphrase"
        path.write_text(f"{PASSPHRASE}\n", "utf-8")
        assert len(desk.order(1, "--passphrase-file", str(path))) == 1
        missing = str(tmp_path / "missing")
        assert "cannot read the passphrase file" in desk.refused(
            "key", "new", "acme", "--passphrase-file", missing
        )

    @pytest.mark.parametrize(
        "argv",
        [
            ["brand", "list"],
            ["key", "list"],
            ["product", "list"],
            ["codes", "orders"],
            ["publish", "--to", "x"],
            ["label", "--all", "--out", "x"],
        ],
    )
    def test_a_missing_brand_folder_says_how_to_make_it(
        self, desk: Desk, argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        said = desk.refused(*argv, code=4)
        assert "make it with 'station brand add SLUG --name NAME'" in said

    def test_nothing_is_added_twice(self, desk: Desk) -> None:
        desk.enrol()
        said = desk.refused("brand", "add", "acme", "--name", "Again")
        assert "there is already a brand 'acme'" in said
        said = desk.refused("product", "add", GTIN, "--brand", "acme", "--name", "Again")
        assert "already enrolled, as 'Beans'" in said

    def test_a_final_state_is_never_left_and_nothing_else_is_changed_with_it(
        self, desk: Desk
    ) -> None:
        desk.enrol()
        gone, fine = (code["serial"] for code in desk.order(2))
        desk.good("codes", "mark", "--as", "destroyed", GTIN, gone)
        said = desk.refused("codes", "mark", "--as", "active", GTIN, fine, gone)
        assert "is destroyed, which is final" in said
        states = {code["serial"]: code["state"] for code in desk.good("codes", "list")}
        assert states == {gone: "destroyed", fine: "active"}

    def test_a_key_never_gets_better(self, desk: Desk) -> None:
        desk.enrol()
        desk.good("key", "revoke", "acme", "1")
        assert "cannot become retired" in desk.refused("key", "retire", "acme", "1")
        assert "has no key 9; it has: 1" in desk.refused("key", "retire", "acme", "9")

    def test_an_import_with_a_fault_stores_nothing(self, desk: Desk) -> None:
        desk.enrol()
        desk.good(
            "product", "add", OTHER_GTIN, "--brand", "acme", "--name", "C", "--accept", "sgtin"
        )
        for table, fault in (
            (b"serial\nA1\nA 2\n", "line 3: 'A 2' cannot be a serial"),
            (b"serial\nA1\nA1\n", "line 3: GTIN 09506000134369 already has serial 'A1'"),
            (b"serial\nA1\n\xff\n", "is not UTF-8"),
            (b"A1\nA2\n", "the first line does not name the columns"),
            (b"serial,lot\nA1\n", "line 2 has 1 fields"),
            (b"serial\nA1\n" + b"x" * 2000, "line 3 is longer than 1000"),
            (b"code\nAZ:ABCDEFGHIJKLMNOPQRSTUVWXYZ\n", "does not accept opaque codes"),
        ):
            said = desk.refused("codes", "import", "-", "--gtin", OTHER_GTIN, stdin=table)
            assert fault in said
        assert desk.good("codes", "list") == []
        assert desk.good("codes", "orders") == []


class TestInit:
    def test_a_site_has_its_folders_configuration_and_key(self, desk: Desk) -> None:
        desk.good("init", "--name", "ams-2", "--station", "dock-1", "--from", "https://x.example/")
        text = tomllib.loads((desk.site / "station.toml").read_text("utf-8"))
        assert text["site"]["name"] == "ams-2"
        assert text["station"]["name"] == "dock-1"
        assert text["sync"]["from"] == "https://x.example/"
        modes = {
            path.relative_to(desk.site).as_posix(): stat.S_IMODE(path.stat().st_mode)
            for path in sorted(desk.site.rglob("*"))
        }
        assert modes["keys/station-key.pem"] == 0o600
        assert modes["keys"] == 0o700
        assert {modes[name] for name in ("registry", "trust", "run")} == {0o750}
        assert (desk.site / "station.db").is_file()
        assert sorted(path.name for path in desk.site.parent.iterdir()) == ["site"]

    def test_a_directory_to_sync_from_is_kept_whole(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A nightly job runs in another directory than the person who typed the name."""
        monkeypatch.chdir(desk.site.parent)
        desk.good("init", "--name", "ams-2", "--station", "dock-1", "--from", "stick")
        text = tomllib.loads((desk.site / "station.toml").read_text("utf-8"))
        assert text["sync"]["from"] == str(desk.site.parent / "stick")

    def test_an_existing_site_is_never_touched(self, desk: Desk) -> None:
        desk.good("init", "--name", "ams-2", "--station", "dock-1")
        before = snapshot(desk.site)
        said = desk.refused("init", "--name", "other", "--station", "dock-1")
        assert "there is already a site in" in said
        assert snapshot(desk.site) == before

    def test_a_folder_with_something_in_it_is_refused(self, desk: Desk) -> None:
        desk.site.mkdir()
        (desk.site / "notes.txt").write_text("mine", "utf-8")
        said = desk.refused("init", "--name", "ams-2", "--station", "dock-1")
        assert "exists and is not an empty folder" in said
        assert snapshot(desk.site.parent) == {"site/notes.txt": b"mine"}

    def test_an_empty_folder_becomes_the_site(self, desk: Desk) -> None:
        desk.site.mkdir()
        desk.good("init", "--name", "ams-2", "--station", "dock-1")
        assert (desk.site / "station.toml").is_file()

    def test_a_site_without_a_publisher_is_told_and_given_one_later(self, desk: Desk) -> None:
        desk.enrol()
        desk.publish()
        desk.good("init", "--name", "s", "--station", "dock-1")
        said = desk.refused("sync", "--from", str(desk.published), code=4)
        assert "this site has no publisher to trust yet" in said
        assert "station init --root FILE --fingerprint HEX" in said
        root = desk.published / "metadata" / "1.root.json"
        right = hashlib.sha256(root.read_bytes()).hexdigest()
        spaced = " ".join(right[at : at + 4] for at in range(0, 64, 4)).upper()
        desk.good("init", "--root", str(root), "--fingerprint", spaced)
        assert desk.sync()["changed"]
        said = desk.refused("init", "--root", str(root), "--fingerprint", right)
        assert "trusts a publisher already" in said

    def test_a_wrong_fingerprint_makes_no_site(self, desk: Desk) -> None:
        desk.enrol()
        desk.publish()
        root = str(desk.published / "metadata" / "1.root.json")
        new = ("init", "--name", "s", "--station", "dock-1")
        said = desk.refused(*new, "--root", root, "--fingerprint", "0" * 64, code=4)
        assert "is not the root file of that fingerprint" in said
        said = desk.refused(*new, "--root", root, "--fingerprint", "12")
        assert "not 64 hexadecimal digits" in said
        assert "belong together" in desk.refused(*new, "--root", root)
        assert not desk.site.exists()

    def test_a_file_that_is_no_root_makes_no_site(self, desk: Desk, tmp_path: Path) -> None:
        desk.enrol()
        desk.publish()
        unsigned = json.loads((desk.published / "metadata" / "1.root.json").read_bytes())
        unsigned["signatures"] = unsigned["signatures"][:1]
        for content in (
            b"",
            b"{}",
            (desk.published / "metadata" / "timestamp.json").read_bytes(),
            json.dumps(unsigned).encode(),
        ):
            path = tmp_path / "root.json"
            path.write_bytes(content)
            fingerprint = hashlib.sha256(content).hexdigest()
            said = desk.refused(
                *("init", "--name", "s", "--station", "dock-1"),
                *("--root", str(path), "--fingerprint", fingerprint),
                code=4,
            )
            assert "the root file cannot be used" in said
        assert not desk.site.exists()


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
