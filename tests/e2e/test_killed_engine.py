"""`kill -9` between any two durable steps: nothing a screen was told is lost, nothing counts twice.

Every step is tried, one run for each, until a run gets through.
"""

import json
import signal
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from station.core.reasons import Reason, VerdictClass
from station.core.verdict import UnitChange
from station.ports.display import LatchState, VerdictShown
from tests.fakes.engine_feed import EngineFeed
from tests.fakes.made_site import MadeSite, Unit
from tests.fakes.site_records import SiteRecords, records
from tests.fakes.warm_station import Command, Hook, WarmStation

ACCEPT: Final = (VerdictClass.ACCEPT, Reason.OK)
REPEAT: Final = (VerdictClass.HOLD, Reason.REPEAT_SAME_STATION)
RECALLED: Final = (VerdictClass.QUARANTINE, Reason.UNIT_RECALLED)
QUARANTINED: Final = (VerdictClass.QUARANTINE, Reason.UNIT_QUARANTINED)

STEPS_AT_LEAST: Final = 22
"""Four commits of journal, claim and outbox rows, one checkpoint among them, one at the end."""

FRAME_BYTES: Final = 24 + 4096
"""A frame of SQLite's write-ahead log: header and page. Source: SQLite, Database File Format, 4."""
FIRST_FRAME_BYTE: Final = 32
SHARED_MEMORY_BYTES: Final = 32 * 1024
"""SQLite's index of the log is this large from the start, so no file can be held smaller."""

STEPS: Final = "tests.fakes.kill_points:install"
BURST: Final = "tests.fakes.kill_points:install_in_burst"
BYTES: Final = "tests.fakes.kill_points:install_in_file"


def lines(*payloads: bytes) -> bytes:
    return b"".join(payload + b"\n" for payload in payloads)


