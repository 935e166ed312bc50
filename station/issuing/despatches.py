"""Shipments on the brand's side: announcing them to sites, by their publication."""

import re
from collections.abc import Sequence
from typing import Final

from station.core.errors import ConfigurationError
from station.core.shipments import MAX_ANNOUNCED, MAX_ANNOUNCED_PARTS, Shipment, gtins_of
from station.issuing.catalogue import find_brand
from station.issuing.names import quoted
from station.ports.brand_store import BrandStore

_SITE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)


def read_site(text: str) -> str:
    """A site's name, as its ``station.toml`` has it."""
    if not _SITE.fullmatch(text):
        raise ConfigurationError(
            f"{quoted(text)} cannot be a site's name",
            "give the name under [site] in its station.toml",
        )
    return text


def announce(store: BrandStore, slug: str, site: str, shipments: Sequence[Shipment]) -> None:
    """Announce shipments to a site, all or none; one of the same id is replaced.

    Raises:
        ConfigurationError: A value is not right, the brand is unknown, a product is not its own,
            or they are too many.
    """
    site = read_site(site)
    with store.transaction():
        brand = find_brand(store, slug)
        own = {one.gtin for one in store.products() if one.brand_id == brand.brand_id}
        for shipment in shipments:
            if foreign := gtins_of(shipment.lines) - own:
                raise ConfigurationError(
                    f"shipment {shipment.shipment_id} has units of GTIN {min(foreign)}, "
                    f"which is no product of brand {slug}",
                    "announce each brand's units by that brand, or enrol it with "
                    "'station product add'",
                )
            store.announce(brand.brand_id, site, shipment)
        to_site = [one for to, one in store.announced(brand.brand_id) if to == site]
        parts = sum(one.parts for one in to_site)
        if len(to_site) > MAX_ANNOUNCED or parts > MAX_ANNOUNCED_PARTS:
            raise ConfigurationError(
                f"more than {MAX_ANNOUNCED} shipments, or {MAX_ANNOUNCED_PARTS} lines, serials and "
                f"pallets of them, would be announced to site {site}",
                "withdraw those that have arrived: station despatch remove",
            )


def withdraw(store: BrandStore, slug: str, site: str, shipment_id: str) -> None:
    """Announce a shipment no longer; a site that has taken it in keeps it.

    Raises:
        ConfigurationError: The brand is unknown, or it does not announce that to the site.
    """
    with store.transaction():
        brand = find_brand(store, slug)
        if not store.withdraw(brand.brand_id, read_site(site), shipment_id):
            raise ConfigurationError(
                f"brand {slug} announces no shipment {quoted(shipment_id)} to site {site}",
                "see what it announces with 'station despatch list'",
            )
