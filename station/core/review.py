"""What waits for a person: items under review, and earlier units that must be fetched.

Both begin with a line of the journal and end with one; their rows beside the journal are copies to
search by (`station.core.changes` says which line leaves which).
"""

from dataclasses import dataclass

from station.core.codes import UnitIdentity
from station.core.reasons import Reason, VerdictClass


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One physical item that was held or quarantined, until an act ends its review.

    Attributes:
        scan_id: The verdict that put it on the list, or the act that fetched it.
        time_utc: When.
        read: The scan whose code it carries.
        verdict_class: HOLD, or QUARANTINE.
        reason: The headline.
        gtin: The product where one is known.
        identity: The unit its code names, or None.
        of_unit: Whether its code proved which unit it is, so that the unit's standing is at stake;
            a forged label never touches the unit it names.
        tote: Where it was put, or ``""``.
        ended_by: The act that ended the review, or ``""`` while it goes on.
    """

    scan_id: str
    time_utc: str
    read: str
    verdict_class: VerdictClass
    reason: Reason
    gtin: str | None = None
    identity: UnitIdentity | None = None
    of_unit: bool = False
    tote: str = ""
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class FetchTask:
    """Two items carry one unit's code: the earlier one has to be brought to the quarantine.

    Attributes:
        scan_id: The verdict or act that raised it.
        time_utc: When.
        read: The scan whose code the earlier unit carries too.
        identity: The unit.
        reason: Why both are suspect.
        place: Where the earlier unit lies, as far as is known.
        earlier: The scan or act by which this site received it, or ``""``.
        closed_by: The act that closed the task, or ``""`` while it is open.
    """

    scan_id: str
    time_utc: str
    read: str
    identity: UnitIdentity
    reason: Reason
    place: str
    earlier: str = ""
    closed_by: str = ""
