"""Bad input at every door: what is wrong, what to do, the right exit code, and nothing lost.

A row a door. Whatever a row gives, no traceback appears, standard error ends in what to do, no byte
of it steers a terminal, and nothing that is kept has changed.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.fakes.desk import Desk
from tests.fakes.privileges import reachable_folder
from tests.fakes.warm_station import Hook

SEE_HELP: Final = "--help'"


@dataclass(frozen=True, slots=True)
class Door:
    """One way in, and what is pushed through it.

    Attributes:
        line: The command; words in capitals stand for what there is.
        code: Exit code.
        wrong: Said of what is wrong.
        remedy: Said of what to do, in the last line.
        prepare: Makes what the line names.
    """

    line: str
    code: int
    wrong: str
    remedy: str
    prepare: Callable[[Desk], object] = Desk.own_all


def site_with(name: str, content: bytes | None) -> Callable[[Desk], None]:
    return folder_with("SITE", name, content)


def brand_with(name: str, content: bytes | None) -> Callable[[Desk], None]:
    return folder_with("BRAND", name, content)


def folder_with(folder: str, name: str, content: bytes | None) -> Callable[[Desk], None]:
    """A folder one of whose files has another content, or is a directory."""

    def prepare(desk: Desk) -> None:
        desk.own_all()
        path = Path(desk.names[folder]) / name
        path.unlink()
        if content is None:
            path.mkdir()
        else:
            path.write_bytes(content)

    return prepare


def site_without(name: str) -> Callable[[Desk], None]:
    def prepare(desk: Desk) -> None:
        (desk.own_site() / name).unlink()

    return prepare


def config_with(right: bytes, wrong: bytes) -> Callable[[Desk], None]:
    def prepare(desk: Desk) -> None:
        path = desk.own_site() / "station.toml"
        content = path.read_bytes()
        assert right in content
        path.write_bytes(content.replace(right, wrong, 1))

    return prepare


BINARY: Final = bytes(range(256)) * 20
JUNK: Final = b"not a database" * 400
CHECK: Final = "check --site SITE x"
SCAN: Final = "scan --site SITE --source"
OF_BRAND: Final = "--brand-dir BRAND"

PICTURES: Final = [
    Door("decode TMP/none.png", 2, "there is no picture", "check the path"),
    Door("decode TMP/folder", 2, "there is no picture", "name another folder"),
    Door("decode TMP/empty", 3, "is an empty file", "take the picture again"),
    Door("decode TMP/text.png", 3, "is no readable PNG", "take the picture again"),
    Door("decode TMP/binary", 3, "is no readable PNG", "take the picture again"),
    Door("decode TMP/huge.png", 3, "is larger than 50 MB", "take the picture again"),
    Door("decode TMP/\x1b[31m.png", 3, "is no readable PNG", "take the picture again"),
    Door("decode /dev/zero", 3, "is no file", "take the picture again"),
    Door("decode /proc/self/mem", 3, "cannot be read", "take the picture again"),
    Door(f"{SCAN} images:TMP/none.png", 5, "there is no picture", "check the path"),
    Door(f"{SCAN} images:TMP/folder", 5, "there is no picture", "name another folder"),
    Door(f"{SCAN} images:TMP/\x1b[31m.png", 3, "is no readable PNG", "check what the source"),
    Door(f"{SCAN} images:TMP/huge.png", 3, "is larger than 50 MB", "check what the source"),
    Door(f"{SCAN} video:TMP/none.avi", 5, "there is no video file", "check the path"),
    Door(f"{SCAN} video:TMP/text.png", 5, "as a video", "FFmpeg can read"),
    Door(f"{SCAN} video:TMP/folder", 5, "", "check the path"),
    Door(f"{SCAN} camera:77", 5, "there is no camera device", "connect it"),
    Door("check --site TMP/\x1b[2J 1", 2, "there is no site", "name one with --site"),
    Door("config show --site TMP/\x1b[2J", 2, "there is no site", "name one with --site"),
    Door("policy check TMP/\x1b[2J", 2, "there is no file", "name a policy"),
    Door("setup --answers TMP/\x1b[2J --site TMP/new", 2, "cannot read", "its name and rights"),
    Door(f"{SCAN} camera:\x1b[2J", 2, "is no camera", "write camera:0"),
]

SCANNERS: Final = [
    Door(f"{SCAN} serial:/dev/nothing", 5, "no serial device /dev/nothing", "check cable"),
    Door(f"{SCAN} serial:TMP/binary", 5, "is not a serial device", "check cable"),
    Door(f"{SCAN} serial:TMP/folder", 5, "is not a serial device", "check cable"),
    Door(f"{SCAN} serial:", 2, "names nothing", "write serial:DEVICE"),
    Door(f"{SCAN} \x1b[2J:x", 2, "is no source", "write images:PATH"),
    Door(f"{SCAN} stdin: --source stdin:", 2, "is named twice", "name it once"),
    Door("run --site SITE", 2, "names no source", "or give --source"),
]

SITES: Final = [
    Door("check --site TMP/none x", 2, "there is no site", "make one with 'station init'"),
    Door("check --site TMP/folder x", 2, "there is no site", "make one with 'station init'"),
    Door("check --site TMP/binary x", 2, "is a file", SEE_HELP),
    Door("dock --site TMP/none", 2, "there is no site", "make one with 'station init'"),
    Door(f"{SCAN} stdin:", 4, "there is no database", "check", site_without("station.db")),
    Door(CHECK, 4, "there is no database", "check the folder", site_without("station.db")),
    Door(CHECK, 4, "it is not a database", "restore it", site_with("station.db", JUNK)),
    Door(f"{SCAN} stdin:", 4, "it is not a database", "restore", site_with("station.db", JUNK)),
    Door("journal verify --site SITE", 4, "it is not", "restore", site_with("station.db", JUNK)),
    Door(CHECK, 4, "station.db", "check the folder", site_with("station.db", None)),
    Door(CHECK, 4, "there is no registry", "station sync", site_without("registry/current")),
    Door(CHECK, 4, "generation's number", "station sync", site_with("registry/current", BINARY)),
    Door(CHECK, 4, "Is a directory", "check the disk", site_with("registry/current", None)),
    Door(CHECK, 4, "is missing", "station sync", site_with("registry/current", b"99\n")),
    Door(CHECK, 4, "registry-1.db", "", site_with("registry/registry-1.db", JUNK)),
    Door(CHECK, 4, "registry-1.db", "", site_with("registry/registry-1.db", b"")),
    Door(CHECK, 4, "is missing", "station sync", site_with("registry/registry-1.db", None)),
    Door(
        f"{SCAN} stdin:",
        2,
        "not a private key",
        "restore the key",
        site_with("keys/station-key.pem", BINARY),
    ),
    Door(
        f"{SCAN} stdin:",
        2,
        "cannot read the station's key",
        "restore the key",
        site_without("keys/station-key.pem"),
    ),
    Door("init --site TMP/binary --name a --station b", 2, "is a file", SEE_HELP),
    Door("init --site SITE --name a --station b", 2, "already a site", "name another folder"),
    Door("init --site TMP/new --name \x1b --station b", 2, "cannot be", "use 1 to 40"),
    Door("init --site /proc/new --name a --station b", 4, "cannot make the site", "check"),
]

CONFIGURATIONS: Final = [
    Door(CHECK, 2, "is not valid TOML", "mend that line", site_with("station.toml", b"[site\n")),
    Door(CHECK, 2, "is not valid TOML", "mend that line", site_with("station.toml", BINARY)),
    Door(CHECK, 2, "missing required field", "docs/", site_with("station.toml", b"")),
    Door(CHECK, 2, "Is a directory", "mend", site_with("station.toml", None)),
    Door(CHECK, 2, "longer than 1 MiB", "backup", site_with("station.toml", b"#" * 2_000_000)),
    Door(CHECK, 2, "`dok`", "did you mean 'dock'?", config_with(b"[dock]", b"[dok]")),
    Door(CHECK, 2, "`latsh`", "did you mean 'latch'?", config_with(b"latch =", b"latsh =")),
    Door(CHECK, 2, "fresh_hours", "docs/", config_with(b"fresh_hours = 26", b"fresh_hours = []")),
    Door(CHECK, 2, "amber_hours", "larger", config_with(b"amber_hours = 72", b"amber_hours = 1")),
    Door(CHECK, 2, "station.name", "docs/", config_with(b'"dock-1"', b'"\\u001b[2J"')),
]

PUBLICATIONS: Final = [
    Door("sync --site SITE", 2, "not known where", "--from"),
    Door("sync --site SITE --from TMP/none", 2, "there is no directory", "--from"),
    Door("sync --site SITE --from TMP/binary", 2, "there is no directory", "--from"),
    Door("sync --site SITE --from TMP/folder", 4, "cannot fetch", "nothing was changed"),
    Door("sync --site SITE --from ftp://127.0.0.1/", 2, "cannot sync from", "https://"),
    Door("sync --site SITE --from http://127.0.0.1:1/", 2, "not encrypted", "--allow-http"),
    Door("sync --site SITE --from https://127.0.0.1:1/", 4, "cannot reach", "nothing was changed"),
    Door(
        "init --site TMP/new --name a --station b --root TMP/binary --fingerprint " + "0" * 64,
        4,
        "is not the root file",
        "ask the publisher",
    ),
    Door(
        "init --site TMP/new --name a --station b --root TMP/none --fingerprint " + "0" * 64,
        2,
        "cannot read the root file",
        "check its name",
    ),
    Door("publish --to TMP/binary --brand-dir BRAND", 2, "is a file", SEE_HELP),
    Door("publish --to /proc/new --brand-dir BRAND", 4, "cannot use /proc/new", "check"),
]

BRAND_FOLDERS: Final = [
    Door("brand list --brand-dir TMP/none", 4, "there is no brand folder", "make it with"),
    Door("codes list --brand-dir TMP/folder", 4, "there is no brand folder", "make it with"),
    Door("key list --brand-dir TMP/binary", 2, "is a file", SEE_HELP),
    Door("brand add acme --name A --brand-dir /proc/new", 4, "cannot use", "check the disk"),
    Door(f"brand add a_b --name A {OF_BRAND}", 2, "short name", "use 1 to 32"),
    Door(f"brand add acme --name \x1b[2J {OF_BRAND}", 2, "cannot be the name", "visible"),
    Door(f"brand list {OF_BRAND}", 4, "it is not a database", "", brand_with("brand.db", JUNK)),
    Door(f"brand list {OF_BRAND}", 4, "", "", brand_with("brand.db", None)),
    Door(
        f"codes order --gtin GTIN --count 1 {OF_BRAND}",
        4,
        "key file",
        "revoke the key",
        brand_with("keys/aurora-1.pem", BINARY),
    ),
    Door(
        f"codes order --gtin GTIN --count 1 --passphrase-file TMP/wrong {OF_BRAND}",
        2,
        "wrong passphrase",
        "give the passphrase",
    ),
    Door(
        f"publish --to TMP/new --passphrase-file TMP/wrong {OF_BRAND}",
        2,
        "wrong passphrase",
        "give the passphrase",
    ),
    Door(f"key new aurora --passphrase-file TMP/none {OF_BRAND}", 2, "cannot read", "check"),
    Door(f"key new aurora --passphrase-file TMP/folder {OF_BRAND}", 2, "is a directory", SEE_HELP),
    Door(f"key new aurora --passphrase-file TMP/empty {OF_BRAND}", 2, "has 0 bytes", "use one of"),
    Door(f"key new aurora --passphrase-file TMP/long {OF_BRAND}", 2, "bytes", "use one of"),
    Door(f"product add 123 --brand aurora --name x {OF_BRAND}", 2, "is not a GTIN", "digits"),
]

CODE_LISTS: Final = [
    Door(f"codes import TMP/none --gtin GTIN {OF_BRAND}", 2, "No such file", SEE_HELP),
    Door(f"codes import TMP/folder --gtin GTIN {OF_BRAND}", 2, "Is a directory", SEE_HELP),
    Door(f"codes import TMP/binary --gtin GTIN {OF_BRAND}", 2, "not UTF-8", "save it as CSV"),
    Door(f"codes import TMP/empty --gtin GTIN {OF_BRAND}", 2, "the first line", "begin the file"),
    Door(f"codes import TMP/huge.png --gtin GTIN {OF_BRAND}", 2, "", ""),
    Door(f"codes mark --as stolen --file TMP/binary {OF_BRAND}", 2, "first line", "begin"),
    Door(f"codes mark --as stolen --file TMP/none {OF_BRAND}", 2, "No such file", SEE_HELP),
    Door(f"codes mark --as stolen GTIN NOPE {OF_BRAND}", 2, "has no unit", "list its units"),
    Door(
        f"codes order --gtin GTIN --count 1 --out TMP/folder {OF_BRAND}", 2, "directory", SEE_HELP
    ),
    Door(f"codes order --gtin GTIN --count 0 {OF_BRAND}", 2, "1 to 100000000", "--count"),
    Door(f"label GTIN NOPE --out TMP/folder {OF_BRAND}", 2, "has no unit", "list its units"),
    Door(f"label GTIN --all --out TMP/binary {OF_BRAND}", 4, "cannot make", "name another"),
    Door("label --tote \x1b --out TMP/t.png --site SITE", 2, "a tote's name", "such as Q1"),
    Door("label --tote Q1 --out TMP/folder --site SITE", 2, "cannot write", "check folder"),
    Door("journal export --format csv --site SITE --out TMP/folder", 2, "directory", SEE_HELP),
    Door("journal export --format csv --site SITE --out TMP/none/x", 4, "cannot write", "check"),
]

DEMO: Final = [
    Door("demo --headless --units 3", 2, "is not in the range", SEE_HELP),
    Door("demo --headless --dir TMP/binary", 2, "is a file", SEE_HELP),
    Door("demo --headless --dir TMP", 2, "is not empty", "name a new folder"),
    Door(
        "demo --headless --units 30 --dir /proc/new",
        2,
        "cannot make /proc/new",
        "name another folder",
    ),
]

DOORS: Final = [
    *PICTURES,
    *SCANNERS,
    *SITES,
    *CONFIGURATIONS,
    *PUBLICATIONS,
    *BRAND_FOLDERS,
    *CODE_LISTS,
    *DEMO,
]


def put_bad_things(folder: Path) -> None:
    (folder / "empty").write_bytes(b"")
    (folder / "binary").write_bytes(BINARY)
    (folder / "folder").mkdir()
    (folder / "text.png").write_text("not a picture", "utf-8")
    (folder / "\x1b[31m.png").write_bytes(BINARY)
    (folder / "long").write_bytes(b"a" * 2000)
    (folder / "wrong").write_text("not the passphrase\n", "utf-8")
    with (folder / "huge.png").open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.truncate(60_000_000)


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Everything kept below a folder: contents of files, None for folders."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if not LEFT_BEHIND & set(path.relative_to(folder).parts)
    }


LEFT_BEHIND: Final = frozenset(
    {
        *("station.lock", "sync.lock"),  # stay, free
        *("station.db-shm", "station.db-wal"),  # of whoever only reads
        *("scratch", "incoming"),  # what a sync had begun to fetch
        "brand.db",  # a publication's number is used up even if it fails; rows are compared
        "clock.json",  # when the clock was last looked at
        "huge.png",  # not worth reading
    }
)
"""What a refused command may leave or change."""


def rows(database: Path) -> list[str]:
    """What a brand folder's database holds, but for the numbers of publications."""
    if not database.is_file() or database.read_bytes()[:6] != b"SQLite":
        return []
    with closing(sqlite3.connect(database)) as connection:
        return [line for line in connection.iterdump() if "publication" not in line]


