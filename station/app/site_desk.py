"""A site as its supervisor's screens see it: implements `station.ports.desk.SiteDesk`.

Lists come from the databases, read only and opened for each question, so that a backup put back is
seen at once and nothing is held up; acts go the way every act goes (`act_request`).
"""

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from station.app.act_request import carry_out
from station.app.clock import SystemClock
from station.app.config import load
from station.app.evidence import find_exhibit
from station.app.evidence_pack import newest_of, write_pack
from station.app.figure_count import count_figures
from station.app.intake_session import load_station_key
from station.app.last_sync import read_last_sync
from station.app.operator_admin import OperatorAdmin, operator_admin
from station.app.shipment_report import close_out_of
from station.app.site_paths import SitePaths
from station.core.acts import ActEntry, ActKind, Standing
from station.core.advice import Advice
from station.core.causes import Cause, Told, told
from station.core.close_out import CloseOut
from station.core.codes import ControlCode, ControlKind, UnitIdentity, identity_of
from station.core.control_code import PREFIX, read_control_code
from station.core.diagnosis.faults import FAULT_RULES
from station.core.errors import ConfigurationError, StationError
from station.core.figures import FigureKeeper
from station.core.journal import Entry, JournalEntry
from station.core.language import Language
from station.core.operators import Operator, Role
from station.core.parsing import parse
from station.core.reasons import Reason, VerdictClass
from station.core.review import FetchTask, ReviewItem
from station.core.telling import failure
from station.core.tickets import Ticket
from station.core.wording.causes import at_command
from station.intake.announcing import reader_name
from station.ports.desk import (
    MAX_HISTORY,
    OWN_CHANGES,
    AskPerson,
    Fact,
    ItemDetail,
    JournalLine,
    Page,
    Person,
    PersonChange,
    Photo,
    SiteFact,
)
from station.ports.display import ActAnswer, AskAct
from station.ports.health import HealthStatus
from station.ports.shipments import ShipmentRecord
from station.storage.claim_reader import ClaimReader
from station.storage.journal_reader import JournalReader, StoredEntry
from station.storage.pictures import PictureFolder
from station.storage.registry_generations import RegistryFolder
from station.storage.review_reader import ReviewReader
from station.storage.roster_reader import RosterReader
from station.storage.shipment_book import SqliteShipmentBook
from station.storage.site_lock import lock_holder
from station.storage.tickets import TicketReader
from station.storage.upload_store import outbox_state

FIGURE_DAYS: Final = 30

_COMMAND: Final = "station review"


