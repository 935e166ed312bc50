"""The supervisor's screens of a real site: look-ups, acts, packs, and a real terminal."""

import json
import time
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from station.app.pins import NEW_PIN_VARIABLE
from station.app.site_paths import SitePaths
from station.core.acts import ActEntry, ActKind
from station.core.codes import ControlKind
from station.core.errors import ConfigurationError, NotIdentifiedError
from station.core.language import Language
from station.core.operators import Operator, Role
from station.core.reasons import Reason, VerdictClass
from station.core.registry import UnitState
from station.core.verdict import UnitChange, Verdict
from station.ports.desk import AskPerson, PersonChange, SiteFact
from station.ports.display import AskAct
from station.ports.evidence import PictureState
from station.ports.health import HealthStatus
from station.storage import station_db
from station.storage.journal_reader import JournalReader
from station.tui.speech import fact_of
from tests.e2e.test_intake import photo
from tests.fakes.entries import entry
from tests.fakes.made_site import MadeSite
from tests.fakes.office import ADMIN_PIN, PIN, Office
from tests.fakes.replacing import replace
from tests.fakes.running_engine import running_engine
from tests.fakes.site_records import records
from tests.fakes.terminal import DEADLINE_S, STATION, Pty, Tmux, until
from tests.fakes.warm_station import WarmStation


def whys_of(office: Office, name: str) -> list[str]:
    """Why somebody did what they did, by the journal; an engine may be writing it."""
    with JournalReader(SitePaths(office.root).station_db) as journal:
        acts = [line for line in journal.entries() if isinstance(line, ActEntry)]
    return [act.reason_text for act in acts if act.operator == name]


