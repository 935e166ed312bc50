"""What badges and PINs do at a dock: who is signed in, told and journalled.

A counterfeit carton can show a copied badge: a badge counts alone in view and nothing else, and
what needs a supervisor needs the PIN besides. A badge that does not count is judged like any other
symbol that is no unit code, so that the journal keeps it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from station.core.act_request import ActRequest
from station.core.acts import ActEntry, ActKind, sealed
from station.core.advice import Advice
from station.core.causes import Cause, Told, because, told
from station.core.codes import ControlCode, ControlKind, ParsedCode
from station.core.crypto import PublicKey
from station.core.errors import StorageError
from station.core.operators import Actor, Operator, Role
from station.core.reading import Capture
from station.intake.asking import ActDesk, Asked
from station.intake.committer import OnTold
from station.intake.latch import Latch
from station.intake.session import Session, SignedIn, Step
from station.ports.clock import Clock, ScanIds
from station.ports.display import AnswerRepeat, Attendance
from station.ports.health import Health, HealthStatus
from station.ports.outcomes import Outcomes
from station.ports.roster import Roster

OPERATORS: Final = "operators"
"""The health component of badges and PINs."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and by what rules people sign in.

    Attributes:
        station: The station's name.
        version: The software's version.
        idle_minutes: Who did nothing for so long is signed out.
        required: Whether nothing is judged while nobody is signed in.
    """

    station: str
    version: str
    idle_minutes: float = 15.0
    required: bool = False


@dataclass(frozen=True, slots=True)
class PinProven:
    """A PIN was right.

    Attributes:
        number: The sign-in it was given for.
        quarantine: The quarantine it is to release, or ``""``.
        given_mono_ns: When.
    """

    number: int
    quarantine: str
    given_mono_ns: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed.

    Attributes:
        mono_ns: Until now.
    """

    mono_ns: int


Journal = Callable[[ActEntry, OnTold | None], None]