def test_an_engine_killed_at_any_step_loses_and_doubles_nothing(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    first, forged, last = made.genuine[:3]
    recalled = made.recalled[0]
    told_in_all: set[int] = set()
    for step in count(1):
        folder = tmp_path / str(step)
        folder.mkdir()
        site = made.copy_site(folder)
        shift = intake(warm, made, site, step, (first, forged, recalled, last))
        told_in_all.add(len(shift.told))
        before = records(site)
        for shown in shift.told:
            before.holds(shown)
        put_away = before.acknowledges(before.claims.get(recalled.identity, ""))
        assert put_away or not shift.released
        assert stands_latched(warm, site) is (recalled.identity in before.claims and not put_away)
        scan_again(warm, site, before, good=(first, last), recalled=(recalled,))
        if not shift.killed:
            break
    assert step > STEPS_AT_LEAST, "the steps were not counted"
    assert told_in_all == {0, 1, 2, 3, 4}


def test_an_intake_killed_while_a_commit_is_being_written_loses_and_doubles_nothing(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    """Killed by the operating system in the middle of the log: between pages, and within them."""
    units = made.genuine[:6]
    kept: set[int] = set()
    first = SHARED_MEMORY_BYTES // FRAME_BYTES + 1
    for frame in count(first):
        size_bytes = FIRST_FRAME_BYTE + frame * FRAME_BYTES + (0, 12, 24, 2000)[frame % 4]
        folder = tmp_path / str(frame)
        folder.mkdir()
        site = made.copy_site(folder)
        told, code = scan_one_by_one(warm, site, units, Hook(BYTES, (size_bytes,)))
        before = records(site)
        assert before.entries.keys() >= set(told)
        kept.add(len(before.entries))
        scan_again(warm, site, before, good=units, recalled=made.recalled[:1])
        if code == 0:
            break
        assert code == -signal.SIGXFSZ
    assert frame > first + len(units), "no commit was cut short"
    assert len(kept) >= 4


def test_an_intake_killed_at_any_step_of_a_burst_loses_and_doubles_nothing(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    """Everything is there at once; the hook sees to it that a commit holds several verdicts."""
    units = made.genuine[:8]
    for step in count(1):
        folder = tmp_path / str(step)
        folder.mkdir()
        site = made.copy_site(folder)
        done = warm.run(
            *("scan", "--json", "--site", site, "--source", "stdin:"),
            stdin=lines(*(unit.payload for unit in units)),
            hook=Hook(BURST, (step, len(units))),
        )
        assert done.code in {0, -signal.SIGKILL}, done.err
        before = records(site)
        assert before.entries.keys() >= {line["scan_id"] for line in done.json}
        scan_again(warm, site, before, good=units, recalled=made.recalled[:1])
        if done.code == 0:
            break


def scan_one_by_one(
    warm: WarmStation, site: Path, units: tuple[Unit, ...], hook: Hook
) -> tuple[list[str], int]:
    """Scan ids whose verdicts were printed, each before the next unit was presented."""
    told = []
    with warm.start(
        *("scan", "--json", "--site", site, "--source", "stdin:"), hook=hook
    ) as command:
        for unit in units:
            command.feed(lines(unit.payload))
            verdict = command.stdout.readline()
            if not verdict:
                break
            told.append(json.loads(verdict)["scan_id"])
        return told, command.finish().code


@dataclass
class Shift:
    """What happened at the dock until the engine was killed, or to the end.

    Attributes:
        told: Every verdict a screen was told.
        released: Whether the screen was told that the quarantine was released.
        killed: Whether the engine was killed.
    """

    told: list[VerdictShown] = field(default_factory=list)
    released: bool = False
    killed: bool = False


def intake(
    warm: WarmStation, made: MadeSite, site: Path, step: int, units: tuple[Unit, ...]
) -> Shift:
    """Four units at a dock with a screen."""
    shift = Shift()
    first, forged, recalled, last = units
    labels = (first.payload, forged.forged(), recalled.payload, last.payload)
    hook = Hook(STEPS, (step, 3))
    with (
        warm.start("run", "--site", site, "--source", "stdin:", hook=hook) as engine,
        EngineFeed(site / "run" / "engine.sock") as feed,
    ):
        if is_ready(engine) and is_met(engine, feed):
            for number, label in enumerate(labels, 1):
                engine.feed(lines(label))
                feed.until(
                    lambda n=number: len(feed.verdicts) == n or feed.is_lost,  # type: ignore[misc]
                    f"verdict {number}, or the end",
                )
                if feed.is_lost:
                    break
                if list(feed.verdicts.values())[-1].latched:
                    engine.feed(lines(made.tote()))
            engine.signal(signal.SIGTERM)
            feed.until(lambda: feed.is_lost, "that it has ended")
        code = engine.wait()
        assert code in {0, -signal.SIGKILL}, engine.stderr.read()
        shift.killed = code != 0
        shift.told = list(feed.verdicts.values())
        states = [event.latched for event in feed.heard if isinstance(event, LatchState)]
        shift.released = False in states
        return shift


def is_ready(engine: Command) -> bool:
    """Wait until an engine says that it is ready; False when it ends before."""
    return any(b"ready" in line for line in engine.stderr)


def is_met(engine: Command, feed: EngineFeed) -> bool:
    """Wait until a screen is connected; False when the engine ends before."""
    feed.until(lambda: feed.is_connected or engine.has_ended(), "that it is there")
    return feed.is_connected


def stands_latched(warm: WarmStation, site: Path) -> bool:
    """Whether the dock is latched when the engine is started again."""
    with (
        warm.start("run", "--site", site, "--source", "stdin:") as engine,
        EngineFeed(site / "run" / "engine.sock") as feed,
    ):
        assert is_ready(engine)
        latched = feed.connected().latch.latched
        engine.signal(signal.SIGTERM)
        assert engine.wait() == 0
        return latched


def scan_again(
    warm: WarmStation,
    site: Path,
    before: SiteRecords,
    *,
    good: tuple[Unit, ...],
    recalled: tuple[Unit, ...],
) -> None:
    """The operator, unsure after the crash, presents everything again."""
    units = (*good, *recalled)
    done = warm.run(
        *("scan", "--json", "--site", site, "--source", "stdin:"),
        stdin=lines(*(unit.payload for unit in units)),
    )
    assert done.code == 1, done.err
    given = [(VerdictClass[line["verdict"]], Reason(line["reason"])) for line in done.json]
    known = [unit.identity in before.claims for unit in units]
    first_time = [*[ACCEPT] * len(good), *[RECALLED] * len(recalled)]
    again = [*[REPEAT] * len(good), *[QUARANTINED] * len(recalled)]
    assert given == [
        second if met else first
        for met, first, second in zip(known, first_time, again, strict=True)
    ]
    after = records(site)
    assert list(after.entries)[: len(before.entries)] == list(before.entries)
    assert set(after.claims) == {unit.identity for unit in units}
    for unit in good:
        assert after.changes_of(unit.identity, UnitChange.RECEIVE) == 1
    for unit in recalled:
        assert after.changes_of(unit.identity, UnitChange.QUARANTINE) == 1
