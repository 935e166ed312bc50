"""``station signing``: a publication's keys that are held on other machines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from station.app.brand_folder import (
    brand_dir_option,
    brand_folder,
    find_passphrase,
    note,
    passphrase_option,
)
from station.app.clock import SystemClock
from station.app.options import json_option, yes_option
from station.app.publication_options import publication_options
from station.app.result_lines import put_line
from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.core.errors import ConfigurationError
from station.ports.publication import Release
from station.storage import durable
from station.storage.key_files import EncryptedKeyFolder
from station.sync.signing import described
from station.transport.tuf_carry import SplitPublisher
from station.transport.tuf_ceremony import RootCeremony
from station.transport.tuf_keys import SUFFIX, check_name, write_public_key
from station.transport.tuf_roles import RoleSigner
from station.transport.tuf_signing import Examination, Item, SigningDesk

_folder_argument = click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER"
)
_keys_option = click.option(
    "--keys",
    "key_folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the keys on this machine; made where it is not there.",
)
_fingerprint_option = click.option(
    "--fingerprint",
    default="",
    help="SHA-256 of the publisher's root file, told by another way; needed the first time.",
)


@click.group("signing", help="Keys that sign publications on other machines.")
def command() -> None:
    """Hold the subcommands."""


@command.command("key")
@click.argument("name")
@_keys_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where the public half goes, NAME.public.json; the working directory by default.",
)
@passphrase_option
@json_option
def key(
    name: str, key_folder: Path, out: Path, passphrase_file: Path | None, as_json: bool
) -> None:
    """Make the key NAME here, if it is not there yet, and write its public half.

    NAME is root-1, root-2, root-3, targets, or brand-SLUG. The key never leaves this machine; carry
    the public half to the publisher.
    """
    check_name(name)
    vault = _vault(key_folder, passphrase_file)
    if name not in vault.names():
        vault.save(name, PrivateKey.generate(Algorithm.ED25519))
    signer = RoleSigner(vault.load(name))
    path = out / f"{name}{SUFFIX}"
    write_public_key(path, name, signer.public_bytes, durable)
    key_id = signer.public_key.keyid
    put_line(as_json, {"name": name, "key_id": key_id, "path": str(path)}, f"{path}\nkey {key_id}")


@command.command("add")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Take it in the place of another key of that name.")
@brand_dir_option
@json_option
def add(file: Path, replace: bool, brand_dir: Path, as_json: bool) -> None:
    """Tell the publisher the public half FILE of a key that is held elsewhere.

    A brand's key counts from the next publication on, another one with the next root.
    """
    with _ceremony(brand_dir, None) as ceremony:
        name, key_id = ceremony.add_public_key(file, replace=replace)
    put_line(as_json, {"name": name, "key_id": key_id}, f"{name} is held elsewhere: key {key_id}")


@command.command("root")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to carry; it must not be there yet.",
)
@brand_dir_option
@passphrase_option
@json_option
def root(out: Path, brand_dir: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Prepare the next version of the root, for two of its holders to sign.

    It lists the keys that are known by now: those given with `add`, then those in the brand folder,
    then those of the root before.
    """
    with _ceremony(brand_dir, passphrase_file) as ceremony:
        request = ceremony.propose_root(out, SystemClock().now_utc())
    put_line(
        as_json,
        {"folder": str(out), "root": request.number, "wanted": request.wanted},
        f"root {request.number} waits for signatures in {out}",
    )
    if not as_json:
        note(f"Next, at each holder: station signing sign {out} --keys KEYS")


