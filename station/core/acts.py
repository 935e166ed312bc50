"""Acts: what people decide about an item after its verdict, each a line of the journal.

A verdict is the station's; an act is a person's, and names who. One kind is the station's own: that
it has kept a picture, which it can say only when it has. Nothing is ever deleted: an act
that takes another back is a further line. `ACT_RULES` says what each act needs; which states an act
leads from and to is `station.core.life`.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from station.core.codes import UnitIdentity
from station.core.operators import Proof, Role
from station.core.reasons import Reason, VerdictClass
from station.core.records import AnnouncedRecord, PersonRecord, sealed_bytes
from station.core.registry import UnitState
from station.core.review import FetchTask, ReviewItem


class ActKind(Enum):
    """Stable names, as in the journal and in JSON."""

    RELEASE = "release"
    """A held or quarantined unit is good after all: it counts as received."""
    QUARANTINE = "quarantine"
    """A held item is put away."""
    CONFIRM_COUNTERFEIT = "confirm_counterfeit"
    """The brand has said that it is one."""
    RETURN_TO_SELLER = "return_to_seller"
    RELABEL = "relabel"
    """The unit gets another code; the old one is REPLACED."""
    DESTROY = "destroy"
    UNDO = "undo"
    """The last verdict or act of a unit is taken back."""
    SAME_UNIT = "same_unit"
    """Answer to a repeat: the unit in hand was scanned again."""
    SECOND_UNIT = "second_unit"
    """Answer to a repeat: there are two units with this code."""
    FETCHED = "fetched"
    """The earlier unit of a duplicate was brought to the quarantine."""
    ACKNOWLEDGE = "acknowledge"
    """A quarantined item was put in a tote, which released the latch."""
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    OPERATOR_CHANGED = "operator_changed"
    """Somebody was enrolled, removed, or given another badge or PIN; the station's own act where
    the journal began to hold operators whole, and says how it found them."""
    OPEN_SHIPMENT = "open_shipment"
    CLOSE_SHIPMENT = "close_shipment"
    SHIPMENT_ANNOUNCED = "shipment_announced"
    """A shipment was imported or published to this site: what it announces from then on."""
    PICTURE_KEPT = "picture_kept"
    """The picture behind a verdict is on the disk; the station's own act."""
    SCANNER_CERTIFIED = "scanner_certified"
    """A scanner was checked: the reason names it and says whether it passed."""
    CLOCK_WRONG = "clock_wrong"
    """The station's clock cannot be believed from here on; the reason says how it shows."""
    CLOCK_RIGHT = "clock_right"
    """It can be believed again."""


@dataclass(frozen=True, slots=True)
class ActRule:
    """What an act needs.

    Attributes:
        role: The least role.
        reason: Whether a reason in words is needed.
        witness: Whether a second person is needed.
        reference: What its reference is, for people; ``""`` where it has none.
    """

    role: Role
    reason: bool = False
    witness: bool = False
    reference: str = ""


_R = Role

ACT_RULES: Final[dict[ActKind, ActRule]] = {
    ActKind.RELEASE: ActRule(_R.SUPERVISOR, reason=True),
    ActKind.QUARANTINE: ActRule(_R.OPERATOR, reference="the tote"),
    ActKind.CONFIRM_COUNTERFEIT: ActRule(
        _R.SUPERVISOR, reason=True, reference="the brand's own case number"
    ),
    ActKind.RETURN_TO_SELLER: ActRule(_R.SUPERVISOR, reason=True),
    ActKind.RELABEL: ActRule(_R.SUPERVISOR, reason=True),
    ActKind.DESTROY: ActRule(_R.SUPERVISOR, reason=True, witness=True),
    ActKind.UNDO: ActRule(_R.OPERATOR),
    ActKind.SAME_UNIT: ActRule(_R.OPERATOR),
    ActKind.SECOND_UNIT: ActRule(_R.OPERATOR),
    ActKind.FETCHED: ActRule(_R.OPERATOR),
    ActKind.ACKNOWLEDGE: ActRule(_R.OPERATOR, reference="the tote"),
    ActKind.SIGN_IN: ActRule(_R.OPERATOR),
    ActKind.SIGN_OUT: ActRule(_R.OPERATOR),
    ActKind.OPERATOR_CHANGED: ActRule(_R.ADMIN, reference="the operator"),
    ActKind.OPEN_SHIPMENT: ActRule(_R.OPERATOR, reference="the shipment"),
    ActKind.CLOSE_SHIPMENT: ActRule(_R.SUPERVISOR, reference="the shipment"),
    ActKind.SHIPMENT_ANNOUNCED: ActRule(_R.WITNESS, reference="the shipment"),
    ActKind.PICTURE_KEPT: ActRule(_R.WITNESS, reference="SHA-256 of the picture"),
    ActKind.SCANNER_CERTIFIED: ActRule(
        _R.OPERATOR, reason=True, reference="the certificate's digest"
    ),
    ActKind.CLOCK_WRONG: ActRule(_R.WITNESS, reason=True),
    ActKind.CLOCK_RIGHT: ActRule(_R.WITNESS),
}


