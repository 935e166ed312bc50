"""Judge: fetch what is known of an item, verify, decide, and write down what was decided.

It sees claims that are decided but not yet committed, so two copies in quick succession never both
count. One thread calls it; it has no effects: the entry it returns is not yet durable, and nobody
may act on it.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from station.core.act_request import Examined
from station.core.acts import Standing
from station.core.changes import changes_of
from station.core.codes import (
    CodeKind,
    OpaqueUnit,
    ParsedCode,
    PlainUnit,
    SignedUnit,
    TradeItem,
    UnitIdentity,
)
from station.core.decision import decide, is_trusted
from station.core.errors import StorageError
from station.core.facts import Facts, Freshness
from station.core.journal import Entry, JournalEntry, Timings
from station.core.parsing import parse_symbol
from station.core.policy import SitePolicy
from station.core.reading import Capture, Declaration, Read
from station.core.reasons import VerdictClass
from station.core.registry import ProductRecord
from station.core.symbol import Symbol
from station.core.verdict import UnitChange
from station.core.verification import Circumstances, Knowledge, named_by, verify
from station.intake.policies import PolicyBook
from station.intake.recognising import Recognised, recognise
from station.intake.shipment_desk import NO_SHIPMENT, ShipmentDesk
from station.ports.clock import Clock
from station.ports.registry import Registry
from station.ports.station_store import Claims

_NOTHING_READ: Final = Symbol(b"")
"""What a declared item's entry says of its symbol."""

_NS_PER_MS: Final = 1e6
_SECONDS_PER_HOUR: Final = 3600.0


class Presented(Struct, frozen=True):
    """One item as the loop presents it.

    Attributes:
        capture: Where and when it was read.
        read: The symbol and its scan id.
        code: What the payload parsed to.
        parse_ms: What parsing took, with recognising where that is done already.
        claims: Scans that changed a unit's standing in this same presentation.
        presented_class: The worst class the same read was given before in this presentation, at
            the same place.
        second_read: Whether the item was asked for before.
        places_in_frame: At how many separate places of the frame the code shows.
        place_in_frame: The how many-th of them this is, from 1.
        recognised: What the read turned out to be; None leaves that to the judge.
    """

    capture: Capture
    read: Read
    code: ParsedCode
    parse_ms: float
    claims: Collection[str]
    second_read: bool
    places_in_frame: int
    recognised: Recognised | None = None
    presented_class: VerdictClass | None = None
    place_in_frame: int = 1


@dataclass(frozen=True, slots=True)
class Bench:
    """Who judges, and by what rules.

    Attributes:
        station: The station's name.
        policies: The site's choices, and what they are for each product.
        version: The software's version.
    """

    station: str
    policies: PolicyBook
    version: str


@dataclass(frozen=True, slots=True)
class _Pending:
    """How a unit will stand once a verdict is committed."""

    scan_id: str
    standing: Standing | None


