"""People at a dock: badges by scanner and camera, PINs, and changes beside a running engine."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.app.pins import NEW_PIN_VARIABLE, PIN_VARIABLE
from station.app.site_paths import SitePaths
from station.core.acts import ActKind
from station.core.advice import Advice
from station.core.causes import Cause
from station.core.language import Language
from station.core.operators import FREE_TRIES, SITE_OWNER, Role
from station.core.reasons import Reason, VerdictClass
from station.ports.display import ActAnswer, AnswerRepeat, Attendance, GivePin, Notice, Snapshot
from station.ports.health import HealthStatus
from tests.fakes.desk import Desk, photo
from tests.fakes.engine_feed import EngineFeed
from tests.fakes.made_site import MadeSite
from tests.fakes.replacing import replace
from tests.fakes.running_engine import RunningEngine, running_engine
from tests.fakes.site_records import SiteRecords, records
from tests.fakes.warm_station import Done, WarmStation

NOBODY: Final = Attendance()
ANNA: Final = Attendance("ANNA", Role.OPERATOR)
BELA: Final = Attendance("BELA", Role.SUPERVISOR)
ADMIN: Final = ("--by", "CHEF")
BELAS: Final = "908172635401"
"""BELA's PIN: so long that no digest or signature holds it by chance."""
PINS: Final = {PIN_VARIABLE: "8056"}


class Office:
    """Where the admin types."""

    def __init__(self, warm: WarmStation, site: Path) -> None:
        self.warm = warm
        self.site = site

    def type(self, *argv: str, env: dict[str, str] | None = None, code: int = 0) -> Done:
        done = self.warm.run("operator", *argv, "--site", self.site, env=env)
        assert done.code == code, done.err
        return done

    def enrol(self, name: str, role: str, pin: str = "") -> None:
        self.type("add", name, "--role", role)
        if pin:
            self.type("pin", name, env={NEW_PIN_VARIABLE: pin})

    def staff(self) -> None:
        """An operator, a supervisor and, last, the admin after whom only an admin may."""
        self.enrol("ANNA", "operator")
        self.enrol("BELA", "supervisor", BELAS)
        self.enrol("CHEF", "admin", PINS[PIN_VARIABLE])


@pytest.fixture
def office(made: MadeSite, warm: WarmStation, tmp_path: Path) -> Office:
    return Office(warm, made.copy_site(tmp_path))


def test_somebody_promoted_in_the_file_may_nothing_and_is_named(office: Office) -> None:
    office.staff()
    with closing(sqlite3.connect(office.site / "station.db")) as connection, connection:
        connection.execute("DROP TRIGGER operator_no_update")
        connection.execute("UPDATE operator SET role = 3 WHERE name = 'BELA'")
    said = "BELA does not stand as this station journalled it"
    for argv, who in (
        (("badge", "ANNA", "--new", "--out", str(office.site / "a.png"), "--by", "BELA"), BELAS),
        (("role", "BELA", "supervisor", *ADMIN), PINS[PIN_VARIABLE]),
    ):
        assert said in office.type(*argv, env={PIN_VARIABLE: who}, code=1).err
    proof = office.warm.run("journal", "verify", "--json", "--site", office.site)
    assert proof.code == 1
    assert {one["field"] for one in proof.json[0]["differences"]} == {"role"}
    told = office.warm.run("doctor", "--json", "--site", office.site).json
    (integrity,) = [one for one in told if one["check"] == "integrity"]
    assert "BELA" in integrity["text"]


WRONG: Final = {Cause.PIN_WRONG, Cause.PIN_WRONG_WAIT}


def cause_of(notice: Notice) -> Cause | None:
    return None if notice.told is None else notice.told.cause


def sees(engine: RunningEngine, attendance: Attendance, after: int = 0) -> None:
    """By itself, or in a picture: a badge may be read before anybody listens."""

    def is_so() -> bool:
        heard = engine.feed.heard[after:]
        told = [one.attendance if isinstance(one, Snapshot) else one for one in heard]
        return attendance in told

    engine.feed.until(is_so, f"{attendance}")


