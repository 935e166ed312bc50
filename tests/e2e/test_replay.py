"""``station replay``: what it prints, how it ends, and that a journal of any length fits."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from station.app.intake_session import load_station_key
from station.app.replay import MAX_SHOWN
from station.app.site_paths import SitePaths
from station.storage import station_db
from tests.fakes.desk import Desk
from tests.fakes.entries import entry
from tests.fakes.replacing import replace
from tests.fakes.site_records import records


def site_of(desk: Desk) -> Path:
    return Path(desk.names["SITE"])


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """A site with a genuine unit, a recalled one, a forgery seen twice and a misread."""
    desk.own_site()
    forged = desk.made.genuine[1].forged()
    payloads = [desk.made.genuine[0].payload, desk.made.recalled[0].payload, forged, b"x", forged]
    desk.stdin = b"\n".join(payloads) + b"\n"
    assert len(desk.run("scan --json --site SITE --source stdin:").json) == 5
    return desk


def append(desk: Desk, number: int, count: int = 1) -> None:
    """Write entries whose payload says something else than their facts."""
    paths = SitePaths(site_of(desk))
    store = station_db.open_store(paths.station_db, load_station_key(paths).sign)
    last = max(records(site_of(desk)).entries.values(), key=lambda one: one.scan_id)
    for at in range(number, number + count):
        store.commit([replace(entry(at), policy_version=last.policy_version)])
    store.close()


def test_a_days_work_comes_out_the_same(worked: Desk) -> None:
    done = worked.run("replay --site SITE")
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == (
        "the same again: 5 entries decided again, 4 signatures checked again\n"
    )


def test_as_json(worked: Desk) -> None:
    (result,) = worked.run("replay --json --site SITE").json
    assert result == {
        "same": True,
        "entries": 5,
        "differing": 0,
        "signatures": 4,
        "keys_gone": 0,
        "policies_gone": {},
        "differences": [],
    }


def test_one_scan_and_a_part_of_the_day(worked: Desk) -> None:
    first, *_, last = records(site_of(worked)).entries.values()
    (one,) = worked.run(f"replay --json --site SITE --scan {first.scan_id}").json
    assert (one["entries"], one["signatures"]) == (1, 1)
    (rest,) = worked.run(f"replay --json --site SITE --since {last.time_utc}").json
    assert 1 <= rest["entries"] <= 5
    unknown = worked.run("replay --site SITE --scan NOBODY")
    assert unknown.code == 2
    assert "the journal has no entry of scan 'NOBODY'" in unknown.err


def test_a_difference_is_told_with_its_entry(worked: Desk) -> None:
    append(worked, 1)
    done = worked.run("replay --site SITE")
    assert done.code == 1
    out = done.out.decode()
    assert "entry 6 (00000000000000000000000001): facts.kind was uc1, now sgtin\n" in out
    assert out.endswith("1 DIFFER: 6 entries decided again, 4 signatures checked again\n")
    (result,) = worked.run("replay --json --site SITE").json
    assert (result["same"], result["differing"]) == (False, 1)
    assert {one["seq"] for one in result["differences"]} == {6}


def test_many_differences_are_counted_not_kept(worked: Desk) -> None:
    append(worked, 1, 120)
    (result,) = worked.run("replay --json --site SITE").json
    assert result["differing"] == 120
    assert len(result["differences"]) == MAX_SHOWN


def test_a_policy_that_is_not_kept_is_no_proof(worked: Desk) -> None:
    with closing(sqlite3.connect(site_of(worked) / "station.db")) as connection, connection:
        connection.execute("DROP TRIGGER policy_no_delete")
        connection.execute("DELETE FROM policy")
    done = worked.run("replay --site SITE")
    assert done.code == 1
    assert "5 entries were decided by policy " in done.out.decode()
    assert "which is not kept here: they cannot be decided again" in done.out.decode()


def test_a_site_that_decides_otherwise_today_decided_as_it_did(worked: Desk) -> None:
    """Entries are decided again by the policy that decided them, which the station keeps."""
    config = site_of(worked) / "station.toml"
    text = config.read_text("utf-8")
    config.write_text(text.replace('unenrolled = "accept_note"', 'unenrolled = "hold"'), "utf-8")
    assert config.read_text("utf-8") != text
    assert worked.run("replay --site SITE").code == 0


def test_without_a_registry_only_signatures_are_left_out(worked: Desk) -> None:
    (site_of(worked) / "registry" / "current").unlink()
    done = worked.run("replay --site SITE")
    assert done.code == 0
    assert "signatures are not checked again: " in done.err
    assert "4 signatures were not checked: their keys are not here" in done.out.decode()


def test_a_journal_that_cannot_be_read_is_told(worked: Desk) -> None:
    (site_of(worked) / "station.db").unlink()
    assert worked.run("replay --site SITE").code == 4
