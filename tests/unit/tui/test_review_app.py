"""The supervisor's screens through their pilot: what they look up and show, and in which words."""

from datetime import timedelta, timezone
from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion
from textual import events
from textual.worker import WorkerFailed

from station.core.acts import ActKind
from station.core.advice import Loss
from station.core.errors import StorageError
from station.core.figures import NOBODY
from station.core.language import Language
from station.core.operators import Role
from station.core.wording.screens import REVIEW
from station.ports.display import Attendance, EngineLost
from station.tui.act_form import Step
from station.tui.palette import THEMES, Look
from station.tui.review_model import NOTICE_NS
from station.tui.review_wishes import Section
from station.tui.svg import svg_of
from tests.fakes.display import verdict
from tests.fakes.review_screens import PIN, SIZE, Desk, S, play, step
from tests.fakes.site_desk import BADGES, FakeDesk, item
from tests.fakes.svg_snapshots import SvgSnapshots


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

    def test_a_shorter_screen_keeps_what_is_selected(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press(*("down",) * 12)
            assert desk.model.row == item(12)
            assert desk.pilot is not None
            await desk.pilot.resize_terminal(80, 10)
            await desk.settle()
            assert desk.model.row == item(12)
            assert item(12).identity.serial in desk.text  # type: ignore[union-attr]
            await desk.press(*("up",) * 12)
            assert desk.model.row == item(0)
            await desk.press(*("down",) * 29)
            assert desk.model.row == item(29)

        play(scene, FakeDesk(count=30))

    @pytest.mark.parametrize("size", [SIZE, (40, 12)])
    def test_what_a_row_cuts_off_stands_in_full_below(self, size: tuple[int, int]) -> None:
        async def scene(desk: Desk) -> None:
            words = " ".join(desk.text.split())
            assert "The signature does not fit the code · 09506000134352 · S000000000000" in words
            await desk.press("2")
            words = " ".join(desk.text.split())
            assert "QUARANTINE · scanner dock · This unit is recalled · S000000000200" in words
            await desk.press("8")
            rates = "reads 41 · rescan 0.00% · alarms 1 · false 0 · rate 0.000%"
            assert (rates in " ".join(desk.text.split())) == (size != SIZE)

        play(scene, size=size)

    @pytest.mark.parametrize("size", [SIZE, (40, 12)])
    def test_a_close_out_longer_than_the_screen(self, size: tuple[int, int]) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("4", "enter")
            assert "missing" in desk.text
            assert "over" in desk.text
            assert "09506000134352" in desk.text
            assert "more" in desk.text
            assert "09506000134401" not in desk.text
            await desk.press(*("pagedown",) * 20)
            assert "09506000134401" in desk.text
            assert "more" not in desk.text
            await desk.press(*("up",) * 49)
            assert "09506000134352" in desk.text
            await desk.press("escape", "enter", "escape", "down")
            assert desk.model.selected == 1

        play(scene, FakeDesk(positions=50), size=size)

    @pytest.mark.parametrize("size", [(60, 12), (40, 12)])
    def test_a_history_longer_than_the_screen(self, size: tuple[int, int]) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("enter")
            assert "acknowledge" not in desk.text
            await desk.press("down")
            assert "acknowledge · scanner dock · Q-7" in " ".join(desk.text.split())
            assert "The signature does" in desk.text, "what is looked at"
            await desk.press("down", "down")
            assert "acknowledge" not in desk.text
            assert "Genuine" in desk.text
            await desk.press("pagedown", "pageup")
            assert "Stands" in desk.text

        play(scene, size=size)

    def test_every_time_is_the_screen_s_own(self) -> None:
        async def scene(desk: Desk) -> None:
            desk.clock.zone = timezone(timedelta(hours=2))
            await desk.press("down")
            assert "2026-03-02 11:01" in desk.text
            await desk.press("enter")
            for told in ("· 2026-03-02 11:01", "2026-03-02 11:15", "scan of 2026-03-01 19:20"):
                assert told in desk.text
            assert "09:" not in desk.text

        play(scene)

    @pytest.mark.parametrize("size", [(40, 12), (30, 8)])
    def test_a_form_says_what_to_do_in_any_size(self, size: tuple[int, int]) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("d", "x", "enter")
            assert "▸ Badge" in desk.text
            assert "Scan your badge" in desk.text
            await desk.scan("no badge")
            assert "▸ Badge" in desk.text
            await desk.sign()
            assert "▸ Witness" in desk.text
            assert "The witness scans" in desk.text

        play(scene, size=size)

    def test_an_item_is_found_by_its_code(self) -> None:
        site = FakeDesk(count=10_000)
        code = "010950600013435221S"

        async def scene(desk: Desk) -> None:
            await desk.scan(f"{code}{9_000:012}")
            assert item(9_000).scan_id in desk.text
            await desk.scan(f"{code}{9_001:012}")
            assert item(9_001).scan_id in desk.text
            await desk.press("escape")
            assert desk.model.row == item(0), "the list is where it was"
            await desk.scan(f"{code}{10_000:012}")
            assert "no item with this code is under review" in desk.text
            assert desk.model.opened == ""
            await desk.press("2")
            await desk.scan(f"{code}{9_000:012}")
            assert "nothing here asks for it" in desk.text
            await desk.press("1", "r")
            await desk.scan(f"{code}{9_000:012}")
            assert desk.model.opened == ""
            assert step(desk) is Step.REASON

        play(scene, site)
        assert site.asked == []

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

    @pytest.mark.parametrize(
        ("language", "registry", "ticket"),
        [
            (
                Language.ENGLISH,
                ("generation", "not set: name it under", "none under way", "waiting: 3"),
                "The scanner's caps lock is on (12) since 2026-03-01, ticket 1",
            ),
            (
                Language.GERMAN,
                ("Stand", "nicht gesetzt: unter", "läuft nicht", "wartend: 3, abgelehnt: 1"),
                "(12) seit 2026-03-01, Ticket 1",
            ),
            (
                Language.SPANISH,
                ("versión", "sin definir: póngalo", "ninguna en curso", "en espera: 3"),
                "(12) desde 2026-03-01, aviso 1",
            ),
            (
                Language.CHINESE,
                ("版本", "未设置", "未在进行", "等待：3"),
                "(12)，自 2026-03-01 起，工单 1",
            ),
        ],
    )
    def test_what_is_so_and_what_shows_again(
        self, language: Language, registry: tuple[str, ...], ticket: str
    ) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("5")
            assert [part for part in registry if part not in desk.text] == []
            assert ("none under way" in desk.text) == (language is Language.ENGLISH)
            await desk.press("6")
            assert ticket in " ".join(desk.text.split())

        play(scene, FakeDesk(reads=language), size=(120, 40))

    @pytest.mark.parametrize("language", Language)
    def test_nobody_has_a_name_in_every_language(self, language: Language) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("8")
            assert NOBODY not in desk.text
            assert REVIEW[language].nobody in desk.text

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
