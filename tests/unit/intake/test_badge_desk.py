"""Badges and PINs at a dock: what counts, what is told, what is journalled."""

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.advice import Advice
from station.core.causes import Cause, told
from station.core.errors import StorageError
from station.core.journal import JournalEntry
from station.core.language import Language
from station.core.operators import SITE_OWNER, Operator, OperatorChange, Role
from station.core.reasons import Reason, VerdictClass
from station.intake import badge_desk
from station.intake.committer import OnTold
from station.ports.display import Attendance
from station.ports.health import HealthStatus
from station.storage.journal_codec import encode
from tests.fakes.badge_dock import (
    ACCEPT,
    ANNA,
    BELA,
    NO_UNIT,
    NOBODY,
    a_dock,
    acts,
    again,
    held_again,
    lines,
    plain,
    roster,
    show,
)
from tests.fakes.intake import (
    FORGER,
    SITE_KEY,
    CountingIds,
    Dock,
    FakeRoster,
    FrozenClock,
    Told,
    at,
    badge,
    forged,
    genuine,
    registry,
    tote,
    unsigned,
)
from tests.fakes.notary import change_line
from tests.fakes.replacing import replace


class TestLanguage:
    def test_it_is_told_with_who_is_signed_in_and_gone_with_them(self) -> None:
        dock = a_dock()
        roster(dock).enrol(replace(ANNA, language=Language.GERMAN))
        show(dock, badge())
        dock.wait(10)
        show(dock, badge("BELA"))
        dock.run()
        assert dock.told.attendances == [
            Attendance("ANNA", Role.OPERATOR, language=Language.GERMAN),
            Attendance("BELA", Role.SUPERVISOR),
        ]

    def test_no_line_of_the_journal_depends_on_it(self) -> None:
        """Every kind of verdict, by the same hands, in every language: the same bytes."""
        journals = []
        for language in (None, *Language):
            dock = a_dock()
            roster(dock).enrol(replace(ANNA, language=language))
            show(dock, badge())
            for serial in ("A1", "A2", "R1", "NEW"):
                dock.scan(genuine(serial))
            dock.scan(forged("F1"))
            dock.scan(forged("F1"))
            dock.scan(unsigned("A3"))
            dock.declare(Reason.UNREADABLE)
            held_again(dock)
            decided = dock.run()
            assert {verdict_class for verdict_class, _ in decided} == set(VerdictClass) - {
                VerdictClass.STOP
            }
            journals.append([encode(line) for line in dock.store.entries])
        assert all(journal == journals[0] for journal in journals)


class TestSigningIn:
    def test_a_badge_is_no_verdict_and_every_verdict_after_it_names_who(self) -> None:
        dock = a_dock()
        dock.scan(genuine("A1"))
        show(dock, badge())
        dock.scan(genuine("A2"))
        dock.declare(Reason.DAMAGED)
        dock.wait(10)
        show(dock, badge("BELA"))
        dock.scan(genuine("A3"))
        assert dock.run() == [ACCEPT, ACCEPT, (VerdictClass.QUARANTINE, Reason.DAMAGED), ACCEPT]
        assert [entry.operator for entry in lines(dock, JournalEntry)] == [
            "",
            "ANNA",
            "ANNA",
            "BELA",
        ]
        assert acts(dock) == [
            (ActKind.SIGN_IN, "ANNA", ""),
            (ActKind.SIGN_OUT, "ANNA", "another badge"),
            (ActKind.SIGN_IN, "BELA", ""),
        ]
        assert [act.role for act in lines(dock, ActEntry)] == [1, 1, 2]
        assert dock.told.attendances == [
            Attendance("ANNA", Role.OPERATOR),
            Attendance("BELA", Role.SUPERVISOR),
        ]

    def test_the_same_badge_later_signs_out(self) -> None:
        dock = a_dock()
        show(dock, badge())
        dock.wait(1)
        show(dock, badge())
        dock.wait(10)
        show(dock, badge())
        dock.scan(genuine("A1"))
        assert dock.run() == [ACCEPT]
        assert [kind for kind, *_ in acts(dock)] == [ActKind.SIGN_IN, ActKind.SIGN_OUT]
        assert dock.told.attendances[-1] == NOBODY
        assert lines(dock, JournalEntry)[0].operator == ""

    def test_standing_idle_signs_out_at_the_tick_and_not_before(self) -> None:
        dock = a_dock()
        show(dock, badge())
        dock.wait(14 * 60)
        dock.scan(genuine("A1"))
        dock.wait(15 * 60 - 1)
        dock.tick()
        dock.run()
        assert [kind for kind, *_ in acts(dock)] == [ActKind.SIGN_IN]

    def test_whoever_comes_back_after_the_time_is_nobody_even_without_a_tick(self) -> None:
        dock = a_dock()
        show(dock, badge())
        dock.wait(15 * 60)
        dock.scan(genuine("A1"))
        dock.run()
        assert acts(dock)[-1] == (ActKind.SIGN_OUT, "ANNA", "idle")
        assert lines(dock, JournalEntry)[0].operator == ""

    def test_without_a_roster_a_badge_is_no_unit(self) -> None:
        dock = Dock(registry("A1"))
        show(dock, badge())
        dock.tick()
        dock.give_pin(1)
        assert dock.run() == [NO_UNIT]
        assert lines(dock, ActEntry) == []