def story(kept: SiteRecords) -> list[tuple[ActKind, str, str]]:
    return [(act.kind, act.operator, act.reason_text) for act in kept.acts.values()]


def test_badges_over_the_serial_line(made: MadeSite, office: Office, tmp_path: Path) -> None:
    office.staff()
    site = office.site
    with (
        SimulatedLineScanner(tmp_path) as scanner,
        running_engine(site, f"serial:{scanner.path}") as engine,
    ):
        scanner.wait_for_host()
        feed = engine.feed
        assert feed.connected().attendance == NOBODY
        for refused, why in (
            (made.forged_badge("ANNA"), Advice.NOT_OURS),
            (made.badge("ANNA", 2), Advice.NOT_VALID),
            (made.badge("NOBODY"), Advice.NOT_VALID),
        ):
            heard = len(feed.heard)
            assert scanner.scan(refused, "]d1")
            feed.next(Notice, lambda notice, why=why: notice.advice is why, heard)  # type: ignore[misc]
        assert scanner.scan(made.badge("ANNA"), "]d1")
        sees(engine, ANNA)
        assert scanner.scan(made.genuine[0].payload, "]d2")
        assert scanner.scan(made.badge("BELA"), "]d1")
        sees(engine, BELA)
        assert scanner.scan(made.genuine[1].payload, "]d2")
        feed.wait_verdicts(5)
        assert engine.end() == 0
    kept = records(site)
    assert [(e.verdict.verdict_class, e.operator) for e in kept.entries.values()] == [
        *[(VerdictClass.RESCAN, "")] * 3,
        (VerdictClass.ACCEPT, "ANNA"),
        (VerdictClass.ACCEPT, "BELA"),
    ]
    assert story(kept)[-3:] == [
        (ActKind.SIGN_IN, "ANNA", ""),
        (ActKind.SIGN_OUT, "ANNA", "another badge"),
        (ActKind.SIGN_IN, "BELA", ""),
    ]


def test_screens_are_told_what_whoever_is_signed_in_reads(made: MadeSite, office: Office) -> None:
    """At the sign-in, at a change meanwhile, and again when somebody else comes."""
    office.staff()
    office.type("language", "ANNA", "de", *ADMIN, env=PINS)
    with running_engine(office.site, "stdin:") as engine:
        assert engine.feed.connected().language is Language.ENGLISH
        engine.type_in(made.badge("ANNA"))
        sees(engine, replace(ANNA, language=Language.GERMAN))
        office.type("language", "ANNA", "zh", *ADMIN, env=PINS)
        sees(engine, replace(ANNA, language=Language.CHINESE))
        engine.type_in(made.badge("BELA"))
        sees(engine, BELA)
        assert engine.end() == 0


def test_a_drawn_badge_before_the_camera_and_a_copy_on_a_carton(
    made: MadeSite, desk: Desk, office: Office, tmp_path: Path
) -> None:
    """The pictures are looked at by the real decoders, in the order of their names."""
    office.enrol("ANNA", "operator")
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    office.type("badge", "ANNA", "--out", str(pictures / "2-badge.png"))
    copied = photo(desk, "copied.png", made.genuine[0].payload, made.badge("ANNA"))
    copied.rename(pictures / "1-copied.png")
    photo(desk, "unit.png", made.genuine[1].payload).rename(pictures / "3-unit.png")
    with running_engine(office.site, f"images:{pictures}") as engine:
        engine.feed.wait_verdicts(2)
        sees(engine, ANNA)
        assert engine.end() == 0
    kept = records(office.site)
    assert [
        (e.verdict.reason, e.identity, e.operator) for e in kept.entries.values() if e.identity
    ] == [
        (Reason.OK, made.genuine[0].identity, ""),
        (Reason.OK, made.genuine[1].identity, "ANNA"),
    ]