class BadgeDesk:
    """Signs people in and out; the verdict loop's thread, but for `current`.

    Args:
        place: Where.
        site_key: Verifies badges.
        roster: Who is enrolled.
        clock: Clocks.
        scan_ids: Names acts.
        outcomes: Told who is there.
        journal: Takes acts in order, and tells what became of them.
    """

    def __init__(
        self,
        place: Place,
        site_key: PublicKey,
        roster: Roster,
        clock: Clock,
        scan_ids: ScanIds,
        outcomes: Outcomes,
        journal: Journal,
    ) -> None:
        self._place = place
        self._site_key = site_key
        self._roster = roster
        self._clock = clock
        self._scan_ids = scan_ids
        self._outcomes = outcomes
        self._journal = journal
        self._session = Session(int(place.idle_minutes * 60e9))
        self._handed_over: set[str] = set()
        self._warned = False

    @property
    def current(self) -> SignedIn | None:
        """Who is signed in; any thread."""
        return self._session.current

    @property
    def operator(self) -> str:
        """Their name, or ``""``."""
        current = self._session.current
        return "" if current is None else current.actor.name

    def begin(self, mono_ns: int) -> None:
        """Something arrived: who was idle until now is gone."""
        self._carry_out(self._session.tick(mono_ns))

    def lets_judge(self, mono_ns: int) -> bool:
        """Whether an item may be judged; says what to do where not. It counts as activity."""
        if self._session.current is None and self._place.required:
            self._outcomes.notice(Advice.SHOW_BADGE)
            return False
        self._session.used(mono_ns)
        return True

    def take(
        self, capture: Capture, codes: Sequence[ParsedCode], presentation: str, latch: Latch | None
    ) -> bool:
        """Look for a badge in a capture.

        Args:
            capture: What was read.
            codes: What its reads parsed to, in their order.
            presentation: The presentation it belongs to.
            latch: The dock's latch, where it has one.

        Returns:
            Whether that was all there was to the capture.
        """
        badge = next((code for code in codes if _is_badge(code)), None)
        if not isinstance(badge, ControlCode):
            return False
        wearer = self._wearer(badge, alone=len(codes) == 1 and capture.others_in_view == 0)
        if isinstance(wearer, Advice):
            self._outcomes.notice(wearer)
            return False
        stays = latch is not None and latch.state.latched
        shown_ns = capture.captured_mono_ns
        self._carry_out(self._session.show(wearer, presentation, shown_ns, stays=stays))
        return True

    def asked(self, answer: AnswerRepeat, desk: ActDesk) -> Asked | None:
        """An answer in the name of whoever is signed in; None, and what to do, where nobody is."""
        current = self._session.current
        if current is None:
            self._outcomes.notice(Advice.BADGE_TO_ANSWER)
            return None
        kind = ActKind.SECOND_UNIT if answer.second else ActKind.SAME_UNIT
        request = ActRequest(self._scan_ids.next(), kind, desk.under_review(answer.scan_id))
        return Asked(answer.answer_id, request, current.actor, None)

    def prove(self, proven: PinProven, latch: Latch | None, desk: ActDesk) -> None:
        """Somebody signed in gave the right PIN: a supervisor's releases the quarantine shown."""
        with suppress(StorageError):  # the next tick says so
            self._revise()
        actor = self._session.prove(proven.number)
        if actor is None:
            self._outcomes.notice(Advice.PIN_TOO_LATE)
            return
        self._session.used(proven.given_mono_ns)
        self._tell()
        if latch is None or not latch.state.latched:
            self._outcomes.notice(Advice.PIN_TAKEN)
        elif actor.role < Role.SUPERVISOR:
            self._outcomes.notice(Advice.PIN_RELEASES_NOT)
        elif latch.state.scan_id != proven.quarantine:
            self._outcomes.notice(Advice.OTHER_QUARANTINE)
        else:
            self._release(latch, actor, desk)

    def _release(self, latch: Latch, actor: Actor, desk: ActDesk) -> None:
        """Let a supervisor take charge of the quarantined items, once the journal says so."""
        act_id = self._scan_ids.next()
        if desk.acknowledge(act_id, latch.standing, "", actor):
            latch.release("")
            self._outcomes.latched(latch.state)
        else:
            self._outcomes.notice(Advice.NOT_JOURNALLED)

    def tick(self) -> None:
        """Some time passed: sign out who was removed, journal what others changed."""
        try:
            self._revise()
            forged = False
            for line in self._roster.changes_to_journal():
                if not self._site_key.verify(line.seal, sealed(line)):
                    forged = True
                elif line.scan_id not in self._handed_over:
                    self._hand_over(line)
            locked_out = self._roster.locked_out()
        except StorageError as error:
            why = because(Cause.ROSTER_FAILS, error.told, error.message)
            self._warn(HealthStatus.FAILED, str(error), why)
            return
        if forged:
            text = "a change was written by somebody without this station's key: see the journal"
            self._warn(HealthStatus.FAILED, text, told(Cause.CHANGE_FORGED))
        elif locked_out:
            names = ", ".join(locked_out)
            text = f"too many wrong PINs for {names}: ask them; an admin sets a new PIN"
            self._warn(HealthStatus.WARNING, text, told(Cause.PINS_LOCKED, names=names))
        elif self._warned:
            self._warned = False
            self._outcomes.health(Health(OPERATORS, HealthStatus.OK, ""))

    def _revise(self) -> None:
        """Sign out who was removed or changed meanwhile; who reads another language stays."""
        current = self._session.current
        if current is None:
            return
        steps = self._session.revise(self._roster.find(current.actor.name))
        self._carry_out(steps)
        if not steps and self._session.current != current:
            self._tell()

    def _hand_over(self, line: ActEntry) -> None:
        """Journal a change once; where that fails, the next tick tries again."""
        scan_id = line.scan_id
        self._handed_over.add(scan_id)

        def told(why: str) -> None:
            if why:
                self._handed_over.discard(scan_id)

        self._journal(line, told)

    def _wearer(self, badge: ControlCode, *, alone: bool) -> Operator | Advice:
        """Whose badge it is, or why it does not count."""
        if not self._site_key.verify(badge.signature, badge.signed_bytes):
            return Advice.NOT_OURS
        if not alone:
            return Advice.NOT_ALONE
        try:
            operator = self._roster.find(badge.name)
        except StorageError as error:
            why = because(Cause.ROSTER_FAILS, error.told, error.message)
            self._warn(HealthStatus.FAILED, str(error), why)
            return Advice.UNREADABLE_ROSTER
        if operator is None or not operator.active or operator.badge != badge.number:
            return Advice.NOT_VALID
        return Advice.WITNESS_ONLY if operator.role is Role.WITNESS else operator

    def _carry_out(self, steps: Sequence[Step]) -> None:
        for step in steps:
            kind = ActKind.SIGN_IN if step.came else ActKind.SIGN_OUT
            self._journal(self._act(kind, step.actor, step.why), None)
        if steps:
            self._tell()

    def _tell(self) -> None:
        current = self._session.current
        if current is None:
            self._outcomes.attended(Attendance())
            return
        actor = current.actor
        self._outcomes.attended(Attendance(actor.name, actor.role, actor.proven, current.language))

    def _act(self, kind: ActKind, actor: Actor, reason_text: str) -> ActEntry:
        return ActEntry(
            scan_id=self._scan_ids.next(),
            time_utc=self._clock.now_utc(),
            station=self._place.station,
            kind=kind,
            operator=actor.name,
            role=actor.role,
            reason_text=reason_text,
            software_version=self._place.version,
            proof=actor.proof,
        )

    def _warn(self, status: HealthStatus, text: str, told_of: Told) -> None:
        self._warned = True
        self._outcomes.health(Health(OPERATORS, status, text, told_of))


def _is_badge(code: ParsedCode) -> bool:
    return isinstance(code, ControlCode) and code.kind is ControlKind.BADGE