class TestBadgesThatDoNotCount:
    @pytest.mark.parametrize(
        ("payload", "notice"),
        [
            (badge(key=FORGER), Advice.NOT_OURS),
            (badge("NOBODY"), Advice.NOT_VALID),
            (badge(number=2), Advice.NOT_VALID),
            (badge("GONE"), Advice.NOT_VALID),
            (badge("CARL"), Advice.WITNESS_ONLY),
        ],
    )
    def test_it_signs_nobody_in_and_the_journal_keeps_it(self, payload: bytes, notice: str) -> None:
        dock = a_dock()
        show(dock, payload)
        assert dock.run() == [NO_UNIT]
        assert dock.told.notices == [notice]
        assert lines(dock, ActEntry) == []
        assert dock.told.attendances == []
        assert lines(dock, JournalEntry)[0].payload == payload

    def test_a_revoked_badge_counts_no_longer_from_one_scan_to_the_next(self) -> None:
        dock = a_dock()
        show(dock, badge())
        dock.run()
        roster(dock).enrol(replace(ANNA, badge=2))
        dock = again(dock)
        show(dock, badge())
        show(dock, badge(number=2))
        assert dock.run()[-1] == NO_UNIT
        assert dock.told.notices == [Advice.NOT_VALID]
        assert [act.operator for act in lines(dock, ActEntry)] == ["ANNA", "ANNA"]

    def test_a_copy_on_a_carton_counts_for_nothing_and_the_unit_is_judged(self) -> None:
        dock = a_dock()
        dock.picture(at(genuine("A1"), 0), plain(badge(), 400), name="1.png")
        assert dock.run() == [ACCEPT]
        assert dock.told.notices == [Advice.NOT_ALONE]
        assert lines(dock, ActEntry) == []
        assert lines(dock, JournalEntry)[0].operator == ""

    def test_a_copy_seen_beside_what_an_earlier_frame_showed_counts_for_nothing(self) -> None:
        dock = a_dock()
        dock.capture([plain(badge(), 0)], source="camera", others_in_view=1)
        assert dock.run() == [NO_UNIT]
        assert lines(dock, ActEntry) == []

    def test_two_badges_at_once_are_nobody_s(self) -> None:
        dock = a_dock()
        dock.picture(plain(badge(), 0), plain(badge("BELA"), 400), name="1.png")
        dock.run()
        assert lines(dock, ActEntry) == []

    def test_an_unreadable_roster_signs_nobody_in_and_is_told(self) -> None:
        dock = a_dock()
        roster(dock).fault = StorageError("it is damaged", "restore it")
        show(dock, badge())
        dock.scan(genuine("A1"))
        assert dock.run() == [NO_UNIT, ACCEPT]
        assert dock.told.notices == [Advice.UNREADABLE_ROSTER]
        assert [(r.component, r.status) for r in dock.told.reports] == [
            ("operators", HealthStatus.FAILED)
        ] * len(dock.told.reports)
        assert lines(dock, ActEntry) == []


class TestRequired:
    def test_nothing_is_judged_while_nobody_is_signed_in(self) -> None:
        dock = a_dock(required=True)
        dock.scan(genuine("A1"))
        dock.declare(Reason.DAMAGED)
        show(dock, badge())
        dock.scan(genuine("A1"), source="scanner 2")
        dock.wait(10)
        show(dock, badge())
        dock.scan(genuine("A2"))
        assert dock.run() == [ACCEPT]
        assert dock.told.notices == [Advice.SHOW_BADGE] * 3

    def test_a_tote_is_taken_all_the_same(self) -> None:
        dock = a_dock(required=True, latches=True)
        dock.memory.keep(["0" * 26])
        show(dock, tote())
        assert dock.run() == []
        assert [state.latched for state in dock.told.latches] == [True, False]