def test_a_supervisor_releases_a_quarantine_with_badge_and_pin(
    made: MadeSite, office: Office
) -> None:
    office.staff()
    with running_engine(office.site, "stdin:") as engine:
        feed = engine.feed
        engine.type_in(made.recalled[0].payload)
        (quarantined,) = feed.wait_verdicts(1)
        engine.type_in(made.badge("BELA"))
        sees(engine, BELA)
        with EngineFeed(SitePaths(office.site).socket) as late:
            assert late.connected().latch.latched
            assert late.connected().attendance == BELA
        feed.ask(GivePin("4712", quarantined.scan_id))
        feed.next(Notice, lambda notice: cause_of(notice) is Cause.PIN_WRONG)
        feed.ask(GivePin(BELAS, quarantined.scan_id))
        released = feed.latch(latched=False)
        assert (released.scan_id, released.tote) == (quarantined.scan_id, "")
        sees(engine, Attendance("BELA", Role.SUPERVISOR, proven=True))
        engine.type_in(made.genuine[0].payload)
        feed.wait_verdicts(2)
        assert engine.end() == 0
    kept = records(office.site)
    last = list(kept.acts.values())[-1]
    assert (last.kind, last.operator, last.about) == (
        ActKind.ACKNOWLEDGE,
        "BELA",
        quarantined.scan_id,
    )
    for file in office.site.rglob("*"):
        assert not file.is_file() or BELAS.encode() not in file.read_bytes(), file


@pytest.mark.parametrize(
    ("second", "kind"), [(False, ActKind.SAME_UNIT), (True, ActKind.SECOND_UNIT)]
)
def test_a_repeat_is_answered_at_the_screen_by_whoever_is_signed_in(
    made: MadeSite, office: Office, second: bool, kind: ActKind
) -> None:
    office.staff()
    one, other = made.genuine[0].payload, made.genuine[1].payload
    with running_engine(office.site, "stdin:") as engine:
        feed = engine.feed
        for payload in (one, other, one):
            engine.type_in(payload)
        (*_, held) = feed.wait_verdicts(3)
        assert (held.verdict_class, held.reason) == (VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)
        answer = AnswerRepeat(held.scan_id, second)
        feed.ask(answer)
        feed.next(Notice, lambda notice: notice.advice is Advice.BADGE_TO_ANSWER)
        engine.type_in(made.badge("ANNA"))
        sees(engine, ANNA)
        feed.ask(answer)
        told = feed.next(ActAnswer, lambda told: told.request_id == answer.answer_id)
        assert told.done, told.text
        assert engine.end() == 0
    last = list(records(office.site).acts.values())[-1]
    assert (last.kind, last.operator, last.about) == (kind, "ANNA", held.scan_id)


def test_wrong_pins_lock_out_across_restarts_and_are_told(made: MadeSite, office: Office) -> None:
    office.staff()
    with running_engine(office.site, "stdin:") as engine:
        engine.type_in(made.badge("BELA"))
        sees(engine, BELA)
        for number in range(1, FREE_TRIES + 1):
            heard = len(engine.feed.heard)
            engine.feed.ask(GivePin("9517"))
            engine.feed.next(Notice, lambda notice: cause_of(notice) in WRONG, heard)
            time.sleep(0.3 if number < FREE_TRIES else 0)  # four requests a second
        engine.feed.health(
            lambda report: (
                report.component == "operators"
                and report.status is HealthStatus.WARNING
                and "BELA" in report.text
            )
        )
        assert engine.end() == 0
    with running_engine(office.site, "stdin:") as engine:
        engine.type_in(made.badge("BELA"))
        sees(engine, BELA)
        engine.feed.ask(GivePin(BELAS))
        engine.feed.next(Notice, lambda notice: cause_of(notice) is Cause.PIN_LOCKED)
        office.type("pin", "BELA", *ADMIN, env=PINS | {NEW_PIN_VARIABLE: "4712"})
        engine.feed.ask(GivePin("4712"))
        sees(engine, Attendance("BELA", Role.SUPERVISOR, proven=True))
        assert engine.end() == 0


