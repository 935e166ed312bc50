"""``station publish``: sign everything in a brand folder and write it to a plain folder."""

from pathlib import Path

import click

from station.app.brand_folder import (
    brand_dir_option,
    brand_folder,
    note,
    passphrase_option,
    put_line,
)
from station.app.clock import SystemClock
from station.app.options import json_option
from station.ports.publication import Release
from station.storage import durable
from station.sync.publish import Publication, publish
from station.transport.tuf_carry import SplitPublisher
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
@click.option(
    "--prepare",
    "prepare_in",
    type=click.Path(file_okay=False, path_type=Path),
    help="Prepare it in this folder, to be signed by keys held elsewhere; puts nothing out.",
)
@click.option(
    "--signed",
    "signed_in",
    type=click.Path(file_okay=False, path_type=Path),
    help="Put out what was prepared, with the signatures that came back in this folder.",
)
@click.option(
    "--renew",
    is_flag=True,
    help="Say anew that what is out is the newest; needs the online key alone.",
)
@brand_dir_option
@passphrase_option
@json_option
def command(
    target: Path,
    valid_days: int,
    keep: int,
    prepare_in: Path | None,
    signed_in: Path | None,
    renew: bool,
    brand_dir: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Sign brands, products, keys and units, and write them to a folder for 'station sync'.

    The first time, the publisher's own keys are made too. Give each site the root file this
    prints, and its fingerprint by another way, for 'station init'. Where keys are held on other
    machines, --prepare makes a folder for 'station signing sign' there, and --signed takes it back.
    """
    ways = [prepare_in is not None, signed_in is not None, renew]
    if sum(ways) > 1:
        raise click.UsageError("--prepare, --signed and --renew exclude each other")
    folder = brand_folder(brand_dir, passphrase_file)
    now_utc = SystemClock().now_utc()
    kind = SplitPublisher if any(ways) else TufPublisher
    with (
        folder.open() as store,
        kind(
            folder.publisher, folder.publisher_keys, target, durable, valid_days, keep
        ) as publisher,
    ):
        if not isinstance(publisher, SplitPublisher):
            _show(publish(store, publisher, now_utc), as_json)
        elif prepare_in is not None:
            publication = publish(store, publisher, now_utc)
            request = publisher.hand_over(prepare_in, publication.units)
            _show_prepared(publication, prepare_in, request.wanted, as_json)
        else:
            number = store.reserve_publication(now_utc)
            if signed_in is None:
                release = publisher.renew(number, now_utc)
                generation = None
            else:
                release, request = publisher.put_out(signed_in, number, now_utc)
                generation = request.number
                store.finish_publication(generation, request.prepared_utc, request.units)
            _show_out(release, number, generation, as_json)


def _show_prepared(
    publication: Publication, folder: Path, wanted: list[str], as_json: bool
) -> None:
    fields = {
        "generation": publication.number,
        "prepared_utc": publication.published_utc,
        "state_digest": publication.state_digest,
        "units": publication.units,
        "folder": str(folder),
        "wanted": wanted,
    }
    put_line(
        as_json,
        fields,
        f"generation {publication.number} waits in {folder} for signatures of {', '.join(wanted)}",
    )
    if not as_json:
        note(
            f"Next, where those keys are: station signing sign {folder} --keys KEYS\n"
            f"Then here: station publish --to … --signed {folder}"
        )


def _show_out(release: Release, number: int, generation: int | None, as_json: bool) -> None:
    fields = {
        "timestamp": number,
        "generation": generation,
        "expires_utc": release.expires_utc,
        "root": str(release.root_file),
        "root_fingerprint": release.root_fingerprint,
    }
    what = "what is out is renewed" if generation is None else f"generation {generation} is out"
    put_line(as_json, fields, f"{what}, valid until {release.expires_utc}")


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
