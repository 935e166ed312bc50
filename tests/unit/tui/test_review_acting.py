"""Acts asked for at the supervisor's screens: who must be there, and what takes one back."""

import pytest

from station.core.acts import ActKind
from station.core.causes import Cause, told
from station.core.errors import DeviceError
from station.core.language import Language
from station.core.operators import Role
from station.ports.display import ActAnswer, AskAct, Attendance
from station.tui.act_form import IDLE_NS, Step
from tests.fakes.review_screens import PIN, Desk, S, play, step
from tests.fakes.site_desk import BADGES, TOTE, FakeDesk, item


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
            assert "Not done: wrong PIN. Try again" in desk.text

        play(scene, site)
        assert site.asked[0].reference == "Q-7"

    @pytest.mark.parametrize(
        ("cause", "given"),
        [
            (Cause.PIN_WRONG, {"left": 4}),
            (Cause.PIN_WRONG_WAIT, {"span": 30}),
            (Cause.PIN_LOCKED, {"span": 30}),
        ],
    )
    def test_a_wrong_pin_alone_is_asked_for_again(
        self, cause: Cause, given: dict[str, int]
    ) -> None:
        refused = ActAnswer("", done=False, told=told(cause, name="SVEN", **given))
        site = FakeDesk(answer=refused)

        async def scene(desk: Desk) -> None:
            await desk.press("r")
            await desk.write("note found")
            await desk.press("enter")
            await desk.sign(pin="000111")
            assert "SVEN" in desk.text
            assert step(desk) is Step.PIN
            assert "note found" in desk.text, "whoever typed a reason keeps it"
            site.answer = FakeDesk().answer
            await desk.write(PIN)
            assert "Not done" not in desk.text, "what was read goes"
            await desk.press("y")
            assert "Done: release, journalled as 01ACT" in desk.text

        play(scene, site)
        assert [(ask.pin, ask.reason_text) for ask in site.asked] == [
            ("000111", "note found"),
            (PIN, "note found"),
        ]

    def test_of_a_witness_s_wrong_pin_only_that_one_is_asked_for_again(self) -> None:
        why = told(Cause.PIN_WRONG, name="WIM", left=4)
        site = FakeDesk(answer=ActAnswer("", done=False, told=why))

        async def scene(desk: Desk) -> None:
            await desk.press("d", "x", "enter")
            await desk.sign()
            await desk.sign("WIM", "000111")
            assert step(desk) is Step.WITNESS_PIN
            await desk.press("y", "enter")
            assert len(site.asked) == 1, "nothing is sent again by itself"
            await desk.write("725344061833y")

        play(scene, site)
        assert [(ask.pin, ask.witness_pin) for ask in site.asked] == [
            (PIN, "000111"),
            (PIN, "725344061833"),
        ]

    def test_what_was_wrong_with_a_badge_goes_with_the_right_one(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("r", "x", "enter")
            await desk.scan(BADGES["SVEN"][:12])
            assert "not one of this site's" in desk.text
            await desk.scan(BADGES["SVEN"])
            assert step(desk) is Step.PIN
            assert "not one of this site's" not in desk.text

        play(scene)

    def test_an_act_without_an_answer_is_looked_up(self) -> None:
        site = FakeDesk(act_fault=DeviceError("it is not known whether it was done", "look again"))

        async def scene(desk: Desk) -> None:
            await desk.press("r", "x", "enter")
            site.count = 2
            await desk.sign()
            assert "it is not known whether it was done: look again" in desk.text
            assert desk.model.form is None
            assert len(desk.model.rows) == 2, "whether it is still under review is to be seen"

        play(scene, site)
        assert len(site.asked) == 1

    def test_what_is_told_besides_is_in_the_screen_s_language(self) -> None:
        opened = told(Cause.SHIPMENT_IS_OPEN, shipment="SHP-2207")
        text = "Shipment SHP-2207 is open"
        answer = ActAnswer("", done=True, scan_id="01ACT", text=text, told=opened)
        site = FakeDesk(answer=answer, reads=Language.GERMAN)

        async def scene(desk: Desk) -> None:
            await desk.press("4", "o")
            await desk.sign()
            assert text not in desk.text
            assert "SHP-2207 ist offen" in " ".join(desk.text.split())

        play(scene, site)

    def test_what_was_not_found_is_not_called_fetched(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("3", "n")
            await desk.sign()
            assert "Done: not found, journalled as 01ACT" in desk.text

        play(scene)

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