def test_a_revoked_badge_counts_no_longer_beside_a_running_engine(
    made: MadeSite, office: Office, tmp_path: Path
) -> None:
    office.staff()
    with running_engine(office.site, "stdin:") as engine:
        engine.type_in(made.badge("ANNA"))
        sees(engine, ANNA)
        heard = len(engine.feed.heard)
        out = tmp_path / "anna.png"
        done = office.type("badge", "ANNA", "--new", "--out", str(out), *ADMIN, env=PINS)
        assert "It counts at once; 'station run'" in done.err
        sees(engine, NOBODY, heard)
        engine.type_in(made.badge("ANNA"))
        engine.feed.next(Notice, lambda notice: notice.advice is Advice.NOT_VALID)
        engine.type_in(made.badge("ANNA", 2))
        sees(engine, ANNA, heard)
        heard = len(engine.feed.heard)
        office.type("remove", "ANNA", *ADMIN, env=PINS)
        sees(engine, NOBODY, heard)
        assert engine.end() == 0
    kept = records(office.site)
    changes = [line for line in story(kept) if line[0] is ActKind.OPERATOR_CHANGED]
    assert changes[-2:] == [
        (ActKind.OPERATOR_CHANGED, "CHEF", "badge 2 drawn, badge 1 revoked"),
        (ActKind.OPERATOR_CHANGED, "CHEF", "removed"),
    ]
    assert changes[0] == (ActKind.OPERATOR_CHANGED, SITE_OWNER, "added as operator, badge 1")
    assert ("ANNA", "badge revoked") in [line[1:] for line in story(kept)]


def test_where_a_sign_in_is_required_nothing_is_taken_in_without(
    made: MadeSite, office: Office, warm: WarmStation
) -> None:
    office.staff()
    config = office.site / "station.toml"
    config.write_text(config.read_text().replace("[dock]", "[dock]\nrequire_sign_in = true"))
    with running_engine(office.site, "stdin:") as engine:
        engine.type_in(made.genuine[0].payload)
        engine.feed.next(Notice, lambda notice: notice.advice is Advice.SHOW_BADGE)
        engine.type_in(made.badge("ANNA"), made.genuine[0].payload)
        engine.feed.wait_verdicts(1)
        assert engine.end() == 0
    (entry,) = records(office.site).entries.values()
    assert (entry.verdict.reason, entry.operator) == (Reason.OK, "ANNA")
    refused = warm.run("scan", "--source", "stdin:", "--site", office.site)
    assert refused.code == 2
    assert "station run" in refused.last_words


