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
from station.app.publication_options import publication_options
from station.app.result_lines import put_line
from station.storage import durable
from station.sync.publish import Publication, publish
from station.sync.publish_rows import SnapshotRule
from station.transport.tuf_carry import SplitPublisher
from station.transport.tuf_publisher import TufPublisher


@click.command("publish")
@publication_options
@click.option(
    "--prepare",
    "prepare_in",
    type=click.Path(file_okay=False, path_type=Path),
    help="Prepare it in this folder, to be signed by keys held elsewhere; puts nothing out.",
)
@click.option(
    "--snapshot",
    is_flag=True,
    help="Publish all rows whole besides what changed; it happens by itself where it must.",
)
@click.option(
    "--snapshot-days",
    type=click.IntRange(1, 365),
    default=SnapshotRule().days,
    show_default=True,
    help="Publish rows whole again when they were last so long ago.",
)
@brand_dir_option
@passphrase_option
@json_option
def command(
    target: Path,
    valid_days: int,
    keep: int,
    prepare_in: Path | None,
    snapshot: bool,
    snapshot_days: int,
    brand_dir: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Sign brands, products, keys and units, and write them to a folder for 'station sync'.

    The first time, the publisher's own keys are made too. Give each site the root file this
    prints, and its fingerprint by another way, for 'station init'. Where keys are held on other
    machines, --prepare makes a folder for 'station signing sign' there.
    """
    folder = brand_folder(brand_dir, passphrase_file)
    now_utc = SystemClock().now_utc()
    kind = TufPublisher if prepare_in is None else SplitPublisher
    wanted: list[str] = []
    with (
        folder.open() as store,
        kind(
            folder.publisher, folder.publisher_keys, target, durable, valid_days, keep
        ) as publisher,
    ):
        rule = SnapshotRule(snapshot_days, snapshot)
        publication = publish(store, publisher, now_utc, rule)
        if prepare_in is not None and isinstance(publisher, SplitPublisher):
            wanted = publisher.hand_over(prepare_in, publication.units).wanted
    _show(publication, wanted, as_json)
    if prepare_in is not None and not as_json:
        note(
            f"Next, where the keys for {', '.join(wanted)} are: station signing sign {prepare_in} "
            f"--keys KEYS\nThen here: station signing put-out {prepare_in} --to {target}"
        )


def _show(publication: Publication, wanted: list[str], as_json: bool) -> None:
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
        "changes": publication.changes,
        "delta_bytes": publication.delta_bytes,
        "snapshot_bytes": publication.snapshot_bytes,
        "root": str(release.root_file),
        "root_fingerprint": release.root_fingerprint,
        "first": release.is_first,
        "wanted": wanted,
    }
    put_line(
        as_json,
        fields,
        f"generation {publication.number}: brands {publication.brands}, "
        f"products {publication.products}, keys {publication.keys}, units {publication.units}\n"
        f"rows         {_rows(publication)}\n"
        f"root file    {release.root_file}\n"
        f"fingerprint  {release.root_fingerprint}",
    )
    if release.is_first and release.is_out and not as_json:
        note(
            "This was the first publication. Give each site the root file, and the fingerprint "
            "by another way, for 'station init --root FILE --fingerprint HEX'. Then keep "
            "root-1.pem, root-2.pem and root-3.pem of the brand folder's publisher/ offline: they "
            "are needed once a year."
        )


def _rows(publication: Publication) -> str:
    told = []
    if publication.changes:
        told.append(f"changed {publication.changes} in {publication.delta_bytes} bytes")
    if publication.snapshot_bytes:
        told.append(f"whole in {publication.snapshot_bytes} bytes")
    return ", ".join(told) or "unchanged"
