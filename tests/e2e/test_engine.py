"""How a running engine behaves towards its operator, its screens and whoever else comes."""

import signal
import socket
from pathlib import Path
from typing import Final

import pytest

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.app.engine_face import EngineFace
from station.app.intake_session import open_site
from station.app.site_paths import SitePaths
from station.core.codes import CodeKind
from station.core.reasons import Reason, VerdictClass
from station.ports.display import Declare, Goodbye, LatchState
from tests.fakes.engine_feed import EngineFeed
from tests.fakes.made_site import GTIN, MadeSite
from tests.fakes.running_engine import RunningEngine, running_engine
from tests.fakes.site_records import records
from tests.fakes.warm_station import WarmStation

ACCEPT: Final = (VerdictClass.ACCEPT, Reason.OK)
MANY: Final = 4000


def shown(engine: RunningEngine) -> list[tuple[VerdictClass, Reason]]:
    return [(v.verdict_class, v.reason) for v in engine.feed.verdicts.values()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_keeps_what_was_read(
    made: MadeSite, tmp_path: Path, number: signal.Signals
) -> None:
    """In the middle of a flood: what it took is journalled, in order and without a gap."""
    site = made.copy_site(tmp_path)
    payloads = [made.genuine[n % len(made.genuine)].payload for n in range(MANY)]
    with running_engine(site, "stdin:") as engine:
        engine.type_in(*payloads)
        engine.feed.wait_verdicts(1)
        assert engine.end(number) == 0
        engine.feed.ended()
        farewells = [event.text for event in engine.feed.heard if isinstance(event, Goodbye)]
        assert farewells == [""]
        assert not SitePaths(site).socket.exists()
        kept = records(site)
        assert engine.feed.verdicts.keys() <= kept.entries.keys()
    journalled = [entry.payload for entry in kept.entries.values()]
    assert journalled == payloads[: len(journalled)]
    assert len(kept.claims) == min(len(journalled), len(made.genuine))


@pytest.mark.parametrize(
    "argv", [("run", "--source", "stdin:"), ("scan", "--source", "stdin:", "--json")]
)
def test_a_second_writer_is_refused_and_told_who_holds_the_site(
    made: MadeSite, warm: WarmStation, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    site = made.copy_site(tmp_path)
    with running_engine(site, "stdin:") as engine:
        refused = warm.run(*argv, "--site", site, stdin=made.genuine[0].payload + b"\n")
        assert (refused.code, refused.out) == (4, b"")
        assert "in use by 'station run'" in refused.err
        assert f"process {engine.process.pid}" in refused.err
        assert "end that program first" in refused.last_words
        engine.type_in(made.genuine[0].payload)
        engine.feed.wait_verdicts(1)
        assert shown(engine) == [ACCEPT]
        assert engine.end() == 0
    assert warm.run(*argv, "--help").code == 0
    assert len(records(site).entries) == 1


def test_the_service_manager_is_told_while_verdicts_are_decided(
    made: MadeSite, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        environment = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "60000"}
        with running_engine(site, "stdin:", environment=environment) as engine:
            assert [manager.recv(100) for _ in range(4)] == [b"READY=1", *[b"WATCHDOG=1"] * 3]
            assert engine.end() == 0
        while (told := manager.recv(100)) == b"WATCHDOG=1":
            pass
        assert told == b"STOPPING=1"


def test_a_killed_engine_leaves_no_lock_and_no_socket_in_the_way(
    made: MadeSite, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    with running_engine(site, "stdin:") as engine:
        engine.type_in(made.genuine[0].payload)
        engine.feed.wait_verdicts(1)
        assert engine.end(signal.SIGKILL) == -signal.SIGKILL
        engine.feed.ended()
    with running_engine(site, "stdin:") as engine:
        assert shown(engine) == [ACCEPT], "the screen does not know what was"
        engine.type_in(made.genuine[0].payload, made.genuine[1].payload)
        engine.feed.wait_verdicts(3)
        assert shown(engine)[1:] == [(VerdictClass.HOLD, Reason.REPEAT_SAME_STATION), ACCEPT]
        assert engine.end() == 0


def test_a_quarantine_holds_the_dock_until_the_sites_own_tote_label_is_scanned(
    made: MadeSite, tmp_path: Path
) -> None:
    site = made.copy_site(tmp_path)
    with (
        SimulatedLineScanner(tmp_path) as scanner,
        running_engine(site, f"serial:{scanner.path}") as engine,
    ):
        feed = engine.feed
        scanner.wait_for_host()
        assert scanner.scan(made.recalled[0].payload, "]d2")
        (quarantined,) = feed.wait_verdicts(1)
        assert quarantined.latched
        refusals = (
            (made.genuine[0].payload, "]d2"),
            (made.forged_tote(), "]d1"),
            (made.tote()[:-1], "]d1"),
        )
        for number, (refused, identifier) in enumerate(refusals, 1):
            assert scanner.scan(refused, identifier)
            state = feed.next(LatchState, lambda state, n=number: state.refused == n)  # type: ignore[misc]
            assert (state.latched, state.scan_id) == (True, quarantined.scan_id)
        feed.ask(Declare(Reason.DAMAGED))
        feed.next(LatchState, lambda state: state.refused == 4)
        with EngineFeed(SitePaths(site).socket) as late:
            assert late.connected().latch.latched
        assert scanner.scan(made.tote("Q7"), "]d1")
        released = feed.latch(latched=False)
        assert (released.tote, released.scan_id) == ("Q7", quarantined.scan_id)
        assert scanner.scan(made.genuine[0].payload, "]d2")
        feed.wait_verdicts(2)
        assert shown(engine) == [(VerdictClass.QUARANTINE, Reason.UNIT_RECALLED), ACCEPT]
        assert engine.end() == 0
    kept = records(site)
    assert set(kept.claims) == {made.recalled[0].identity, made.genuine[0].identity}


def test_an_operator_declares_what_no_reader_can_speak_for(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    with running_engine(site, "stdin:") as engine:
        for number, reason in enumerate((Reason.NO_CODE, Reason.UNREADABLE, Reason.DAMAGED), 1):
            engine.feed.ask(Declare(reason, GTIN))
            declared = engine.feed.wait_verdicts(number)[-1]
            assert (declared.verdict_class, declared.reason) == (VerdictClass.QUARANTINE, reason)
            assert declared.latched
            heard = len(engine.feed.heard)
            engine.type_in(made.tote())
            engine.feed.latch(latched=False, after=heard)
        verdicts = list(engine.feed.verdicts.values())
        assert engine.end() == 0
    kept = records(site)
    for verdict in verdicts:
        kept.holds(verdict)
    assert [(e.kind, e.gtin, e.identity, e.source) for e in kept.entries.values()] == [
        (CodeKind.NONE, GTIN, None, "operator:dock")
    ] * 3
    assert not kept.claims


def test_a_screens_first_picture_tells_of_a_quarantine_that_stands(
    made: MadeSite, tmp_path: Path
) -> None:
    """Also before the engine has begun: else the dock would look free for a moment."""
    site = made.copy_site(tmp_path)
    with running_engine(site, "stdin:") as engine:
        engine.type_in(made.recalled[0].payload)
        (quarantine,) = engine.feed.wait_verdicts(1)
        assert engine.end() == 0
    face = EngineFace("0")
    with (
        open_site(site, "test", face.health) as opened,
        face.serving(opened),
        EngineFeed(SitePaths(site).socket) as feed,
    ):
        picture = feed.connected()
    assert picture.latch == LatchState(latched=True, scan_id=quarantine.scan_id)
    assert [verdict.scan_id for verdict in picture.recent] == [quarantine.scan_id]