class StationDesk:
    """One site folder; every method opens what it needs.

    Args:
        root: The site folder.

    Raises:
        ConfigurationError: There is no site, or it is configured wrongly.
        StorageError: The station's key cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self._paths: Final = SitePaths(root)
        self._settings: Final = load(self._paths.config)
        self._key: Final = load_station_key(self._paths).public_key
        self._db: Final = self._paths.station_db

    @property
    def site(self) -> str:
        """The site's name."""
        return self._settings.site

    @property
    def language(self) -> Language:
        """What the site's operators read."""
        return self._settings.language

    def open_count(self) -> int:
        """How many items are under review."""
        with ReviewReader(self._db) as reviews:
            return reviews.open_count()

    def items(self, after: str, count: int) -> Page[ReviewItem]:
        """Items under review, the oldest first."""
        with ReviewReader(self._db) as reviews:
            found = reviews.open_items(after, count + 1)
        return Page(found[:count], len(found) > count)

    def tasks(self, after: str, count: int) -> Page[FetchTask]:
        """Open fetch tasks, the oldest first."""
        with ReviewReader(self._db) as reviews:
            found = reviews.open_tasks(after, count + 1)
        return Page(found[:count], len(found) > count)

    def lines(self, before: int, count: int) -> Page[JournalLine]:
        """Lines of the journal before a number, the newest first."""
        with JournalReader(self._db) as journal:
            found = journal.before(before, count + 1)
            rows = tuple(self._line(journal, stored) for stored in found[:count])
        return Page(rows, len(found) > count)

    def detail(self, scan_id: str) -> ItemDetail | None:
        """One item with everything known of it."""
        with ReviewReader(self._db) as reviews:
            item = reviews.item(scan_id)
            if item is None:
                return None
            read = reviews.line(item.read)
        with JournalReader(self._db) as journal:
            stored = self._lines_of(journal, item)
            history = tuple(self._line(journal, one) for one in stored)
        also = read.verdict.also if isinstance(read, JournalEntry) else ()
        return ItemDetail(
            item=item,
            product=self._product(item.gtin),
            also=also,
            standing=self._standing(item.identity),
            photos=self._photos(item, history),
            history=history,
        )

    def shipments(self) -> tuple[ShipmentRecord, ...]:
        """Announced shipments, the newest first."""
        with closing(SqliteShipmentBook(self._db)) as book:
            return tuple(book.records())

    def close_out(self, shipment_id: str) -> CloseOut | None:
        """What a shipment adds up to."""
        with closing(SqliteShipmentBook(self._db)) as book:
            if book.record(shipment_id) is None:
                return None
            return close_out_of(book, shipment_id, until_close=True)

    def registry(self) -> tuple[Fact, ...]:
        """The registry in use, and how syncing and sending stand."""
        return (*self._generation(), self._last_sync(), self._syncing(), self._sending())

    def devices(self) -> tuple[Fact, ...]:
        """Maintenance tickets that are open."""
        tickets = TicketReader(self._db).open_tickets()
        return tuple(
            Fact(reader_name(ticket.source), _ticket_told(ticket), HealthStatus.WARNING)
            for ticket in tickets
        )

    def people(self) -> tuple[Person, ...]:
        """Everybody who ever was enrolled."""
        with closing(RosterReader(self._db)) as roster:
            return tuple(
                Person(one.operator, has_pin=one.has_pin, wrong=one.wrong) for one in roster.all()
            )

    def figures(self) -> FigureKeeper:
        """False alarms, rescans and waits of the last month."""
        now = datetime.fromisoformat(SystemClock().now_utc())
        since = (now - timedelta(days=FIGURE_DAYS)).isoformat(timespec="milliseconds")
        return count_figures(self._paths, since.replace("+00:00", "Z"))

    def named(self, payload: bytes, kind: ControlKind) -> str:
        """Whose badge, or which tote, a scanned label is."""
        code = read_control_code(payload) if payload.startswith(PREFIX) else None
        if not isinstance(code, ControlCode) or not self._key.verify(
            code.signature, code.signed_bytes
        ):
            raise failure(ConfigurationError, Cause.LABEL_NOT_OURS)
        if code.kind is not kind:
            is_badge = kind is ControlKind.BADGE
            raise failure(ConfigurationError, Cause.BADGE_WANTED if is_badge else Cause.TOTE_WANTED)
        if kind is ControlKind.BADGE:
            self._check_badge(code)
        return code.name

    def item_with(self, payload: bytes) -> str | None:
        """The last item under review with a scanned code."""
        identity = identity_of(parse(payload))
        if identity is None:
            return None
        with ReviewReader(self._db) as reviews:
            return reviews.newest_item_with(identity)

    def act(self, ask: AskAct) -> ActAnswer:
        """Have an act done."""
        besides: list[str | Advice | Told] = []
        answer = carry_out(self._paths.root, ask, _COMMAND, besides.append)
        if not besides or answer.text:
            return answer
        last = besides[-1]
        why = last if isinstance(last, Told) else None
        return replace(answer, text=at_command(last), told=why)

    def change_person(self, ask: AskPerson) -> str:
        """Change somebody enrolled, as `station operator` does."""
        with operator_admin(self._paths) as people:
            by = _allowed(people, ask)
            operator = _changed(people, ask, by)
            drawn = ask.change in {PersonChange.ENROL, PersonChange.NEW_BADGE}
            try:
                return self._draw_badge(operator) if drawn else ""
            finally:
                people.journal()

    def _draw_badge(self, operator: Operator) -> str:
        """Beside the databases, for nobody else's eyes: who has a badge is taken for its owner."""
        from station.app.badges import draw_badge

        folder = self._paths.badges
        folder.mkdir(mode=0o700, exist_ok=True)
        out = folder / f"{operator.name}-{operator.badge}.png"
        draw_badge(self._paths, operator, out)
        return str(out)

    def pack(self, scan_id: str) -> str:
        """Write an item's evidence pack beside the site's databases."""
        folder = self._paths.evidence
        folder.mkdir(mode=0o750, exist_ok=True)
        return self.pack_to(scan_id, folder / f"{scan_id}.zip")

    def pack_to(self, scan_id: str, out: Path) -> str:
        """The same, to a file of one's own."""
        write_pack(self._paths, self._settings, self._key, scan_id, out)
        return str(out)

    def _check_badge(self, code: ControlCode) -> None:
        with closing(RosterReader(self._db, self._key.verify)) as roster:
            operator = roster.find(code.name)
        if operator is None or not operator.active or operator.badge != code.number:
            raise failure(ConfigurationError, Cause.BADGE_NOT_VALID)

    def _product(self, gtin: str | None) -> str:
        if gtin is None:
            return ""
        try:
            with closing(RegistryFolder(self._paths.registry).open_current(warm=False)) as registry:
                product = registry.product(gtin)
        except StationError:
            return ""  # the registry's own page says what is wrong with it
        return "" if product is None else product.name

    def _standing(self, identity: UnitIdentity | None) -> Standing | None:
        if identity is None:
            return None
        with closing(ClaimReader(self._db)) as claims:
            return claims.find(identity)

    def _lines_of(self, journal: JournalReader, item: ReviewItem) -> list[StoredEntry]:
        """The unit's lines, or an unnamed item's own; newest first."""
        if item.identity is not None:
            return newest_of(journal, item.identity, MAX_HISTORY)
        own = {one: journal.find_stored(one) for one in (item.scan_id, item.read, item.ended_by)}
        found = [stored for stored in own.values() if stored is not None]
        return sorted(found, key=lambda stored: stored.seq, reverse=True)

    def _line(self, journal: JournalReader, stored: StoredEntry) -> JournalLine:
        entry = journal.entry_of(stored)
        serial = "" if entry.identity is None else entry.identity.serial
        return JournalLine(
            entry.scan_id,
            stored.seq,
            entry.time_utc,
            *_what_and_why(entry),
            serial,
            _who(entry),
        )

    def _photos(self, item: ReviewItem, history: tuple[JournalLine, ...]) -> tuple[Photo, ...]:
        """The item's own picture, and the oldest of another item with its code."""
        photos = []
        own = self._photo(item.read, "")
        if own is not None:
            photos.append(own)
        for line in reversed(history):
            if line.scan_id == item.read:
                continue
            other = self._photo(line.scan_id, line.time_utc)
            if other is not None and other.scan_id != item.read:
                photos.append(other)
                break
        return tuple(photos)

    def _photo(self, scan_id: str, other_utc: str) -> Photo | None:
        exhibit = find_exhibit(self._paths, scan_id)
        if exhibit is None:
            return None
        jpeg = PictureFolder(self._paths.pictures).content(scan_id, exhibit.digest)
        return Photo(scan_id, other_utc, exhibit.state, jpeg)

    def _generation(self) -> tuple[Fact, ...]:
        try:
            with closing(RegistryFolder(self._paths.registry).open_current(warm=False)) as registry:
                generation = registry.generation
        except StationError as error:
            return (Fact(SiteFact.REGISTRY, error.told or str(error), HealthStatus.FAILED),)
        origin = self._settings.origin or told(Cause.ORIGIN_NOT_SET)
        return (
            Fact(SiteFact.GENERATION, str(generation.number)),
            Fact(SiteFact.PUBLISHED, generation.published_utc),
            Fact(SiteFact.STATE_DIGEST, generation.state_digest),
            Fact(SiteFact.FETCHED_FROM, origin),
        )

    def _last_sync(self) -> Fact:
        try:
            last = read_last_sync(self._paths.last_sync)
        except (OSError, ValueError):
            unknown = told(Cause.SYNC_TIME_UNKNOWN)
            return Fact(SiteFact.LAST_SYNC, unknown, HealthStatus.WARNING)
        if last is None:
            return Fact(SiteFact.LAST_SYNC, told(Cause.SYNC_NEVER), HealthStatus.WARNING)
        time = last.time.isoformat(timespec="seconds")
        if not last.fallback:
            return Fact(SiteFact.LAST_SYNC, time)
        of_all = told(Cause.SYNC_OF_ALL, time=time, why=last.fallback)
        return Fact(SiteFact.LAST_SYNC, of_all, HealthStatus.WARNING)

    def _syncing(self) -> Fact:
        holder = lock_holder(self._paths.sync_lock)
        under_way = told(Cause.SYNC_UNDER_WAY, who=holder)
        return Fact(SiteFact.SYNC, under_way if holder else told(Cause.SYNC_AT_REST))

    def _sending(self) -> Fact:
        if not self._settings.upload.address:
            return Fact(SiteFact.EVENTS, told(Cause.EVENTS_STAY))
        with JournalReader(self._db) as journal:
            state = outbox_state(self._paths.upload_db, journal)
        cause = Cause.OUTBOX_REFUSED if state.refused else Cause.OUTBOX_STANDS
        status = HealthStatus.WARNING if state.refused else HealthStatus.OK
        said = told(cause, waiting=state.waiting, refused=state.refused)
        return Fact(SiteFact.EVENTS, said, status)


