"""Hostile standard input, and standard output that nobody reads, that is full or that is closed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.test_bad_input import CHECK, SCAN, is_harmless
from tests.fakes.desk import KEYS, Desk
from tests.fakes.site_records import records
from tests.fakes.warm_station import ROOT, Hook


class TestStandardInput:
    HOSTILE: Final = (
        b"\x00" * 50,
        b"\x1b]0;owned\x07\x1b[2J",
        b"A" * 10_000_000,
        "\N{RIGHT-TO-LEFT OVERRIDE}txt".encode(),
        b"\xff\xfe\xfd",
        b'=HYPERLINK("x")',
        b"' OR 1=1; DROP TABLE journal; --",
        b"$(reboot)`reboot`",
        b"[bold red]markup[/]",
        b"\x1d\x1d\x1d",
    )

    def test_a_scan_takes_hostile_lines_for_misreads_and_goes_on(self, desk: Desk) -> None:
        site = desk.own_site()
        unit = desk.made.genuine[0]
        desk.stdin = b"\n".join((*self.HOSTILE, unit.payload)) + b"\n"
        done = desk.run("scan --json --site SITE --source stdin:")
        assert done.code == 1
        verdicts = [line["verdict"] for line in done.json]
        assert verdicts == ["RESCAN"] * (len(verdicts) - 1) + ["ACCEPT"]
        assert len(verdicts) == len(self.HOSTILE) + 1
        kept = records(site)
        assert list(kept.entries) == [line["scan_id"] for line in done.json]
        assert max(len(entry.payload) for entry in kept.entries.values()) < 10_000
        assert len(done.out) < 100_000
        assert done.out.isascii()
        assert is_harmless(done.err)

    def test_in_words_nothing_hostile_reaches_the_terminal(self, desk: Desk) -> None:
        desk.own_site()
        desk.stdin = b"\n".join(self.HOSTILE) + b"\n"
        for line in ("scan --site SITE --source stdin:", "check --site SITE -"):
            done = desk.run(line)
            assert done.code == 1
            assert is_harmless(done.out.decode())
            assert is_harmless(done.err)

    def test_what_was_journalled_of_it_is_exported_as_data(self, desk: Desk) -> None:
        desk.own_site()
        desk.stdin = b"\n".join(self.HOSTILE) + b"\n"
        desk.run("scan --site SITE --source stdin:")
        desk.stdin = b""
        table = desk.run("journal export --format csv --site SITE").out
        assert b"\x1b" not in table
        cells = [cell for row in table.decode().splitlines() for cell in row.split(",")]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
        assert desk.run("journal verify --site SITE").code == 0

    def test_arguments_are_hostile_too(self, desk: Desk) -> None:
        done = desk.warm.run(
            *("check", "--json", "--site", desk.made.site),
            *("\x1b[2J", "A" * 100_000, "<GS>", "\udcff"),
        )
        assert done.code == 1
        assert len(done.json) == 4


class TestStandardOutput:
    """Nobody reads it, it is full, or it is closed: that costs no verdict."""

    def lines(self, desk: Desk, count: int) -> list[bytes]:
        return [desk.made.genuine[n % len(desk.made.genuine)].payload for n in range(count)]

    def test_a_scan_whose_reader_has_seen_enough_keeps_what_it_took(self, desk: Desk) -> None:
        """As in `station scan … | head -1`."""
        site = desk.own_site()
        payloads = self.lines(desk, 2000)
        with desk.warm.start(
            *desk.argv("scan --json --site SITE --source stdin:"), cwd=desk.folder
        ) as command:
            command.feed(b"\n".join(payloads[:100]) + b"\n")
            first = json.loads(command.stdout.readline())
            command.stdout.close()
            command.feed(b"\n".join(payloads[100:]) + b"\n")
            command.stdin.close()
            code = command.wait()
            err = command.stderr.read()
        assert code in {0, 1}
        assert err == b""
        kept = records(site)
        assert first["scan_id"] in kept.entries
        journalled = [entry.payload for entry in kept.entries.values()]
        assert journalled == payloads[: len(journalled)]

    @pytest.mark.parametrize(
        "line", ["check --site SITE -", "codes list --brand-dir BRAND", "doctor --site SITE"]
    )
    def test_a_listing_whose_reader_has_seen_enough_ends_quietly(
        self, desk: Desk, line: str
    ) -> None:
        reader, writer = os.pipe()
        with desk.warm.start(*desk.argv(line), cwd=desk.folder, stdout=writer) as command:
            os.close(writer)
            os.close(reader)
            done = command.finish(desk.made.genuine[0].payload + b"\n")
        assert done.code in {0, 1}
        assert done.err == ""

    @pytest.mark.parametrize(
        "line",
        [
            "--version",
            "--help",
            "scan --help",
            "check --site SITE x",
            "journal export --format csv --site SITE",
            "doctor --json --site SITE",
            "brand list --brand-dir BRAND",
        ],
    )
    def test_a_full_one_is_said(self, desk: Desk, line: str) -> None:
        full = os.open("/dev/full", os.O_WRONLY)
        with desk.warm.start(*desk.argv(line), cwd=desk.folder, stdout=full) as command:
            os.close(full)
            done = command.finish()
        assert done.code == 5
        assert "cannot write to standard output: No space left on device" in done.err
        assert "send the output elsewhere" in done.last_words

    def test_a_full_one_ends_a_scan_that_keeps_what_it_took(self, desk: Desk) -> None:
        site = desk.own_site()
        payloads = self.lines(desk, 300)
        full = os.open("/dev/full", os.O_WRONLY)
        with desk.warm.start(
            *desk.argv("scan --site SITE --source stdin:"), cwd=desk.folder, stdout=full
        ) as command:
            os.close(full)
            done = command.finish(b"\n".join(payloads) + b"\n")
        assert done.code == 5
        assert "send the output elsewhere" in done.last_words
        assert len(done.err.splitlines()) == 2
        journalled = [entry.payload for entry in records(site).entries.values()]
        assert journalled
        assert journalled == payloads[: len(journalled)]

    def test_closed_streams_are_no_files_of_ours(self, desk: Desk) -> None:
        """A file that was opened as number 1 or 2 would be printed into."""
        site = desk.own_site()
        command = f'exec "{sys.executable}" -m station "$@" >&- 2>&- <&-'
        done = subprocess.run(
            ["sh", "-c", command, "sh", *desk.argv("check --site SITE CODE")],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        scanned = subprocess.run(
            ["sh", "-c", command.replace(" <&-", ""), "sh", *desk.argv(f"{SCAN} stdin:")],
            cwd=ROOT,
            input=desk.made.genuine[0].payload + b"\n" + desk.made.recalled[0].payload + b"\n",
            capture_output=True,
            check=False,
        )
        assert scanned.returncode == 1
        assert len(records(site).entries) == 2

    def test_nobody_hears_the_words_either(self, desk: Desk) -> None:
        """Standard error has gone as well: `… 2>&1 | head -1`."""
        site = desk.own_site()
        reader, writer = os.pipe()
        with desk.warm.start(
            *desk.argv(f"{SCAN} stdin: --source images:TMP/bad"),
            cwd=desk.folder,
            stdout=writer,
            stderr=writer,
        ) as command:
            os.close(writer)
            os.close(reader)
            code = command.finish(desk.made.genuine[0].payload + b"\n").code
        assert code == 5
        assert records(site).entries == {}


def test_no_room_for_the_details_of_an_internal_error_is_no_traceback(desk: Desk) -> None:
    desk.hook = Hook("tests.fakes.sabotage:fail_at", ("station.app.commands.check", "parse"))
    done = desk.warm.run(
        *desk.argv(CHECK), env={**KEYS, "TMPDIR": "/nonexistent"}, hook=desk.hook, cwd=Path("/proc")
    )
    assert done.code == 70
    assert "Traceback" not in done.err
    assert "Please report it" in done.last_words
