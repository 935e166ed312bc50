"""The demo without a screen: everything right is exit code 0, and a wrong verdict is not."""

import datetime
import importlib
import json
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from station.app.site_paths import SitePaths
from station.core.errors import ExitCode
from tests.e2e.test_command_contract import VERDICT_FIELDS
from tests.fakes.engine_feed import EngineFeed
from tests.fakes.site_records import records
from tests.fakes.terminal import DEADLINE_S, ROOT, STATION
from tests.fakes.warm_station import Done, Hook, WarmStation

UNITS = 30

pytestmark = pytest.mark.slow


def demo(warm: WarmStation, folder: Path, hook: Hook | None = None) -> Done:
    return warm.run(
        *("demo", "--headless", "--units", str(UNITS), "--json", "--dir", folder), hook=hook
    )


def truth(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text("utf-8").splitlines()]


def test_every_unit_gets_the_answer_that_was_written_down_before(
    warm: WarmStation, tmp_path: Path
) -> None:
    folder = tmp_path / "demo"
    done = demo(warm, folder)
    assert done.code == ExitCode.DONE, done.err
    assert f"{UNITS} of {UNITS} units right" in done.err
    assert [list(verdict) for verdict in done.json] == [VERDICT_FIELDS] * len(done.json)

    items = truth(folder)
    assert sum(item["units"] for item in items) == UNITS
    right = Counter((v, reason) for item in items for v, reason in item["verdicts"])
    assert Counter((v["verdict"], v["reason"]) for v in done.json) == right
    assert {item["channel"] for item in items} == {"camera", "scanner"}
    assert len({item["truth"] for item in items}) >= 14

    written_s = (folder / "truth.jsonl").stat().st_mtime
    first = min(datetime.datetime.fromisoformat(v["time_utc"]).timestamp() for v in done.json)
    assert written_s < first

    kept = records(folder / "site")
    assert [v["scan_id"] for v in done.json] == list(kept.entries)


def test_a_station_that_answers_wrong_is_found_out(warm: WarmStation, tmp_path: Path) -> None:
    """Its policy holds what the demo's station should let pass."""
    folder = tmp_path / "demo"
    hook = Hook("tests.e2e.test_demo:hold_unenrolled_products")
    done = demo(warm, folder, hook)
    assert done.code == ExitCode.NOT_ALL_ACCEPTED
    wrong = [item for item in truth(folder) if item["verdicts"][0][1] == "GTIN_NOT_ENROLLED"]
    assert wrong
    for item in wrong:
        said = "HOLD GTIN_NOT_ENROLLED instead of ACCEPT_NOTE GTIN_NOT_ENROLLED"
        assert f"item {item['item']} ({item['truth']}, by {item['channel']}): {said}" in done.err
    assert f"{UNITS - len(wrong)} of {UNITS} units right" in done.err


def hold_unenrolled_products() -> None:
    """In the demo's process: its site is configured otherwise than its truth assumes."""
    session: Any = importlib.import_module("station.app.demo.session")
    build = session.build

    def built_otherwise(*args: Any) -> Any:
        made = build(*args)
        config = made.site / "station.toml"
        text = config.read_text("utf-8")
        assert '"accept_note"\n' in text
        config.write_text(text.replace('"accept_note"\n', '"hold"\n'), "utf-8")
        return made

    session.build = built_otherwise


def test_told_to_end_it_leaves_neither_engine_nor_site(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    argv = [*STATION, "demo", "--headless", "--units", "300"]
    with subprocess.Popen(
        argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        begun = next(line for line in process.stderr if "scanning begins" in line)
        folder = Path(begun.partition(" are in ")[2].partition("/truth.jsonl")[0])
        with EngineFeed(SitePaths(folder / "site").socket) as feed:
            feed.connected()
            process.terminate()
            assert process.wait(DEADLINE_S) == ExitCode.INTERRUPTED
            feed.ended()
    assert list(tmp_path.iterdir()) == []


def test_an_engine_that_dies_is_said_with_its_last_words(warm: WarmStation, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    done = demo(warm, folder, Hook("tests.e2e.test_demo:kill_the_engine"))
    assert done.code == ExitCode.NOT_ALL_ACCEPTED
    assert "Traceback" not in done.err
    assert "station demo: " in done.err
    assert "station run: ready" in done.err


def kill_the_engine() -> None:
    """In the demo's process: the engine is killed after the third verdict."""
    session: Any = importlib.import_module("station.app.demo.session")
    popen = session.subprocess.Popen
    engines: list[Any] = []

    class Watched(popen):  # type: ignore[misc, valid-type]
        """Remembered."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            engines.append(self)

    session.subprocess.Popen = Watched
    add, count = session.Tally.add, iter(range(1, 1000))

    def counted(*args: Any) -> None:
        add(*args)
        if next(count) == 3:
            engines[0].send_signal(signal.SIGKILL)
            engines[0].wait()

    session.Tally.add = counted