BY_REQUEST: Final = frozenset(
    {
        ActKind.RELEASE,
        ActKind.QUARANTINE,
        ActKind.CONFIRM_COUNTERFEIT,
        ActKind.RETURN_TO_SELLER,
        ActKind.RELABEL,
        ActKind.DESTROY,
        ActKind.UNDO,
        ActKind.SAME_UNIT,
        ActKind.SECOND_UNIT,
        ActKind.FETCHED,
        ActKind.OPEN_SHIPMENT,
        ActKind.CLOSE_SHIPMENT,
        ActKind.SCANNER_CERTIFIED,
    }
)
"""Acts that can be asked for; the others follow from what is scanned."""

BY_OWNER: Final = frozenset({ActKind.SCANNER_CERTIFIED})
"""Acts of whoever owns the site, as long as nobody is enrolled: they set the site up."""

OF_SHIPMENTS: Final = frozenset({ActKind.OPEN_SHIPMENT, ActKind.CLOSE_SHIPMENT})
"""Acts about a shipment, which their reference names."""

OF_THE_STATION: Final = frozenset(
    {
        ActKind.PICTURE_KEPT,
        ActKind.SHIPMENT_ANNOUNCED,
        ActKind.CLOCK_WRONG,
        ActKind.CLOCK_RIGHT,
    }
)
"""Acts that nobody does: their operator is `station.core.operators.THE_STATION`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a unit stands at this site; what a claim row holds beside the unit's name.

    Attributes:
        state: RECEIVED, QUARANTINED or what an act made of it, see `station.core.life`.
        station: Which of the site's stations met it first.
        scan_id: The scan or act that made it so.
        verdict_class: The class of the verdict it rests on.
        reason: That verdict's headline.
        previous: For QUARANTINED: the state before, or None where the unit had none here.
    """

    state: UnitState
    station: str
    scan_id: str
    verdict_class: VerdictClass
    reason: Reason
    previous: UnitState | None = None


@dataclass(frozen=True, slots=True)
class ActEntry:
    """One act with everything it changed.

    Attributes:
        scan_id: The act's own id, unique among scans and acts, 26 characters, sorts by time.
        time_utc: Wall clock, ISO 8601, milliseconds, ``Z``.
        station: Where.
        kind: What was done.
        operator: Who did it.
        role: In which role.
        about: Scan id of what it is about, or ``""``.
        identity: The unit, or None.
        gtin: The product where one is known.
        before: The unit's standing before, or None where it had none.
        after: Its standing after, or None where it has none any more.
        moves: Whether the unit's standing is changed at all.
        item_before: The item under review as it was found, or None.
        item: The item as it is left: ended, put away or, by an undo, open again.
        task_before: The fetch task as it was found, or None.
        task: The fetch task that is opened or closed.
        proof: By what it was known who acts; None where nobody does, and in lines of before it was
            written down.
        person: For OPERATOR_CHANGED: how they stand after it.
        announced: For SHIPMENT_ANNOUNCED: what it announces.
        seal: The station's signature over `sealed` of this line, where it holds either record.
        reason_text: Why, in words, printable, at most 200 characters.
        reference: See `ActRule.reference`; at most 80 characters.
        witness: Who witnessed it, or ``""``.
        replaced_by: The unit's new name after RELABEL, which is received by it, or None.
        replaced_by_reason: What the new label's own verdict would have been headed.
        software_version: Which release.
    """

    scan_id: str
    time_utc: str
    station: str
    kind: ActKind
    operator: str
    role: Role
    about: str = ""
    identity: UnitIdentity | None = None
    gtin: str | None = None
    before: Standing | None = None
    after: Standing | None = None
    moves: bool = False
    reason_text: str = ""
    reference: str = ""
    witness: str = ""
    replaced_by: UnitIdentity | None = None
    replaced_by_reason: Reason = Reason.OK
    software_version: str = ""
    item_before: ReviewItem | None = None
    item: ReviewItem | None = None
    task_before: FetchTask | None = None
    task: FetchTask | None = None
    proof: Proof | None = None
    person: PersonRecord | None = None
    announced: AnnouncedRecord | None = None
    seal: bytes = b""


def sealed(act: ActEntry) -> bytes:
    """What is signed of a line that holds a record; later fields of a line are none of it."""
    return sealed_bytes(
        act.scan_id,
        act.time_utc,
        act.station,
        act.kind.value,
        act.operator,
        act.reason_text,
        act.reference,
        act.person,
        act.announced,
    )
