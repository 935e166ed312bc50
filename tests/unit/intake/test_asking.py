"""Who asks is made sure of before anything is asked of the loop."""

from dataclasses import dataclass, field

import pytest

from station.core.acts import BY_OWNER, BY_REQUEST, ActKind
from station.core.operators import SITE_OWNER, Actor, Operator, Role
from station.intake.asking import Asked, Asking
from station.ports.display import AskAct
from tests.fakes.identification import FakeIdentification
from tests.fakes.intake import CountingIds, Told

ANNA = Operator("ANNA", Role.OPERATOR)


@dataclass
class Desk:
    """Where requests come in."""

    people: FakeIdentification = field(default_factory=FakeIdentification)
    told: Told = field(default_factory=Told)
    submitted: list[Asked] = field(default_factory=list)

    def ask(self, kind: ActKind, name: str = "") -> Actor | None:
        """Who it is submitted for; None where it is refused."""
        self.submitted.clear()
        ids = CountingIds()
        Asking(self.people, self.submitted.append, ids, self.told).take(AskAct("R", kind, "", name))
        if self.submitted:
            return self.submitted[0].actor
        assert not self.told.answers[-1].done
        return None


@pytest.mark.parametrize("kind", sorted(BY_REQUEST, key=str))
def test_the_sites_owner_may_set_it_up_until_somebody_is_enrolled(kind: ActKind) -> None:
    desk = Desk()
    owner = Actor(SITE_OWNER, Role.OPERATOR) if kind in BY_OWNER else None
    assert desk.ask(kind) == owner
    assert desk.ask(kind, SITE_OWNER) is None
    desk.people.enrol(ANNA)
    assert desk.ask(kind) is None
    assert desk.ask(kind, "ANNA") == Actor("ANNA", Role.OPERATOR)
    desk.people.remove("ANNA")
    assert desk.ask(kind) == owner