class Judge:
    """Makes journal entries out of presented items and declarations."""

    def __init__(
        self,
        bench: Bench,
        claims: Claims,
        clock: Clock,
        shipments: ShipmentDesk | None = None,
        hindrance: Callable[[], str | None] | None = None,
        clock_is_wrong: Callable[[], bool] | None = None,
    ) -> None:
        """Make a judge.

        Args:
            bench: Who judges, and by what rules.
            claims: What the site's database knows of units.
            clock: For times and intervals.
            shipments: What the site receives, where it receives by shipments.
            hindrance: Says why nothing may be accepted now (a gate that is lost), or None.
            clock_is_wrong: Whether the wall clock cannot be believed; None believes it.
        """
        self._clock_is_wrong = clock_is_wrong
        self._bench = bench
        self._shipments = shipments
        self._hindrance = hindrance
        self._claims = claims
        self._clock = clock
        self._pending: dict[UnitIdentity, _Pending] = {}
        self._moved: dict[str, tuple[UnitIdentity, ...]] = {}
        self._settled: deque[str] = deque()
        self._freshness_until: tuple[str, str, str, Freshness] = ("", "", "", Freshness.STALE)

    def settle(self, entry: Entry) -> None:
        """The entry's moves are committed, or never will be; any thread may say so."""
        self._settled.append(entry.scan_id)

    def judge(self, item: Presented, registry: Registry) -> JournalEntry:
        """Decide one item.

        Args:
            item: What was presented.
            registry: The generation to decide with.

        Returns:
            The entry, not yet durable. A registry, database or gate that fails gives a STOP entry.
        """
        started_ns = self._clock.mono_ns()
        self._forget_settled()
        recognised = item.recognised or recognise(item.read, item.code, registry)
        recognised_ns = self._clock.mono_ns()
        code, fault = recognised.code, recognised.fault
        if fault is None and self._hindrance is not None:
            fault = self._hindrance()
        knowledge = recognised.knowledge
        policy = self._bench.policies.of(None, None)
        standing, seller_authorised = NO_SHIPMENT, True
        now_utc = self._clock.now_utc()
        try:
            knowledge = self._fetch(code, knowledge, registry)
            policy = self._policy_of(knowledge.product, registry)
            identity = named_by(code, knowledge)
            if self._shipments is not None and identity is not None:
                standing = self._shipments.standing(identity)
                seller = self._shipments.seller
                seller_authorised = not seller or registry.seller_authorised(
                    identity.gtin, seller, now_utc[:10]
                )
        except StorageError as error:
            fault = error.message
        fetched_ns = self._clock.mono_ns()
        claim = knowledge.claim
        facts = verify(
            code,
            knowledge,
            Circumstances(
                station=self._bench.station,
                today=now_utc[:10],
                same_presentation=claim is not None and claim.scan_id in item.claims,
                second_read=item.second_read,
                places_in_frame=item.places_in_frame,
                place_in_frame=item.place_in_frame,
                freshness=self._freshness(registry, now_utc, policy),
                expectation=standing.expectation,
                other_shipment=standing.other_shipment,
                seller_authorised=seller_authorised,
                presented_class=item.presented_class,
            ),
            checked=recognised.checked,
            scanner_faults=recognised.scanner_faults,
        )
        if fault is not None:
            facts = replace(facts, fault=fault)
        done_ns = self._clock.mono_ns()
        capture = item.capture
        return self._entry(
            item.read.scan_id,
            now_utc,
            facts,
            policy,
            registry,
            source=capture.source,
            gtin=_gtin_of(code, facts),
            read=item.read,
            picture=capture.picture,
            timings=Timings(
                decode_ms=(capture.decoded_mono_ns - capture.captured_mono_ns) / _NS_PER_MS,
                verify_ms=item.parse_ms
                + (recognised_ns - started_ns + done_ns - fetched_ns) / _NS_PER_MS,
                lookup_ms=(fetched_ns - recognised_ns) / _NS_PER_MS,
                total_ms=(done_ns - capture.captured_mono_ns) / _NS_PER_MS,
            ),
        )

    def declare(self, declaration: Declaration, registry: Registry) -> JournalEntry:
        """Decide an item the operator speaks for."""
        now_utc = self._clock.now_utc()
        policy = self._bench.policies.of(None, None)
        if declaration.gtin is not None:
            # Only the lane depends on it: an item that is declared needs no registry.
            with contextlib.suppress(StorageError):
                policy = self._policy_of(registry.product(declaration.gtin), registry)
        facts = Facts(
            kind=CodeKind.NONE,
            declared=declaration.reason,
            freshness=self._freshness(registry, now_utc, policy),
            today=now_utc[:10],
        )
        return self._entry(
            declaration.scan_id,
            now_utc,
            facts,
            policy,
            registry,
            source=declaration.source,
            gtin=declaration.gtin,
        )

    def _fetch(self, code: ParsedCode, known: Knowledge, registry: Registry) -> Knowledge:
        """Add the row of a signed unit and the site's own claim; at most one row from each."""
        product, unit, issuance = known.product, known.unit, known.issuance
        if product is None:
            return known
        match code:
            case SignedUnit(identity=identity):
                unit = registry.unit(product.product_id, identity.serial)
                issuance = registry.issuance(product.product_id)
            case PlainUnit(identity=identity):
                pass
            case OpaqueUnit() if unit is not None:
                identity = UnitIdentity(product.gtin, unit.serial)
            case _:
                return known
        return Knowledge(product, known.key, unit, self._claim(identity), issuance=issuance)

    def _policy_of(self, product: ProductRecord | None, registry: Registry) -> SitePolicy:
        """What counts for an item of that product; of none where no product is known."""
        brand = None if product is None else registry.brand(product.brand_id)
        return self._bench.policies.of(brand, product)

    def examine(self, symbol: Symbol, registry: Registry) -> Examined:
        """What an item's code proves now, and what its verdict would be; writes nothing down.

        Raises:
            StorageError: Registry or database cannot be read.
        """
        self._forget_settled()
        now_utc = self._clock.now_utc()
        recognised = recognise(Read("", symbol), parse_symbol(symbol), registry)
        if recognised.fault is not None:
            raise StorageError(recognised.fault, "run 'station sync', then 'station doctor'")
        knowledge = self._fetch(recognised.code, recognised.knowledge, registry)
        policy = self._policy_of(knowledge.product, registry)
        facts = verify(
            recognised.code,
            knowledge,
            Circumstances(
                station=self._bench.station,
                today=now_utc[:10],
                second_read=True,
                freshness=self._freshness(registry, now_utc, policy),
            ),
            checked=recognised.checked,
            scanner_faults=recognised.scanner_faults,
        )
        return Examined(facts, decide(facts, policy), is_trusted(facts, policy))

    def _claim(self, identity: UnitIdentity) -> Standing | None:
        pending = self._pending.get(identity)
        return pending.standing if pending is not None else self._claims.find(identity)

    def _forget_settled(self) -> None:
        """Drop pending claims the database has by now; a newer one of the same unit stays."""
        while self._settled:
            scan_id = self._settled.popleft()
            for identity in self._moved.pop(scan_id, ()):
                pending = self._pending.get(identity)
                if pending is not None and pending.scan_id == scan_id:
                    del self._pending[identity]

    def _freshness(self, registry: Registry, now_utc: str, policy: SitePolicy) -> Freshness:
        """The registry's age tier, worked out once a minute while one policy is asked about.

        To be asked after the time was read: a clock that jumps between the two is noticed.
        """
        if self._clock_is_wrong is not None and self._clock_is_wrong():
            return Freshness.UNKNOWN
        asked = (registry.generation.published_utc, now_utc[:16], policy.version)
        *known, freshness = self._freshness_until
        if tuple(known) != asked:
            freshness = freshness_of(asked[0], now_utc, policy)
            self._freshness_until = (*asked, freshness)
        return freshness

    def _entry(
        self,
        scan_id: str,
        now_utc: str,
        facts: Facts,
        policy: SitePolicy,
        registry: Registry,
        *,
        source: str,
        gtin: str | None,
        read: Read | None = None,
        picture: str = "",
        timings: Timings = Timings(),  # noqa: B008 - frozen
    ) -> JournalEntry:
        """Decide, and write down everything the decision was made from."""
        verdict = decide(facts, policy)
        symbol = _NOTHING_READ if read is None else read.symbol
        generation = registry.generation
        entry = JournalEntry(
            scan_id=scan_id,
            time_utc=now_utc,
            station=self._bench.station,
            source=source,
            payload=symbol.payload,
            symbology_identifier=symbol.symbology_identifier,
            kind=facts.kind,
            identity=facts.identity,
            gtin=gtin,
            facts=facts,
            verdict=verdict,
            registry_generation=generation.number,
            keys_digest=generation.keys_digest,
            policy_version=policy.version,
            software_version=self._bench.version,
            picture=picture,
            timings=timings,
            symbol_format=symbol.format,
            complete=symbol.complete,
            proven=is_trusted(facts, policy),
            shipment="" if self._shipments is None else self._shipments.opened,
            print_quality=None if read is None else read.print_quality,
        )
        if self._shipments is not None:
            self._shipments.take(entry)
        if verdict.change is not UnitChange.NONE:
            moves = changes_of(entry).moves
            self._moved[entry.scan_id] = tuple(move.identity for move in moves)
            for move in moves:
                self._pending[move.identity] = _Pending(entry.scan_id, move.leaves)
        return entry


def freshness_of(published_utc: str, now_utc: str, policy: SitePolicy) -> Freshness:
    """The tier a registry's age falls in.

    A registry from the future means a clock that is wrong: then nobody knows. One whose file says
    no moment at all is stale; a damaged date must not stop the dock.

    Args:
        published_utc: ISO 8601 with ``Z``, or ``""`` for never.
        now_utc: ISO 8601 with ``Z``.
        policy: The tiers.
    """
    try:
        age = datetime.fromisoformat(now_utc) - datetime.fromisoformat(published_utc)
    except (ValueError, TypeError):
        return Freshness.STALE
    age_hours = age.total_seconds() / _SECONDS_PER_HOUR
    if age_hours < -1:
        return Freshness.UNKNOWN
    if age_hours > policy.amber_hours:
        return Freshness.STALE
    return Freshness.FRESH if age_hours <= policy.fresh_hours else Freshness.AMBER


def _gtin_of(code: ParsedCode, facts: Facts) -> str | None:
    if facts.identity is not None:
        return facts.identity.gtin
    return code.gtin if isinstance(code, TradeItem) else None
