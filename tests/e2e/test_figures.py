"""``station figures``: from a real journal, in words and as JSON."""

from pathlib import Path

from station.ports.display import Snapshot, StationFigures
from tests.fakes.command_line import station
from tests.fakes.desk import Desk, photo
from tests.fakes.made_site import GTIN, MadeSite
from tests.fakes.running_engine import running_engine


def worked(desk: Desk) -> Desk:
    """Three genuine units, a recalled one and a misread."""
    desk.own_site()
    genuine = [unit.payload for unit in desk.made.genuine[:3]]
    desk.stdin = b"\n".join([*genuine, desk.made.recalled[0].payload, b"x"]) + b"\n"
    assert len(desk.run("scan --json --site SITE --source stdin:").json) == 5
    return desk


def test_as_json(desk: Desk) -> None:
    (figures,) = worked(desk).run("figures --json --site SITE").json
    total = {
        "reads": 5,
        "rescans": 1,
        "rescan_rate": 0.2,
        "decided": 4,
        "alarms": 1,
        "false_alarms": 0,
        "false_alarm_rate": 0.0,
        "above_the_line": False,
        "same_unit": 0,
        "resolved": 0,
        "mean_resolution_s": None,
        "longest_resolution_s": None,
    }
    assert figures["total"] == total
    assert figures["by_station"] == [{"name": "dock-1", **total}]
    assert figures["by_source"] == [{"name": "stdin:", **total}]
    brands = {one["name"]: one["reads"] for one in figures["by_brand"]}
    assert brands == {"aurora": 4, "(unknown)": 1}
    assert (figures["unresolved"], figures["line"]) == (1, 0.0005)


def test_in_words(desk: Desk) -> None:
    done = worked(desk).run("figures --site SITE")
    assert (done.code, done.err) == (0, "")
    lines = done.out.decode().splitlines()
    assert lines[1].split() == ["all", "5", "20.00%", "1", "0", "0.000%", "0", "-"]
    assert lines[-1].startswith("1 items wait for a decision, the oldest since 2")


def test_a_part_of_the_day(desk: Desk) -> None:
    (figures,) = worked(desk).run("figures --json --site SITE --since 2999-01-01").json
    assert figures["total"]["reads"] == 0
    assert figures["since_utc"] == "2999-01-01T00:00:00.000Z"


def test_without_a_registry_brands_are_unknown(desk: Desk) -> None:
    worked(desk)
    (desk.folder / "site" / "registry" / "current").unlink()
    done = desk.run("figures --json --site SITE")
    assert done.code == 0
    assert "brands are not known: " in done.err
    assert [one["name"] for one in done.json[0]["by_brand"]] == ["(unknown)"]


def photographed(desk: Desk) -> Desk:
    """Three genuine units, a forgery and a torn label before a camera, each in a picture."""
    desk.own_site()
    genuine = [unit.payload for unit in desk.made.genuine[:3]]
    for number, payload in enumerate([*genuine, desk.made.genuine[3].forged()]):
        photo(desk, f"{number}.png", payload)
    photo(desk, "torn.png", torn=True)
    assert len(desk.run("scan --json --site SITE --source images:TMP/*.png").json) == 5
    return desk


def test_print_quality_as_json(desk: Desk) -> None:
    (trend,) = photographed(desk).run("figures --print-quality --json --site SITE").json
    assert (trend["estimate"], trend["period"], trend["since_utc"]) == (True, "week", None)
    (product,) = trend["products"]
    assert (product["gtin"], product["brand"], product["labels"]) == (GTIN, "aurora", 3)
    assert sum(product["grades"].values()) == 3
    assert product["grades"]["A"] + product["grades"]["B"] == 3
    (week,) = product["periods"]
    assert (week["labels"], week["medians"]) == (3, product["medians"])
    assert week["period"][4:6] == "-W"
    assert list(product["medians"]) == [
        "contrast",
        "modulation",
        "unused_error_correction",
        "fixed_pattern_damage",
        "quiet_zone",
    ]
    assert product["fading"] == []
    (trend,) = desk.run("figures --print-quality --period day --json --site SITE").json
    assert len(trend["products"][0]["periods"][0]["period"]) == len("2026-01-31")
    (later,) = desk.run("figures --print-quality --since 2999-01-01 --json --site SITE").json
    assert later["products"] == []


def test_print_quality_in_words(desk: Desk) -> None:
    done = photographed(desk).run("figures --print-quality --site SITE")
    assert (done.code, done.err) == (0, "")
    title, head, _, product, week = done.out.decode().splitlines()
    assert title.endswith("an estimate, no verification")
    assert head.split()[:7] == ["labels", "A", "B", "C", "D", "F", "median"]
    assert product == f"{GTIN} aurora"
    assert week.split()[1] == "3"


def test_replay_decides_the_same_whatever_the_print(desk: Desk) -> None:
    photographed(desk)
    assert desk.run("replay --site SITE").code == 0


def test_scanners_show_no_print(desk: Desk) -> None:
    done = worked(desk).run("figures --print-quality --site SITE")
    assert done.out.decode().splitlines()[-1].startswith("no label's print was looked at")


def test_a_running_engine_keeps_them(made: MadeSite, tmp_path: Path) -> None:
    """What was in the journal, and what comes while it runs."""
    site = made.copy_site(tmp_path)
    recalled, first, second = made.recalled[0], *made.genuine[:2]
    lines = b"".join(unit.payload + b"\n" for unit in (recalled, first))
    scanned = station("scan", "--site", str(site), "--source", "stdin:", "--json", stdin=lines)
    with running_engine(site, "stdin:") as engine:

        def figures_of(decided: int) -> StationFigures:
            found: list[StationFigures] = []

            def come() -> bool:
                found[:] = [
                    event.figures
                    for event in engine.feed.heard
                    if isinstance(event, Snapshot)
                    and event.figures is not None
                    and event.figures.decided == decided
                ]
                return bool(found)

            engine.feed.until(come, f"the figures of {decided} items")
            return found[0]

        before = figures_of(2)
        assert before.oldest_open_utc == scanned.json[0]["time_utc"]
        assert (before.above_line, before.rescan_rate) == (False, 0.0)
        engine.type_in(second.payload)
        figures_of(3)
        assert engine.end() == 0
