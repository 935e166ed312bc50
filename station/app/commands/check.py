"""``station check``: the same verdict, read only, as at a second read."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from station import __version__
from station.app.brand_folder import note
from station.app.clock import SystemClock, UlidScanIds
from station.app.clock_report import clock_watch_of
from station.app.config import load
from station.app.options import json_option, settings_option, site_option
from station.app.result_lines import put_line
from station.app.site_paths import SitePaths
from station.app.verdict_json import verdict_record, verdict_words
from station.core.errors import ConfigurationError, ExitCode
from station.core.parsing import parse
from station.core.reading import Capture, Read
from station.core.reasons import Reason, VerdictClass
from station.core.symbol import MAX_PAYLOAD_BYTES, Symbol
from station.intake.judge import Bench, Judge, Presented
from station.intake.policies import PolicyBook
from station.storage.claim_reader import ClaimReader
from station.storage.registry_generations import RegistryFolder

GS: Final = b"\x1d"
_MAX_LINE_BYTES: Final = MAX_PAYLOAD_BYTES + 8


@click.command()
@click.argument("codes", nargs=-1, metavar="[CODE…|-]")
@settings_option
@json_option
@site_option
def command(codes: tuple[str, ...], flags: tuple[str, ...], as_json: bool, site: Path) -> int:
    """Give the verdict of codes without claiming or journalling anything.

    Separators stand as byte 0x1D or are written <GS>, as 'station codes' writes them. With - or
    without CODE, one code a line is read from standard input.
    """
    paths = SitePaths(site)
    settings = load(paths.config, flags)
    registry = RegistryFolder(paths.registry).open_current(warm=False)
    claims = ClaimReader(paths.station_db)
    clock, scan_ids = SystemClock(), UlidScanIds()
    bench = Bench(settings.station, PolicyBook(settings.policy), __version__)
    is_wrong = clock_watch_of(paths).is_wrong
    judge = Judge(bench, claims, clock, clock_is_wrong=is_wrong)
    worst = VerdictClass.ACCEPT
    decoded = 0
    for payload in _payloads(codes):
        started_ns = clock.mono_ns()
        read = Read(scan_ids.next(), Symbol(payload, complete=len(payload) < _MAX_LINE_BYTES))
        code = parse(payload, complete=read.symbol.complete)
        entry = judge.judge(
            Presented(
                capture=Capture("check", (read,), "check", started_ns, started_ns),
                read=read,
                code=code,
                parse_ms=(clock.mono_ns() - started_ns) / 1e6,
                claims=(),
                second_read=True,
                places_in_frame=1,
            ),
            registry,
        )
        judge.settle(entry)
        worst = max(worst, entry.verdict.verdict_class)
        decoded += entry.facts.problem is not Reason.READ_EMPTY
        if entry.facts.fault is not None:
            note(f"station check: {entry.facts.fault}\n  run 'station doctor'")
        try:
            language = settings.language
            fields, words = verdict_record(entry, 0.0, language), verdict_words(entry, language)
            put_line(as_json, fields, words)
        except BrokenPipeError:
            break  # nobody reads on; what was checked so far decides the exit code
    claims.close()
    registry.close()
    if worst is VerdictClass.STOP:
        return ExitCode.DEVICE_OR_STOP
    if not decoded:
        note("station check: nothing was read; give codes, or one a line on standard input")
        return ExitCode.NOTHING_DECODABLE
    return ExitCode.DONE if worst.is_accept else ExitCode.NOT_ALL_ACCEPTED


def _payloads(codes: tuple[str, ...]) -> Iterator[bytes]:
    """The codes to check; standard input is read as bytes, a line at a time, bounded."""
    if codes and codes != ("-",):
        if "-" in codes:
            raise ConfigurationError("- stands among codes", "give codes, or - alone")
        for code in codes:
            yield _with_separators(os.fsencode(code))
        return
    lines = sys.stdin.buffer
    while line := lines.readline(_MAX_LINE_BYTES):
        payload = line.removesuffix(b"\n").removesuffix(b"\r")
        if payload:
            yield _with_separators(payload)
        while line and not line.endswith(b"\n"):
            line = lines.readline(_MAX_LINE_BYTES)


def _with_separators(code: bytes) -> bytes:
    """A code with its separators as bytes, however they were written."""
    return code.replace(b"<GS>", GS)
