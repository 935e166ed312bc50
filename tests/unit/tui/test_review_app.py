"""The supervisor's screens through their pilot: what they look up, ask for, and never do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion
from textual import events
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from station.core.acts import ActKind
from station.core.advice import Loss
from station.core.errors import ConfigurationError, StorageError
from station.core.language import Language
from station.core.operators import Role
from station.core.wording.screens import REVIEW
from station.ports.desk import PersonChange
from station.ports.display import (
    ActAnswer,
    AskAct,
    Attendance,
    EngineFound,
    EngineLost,
    FeedEvent,
)
from station.tui.act_form import IDLE_NS, Step
from station.tui.lines import text_of
from station.tui.palette import THEMES, Look
from station.tui.review import ReviewApp
from station.tui.review_model import NOTICE_NS
from station.tui.review_wishes import Section
from station.tui.surface import Painting
from station.tui.svg import svg_of
from tests.fakes.display import FakeFeed, snapshot, verdict
from tests.fakes.site_desk import BADGES, TOTE, FakeDesk, item
from tests.fakes.svg_snapshots import SvgSnapshots
from tests.unit.tui.test_dock_app import FrozenClock

S: Final = 1_000_000_000
PIN: Final = "816253440722"
SIZE: Final = (80, 24)


class Desk:
    """The screens of a made-up site, driven key by key."""

    def __init__(self, site: FakeDesk, look: Look | None = None) -> None:
        self.site = site
        self.feed = FakeFeed()
        self.clock = FrozenClock()
        self.app = ReviewApp(
            site, self.feed, look or Look(THEMES["teal"]), self.clock, ticking=False
        )
        self.model = self.app.model
        self.pilot: Pilot[bool] | None = None

    @property
    def lines(self) -> tuple[tuple[object, ...], ...]:
        painting = self.app.query_one(Painting)
        return tuple(tuple(painting.render_line(y)) for y in range(painting.size.height))

    @property
    def text(self) -> str:
        return text_of(self.lines)  # type: ignore[arg-type]

    async def settle(self) -> None:
        assert self.pilot is not None
        await self.pilot.pause()
        await self.app.settled()

    async def hear(self, *told: FeedEvent, after_s: float = 3.0) -> None:
        self.clock.ns += int(after_s * S)
        self.feed.say(*told)
        self.app.tick()
        await self.settle()

    async def press(self, *keys: str) -> None:
        for key in keys:
            self._tap(key)
            await self.settle()
            await self.hear(after_s=0.1)

    async def write(self, text: str) -> None:
        for key in text:
            self._tap(key)
        await self.settle()
        await self.hear(after_s=0.1)

    async def scan(self, text: str, end: str = "enter") -> None:
        self.clock.ns += S
        for key in (*text, end):
            self.clock.ns += 2_000_000
            self._post(key)
        await self.settle()
        await self.hear(after_s=0.5)

    async def sign(self, who: str = "SVEN", pin: str = PIN) -> None:
        """Badge, PIN, and the key that does it."""
        await self.scan(BADGES[who])
        await self.write(pin)
        await self.press("y")

    def _tap(self, key: str) -> None:
        """A person's key: long before and after it there is no other."""
        self.clock.ns += S
        self._post(key)

    def _post(self, key: str) -> None:
        event = events.Key(key, key if len(key) == 1 else None)
        event.time = self.clock.ns / S
        self.app.post_message(event)


def step(desk: Desk) -> Step | None:
    """What the form asks for now."""
    assert desk.model.form is not None
    return desk.model.form.step


Play = Callable[[Desk], Awaitable[None]]


def play(
    scene: Play,
    site: FakeDesk | None = None,
    size: tuple[int, int] = SIZE,
    look: Look | None = None,
) -> Desk:
    desk = Desk(site or FakeDesk(), look)

    async def run() -> None:
        async with desk.app.run_test(size=size) as pilot:
            desk.pilot = pilot
            await desk.settle()
            await desk.hear(EngineFound("0.1.0"), snapshot())
            await scene(desk)

    asyncio.run(run())
    return desk


