"""``station db``: what state the databases are in, and bringing them up to date."""

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from station.app.main import main
from station.app.site_paths import SitePaths
from station.core.registry import RegistryGeneration
from station.core.registry_digest import keys_digest
from station.storage import inventory, schema
from station.storage.journal_reader import JournalReader
from station.storage.pictures import PictureFolder
from station.storage.registry_file import build_registry
from station.storage.registry_generations import RegistryFolder, Stored
from station.storage.registry_schema import REGISTRY
from station.storage.site_lock import SiteLock
from station.storage.station_schema import STATION
from tests.fakes.command_line import station
from tests.fakes.registry import FakeContent
from tests.fakes.replacing import replace


@pytest.fixture
def site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A site with a registry; the brand folder is named but not there."""
    root = tmp_path / "site"
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--site", str(root), "--name", "north", "--station", "dock-1"]) == 0
    folder = RegistryFolder(SitePaths(root).registry)
    folder.folder.mkdir(exist_ok=True)
    build_registry(
        folder.path(3),
        FakeContent(RegistryGeneration(3, "2026-01-01T00:00:00Z", "", keys_digest([]))),
    )
    folder.switch(Stored(3))
    capsys.readouterr()
    return root


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next release: one more revision of the station's and the registry's schema."""
    revisions = tmp_path / "revisions"
    shutil.copytree(schema._MIGRATIONS, revisions)
    monkeypatch.setattr(schema, "_MIGRATIONS", revisions)
    for name, tree in (("STATION", STATION), ("REGISTRY", REGISTRY)):
        head = f"{tree.name}_9000"
        (revisions / tree.name / "r9000_later.py").write_text(
            f'from alembic import op\nrevision = "{head}"\ndown_revision = "{tree.head}"\n'
            'def upgrade():\n    op.execute("CREATE TABLE later (id INTEGER)")\n'
        )
        monkeypatch.setattr(inventory, name, replace(tree, revisions=(*tree.revisions, head)))


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_status_of_a_site_that_is_up_to_date(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["db", "status", "--site", str(site), "--json"]) == 0
    station, registry = records(capsys.readouterr().out)
    assert station == {
        "kind": "station",
        "path": str(site / "station.db"),
        "revision": STATION.head,
        "needed": STATION.head,
        "condition": "current",
    }
    assert (registry["kind"], registry["condition"]) == ("registry", "current")
    assert registry["path"].endswith("registry-3.db")


