"""Policy: where the rules leave a choice, who made it and how, as data.

Three levels. A *site* says everything (`SitePolicy`); a *brand*, and for one product of its own a
*product*, may ask for more through the registry (`BrandPolicy`). `effective_policy` merges them for
one item: the stricter word counts, so a site may tighten what a brand asks, and no brand loosens
what a site demands. What every key means and takes is in `station.core.policy_keys`.
"""

from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Final, TypeVar

from station.core.codes import SIGNED_KINDS, CodeKind


class UnenrolledPolicy(Enum):
    """What a site does with a GTIN no brand enrolled. Milder first, as in every choice here."""

    ACCEPT_NOTE = "accept_note"
    HOLD = "hold"


class PassOrHold(Enum):
    """Whether something goes on as the rules say, or waits for a person."""

    PASSES = "pass"
    HOLD = "hold"


class CompromisedKeyPolicy(Enum):
    """What a signature by a key counts that somebody else may hold."""

    LISTED = "listed"
    """Units listed in the registry are genuine; any other is held."""
    HOLD = "hold"
    """Everything it signed is held."""
    QUARANTINE = "quarantine"
    """As by a revoked key."""


class Issuance(Enum):
    """What proves that a unit was issued."""

    LISTED = "listed"
    """Its row in the registry."""
    SIGNATURE = "signature"
    """Its signature by a key in good standing: a station need hold only the exceptions."""


class Profile(Enum):
    """What a station holds of products whose brand lets the signature prove issuance."""

    FULL = "full"
    """Every unit."""
    COMPACT = "compact"
    """The exceptions."""


ChoiceT = TypeVar("ChoiceT", bound=Enum)

NEVER: Final = "9999-12-31"
ALWAYS: Final = ""
"""Earlier than every date."""

FORMS: Final = frozenset(
    {
        CodeKind.UC1,
        CodeKind.SGTIN,
        CodeKind.OPAQUE,
        CodeKind.BRAND_SERIAL,
        CodeKind.DIGSIG,
        CodeKind.CRYPTO_TAIL,
        CodeKind.TRADE_ITEM,
    }
)
"""The forms of code a policy can speak of."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where a quarantined item goes at this site; ``""`` leaves it to the usual words.

    Attributes:
        quarantine: Whatever has no lane of its own.
        uncoded: Declared uncoded.
        damaged: Declared damaged.
        unreadable: A label nobody can read.
    """

    quarantine: str = ""
    uncoded: str = ""
    damaged: str = ""
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """What counts at a site: its own choices, or those tightened for one product.

    The defaults ask nothing beyond the rules, so that a brand's word counts where it is stricter.
    Every field but `version` has a row in `station.core.policy_keys`, except that lanes have one
    each.

    Attributes:
        version: Names this policy in the journal; a digest of its content, or ``default``.
        unenrolled: What becomes of a GTIN no brand enrolled.
        unenrolled_signed: The same where the label carries a unit code's tag: somebody claims it
            is a signed unit, and nobody here can tell.
        unenrolled_level: The same where an enrolled product has this GTIN but for the packaging
            level: a case, or a GTIN made to look like one.
        formats: The forms of code the site takes at all, whatever brands accept.
        enforce_by: Grace that brands grant ends on this day at the latest, ``YYYY-MM-DD``.
        accepts: The forms the brand demands, of those the product was enrolled with.
        enforce_from: The day from which a form not accepted is refused; before it is a note.
        unsigned: Whether an accepted form without a signature passes on the registry's word.
        unlisted: Whether an authentic unit passes that the registry does not list yet.
        compromised_key: What a compromised key's signature counts.
        stale: What becomes of an accepted unit once the registry is older than `amber_hours`.
        fresh_hours: Registry age up to which verdicts are plain.
        amber_hours: Registry age up to which verdicts are only flagged; beyond, provisional.
        lanes: Where quarantined items go.
    """

    version: str = "default"
    unenrolled: UnenrolledPolicy = UnenrolledPolicy.ACCEPT_NOTE
    unenrolled_signed: UnenrolledPolicy = UnenrolledPolicy.HOLD
    unenrolled_level: UnenrolledPolicy = UnenrolledPolicy.HOLD
    formats: frozenset[CodeKind] = FORMS
    enforce_by: str = NEVER
    accepts: frozenset[CodeKind] = FORMS
    enforce_from: str = ALWAYS
    unsigned: PassOrHold = PassOrHold.PASSES
    unlisted: PassOrHold = PassOrHold.PASSES
    compromised_key: CompromisedKeyPolicy = CompromisedKeyPolicy.LISTED
    stale: PassOrHold = PassOrHold.PASSES
    fresh_hours: float = 26.0
    amber_hours: float = 72.0
    lanes: Lanes = Lanes()


