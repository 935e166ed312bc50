"""A station's database with some lines, and what is to be written next; for what disturbs that."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from station.core.codes import Algorithm
from station.core.crypto import PrivateKey
from station.storage import station_db
from tests.fakes.entries import QUARANTINED, entry, nameless

KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))

BEFORE = [entry(1), nameless(2)]
BATCHES = [
    [entry(11)],
    [entry(12), entry(13, QUARANTINED, of=1, after=BEFORE[0]), nameless(14)],
    [entry(number) for number in range(15, 25)],
]


def fresh(folder: Path) -> Callable[[], None]:
    """Empties a folder."""

    def prepare() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()

    return prepare


def begun(path: Path) -> Callable[[], None]:
    """Makes a journal with some lines once, and puts it into an empty folder each time."""
    template = path.parents[1] / "template.db"
    station_db.create(template, "dock-1")
    with closing(station_db.open_store(template, KEY.sign)) as store:
        store.commit(BEFORE)

    def prepare() -> None:
        fresh(path.parent)()
        shutil.copy(template, path)

    return prepare
