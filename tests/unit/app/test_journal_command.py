"""``station journal``: what it prints, in which form, and what it returns."""

import base64
import csv
import hashlib
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from station.app.intake_session import load_station_key
from station.app.main import main
from station.app.site_paths import SitePaths
from station.core.acts import ActKind
from station.core.codes import UnitIdentity
from station.core.registry import UnitState
from station.storage import station_db
from tests.fakes.entries import GTIN, QUARANTINED, act, entry, nameless, standing
from tests.fakes.replacing import replace

HOSTILE_SERIAL = "=1+1"
ENTRIES = [
    entry(1),
    nameless(2),
    entry(3, QUARANTINED),
    replace(
        entry(4),
        identity=UnitIdentity(GTIN, HOSTILE_SERIAL),
        source='@SUM(A1)"\r\n,x',
        picture="\u202e\x1b[2J.png",
    ),
    entry(3600),
]


class Site:
    """A site folder and its command line."""

    def __init__(self, root: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        self.paths = SitePaths(root)
        self.root = root
        self._captured = capsysbinary

    def run(self, *args: str) -> tuple[int, bytes, str]:
        """Exit code, standard output, standard error."""
        code = main(["journal", *args, "--site", str(self.root)])
        out, err = self._captured.readouterr()
        return code, out, err.decode()


@pytest.fixture
def site(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Site:
    """A site with five entries, made by the command that makes sites."""
    root = tmp_path / "site"
    assert main(["init", "--site", str(root), "--name", "north", "--station", "dock-1"]) == 0
    capsysbinary.readouterr()
    site = Site(root, capsysbinary)
    store = station_db.open_store(site.paths.station_db, load_station_key(site.paths).sign)
    store.commit(ENTRIES)
    store.close()
    return site


def damage(site: Site, statement: str) -> None:
    with closing(sqlite3.connect(site.paths.station_db)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("DROP TRIGGER journal_no_delete")
        connection.execute(statement)


class TestVerify:
    def test_a_sound_journal(self, site: Site) -> None:
        code, out, err = site.run("verify")
        assert (code, err) == (0, "")
        assert out.startswith(b"sound: 5 entries, 1 checkpoints signed by ")

    def test_as_json_with_everything_to_keep(self, site: Site) -> None:
        code, out, _ = site.run("verify", "--json")
        result = json.loads(out)
        key = load_station_key(site.paths).public_key
        assert code == 0
        assert out.count(b"\n") == 1
        assert {name: result[name] for name in ("sound", "entries", "checkpoints", "flaw")} == {
            "sound": True,
            "entries": 5,
            "checkpoints": 1,
            "flaw": None,
        }
        assert result["public_key"] == key.raw.hex()
        assert result["counts"] == {
            "ACCEPT": 3,
            "ACCEPT_NOTE": 0,
            "RESCAN": 1,
            "HOLD": 0,
            "QUARANTINE": 1,
            "STOP": 0,
        }

    def test_the_head_it_printed_is_the_head_it_knows_again(self, site: Site) -> None:
        head = json.loads(site.run("verify", "--json")[1])["head"]
        assert head.startswith("5:")
        assert site.run("verify", "--head", head)[0] == 0
        other = head[:-1] + ("0" if head[-1] != "0" else "1")
        code, out, _ = site.run("verify", "--head", other)
        assert code == 1
        assert b"NOT SOUND from entry 5" in out
        code, out, _ = site.run("verify", "--head", "6" + head[1:])
        assert code == 1
        assert b"ends at entry 5" in out

    def test_a_changed_entry(self, site: Site) -> None:
        damage(site, "UPDATE journal SET body = x'7b7d' WHERE seq = 3")
        code, out, _ = site.run("verify")
        assert code == 1
        assert out.startswith(b"NOT SOUND from entry 3: entry 3 was changed")
        code, out, _ = site.run("verify", "--json")
        result = json.loads(out)
        assert code == 1
        assert (result["sound"], result["seq"], result["flaw"]) == (False, 3, "changed")

    def test_the_key_may_be_given_by_whoever_checks(self, site: Site) -> None:
        key = load_station_key(site.paths).public_key.raw.hex()
        site.paths.station_key.unlink()
        assert site.run("verify", "--public-key", key)[0] == 0
        other = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
        code, out, _ = site.run("verify", "--public-key", other)
        assert code == 1
        assert b"not signed by this station's key" in out

    @pytest.mark.parametrize(
        "args",
        [
            ("--head", "5"),
            ("--head", "0:" + "0" * 64),
            ("--head", "5:xyz"),
            ("--head", "\u0665:" + "0" * 64),
            ("--public-key", "00"),
            ("--public-key", "zz"),
        ],
    )
    def test_arguments_that_mean_nothing(self, site: Site, args: tuple[str, str]) -> None:
        code, out, err = site.run("verify", *args)
        assert (code, out) == (2, b"")
        assert args[0] in err

    def test_a_site_without_a_database(self, site: Site) -> None:
        site.paths.station_db.unlink()
        code, out, err = site.run("verify")
        assert (code, out) == (4, b"")
        assert "there is no database" in err
        assert "station init" in err


ACT_COLUMNS = (
    *("act", "operator", "about", "state_before", "state_after"),
    *("replaced_by", "reason_text", "reference", "witness", "proof"),
)


class TestCsv:
    def rows(self, site: Site, *args: str) -> list[dict[str, str]]:
        code, out, _ = site.run("export", "--format", "csv", *args)
        assert code == 0
        return list(csv.DictReader(io.StringIO(out.decode(), newline="")))

    def test_one_row_an_entry(self, site: Site) -> None:
        rows = self.rows(site)
        assert [row["seq"] for row in rows] == ["1", "2", "3", "4", "5"]
        assert rows[2] | {"raw_b64": ""} == {
            "seq": "3",
            "time_utc": "2026-01-31T12:00:03.000Z",
            "scan_id": entry(3).scan_id,
            "station": "dock-1",
            "source": "serial:/dev/ttyTEST",
            "verdict": "QUARANTINE",
            "reason": "UNIT_RECALLED",
            "also": "UNIT_BLOCKED",
            "modifiers": "",
            "provisional": "no",
            "unit_change": "quarantine",
            "kind": "uc1",
            "gtin": GTIN,
            "serial": "S000000000003",
            "symbology_identifier": "]d2",
            "raw_b64": "",
            "picture": "",
            "registry_generation": "7",
            "policy_version": "default",
            "software_version": "0.0.1",
            **dict.fromkeys(ACT_COLUMNS, ""),
        }
        assert base64.b64decode(rows[2]["raw_b64"]) == entry(3).payload
        assert (rows[1]["gtin"], rows[1]["serial"]) == ("", "")

    def test_no_cell_is_a_formula(self, site: Site) -> None:
        rows = self.rows(site)
        assert rows[3]["serial"] == f"'{HOSTILE_SERIAL}"
        assert rows[3]["source"] == "'@SUM(A1)\"\r\n,x"
        for row in rows:
            assert not any(
                cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values()
            )

    @pytest.mark.parametrize(
        ("since", "first"),
        [
            ("2026-01-31T12:00:03Z", "3"),
            ("2026-01-31T12:00:03.001Z", "4"),
            ("2026-01-31T13:00:03+01:00", "3"),
            ("2026-01-31", "1"),
            ("2026-01-31T12:00:04", "4"),
        ],
    )
    def test_since_a_moment(self, site: Site, since: str, first: str) -> None:
        assert self.rows(site, "--since", since)[0]["seq"] == first

    def test_since_later_than_all(self, site: Site) -> None:
        assert self.rows(site, "--since", "2027-01-01") == []


class TestJsonLines:
    def test_the_chain_can_be_checked_from_them(self, site: Site) -> None:
        code, out, _ = site.run("export", "--format", "jsonl")
        assert code == 0
        lines = out.splitlines()
        assert len(lines) == 5
        link = bytes(32)
        for number, line in enumerate(lines, 1):
            record = json.loads(line)
            body = line[line.index(b'"body":') + len(b'"body":') : -1]
            link = hashlib.sha256(link + body).digest()
            assert (record["seq"], record["hash"]) == (number, link.hex())
            assert record["body"]["entry"]["scan_id"] == ENTRIES[number - 1].scan_id

    def test_nothing_in_them_moves_a_terminal(self, site: Site) -> None:
        _, out, _ = site.run("export", "--format", "jsonl")
        assert b"\x1b" not in out


class TestEpcis:
    def document(self, site: Site, *args: str) -> dict[str, Any]:
        code, out, _ = site.run("export", "--format", "epcis", *args)
        assert code == 0
        document: dict[str, Any] = json.loads(out)
        return document

    def test_a_document_of_what_happened_to_units(self, site: Site) -> None:
        document = self.document(site)
        events = document["epcisBody"]["eventList"]
        assert (document["type"], document["schemaVersion"]) == ("EPCISDocument", "2.0")
        assert [(event["bizStep"], event["disposition"]) for event in events] == [
            ("receiving", "in_progress"),
            ("holding", "recalled"),
            ("receiving", "in_progress"),
            ("receiving", "in_progress"),
        ]
        assert events[0]["readPoint"] == {"id": "https://intake-station.invalid/loc/north/dock-1"}
        assert events[2]["epcList"] == [f"https://id.gs1.org/01/{GTIN}/21/%3D1%2B1"]
        assert len({event["eventID"] for event in events}) == 4

    def test_what_people_did_is_told_too(self, site: Site) -> None:
        quarantined = entry(7, QUARANTINED)
        after = standing(8, UnitState.RECEIVED)
        store = station_db.open_store(site.paths.station_db, load_station_key(site.paths).sign)
        store.commit([quarantined, act(8, ActKind.RELEASE, quarantined, leaves=after)])
        store.close()
        held, released = self.document(site)["epcisBody"]["eventList"][-2:]
        assert (held["bizStep"], released["bizStep"]) == ("holding", "receiving")
        assert held["epcList"] == released["epcList"]
        assert released["intake:about"].endswith(quarantined.scan_id)

    def test_the_same_events_have_the_same_ids_next_time(self, site: Site) -> None:
        first, second = (self.document(site)["epcisBody"] for _ in range(2))
        assert first == second

    def test_an_empty_one_is_a_document_too(self, site: Site) -> None:
        assert self.document(site, "--since", "2027-01-01")["epcisBody"] == {"eventList": []}


class TestFile:
    def test_holds_what_would_be_printed(self, site: Site, tmp_path: Path) -> None:
        out = tmp_path / "journal.csv"
        out.write_text("old")
        code, printed, _ = site.run("export", "--format", "csv", "--out", str(out))
        assert (code, printed) == (0, b"")
        assert out.read_bytes() == site.run("export", "--format", "csv")[1]
        assert {path.name for path in tmp_path.iterdir()} == {"site", "journal.csv"}

    def test_an_entry_that_cannot_be_read_leaves_the_old_file(
        self, site: Site, tmp_path: Path
    ) -> None:
        damage(site, "UPDATE journal SET body = x'7b' WHERE seq = 3")
        out = tmp_path / "journal.csv"
        out.write_text("old")
        code, _, err = site.run("export", "--format", "csv", "--out", str(out))
        assert code == 4
        assert "entry 3 of the journal" in err
        assert out.read_text() == "old"
        assert {path.name for path in tmp_path.iterdir()} == {"site", "journal.csv"}

    def test_a_folder_that_is_not_there(self, site: Site, tmp_path: Path) -> None:
        code, _, err = site.run("export", "--format", "csv", "--out", str(tmp_path / "no" / "x"))
        assert code == 4
        assert "cannot write" in err


@pytest.mark.parametrize(
    "args",
    [("export",), ("export", "--format", "xml"), ("export", "--format", "csv", "--since", "x")],
)
def test_usage_mistakes(site: Site, args: tuple[str, ...]) -> None:
    code, out, err = site.run(*args)
    assert (code, out) == (2, b"")
    assert "--format" in err or "--since" in err
