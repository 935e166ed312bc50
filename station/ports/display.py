"""Messages between the engine and its screens: what is shown, and what an operator may ask.

The engine sends; a screen answers only with requests, which the engine checks. Every message is
bounded; all text in it is plain (no control characters): hostile bytes are replaced before they
become a message.
"""

from dataclasses import dataclass, field
from typing import Final, Protocol

import msgspec

from station.core.acts import ActKind
from station.core.advice import Advice, Loss
from station.core.causes import Told
from station.core.language import Language
from station.core.operators import Role
from station.core.reasons import Reason, VerdictClass
from station.core.shipments import ShipmentKind
from station.ports.health import Health


class VerdictShown(msgspec.Struct, frozen=True):
    """One verdict as a screen shows it, sent only after it is durable.

    What it says of the unit is worded by the screen, in the language of whoever is signed in there.

    Attributes:
        scan_id: The journal's id.
        time_utc: When it was decided.
        verdict_class: Class.
        reason: Headline.
        also: Further reasons.
        modifiers: Flags.
        provisional: May change with the next refresh.
        gtin: 14 digits or ``""``.
        serial: Printable, at most 20 characters, or ``""``.
        product: The product's name, or ``""``.
        source: Which reader.
        latched: True when the screen must hold until a tote label is scanned.
        commit_ms: From decided to durable.
        total_ms: From capture to durable.
        lane: Where a quarantined item goes by policy; ``""`` leaves it to the usual words.
        other_shipment: In which other shipment the unit is announced, or ``""``.
    """

    scan_id: str
    time_utc: str
    verdict_class: VerdictClass
    reason: Reason
    also: tuple[Reason, ...]
    modifiers: tuple[Reason, ...]
    provisional: bool
    gtin: str
    serial: str
    product: str
    source: str
    latched: bool
    commit_ms: float
    total_ms: float
    lane: str = ""
    other_shipment: str = ""


@dataclass(frozen=True, slots=True)
class Counters:
    """What the engine counted since it started; sums, so a lost message loses no count.

    Attributes:
        accepted: ACCEPT and ACCEPT_NOTE verdicts that counted a unit as received.
        rescans: RESCAN verdicts.
        held: HOLD verdicts.
        quarantined: QUARANTINE verdicts.
        stops: STOP verdicts.
        scans: All verdicts.
        refused_while_latched: Reads answered with the bad beep while a quarantine stood.
    """

    accepted: int = 0
    rescans: int = 0
    held: int = 0
    quarantined: int = 0
    stops: int = 0
    scans: int = 0
    refused_while_latched: int = 0


