"""Acts by command line: beside no engine, through one, refused, and killed half way."""

import signal
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.registry import UnitState
from station.storage.claim_reader import ClaimReader
from tests.e2e.test_killed_engine import is_ready, lines
from tests.fakes.desk import Desk
from tests.fakes.engine_feed import EngineFeed
from tests.fakes.made_site import MadeSite, Unit
from tests.fakes.people import PIN_OF
from tests.fakes.site_records import records
from tests.fakes.warm_station import Done, Hook, WarmStation

KNOWN: Final = Hook("tests.fakes.people:install")


class Site:
    """A site of one's own, and the commands of `station quarantine` against it."""

    def __init__(self, warm: WarmStation, made: MadeSite, folder: Path) -> None:
        self.warm, self.made = warm, made
        folder.mkdir(exist_ok=True)
        self.root = made.copy_site(folder)

    def scan(self, *payloads: bytes) -> list[dict[str, Any]]:
        done = self.warm.run(
            *("scan", "--json", "--site", self.root, "--source", "stdin:"), stdin=lines(*payloads)
        )
        assert done.code in {0, 1}, done.err
        return done.json

    def run(self, line: str, *more: str, hook: Hook = KNOWN, **env: str) -> Done:
        argv = [*line.split(), *more, "--site", str(self.root)]
        who = argv[argv.index("--by") + 1] if "--by" in argv else "SVEN"
        pins = {"STATION_PIN": PIN_OF[who], "STATION_WITNESS_PIN": PIN_OF["WIM"]}
        return self.warm.run(*argv, hook=hook, env=pins | env)

    def act(self, line: str, *more: str) -> dict[str, Any]:
        done = self.run(line, "--json", *more)
        assert done.code == 0, done.err
        (answer,) = done.json
        return answer

    def state(self, unit: Unit) -> UnitState | None:
        claims = ClaimReader(self.root / "station.db")
        standing = claims.find(unit.identity)
        claims.close()
        return None if standing is None else standing.state

    @property
    def listed(self) -> list[str]:
        done = self.run("quarantine list --json")
        assert done.code == 0, done.err
        return [item["scan_id"] for item in done.json]

    def journal(self) -> list[ActEntry]:
        return list(records(self.root).acts.values())


@pytest.fixture
def site(warm: WarmStation, made: MadeSite, tmp_path: Path) -> Site:
    return Site(warm, made, tmp_path / "own")


WHY: Final = ("--by", "SVEN", "--reason", "looked at it")


