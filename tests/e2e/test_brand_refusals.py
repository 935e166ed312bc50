"""What a brand's desk refuses, with what to do instead."""

from pathlib import Path

import pytest

from tests.fakes.brand_desk import GTIN, OTHER_GTIN, PASSPHRASE, Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_in(tmp_path, monkeypatch)


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
