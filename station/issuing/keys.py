"""A brand's signing keys: making them, choosing one to sign with, and taking them out of use.

The private half lives in an encrypted file, the public half and its state in the brand folder's
database and, by publication, in every registry. A key's state only ever gets worse.
"""

from collections.abc import Iterable
from typing import Final

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import ConfigurationError, StorageError
from station.core.registry import BrandRecord, KeyRecord, KeyState, ProductRecord
from station.core.unit_code import MAX_KEY_ID
from station.issuing.catalogue import find_brand, find_product
from station.issuing.names import quoted
from station.ports.brand_store import BrandStore, KeyVault

_WORSE: Final[dict[KeyState, frozenset[KeyState]]] = {
    KeyState.ACTIVE: frozenset({KeyState.RETIRED, KeyState.COMPROMISED, KeyState.REVOKED}),
    KeyState.RETIRED: frozenset({KeyState.COMPROMISED, KeyState.REVOKED}),
    KeyState.COMPROMISED: frozenset({KeyState.REVOKED}),
    KeyState.REVOKED: frozenset(),
}


def key_file_name(brand: BrandRecord, key_id: int) -> str:
    """What a key's file is called, without its suffix."""
    return f"{brand.slug}-{key_id}"


def new_key(
    store: BrandStore,
    vault: KeyVault,
    slug: str,
    algorithm: Algorithm,
    now_utc: str,
    gtins: Iterable[str] = (),
) -> KeyRecord:
    """Make a key: first its file, then its record.

    Killed in between, an unused key file stays and its number is passed over.

    Args:
        store: The brand folder's.
        vault: Where the file goes.
        slug: Whose key it is.
        algorithm: What it signs with.
        now_utc: Since when it is active.
        gtins: The products it may sign for; none for all of the brand's.

    Raises:
        ConfigurationError: The brand or a product is unknown, or belongs to another brand.
    """
    brand = find_brand(store, slug)
    entitled = frozenset(_own_product(store, brand, gtin).gtin for gtin in gtins)
    taken = [key.key_id for key in brand_keys(store, brand)]
    kept = set(vault.names())
    key_id = max(taken, default=0) + 1
    while key_file_name(brand, key_id) in kept:
        key_id += 1
    if key_id > MAX_KEY_ID:
        raise ConfigurationError(
            f"brand {quoted(slug)} has used all {MAX_KEY_ID} key numbers",
            "add a second brand and enrol its products there",
        )
    private_key = PrivateKey.generate(algorithm)
    record = KeyRecord(
        brand.brand_id,
        key_id,
        algorithm,
        private_key.public_bytes,
        KeyState.ACTIVE,
        now_utc,
        entitled,
    )
    vault.save(key_file_name(brand, key_id), private_key)
    store.add_key(record)
    return record


def _own_product(store: BrandStore, brand: BrandRecord, gtin: str) -> ProductRecord:
    product = find_product(store, gtin)
    if product.brand_id != brand.brand_id:
        raise ConfigurationError(
            f"GTIN {product.gtin} is a product of another brand",
            f"name only products of {quoted(brand.slug)}",
        )
    return product


def brand_keys(store: BrandStore, brand: BrandRecord) -> list[KeyRecord]:
    """A brand's keys by number."""
    every_key = store.keys()
    return [key for key in every_key if key.brand_id == brand.brand_id]


def find_key(store: BrandStore, brand: BrandRecord, key_id: int) -> KeyRecord:
    """A brand's key by number.

    Raises:
        ConfigurationError: There is none of that number.
    """
    keys = brand_keys(store, brand)
    for key in keys:
        if key.key_id == key_id:
            return key
    known = ", ".join(str(key.key_id) for key in keys[-8:]) or "none yet"
    raise ConfigurationError(
        f"brand {quoted(brand.slug)} has no key {key_id}; it has: {known}",
        f"list them with 'station key list', or make one with 'station key new {brand.slug}'",
    )


def set_key_state(
    store: BrandStore, slug: str, key_id: int, state: KeyState, since_utc: str
) -> KeyRecord:
    """Retire a key, or say that it is compromised or revoked; a repeat changes nothing.

    Raises:
        ConfigurationError: The brand or key is unknown, or the key's state is worse already.
    """
    with store.transaction():
        brand = find_brand(store, slug)
        key = find_key(store, brand, key_id)
        if key.state is state:
            return key
        if state not in _WORSE[key.state]:
            raise ConfigurationError(
                f"key {key_id} of {quoted(slug)} is {key.state.value} "
                f"and cannot become {state.value}",
                f"make a new key with 'station key new {slug}'",
            )
        store.set_key_state(brand.brand_id, key_id, state, since_utc)
        return find_key(store, brand, key_id)


def signing_key(store: BrandStore, product: ProductRecord, key_id: int | None = None) -> KeyRecord:
    """The key to sign a product's codes with: the newest active one that may, or the one named.

    Raises:
        ConfigurationError: There is none, or the one named may not.
    """
    brand = brand_of(store, product)
    if key_id is not None:
        key = find_key(store, brand, key_id)
        if key.state is not KeyState.ACTIVE:
            raise ConfigurationError(
                f"key {key_id} of {quoted(brand.slug)} is {key.state.value} and signs nothing new",
                f"leave out --key, or make a new key with 'station key new {brand.slug}'",
            )
        if not _may_sign(key, product):
            raise ConfigurationError(
                f"key {key_id} of {quoted(brand.slug)} may not sign for GTIN {product.gtin}",
                "leave out --key, or make one that may with "
                f"'station key new {brand.slug} --gtin {product.gtin}'",
            )
        return key
    usable = [
        key
        for key in brand_keys(store, brand)
        if key.state is KeyState.ACTIVE and _may_sign(key, product)
    ]
    if not usable:
        raise ConfigurationError(
            f"brand {quoted(brand.slug)} has no active key that may sign for GTIN {product.gtin}",
            f"make one with 'station key new {brand.slug}'",
        )
    return usable[-1]


def _may_sign(key: KeyRecord, product: ProductRecord) -> bool:
    return not key.gtins or product.gtin in key.gtins


def brand_of(store: BrandStore, product: ProductRecord) -> BrandRecord:
    """The brand a product belongs to."""
    return next(brand for brand in store.brands() if brand.brand_id == product.brand_id)


def open_signing_key(store: BrandStore, vault: KeyVault, key: KeyRecord) -> PrivateKey:
    """The private half of a key, made sure to be that key's.

    Raises:
        StorageError: The file holds another key.
        ConfigurationError: The passphrase does not open it.
    """
    brand = next(brand for brand in store.brands() if brand.brand_id == key.brand_id)
    name = key_file_name(brand, key.key_id)
    private_key = vault.load(name)
    if private_key.algorithm is not key.algorithm or private_key.public_bytes != key.public_key:
        raise StorageError(
            f"the file of key {quoted(name)} holds another key than the brand folder lists",
            "restore the brand folder's keys from a backup; sign nothing with this file",
        )
    return private_key
