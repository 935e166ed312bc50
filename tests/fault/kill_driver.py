"""Kills a refresh or a publication before each of its file operations, one after another.

A process of its own, because it forks: ``python -m tests.fault.kill_driver SCENE FOLDER``. Prints
one JSON object: how many kills there were, and every promise found broken. The operations are
counted, not sampled: it goes on until one run gets through to its end.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from station.app.brand_folder import BrandFolder
from station.app.commands.sync import refresh_site
from station.app.site_maker import make_site
from station.app.site_paths import SitePaths
from station.core import crypto
from station.core.codes import Algorithm
from station.core.errors import StationError
from station.issuing.catalogue import add_brand, add_product
from station.issuing.keys import new_key
from station.issuing.orders import OrderRequest, fill_order, start_order
from station.storage import durable
from station.storage.registry_generations import RegistryFolder
from station.sync.publish import publish
from station.transport.tuf_publisher import TufPublisher
from tests.fakes.publishing import GTIN, moment

OPERATIONS = ("fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir", "symlink")
MAX_KILLS = 500


@dataclass
class Report:
    """What a scene found."""

    kills: int = 0
    problems: list[str] | None = None

    def check(self, good: bool, what: str) -> None:
        if not good:
            self.problems = [*(self.problems or []), f"kill {self.kills}: {what}"]


def kill_before(number: int) -> None:
    """Make this process kill itself before its file operation of that number, 1-based."""
    count = 0

    def counted(name: str, operation: Callable[..., object]) -> Callable[..., object]:
        def before(*args: object, **kwargs: object) -> object:
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), signal.SIGKILL)
            # What the page cache holds outlives a process; syncing would only cost time.
            return None if name == "fsync" else operation(*args, **kwargs)

        return before

    for name in OPERATIONS:
        setattr(os, name, counted(name, getattr(os, name)))


def survives(number: int, work: Callable[[], object]) -> bool:
    """Run work in a child that is killed before an operation; whether it got to its end."""
    child = os.fork()
    if child == 0:
        try:
            kill_before(number)
            work()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a child never returns into the parent's code
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        if os.WEXITSTATUS(status) != 0:
            raise SystemExit(f"the child of kill {number} failed by itself")
        return True
    return False


@contextmanager
def copies(template: Path, report: Report) -> Iterator[Iterator[Path]]:
    """A fresh copy of a folder for each kill."""

    def each() -> Iterator[Path]:
        for number in range(1, MAX_KILLS):
            report.kills = number
            folder = template.with_name(f"{template.name}-{number}")
            shutil.copytree(template, folder, symlinks=True)
            yield folder
            shutil.rmtree(folder)
        raise SystemExit("the work never ends")

    yield each()


def brand_folder(folder: Path) -> BrandFolder:
    return BrandFolder(folder / "brand", lambda: b"passphrase")


def enrol(folder: Path, units: int = 5) -> None:
    brand = brand_folder(folder)
    with brand.open_or_create() as store:
        add_brand(store, "acme", "Acme")
        add_product(store, "acme", GTIN, "Beans")
        new_key(store, brand.keys, "acme", Algorithm.ED25519, moment())
    order(folder, units)


def order(folder: Path, units: int = 5) -> None:
    brand = brand_folder(folder)
    with brand.open() as store:
        work = start_order(store, brand.keys, OrderRequest(GTIN, units), moment())
        for _ in fill_order(store, work):
            pass


def publish_from(folder: Path) -> int:
    brand = brand_folder(folder)
    with (
        brand.open() as store,
        TufPublisher(
            brand.publisher, brand.publisher_keys, folder / "published", durable, 7
        ) as publisher,
    ):
        return publish(store, publisher, moment()).units


def site_of(folder: Path) -> SitePaths:
    paths = SitePaths(folder / "site")
    root = folder / "brand" / "publisher" / "root_history" / "1.root.json"
    make_site(paths, "site", "dock-1", str(folder / "published"), root.read_bytes())
    return paths


def names_and_registry(site: Path) -> tuple[list[str], dict[str, bytes]]:
    """Every file name of a site, and its registry byte for byte."""
    files = sorted(path for path in site.rglob("*") if path.is_file())
    names = [path.relative_to(site).as_posix() for path in files]
    registry = {path.name: path.read_bytes() for path in files if path.parent.name == "registry"}
    return names, registry


def kill_refreshes(folder: Path, report: Report, how: str) -> None:
    """Any kill leaves a registry that opens; the next run ends as one that was never killed.

    Args:
        folder: To work in.
        report: Told what is wrong.
        how: By ``deltas``, by a ``snapshot``, or by deltas and with a ``rebase``, which five new
            units are worth where there were five but not where there were sixty.
    """
    units = 5 if how == "rebase" else 60
    enrol(folder, units)
    publish_from(folder)
    template = folder / "site-template"
    template.mkdir()
    origin = str(folder / "published")
    site = site_of(folder)
    refresh_site(site, origin)
    order(folder)
    if how == "snapshot":
        (whole,) = (folder / "published" / "targets").rglob("*.units-1.rows")
        whole.unlink()
    publish_from(folder)
    site.root.rename(template / "site")
    reference = folder / "reference"
    shutil.copytree(template, reference)
    seen = refresh_site(SitePaths(reference / "site"), origin)
    report.check(seen.way.value == ("snapshot" if how == "snapshot" else "deltas"), "another way")
    report.check(seen.rebased == (how == "rebase"), "another end")
    wanted = names_and_registry(reference / "site")
    with copies(template, report) as each:
        for copy in each:
            paths = SitePaths(copy / "site")
            done = survives(report.kills, partial(refresh_site, paths, origin))
            opened = RegistryFolder(paths.registry).open_current(warm=False)
            number, listed = opened.generation.number, sum(one.rows for one in opened.holdings)
            opened.close()
            report.check(
                (number, listed) in {(1, units), (2, units + 5)}, f"in use is {number} of {listed}"
            )
            report.check(number == 2 or not done, "it ended without switching")
            refresh_site(paths, origin)
            report.check(names_and_registry(copy / "site") == wanted, "it ends in another state")
            if done:
                break


def kill_publications(folder: Path, report: Report, *, first: bool) -> None:
    """Any kill leaves the old publication or the new one, and the next one goes through."""
    template = folder / "desk"
    template.mkdir()
    enrol(template)
    if not first:
        publish_from(template)
        paths = site_of(template)
        refresh_site(paths, None)
        order(template)
    units = 5 if first else 10
    with copies(template, report) as each:
        for copy in each:
            done = survives(report.kills, partial(publish_from, copy))
            origin = str(copy / "published")
            if first:
                is_out = (copy / "published" / "metadata" / "timestamp.json").exists()
                report.check(is_out or not done, "it ended without a publication")
            else:
                seen = refresh_site(SitePaths(copy / "site"), origin)
                report.check(
                    (seen.generation.number, seen.units) in {(1, 5), (2, 10)},
                    f"a site saw {seen.generation.number} with {seen.units} units",
                )
                report.check(seen.generation.number == 2 or not done, "it ended unpublished")
            publish_from(copy)
            left = [path for path in (copy / "published").rglob("*") if durable.is_temporary(path)]
            report.check(not left, f"left behind: {left}")
            paths = site_of(copy) if first else SitePaths(copy / "site")
            seen = refresh_site(paths, origin)
            report.check(seen.units == units, f"the next publication has {seen.units} units")
            report.check(not seen.fallback, f"its segments lead nowhere: {seen.fallback}")
            report.check(seen.generation.number in {1, 2, 3}, "a number was given twice")
            if done:
                break


def main() -> None:
    """Run the scene named on the command line."""
    scene, folder = sys.argv[1], Path(sys.argv[2])
    crypto.PBKDF2_ITERATIONS = 1  # type: ignore[misc]
    os.fsync = lambda handle: None  # type: ignore[assignment]
    report = Report()
    try:
        if scene.startswith("refresh-"):
            kill_refreshes(folder, report, scene.removeprefix("refresh-"))
        else:
            kill_publications(folder, report, first=scene == "first-publication")
    except StationError as error:
        report.check(False, str(error))
    print(json.dumps({"kills": report.kills, "problems": report.problems or []}))


if __name__ == "__main__":
    main()
