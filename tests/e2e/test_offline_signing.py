"""Keys on other machines: publications and roots that no one machine could have made."""

import shutil
from pathlib import Path

import pytest

from tests.fakes.command_line import station
from tests.fakes.signing_machines import ELSEWHERE, GTIN, World, world_in


@pytest.fixture
def world(offline_template: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_in(tmp_path, offline_template, monkeypatch)


class TestTogether:
    def test_a_publication_that_no_one_machine_could_have_made(self, world: World) -> None:
        request = world.prepare("request")
        assert not (world.at("online") / "published" / "metadata" / "timestamp.json").exists()
        assert world.put_out(world.signed_by(request, "brand-acme", "targets")).code == 0
        world.make_site()
        assert (world.sync()["generation"], world.sync()["units"]) == (1, 5)
        assert world.key_files("online") == {"online", "acme-1"}
        for machine in ELSEWHERE:
            assert world.key_files(machine) == {machine}

    def test_one_after_another_and_kept_fresh_in_between(self, world: World) -> None:
        world.put_out(world.signed_by(world.prepare("first"), "targets", "brand-acme"))
        world.make_site()
        assert world.sync()["generation"] == 1
        assert world.renew().code == 0
        assert world.sync()["changed"] is False
        world.order(2)
        second = world.prepare("second")
        assert world.renew().code == 0
        assert world.sync()["generation"] == 1
        assert world.put_out(world.signed_by(second, "brand-acme", "targets")).code == 0
        assert world.sync()["units"] == 7
        assert world.renew("--keep", "2").code == 0
        assert world.sync()["changed"] is False

    def test_holders_may_sign_copies_at_the_same_time(self, world: World) -> None:
        request = world.prepare("request")
        copies = [world.signed_by(request, machine) for machine in ("brand-acme", "targets")]
        for path in (copies[1] / "signatures").iterdir():
            shutil.copy(path, copies[0] / "signatures")
        assert world.put_out(copies[0]).code == 0

    def test_what_is_shown_is_what_is_signed(self, world: World) -> None:
        request = world.carry(world.prepare("request"), "targets")
        keys = ("--keys", str(world.at("targets") / "keys"))
        print_of_root = ("--fingerprint", world.root_digest(1))
        (item,) = world.good("signing", "show", str(request), *keys, *print_of_root)
        assert (item["role"], item["version"], item["units"]) == ("targets", 1, 5)
        assert item["signed_before"] is None
        assert item["root_fingerprint"] == world.root_digest(1)
        (file,) = item["files"]
        assert file["path"] == "catalogue.json"
        assert "units 5" in file["says"]
        assert "acme (1)" in file["says"]
        said = station("signing", "show", str(request), *keys, *print_of_root).out
        for words in (item["sha256"], item["expires_utc"], file["sha256"], "brand-acme"):
            assert words in said
        assert list((request / "signatures").iterdir()) == []

    def test_the_brand_is_shown_how_many_units_it_signs(self, world: World) -> None:
        request = world.carry(world.prepare("request"), "brand-acme")
        keys = ("--keys", str(world.at("brand-acme") / "keys"))
        print_of_root = ("--fingerprint", world.root_digest(1))
        (item,) = world.good("signing", "show", str(request), *keys, *print_of_root)
        says = {file["path"].rpartition("/")[2]: file["says"] for file in item["files"]}
        assert says["units-1.rows"] == "units 5 (all)"
        assert says["rows.json"] == "opaque codes 0, units 5"
        assert says["products.json"].startswith("products 1")

    def test_the_brand_is_shown_what_it_announces_to_whom(self, world: World) -> None:
        """And once it is signed there, it reaches the site."""
        rows = "".join(f"ASN-{number},order,,,{GTIN},,{number}\n" for number in range(1, 6))
        file = world.folder / "asn.csv"
        file.write_text(f"shipment,kind,seller,sscc,gtin,serial,count\n{rows}", "utf-8")
        world.desk("despatch", "add", str(file), "--brand", "acme", "--to", "berlin")
        request = world.carry(world.prepare("request"), "brand-acme")
        keys = ("--keys", str(world.at("brand-acme") / "keys"))
        print_of_root = ("--fingerprint", world.root_digest(1))
        (item,) = world.good("signing", "show", str(request), *keys, *print_of_root)
        (says,) = [file["says"] for file in item["files"] if "/shipments-" in file["path"]]
        assert says == "announced to site berlin: shipments 5 (ASN-1, ASN-2, ASN-3, ...), units 15"
        assert says in station("signing", "show", str(request), *keys, *print_of_root).out
        done = world.put_out(world.signed_by(request, "brand-acme", "targets"))
        assert done.code == 0, done.err
        world.make_site()
        assert world.sync()["shipments"] == 5

    def test_without_an_answer_nothing_is_signed(self, world: World) -> None:
        request = world.carry(world.prepare("request"), "targets")
        keys = ("--keys", str(world.at("targets") / "keys"))
        argv = ("signing", "sign", str(request), *keys, "--fingerprint", world.root_digest(1))
        for answer, code in ((b"", 130), (b"n\n", 130), (b"y\n", 0)):
            done = station(*argv, stdin=answer)
            assert done.code == code, done.err
            assert bool(list((request / "signatures").iterdir())) == (code == 0)


class TestRoot:
    def test_a_stolen_root_key_is_replaced_by_the_two_others(self, world: World) -> None:
        world.put_out(world.signed_by(world.prepare("first"), "targets", "brand-acme"))
        world.make_site()
        world.sync()
        world.at("new-holder").mkdir()
        keys = str(world.at("new-holder") / "keys")
        out = str(world.at("new-holder"))
        (made,) = world.good("signing", "key", "root-2", "--keys", keys, "--out", out)
        public = str(world.carry(Path(made["path"]), "online"))
        brand = ("--brand-dir", str(world.at("online") / "brand"))
        refused = station("signing", "add", public, *brand)
        assert (refused.code, "another key root-2 is known" in refused.err) == (2, True)
        world.desk("signing", "add", public, "--replace")
        request = world.at("online") / "second-root"
        world.desk("signing", "root", "--out", str(request))
        carried = world.carry(request, "root-1")
        (item,) = world.good(
            "signing", "show", str(carried), "--keys", str(world.at("root-1") / "keys")
        )
        changes = [line for line in item["keys"] if "NEW" in line or "TAKEN OUT" in line]
        assert [made["key_id"] in line for line in changes] == [True, False]
        back = world.signed_by(request, "root-1", "root-3")
        (accepted,) = world.desk("signing", "accept", str(back))
        assert accepted["root"] == 2
        assert world.renew().code == 0
        world.sync()
        kept = world.at("site") / "trust" / "metadata" / "root_history" / "2.root.json"
        assert kept.is_file()
        assert made["key_id"] in kept.read_text("utf-8")

    def test_one_holder_of_three_is_not_enough(self, world: World) -> None:
        request = world.at("online") / "again"
        world.desk("signing", "root", "--out", str(request))
        back = world.signed_by(request, "root-2")
        brand = ("--brand-dir", str(world.at("online") / "brand"))
        refused = station("signing", "accept", str(back), *brand)
        assert refused.code == 2
        assert "signatures are missing: 1 more of the root's keys" in refused.err
        world.desk("signing", "accept", str(world.signed_by(back, "root-3")))

    def test_a_publisher_with_all_keys_moves_them_away_later(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing was planned: published first, and then the files were put elsewhere."""
        monkeypatch.setenv("STATION_KEY_PASSPHRASE", "passphrase")
        monkeypatch.setattr("station.core.crypto.PBKDF2_ITERATIONS", 1)
        world = World(tmp_path)
        world.at("online").mkdir()
        world.desk("brand", "add", "acme", "--name", "Acme")
        assert world.publish().code == 0
        for name in ELSEWHERE:
            keys = world.at(name) / "keys"
            keys.mkdir(parents=True, mode=0o700)
            shutil.move(world.at("online") / "brand" / "publisher" / f"{name}.pem", keys)
        refused = world.publish()
        assert refused.code == 2
        assert "keys held elsewhere must sign: brand-acme, targets" in refused.err
        assert "--prepare" in refused.err
        back = world.signed_by(world.prepare("request"), "targets", "brand-acme")
        assert world.put_out(back).code == 0
