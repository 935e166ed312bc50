"""``station key``: make signing keys, list them, take them out of use."""

from pathlib import Path

import click

from station.app.brand_folder import (
    brand_dir_option,
    brand_folder,
    note,
    passphrase_option,
)
from station.app.clock import SystemClock
from station.app.options import Choice, json_option
from station.app.result_lines import put_line
from station.core.codes import Algorithm
from station.core.errors import ConfigurationError
from station.core.registry import BrandRecord, KeyRecord, KeyState
from station.issuing.catalogue import find_brand
from station.issuing.keys import brand_keys, new_key, set_key_state
from station.issuing.names import quoted, read_moment

ALGORITHMS = {"ed25519": Algorithm.ED25519, "p256": Algorithm.ECDSA_P256}
_ALGORITHM_NAMES = {algorithm: name for name, algorithm in ALGORITHMS.items()}


@click.group("key", help="Signing keys of a brand.")
def command() -> None:
    """Hold the subcommands."""


@command.command("new")
@click.argument("slug")
@click.option(
    "--algorithm",
    type=Choice(list(ALGORITHMS)),
    default="ed25519",
    show_default=True,
    help="How the key signs.",
)
@click.option("--gtin", "gtins", multiple=True, help="Sign for this product only; repeatable.")
@brand_dir_option
@passphrase_option
@json_option
def new(
    slug: str,
    algorithm: str,
    gtins: tuple[str, ...],
    brand_dir: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Make a key for the brand SLUG, in a file encrypted with the passphrase."""
    folder = brand_folder(brand_dir, passphrase_file)
    with folder.open() as store:
        brand = find_brand(store, slug)
        now_utc = SystemClock().now_utc()
        key = new_key(store, folder.keys, slug, ALGORITHMS[algorithm], now_utc, gtins)
    _show(brand, key, as_json)
    if not as_json:
        note(f"Next: station product add GTIN --brand {slug} --name NAME")


@command.command("list")
@click.argument("slug", required=False)
@brand_dir_option
@json_option
def list_keys(slug: str | None, brand_dir: Path, as_json: bool) -> None:
    """List the keys of one brand, or of all."""
    with brand_folder(brand_dir).open() as store:
        brands = store.brands() if slug is None else [find_brand(store, slug)]
        for brand in brands:
            for key in brand_keys(store, brand):
                _show(brand, key, as_json)


def _state_command(name: str, state: KeyState, summary: str) -> None:
    """Add a subcommand that changes a key's state."""

    @command.command(name, help=summary)
    @click.argument("slug")
    @click.argument("key_id", type=click.IntRange(0, 0xFFFF))
    @click.option("--since", help="Since when, e.g. 2026-01-31T12:00:00Z; now by default.")
    @brand_dir_option
    @json_option
    def change(slug: str, key_id: int, since: str | None, brand_dir: Path, as_json: bool) -> None:
        now_utc = SystemClock().now_utc()
        since_utc = now_utc if since is None else read_moment(since)
        if since_utc > now_utc:
            raise ConfigurationError(
                f"{quoted(since_utc)} is in the future", "give the moment it happened"
            )
        with brand_folder(brand_dir).open() as store:
            key = set_key_state(store, slug, key_id, state, since_utc)
            brand = find_brand(store, slug)
        _show(brand, key, as_json)
        if not as_json:
            note("Stations learn of it with the next 'station publish' and 'station sync'.")


_state_command(
    "retire", KeyState.RETIRED, "Sign nothing new with a key; what it signed stays good."
)
_state_command(
    "compromise",
    KeyState.COMPROMISED,
    "Say that others may have a key: only units listed in the registry count.",
)
_state_command("revoke", KeyState.REVOKED, "Say that nothing a key signed counts any more.")


def _show(brand: BrandRecord, key: KeyRecord, as_json: bool) -> None:
    gtins = sorted(key.gtins)
    algorithm = _ALGORITHM_NAMES[key.algorithm]
    fields = {
        "brand": brand.slug,
        "key_id": key.key_id,
        "algorithm": algorithm,
        "public_key": key.public_key.hex(),
        "state": key.state.value,
        "since_utc": key.since_utc,
        "gtins": gtins,
    }
    entitled = ",".join(gtins) or "all products"
    put_line(
        as_json,
        fields,
        f"{brand.slug:<16} {key.key_id:>5} {algorithm:<8} {key.state.value:<11} "
        f"{key.since_utc}  {entitled}",
    )