class TestBesideNoEngine:
    def test_from_the_list_to_the_return(self, site: Site) -> None:
        recalled = site.made.recalled[0]
        (verdict,) = site.scan(recalled.payload)
        item = verdict["scan_id"]
        assert site.listed == [item]
        (shown,) = site.run(f"quarantine show {item} --json").json
        assert (shown["reason"], shown["proven"]) == ("UNIT_RECALLED", True)
        assert shown["standing"]["state"] == "QUARANTINED"
        assert shown["read"]["scan_id"] == item
        answer = site.act(f"quarantine return {item}", *WHY)
        assert answer["done"] is True
        assert site.listed == []
        assert site.state(recalled) is UnitState.RETURNED_TO_SELLER
        (act,) = site.journal()
        assert (act.scan_id, act.operator) == (answer["scan_id"], "SVEN")
        (shown,) = site.run(f"quarantine show {item} --json").json
        assert shown["ended"]["operator"] == "SVEN"

    def test_a_release_the_registry_speaks_against_is_refused(self, site: Site) -> None:
        (verdict,) = site.scan(site.made.recalled[0].payload)
        done = site.run(f"quarantine release {verdict['scan_id']} --json", *WHY)
        assert done.code == 1
        (answer,) = done.json
        assert answer["done"] is False
        assert "UNIT_RECALLED" in answer["text"]
        assert "station sync" in done.err
        assert site.journal() == []

    def test_a_second_unit_and_the_way_of_the_earlier_one(self, site: Site) -> None:
        unit = site.made.genuine[0]
        site.scan(unit.payload)
        (repeat,) = site.scan(unit.payload)
        item = repeat["scan_id"]
        assert repeat["verdict"] == "HOLD"
        site.act(f"quarantine answer {item} second --by ANNA")
        (task,) = site.run("quarantine tasks --json").json
        assert (task["serial"], task["place"]) == (unit.identity.serial, "dock-1")
        earlier = site.act(f"quarantine fetched {task['scan_id']} --by ANNA")["scan_id"]
        assert site.listed == [item, earlier]
        site.act(f"quarantine destroy {item} --witness WIM --yes", *WHY)
        site.act(f"quarantine release {earlier}", *WHY)
        assert site.listed == []
        assert site.state(unit) is UnitState.RECEIVED
        kinds = [act.kind for act in site.journal()]
        assert kinds == [*(ActKind.SECOND_UNIT, ActKind.FETCHED, ActKind.DESTROY, ActKind.RELEASE)]

    def test_a_relabelled_unit(self, site: Site) -> None:
        printed_twice, fresh = site.made.genuine[:2]
        site.scan(printed_twice.payload)
        (verdict,) = site.scan(printed_twice.payload)
        answer = site.act(f"quarantine answer {verdict['scan_id']} second --by ANNA")
        site.act(f"quarantine fetched {answer['scan_id']} --by ANNA")
        code = fresh.payload.decode().replace("\x1d", "<GS>")
        site.act(f"quarantine relabel {verdict['scan_id']} --yes", "--code", code, *WHY)
        assert site.state(printed_twice) is UnitState.REPLACED
        assert site.state(fresh) is UnitState.RECEIVED

    def test_an_undo_by_a_supervisor(self, site: Site) -> None:
        unit = site.made.genuine[0]
        (verdict,) = site.scan(unit.payload)
        refused = site.run(f"undo {verdict['scan_id']} --by ANNA")
        assert refused.code == 1
        assert "supervisor" in refused.err
        site.act(f"undo {verdict['scan_id']}", *WHY)
        assert site.state(unit) is None
        (again,) = site.scan(unit.payload)
        assert again["verdict"] == "ACCEPT"

    def test_a_held_item_in_a_tote_and_a_confirmed_counterfeit(self, site: Site) -> None:
        forged = site.made.genuine[0].forged()
        verdicts = site.scan(forged, site.made.genuine[1].payload, forged)
        item = verdicts[-1]["scan_id"]
        site.act(f"quarantine put-away {item} --tote Q7 --by ANNA")
        (listed,) = site.run("quarantine list --json").json
        assert (listed["tote"], listed["proven"]) == ("Q7", False)
        site.act(f"quarantine confirm {item} --case B-17 --yes", *WHY)
        assert site.state(site.made.genuine[0]) is None, "the genuine unit is untouched"

    def test_the_journal_tells_of_acts_in_every_form(self, site: Site) -> None:
        (verdict,) = site.scan(site.made.recalled[0].payload)
        answer = site.act(
            f"quarantine return {verdict['scan_id']} --by SVEN", "--reason", "=cmd|'/c calc'"
        )
        table = site.run("journal export --format csv").out.decode()
        row = next(line for line in table.splitlines() if answer["scan_id"] in line)
        assert "return_to_seller,SVEN" in row
        assert "QUARANTINED,RETURNED_TO_SELLER" in row
        assert "'=cmd" in row
        kept = site.run("journal export --format jsonl").json
        assert kept[-1]["body"]["act"]["scan_id"] == answer["scan_id"]
        assert site.run("journal export --format epcis").code == 0
        assert site.run("journal verify").code == 0


class TestRefused:
    def test_at_a_site_without_operators(self, site: Site) -> None:
        (verdict,) = site.scan(site.made.recalled[0].payload)
        argv = ("quarantine", "return", verdict["scan_id"], *WHY, "--site", site.root)
        done = site.warm.run(*argv)
        assert done.code == 1
        assert "operator add" in done.err

    @pytest.mark.parametrize("pin", ["", "9999"])
    def test_without_the_right_pin(self, site: Site, pin: str) -> None:
        (verdict,) = site.scan(site.made.recalled[0].payload)
        done = site.run(f"quarantine return {verdict['scan_id']}", *WHY, STATION_PIN=pin)
        assert done.code == 1
        assert "PIN" in done.err
        assert site.journal() == []

    @pytest.mark.parametrize("command", ["destroy --witness WIM", "confirm --case B-1"])
    def test_unconfirmed(self, site: Site, command: str) -> None:
        (verdict,) = site.scan(site.made.recalled[0].payload)
        name, _, rest = command.partition(" ")
        done = site.run(f"quarantine {name} {verdict['scan_id']} {rest}", *WHY)
        assert done.code == 2
        assert "--yes" in done.err
        assert site.journal() == []

    def test_of_an_id_that_is_none(self, site: Site) -> None:
        for line in ("quarantine show nothing", "quarantine release nothing --by SVEN --reason x"):
            done = site.run(line)
            assert done.code in {1, 2}
            assert "station quarantine list" in done.err

    def test_of_a_further_read_the_item_of_the_first_is_named(self, site: Site) -> None:
        first, further = site.scan(*[site.made.recalled[0].payload] * 2)
        assert site.listed == [first["scan_id"]]
        done = site.run(f"quarantine show {further['scan_id']}")
        assert done.code == 2
        assert first["scan_id"] in done.err

    def test_while_an_intake_without_a_socket_holds_the_site(self, site: Site) -> None:
        (verdict,) = site.scan(site.made.recalled[0].payload)
        with site.warm.start("scan", "--json", "--site", site.root, "--source", "stdin:") as intake:
            intake.feed(lines(site.made.genuine[0].payload))
            assert intake.stdout.readline()
            hook = Hook("tests.fakes.people:install_impatient")
            done = site.run(f"quarantine return {verdict['scan_id']}", *WHY, hook=hook)
            assert done.code == 4
            assert "in use by 'station scan'" in done.err
            intake.finish()