class TestDesk:
    def test_an_item_with_the_pictures_of_both_scans(self, office: Office) -> None:
        unit = office.made.recalled[0].payload
        first = office.scan_picture("first.jpg", photo(unit, seed=12))
        office.scan(office.made.genuine[0].payload)
        second = office.scan_picture("second.jpg", photo(unit, seed=14))

        detail = office.desk.detail(second)

        assert detail is not None
        assert [one.scan_id for one in detail.photos] == [second, first]
        assert {one.state for one in detail.photos} == {PictureState.SOUND}
        assert all(one.jpeg.startswith(b"\xff\xd8") for one in detail.photos)
        assert detail.standing is not None
        assert detail.standing.state is UnitState.QUARANTINED
        told = [line.scan_id for line in detail.history if line.what is VerdictClass.QUARANTINE]
        assert told == [second, first]

    def test_a_picture_that_was_changed_is_not_shown(self, office: Office) -> None:
        scan_id = office.scan_picture("a.jpg", photo(office.made.recalled[0].payload, seed=12))
        (file,) = (office.root / "pictures").glob("*.jpg")
        file.write_bytes(b"another")

        detail = office.desk.detail(scan_id)

        assert detail is not None
        (shown,) = detail.photos
        assert (shown.state, shown.jpeg) == (PictureState.CHANGED, b"")

    def test_labels_of_the_site_and_others(self, office: Office) -> None:
        desk, made = office.desk, office.made
        assert desk.named(made.badge("SVEN"), ControlKind.BADGE) == "SVEN"
        assert desk.named(made.tote("Q1"), ControlKind.TOTE) == "Q1"
        for payload, kind in (
            (made.forged_badge("SVEN"), ControlKind.BADGE),
            (made.badge("SVEN", 2), ControlKind.BADGE),
            (made.badge("NOBODY"), ControlKind.BADGE),
            (made.tote(), ControlKind.BADGE),
            (made.badge("SVEN"), ControlKind.TOTE),
            (made.genuine[0].payload, ControlKind.BADGE),
            (b"STN1:", ControlKind.BADGE),
            (b"", ControlKind.BADGE),
        ):
            with pytest.raises(ConfigurationError):
                desk.named(payload, kind)
        office.run("operator", "remove", "SVEN")
        with pytest.raises(ConfigurationError, match="not valid any more"):
            desk.named(made.badge("SVEN"), ControlKind.BADGE)

    def test_an_item_is_found_by_its_code_proven_or_not(self, office: Office) -> None:
        made, desk = office.made, office.desk
        recalled, forged = made.recalled[0].payload, made.genuine[7].forged()
        first, *_, second = office.scan(recalled, forged, made.genuine[9].payload, forged)
        assert desk.item_with(recalled) == first
        assert desk.item_with(b"]d2" + recalled) == first
        assert desk.item_with(forged) == second
        assert desk.item_with(made.genuine[8].payload) == ""
        for none in (b"", b"\xff", b"STN1:", made.badge("SVEN"), b"x" * 400):
            assert desk.item_with(none) is None

    def test_ten_thousand_open_items_are_read_a_page_at_a_time(self, office: Office) -> None:
        held = Verdict(VerdictClass.HOLD, Reason.DATA_MISMATCH, change=UnitChange.NONE)
        store = station_db.open_store(office.root / "station.db", signer=lambda _: bytes(64))
        try:
            for start in range(1, 10_001, 1000):
                store.commit([entry(number, held) for number in range(start, start + 1000)])
        finally:
            store.close()
        desk = office.desk
        assert desk.open_count() == 10_000
        page = desk.items("", 18)
        assert len(page.rows) == 18
        assert page.more
        last = desk.items(f"{9_990:026}", 18)
        assert [one.scan_id for one in last.rows] == [f"{n:026}" for n in range(9_991, 10_001)]
        assert not last.more
        newest = desk.lines((1 << 63) - 1, 5)
        older = desk.lines(newest.rows[-1].seq, 5)
        seqs = [line.seq for line in (*newest.rows, *older.rows)]
        assert all(after == before - 1 for before, after in pairwise(seqs))

    def test_the_other_pages(self, office: Office) -> None:
        office.scan(office.made.genuine[0].payload, office.made.recalled[0].payload)
        desk = office.desk
        registry = dict(fact_of(fact, Language.ENGLISH) for fact in desk.registry())
        assert registry["generation"] == "1"
        assert registry["sync"] == "none under way"
        assert registry["fetched from"] == "not set: name it under [sync] in station.toml"
        in_german = [fact_of(fact, Language.GERMAN) for fact in desk.registry()]
        assert ("Abgleich", "läuft nicht") in in_german
        assert not set(registry) & {name for name, _ in in_german}
        kept = json.loads((office.root / "last-sync.json").read_bytes())["time_utc"]
        assert registry["last sync"] == f"{kept[:19]}+00:00"
        assert [one.operator.name for one in desk.people()] == ["SVEN", "WIM"]
        figures = desk.figures()
        assert (figures.total.reads, figures.total.alarms) == (2, 1)
        assert "aurora" in str(figures.__dict__)
        assert desk.shipments() == ()
        assert desk.close_out("none") is None
        assert desk.devices() == ()
        assert desk.detail("none") is None

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (None, "never: run 'station sync'"),
            (b"\x00", "it is not known when: run 'station sync'"),
            (b'{"time_utc": "2026-01-01T00:00:00"}', "it is not known when: run 'station sync'"),
            (
                b'{"time_utc": "2026-01-01T00:00:00Z", "fallback": "a gap\\u001b[2J"}',
                "2026-01-01T00:00:00+00:00, all of it: a gap\ufffd[2J",
            ),
        ],
    )
    def test_a_sync_that_was_not_as_it_should_be_is_told(
        self, office: Office, content: bytes | None, said: str
    ) -> None:
        path = office.root / "last-sync.json"
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        (fact,) = [one for one in office.desk.registry() if one.name is SiteFact.LAST_SYNC]
        assert fact_of(fact, Language.ENGLISH) == ("last sync", said)
        assert fact.status is HealthStatus.WARNING

    def test_a_unit_is_relabelled_with_a_code_of_the_same_product(self, office: Office) -> None:
        made = office.made
        printed_twice = made.genuine[0].payload
        office.scan(printed_twice)
        (item,) = office.scan(printed_twice)
        assert office.desk.act(AskAct("", ActKind.SECOND_UNIT, item, "SVEN", PIN)).done
        (task,) = office.desk.tasks("", 2).rows
        assert office.desk.act(AskAct("", ActKind.FETCHED, task.scan_id, "SVEN", PIN)).done
        ask = AskAct("", ActKind.RELABEL, item, "SVEN", PIN, "printed twice")
        for label in (b"", printed_twice, made.badge("SVEN")):
            assert not office.desk.act(replace(ask, new_label=label)).done
        assert office.desk.act(replace(ask, new_label=made.genuine[3].payload)).done
        relabelled = list(records(office.root).acts.values())[-1]
        assert (relabelled.kind, relabelled.operator) == (ActKind.RELABEL, "SVEN")

    @pytest.mark.parametrize("with_engine", [False, True])
    def test_people_are_changed_by_an_admin_alone(self, office: Office, with_engine: bool) -> None:
        desk = office.desk
        add = AskPerson(PersonChange.ENROL, "BELA", "SVEN", PIN, "new here", role=Role.OPERATOR)
        with pytest.raises(NotIdentifiedError, match="no admin"):
            desk.change_person(add)
        office.run("operator", "add", "CHEF", "--role", "admin")
        office.run("operator", "pin", "CHEF", env={NEW_PIN_VARIABLE: ADMIN_PIN})
        by_chef = replace(add, by="CHEF", pin=ADMIN_PIN)
        with pytest.raises(NotIdentifiedError):
            desk.change_person(replace(by_chef, pin="000111"))
        with pytest.raises(NotIdentifiedError, match="no PIN"):
            desk.change_person(replace(by_chef, pin=""))
        with running_engine(office.root, "stdin:") if with_engine else nullcontext():
            badge = Path(desk.change_person(by_chef))
            reads = replace(by_chef, change=PersonChange.LANGUAGE, language=Language.CHINESE)
            assert desk.change_person(reads) == ""
            newer = Path(desk.change_person(replace(by_chef, change=PersonChange.NEW_BADGE)))
            role = replace(by_chef, change=PersonChange.ROLE, role=Role.SUPERVISOR)
            desk.change_person(role)
            (bela,) = (one.operator for one in desk.people() if one.operator.name == "BELA")
            assert bela == Operator("BELA", Role.SUPERVISOR, 2, language=Language.CHINESE)
            desk.change_person(replace(by_chef, change=PersonChange.REMOVE))
            last_admin = replace(by_chef, change=PersonChange.REMOVE, whom="CHEF")
            with pytest.raises(ConfigurationError, match="last admin"):
                desk.change_person(last_admin)
            until(lambda: len(whys_of(office, "CHEF")) == 5, "the journal has them")
        assert badge.parent.stat().st_mode & 0o077 == 0, "who has a badge is taken for its owner"
        assert [badge.name, newer.name] == ["BELA-1.png", "BELA-2.png"]
        assert whys_of(office, "CHEF") == [
            "added as operator, badge 1: new here",
            "reads zh now: new here",
            "badge 2 drawn, badge 1 revoked: new here",
            "is supervisor now: new here",
            "removed: new here",
        ]

    @pytest.mark.parametrize("with_engine", [False, True])
    def test_pins_are_set_by_an_admin_and_by_whoever_has_one(
        self, office: Office, with_engine: bool
    ) -> None:
        desk, fresh, own = office.desk, "58230914", "91460375"
        office.run("operator", "add", "CHEF", "--role", "admin")
        office.run("operator", "pin", "CHEF", env={NEW_PIN_VARIABLE: ADMIN_PIN})
        office.run(
            *("operator", "add", "ANNA", "--role", "operator", "--by", "CHEF"),
            env={"STATION_PIN": ADMIN_PIN},
        )
        by_chef = AskPerson(PersonChange.PIN, "ANNA", "CHEF", ADMIN_PIN, "has none", new_pin=fresh)
        with pytest.raises(NotIdentifiedError, match="no admin"):
            desk.change_person(replace(by_chef, by="SVEN", pin=PIN))
        with pytest.raises(NotIdentifiedError):
            desk.change_person(replace(by_chef, pin="000111"))
        with pytest.raises(NotIdentifiedError, match="no PIN"):
            desk.change_person(replace(by_chef, by="ANNA", pin=fresh))
        with running_engine(office.root, "stdin:") if with_engine else nullcontext():
            for none in ("1234", "582", "58230914x", ""):
                with pytest.raises(ConfigurationError):
                    desk.change_person(replace(by_chef, new_pin=none))
            assert desk.change_person(by_chef) == ""
            assert [one.has_pin for one in desk.people() if one.operator.name == "ANNA"] == [True]
            by_anna = replace(by_chef, by="ANNA", pin=fresh, reason_text="own", new_pin=own)
            assert desk.change_person(by_anna) == ""
            with pytest.raises(NotIdentifiedError, match="that is not ANNA's PIN"):
                desk.change_person(by_anna)
            until(lambda: len(whys_of(office, "ANNA")) == 1, "the journal has it")
        told = desk.lines((1 << 63) - 1, 2).rows
        assert [line.why for line in told] == ["ANNA · new PIN: own", "ANNA · new PIN: has none"]
        assert whys_of(office, "CHEF")[-1] == "new PIN: has none"
        assert whys_of(office, "ANNA") == ["new PIN: own"]
        kept = b"".join(path.read_bytes() for path in office.root.rglob("*") if path.is_file())
        for pin in (fresh, own, ADMIN_PIN):
            assert pin.encode() not in kept, "of a PIN its hash is kept, and nothing else"

    @pytest.mark.parametrize("with_engine", [False, True])
    def test_an_act_beside_an_engine_and_without(self, office: Office, with_engine: bool) -> None:
        (item,) = office.scan(office.made.recalled[0].payload)
        ask = AskAct("", ActKind.RETURN_TO_SELLER, item, "SVEN", PIN, "wrong goods")
        if with_engine:
            with running_engine(office.root, "stdin:"):
                refused = office.desk.act(replace(ask, pin="000111"))
                answer = office.desk.act(ask)
        else:
            refused, answer = office.desk.act(replace(ask, pin="000111")), office.desk.act(ask)
        assert not refused.done
        assert refused.remedy
        assert answer.done
        assert office.desk.open_count() == 0
        acts = [act for act in records(office.root).acts.values() if act.about == item]
        assert [(act.kind, act.operator) for act in acts] == [(ActKind.RETURN_TO_SELLER, "SVEN")]