class TestTicks:
    @pytest.mark.parametrize(
        ("now", "why"),
        [
            (replace(ANNA, active=False), "removed"),
            (replace(ANNA, badge=2), "badge revoked"),
            (replace(ANNA, role=Role.ADMIN), "role changed"),
        ],
    )
    def test_whoever_is_changed_meanwhile_is_signed_out(self, now: Operator, why: str) -> None:
        dock = a_dock()
        show(dock, badge())
        original = roster(dock).find
        looked = iter([ANNA])

        def find(name: str) -> Operator | None:
            assert original(name) == ANNA
            return next(looked, now)

        roster(dock).find = find  # type: ignore[method-assign]
        dock.tick()
        dock.run()
        assert acts(dock)[-1] == (ActKind.SIGN_OUT, "ANNA", why)

    def test_another_language_is_told_and_signs_nobody_out(self) -> None:
        dock = a_dock()
        show(dock, badge())
        original, reads = roster(dock).find, replace(ANNA, language=Language.CHINESE)
        looked = iter([ANNA])

        def find(name: str) -> Operator | None:
            assert original(name) == ANNA
            return next(looked, reads)

        roster(dock).find = find  # type: ignore[method-assign]
        dock.tick()
        dock.tick()
        dock.run()
        assert [kind for kind, *_ in acts(dock)] == [ActKind.SIGN_IN]
        assert dock.told.attendances == [
            Attendance("ANNA", Role.OPERATOR),
            Attendance("ANNA", Role.OPERATOR, language=Language.CHINESE),
        ]

    def test_changes_of_others_are_journalled_once(self) -> None:
        dock = a_dock()
        first = OperatorChange("C" * 26, "2026-01-01T00:00:00.000Z", ANNA, SITE_OWNER, "added")
        own = replace(first, scan_id="D" * 26, by="ANNA", what="new PIN")
        roster(dock).changes = [change_line(first), change_line(own)]
        for _ in range(3):
            dock.tick()
        dock.run()
        assert lines(dock, ActEntry) == roster(dock).changes

    def test_a_change_without_the_stations_seal_is_not_journalled_and_told(self) -> None:
        dock = a_dock()
        made = change_line(
            OperatorChange("C" * 26, "2026-01-01T00:00:00.000Z", ANNA, "CHEF", "is admin now")
        )
        assert made.person is not None
        promoted = replace(made, person=replace(made.person, role=Role.ADMIN))
        for line in (replace(made, seal=b""), promoted, replace(made, operator="SVEN")):
            roster(dock).changes = [line]
            dock.tick()
        dock.run()
        assert lines(dock, ActEntry) == []
        assert {report.status for report in dock.told.reports} == {HealthStatus.FAILED}
        assert dock.told.reports[-1].told == told(Cause.CHANGE_FORGED)

    def test_a_change_that_could_not_be_journalled_is_tried_again(self) -> None:
        people = FakeRoster(ANNA)
        people.changes = [change_line(OperatorChange("C" * 26, "", ANNA, SITE_OWNER, "added"))]
        fates = iter(["the disk is full", ""])
        given: list[str] = []

        def journal(act: ActEntry, on_told: OnTold | None) -> None:
            given.append(act.scan_id)
            assert on_told is not None
            on_told(next(fates))

        place = badge_desk.Place("dock-1", "1.2.3")
        desk = badge_desk.BadgeDesk(
            place, SITE_KEY.public_key, people, FrozenClock(), CountingIds(), Told(), journal
        )
        for _ in range(4):
            desk.tick()
        assert given == ["C" * 26] * 2

    def test_a_pin_given_by_somebody_just_removed_proves_nothing(self) -> None:
        dock = a_dock()
        show(dock, badge("BELA"))
        looked = iter([BELA])
        roster(dock).find = lambda name: next(looked, None)  # type: ignore[method-assign]
        dock.give_pin(1)
        dock.run()
        assert dock.told.notices == [Advice.PIN_TOO_LATE]
        assert acts(dock)[-1] == (ActKind.SIGN_OUT, "BELA", "removed")

    def test_wrong_pins_are_told_to_the_admin_until_they_are_settled(self) -> None:
        dock = a_dock()
        looked = iter([["BELA"], []])
        roster(dock).locked_out = lambda: next(looked)  # type: ignore[method-assign]
        dock.tick()
        dock.tick()
        dock.run()
        warned, settled = dock.told.reports
        assert (warned.component, warned.status) == ("operators", HealthStatus.WARNING)
        assert "BELA" in warned.text
        assert settled.status is HealthStatus.OK
