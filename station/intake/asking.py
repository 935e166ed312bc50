"""Acts on their way: who asks is made sure of, then the verdict loop decides and journals.

`Asking` stands where requests come in, on a thread of its own; `ActDesk` belongs to the verdict
loop, so that acts are serial with verdicts. An act is decided on what is durable alone, and nothing
is decided on it before it is durable: the desk waits for the journal before and after, which holds
the dock up for one commit when a person acts. Every request gets one answer, and "done" only after
the act is in the journal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from station.core.act_request import ActRequest, Examined, Hand, Refusal, Situation
from station.core.acting import decide_act, line_of
from station.core.acts import ACT_RULES, BY_OWNER, ActEntry, ActKind, Standing
from station.core.causes import Cause
from station.core.changes import changes_of
from station.core.codes import UnitIdentity
from station.core.errors import NotIdentifiedError, StationError, StorageError
from station.core.journal import Entry, JournalEntry
from station.core.operators import SITE_OWNER, Actor, Role
from station.core.review import ReviewItem
from station.core.symbol import Symbol
from station.core.telling import failure, plain, refuse, refused_by
from station.core.text import printable
from station.core.undoing import decide_undo
from station.intake.committer import Committer
from station.intake.judge import Bench, Judge
from station.ports.clock import Clock, ScanIds
from station.ports.display import ActAnswer, AskAct
from station.ports.identification import Identification
from station.ports.outcomes import Outcomes
from station.ports.registry import Registry
from station.ports.station_store import Claims, ReviewList

_MAX_TEXT_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A request by somebody known, on its way to the verdict loop.

    Attributes:
        request_id: Names the answer.
        request: What is asked.
        actor: By whom.
        witness: Who witnesses it, or None.
        new_label: The payload of the label that replaces another, or ``b""``.
    """

    request_id: str
    request: ActRequest
    actor: Actor
    witness: Actor | None
    new_label: bytes = b""


class Asking:
    """Takes requests, makes sure who asks, and hands them to the loop.

    Args:
        identification: Knows the site's people.
        submit: The loop's entrance; may wait.
        scan_ids: Names acts.
        outcomes: Told the answer where a request gets no further.
    """

    def __init__(
        self,
        identification: Identification,
        submit: Callable[[Asked], None],
        scan_ids: ScanIds,
        outcomes: Outcomes,
    ) -> None:
        self._identification = identification
        self._submit = submit
        self._scan_ids = scan_ids
        self._outcomes = outcomes

    def take(self, ask: AskAct) -> None:
        """Hand a request on; whoever cannot be identified is answered at once.

        Raises:
            WorkerEndedError: The loop has ended; nothing was asked.
        """
        try:
            actor = self._actor(ask)
            witness = self._witness(ask)
        except StationError as error:
            self._outcomes.answered(refused(ask.request_id, refused_by(error)))
            return
        request = ActRequest(
            self._scan_ids.next(),
            ask.kind,
            ask.about,
            ask.reason_text,
            ask.reference,
            ask.with_open_items,
        )
        self._submit(Asked(ask.request_id, request, actor, witness, ask.new_label))

    def _witness(self, ask: AskAct) -> Actor | None:
        if not ask.witness:
            return None
        try:
            return self._identification.identify(ask.witness, ask.witness_pin)
        except StationError as error:
            if error.told is not None and error.told.cause is Cause.PIN_NOT_GIVEN:
                raise failure(NotIdentifiedError, Cause.NEEDS_WITNESS_PIN) from None
            raise

    def _actor(self, ask: AskAct) -> Actor:
        """Who asks: whoever owns the site, where that is enough."""
        if not ask.name and ask.kind in BY_OWNER and not self._identification.has_people():
            return Actor(SITE_OWNER, ACT_RULES[ask.kind].role)
        return self._identification.identify(ask.name, ask.pin)


