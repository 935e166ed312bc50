"""A dock's attendance against a small model: one showing is one act, and nobody is there unseen."""

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from station.core.language import Language
from station.core.operators import Operator, Role
from station.intake.session import SAME_SHOWING_NS, Session, Step

S: Final = 1_000_000_000
IDLE_NS: Final = 900 * S
NAMES: Final = ("ANNA", "BELA", "CARL")


class Attendance(RuleBasedStateMachine):
    """Shows badges, works, waits and changes the roster; believes only the steps it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(IDLE_NS)
        self.roster = {name: Operator(name, Role.OPERATOR) for name in NAMES}
        self.now_ns = 0
        self.there: str | None = None
        self.proven = False
        self.last_shown: tuple[str, int] | None = None
        self.last_shown_ns = 0
        self.last_done_ns = 0
        self.showings = 0

    def take(self, steps: tuple[Step, ...]) -> None:
        """Somebody goes before somebody comes, and only who is there goes."""
        for step in steps:
            if step.came:
                assert self.there is None
                assert not step.why
                self.there, self.proven = step.actor.name, False
            else:
                assert self.there == step.actor.name
                assert step.why
                self.there = None

    def pass_time(self) -> None:
        self.take(self.session.tick(self.now_ns))

    @rule(name=st.sampled_from(NAMES), stays=st.booleans())
    def show(self, name: str, stays: bool) -> None:
        self.pass_time()
        before, badge = self.there, self.roster[name].badge
        same = self.last_shown == (name, badge)
        still = same and self.now_ns - self.last_shown_ns <= SAME_SHOWING_NS
        self.showings += 1
        steps = self.session.show(self.roster[name], f"r/{self.showings}", self.now_ns, stays=stays)
        self.take(steps)
        if still:
            assert steps == ()
        elif before == name:
            assert self.there == (name if stays else None)
        else:
            assert self.there == name
        if steps or (before == name and stays and not still):
            self.last_done_ns = self.now_ns
        self.last_shown, self.last_shown_ns = (name, badge), self.now_ns

    @rule()
    def work(self) -> None:
        self.pass_time()
        self.session.used(self.now_ns)
        self.last_done_ns = self.now_ns

    @rule(seconds=st.sampled_from([0, 1, 2, 4, 60, 899, 900, 5000]))
    def wait(self, seconds: int) -> None:
        self.now_ns += seconds * S

    @rule()
    def tick(self) -> None:
        self.pass_time()
        idle = self.now_ns - self.last_done_ns >= IDLE_NS
        assert not (idle and self.there is not None)

    @rule(back=st.integers(0, 2))
    def prove(self, back: int) -> None:
        current = self.session.current
        number = (current.number if current is not None else 1) - back
        actor = self.session.prove(number)
        assert (actor is not None) == (current is not None and back == 0)
        self.proven = self.proven or actor is not None

    @rule(
        name=st.sampled_from(NAMES),
        how=st.sampled_from(["badge", "role", "removed", "same", "reads"]),
    )
    def change_roster(self, name: str, how: str) -> None:
        was = self.roster[name]
        now = {
            "badge": replace(was, badge=was.badge + 1),
            "role": replace(was, role=Role((was.role + 1) % 4)),
            "removed": replace(was, active=False),
            "same": was,
            "reads": replace(
                was, language=next(one for one in Language if one is not was.language)
            ),
        }[how]
        if how != "removed":
            self.roster[name] = now
        if self.there == name:
            steps = self.session.revise(now)
            self.take(steps)
            assert (self.there is None) == (how not in {"same", "reads"})

    @invariant()
    def tells_who_is_there(self) -> None:
        current = self.session.current
        assert (None if current is None else current.actor.name) == self.there
        if current is not None:
            assert current.actor.proven == self.proven
            assert current.language is self.roster[current.actor.name].language
            assert current.badge == self.roster[current.actor.name].badge


TestAttendance = Attendance.TestCase