def _ticket_told(ticket: Ticket) -> Told:
    faults = f"{FAULT_RULES[ticket.fault].reason.value}={ticket.count}"
    day = ticket.first_utc[:10]
    return told(Cause.TICKET_OPEN, faults=faults, time=day, number=ticket.number)


def _what_and_why(entry: Entry) -> tuple[VerdictClass | ActKind, Reason | str]:
    if isinstance(entry, ActEntry):
        parts = (entry.reference, entry.reason_text)
        return entry.kind, " · ".join(part for part in parts if part)
    return entry.verdict.verdict_class, entry.verdict.reason


def _allowed(people: OperatorAdmin, ask: AskPerson) -> str:
    if ask.change in OWN_CHANGES:
        return people.authorise_for(ask.whom, ask.by, lambda _name: ask.pin)
    return people.authorise(ask.by, lambda _name: ask.pin)


def _changed(people: OperatorAdmin, ask: AskPerson, by: str) -> Operator:
    why = ask.reason_text
    match ask.change:
        case PersonChange.ENROL:
            return people.add(ask.whom, _role(ask), by, why=why)
        case PersonChange.REMOVE:
            return people.remove(ask.whom, by, why)
        case PersonChange.NEW_BADGE:
            return people.issue_badge(ask.whom, by, is_new=True, why=why)
        case PersonChange.ROLE:
            return people.change_role(ask.whom, _role(ask), by, why)
        case PersonChange.LANGUAGE:
            return people.change_language(ask.whom, ask.language, by, why)
        case PersonChange.PIN:
            return people.set_pin(ask.whom, ask.new_pin, by, why)


def _role(ask: AskPerson) -> Role:
    if ask.role is None:
        raise ConfigurationError(f"{ask.change.value} needs a role", "choose one")
    return ask.role


def _who(entry: Entry) -> str:
    if isinstance(entry, ActEntry):
        return entry.operator
    return entry.operator or reader_name(entry.source)
