"""Making a site: what is there afterwards, and what is never touched."""

import hashlib
import json
import stat
import tomllib
from pathlib import Path

import pytest

from tests.fakes.brand_desk import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_in(tmp_path, monkeypatch)


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
