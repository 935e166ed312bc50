"""Whoever has a PIN gives it for an act by command; the journal says by what they were known."""

import os
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from station.core.acts import ActEntry, ActKind
from station.core.operators import FREE_TRIES, Proof
from tests.fakes.made_site import MadeSite
from tests.fakes.running_engine import running_engine
from tests.fakes.site_records import records
from tests.fakes.warm_station import Done, WarmStation

ANNAS: Final = "907162534411"
WIMS: Final = "725344061833"
SVENS: Final = "816253440722"
ENV: Final = "STATION_PIN"
DESTROY: Final = ("destroy", "--by", "SVEN", "--witness", "WIM", "--reason", "torn", "--yes")


class Dock:
    """A site where ANNA has a PIN, BERT has none, SVEN is a supervisor and WIM a witness."""

    def __init__(self, warm: WarmStation, made: MadeSite, folder: Path) -> None:
        self.warm, self.made = warm, made
        self.root = made.copy_site(folder)
        for name, role, pin in (
            ("ANNA", "operator", ANNAS),
            ("BERT", "operator", ""),
            ("SVEN", "supervisor", SVENS),
            ("WIM", "witness", WIMS),
        ):
            assert self.run("operator", "add", name, "--role", role).code == 0
            if pin:
                assert self.run("operator", "pin", name, env={"STATION_NEW_PIN": pin}).code == 0

    def run(self, *argv: str, env: dict[str, str] | None = None) -> Done:
        return self.warm.run(*argv, "--site", self.root, env=env)

    def repeat(self) -> str:
        """A unit is scanned twice; the second scan asks which it was."""
        self.scan()
        return self.scan()

    def scan(self) -> str:
        payload = self.made.genuine[0].payload
        argv = ("scan", "--json", "--site", self.root, "--source", "stdin:")
        done = self.warm.run(*argv, stdin=payload + b"\n")
        assert done.code in {0, 1}, done.err
        return str(done.json[0]["scan_id"])

    def answer(self, scan: str, by: str, *more: str, env: dict[str, str] | None = None) -> Done:
        return self.run("quarantine", "answer", scan, "same", "--by", by, *more, env=env)

    def acts(self) -> list[ActEntry]:
        wanted = {ActKind.SAME_UNIT, ActKind.UNDO, ActKind.DESTROY}
        return [act for act in records(self.root).acts.values() if act.kind in wanted]


@pytest.fixture
def dock(warm: WarmStation, made: MadeSite, tmp_path: Path) -> Dock:
    return Dock(warm, made, tmp_path)


@pytest.mark.parametrize("beside_an_engine", [False, True])
def test_who_has_a_pin_must_give_it(dock: Dock, beside_an_engine: bool) -> None:
    scan = dock.repeat()
    with running_engine(dock.root, "stdin:") if beside_an_engine else nullcontext():
        refused = dock.answer(scan, "ANNA")
        assert refused.code == 1
        assert "no PIN was given for ANNA" in refused.err
        assert "--pin-file" in refused.err
        wrong = dock.answer(scan, "ANNA", env={ENV: "4711"})
        assert (wrong.code, "that is not ANNA's PIN" in wrong.err) == (1, True)
        assert dock.answer(scan, "ANNA", env={ENV: ANNAS}).code == 0
        undone = dock.acts()[-1].scan_id
        refused = dock.run("undo", undone, "--by", "ANNA")
        assert (refused.code, "no PIN was given for ANNA" in refused.err) == (1, True)
        assert dock.run("undo", undone, "--by", "ANNA", env={ENV: ANNAS}).code == 0
        assert dock.answer(scan, "BERT").code == 0
    assert [(act.operator, act.proof) for act in dock.acts()] == [
        ("ANNA", Proof.PIN),
        ("ANNA", Proof.PIN),
        ("BERT", Proof.NAME),
    ]


def test_the_pin_comes_from_a_file_or_a_descriptor(dock: Dock, tmp_path: Path) -> None:
    scan = dock.repeat()
    file = tmp_path / "anna.pin"
    gone = dock.answer(scan, "ANNA", "--pin-file", str(file))
    assert gone.code == 2
    assert "check the file's name and rights" in gone.err
    file.write_text(f"{ANNAS}\n", "ascii")
    assert dock.answer(scan, "ANNA", "--pin-file", str(file), env={ENV: "4711"}).code == 0
    reading, writing = os.pipe()
    os.write(writing, f"{ANNAS}\n".encode("ascii"))
    os.close(writing)
    undo = ("undo", dock.acts()[-1].scan_id, "--by", "ANNA")
    done = dock.run(*undo, "--pin-file", f"/proc/{os.getpid()}/fd/{reading}")
    os.close(reading)
    assert done.code == 0, done.err
    assert ANNAS.encode() not in (dock.root / "station.db").read_bytes()


def test_a_witness_is_asked_for_their_own(dock: Dock, tmp_path: Path) -> None:
    scan = dock.repeat()
    assert dock.run("quarantine", "answer", scan, "second", "--by", "BERT").code == 0
    destroy = (*("quarantine", DESTROY[0], scan), *DESTROY[1:])
    refused = dock.run(*destroy, env={ENV: SVENS})
    assert refused.code == 1
    assert "the witness's PIN" in refused.err
    assert "--witness-pin-file" in refused.err
    file = tmp_path / "wim.pin"
    file.write_text(WIMS, "ascii")
    assert dock.run(*destroy, "--witness-pin-file", str(file), env={ENV: SVENS}).code == 0
    assert dock.acts()[-1].proof is Proof.PIN


def test_wrong_tries_count_for_commands_and_engine_together(dock: Dock) -> None:
    scan = dock.repeat()
    for _ in range(FREE_TRIES - 2):
        assert "that is not" in dock.answer(scan, "ANNA", env={ENV: "4711"}).err
    with running_engine(dock.root, "stdin:"):
        told = [dock.answer(scan, "ANNA", env={ENV: "4711"}).err for _ in range(2)]
        assert "wait 30 s" in told[1]
        waits = dock.answer(scan, "ANNA", env={ENV: ANNAS})
    assert (waits.code, "too many wrong PINs for ANNA" in waits.err) == (1, True)
    assert dock.acts() == []


def test_the_journal_and_its_exports_say_how_somebody_was_known(dock: Dock) -> None:
    scan = dock.repeat()
    assert dock.answer(scan, "ANNA", env={ENV: ANNAS}).code == 0
    shown = dock.run("quarantine", "show", scan, "--json").json[0]
    assert shown["ended"]["proof"] == "pin"
    table = dock.run("journal", "export", "--format", "csv").out.decode().splitlines()
    assert table[0].endswith(",proof")
    assert table[-1].endswith(",pin")
    changes = [
        act for act in records(dock.root).acts.values() if act.kind is ActKind.OPERATOR_CHANGED
    ]
    assert {act.proof for act in changes} == {Proof.NAME}
    assert all(before.time_utc <= after.time_utc for before, after in pairwise(changes))