class ActDesk:
    """Decides acts and hands them to the journal; the verdict loop's thread only."""

    def __init__(
        self,
        bench: Bench,
        judge: Judge,
        claims: Claims,
        reviews: ReviewList,
        committer: Committer,
        outcomes: Outcomes,
        clock: Clock,
        scan_ids: ScanIds,
    ) -> None:
        self._scan_ids = scan_ids
        self._bench = bench
        self._judge = judge
        self._claims = claims
        self._reviews = reviews
        self._committer = committer
        self._outcomes = outcomes
        self._clock = clock

    def act(self, asked: Asked, registry: Registry) -> None:
        """Decide a request on what is durable; its answer follows, from here or from the journal.

        Raises:
            WorkerEndedError: The journal's writer died.
        """
        self._committer.wait_until_told()
        try:
            decided = self._decide(asked, registry)
        except StorageError as error:
            decided = refused_by(error)
        request_id = asked.request_id
        if isinstance(decided, Refusal):
            self._outcomes.answered(refused(request_id, decided))
            return
        self._put(decided, lambda why: self._outcomes.answered(_told(request_id, decided, why)))

    def under_review(self, scan_id: str) -> str:
        """The item a scan is about: its own, or the one an earlier read of its presentation opened.

        Raises:
            WorkerEndedError: The journal's writer died.
        """
        self._committer.wait_until_told()
        try:
            entry = self._reviews.line(scan_id)
            if self._reviews.item(scan_id) is None and isinstance(entry, JournalEntry):
                identity = entry.identity
                items = () if identity is None else self._reviews.open_items_of(identity)
                return items[-1] if items else scan_id
        except StorageError:
            return scan_id
        return scan_id

    def acknowledge(
        self, act_id: str, standing: Sequence[str], tote: str, by: Actor | None
    ) -> bool:
        """Journal that quarantined items were put away; waits until that is durable.

        Args:
            act_id: Names the first act: the scan of the tote's label, where one was scanned.
            standing: The scans whose quarantines stand, one at least; each is an act of its own.
            tote: The tote's name; ``""`` where a supervisor took charge of the items.
            by: Who is signed in, or None.

        Returns:
            Whether all is in the journal: only then may the latch be released.
        """
        self._committer.wait_until_told()
        told: list[str] = []
        hand = self._hand(by or Actor("", Role.OPERATOR), None)
        for number, scan_id in enumerate(standing):
            try:
                item = self._reviews.item(scan_id)
            except StorageError:
                return False
            own_id = self._scan_ids.next() if number else act_id
            request = ActRequest(own_id, ActKind.ACKNOWLEDGE, scan_id, reference=tote)
            line = line_of(request, hand)
            if item is not None and not item.ended_by:
                line = _put_away(line, item, tote)
            self._put(line, told.append)
        return told == [""] * len(standing)

    def _put(self, act: ActEntry, on_told: Callable[[str], None]) -> None:
        self._committer.put(act, on_told)
        self._committer.wait_until_told()

    def _hand(self, actor: Actor, witness: Actor | None) -> Hand:
        return Hand(actor, witness, self._bench.station, self._clock.now_utc(), self._bench.version)

    def _decide(self, asked: Asked, registry: Registry) -> ActEntry | Refusal:
        request, hand = asked.request, self._hand(asked.actor, asked.witness)
        if request.kind is ActKind.SCANNER_CERTIFIED:
            return decide_act(request, Situation(), hand)
        if request.kind is ActKind.UNDO:
            return decide_undo(request, self._before_undo(request), hand)
        if request.kind is ActKind.FETCHED:
            return decide_act(request, Situation(task=self._reviews.task(request.about)), hand)
        situation = self._about_item(self._reviews.item(request.about), asked.new_label, registry)
        return decide_act(request, situation, hand)

    def _before_undo(self, request: ActRequest) -> Situation:
        entry = self._reviews.line(request.about)
        if entry is None:
            return Situation()
        changes = changes_of(entry)
        return Situation(
            entry=entry,
            item=None if changes.item is None else self._reviews.item(changes.item.after.scan_id),
            task=None if changes.task is None else self._reviews.task(changes.task.after.scan_id),
            standing=self._standing(entry.identity),
        )

    def _about_item(
        self, item: ReviewItem | None, new_label: bytes, registry: Registry
    ) -> Situation:
        if item is None:
            return Situation()
        examined = self._examined_now(item, registry)
        if examined is None:
            return Situation()
        other_items: tuple[str, ...] = ()
        tasks: tuple[str, ...] = ()
        if item.identity is not None:
            items = self._reviews.open_items_of(item.identity)
            other_items = tuple(scan_id for scan_id in items if scan_id != item.scan_id)
            # A task may bear the very id of the item whose verdict raised it.
            tasks = tuple(self._reviews.open_tasks_of(item.identity))
        return Situation(
            item=item,
            facts=examined.facts,
            proven=examined.proven,
            standing=self._standing(item.identity),
            other_items=other_items,
            others=other_items + tasks,
            new_label=self._judge.examine(Symbol(new_label), registry) if new_label else None,
        )

    def _examined_now(self, item: ReviewItem, registry: Registry) -> Examined | None:
        """What the item's code proves by the registry of now: keys come, are revoked and expire.

        Where the bytes alone do not say which unit it is, what was decided then holds.
        """
        entry: Entry | None = self._reviews.line(item.read)
        if not isinstance(entry, JournalEntry):
            return None
        symbol = Symbol(
            entry.payload,
            entry.symbology_identifier,
            entry.symbol_format,
            complete=entry.complete,
        )
        examined = self._judge.examine(symbol, registry)
        identity = examined.facts.identity
        if identity is not None and identity == entry.identity:
            return examined
        return Examined(entry.facts, entry.verdict, entry.proven)

    def _standing(self, identity: UnitIdentity | None) -> Standing | None:
        return None if identity is None else self._claims.find(identity)


def refused(request_id: str, why: Refusal) -> ActAnswer:
    """The answer to a request that was not carried out."""
    return ActAnswer(
        request_id,
        done=False,
        text=printable(why.text, _MAX_TEXT_CHARS),
        remedy=printable(why.remedy, _MAX_TEXT_CHARS),
        told=plain(why.told),
    )


def _told(request_id: str, act: ActEntry, why: str) -> ActAnswer:
    """The answer once the act's fate is known."""
    if why:
        return refused(request_id, refuse(Cause.ACT_NOT_JOURNALLED, why=why))
    return ActAnswer(request_id, done=True, scan_id=act.scan_id)


def _put_away(line: ActEntry, item: ReviewItem, tote: str) -> ActEntry:
    """The line with the item it speaks of, which lies in the tote from now on."""
    return replace(
        line,
        identity=item.identity,
        gtin=item.gtin,
        item_before=item,
        item=replace(item, tote=tote),
    )
