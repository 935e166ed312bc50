"""Shipments brought to the dock and closed: by a pallet's label, or because somebody asks.

Belongs to the verdict loop's thread, so that a unit is never judged while its shipment changes.
Each is an act in the journal, decided on what is durable alone, and holds only once it is durable
itself. Who may is the act's own rule (`station.core.acts.ACT_RULES`).

Where nobody is signed in and nobody has to be, a pallet's label opens its shipment in nobody's
name, as a unit's label gives a verdict in nobody's: opening decides nothing about a unit for good,
and is put right by opening another. Closing is for good and says what is missing, so somebody
answers for it: no label closes, and its rule lets nobody without a name.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from station.core.act_refusals import refused_by_rule
from station.core.act_request import ActRequest, Hand, Refusal
from station.core.acting import line_of
from station.core.acts import ActKind
from station.core.causes import Cause, told
from station.core.codes import LogisticUnit, ParsedCode
from station.core.errors import StorageError
from station.core.operators import Actor, Role
from station.core.reading import Capture, Read
from station.core.telling import refuse, refused_by
from station.intake.asking import Asked, refused
from station.intake.committer import Committer
from station.intake.judge import Bench
from station.intake.shipment_desk import ShipmentDesk
from station.ports.clock import Clock
from station.ports.display import ActAnswer
from station.ports.outcomes import Outcomes

NOBODY: Final = Actor("", Role.OPERATOR)
"""Whoever stands at a dock where nobody is signed in."""


class ShipmentActs:
    """Opens and closes shipments at one dock; the verdict loop's thread only."""

    def __init__(
        self,
        bench: Bench,
        desk: ShipmentDesk,
        committer: Committer,
        outcomes: Outcomes,
        clock: Clock,
    ) -> None:
        self._bench = bench
        self._desk = desk
        self._committer = committer
        self._outcomes = outcomes
        self._clock = clock

    def selects(
        self, capture: Capture, parsed: Sequence[tuple[Read, ParsedCode]], by: Actor | None
    ) -> bool:
        """Whether a capture is a pallet's label, alone in view, of an announced shipment.

        Its shipment is then at the dock; beside anything else the label is a unit's surroundings.

        Args:
            capture: What was read.
            parsed: Its reads, one at least.
            by: Who is signed in, or None.
        """
        read, code = parsed[0]
        alone = len(parsed) == 1 and capture.others_in_view == 0
        if not alone or not isinstance(code, LogisticUnit):
            return False
        try:
            shipment_id = self._desk.carrying(code.sscc)
        except StorageError:
            return False
        if shipment_id is None:
            return False
        if shipment_id == self._desk.opened:
            self._outcomes.notice(told(Cause.SHIPMENT_WAS_OPEN, shipment=shipment_id))
            return True
        request = ActRequest(read.scan_id, ActKind.OPEN_SHIPMENT, "", reference=shipment_id)
        why = self._do(request, by or NOBODY)
        if why is not None:
            self._outcomes.notice(why.told or f"{why.text}: {why.remedy}")
        return True

    def act(self, asked: Asked) -> None:
        """Open or close a shipment as somebody asks; the answer says what became of it."""
        why = self._do(asked.request, asked.actor)
        self._outcomes.answered(
            ActAnswer(asked.request_id, done=True, scan_id=asked.request.scan_id)
            if why is None
            else refused(asked.request_id, why)
        )

    def _do(self, request: ActRequest, actor: Actor) -> Refusal | None:
        """Journal the act and go by it; why not, where it cannot be done."""
        bench = self._bench
        hand = Hand(actor, None, bench.station, self._clock.now_utc(), bench.version)
        why = refused_by_rule(request, hand)
        if why is not None:
            return why
        shipment_id, closes = request.reference, request.kind is ActKind.CLOSE_SHIPMENT
        self._committer.wait_until_told()
        try:
            why = self._desk.why_not(
                shipment_id, closes=closes, with_open_items=request.with_open_items
            )
            if why is not None:
                return why
            if closes or shipment_id != self._desk.opened:
                failures: list[str] = []
                self._committer.put(line_of(request, hand), failures.append)
                self._committer.wait_until_told()
                if failures != [""]:
                    return refuse(Cause.ACT_NOT_JOURNALLED, why="".join(failures))
                # The act stands; while the shipment cannot be read, no unit is accepted.
                with suppress(StorageError):
                    self._desk.resume()
        except StorageError as error:
            return refused_by(error)
        done = Cause.SHIPMENT_IS_CLOSED if closes else Cause.SHIPMENT_IS_OPEN
        self._outcomes.notice(told(done, shipment=shipment_id))
        return None
