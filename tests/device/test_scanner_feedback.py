"""Scanners are told of verdicts: the one that read the unit, in its own dialect, in time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware_bridge.conversation import Feedback
from firmware_bridge.feedback import DIALECTS
from firmware_bridge.line_conversation import LineConversation
from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from station.app.clock import SystemClock, UlidScanIds
from station.core.effects import Effect, Sign
from station.core.reading import Capture
from station.ports.health import Health
from station.scanners.serial_source import MAX_FEEDBACK, SerialSource
from tests.fakes.source import DEADLINE_S, Collected, running


@contextmanager
def speaking(
    scanner: SimulatedLineScanner, dialect: str, *, disables: bool = False
) -> Iterator[tuple[SerialSource, Collected[Capture]]]:
    health: Collected[Health] = Collected()
    captures: Collected[Capture] = Collected()
    source = SerialSource(
        str(scanner.path),
        scan_ids=UlidScanIds(),
        clock=SystemClock(),
        health=health,
        conversation=LineConversation(dialect=DIALECTS[dialect]),
        disabled_by_quarantine=disables,
    )
    with running(source, captures):
        scanner.wait_for_host()
        yield source, captures


def hears(scanner: SimulatedLineScanner, *feedback: Feedback) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    while scanner.heard != list(feedback):
        assert time.monotonic() < deadline_s, scanner.heard
        scanner.listen(0.01)


@pytest.mark.parametrize("dialect", ["honeywell", "datalogic"])
def test_each_sign_is_heard_as_good_or_bad(tmp_path: Path, dialect: str) -> None:
    told = DIALECTS[dialect]
    enabled = [Feedback.ENABLE] if told.enable else []
    with (
        SimulatedLineScanner(tmp_path, dialect=told) as scanner,
        speaking(scanner, dialect) as (source, _),
    ):
        hears(scanner, *enabled)
        heard = list(enabled)
        for sign in Sign:
            source.perform(Effect(sign, source=source.name))
            if sign is not Sign.READY:
                good = sign in {Sign.ACCEPT, Sign.NOTE}
                heard.append(Feedback.GOOD if good else Feedback.BAD)
            hears(scanner, *heard)


def test_only_the_scanner_that_read_the_unit_beeps(tmp_path: Path) -> None:
    dialect = DIALECTS["honeywell"]
    with (
        SimulatedLineScanner(tmp_path, name="one", dialect=dialect) as one,
        SimulatedLineScanner(tmp_path, name="two", dialect=dialect) as two,
        speaking(one, "honeywell") as (first, _),
        speaking(two, "honeywell") as (second, _),
    ):
        for source in (first, second):
            source.perform(Effect(Sign.ACCEPT, source=first.name))
            source.perform(Effect(Sign.REFUSED))
        hears(one, Feedback.GOOD, Feedback.BAD)
        hears(two, Feedback.BAD)


def test_a_quarantine_disables_the_scanner_until_it_is_released(tmp_path: Path) -> None:
    with (
        SimulatedLineScanner(tmp_path, dialect=DIALECTS["datalogic"]) as scanner,
        speaking(scanner, "datalogic", disables=True) as (source, captures),
    ):
        hears(scanner, Feedback.ENABLE)
        # Also for a unit that another reader read: nobody scans on while a quarantine stands.
        source.perform(Effect(Sign.QUARANTINE, source="camera:0"))
        hears(scanner, Feedback.ENABLE, Feedback.DISABLE)
        assert not scanner.scan(b"refused")
        source.perform(Effect(Sign.READY))
        hears(scanner, Feedback.ENABLE, Feedback.DISABLE, Feedback.ENABLE)
        assert scanner.scan(b"taken")
        captures.wait_for_count(1)


def test_a_scanner_left_dead_reads_again_after_a_restart(tmp_path: Path) -> None:
    with SimulatedLineScanner(tmp_path, dialect=DIALECTS["datalogic"]) as scanner:
        with speaking(scanner, "datalogic", disables=True) as (source, _):
            source.perform(Effect(Sign.QUARANTINE))
            hears(scanner, Feedback.ENABLE, Feedback.BAD, Feedback.DISABLE)
        with speaking(scanner, "datalogic", disables=True):
            hears(scanner, Feedback.ENABLE, Feedback.BAD, Feedback.DISABLE, Feedback.ENABLE)
            assert scanner.enabled


def test_feedback_for_a_scanner_that_is_away_is_bounded_and_harmless(tmp_path: Path) -> None:
    with (
        SimulatedLineScanner(tmp_path, dialect=DIALECTS["honeywell"]) as scanner,
        speaking(scanner, "honeywell") as (source, captures),
    ):
        scanner.unplug()
        for _ in range(10 * MAX_FEEDBACK):
            source.perform(Effect(Sign.ACCEPT, source=source.name))
        assert len(source._feedback) <= MAX_FEEDBACK
        scanner.plug()
        scanner.wait_for_host()
        scanner.scan(b"after")
        captures.wait_for_count(1)