@dataclass(frozen=True, slots=True)
class LatchState:
    """Whether a quarantine stands unacknowledged.

    Attributes:
        latched: True while the engine takes only tote labels.
        scan_id: The quarantined scan, or ``""``.
        tote: The tote it was put in when released, or ``""``.
        refused: Reads refused since the latch closed.
    """

    latched: bool
    scan_id: str = ""
    tote: str = ""
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is signed in at the dock.

    Attributes:
        operator: Their name, or ``""`` for nobody.
        role: What they may do; None for nobody.
        proven: Whether they gave their PIN since they signed in.
        language: What they read; None for what the site's operators read.
    """

    operator: str = ""
    role: Role | None = None
    proven: bool = False
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class ShipmentProgress:
    """How far the shipment at the dock has come.

    Attributes:
        shipment_id: Its id.
        kind: Against what it is counted.
        expected: Units announced; 0 of a blind one.
        accepted: Units received.
        quarantined: Units put away.
        held: Units set aside, not decided yet.
    """

    shipment_id: str
    kind: ShipmentKind
    expected: int
    accepted: int
    quarantined: int
    held: int


@dataclass(frozen=True, slots=True)
class StationFigures:
    """Whether the station works, counted over its journal from a month before the engine started.

    Attributes:
        decided: Verdicts on an item.
        false_alarm_rate: Of these, items put away for nothing, 0 to 1.
        false_alarm_line: What that may be at most.
        above_line: Whether it is above, and not by one or two items alone.
        rescan_rate: Of all reads, items asked for again, 0 to 1.
        oldest_open_utc: Since when the item that has waited longest is under review, or ``""``.
    """

    decided: int
    false_alarm_rate: float
    false_alarm_line: float
    above_line: bool
    rescan_rate: float
    oldest_open_utc: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole picture, sent to a screen when it connects and about once a second.

    Attributes:
        station: Station name.
        site: Site name.
        engine_version: Software version.
        registry_generation: Number in use.
        registry_published_utc: When it was published, or ``""``.
        counters: Sums.
        latch: Whether a quarantine stands.
        health: Newest report of every component.
        recent: The last verdicts, newest first, at most 50.
        attendance: Who is signed in.
        shipment: How far the shipment at the dock has come; None where none is open.
        figures: Whether the station works; None until that is counted.
        sounds: Whether the engine plays sounds; where it does not, a screen rings its bell.
        takes_typed: Whether codes that a keyboard scanner types at a screen are reads here.
        language: What the site's operators read.
    """

    station: str
    site: str
    engine_version: str
    registry_generation: int
    registry_published_utc: str
    counters: Counters
    latch: LatchState
    health: tuple[Health, ...]
    recent: tuple[VerdictShown, ...]
    attendance: Attendance = Attendance()
    shipment: ShipmentProgress | None = None
    figures: StationFigures | None = None
    sounds: bool = False
    takes_typed: bool = False
    language: Language = Language.ENGLISH


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The engine ends, and why; it was told to where there is no text."""

    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the operator: what became of a request, or what to do.

    Attributes:
        text: At most 80 characters; shown for some seconds. ``""`` where it has a name.
        advice: What to say in the operator's language, or None.
        told: Likewise, with what stands in it, or None.
    """

    text: str = ""
    advice: Advice | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class ActAnswer:
    """What became of an `AskAct`: done and in the journal, or refused, and nothing was changed.

    Attributes:
        request_id: The request's.
        done: Whether it was done.
        scan_id: The act's own id in the journal, or ``""``.
        text: Why it was not done, in English, at most 300 characters, or ``""``.
        remedy: What to do about it at a command line, likewise.
        told: Both by name, for screens; None where they depend on a fault of the moment.
    """

    request_id: str
    done: bool
    scan_id: str = ""
    text: str = ""
    remedy: str = ""
    told: Told | None = None


EngineMessage = (
    VerdictShown
    | LatchState
    | Attendance
    | Counters
    | Health
    | Snapshot
    | Notice
    | ActAnswer
    | Goodbye
)


@dataclass(frozen=True, slots=True)
class Declare:
    """A screen's request: the operator declares the item in hand.

    Attributes:
        reason: One of `station.core.reasons.DECLARABLE`.
        gtin: 14 digits, or ``""`` where the operator does not know it.
    """

    reason: Reason
    gtin: str = ""


MAX_ID_CHARS: Final = 40
"""Of a scan id in a request; a real one has 26."""
MAX_NAME_CHARS: Final = 40
"""Of a name in a request; a real one has at most 20."""
MAX_PIN_CHARS: Final = 64
MAX_LABEL_BYTES: Final = 400
"""Of a new label in a request for an act; a unit code is some 130 bytes."""


@dataclass(frozen=True, slots=True)
class GivePin:
    """A screen's request: whoever is signed in gives their PIN.

    Attributes:
        pin: 4 to 12 digits; shown nowhere.
        quarantine: The scan whose quarantine the screen shows, or ``""``: what a supervisor's PIN
            releases, and nothing that came after it was typed.
    """

    pin: str = field(repr=False)
    quarantine: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRepeat:
    """A screen's request: whoever is signed in answers "second unit?".

    Its `ActAnswer` bears `answer_id` of it, so that every screen of the dock may tell it.

    Attributes:
        scan_id: The scan that asked.
        second: True where there are two units; False where the same one was scanned again.
    """

    scan_id: str
    second: bool

    @property
    def answer_id(self) -> str:
        """Names its answer."""
        return f"{SECOND_PREFIX if self.second else SAME_PREFIX}{self.scan_id}"