@pytest.mark.usefixtures("later")
def test_an_older_site_is_brought_up_to_date(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = RegistryFolder(site / "registry").path(3)
    inode = registry.stat().st_ino
    assert main(["db", "status", "--site", str(site)]) == 4
    out, err = capsys.readouterr()
    assert out.count(" older ") == 2
    assert "station db upgrade" in err
    assert main(["db", "upgrade", "--site", str(site), "--json"]) == 0
    upgraded = records(capsys.readouterr().out)
    assert [(one["was"], one["revision"]) for one in upgraded] == [
        (STATION.head, "station_9000"),
        (REGISTRY.head, "registry_9000"),
    ]
    assert main(["db", "status", "--site", str(site)]) == 0
    assert registry.stat().st_ino != inode, "readers of the old file keep it as it was"
    for path in (site / "station.db", registry):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT id FROM later")
    assert list(site.rglob("*.tmp")) == []
    kept = Path(upgraded[0]["backup"])
    assert kept.parent == site / "backups"
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchone() == (STATION.head,)
    assert upgraded[1]["backup"] is None, "the registry comes back by a refresh"
    assert main(["db", "upgrade", "--site", str(site)]) == 0
    assert list(kept.parent.iterdir()) == [kept], "nothing was upgraded, nothing backed up"


@pytest.mark.usefixtures("later")
def test_a_site_in_use_is_not_touched(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SiteLock(site / "station.lock", "station run"):
        assert main(["db", "upgrade", "--site", str(site)]) == 4
    assert "in use by 'station run'" in capsys.readouterr().err
    assert main(["db", "status", "--site", str(site)]) == 4


def test_a_newer_database_is_not_touched(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(site / "station.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'station_9009'")
    assert main(["db", "status", "--site", str(site)]) == 4
    assert "newer or unknown" in capsys.readouterr().out
    assert main(["db", "upgrade", "--site", str(site)]) == 4
    assert "newer release" in capsys.readouterr().err


def test_nothing_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("status", "upgrade"):
        args = ["db", verb, "--site", str(tmp_path / "a"), "--brand-dir", str(tmp_path / "b")]
        assert main(args) == 4
        assert "there are no databases in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_brand_folder_is_looked_at_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brand = tmp_path / "brand"
    assert main(["brand", "add", "acme", "--name", "Acme", "--brand-dir", str(brand)]) == 0
    capsys.readouterr()
    args = ["db", "upgrade", "--site", str(tmp_path / "none"), "--brand-dir", str(brand)]
    assert main(args) == 0
    out, _ = capsys.readouterr()
    assert "was up to date" in out
    assert "brand.db" in out


class TestBackups:
    def test_there_and_back(
        self, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        scan(site, b"one\n")
        assert (
            main(["db", "backup", "--site", str(site), "--to", str(tmp_path / "k"), "--json"]) == 0
        )
        (made,) = records(capsys.readouterr().out)
        assert made["head"].startswith("1:")
        assert made["bytes"] == Path(made["path"]).stat().st_size
        (site / "station.db").write_bytes(b"lost")
        assert main(["db", "restore", made["path"], "--site", str(site)]) == 0
        assert "what was there is now" in capsys.readouterr().out
        assert main(["journal", "verify", "--site", str(site), "--head", made["head"]]) == 0
        aside = next(site.glob("station.db.before-*Z"))
        assert aside.read_bytes() == b"lost"

    def test_pictures_go_along_and_come_back(
        self, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        scan(site, b"one\n")
        pictures = PictureFolder(site / "pictures")
        digest = pictures.keep("SCAN1", b"a grey picture")
        command = ["db", "backup", "--site", str(site), "--to", str(tmp_path / "k"), "--json"]
        assert main(command) == 0
        made = read(capsys)
        assert (made["pictures"], made["damaged"]) == (1, [])
        path = pictures.path_of("SCAN1", digest)
        path.unlink()
        assert main(["db", "restore", made["path"], "--site", str(site)]) == 0
        assert "1 pictures came back with it" in capsys.readouterr().out
        assert path.read_bytes() == b"a grey picture"

    def test_a_picture_that_was_changed_is_named(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        pictures = PictureFolder(site / "pictures")
        path = pictures.path_of("SCAN1", pictures.keep("SCAN1", b"a grey picture"))
        path.write_bytes(b"another picture")
        assert main(["db", "backup", "--site", str(site), "--json"]) == 1
        out, err = capsys.readouterr()
        assert records(out)[0]["damaged"] == [path.name]
        assert f"the picture {path} is not what it was" in err

    def test_one_that_is_not_brought_back_is_named(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        pictures = PictureFolder(site / "pictures")
        path = pictures.path_of("SCAN1", pictures.keep("SCAN1", b"a grey picture"))
        assert main(["db", "backup", "--site", str(site), "--json"]) == 0
        made = read(capsys)
        copy = Path(made["path"]).parent / "pictures" / path.name
        copy.write_bytes(b"another picture")
        path.unlink()
        assert main(["db", "restore", made["path"], "--site", str(site)]) == 1
        assert f"the picture {copy} is not what it was" in capsys.readouterr().err
        assert not path.exists()

    def test_pictures_lost_at_the_station_stay_beside_the_backups(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Only what the station would have removed for its age goes."""
        folder = site / "pictures"
        pictures = PictureFolder(folder)
        command = ["db", "backup", "--site", str(site), "--keep", "1", "--json"]
        names = {}
        for scan in ("YOUNG", "OLD"):
            digest = pictures.keep(scan, scan.encode())
            names[scan] = pictures.path_of(scan, digest).name
        assert main(command) == 0
        copies = Path(read(capsys)["path"]).parent / "pictures"
        for scan, days in (("YOUNG", 100), ("OLD", 200)):
            then = time.time() - days * 86_400
            os.utime(copies / names[scan], (then, then))
        shutil.rmtree(folder)
        assert main(command) == 0
        assert [path.name for path in copies.iterdir()] == [names["YOUNG"]]

    def test_stations_that_share_a_folder_leave_each_other_s_alone(
        self, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = tmp_path / "other"
        assert main(["init", "--site", str(other), "--name", "a", "--station", "dock-1"]) == 0
        shutil.copytree(site / "registry", other / "registry", dirs_exist_ok=True)
        folder = tmp_path / "shared"
        pictures = PictureFolder(other / "pictures")
        path = pictures.path_of("SCAN1", pictures.keep("SCAN1", b"a grey picture"))
        scan(site, b"one\n")
        scan(other, b"one\n")
        capsys.readouterr()

        def back_up(root: Path) -> dict[str, Any]:
            command = ["db", "backup", "--site", str(root), "--to", str(folder)]
            assert main([*command, "--keep", "1", "--json"]) == 0
            return read(capsys)

        theirs = Path(back_up(other)["path"])
        then = time.time() - 400 * 86_400
        os.utime(folder / "pictures" / path.name, (then, then))
        mine = back_up(site)
        assert mine["removed"] == []
        assert back_up(site)["removed"] == [mine["path"]]
        assert theirs.exists()
        assert (folder / "pictures" / path.name).exists()
        assert back_up(other)["removed"] == [str(theirs)]

    def test_a_clock_put_back_costs_no_backup(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = ["db", "backup", "--site", str(site), "--keep", "1", "--json"]
        assert main(command) == 0
        made = Path(read(capsys)["path"])
        later = made.rename(made.with_name("station-20990101T000000000Z.db"))
        assert main(command) == 0
        again = read(capsys)
        assert again["removed"] == []
        assert set(made.parent.glob("*.db")) == {later, Path(again["path"])}

    def test_a_broken_journal_gives_no_backup_and_keeps_the_one_before(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        scan(site, b"one\ntwo\n")
        assert main(["db", "backup", "--site", str(site), "--json"]) == 0
        made = read(capsys)
        with closing(sqlite3.connect(site / "station.db")) as connection, connection:
            connection.execute("DROP TRIGGER journal_no_update")
            connection.execute("UPDATE journal SET reason = 'OK' WHERE seq = 1")
        assert main(["db", "backup", "--site", str(site), "--keep", "1"]) == 4
        assert "is not sound from entry 1" in capsys.readouterr().err
        assert [str(path) for path in (site / "backups").iterdir()] == [made["path"]]

    def test_doctor_misses_a_backup(self, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
        def doctor() -> tuple[str, str]:
            assert main(["doctor", "--only", "backup", "--json", "--site", str(site)]) == 0
            finding = read(capsys)
            return finding["status"], finding["mend"][:23]

        assert doctor() == ("warning", "run 'station db backup'")
        main(["db", "backup", "--site", str(site), "--json"])
        made = Path(read(capsys)["path"])
        assert doctor() == ("ok", "")
        day_ago = time.time() - 27 * 3600
        os.utime(made, (day_ago, day_ago))
        assert doctor() == ("warning", "run 'station db backup'")
        ahead = time.time() + 9000 * 3600
        made = made.rename(made.with_name("station-20990101T000000000Z.db"))
        os.utime(made, (ahead, ahead))
        assert doctor() == ("warning", "run 'station db backup'")

    def test_older_ones_are_removed(self, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
        first, second = (
            (main(["db", "backup", "--site", str(site), "--keep", "1", "--json"]), read(capsys))
            for _ in range(2)
        )
        assert (first[0], second[0]) == (0, 0)
        assert second[1]["removed"] == [first[1]["path"]]
        assert [str(path) for path in (site / "backups").iterdir()] == [second[1]["path"]]

    def test_verdicts_are_not_lost_unasked(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["db", "backup", "--site", str(site), "--json"])
        made = read(capsys)
        scan(site, b"one\ntwo\n")
        assert main(["db", "restore", made["path"], "--site", str(site)]) == 4
        assert "holds 2 entries more" in capsys.readouterr().err
        assert main(["db", "restore", made["path"], "--site", str(site), "--lose-newer"]) == 0
        with JournalReader(next(site.glob("station.db.before-*Z"))) as journal:
            assert journal.head()[0] == 2

    def test_a_backup_of_another_station_is_refused(
        self, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = tmp_path / "other"
        assert main(["init", "--site", str(other), "--name", "a", "--station", "dock-1"]) == 0
        shutil.copytree(site / "registry", other / "registry", dirs_exist_ok=True)
        scan(other, b"one\n")
        capsys.readouterr()
        main(["db", "backup", "--site", str(other), "--json"])
        made = read(capsys)
        assert main(["db", "restore", made["path"], "--site", str(site), "--lose-newer"]) == 4
        assert "not signed by this station's key" in capsys.readouterr().err

    def test_a_site_in_use_is_not_restored(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["db", "backup", "--site", str(site), "--json"])
        made = read(capsys)
        with SiteLock(site / "station.lock", "station run"):
            assert main(["db", "backup", "--site", str(site)]) == 0
            assert main(["db", "restore", made["path"], "--site", str(site)]) == 4
        assert "in use by 'station run'" in capsys.readouterr().err

    def test_damage_is_found(self, site: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["db", "check", "--site", str(site)]) == 0
        with closing(sqlite3.connect(site / "station.db")) as connection, connection:
            connection.execute("INSERT INTO outbox VALUES (7, 'receiving')")
        capsys.readouterr()
        assert main(["db", "check", "--site", str(site), "--json"]) == 4
        out, err = capsys.readouterr()
        station, registry = records(out)
        assert (station["sound"], registry["sound"]) == (False, True)
        assert "station db restore" in err


def read(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (record,) = records(capsys.readouterr().out)
    return record


def scan(site: Path, lines: bytes) -> None:
    """Journal what the lines are, which is nothing good."""
    outcome = station("scan", "--site", str(site), "--source", "stdin:", stdin=lines)
    assert outcome.code == 1, outcome


@pytest.mark.parametrize("command", ["status", "check", "backup", "upgrade"])
def test_a_site_whose_own_database_is_gone_is_never_passed_over(site: Path, command: str) -> None:
    (site / "station.db").unlink()
    done = station("db", command, "--site", str(site), "--brand-dir", str(site / "none"))
    assert (done.code, done.out) == (4, "")
    assert "station.db is gone" in done.err
    assert "station db restore FILE" in done.err
