"""``policy``, ``brand policy`` and ``product policy``: what they show, change and refuse."""

from pathlib import Path

import pytest

from tests.fakes.command_line import Outcome, station

GTIN = "09506000134352"


@pytest.fixture
def brand(tmp_path: Path) -> str:
    """A brand folder with a product."""
    folder = str(tmp_path / "brand")
    assert station("brand", "add", "acme", "--name", "Acme", "--brand-dir", folder).code == 0
    added = station(
        "product", "add", GTIN, "--brand", "acme", "--name", "Beans", "--brand-dir", folder
    )
    assert added.code == 0
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    made = station("init", "--site", str(root), "--name", "north", "--station", "dock-1")
    assert made.code == 0
    return root


def policy_of(outcome: Outcome) -> dict[str, object]:
    assert outcome.code == 0, outcome.err
    (shown,) = outcome.json
    policy: dict[str, object] = shown["policy"]
    return policy


@pytest.mark.parametrize(("group", "name"), [("brand", "acme"), ("product", GTIN)])
class TestAsking:
    def run(self, group: str, name: str, folder: str, *settings: str) -> Outcome:
        return station(group, "policy", name, *settings, "--brand-dir", folder, "--json")

    def test_wishes_are_kept_changed_and_taken_back(
        self, brand: str, group: str, name: str
    ) -> None:
        assert policy_of(self.run(group, name, brand)) == {}
        settings = ("enforce_from=2027-03-01", "accepts=uc1,az", "amber_hours=48", "damaged_lane=7")
        asked = {
            "accepts": ["az", "uc1"],
            "enforce_from": "2027-03-01",
            "amber_hours": 48.0,
            "damaged_lane": "7",
        }
        assert policy_of(self.run(group, name, brand, *settings)) == asked
        assert policy_of(self.run(group, name, brand)) == asked
        changed = self.run(
            group, name, brand, "enforce_from=2027-02-01", "accepts=", "amber_hours="
        )
        assert policy_of(changed) == {"enforce_from": "2027-02-01", "damaged_lane": "7"}

    @pytest.mark.parametrize(
        ("setting", "wrong", "remedy"),
        [
            ("enforce_form=2027-03-01", "enforce_form", "did you mean 'enforce_from'?"),
            ("enforce_from=tomorrow", "'tomorrow'", "YYYY-MM-DD"),
            ("unenrolled=hold", "unenrolled", "Known here: accepts"),
            ("amber_hours=long", "'long'", "more than 0"),
            ("amber_hours=nan", "'nan'", "more than 0"),
            ("unsigned", "'unsigned' sets nothing", "KEY=VALUE"),
            ("=hold", "unknown field ``", "Known here"),
        ],
    )
    def test_a_wrong_one_changes_nothing(
        self, brand: str, group: str, name: str, setting: str, wrong: str, remedy: str
    ) -> None:
        refused = self.run(group, name, brand, "stale=hold", setting)
        assert refused.code == 2
        assert wrong in refused.err
        assert remedy in refused.err
        assert policy_of(self.run(group, name, brand)) == {}


def test_whose_policy_must_be_known(brand: str) -> None:
    for group, name in (("brand", "acm"), ("product", "09506000134369")):
        for settings in ((), ("stale=hold",)):
            refused = station(group, "policy", name, *settings, "--brand-dir", brand)
            assert refused.code == 2
            assert "did you mean" in refused.err


def test_a_policy_is_shown_as_it_would_be_written(brand: str) -> None:
    assert (
        "nothing beyond the rules" in station("brand", "policy", "acme", "--brand-dir", brand).out
    )
    station("brand", "policy", "acme", "unsigned=hold", "uncoded_lane=株 7", "--brand-dir", brand)
    shown = station("brand", "policy", "acme", "--brand-dir", brand)
    assert shown.out == 'unsigned = "hold"\nuncoded_lane = "株 7"\n'


def test_a_site_shows_every_key_and_the_version(site: Path) -> None:
    (shown,) = station("policy", "show", "--site", str(site), "--json").json
    assert shown["policy"]["unenrolled"] == "accept_note"
    assert shown["policy"]["amber_hours"] == 72
    words = station("policy", "show", "--site", str(site))
    assert "version " + shown["version"] in words.err
    assert 'unenrolled_signed = "hold"\n' in words.out


def test_what_is_shown_can_be_checked_and_is_the_same(site: Path, tmp_path: Path) -> None:
    config = site / "station.toml"
    config.write_text(config.read_text("utf-8").replace("fresh_hours = 26", "fresh_hours = 12"))
    (shown,) = station("policy", "show", "--site", str(site), "--json").json
    (checked,) = station("policy", "check", str(config), "--json").json
    assert checked == shown
    assert checked["policy"]["fresh_hours"] == 12
    alone = tmp_path / "policy.toml"
    for text in ("fresh_hours = 12\n", "[policy]\nfresh_hours = 12\n"):
        alone.write_text(text, "utf-8")
        assert station("policy", "check", str(alone), "--json").json == [shown]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unenroled = 'hold'\n", "unenroled: unknown field"),
        ("[policy]\nunenrolled = 'maybe'\n", "policy.unenrolled: 'maybe'"),
        ("[policy]\n[dock]\n", "policy: unknown field"),
        ("policy = 1\n", "policy: unknown field"),
        ("[site]\nname = 'x'\n", "required field `station`"),
        ("enforce_by = 2027-02-30\n", "not valid TOML"),
        ("enforce_by = 2027-02-03T12:00:00\n", "enforce_by: '2027-02-03 12:00:00'"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text, "utf-8")
    refused = station("policy", "check", str(path))
    assert refused.code == 2
    assert f"{path}" in refused.err
    assert said in refused.err


def test_a_missing_file_and_an_unknown_product_say_so(site: Path, tmp_path: Path) -> None:
    missing = station("policy", "check", str(tmp_path / "none.toml"))
    assert (missing.code, "there is no file" in missing.err) == (2, True)
    unknown = station("policy", "show", "--gtin", GTIN, "--site", str(site))
    assert unknown.code == 4, "no registry yet"