class TestWhoMay:
    def test_the_owner_until_there_is_an_admin_with_a_pin(self, office: Office) -> None:
        office.enrol("CHEF", "admin")
        office.enrol("ANNA", "operator")
        office.type("pin", "CHEF", env={NEW_PIN_VARIABLE: "8056"})
        for command in (
            ("add", "EVIL", "--role", "admin"),
            ("remove", "ANNA"),
            ("role", "ANNA", "admin"),
            ("badge", "ANNA", "--out", "x.png"),
            ("pin", "ANNA"),
        ):
            done = office.type(*command, env={NEW_PIN_VARIABLE: BELAS}, code=2)
            assert "name yourself with --by NAME" in done.last_words
        done = office.type("add", "DORA", "--role", "witness", *ADMIN, env=PINS)
        assert "DORA" in done.out.decode()

    def test_nobody_but_an_admin_and_not_without_the_pin(self, office: Office) -> None:
        office.staff()
        add = ("add", "EVIL", "--role", "admin", "--by")
        done = office.type(*add, "BELA", env={PIN_VARIABLE: BELAS}, code=1)
        assert "BELA is no admin" in done.err
        for pin in ("9517", ""):
            office.type(*add, "CHEF", env={PIN_VARIABLE: pin}, code=1)
        office.type(*add, "CHEF", code=2)
        office.type(*add, "NOBODY", env=PINS, code=1)
        listed = office.type("list", "--json").json
        assert [one["name"] for one in listed] == ["ANNA", "BELA", "CHEF"]
        assert [one["wrong_pins"] for one in listed] == [0, 0, 1]

    def test_everybody_their_own_pin(self, office: Office) -> None:
        office.staff()
        own = ("pin", "BELA", "--by", "BELA")
        office.type(*own, env={PIN_VARIABLE: "9517", NEW_PIN_VARIABLE: "4712"}, code=1)
        office.type(*own, env={PIN_VARIABLE: BELAS, NEW_PIN_VARIABLE: "4712"})
        office.type(*own, env={PIN_VARIABLE: BELAS, NEW_PIN_VARIABLE: "4713"}, code=1)
        done = office.type(*own, env={PIN_VARIABLE: "4712", NEW_PIN_VARIABLE: "1234"}, code=2)
        assert "1234" not in done.err
        last = list(records(office.site).acts.values())[-1]
        assert (last.operator, last.role, last.reference) == ("BELA", Role.SUPERVISOR, "BELA")

    def test_everybody_their_own_language(self, office: Office) -> None:
        office.staff()
        office.type("add", "DORA", "--role", "operator", "--language", "zh", *ADMIN, env=PINS)
        own = ("language", "BELA", "es", "--by", "BELA")
        office.type(*own, env={PIN_VARIABLE: "9517"}, code=1)
        assert "reads es" in office.type(*own, env={PIN_VARIABLE: BELAS}).out.decode()
        theirs = ("language", "DORA", "de", "--by", "BELA")
        office.type(*theirs, env={PIN_VARIABLE: BELAS}, code=1)
        office.type("language", "DORA", "de", code=2)
        office.type("language", "NOBODY", "de", *ADMIN, env=PINS, code=2)
        listed = office.type("list", "--json").json
        assert [one["language"] for one in listed] == ["site", "es", "site", "zh"]
        last = list(records(office.site).acts.values())[-1]
        assert (last.kind, last.operator, last.reference, last.reason_text) == (
            *(ActKind.OPERATOR_CHANGED, "BELA", "BELA", "reads es now"),
        )

    def test_the_last_admin_cannot_lock_everybody_out(self, office: Office) -> None:
        office.staff()
        for command in (("remove", "CHEF"), ("role", "CHEF", "operator")):
            done = office.type(*command, *ADMIN, env=PINS, code=2)
            assert "give another admin a PIN first" in done.last_words

    @pytest.mark.parametrize("name", ["anna", "A" * 21, "A B", "\x1b[2J", ""])
    def test_names_that_are_none(self, office: Office, name: str) -> None:
        done = office.type("add", name, "--role", "operator", code=2)
        assert "\x1b" not in done.err
        assert "give a name such as" in done.last_words

    def test_a_name_is_never_given_twice(self, office: Office) -> None:
        office.enrol("ANNA", "operator")
        office.type("remove", "ANNA")
        done = office.type("add", "ANNA", "--role", "operator", code=2)
        assert "give another name" in done.last_words
        office.type("remove", "ANNA", code=2)

    def test_a_pin_from_a_file(self, office: Office, tmp_path: Path) -> None:
        office.staff()
        own, new = tmp_path / "own", tmp_path / "new"
        own.write_text("8056\n")
        new.write_text("2580\r\n")
        files = ("--pin-file", str(own), "--new-pin-file", str(new))
        office.type("pin", "ANNA", *ADMIN, *files)
        office.type("pin", "ANNA", *ADMIN, "--pin-file", str(tmp_path / "none"), code=2)
        assert json.loads(office.type("list", "--json").out.splitlines()[0])["pin"] is True
