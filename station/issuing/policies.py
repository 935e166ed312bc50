"""What a brand asks of sites: its policy for all its products, and for one of them.

Settings come as a person types them, ``KEY=VALUE``; an empty value takes a wish back. Nothing is
stored unless all of them are right.
"""

from collections.abc import Iterable
from typing import Final

from station.core.codes import SIGNED_KINDS
from station.core.errors import ConfigurationError
from station.core.policy import BrandPolicy, Issuance
from station.core.policy_keys import (
    Level,
    PolicyError,
    PolicyValue,
    keys_of,
    plain_policy,
    read_brand_policy,
)
from station.core.registry import BrandRecord, ProductRecord
from station.issuing.catalogue import find_brand, find_product
from station.issuing.names import quoted
from station.ports.brand_store import BrandStore

_HOURS: Final = "_hours"


def set_brand_policy(store: BrandStore, slug: str, settings: Iterable[str]) -> BrandRecord:
    """Change what a brand asks for all its products; no settings change nothing.

    Raises:
        ConfigurationError: The brand is unknown, or a setting is wrong.
    """
    with store.transaction():
        brand = find_brand(store, slug)
        store.set_brand_policy(brand.brand_id, _changed(brand.policy, settings, Level.BRAND))
        return find_brand(store, slug)


def set_product_policy(store: BrandStore, gtin: str, settings: Iterable[str]) -> ProductRecord:
    """Change what is asked for one product; no settings change nothing.

    Raises:
        ConfigurationError: The product is unknown, or a setting is wrong.
    """
    with store.transaction():
        product = find_product(store, gtin)
        policy = _changed(product.policy, settings, Level.PRODUCT)
        if policy.issuance is Issuance.SIGNATURE and not product.accepted_kinds <= SIGNED_KINDS:
            raise ConfigurationError(
                f"issuance: product {product.gtin} also takes forms without a signature",
                "their units have to be listed: leave issuance=listed, or enrol the product with "
                "signed codes alone",
            )
        store.set_product_policy(product.product_id, policy)
        return find_product(store, gtin)


def _changed(policy: BrandPolicy, settings: Iterable[str], level: Level) -> BrandPolicy:
    written: dict[str, PolicyValue] = plain_policy(policy)
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise ConfigurationError(
                f"{quoted(setting)} sets nothing",
                f"write KEY=VALUE, or KEY= to take it back; keys: {', '.join(keys_of(level))}",
            )
        written[name] = _number(value) if name.endswith(_HOURS) else value
        if not value and name in keys_of(level):
            del written[name]
    try:
        return read_brand_policy(written, level)
    except PolicyError as error:
        raise ConfigurationError(f"{error.key}: {error.problem}", error.remedy) from None


def _number(text: str) -> PolicyValue:
    try:
        return float(text) if text.isascii() else text
    except ValueError:
        return text
