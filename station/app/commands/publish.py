"""``station publish``: sign everything in a brand folder and write it to a plain folder."""

from pathlib import Path

import click

from station.app.brand_folder import (
    brand_dir_option,
    brand_folder,
    note,
    passphrase_option,
)
from station.app.clock import SystemClock
from station.app.options import json_option
from station.app.result_lines import put_line
from station.storage import durable
from station.sync.publish import Publication, publish
from station.transport.tuf_publisher import DEFAULT_KEPT_GENERATIONS, TufPublisher


@click.command("publish")
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write; carry or serve it in any way.",
)
@click.option(
    "--valid-days",
    type=click.IntRange(1, 365),
    default=7,
    show_default=True,
    help="After this many days stations take it for withheld news and refuse it.",
)
@click.option(
    "--keep",
    type=click.IntRange(2, 10_000),
    default=DEFAULT_KEPT_GENERATIONS,
    show_default=True,
    help="How many generations stay in the folder, this one included.",
)
@brand_dir_option
@passphrase_option
@json_option
def command(
    target: Path,
    valid_days: int,
    keep: int,
    brand_dir: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Sign brands, products, keys and units, and write them to a folder for 'station sync'.

    The first time, the publisher's own keys are made too. Give each site the root file this
    prints, and its fingerprint by another way, for 'station init'.
    """
    folder = brand_folder(brand_dir, passphrase_file)
    now_utc = SystemClock().now_utc()
    with (
        folder.open() as store,
        TufPublisher(
            folder.publisher, folder.publisher_keys, target, durable, valid_days, keep
        ) as publisher,
    ):
        publication = publish(store, publisher, now_utc)
    _show(publication, as_json)


def _show(publication: Publication, as_json: bool) -> None:
    release = publication.release
    fields = {
        "generation": publication.number,
        "published_utc": publication.published_utc,
        "expires_utc": release.expires_utc,
        "state_digest": publication.state_digest,
        "brands": publication.brands,
        "products": publication.products,
        "keys": publication.keys,
        "units": publication.units,
        "root": str(release.root_file),
        "root_fingerprint": release.root_fingerprint,
        "first": release.is_first,
    }
    put_line(
        as_json,
        fields,
        f"generation {publication.number}: brands {publication.brands}, "
        f"products {publication.products}, keys {publication.keys}, units {publication.units}\n"
        f"root file    {release.root_file}\n"
        f"fingerprint  {release.root_fingerprint}",
    )
    if release.is_first and not as_json:
        note(
            "This was the first publication. Give each site the root file, and the fingerprint "
            "by another way, for 'station init --root FILE --fingerprint HEX'. Then keep "
            "root-1.pem, root-2.pem and root-3.pem of the brand folder's publisher/ offline: they "
            "are needed once a year."
        )