SAME_PREFIX: Final = "dock-same-"
SECOND_PREFIX: Final = "dock-second-"


@dataclass(frozen=True, slots=True)
class AskAct:
    """A request for an act; the engine makes sure who asks and decides whether it may be.

    Attributes:
        request_id: Chosen by whoever asks, 1 to 40 of ``A-Z a-z 0-9 -``; names the answer.
        kind: One of `station.core.acts.BY_REQUEST`.
        about: The item, the fetch task or what is to be undone: its scan id, at most 40 characters;
            ``""`` for a shipment, which the reference names, and for a scanner.
        name: Who asks.
        pin: Their PIN, or ``""``; never told to anybody.
        reason_text: Why, at most 200 characters.
        reference: See `station.core.acts.ActRule.reference`; at most 80 characters.
        witness: Who witnesses it, or ``""``.
        witness_pin: Their PIN, or ``""``.
        new_label: For RELABEL, the payload of the new label, at most `MAX_LABEL_BYTES`.
        with_open_items: For CLOSE_SHIPMENT, also while items of it are held.
    """

    request_id: str
    kind: ActKind
    about: str
    name: str
    pin: str = field(default="", repr=False)
    reason_text: str = ""
    reference: str = ""
    witness: str = ""
    witness_pin: str = field(default="", repr=False)
    new_label: bytes = b""
    with_open_items: bool = False


MAX_TYPED_BYTES: Final = 1536
"""Of a code typed at a screen, so that the request stays small; a unit code has some 130."""


@dataclass(frozen=True, slots=True)
class TypeScan:
    """A screen's request: a keyboard scanner typed a code into its terminal.

    Attributes:
        payload: What was typed, GS as 0x1D, at most `MAX_TYPED_BYTES`.
        complete: Whether that is all of it.
    """

    payload: bytes
    complete: bool = True


ScreenRequest = Declare | GivePin | AnswerRepeat | AskAct | TypeScan


@dataclass(frozen=True, slots=True)
class EngineFound:
    """A screen's feed is connected; a `Snapshot` follows.

    Attributes:
        engine_version: The engine's software version.
    """

    engine_version: str


@dataclass(frozen=True, slots=True)
class EngineLost:
    """A screen's feed has no engine: what it last said holds no longer. The feed goes on trying.

    Attributes:
        text: What is wrong, at most 80 characters.
        remedy: What to do about it, at most 80 characters.
        loss: Why; a screen words it in the operator's language, but for what has words of its own.
        farewell: What the engine said when it ended, or ``""``; the text holds it too.
    """

    text: str
    remedy: str
    loss: Loss = Loss.OTHER
    farewell: str = ""


FeedEvent = EngineMessage | EngineFound | EngineLost


class Display(Protocol):
    """Where the engine publishes. Never blocks, never raises: a screen cannot delay a verdict."""

    def publish(self, message: EngineMessage) -> None:
        """Send to every connected screen; a slow screen loses its oldest messages."""
        ...


class EngineFeed(Protocol):
    """A screen's end: what the engine said, and whether it is there at all. Any thread."""

    def drain(self) -> tuple[FeedEvent, ...]:
        """Everything since the last call, oldest first; never blocks.

        Bounded: where a screen is slow, old messages are dropped and newer states replace older
        ones. Any message means that the engine is there, as `EngineFound` does; an `EngineLost`
        holds until one or the other follows, and is never dropped while it holds.
        """
        ...

    def send(self, request: ScreenRequest) -> bool:
        """Ask the engine; never blocks.

        Returns:
            False when no engine is connected or too much is waiting: nothing was asked. True does
            not mean that the engine acted: its answer is a message (`VerdictShown` or `Notice`).
        """
        ...

    def close(self) -> None:
        """Disconnect and stop trying; idempotent."""
        ...
