"""Certifying a scanner from the printed sheet to doctor's word on its age."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from firmware_bridge.simulators.line_scanner import SimulatedLineScanner
from firmware_bridge.simulators.ssi_scanner import SimulatedSsiScanner
from scripts.command_docs.contract import JSON_FIELDS
from station.app import scanner_check
from station.app.intake_session import load_station_key
from station.app.pins import PIN_VARIABLE
from station.app.site_paths import SitePaths
from station.core.acts import ActKind
from station.core.commissioning import CONTENTS, CheckSymbol, Finding
from station.core.operators import SITE_OWNER, Role
from station.storage.scanner_certificates import certificate_digest, read_certificate
from tests.fakes.command_line import Outcome
from tests.fakes.command_line import station as run
from tests.fakes.made_site import MadeSite
from tests.fakes.running_engine import running_engine
from tests.fakes.site_records import records
from tests.fakes.staff import enrol_staff

Scan = Callable[[bytes, str], object]


def station(*argv: object) -> Outcome:
    return run(*map(str, argv))


def symbols_on(sheet: Path) -> list[tuple[bytes, str]]:
    """What a scanner reads off a sheet, in reading order."""
    with Image.open(sheet) as page:
        reads = zxingcpp.read_barcodes(np.asarray(page.convert("L")))
    matrices = [read for read in reads if read.symbology_identifier.startswith("]d")]
    matrices.sort(key=lambda read: (read.position.top_left.y // 500, read.position.top_left.x))
    return [(read.bytes, read.symbology_identifier) for read in matrices]


@contextmanager
def person_scanning(
    monkeypatch: pytest.MonkeyPatch, scan: Scan, symbols: list[tuple[bytes, str]]
) -> Iterator[None]:
    """Scan each symbol when it is asked for."""
    asked = iter(symbols)
    examine = scanner_check.ScannerCheck.examine
    busy: list[threading.Thread] = []

    def examined(
        self: scanner_check.ScannerCheck, symbol: CheckSymbol, timeout_s: float
    ) -> Finding:
        busy.append(threading.Thread(target=scan, args=next(asked)))
        busy[-1].start()
        return examine(self, symbol, timeout_s)

    with monkeypatch.context() as patch:
        patch.setattr(scanner_check, "SETTLE_S", 0.05)
        patch.setattr(scanner_check.ScannerCheck, "examine", examined)
        yield
    for thread in busy:
        thread.join()


def scanning_with(scanner: SimulatedLineScanner) -> Scan:
    def scan(payload: bytes, identifier: str) -> object:
        scanner.wait_for_host()
        return scanner.scan(payload, identifier)

    return scan


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.png"
    assert station("scanner", "check", "--sheet", path).code == 0
    return path


def test_the_sheet_holds_every_symbol_in_order(sheet: Path) -> None:
    wanted = [(CONTENTS[one].payload, CONTENTS[one].identifier) for one in CheckSymbol]
    assert symbols_on(sheet) == wanted


def test_the_sheet_is_a_document_too(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    assert station("scanner", "check", "--sheet", path).code == 0
    assert path.read_bytes().startswith(b"%PDF-")
    refused = station("scanner", "check", "--sheet", tmp_path / "sheet.txt")
    assert refused.code == 2
    assert ".png or .pdf" in refused.err


def test_a_good_scanner_is_certified_and_doctor_knows_how_long_ago(
    made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: Path
) -> None:
    site = made.copy_site(tmp_path)
    with SimulatedLineScanner(tmp_path) as scanner:
        source = f"serial:{scanner.path}"
        with (site / "station.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[[source]]\nuse = "{source}"\n')
        before = station("doctor", "--site", site, "--only", "scanners", "--json")
        assert json.loads(before.out)["status"] == "warning"
        assert "never checked" in before.out
        with person_scanning(monkeypatch, scanning_with(scanner), symbols_on(sheet)):
            done = station("scanner", "check", "--site", site, "--source", source)
        assert done.code == 0, done.err
        assert done.out.count("ok ") == len(CheckSymbol)
        after = json.loads(station("doctor", "--site", site, "--only", "scanners", "--json").out)
        assert (after["status"], after["text"]) == ("ok", f"{source}: certified 0 days ago")
        with (site / "station.toml").open("a", encoding="utf-8") as file:
            file.write("baud = 19200\n")
        changed = station("doctor", "--site", site, "--only", "scanners", "--json")
        assert "set otherwise since its check" in changed.out
        (certificate,) = SitePaths(site).scanners.iterdir()
        certificate.write_bytes(certificate.read_bytes().replace(b"none", b"nine", 1))
        forged = json.loads(station("doctor", "--site", site, "--only", "scanners", "--json").out)
        assert forged["status"] == "failed"
        assert "not a certificate of this station" in forged["text"]


def test_a_scanner_that_changes_case_is_not_certified(
    made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: Path
) -> None:
    site = made.copy_site(tmp_path)
    symbols = [(payload.upper(), identifier) for payload, identifier in symbols_on(sheet)]
    with (
        SimulatedLineScanner(tmp_path) as scanner,
        person_scanning(monkeypatch, scanning_with(scanner), symbols),
    ):
        done = station("scanner", "check", "--site", site, "--source", f"serial:{scanner.path}")
    assert done.code == 1
    assert "FAILED plain       case" in done.out
    assert "switch case conversion off" in done.out
    (certificate,) = SitePaths(site).scanners.iterdir()
    assert json.loads(certificate.read_bytes())["certificate"]["passed"] is False
    (act,) = records(site).acts.values()
    assert act.reason_text == f"failed: serial:{scanner.path}"


def test_a_check_as_json_has_an_object_for_each_symbol(
    made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: Path
) -> None:
    site = made.copy_site(tmp_path)
    good, (payload, identifier), *rest = symbols_on(sheet)
    with (
        SimulatedLineScanner(tmp_path) as scanner,
        person_scanning(
            monkeypatch,
            scanning_with(scanner),
            [good, (payload.replace(b"\x1d", b""), identifier), *rest],
        ),
    ):
        source = f"serial:{scanner.path}"
        done = station("scanner", "check", "--site", site, "--source", source, "--json")
    assert done.code == 1, done.err
    assert [found["check"] for found in done.json] == [one.value for one in CheckSymbol]
    assert all(list(found) == list(JSON_FIELDS["scanner check"]) for found in done.json)
    assert done.json[0] | {"check": ""} == {
        "check": "",
        "good": True,
        "found": done.json[0]["found"],
        "received": "",
        "mend": "",
    }
    assert not done.json[1]["good"]
    assert done.json[1]["mend"]
    assert "NOT certified" in done.err


@pytest.mark.parametrize("beside_an_engine", [False, True])
def test_the_journal_names_who_certified_what(
    made: MadeSite,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sheet: Path,
    beside_an_engine: bool,
) -> None:
    site = made.copy_site(tmp_path)
    symbols = symbols_on(sheet)
    with (
        SimulatedLineScanner(tmp_path) as scanner,
        running_engine(site, "stdin:") if beside_an_engine else nullcontext(),
    ):
        source = f"serial:{scanner.path}"
        check = ("scanner", "check", "--site", site, "--source", source)
        with person_scanning(monkeypatch, scanning_with(scanner), symbols):
            assert station(*check).code == 0
        enrol_staff(site)
        for by, remedy in (((), "--by NAME"), (("--by", "BERT"), "operator add")):
            nobody = station(*check, *by)
            assert (nobody.code, nobody.out) == (2, "")
            assert remedy in nobody.err
        kept = {path: path.read_bytes() for path in SitePaths(site).scanners.iterdir()}
        monkeypatch.setenv(PIN_VARIABLE, "9517")
        with person_scanning(monkeypatch, scanning_with(scanner), symbols):
            imposter = station(*check, "--by", "SVEN")
        assert imposter.code == 1
        assert "that is not SVEN's PIN" in imposter.err
        monkeypatch.delenv(PIN_VARIABLE)
        assert {path: path.read_bytes() for path in kept} == kept
        with person_scanning(monkeypatch, scanning_with(scanner), symbols):
            assert station(*check, "--by", "ANNA").code == 0
    certified = [a for a in records(site).acts.values() if a.kind is ActKind.SCANNER_CERTIFIED]
    assert [(act.operator, act.role, act.reason_text) for act in certified] == [
        (SITE_OWNER, Role.OPERATOR, f"passed: {source}"),
        ("ANNA", Role.OPERATOR, f"passed: {source}"),
    ]
    key = load_station_key(SitePaths(site)).public_key
    certificate = read_certificate(SitePaths(site).scanners, source, key)
    assert certificate is not None
    assert certified[-1].reference == certificate_digest(certificate)
    assert not {act.scan_id for act in certified} & records(site).outbox.keys()
    proof = station("journal", "verify", "--site", site, "--json").json[0]
    assert proof["sound"], proof
    assert station("replay", "--site", site).code == 0
    for form in ("jsonl", "csv"):
        export = tmp_path / f"journal.{form}"
        station("journal", "export", "--site", site, "--format", form, "--out", export)
        assert export.read_text("utf-8").count("scanner_certified") == len(certified)


def test_an_ssi_scanner_beeps_for_every_symbol(
    made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: Path
) -> None:
    site = made.copy_site(tmp_path)
    with SimulatedSsiScanner(tmp_path) as scanner:
        source = f"serial:{scanner.path}"
        with (site / "station.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[[source]]\nuse = "{source}"\nframing = "ssi"\n')

        def scan(payload: bytes, identifier: str) -> object:
            scanner.wait_for_host()
            while not scanner.decoder.packeted:
                pass
            return scanner.scan(payload, 0xC1 if identifier == "]d2" else 0x1B)

        with person_scanning(monkeypatch, scan, symbols_on(sheet)):
            done = station("scanner", "check", "--site", site, "--source", source)
        assert done.code == 0, done.out
        assert set(scanner.decoder.beeps) == {0x00}
        (certificate,) = SitePaths(site).scanners.iterdir()
        said = json.loads(certificate.read_bytes())["certificate"]["feedback"]
        assert said == "acknowledged in SSI packets; nobody said whether it was heard"


@pytest.mark.parametrize(
    ("heard", "code", "said"),
    [
        ("--heard", 0, "sent as honeywell; heard"),
        ("--not-heard", 1, "sent as honeywell; not heard"),
    ],
)
def test_a_scanner_nobody_hears_is_not_certified(
    made: MadeSite,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sheet: Path,
    heard: str,
    code: int,
    said: str,
) -> None:
    site = made.copy_site(tmp_path)
    with SimulatedLineScanner(tmp_path) as scanner:
        source = f"serial:{scanner.path}"
        with (site / "station.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[[source]]\nuse = "{source}"\nfeedback = "honeywell"\n')
        with person_scanning(monkeypatch, scanning_with(scanner), symbols_on(sheet)):
            done = station("scanner", "check", "--site", site, "--source", source, heard)
    assert done.code == code, done.err
    assert ("turn its beeper on" in done.out) == (code != 0)
    (certificate,) = SitePaths(site).scanners.iterdir()
    assert json.loads(certificate.read_bytes())["certificate"]["feedback"] == said


def test_a_scanner_is_certified_before_there_is_a_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sheet: Path
) -> None:
    site = tmp_path / "site"
    assert station("init", "--site", site, "--name", "north", "--station", "dock-1").code == 0
    enrol_staff(site)
    with SimulatedLineScanner(tmp_path) as scanner:
        check = ("scanner", "check", "--site", site, "--source", f"serial:{scanner.path}")
        assert station("operator", "add", "EVE", "--role", "witness", "--site", site).code == 0
        for by, code in (("EVE", 1), ("ANNA", 0)):
            with person_scanning(monkeypatch, scanning_with(scanner), symbols_on(sheet)):
                done = station(*check, "--by", by)
            assert done.code == code, done.err
            assert len(list(SitePaths(site).scanners.glob("*"))) == (code == 0)
    acts = records(site).acts.values()
    certifiers = [act.operator for act in acts if act.kind is ActKind.SCANNER_CERTIFIED]
    assert certifiers == ["ANNA"]


def test_what_cannot_be_checked_is_told(made: MadeSite, tmp_path: Path) -> None:
    site = made.copy_site(tmp_path)
    missing = station("scanner", "check", "--site", site, "--source", "serial:/dev/nothing")
    assert missing.code == 5
    assert "no serial device /dev/nothing" in missing.err
    camera = station("scanner", "check", "--site", site, "--source", "camera:0")
    assert camera.code == 2
    assert "no scanner that could be checked" in camera.err
    assert station("scanner", "check", "--site", site).code == 2
    with SimulatedLineScanner(tmp_path) as scanner:
        source = f"serial:{scanner.path}"
        silent = station("scanner", "check", "--site", site, "--source", source, "--wait", "0.1")
    assert silent.code == 2
    assert "nothing arrived" in silent.err
