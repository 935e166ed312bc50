"""Shipments brought to the dock and closed: by a pallet's label, or because somebody asks.

Belongs to the verdict loop's thread, so that a unit is never judged while its shipment changes.
Each is an act in the journal, decided on what is durable alone, and holds only once it is durable
itself.
"""

from collections.abc import Sequence

from station.core.act_request import Refusal
from station.core.acts import ActEntry, ActKind
from station.core.codes import LogisticUnit, ParsedCode
from station.core.errors import StorageError
from station.core.operators import Role
from station.core.reading import Capture, Read
from station.core.text import printable
from station.intake.asking import refused
from station.intake.committer import Committer
from station.intake.judge import Bench
from station.intake.shipment_desk import ShipmentDesk
from station.ports.clock import Clock, ScanIds
from station.ports.display import ActAnswer, MoveShipment
from station.ports.outcomes import Outcomes


class ShipmentActs:
    """Opens and closes shipments at one dock; the verdict loop's thread only."""

    def __init__(
        self,
        bench: Bench,
        desk: ShipmentDesk,
        committer: Committer,
        outcomes: Outcomes,
        clock: Clock,
        scan_ids: ScanIds,
    ) -> None:
        self._bench = bench
        self._desk = desk
        self._committer = committer
        self._outcomes = outcomes
        self._clock = clock
        self._scan_ids = scan_ids

    def selects(self, capture: Capture, parsed: Sequence[tuple[Read, ParsedCode]]) -> bool:
        """Whether a capture is a pallet's label, alone in view, of an announced shipment.

        Its shipment is then at the dock; beside anything else the label is a unit's surroundings.
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
            self._outcomes.notice(f"Shipment {shipment_id} is open already")
            return True
        why = self._do(read.scan_id, shipment_id, closes=False, with_open_items=False)
        if why is not None:
            self._outcomes.notice(f"{why.text}: {why.remedy}")
        return True

    def move(self, request: MoveShipment) -> None:
        """Open or close a shipment as somebody asks; the answer says what became of it."""
        scan_id = self._scan_ids.next()
        why = self._do(
            scan_id,
            request.shipment_id,
            closes=request.closes,
            with_open_items=request.with_open_items,
        )
        self._outcomes.answered(
            ActAnswer(request.request_id, done=True, scan_id=scan_id)
            if why is None
            else refused(request.request_id, why.text, why.remedy)
        )

    def _do(
        self, scan_id: str, shipment_id: str, *, closes: bool, with_open_items: bool
    ) -> Refusal | None:
        """Journal the act and go by it; why not, where it cannot be done."""
        self._committer.wait_until_told()
        try:
            why = self._desk.why_not(shipment_id, closes=closes, with_open_items=with_open_items)
            if why is not None:
                return why
            if closes or shipment_id != self._desk.opened:
                bench, now_utc = self._bench, self._clock.now_utc()
                act = shipment_act(
                    scan_id, shipment_id, bench.station, now_utc, bench.version, closes=closes
                )
                failures: list[str] = []
                self._committer.put(act, failures.append)
                self._committer.wait_until_told()
                if failures != [""]:
                    return Refusal(
                        f"it could not be journalled: {''.join(failures)}", "nothing was changed"
                    )
                self._desk.resume()
        except StorageError as error:
            return Refusal(error.message, error.remedy)
        self._outcomes.notice(f"Shipment {shipment_id} is {'closed' if closes else 'open'}")
        return None


def shipment_act(
    scan_id: str, shipment_id: str, station: str, now_utc: str, version: str, *, closes: bool
) -> ActEntry:
    """The journal's line that opens or closes a shipment."""
    return ActEntry(
        scan_id=scan_id,
        time_utc=now_utc,
        station=station,
        kind=ActKind.CLOSE_SHIPMENT if closes else ActKind.OPEN_SHIPMENT,
        operator="",
        role=Role.OPERATOR,
        reference=printable(shipment_id, 40),
        software_version=version,
    )