@command.command("accept")
@_folder_argument
@brand_dir_option
@passphrase_option
@json_option
def accept(folder: Path, brand_dir: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Take a root that came back signed; the next publication hands it out."""
    with _ceremony(brand_dir, passphrase_file) as ceremony:
        accepted = ceremony.accept_root(folder)
    fields = {"root": accepted.version, "expires_utc": accepted.expires_utc}
    fields |= {"path": str(accepted.path), "fingerprint": accepted.fingerprint}
    put_line(
        as_json,
        fields,
        f"root {accepted.version} is in force until {accepted.expires_utc}\n"
        f"root file    {accepted.path}\nfingerprint  {accepted.fingerprint}",
    )


@command.command("show")
@_folder_argument
@_keys_option
@_fingerprint_option
@json_option
def show(folder: Path, key_folder: Path, fingerprint: str, as_json: bool) -> None:
    """Check the carried FOLDER and say what it asks the keys here to sign; signs nothing."""
    desk = _desk(key_folder, None)
    _show(desk, folder, desk.examine(folder, SystemClock().now_utc(), fingerprint), as_json)


@command.command("sign")
@_folder_argument
@_keys_option
@_fingerprint_option
@yes_option
@passphrase_option
@json_option
def sign(
    folder: Path,
    key_folder: Path,
    fingerprint: str,
    yes: bool,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Check the carried FOLDER, say what it asks for, ask, and sign with the keys here.

    Signatures go into FOLDER; carry it back, or on to the next holder. Nothing older than what was
    signed here before is signed again, and nothing that its role may not say.
    """
    desk = _desk(key_folder, passphrase_file)
    examined = desk.examine(folder, SystemClock().now_utc(), fingerprint)
    _show(desk, folder, examined, as_json)
    if not yes:
        click.confirm("Sign this?", abort=True, err=True)
    for path in desk.sign(folder, examined):
        note(f"signed: {path}")


@command.command("put-out")
@_folder_argument
@publication_options
@brand_dir_option
@passphrase_option
@json_option
def put_out(
    folder: Path,
    target: Path,
    valid_days: int,
    keep: int,
    brand_dir: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Put out what 'station publish --prepare' prepared, with the signatures in FOLDER."""
    brand = brand_folder(brand_dir, passphrase_file)
    now_utc = SystemClock().now_utc()
    with (
        brand.open() as store,
        SplitPublisher(
            brand.publisher, brand.publisher_keys, target, durable, valid_days, keep
        ) as publisher,
    ):
        number = store.reserve_publication(now_utc)
        release, request = publisher.put_out(folder, number, now_utc)
        store.finish_publication(request.number, request.prepared_utc, request.units)
    _show_out(release, number, request.number, as_json)


@command.command("renew")
@publication_options
@brand_dir_option
@passphrase_option
@json_option
def renew(
    target: Path,
    valid_days: int,
    keep: int,
    brand_dir: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Say anew that what is out is the newest; needs the online key alone.

    For the nights on which nothing new could be signed: without it, stations take what is out for
    withheld news once its days are over.
    """
    brand = brand_folder(brand_dir, passphrase_file)
    now_utc = SystemClock().now_utc()
    with (
        brand.open() as store,
        SplitPublisher(
            brand.publisher, brand.publisher_keys, target, durable, valid_days, keep
        ) as publisher,
    ):
        number = store.reserve_publication(now_utc)
        release = publisher.renew(number, now_utc)
    _show_out(release, number, None, as_json)


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


def _desk(key_folder: Path, passphrase_file: Path | None) -> SigningDesk:
    if not key_folder.is_dir():
        raise ConfigurationError(
            f"there is no key folder {key_folder}",
            "name it with --keys, or make a key with 'station signing key NAME'",
        )
    return SigningDesk(_vault(key_folder, passphrase_file), key_folder, durable)


def _vault(key_folder: Path, passphrase_file: Path | None) -> EncryptedKeyFolder:
    return EncryptedKeyFolder(key_folder, lambda: find_passphrase(key_folder, passphrase_file))


def _ceremony(brand_dir: Path, passphrase_file: Path | None) -> RootCeremony:
    folder = brand_folder(brand_dir, passphrase_file)
    with folder.open():
        return RootCeremony(folder.publisher, folder.publisher_keys, durable)


def _show(desk: SigningDesk, folder: Path, examined: Examination, as_json: bool) -> None:
    request = examined.request
    if not as_json:
        units = f", units {request.units}" if request.kind == "publication" else ""
        click.echo(f"{request.kind} {request.number}, prepared {request.prepared_utc}{units}")
        click.echo(f"root fingerprint {examined.root_fingerprint or 'none yet: this is the first'}")
        click.echo(f"wanted: {', '.join(request.wanted)}")
    for item in examined.items:
        files = list(_described(desk, folder, item))
        put_line(as_json, _fields(examined, item, files), _words(item, files))


def _described(desk: SigningDesk, folder: Path, item: Item) -> Iterator[dict[str, Any]]:
    for one in item.files:
        says = desk.read(folder, one, described)
        yield {"path": one.path, "bytes": one.bytes, "sha256": one.digest, "says": says}


def _fields(examined: Examination, item: Item, files: list[dict[str, Any]]) -> dict[str, Any]:
    request = examined.request
    return {
        "kind": request.kind,
        "number": request.number,
        "prepared_utc": request.prepared_utc,
        "units": request.units,
        "root_fingerprint": examined.root_fingerprint,
        "role": item.role,
        "version": item.version,
        "signed_before": item.signed_before,
        "expires_utc": item.expires_utc,
        "sha256": item.digest,
        "keys": list(item.keys),
        "files": files,
        "signed_by": list(item.signed_by),
    }


def _words(item: Item, files: list[dict[str, Any]]) -> str:
    before = "nothing" if item.signed_before is None else str(item.signed_before)
    lines = [
        f"{item.role} version {item.version}, signed here before: {before}",
        f"  valid until {item.expires_utc}",
        f"  sha256 {item.digest}",
        *(f"  key {line}" for line in item.keys),
    ]
    for one in files:
        lines.append(f"  file {one['path']}, {one['bytes']} bytes, sha256 {one['sha256']}")
        if one["says"]:
            lines.append(f"    {one['says']}")
    lines += [f"  signed already by {key_id}" for key_id in item.signed_by]
    return "\n".join(lines)