class TestThroughAnEngine:
    def test_the_engine_does_it_and_everybody_sees_it(self, site: Site) -> None:
        recalled = site.made.recalled[0]
        run = ("run", "--site", site.root, "--source", "stdin:")
        with (
            site.warm.start(*run, hook=KNOWN) as engine,
            EngineFeed(site.root / "run" / "engine.sock") as feed,
        ):
            assert is_ready(engine)
            engine.feed(lines(recalled.payload))
            (shown,) = feed.wait_verdicts(1)
            done = site.act(f"quarantine return {shown.scan_id}", *WHY)
            assert done["done"] is True
            refused = site.run(f"quarantine return {shown.scan_id}", *WHY)
            assert refused.code == 1
            assert "was ended by" in refused.err
            wrong = site.run(f"quarantine return {shown.scan_id}", *WHY, STATION_PIN="0000")
            assert "the PIN is wrong" in wrong.err
            engine.feed(lines(site.made.tote("Q9")))
            feed.latch(latched=False)
            engine.signal(signal.SIGTERM)
            assert engine.wait() == 0
        returned, put_away = site.journal()
        assert returned.kind is ActKind.RETURN_TO_SELLER
        assert (put_away.kind, put_away.reference) == (ActKind.ACKNOWLEDGE, "Q9")
        assert site.state(recalled) is UnitState.RETURNED_TO_SELLER
        assert PIN_OF["SVEN"] not in (site.root / "station.db").read_bytes().decode("latin-1")


def test_killed_at_any_step_an_act_is_done_whole_or_not_at_all(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    unit = made.genuine[0]
    done_by = set()
    for step in count(1):
        site = Site(warm, made, tmp_path / str(step))
        site.scan(unit.payload)
        (repeat,) = site.scan(unit.payload)
        item = repeat["scan_id"]
        hook = Hook("tests.fakes.people:install_and_kill", (step,))
        done = site.run(f"quarantine answer {item} second --by ANNA --json", hook=hook)
        assert done.code in {0, -signal.SIGKILL}, done.err
        acts = site.journal()
        assert len(acts) in ({1} if done.out else {0, 1})
        is_done = bool(acts)
        done_by.add(is_done)
        assert site.state(unit) is (UnitState.QUARANTINED if is_done else UnitState.RECEIVED)
        tasks = site.run("quarantine tasks --json").json
        assert len(tasks) == int(is_done)
        if not is_done:
            site.act(f"quarantine answer {item} second --by ANNA")
            assert site.state(unit) is UnitState.QUARANTINED
        if done.code == 0:
            break
    assert step > 5, "the steps were not counted"
    assert done_by == {False, True}


def test_what_is_listed_is_paged_and_printable(desk: Desk) -> None:
    desk.own_site()
    desk.stdin = lines(*(unit.payload for unit in desk.made.recalled))
    assert desk.run("scan --site SITE --source stdin:").code == 1
    first = desk.run("quarantine list --count 2 --json --site SITE").json
    assert len(first) == 2
    rest = desk.run(f"quarantine list --after {first[-1]['scan_id']} --json --site SITE").json
    assert len(first + rest) == len(desk.made.recalled)
    words = desk.run("quarantine list --site SITE").out.decode()
    assert words.count("UNIT_RECALLED") == len(desk.made.recalled)
    assert words.replace("\n", "").isprintable()