def is_harmless(text: str) -> bool:
    return text.replace("\n", "").isprintable()


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.line!a}-{door.wrong}")
def test_bad_input_is_refused_with_what_to_do(desk: Desk, door: Door) -> None:
    put_bad_things(desk.folder)
    door.prepare(desk)
    brand = Path(desk.names["BRAND"]) / "brand.db"
    before, rows_before = snapshot(desk.folder), rows(brand)
    done = desk.run(door.line)
    assert done.code == door.code, done
    assert door.wrong in done.err
    assert done.last_words
    assert door.remedy in done.last_words
    assert is_harmless(done.err)
    assert is_harmless(done.out.decode())
    assert snapshot(desk.folder) == before
    assert rows(brand) == rows_before


UNREADABLE: Final = [
    ("decode TMP/photo.png", "photo.png", 3, "Permission denied"),
    ("check --site SITE x", "site/station.toml", 2, "Permission denied"),
    ("check --site SITE x", "site/station.db", 4, "station.db"),
    ("check --site SITE x", "site/registry", 4, "registry"),
    ("scan --site SITE --source stdin:", "site/keys/station-key.pem", 2, "Permission denied"),
    ("scan --site SITE --source stdin:", "site", 2, "Permission denied"),
    ("brand list --brand-dir BRAND", "brand/brand.db", 4, "brand.db"),
    (
        "codes order --gtin GTIN --count 1 --brand-dir BRAND",
        "brand/keys/aurora-1.pem",
        4,
        "Permission denied",
    ),
    ("codes import TMP/list.csv --gtin GTIN --brand-dir BRAND", "list.csv", 2, "Permission denied"),
    ("sync --site SITE --from PUBLISHED", "published/metadata", 4, ""),
    ("sync --site SITE --from PUBLISHED", "site/trust", 4, ""),
    ("sync --site SITE --from PUBLISHED", "site/registry", 4, ""),
    ("init --site SITE/new --name a --station b", "site", 2, "Permission denied"),
    ("init --site TMP/new --name a --station b --root TMP/published/x --fingerprint 0", ".", 2, ""),
    ("publish --to TMP/published --brand-dir BRAND", "published", 4, ""),
    ("publish --to TMP/published --brand-dir BRAND", "brand/publisher", 4, ""),
    ("label GTIN SERIAL --out TMP/published/x --brand-dir BRAND", "published", 4, ""),
    ("journal verify --site SITE", "site/station.db", 4, "station.db"),
    ("journal export --format csv --site SITE --out TMP/published/x", "published", 4, ""),
    ("scan --site SITE --source images:TMP/published", "published", 5, ""),
    ("scan --site SITE --source images:TMP/published/x.png", "published", 5, ""),
    ("scan --site SITE --source video:TMP/published/x.avi", "published", 2, "Permission denied"),
    ("demo --headless --units 30 --dir TMP/published/x", "published", 2, ""),
    ("doctor --site SITE --only configuration", "site", 1, ""),
    ("doctor --site SITE --only disk", "site", 0, ""),
    ("doctor --site SITE --only keys", "site/keys", 1, ""),
    ("doctor --site SITE --only trust", "site/trust", 1, ""),
    ("doctor --site SITE --only registry", "site/registry", 1, ""),
    ("doctor --site SITE --only station-database", "site/station.db", 1, ""),
    ("dock --site SITE", "site", 2, ""),
    ("db status --site SITE", "site", 2, "Permission denied"),
    ("db status --brand-dir BRAND", "brand", 2, "Permission denied"),
]


@pytest.mark.parametrize(("line", "closed", "code", "wrong"), UNREADABLE)
def test_what_may_not_be_read_is_said(
    desk: Desk, line: str, closed: str, code: int, wrong: str
) -> None:
    with reachable_folder() as folder:
        desk.folder = folder
        desk.made = desk.made.copy_all(folder)
        desk.__post_init__()
        (folder / "photo.png").write_bytes(b"")
        (folder / "list.csv").write_text("serial\n", "utf-8")
        desk.hook = Hook("tests.fakes.privileges:drop_file_privileges")
        mode = (folder / closed).stat().st_mode
        (folder / closed).chmod(0)
        try:
            done = desk.run(line)
        finally:
            (folder / closed).chmod(mode)
    assert done.code == code, done
    assert wrong in done.err
    assert is_harmless(done.err)
    if line.startswith("doctor"):
        assert (b"FAILED" in done.out, b" -> " in done.out) == (code == 1, code == 1)
    elif code != 3:
        assert done.last_words.startswith("  ")