@dataclass(frozen=True, slots=True)
class BrandPolicy:
    """What a brand asks for all its products, or for one; None leaves it to the level above.

    The fields are those of `SitePolicy` that a brand may set; lanes stand one by one. `issuance`
    alone is no rule of a verdict: it says what a station must hold (`issuance_of`).
    """

    accepts: frozenset[CodeKind] | None = None
    enforce_from: str | None = None
    unsigned: PassOrHold | None = None
    unlisted: PassOrHold | None = None
    compromised_key: CompromisedKeyPolicy | None = None
    stale: PassOrHold | None = None
    fresh_hours: float | None = None
    amber_hours: float | None = None
    quarantine_lane: str | None = None
    uncoded_lane: str | None = None
    damaged_lane: str | None = None
    unreadable_lane: str | None = None
    issuance: Issuance | None = None


NOTHING_ASKED: Final = BrandPolicy()


def effective_policy(
    site: SitePolicy, brand: BrandPolicy = NOTHING_ASKED, product: BrandPolicy = NOTHING_ASKED
) -> SitePolicy:
    """What counts for one item.

    A product's word goes before its brand's: both are the brand's own. Of that and the site's the
    stricter counts; of two names for a lane the site's, which has to find it. The result's
    `version` is still the site's; `station.core.policy_keys.versioned` names it.

    Args:
        site: What the site demands.
        brand: What the brand asks for all its products.
        product: What it asks for this one.
    """
    asked = {
        field.name: _first(getattr(product, field.name), getattr(brand, field.name))
        for field in fields(BrandPolicy)
    }
    return replace(
        site,
        accepts=_narrower(site.accepts, asked["accepts"]),
        enforce_from=min(asked["enforce_from"] or ALWAYS, site.enforce_by),
        unsigned=_stricter(site.unsigned, asked["unsigned"]),
        unlisted=_stricter(site.unlisted, asked["unlisted"]),
        compromised_key=_stricter(site.compromised_key, asked["compromised_key"]),
        stale=_stricter(site.stale, asked["stale"]),
        fresh_hours=_sooner(site.fresh_hours, asked["fresh_hours"]),
        amber_hours=_sooner(site.amber_hours, asked["amber_hours"]),
        lanes=Lanes(
            site.lanes.quarantine or asked["quarantine_lane"] or "",
            site.lanes.uncoded or asked["uncoded_lane"] or "",
            site.lanes.damaged or asked["damaged_lane"] or "",
            site.lanes.unreadable or asked["unreadable_lane"] or "",
        ),
    )


def issuance_of(
    accepted_kinds: frozenset[CodeKind],
    brand: BrandPolicy = NOTHING_ASKED,
    product: BrandPolicy = NOTHING_ASKED,
) -> Issuance:
    """What proves that a product's units were issued; a form without a signature needs its row.

    Args:
        accepted_kinds: The forms of code the product was enrolled with.
        brand: What its brand asks for all its products.
        product: What it asks for this one.
    """
    asked: Issuance | None = _first(product.issuance, brand.issuance)
    return asked if asked is not None and accepted_kinds <= SIGNED_KINDS else Issuance.LISTED


def _first(own: Any, general: Any) -> Any:
    return general if own is None else own


def _stricter(demanded: ChoiceT, asked: ChoiceT | None) -> ChoiceT:
    """The stricter of two choices: each enumeration lists the milder one first."""
    if asked is None:
        return demanded
    order = list(type(demanded))
    return max(demanded, asked, key=order.index)


def _narrower(
    demanded: frozenset[CodeKind], asked: frozenset[CodeKind] | None
) -> frozenset[CodeKind]:
    return demanded if asked is None else demanded & asked


def _sooner(demanded: float, asked: float | None) -> float:
    return demanded if asked is None else min(demanded, asked)
