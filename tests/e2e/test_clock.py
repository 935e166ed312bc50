"""A clock that was set back or forward while the station was right about it, and what ends that."""

from pathlib import Path
from typing import Any

import pytest

from station.app.clock import LinuxClock
from station.app.site_paths import SitePaths
from station.core.acts import ActKind
from station.core.clock_check import first_mark
from station.core.facts import Freshness
from station.core.reasons import Reason
from station.ports.health import HealthStatus
from station.storage.clock_file import ClockFile
from tests.fakes.command_line import station
from tests.fakes.made_site import MadeSite
from tests.fakes.replacing import replace
from tests.fakes.running_engine import running_engine
from tests.fakes.site_records import records
from tests.fakes.warm_station import WarmStation

HOUR_MS = 3_600_000


def set_since(site: Path, by_ms: int) -> None:
    """The wall clock was set by so much since the machine was started."""
    now = LinuxClock().read()
    was = replace(now, utc_ms=now.utc_ms - by_ms)
    ClockFile(SitePaths(site).clock).keep(first_mark(was))


def test_a_registry_signed_since_shows_that_the_clock_was_behind(
    made: MadeSite, warm: WarmStation, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    set_since(site, 30 * 24 * HOUR_MS)
    assert not scan(warm, site, made.genuine[0].payload)["provisional"]
    assert station("clock", "--site", str(site)).out == "clock: can be believed\n"


def scan(warm: WarmStation, site: Path, payload: bytes) -> dict[str, Any]:
    done = warm.run("scan", "--source", "stdin:", "--json", "--site", site, stdin=payload + b"\n")
    assert done.code == 0, done.err
    [verdict] = done.json
    return dict(verdict)


@pytest.mark.parametrize(
    ("by_ms", "fault"), [(-2 * HOUR_MS, "went_back"), (HOUR_MS // 2, "went_forward")]
)
def test_verdicts_are_provisional_until_somebody_says_that_the_clock_is_right(
    made: MadeSite, warm: WarmStation, tmp_path: Path, by_ms: int, fault: str
) -> None:
    site = made.copy_site(tmp_path)
    first, second, third = (unit.payload for unit in made.genuine[:3])
    honest = scan(warm, site, first)
    assert (honest["provisional"], honest["modifiers"]) == (False, [])

    set_since(site, by_ms)
    verdict = scan(warm, site, second)
    assert (verdict["verdict"], verdict["provisional"]) == ("ACCEPT", True)
    assert verdict["modifiers"] == ["CLOCK_WRONG"]
    told = station("clock", "--json", "--site", str(site))
    assert (told.code, told.json[0]["fault"]) == (1, fault)
    assert station("doctor", "--only", "clock", "--site", str(site)).code == 1
    checked = station("check", "--json", "--site", str(site), third.decode()).json[0]
    assert checked["modifiers"] == ["CLOCK_WRONG"]

    assert station("clock", "--confirm", "--site", str(site)).code == 0
    assert station("doctor", "--only", "clock", "--site", str(site)).code == 0
    again = scan(warm, site, third)
    assert (again["provisional"], again["modifiers"]) == (False, [])

    kept = records(site)
    assert [entry.facts.freshness for entry in kept.entries.values()] == [
        *(Freshness.FRESH, Freshness.UNKNOWN, Freshness.FRESH)
    ]
    assert [act.kind for act in kept.acts.values()] == [ActKind.CLOCK_WRONG]


def test_an_engine_at_work_tells_it_and_hears_that_the_clock_is_right(
    made: MadeSite, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    set_since(site, -2 * HOUR_MS)
    with running_engine(site, "stdin:") as engine:
        engine.feed.health(lambda r: (r.component, r.status) == ("clock", HealthStatus.WARNING))
        engine.type_in(made.genuine[0].payload)
        [shown] = engine.feed.wait_verdicts(1)
        assert shown.modifiers == (Reason.CLOCK_WRONG,)
        assert station("clock", "--confirm", "--site", str(site)).code == 0
        engine.feed.health(lambda r: (r.component, r.status) == ("clock", HealthStatus.OK))
        assert engine.end() == 0
    kinds = [act.kind for act in records(site).acts.values()]
    assert kinds == [ActKind.CLOCK_WRONG, ActKind.CLOCK_RIGHT]


def test_a_refresh_by_a_wrong_clock_says_so(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    command = ("sync", "--site", str(site), "--from", str(made.published))
    honest = station(*command)
    assert (honest.code, "the clock" in honest.err) == (0, False)
    set_since(site, -2 * HOUR_MS)
    done = station(*command)
    assert done.code == 0
    assert "the clock was put back by 2 h: set it right" in done.err
