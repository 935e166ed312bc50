"""Shipments that brands announce to a site, as they travel in a publication.

One document a brand and site, signed by the brand; the catalogue names its digest, so that a
brand's key alone announces nothing. Its name is made of the site's, so that a list of files is no
list of sites. Only the brand's own products may stand in it, and what a file of shipments could not
say is refused (`station.core.shipments.ShipmentDraft`): one brand's word makes no other brand's
unit expected.

Source: docs/reference/registry-distribution.md.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from station.core.shipments import (
    MAX_ANNOUNCED,
    Shipment,
    ShipmentDraft,
    ShipmentFault,
    ShipmentKind,
    gtins_of,
    is_sscc,
)
from station.ports.publication import AnnouncementShelf, TrustedSource
from station.sync import documents
from station.sync.columns import damaged
from station.sync.fields import Gtin, Number

SiteName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")]
ShipmentId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")]
SellerId = Annotated[str, msgspec.Meta(pattern=r"^(?:[a-z0-9][a-z0-9._-]{0,39})?\Z")]
Serial = Annotated[str, msgspec.Meta(pattern=r'^[!"%-?A-Z_a-z]{1,20}\Z')]
Sscc = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{18}\Z")]
Units = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class ListedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is announced of one product, in one pallet or apart from any."""

    gtin: Gtin
    count: Units
    serials: list[Serial] = []
    sscc: Sscc | None = None


class ListedShipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One shipment."""

    shipment_id: ShipmentId
    kind: ShipmentKind
    seller: SellerId = ""
    lines: list[ListedLine] = []
    ssccs: list[Sscc] = []

    def shipment(self) -> Shipment:
        """As the site keeps it.

        Raises:
            TrustError: No file of shipments could say this.
        """
        draft = ShipmentDraft(self.shipment_id, self.kind, self.seller)
        for sscc in self.ssccs:
            self._hold(draft.add_pallet(sscc))
        for line in self.lines:
            for serial in line.serials:
                self._hold(draft.add_serial(line.gtin, serial, line.sscc or ""))
            self._hold(draft.add_count(line.gtin, line.count, line.sscc or ""))
        made = draft.shipment()
        if isinstance(made, ShipmentFault):
            raise damaged(f"shipment {self.shipment_id}: {made.what}")
        if not all(map(is_sscc, made.ssccs)):
            raise damaged(f"shipment {self.shipment_id}: a pallet's number is none")
        if listed(made) != self:
            raise damaged(f"shipment {self.shipment_id}: its lines are out of order")
        return made

    def _hold(self, fault: ShipmentFault | None) -> None:
        if fault is not None:
            raise damaged(f"shipment {self.shipment_id}: {fault.what}")


class Shipments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``brands/SLUG/shipments-TAG.json``, signed by the brand: what it announces to one site."""

    format: int
    brand_id: Number
    site: SiteName
    shipments: Annotated[list[ListedShipment], msgspec.Meta(max_length=MAX_ANNOUNCED)]


@dataclass(frozen=True, slots=True)
class Announcement:
    """What one brand announces to this site, checked.

    Attributes:
        slug: The brand's.
        digest: The document's, as the catalogue names it.
        shipments: By id.
    """

    slug: str
    digest: str
    shipments: tuple[Shipment, ...]


def listed(shipment: Shipment) -> ListedShipment:
    """A shipment as a document names it: the same one always in the same way."""
    return ListedShipment(
        shipment.shipment_id,
        shipment.kind,
        shipment.seller,
        [
            ListedLine(line.gtin, line.count, sorted(line.serials), line.sscc or None)
            for line in shipment.lines
        ],
        list(shipment.ssccs),
    )


def site_tag(site: str) -> str:
    """What stands for a site in the name of its document."""
    return hashlib.sha256(site.encode("ascii")).hexdigest()[:32]


def shipments_path(slug: str, tag: str) -> str:
    """The target that holds what a brand announces to a site."""
    return f"brands/{slug}/shipments-{tag}.json"


def shipments_document(brand_id: int, site: str, shipments: Iterable[Shipment]) -> Shipments:
    """What a brand announces to a site, by id."""
    return Shipments(
        documents.FORMAT,
        brand_id,
        site,
        [listed(one) for one in sorted(shipments, key=lambda one: one.shipment_id)],
    )


def new_announcements(
    catalogue: documents.Catalogue,
    source: TrustedSource,
    fetch: Callable[[str], None],
    shelf: AnnouncementShelf,
) -> list[Announcement]:
    """What the site has not taken yet of what is announced to it.

    Args:
        catalogue: The publisher's, checked.
        source: Opens what was fetched.
        fetch: Fetches and verifies a target.
        shelf: The site's.

    Raises:
        TrustError: A document is another's, or announces what its brand may not.
    """
    tag = site_tag(shelf.site)
    found = []
    for brand in catalogue.brands:
        digest = brand.shipments.get(tag)
        if digest is None or shelf.is_taken(brand.slug, digest):
            continue
        path = shipments_path(brand.slug, tag)
        fetch(path)
        with source.open(path) as file:
            content = file.read()
        if documents.digest_of(content) != digest:
            raise damaged(f"what brand {brand.slug} announces is not what the publisher saw")
        document = documents.decode(content, Shipments)
        found.append(Announcement(brand.slug, digest, _admitted(document, brand, shelf.site)))
    return found


def _admitted(
    document: Shipments, brand: documents.CatalogueBrand, site: str
) -> tuple[Shipment, ...]:
    if (document.brand_id, document.site) != (brand.brand_id, site):
        raise damaged(f"what brand {brand.slug} announces is another brand's or site's")
    ids = [one.shipment_id for one in document.shipments]
    if ids != sorted(set(ids)):
        raise damaged(f"shipments of brand {brand.slug} out of order")
    shipments = tuple(one.shipment() for one in document.shipments)
    foreign = _gtins(shipments) - {product.gtin for product in brand.products}
    if foreign:
        raise damaged(
            f"brand {brand.slug} announces units of GTIN {min(foreign)}, which is not its own"
        )
    return shipments


def _gtins(shipments: Sequence[Shipment]) -> set[str]:
    return {gtin for shipment in shipments for gtin in gtins_of(shipment.lines)}
