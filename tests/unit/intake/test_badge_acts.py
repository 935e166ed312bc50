"""What whoever is signed in at a dock may do: answer, and open the latch."""

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.advice import Advice
from station.core.errors import StorageError
from station.core.operators import Role
from station.intake.loop import Arrived
from station.ports.display import AnswerRepeat, Attendance
from tests.fakes.badge_dock import ACCEPT, HELD, RECALLED, a_dock, again, held_again, lines, show
from tests.fakes.intake import FORGER, Dock, badge, genuine, tote


class TestAnswers:
    """ "Second unit?", answered at the dock's screen."""

    @pytest.mark.parametrize(
        ("second", "kind"), [(False, ActKind.SAME_UNIT), (True, ActKind.SECOND_UNIT)]
    )
    def test_it_is_answered_in_the_name_of_whoever_is_signed_in(
        self, second: bool, kind: ActKind
    ) -> None:
        dock = a_dock()
        show(dock, badge())
        held = held_again(dock)
        dock.arrived.append(AnswerRepeat(held, second))
        assert dock.run() == [ACCEPT, HELD]
        [*_, act] = lines(dock, ActEntry)
        assert (act.kind, act.about, act.operator, act.role) == (kind, held, "ANNA", 1)
        [answer] = dock.told.answers
        assert (answer.request_id, answer.done) == (AnswerRepeat(held, second).answer_id, True)

    def test_somebody_has_to_be_signed_in(self) -> None:
        dock = a_dock()
        dock.arrived.append(AnswerRepeat(held_again(dock), second=False))
        assert dock.run() == [ACCEPT, HELD]
        assert dock.told.notices == [Advice.BADGE_TO_ANSWER]
        assert lines(dock, ActEntry) == []

    @pytest.mark.parametrize("about", ["0" * 26, "nothing"])
    def test_what_asks_nothing_is_refused(self, about: str) -> None:
        dock = a_dock()
        show(dock, badge())
        dock.arrived.append(AnswerRepeat(about, second=True))
        dock.run()
        [answer] = dock.told.answers
        assert not answer.done
        assert answer.remedy


class TestLatch:
    def latched(self, *then: Arrived) -> Dock:
        dock = a_dock(latches=True)
        dock.scan(genuine("R1"))
        assert dock.run() == [RECALLED]
        dock.arrived.extend(then)
        return again(dock)

    def test_no_badge_opens_it(self) -> None:
        dock = self.latched()
        for name in ("ANNA", "BELA"):
            dock.wait(10)
            show(dock, badge(name))
        dock.run()
        assert [state.latched for state in dock.told.latches if not state.latched] == []
        assert dock.told.attendances[-1] == Attendance("BELA", Role.SUPERVISOR)

    def test_a_supervisor_s_badge_and_pin_open_it_and_the_journal_names_who(self) -> None:
        dock = self.latched()
        (standing,) = dock.memory.standing()
        show(dock, badge("BELA"))
        dock.give_pin(1, standing)
        dock.scan(genuine("A1"))
        assert dock.run()[-1] == ACCEPT
        assert dock.told.latches[-1].latched is False
        assert dock.memory.standing() == ()
        last = lines(dock, ActEntry)[-1]
        assert (last.kind, last.operator, last.about) == (ActKind.ACKNOWLEDGE, "BELA", standing)
        assert dock.told.attendances[-1] == Attendance("BELA", Role.SUPERVISOR, proven=True)

    def test_an_operator_s_pin_does_not(self) -> None:
        dock = self.latched()
        show(dock, badge())
        dock.give_pin(1, dock.memory.standing()[0])
        dock.run()
        assert dock.memory.standing()
        assert dock.told.notices == [Advice.PIN_RELEASES_NOT]

    @pytest.mark.parametrize("seen", ["", "0" * 26])
    def test_a_pin_releases_no_quarantine_but_the_one_that_was_shown(self, seen: str) -> None:
        dock = self.latched()
        show(dock, badge("BELA"))
        dock.give_pin(1, seen)
        dock.run()
        assert dock.memory.standing()
        assert dock.told.notices == [Advice.OTHER_QUARANTINE]

    def test_a_pin_of_somebody_who_has_gone_does_nothing(self) -> None:
        dock = self.latched()
        show(dock, badge("BELA"))
        show(dock, badge())
        dock.give_pin(1, dock.memory.standing()[0])
        dock.run()
        assert dock.memory.standing()
        assert dock.told.notices == [Advice.PIN_TOO_LATE]

    def test_the_supervisor_s_own_badge_again_leaves_them_signed_in(self) -> None:
        dock = self.latched()
        show(dock, badge("BELA"))
        dock.wait(10)
        show(dock, badge("BELA"))
        dock.give_pin(1, dock.memory.standing()[0])
        dock.run()
        assert not dock.memory.standing()

    @pytest.mark.parametrize(
        "payload",
        [badge("BELA", key=FORGER), badge("BELA", 2), badge("CARL"), badge("NOBODY")],
        ids=["forged", "revoked", "a witness's", "nobody's"],
    )
    def test_a_badge_that_does_not_count_is_answered_as_anything_else_is(
        self, payload: bytes
    ) -> None:
        """Three of them carry the site's signature, as a tote's label does."""
        dock = self.latched()
        show(dock, payload)
        dock.run()
        assert dock.told.latches[-1].refused == 1
        assert dock.memory.standing()

    def test_a_tote_s_label_names_who_is_signed_in(self) -> None:
        dock = self.latched()
        show(dock, badge())
        show(dock, tote("Q7"))
        dock.run()
        last = lines(dock, ActEntry)[-1]
        assert (last.kind, last.operator, last.reference) == (ActKind.ACKNOWLEDGE, "ANNA", "Q7")
        assert not dock.memory.standing()

    def test_it_stays_closed_where_the_journal_does_not_take_the_release(self) -> None:
        dock = self.latched()
        show(dock, badge("BELA"))
        dock.give_pin(1, dock.memory.standing()[0])
        dock.store.fault = StorageError("the disk is full", "free some space")
        dock.run()
        assert dock.memory.standing()
        assert dock.told.notices == [Advice.NOT_JOURNALLED]
