"""The command line as a contract with other people's scripts: how a command ends.

Frozen tables: a change here is a change for whoever calls the commands.
"""

import json
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.fakes.desk import Desk, photo
from tests.fakes.made_site import GTIN, MadeSite
from tests.fakes.site_records import records
from tests.fakes.warm_station import Hook


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command is made to end with a code.

    Attributes:
        name: Of the test.
        code: The exit code.
        line: The command.
        prepare: What happens before.
    """

    name: str
    code: int
    line: str
    prepare: Callable[[Desk], object] = Desk.own_site


def typed(make: Callable[[MadeSite], list[bytes]]) -> Callable[[Desk], None]:
    def prepare(desk: Desk) -> None:
        desk.own_site()
        desk.stdin = b"".join(payload + b"\n" for payload in make(desk.made))

    return prepare


def received_before(desk: Desk) -> None:
    desk.own_site()
    desk.stdin = desk.made.genuine[0].payload + b"\n"
    assert desk.run("scan --site SITE --source stdin:").code == 0


def pictures(*good: bool) -> Callable[[Desk], None]:
    def prepare(desk: Desk) -> None:
        desk.own_site()
        for number, is_good in enumerate(good):
            payload = desk.made.genuine[number].payload
            photo(desk, f"{number}.png", *([payload] if is_good else []))

    return prepare


def damaged_registry(desk: Desk) -> None:
    """Its page of units cannot be read; that shows at the first look-up."""
    path = desk.own_site() / "registry" / "registry-1.db"
    with closing(sqlite3.connect(path)) as registry:
        (page_bytes,) = registry.execute("PRAGMA page_size").fetchone()
        (page,) = registry.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'unit'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * page_bytes)
        file.write(b"\xff" * page_bytes)
    desk.stdin = desk.made.genuine[0].payload + b"\n"


def tampered_journal(desk: Desk) -> None:
    received_before(desk)
    database = Path(desk.names["SITE"]) / "station.db"
    content = bytearray(database.read_bytes())
    at = content.rindex(b'"ACCEPT"') if b'"ACCEPT"' in content else content.rindex(GTIN.encode())
    content[at + 1] ^= 1
    database.write_bytes(content)


def sabotaged(module: str, name: str) -> Callable[[Desk], None]:
    def prepare(desk: Desk) -> None:
        desk.own_site()
        desk.stdin = desk.made.genuine[0].payload + b"\n"
        desk.hook = Hook("tests.fakes.sabotage:fail_at", (module, name))

    return prepare


STORE: Final = "station.storage.station_db"
SCAN: Final = "scan --site SITE --source stdin:"
CHECK: Final = "check --site SITE"

ENDINGS: Final = [
    Ending("scan-accept", 0, SCAN, typed(lambda made: [made.genuine[0].payload])),
    Ending("scan-note", 0, SCAN, typed(lambda made: [made.late[0].payload])),
    Ending("check-accept", 0, f"{CHECK} CODE"),
    Ending("decode-all", 0, "decode TMP", pictures(True, True)),
    Ending("journal-sound", 0, "journal verify --site SITE", received_before),
    Ending("sync-nothing-new", 0, "sync --site SITE --from PUBLISHED"),
    Ending("scan-rescan", 1, SCAN, typed(lambda made: [b"misread"])),
    Ending("scan-hold", 1, SCAN, received_before),
    Ending("scan-quarantine", 1, SCAN, typed(lambda made: [made.recalled[0].payload])),
    Ending("scan-worst-decides", 1, SCAN, typed(lambda made: [b"x", made.genuine[0].payload])),
    Ending("check-quarantine", 1, f"{CHECK} CODE RECALLED"),
    Ending("decode-some", 1, "decode TMP", pictures(True, False)),
    Ending("doctor-failed", 1, "doctor --site TMP"),
    Ending("journal-tampered", 1, "journal verify --site SITE", tampered_journal),
    Ending("no-command", 2, ""),
    Ending("no-arguments", 2, "scan"),
    Ending("no-site", 2, "scan --site TMP/none --source stdin:"),
    Ending("no-source", 2, "scan --site SITE --source nothing:here"),
    Ending("no-terminal", 2, "dock --site SITE"),
    Ending("camera-check-of-a-scanner", 2, "camera check serial:/dev/nothing"),
    Ending("decode-missing", 2, "decode TMP/none.png"),
    Ending("scan-nothing", 3, SCAN),
    Ending("scan-empty-pictures", 3, "scan --site SITE --source images:TMP", pictures(False)),
    Ending("check-nothing", 3, f"{CHECK} -"),
    Ending("camera-check-nothing", 3, "camera check images:TMP", pictures(False)),
    Ending("decode-nothing", 3, "decode TMP", pictures(False)),
    Ending("no-registry", 4, f"{SCAN}", lambda desk: shutil.rmtree(desk.own_site() / "registry")),
    Ending("no-database", 4, f"{CHECK} x", lambda desk: (desk.own_site() / "station.db").unlink()),
    Ending("no-brand-folder", 4, "brand list --brand-dir TMP/none"),
    Ending("wrong-publication", 4, "sync --site SITE --from TMP"),
    Ending("no-device", 5, "scan --site SITE --source serial:/dev/nothing"),
    Ending("no-camera", 5, "scan --site SITE --source camera:77"),
    Ending("no-camera-to-check", 5, "camera check camera:77"),
    Ending("no-picture", 5, "scan --site SITE --source images:TMP/none"),
    Ending("scan-stop", 5, SCAN, damaged_registry),
    Ending("check-stop", 5, f"{CHECK} -", damaged_registry),
    Ending("internal", 70, f"{CHECK} x", sabotaged("station.app.commands.check", "parse")),
    Ending("internal-loop", 70, SCAN, sabotaged("station.intake.loop", "parse_symbol")),
    Ending("internal-writer", 70, SCAN, sabotaged(STORE, "SqliteStationStore.commit")),
]


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.name)
def test_exit_codes(desk: Desk, ending: Ending) -> None:
    ending.prepare(desk)
    done = desk.run(ending.line)
    assert done.code == ending.code, done
    if ending.code in {2, 3, 4, 5, 70} and ending.line:
        assert done.err, "it did not say why"


def test_every_exit_code_is_provoked() -> None:
    """The last one by a signal, below."""
    assert {ending.code for ending in ENDINGS} == {0, 1, 2, 3, 4, 5, 70}


def test_an_internal_error_is_told_in_two_lines_and_kept_in_a_file(
    desk: Desk, tmp_path: Path
) -> None:
    sabotaged("station.app.commands.check", "parse")(desk)
    done = desk.warm.run(
        *desk.argv(f"{CHECK} x"), hook=desk.hook, env={"TMPDIR": str(tmp_path)}, cwd=tmp_path
    )
    first, second = done.err.splitlines()
    assert first == "station check: internal error (RuntimeError)"
    log = Path(second.removeprefix("  Please report it with the file "))
    assert "nobody foresaw this" in log.read_text("utf-8")


def test_an_interrupted_scan_ends_with_130_and_keeps_every_verdict(desk: Desk) -> None:
    site = desk.own_site()
    units = desk.made.genuine[:5]
    with desk.warm.start(*desk.argv(f"{SCAN} --json")) as command:
        command.feed(b"".join(unit.payload + b"\n" for unit in units))
        told = [json.loads(command.stdout.readline())["scan_id"] for _ in units]
        command.signal(signal.SIGINT)
        done = command.finish()
    assert done.code == 130
    assert done.err == ""
    assert list(records(site).entries) == told


@pytest.mark.parametrize(
    ("line", "typed_in"),
    [
        ("check --site SITE -", b"x\n"),
        ("codes import - --gtin 9506000134369 --brand-dir BRAND", b"serial\nA1\n"),
    ],
)
def test_an_interrupted_command_ends_with_130(desk: Desk, line: str, typed_in: bytes) -> None:
    """While it waits for the rest of its standard input."""
    desk.own_brand()
    charger = "9506000134369 --brand aurora --name Charger --accept sgtin"
    assert desk.run(f"product add {charger} --brand-dir BRAND").code == 0
    with desk.warm.start(*desk.argv(line)) as command:
        command.feed(typed_in)
        command.wait_until_read()
        command.signal(signal.SIGINT)
        done = command.finish()
    assert done.code == 130
    assert done.last_words == f"station {line.partition(' ')[0]}: interrupted"
    assert desk.run("codes list --gtin 9506000134369 --json --brand-dir BRAND").json == []
