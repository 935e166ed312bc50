"""Codes ordered at a brand's desk: each once, whole, and finished where an order stopped."""

import re
from pathlib import Path
from typing import Any

import pytest

from station.core.unit_code import mint
from tests.fakes.brand_desk import GTIN, PASSPHRASE, Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_in(tmp_path, monkeypatch)


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