class TestLooking:
    def test_ten_thousand_items_come_a_page_at_a_time(self) -> None:
        site = FakeDesk(count=10_000)

        async def scene(desk: Desk) -> None:
            assert "10000 under review" in desk.text
            page = len(desk.model.rows)
            assert page <= SIZE[1]
            await desk.press("pagedown", "pagedown")
            assert desk.model.row == item(2 * page)
            await desk.press("up")
            assert desk.model.row == item(2 * page - 1), "the page before, at its end"
            await desk.press("down")
            assert desk.model.row == item(2 * page)
            await desk.press("pageup", "pageup", "pageup")
            assert desk.model.rows[0] == item(0)
            assert {count for what, count in site.looks if what == "items"} == {page}

        play(scene, site)

    def test_a_held_arrow_key_goes_on(self) -> None:
        async def scene(desk: Desk) -> None:
            for _ in range(8):
                desk.clock.ns += 30_000_000
                desk._post("down")
            await desk.settle()
            assert desk.model.selected == 8

        play(scene, FakeDesk(count=15))

    def test_every_page_and_back(self) -> None:
        async def scene(desk: Desk) -> None:
            for section in Section:
                await desk.press(section.value)
                assert desk.model.section is section
                assert desk.model.rows

        play(scene)

    @pytest.mark.parametrize("size", [(120, 40), (40, 12), (20, 5), (3, 2)])
    def test_every_page_fits_every_size(self, size: tuple[int, int]) -> None:
        async def scene(desk: Desk) -> None:
            for section in Section:
                await desk.press(section.value)
                lines = desk.text.split("\n")
                assert len(lines) == size[1]
                assert max(map(len, lines)) <= size[0]
            for keys in (("1", "enter"), ("d",), ("escape", "escape", "4", "enter")):
                await desk.press(*keys)
                assert len(desk.text.split("\n")) == size[1]

        play(scene, size=size)

    def test_an_item_with_its_history_and_both_photos(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("down", "enter")
            assert "This unit is recalled" in desk.text
            assert "QUARANTINED at dock-3" in desk.text
            assert "HISTORY OF THE UNIT" in desk.text
            assert "this item" in desk.text
            assert "scan of 2026-03-01 17:20" in desk.text
            await desk.press("v")
            assert "HISTORY" not in desk.text
            assert desk.text.count("▀") > 1000
            await desk.press("escape")
            assert "HISTORY" in desk.text
            await desk.press("escape")
            assert desk.model.selected == 1

        play(scene)

    def test_news_of_the_engine_is_looked_up_but_not_under_a_form(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            site.count = 4
            await desk.hear(verdict(scan_id="1"))
            assert len(desk.model.rows) == 4
            await desk.press("r")
            site.count = 5
            await desk.hear(verdict(scan_id="2"))
            assert len(desk.model.rows) == 4

        play(scene, site)

    def test_what_cannot_be_read_is_told_and_looked_up_again(self) -> None:
        site = FakeDesk(fault=StorageError("the disk is gone", "plug it in"))

        async def scene(desk: Desk) -> None:
            assert "the disk is gone: plug it in" in desk.text
            site.fault = None
            await desk.press("g")
            assert len(desk.model.rows) == 3

        play(scene, site)

    def test_a_lost_engine_is_told(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.hear(EngineLost("The engine is not running", "Start it: station run"))
            assert "The engine is not running: acts are done without it" in desk.text

        play(scene)

    def test_a_fault_of_our_own_ends_the_screens(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            site.fault = RuntimeError("ours")  # type: ignore[assignment]
            await desk.press("g")

        with pytest.raises(WorkerFailed, match="ours"):
            play(scene, site)


class TestActing:
    def test_a_release(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("r")
            assert "RELEASE" in desk.text
            await desk.write("note found")
            await desk.press("enter")
            await desk.sign()
            assert "Done: release, journalled as 01ACT" in desk.text

        play(scene, site)
        assert site.asked == [
            AskAct(
                "",
                ActKind.RELEASE,
                item(0).scan_id,
                "SVEN",
                pin=PIN,
                reason_text="note found",
            )
        ]

    @pytest.mark.parametrize("key", ["r", "b", "c", "d"])
    def test_the_key_that_asks_never_confirms(self, key: str) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press(key, key, "enter", "enter", "y", "enter", "y", "space", "y")
            assert desk.model.form is not None

        play(scene, site)
        assert site.asked == []

    def test_destruction_before_a_witness(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("d")
            await desk.write("asked for")
            await desk.press("enter")
            await desk.sign()
            assert site.asked == []
            await desk.scan(BADGES["SVEN"])
            assert "The witness must be another person" in desk.text
            await desk.sign("WIM", "725344061833")

        play(scene, site)
        (ask,) = site.asked
        assert (ask.kind, ask.witness) == (ActKind.DESTROY, "WIM")

    def test_escape_takes_it_back(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("r", "x", "enter")
            await desk.scan(BADGES["SVEN"])
            await desk.write(PIN)
            await desk.press("escape", "y")
            assert desk.model.form is None

        play(scene, site)
        assert site.asked == []

    def test_a_form_nobody_goes_on_with_is_taken_back(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("r", "x")
            await desk.hear(after_s=IDLE_NS / S + 1)
            assert desk.model.form is None
            assert "nobody went on with it" in desk.text

        play(scene)

    def test_a_refusal_is_told_with_what_to_do(self) -> None:
        site = FakeDesk(answer=ActAnswer("", done=False, text="wrong PIN", remedy="try again"))

        async def scene(desk: Desk) -> None:
            await desk.press("p")
            await desk.scan(TOTE)
            await desk.sign()
            assert "Not done: wrong PIN. try again" in desk.text

        play(scene, site)
        assert site.asked[0].reference == "Q-7"

    def test_a_badge_shown_at_the_dock_counts_where_the_role_is_enough(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("r", "x", "enter")
            await desk.hear(Attendance("ANNA", Role.OPERATOR))
            assert step(desk) is Step.BADGE
            await desk.hear(Attendance("SVEN", Role.SUPERVISOR))
            assert step(desk) is Step.PIN
            assert "PIN of SVEN" in desk.text

        play(scene)

    @pytest.mark.parametrize("code", [BADGES["SVEN"] + "x", "STN1:", "]d20109506000134352", TOTE])
    def test_a_scan_that_is_no_badge_goes_no_further(self, code: str) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("r", "x", "enter")
            await desk.scan(code)
            assert step(desk) is Step.BADGE
            assert "this label is not one of this site's" in desk.text

        play(scene)

    def test_undo_from_the_journal(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("2", "down", "u", "enter")
            await desk.sign()

        play(scene, site)
        (ask,) = site.asked
        assert (ask.kind, ask.about) == (ActKind.UNDO, f"01{199:024}")

    def test_shipments_and_fetch_tasks(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("4", "enter")
            assert "missing" in desk.text
            assert "163" in desk.text
            await desk.press("w")
            await desk.sign()
            await desk.press("escape", "down", "c")
            assert "It is closed for good" in desk.text
            for key in ("f", "n"):
                await desk.press("3", key)
                await desk.sign()

        play(scene, site)
        close, fetched, missing = site.asked
        assert (close.kind, close.about, close.reference, close.with_open_items) == (
            ActKind.CLOSE_SHIPMENT,
            "",
            "SHP-2207",
            True,
        )
        assert (fetched.kind, fetched.reference) == (ActKind.FETCHED, "")
        assert (missing.kind, missing.reference) == (ActKind.FETCHED, "not found")

    def test_an_evidence_pack_needs_nobody(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("e")
            assert f"site/evidence/{item(0).scan_id}.zip" in desk.text

        play(scene, site)
        assert site.packed == [item(0).scan_id]

    def test_leaving_takes_two_keys(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("q", "q")
            assert desk.app.is_running
            await desk.press("q")
            assert "Close these screens? Press Y" in desk.text
            await desk.press("y")
            assert not desk.app.is_running

        play(scene)


class TestHostile:
    @pytest.mark.parametrize(
        "code", ["qy" * 20, "1r2r3r4dyyyy", "\x1b[31m" + "x" * 9000, "rx\ry816253440722y"]
    )
    def test_a_scan_out_of_the_blue_does_nothing(self, code: str) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            before = desk.model.section, desk.model.selected
            await desk.scan(code)
            assert (desk.model.section, desk.model.selected) == before
            assert desk.model.form is None
            assert "nothing here asks for it" in desk.text
            assert desk.app.is_running

        play(scene, site)
        assert site.asked == []

    def test_a_paste_is_a_scan(self) -> None:
        async def scene(desk: Desk) -> None:
            desk.app.post_message(events.Paste("qyqyqy"))
            await desk.settle()
            assert desk.app.is_running
            await desk.press("r", "x", "enter")
            desk.app.post_message(events.Paste(BADGES["SVEN"] + "\n"))
            await desk.settle()
            await desk.hear()
            assert "PIN of SVEN" in desk.text

        play(scene)

    def test_text_of_labels_is_drawn_as_text(self) -> None:
        hostile = "[red]no[/] \x1b[2J\x9b31m\u202egnip"

        async def scene(desk: Desk) -> None:
            assert "[red]no[/] \ufffd[2J\ufffd31m\ufffdgnip" in desk.text
            await desk.press("enter")
            assert "[red]no[/] \ufffd[2J" in desk.text
            assert not {"\x1b", "\x9b", "\u202e"} & set(desk.text)

        play(scene, FakeDesk(hostile=hostile), size=(120, 40))

    @pytest.mark.parametrize("name", THEMES)
    @pytest.mark.parametrize("unicode", [True, False])
    def test_every_theme_draws_everything(self, name: str, unicode: bool) -> None:
        async def scene(desk: Desk) -> None:
            for keys in (("enter", "d"), ("escape", "escape", "4", "enter"), ("escape", "6")):
                await desk.press(*keys)
                assert unicode or desk.text.isascii()

        play(scene, look=Look(THEMES[name], unicode=unicode))


PICTURES: Final[dict[str, tuple[str, ...]]] = {
    "review": (),
    "item": ("down", "enter"),
    "photos": ("down", "enter", "v"),
    "destroy": ("down", "d", "x", "enter"),
    "journal": ("2",),
    "fetch": ("3",),
    "shipments": ("4",),
    "close-out": ("4", "enter"),
    "registry": ("5",),
    "devices": ("6",),
    "people": ("7",),
    "enrol": ("7", "a", "b", "enter"),
    "alarms": ("8",),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name: str, snapshot: SnapshotAssertion) -> None:
    """What each says is asserted above; kept anew with `pytest --snapshot-update`."""
    drawn: list[str] = []

    async def scene(desk: Desk) -> None:
        await desk.press(*PICTURES[name])
        drawn.append(svg_of(desk.lines, name))  # type: ignore[arg-type]

    play(scene)
    assert drawn[0] == snapshot(extension_class=SvgSnapshots)


READS: Final = {
    "zh": Attendance("ANNA", Role.SUPERVISOR, language=Language.CHINESE),
    "de": Attendance("ANNA", Role.SUPERVISOR, language=Language.GERMAN),
    "es": Attendance("ANNA", Role.SUPERVISOR, language=Language.SPANISH),
}
SPOKEN: Final = {
    "zh": ("复核 · lyon", "该件已被召回", "隔离中", "该件的历史", "已入箱", "u 撤销"),
    "de": (
        "PRÜFUNG · lyon",
        "Dieses Stück ist zurückgerufen",
        "QUARANTÄNE bei dock-3",
        "quittiert",
    ),
    "es": ("REVISIÓN · lyon", "Esta unidad está retirada del mercado", "EN CUARENTENA en dock-3"),
}


@pytest.mark.parametrize("name", READS)
def test_pictures_in_the_language_of_whoever_is_signed_in(
    name: str, snapshot: SnapshotAssertion
) -> None:
    drawn: list[str] = []

    async def scene(desk: Desk) -> None:
        await desk.press("down", "enter")
        await desk.hear(READS[name])
        assert [part for part in SPOKEN[name] if part not in desk.text] == []
        assert "This unit is recalled" not in desk.text
        drawn.append(svg_of(desk.lines, name))  # type: ignore[arg-type]

    play(scene)
    assert drawn[0] == snapshot(extension_class=SvgSnapshots)


class TestLanguage:
    @pytest.mark.parametrize("language", Language)
    def test_every_page_and_form_in_the_site_s(self, language: Language) -> None:
        """Without anybody signed in, and every heading and hint of the page's own."""
        words = REVIEW[language]

        async def scene(desk: Desk) -> None:
            for section, page in zip(Section, words.pages, strict=True):
                await desk.press(section.value)
                assert page in desk.text
            await desk.press("1", "r")
            assert words.titles[ActKind.RELEASE] in desk.text
            assert words.type_why in desk.text
            await desk.press("escape")
            assert words.nothing_done in desk.text
            await desk.press("4", "w")
            assert words.close_with_open in desk.text
            await desk.press("escape", "3", "n")
            assert words.not_found in desk.text
            await desk.press("escape", "q")
            assert words.confirm_quit.format(key="Y") in desk.text

        play(scene, FakeDesk(reads=language))

    def test_a_form_that_stands_is_asked_anew_and_goes_on(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("r", "x", "enter")
            await desk.hear(READS["de"])
            assert step(desk) is Step.PIN, "their badge counted too"
            assert "PIN von ANNA; dann führt Y es aus" in desk.text
            await desk.write(PIN)
            await desk.press("y")
            assert "Getan: freigeben, im Journal als 01ACT" in desk.text
            await desk.hear(EngineLost("gone", "start", Loss.ENDED), after_s=NOTICE_NS / S + 1)
            assert "The engine has ended: acts are done without it" in desk.text, "nobody is there"

        play(scene, site)
        assert [ask.kind for ask in site.asked] == [ActKind.RELEASE]


def test_a_relabelling_scans_what_a_badge_step_would_not() -> None:
    site = FakeDesk()
    code = "010950600013435221" + "K7QZ4M2XW9TRB"

    async def scene(desk: Desk) -> None:
        await desk.press("l")
        assert "RELABEL" in desk.text
        await desk.write("label torn")
        await desk.press("enter")
        await desk.scan(BADGES["SVEN"])
        assert "That is no label of a unit" in desk.text
        await desk.scan(code)
        await desk.scan(code)
        assert step(desk) is Step.BADGE, "a label is no badge"
        await desk.sign()
        assert "Done: relabel, journalled as 01ACT" in desk.text

    play(scene, site)
    (ask,) = site.asked
    assert (ask.kind, ask.new_label, ask.reason_text) == (
        ActKind.RELABEL,
        code.encode(),
        "label torn",
    )


class TestPeople:
    def test_somebody_is_enrolled(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("7", "a")
            assert "ENROL somebody" in desk.text
            await desk.write("bela")
            await desk.press("enter")
            assert "Press 1 witness · 2 operator" in desk.text
            await desk.press("3")
            await desk.write("new here")
            await desk.press("enter")
            await desk.sign("CHEF")
            assert "Done: BELA is changed" in desk.text

        play(scene, site)
        (ask,) = site.changed
        assert (ask.change, ask.whom, ask.role, ask.by) == (
            *(PersonChange.ENROL, "BELA", Role.SUPERVISOR, "CHEF"),
        )
        assert (ask.pin, ask.reason_text) == (PIN, "new here")
        assert PIN not in repr(ask)

    @pytest.mark.parametrize(
        ("keys", "change"),
        [
            ("d", PersonChange.REMOVE),
            ("n", PersonChange.NEW_BADGE),
            ("o2", PersonChange.ROLE),
            ("l5", PersonChange.LANGUAGE),
        ],
    )
    def test_whoever_is_selected_is_changed(self, keys: str, change: PersonChange) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("7", "down", *keys)
            await desk.write("x")
            await desk.press("enter")
            await desk.sign("CHEF")
            drawn = "badge to print: site/badges/ANNA-2.png" in desk.text
            assert drawn == (change is PersonChange.NEW_BADGE)

        play(scene, site)
        assert [(ask.change, ask.whom, ask.language) for ask in site.changed] == [
            (change, "SVEN", None)
        ]

    @pytest.mark.parametrize("key", ["a", "d", "n", "o", "l"])
    def test_the_key_that_asks_never_confirms(self, key: str) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("7", key, key, "enter", "1", "enter", "y", "enter", "y", "1", "y")
            assert desk.model.form is not None
            await desk.press("escape")
            await desk.scan("7" + key * 40)
            assert desk.model.form is None

        play(scene, site)
        assert site.changed == []

    def test_a_supervisor_s_badge_at_the_dock_is_not_enough(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("7", "d", "x", "enter")
            await desk.hear(Attendance("SVEN", Role.SUPERVISOR))
            assert step(desk) is Step.BADGE
            await desk.hear(Attendance("CHEF", Role.ADMIN))
            assert step(desk) is Step.PIN

        play(scene)

    def test_a_refusal_is_told_and_takes_the_form_back(self) -> None:
        site = FakeDesk(refusal=ConfigurationError("SVEN is supervisor, no admin", "let an admin"))

        async def scene(desk: Desk) -> None:
            await desk.press("7", "d", "x", "enter")
            await desk.sign()
            assert "SVEN is supervisor, no admin: let an admin" in desk.text
            assert desk.model.form is None

        play(scene, site)

    def test_whoever_was_removed_stays_so(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("7", "down", "down", "d")
            assert desk.model.form is None
            assert "Who was removed stays so" in desk.text

        play(scene)
