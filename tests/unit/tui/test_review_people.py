"""Operators enrolled and changed at the supervisor's screens."""

import pytest

from station.core.errors import ConfigurationError
from station.core.operators import Role
from station.ports.desk import PersonChange
from station.ports.display import Attendance
from station.tui.act_form import Step
from tests.fakes.review_screens import PIN, Desk, play, step
from tests.fakes.site_desk import FakeDesk


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

    @pytest.mark.parametrize("key", ["a", "d", "n", "o", "l", "p"])
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

    def test_a_pin_is_set_and_never_shown(self) -> None:
        site = FakeDesk()

        async def scene(desk: Desk) -> None:
            await desk.press("7", "down", "p")
            assert "NEW PIN: the old one is worthless" in desk.text
            await desk.write("1234y")
            assert "counts in even steps, as anybody would try first: choose" in desk.text
            await desk.write("58230914y58230915y")
            assert "the two PINs differ" in desk.text
            await desk.write("58230914y58230914y")
            assert "58230914" not in desk.text
            await desk.write("forgot it")
            await desk.press("enter")
            await desk.sign("CHEF")
            assert "Done: SVEN is changed" in desk.text
            assert "58230914" not in desk.text

        play(scene, site)
        (ask,) = site.changed
        assert (ask.change, ask.whom, ask.by, ask.new_pin) == (
            *(PersonChange.PIN, "SVEN", "CHEF", "58230914"),
        )
        assert "58230914" not in repr(ask)
        assert PIN not in repr(ask)

    def test_one_s_own_badge_at_the_dock_is_enough_for_one_s_own_pin(self) -> None:
        async def scene(desk: Desk) -> None:
            await desk.press("7", "down", "p")
            await desk.write("58230914y58230914yx")
            await desk.press("enter")
            await desk.hear(Attendance("TINA", Role.SUPERVISOR))
            assert step(desk) is Step.BADGE
            await desk.hear(Attendance("SVEN", Role.SUPERVISOR))
            assert step(desk) is Step.PIN

        play(scene)

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