PAUSE_S: Final = 0.2
"""Longer than the gap within a burst: these keys are a person's."""


def typed(screen: Tmux, keys: str) -> None:
    """A person types."""
    for key in keys:
        time.sleep(PAUSE_S)
        screen.press(key)


@pytest.mark.tmux
class TestInTmux:
    def test_an_item_is_given_back_with_a_scanned_badge(
        self, office: Office, tmp_path: Path
    ) -> None:
        (item,) = office.scan(office.made.recalled[0].payload)
        badge = office.made.badge("SVEN").decode()
        argv = (*STATION, "review", "--site", str(office.root))
        with Tmux(tmp_path, argv) as screen:
            screen.see("1 under review", "UNIT_RECALLED", "1 Review 2 Journal")
            screen.press("Enter")
            screen.see("This unit is recalled", "QUARANTINED at dock-1")
            screen.scan(badge + "\r")
            screen.see("nothing here asks for it")
            screen.press("b")
            screen.see("GIVE BACK to the seller", "Esc takes it back")
            typed(screen, "goods")
            screen.press("Enter")
            screen.see("Scan your badge")
            for key in ("y", "Enter", "Enter", "y"):
                time.sleep(PAUSE_S)
                screen.press(key)
            time.sleep(PAUSE_S)
            screen.scan(badge + "\r")
            screen.see("PIN of SVEN; then Y does it")
            typed(screen, PIN)
            screen.see("*" * len(PIN))
            assert PIN not in screen.text
            assert office.desk.open_count() == 1
            typed(screen, "y")
            screen.see("Done: return to seller, journalled as", "Ended by")
            screen.press("q")
            screen.see("Close these screens? Press Y to confirm")
            screen.press("y")
            assert screen.exit_code() == 0
        acts = [act for act in records(office.root).acts.values() if act.about == item]
        assert [(act.kind, act.reason_text) for act in acts] == [
            (ActKind.RETURN_TO_SELLER, "goods")
        ]

    @pytest.mark.parametrize("size", [(120, 40), (40, 12)])
    def test_other_sizes_and_ascii(
        self, office: Office, tmp_path: Path, size: tuple[int, int]
    ) -> None:
        office.scan_picture("a.jpg", photo(office.made.recalled[0].payload, seed=12))
        argv = (*STATION, "review", "--ascii", "--site", str(office.root))
        with Tmux(tmp_path, argv, size) as screen:
            screen.see("QUARANTINE")
            screen.press("Enter")
            if size == (40, 12):
                screen.see("a photo: press v")
                screen.press("v")
            text = screen.see("this item")
            assert text.isascii()
            assert max(map(len, text.split("\n"))) <= size[0]

    def test_hostile_scans_quit_nothing_and_act_on_nothing(
        self, office: Office, tmp_path: Path
    ) -> None:
        office.scan(office.made.recalled[0].payload)
        with Tmux(tmp_path, (*STATION, "review", "--site", str(office.root))) as screen:
            screen.see("1 under review")
            for noise in (b"\xff", b"\xfe\xc3A\r", b"\xed\xa0\x80\xf5" + b"q" * 40 + b"\r"):
                screen.send(noise)
                time.sleep(PAUSE_S)
            for code in ("qyqyqy\r", "\x11\x03\x10rx\ry12345y" + "1" * 2000 + "\r", "dddd8888\r"):
                screen.scan(code)
                screen.see("nothing here asks for it")
                assert "1 under review" in screen.text
            assert not screen.ended


@pytest.mark.parametrize("command", ["dock", "review"])
def test_a_screen_ends_with_its_terminal_where_nothing_else_ends_it(
    office: Office, command: str
) -> None:
    deaf = ("sh", "-c", "trap '' HUP; exec \"$@\"", "sh")
    argv = (*deaf, *STATION, command, "--site", str(office.root))
    with Pty(argv) as screen:
        screen.see("\x1b[?1049h")
        screen.see("q")
        screen.vanish()
        assert screen.process.wait(DEADLINE_S) == 0


def test_without_a_terminal_or_a_site(warm: WarmStation, made: MadeSite, tmp_path: Path) -> None:
    ended = warm.run("review", "--site", made.site)
    assert ended.code == 2
    assert "this screen needs a terminal" in ended.err
    ended = warm.run("review", "--site", tmp_path / "none")
    assert ended.code == 2
    assert "station init" in ended.err
