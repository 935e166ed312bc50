"""Sellers, and which products a brand lets them supply.

A brand that says nothing of a product leaves it to everybody. Its first authorisation makes a list,
and a list does not end by revoking: who was taken off it stays on it with a last day.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Supply:
    """That a seller may supply a product.

    Attributes:
        gtin: 14 digits.
        first_day: ``YYYY-MM-DD``, or ``""`` for ever before.
        last_day: ``YYYY-MM-DD``, the last on which it may, or ``""`` for no end.
    """

    gtin: str
    first_day: str = ""
    last_day: str = ""

    def holds_on(self, day: str) -> bool:
        """Whether it holds on a day, ``YYYY-MM-DD``."""
        return self.first_day <= day and (not self.last_day or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class SellerRecord:
    """A seller as a brand names it.

    Attributes:
        brand_id: The brand that speaks.
        seller_id: In the one spelling of `station.core.shipments.seller_id_of`.
        name: For people, 1 to 80 characters.
        supplies: What it may supply, by GTIN, each once.
    """

    brand_id: int
    seller_id: str
    name: str
    supplies: tuple[Supply, ...] = ()


SupplyList = dict[str, Supply]
"""Who may supply one product: a seller's id and its supply."""


def supply_lists(sellers: Iterable[SellerRecord]) -> dict[str, SupplyList]:
    """Who may supply which product; a product without a list is not in it."""
    lists: dict[str, SupplyList] = {}
    for seller in sellers:
        for supply in seller.supplies:
            lists.setdefault(supply.gtin, {})[seller.seller_id] = supply
    return lists


def may_supply(listed: SupplyList | None, seller_id: str, day: str) -> bool:
    """Whether a seller may supply a product on a day.

    Args:
        listed: The product's list, or None where the brand has none.
        seller_id: In its one spelling.
        day: ``YYYY-MM-DD``.
    """
    if listed is None:
        return True
    supply = listed.get(seller_id)
    return supply is not None and supply.holds_on(day)
