"""The command line as a contract with other people's scripts: what is printed.

Frozen tables: a change here is a change for whoever calls the commands.
"""

import base64
import datetime
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from PIL import Image

from scripts.command_docs.contract import JSON_FIELDS
from station.app.main import COMMANDS
from station.core.reasons import Reason, VerdictClass
from station.core.symbol import SymbolFormat
from station.storage.journal_reader import JournalReader
from tests.fakes.desk import Desk, photo
from tests.fakes.made_site import GTIN, STATION
from tests.fakes.site_records import records

VERDICT_FIELDS: Final = [
    "scan_id",
    "verdict",
    "reason",
    "also",
    "modifiers",
    "kind",
    "gtin",
    "serial",
    "issuance",
    "provisional",
    "registry_generation",
    "station",
    "source",
    "time_utc",
    "message",
    "next_action",
    "raw_b64",
    "symbology_identifier",
    "print_estimate",
    "timings_ms",
]
TIMING_FIELDS: Final = ["decode", "verify", "lookup", "commit", "total"]
DECODE_FIELDS: Final = ["path", "width", "height", "ms", "symbols", "unread"]
SYMBOL_FIELDS: Final = [
    "format",
    "symbology_identifier",
    "text",
    "raw_b64",
    "corners",
    "engine",
    "step",
    "witnesses",
    "print_estimate",
]
PRINT_FIELDS: Final = [
    "grade",
    "weakest",
    "shows_print",
    "standard",
    "module_px",
    "contrast",
    "modulation",
    "unused_error_correction",
    "fixed_pattern_damage",
    "quiet_zone",
    "axial_nonuniformity",
]


class TestVerdicts:
    """The object of DESIGN's contract, the same from every command that prints verdicts."""

    def check_object(self, verdict: dict[str, Any]) -> None:
        assert list(verdict) == VERDICT_FIELDS
        assert list(verdict["timings_ms"]) == TIMING_FIELDS
        assert verdict["verdict"] in VerdictClass.__members__
        assert verdict["reason"] in Reason.__members__
        assert set(verdict["also"]) | set(verdict["modifiers"]) <= set(Reason.__members__)
        assert verdict["station"] == STATION
        assert verdict["registry_generation"] == 1
        assert isinstance(verdict["provisional"], bool)
        assert len(verdict["scan_id"]) == 26
        moment = datetime.datetime.fromisoformat(verdict["time_utc"])
        assert moment.utcoffset() == datetime.timedelta(0)
        assert all(timing >= 0 for timing in verdict["timings_ms"].values())
        assert verdict["message"]
        assert verdict["next_action"]

    def test_of_a_scan(self, desk: Desk) -> None:
        site = desk.own_site()
        unit, bad = desk.made.genuine[0], desk.made.recalled[0]
        desk.stdin = unit.payload + b"\n" + b"\x1b[2J\xff\n" + bad.payload + b"\n"
        done = desk.run("scan --json --site SITE --source stdin:")
        accepted, misread, recalled = done.json
        for verdict in done.json:
            self.check_object(verdict)
        kept = records(site)
        assert [verdict["scan_id"] for verdict in done.json] == list(kept.entries)
        assert [verdict["print_estimate"] for verdict in done.json] == [None] * 3
        assert (accepted["verdict"], accepted["reason"], accepted["kind"]) == (
            "ACCEPT",
            "OK",
            "uc1",
        )
        assert (accepted["gtin"], accepted["serial"]) == (GTIN, unit.identity.serial)
        assert base64.b64decode(accepted["raw_b64"]) == unit.payload
        assert accepted["timings_ms"]["commit"] > 0
        assert (misread["gtin"], misread["serial"]) == (None, None)
        assert base64.b64decode(misread["raw_b64"]) == b"\x1b[2J\xff"
        assert (recalled["verdict"], recalled["reason"]) == ("QUARANTINE", "UNIT_RECALLED")
        assert {verdict["source"] for verdict in done.json} == {"stdin:"}

    def test_of_pictures(self, desk: Desk) -> None:
        desk.own_site()
        path = photo(desk, "one.png", desk.made.genuine[0].payload)
        done = desk.run(f"scan --json --site SITE --source images:{path}")
        (verdict,) = done.json
        self.check_object(verdict)
        assert done.code == 0
        assert (verdict["verdict"], verdict["symbology_identifier"]) == ("ACCEPT", "]d2")
        assert verdict["timings_ms"]["decode"] > 0
        assert list(verdict["print_estimate"]) == PRINT_FIELDS
        assert verdict["print_estimate"]["grade"] in "AB"
        (entry,) = records(Path(desk.names["SITE"])).entries.values()
        assert entry.print_quality is not None
        assert entry.print_quality.grade.name == verdict["print_estimate"]["grade"]

    def test_of_a_check_which_changes_nothing(self, desk: Desk) -> None:
        site = desk.own_site()
        done = desk.run("check --json --site SITE CODE CODE RECALLED")
        for verdict in done.json:
            self.check_object(verdict)
        assert [v["verdict"] for v in done.json] == ["ACCEPT", "ACCEPT", "QUARANTINE"]
        assert {v["timings_ms"]["commit"] for v in done.json} == {0}
        assert records(site).entries == {}

    def test_of_a_check_which_answers_as_at_a_second_read(self, desk: Desk) -> None:
        forged = desk.made.genuine[0].forged().decode().replace("\x1d", "<GS>")
        (verdict,) = desk.run(f"check --json --site SITE {forged}").json
        assert (verdict["verdict"], verdict["reason"]) == ("QUARANTINE", "SIGNATURE_INVALID")


def test_words_are_in_the_sites_language_and_name_its_lane(desk: Desk) -> None:
    config = desk.own_site() / "station.toml"
    text = config.read_text("utf-8").replace('language = "en"', 'language = "de"')
    config.write_text(text.replace("# quarantine_lane", "quarantine_lane"), "utf-8")
    desk.stdin = desk.made.recalled[0].payload + b"\n"
    for line in ("check --json --site SITE RECALLED", "scan --json --site SITE --source stdin:"):
        (verdict,) = desk.run(line).json
        assert verdict["message"] == "Dieses Stück ist zurückgerufen"
        assert verdict["next_action"] == "In tote Q-3 legen"
    with JournalReader(config.with_name("station.db")) as reader:
        (policy,) = reader.policies().values()
    assert policy.lanes.quarantine == "tote Q-3"


def test_a_decode_says_what_it_read_where(desk: Desk) -> None:
    payload = desk.made.genuine[0].payload
    paths = [photo(desk, "1.png", payload), photo(desk, "2.png", torn=True)]
    done = desk.run(f"decode --json {paths[0]} {paths[1]}")
    for line, path in zip(done.json, paths, strict=True):
        assert list(line) == DECODE_FIELDS
        assert line["path"] == str(path)
        with Image.open(path) as picture:
            assert (line["width"], line["height"]) == picture.size
    read, nothing = done.json
    (symbol,) = read["symbols"]
    assert list(symbol) == SYMBOL_FIELDS
    assert symbol["format"] == SymbolFormat.DATA_MATRIX.value
    assert symbol["symbology_identifier"] == "]d2"
    assert symbol["text"] == payload.decode().replace("\x1d", "<GS>")
    assert base64.b64decode(symbol["raw_b64"]) == payload
    assert [len(corner) for corner in symbol["corners"]] == [2, 2, 2, 2]
    assert all(0 < x < read["width"] and 0 < y < read["height"] for x, y in symbol["corners"])
    assert (symbol["engine"], symbol["witnesses"]) == ("zxing-cpp", 1)
    assert list(symbol["print_estimate"]) == PRINT_FIELDS
    assert nothing["symbols"] == []
    assert done.code == 1


JSON_LINES: Final = [
    "brand add other --name Other --brand-dir BRAND",
    "brand list --brand-dir BRAND",
    "brand policy aurora unsigned=hold --brand-dir BRAND",
    "key new aurora --brand-dir BRAND",
    "key list --brand-dir BRAND",
    "key retire aurora 1 --brand-dir BRAND",
    "product add 9506000134369 --brand aurora --name Charger --brand-dir BRAND",
    "product list --brand-dir BRAND",
    "product policy GTIN enforce_from=2027-03-01 uncoded_lane=U-1 --brand-dir BRAND",
    "codes order --gtin GTIN --count 2 --brand-dir BRAND",
    "codes order --gtin GTIN --count 2 --out TMP/codes.csv --brand-dir BRAND",
    "codes list --gtin GTIN --brand-dir BRAND",
    "codes orders --brand-dir BRAND",
    "codes mark --as stolen GTIN SERIAL --brand-dir BRAND",
    "codes lift --as stolen GTIN SERIAL --brand-dir BRAND",
    "label GTIN SERIAL --out TMP/labels --brand-dir BRAND",
    "label --tote Q1 --out TMP/tote.png --site SITE",
    "publish --to TMP/published --brand-dir BRAND",
    "signing key root-1 --keys TMP/held --out TMP",
    "signing root --out TMP/request --brand-dir BRAND",
    "init --site TMP/new --name new --station dock-9",
    "sync --site SITE --from PUBLISHED",
    "scan --site SITE --source stdin:",
    "check --site SITE CODE",
    "camera check images:TMP/label.png --site SITE",
    "policy show --gtin GTIN --site SITE",
    "policy check SITE/station.toml",
    "config show --site SITE",
    "config show --origin --set dock.theme=blue --site SITE",
    "doctor --site SITE",
    "journal verify --site SITE",
]


@pytest.mark.parametrize("line", JSON_LINES)
def test_with_json_standard_output_is_json_lines_and_nothing_else(desk: Desk, line: str) -> None:
    desk.own_site()
    desk.own_brand()
    desk.stdin = desk.made.genuine[0].payload + b"\n"
    photo(desk, "label.png", desk.made.genuine[0].payload)
    done = desk.run(f"{line} --json")
    assert done.code == 0, done.err
    assert done.json
    assert all(isinstance(found, dict) for found in done.json)
    assert done.out.isascii()
    assert "{" not in done.err


@pytest.mark.parametrize("line", JSON_LINES)
def test_with_plain_standard_output_is_the_same_values_between_tabs(desk: Desk, line: str) -> None:
    desk.own_site()
    desk.own_brand()
    photo(desk, "label.png", desk.made.genuine[0].payload)
    done = desk.run(f"{line} --plain")
    assert done.code in {0, 3}, done.err
    words = line.split()
    fields = JSON_FIELDS.get(" ".join(words[:2])) or JSON_FIELDS[words[0]]
    if line.startswith("codes order") and "--out" in words:
        fields = JSON_FIELDS["codes orders"]
    for row in done.out.decode().splitlines():
        values = row.split("\t")
        assert len(values) == (2 if "--tote" in line else len(fields))
        assert all(value.isprintable() for value in values if value)


def test_plain_values_are_those_of_the_json(desk: Desk) -> None:
    (verdict,) = desk.run("check --json --site SITE CODE").json
    (row,) = desk.run("check --plain --site SITE CODE").out.decode().splitlines()
    values = dict(zip(verdict, row.split("\t"), strict=True))
    for name in ("verdict", "reason", "gtin", "serial", "message"):
        assert values[name] == verdict[name]
    assert (values["also"], values["provisional"]) == ("[]", "false")
    assert verdict["print_estimate"] is None
    assert values["print_estimate"] == ""
    assert set(json.loads(values["timings_ms"])) == set(TIMING_FIELDS)


def test_hostile_text_stays_within_its_plain_value(desk: Desk) -> None:
    desk.own_site()
    desk.stdin = b"a\tb\x1b[2J\n"
    (row,) = desk.run("scan --plain --site SITE --source stdin:").out.decode().splitlines()
    assert len(row.split("\t")) == len(VERDICT_FIELDS)
    assert row.replace("\t", "").isprintable()


def leaves(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from leaves(inner, (*path, name))
    else:
        yield " ".join(path), command


SCREENS_AND_ENGINE: Final = {"run", "dock", "review"}
"""These print no results."""


def test_every_command_that_prints_results_takes_json_and_plain() -> None:
    lacking = {
        path
        for name in COMMANDS
        for path, command in leaves(
            importlib.import_module(f"station.app.commands.{name}").command, (name,)
        )
        if not {"--json", "--plain"} <= {opt for option in command.params for opt in option.opts}
    }
    assert lacking == SCREENS_AND_ENGINE


def test_codes_as_plain_values_are_those_of_the_json(desk: Desk) -> None:
    desk.own_brand()
    line = "codes list --gtin GTIN --brand-dir BRAND"
    rows = desk.run(f"{line} --plain").out.decode().splitlines()
    found = desk.run(f"{line} --json").json
    assert len(rows) == len(found) > 1
    for row, fields in zip(rows, found, strict=True):
        values = dict(zip(fields, row.split("\t"), strict=True))
        assert values["serial"] == fields["serial"]
        assert values["element_string"] == fields["element_string"].replace("\x1d", "<GS>")


def test_an_exported_journal_as_plain_values_is_its_lines(desk: Desk) -> None:
    desk.own_site()
    desk.stdin = desk.made.genuine[0].payload + b"\n"
    assert desk.run("scan --site SITE --source stdin:").code == 0
    desk.stdin = b""
    (entry,) = desk.run("journal export --json --site SITE").json
    assert desk.run("journal export --format jsonl --site SITE").json == [entry]
    (row,) = desk.run("journal export --plain --site SITE").out.decode().splitlines()
    seq, hashed, body = row.split("\t")
    assert (int(seq), hashed, json.loads(body)) == (entry["seq"], entry["hash"], entry["body"])


@pytest.mark.parametrize(
    ("given", "said"),
    [("", "--format"), ("--format csv --json", "csv"), ("--format epcis --plain", "epcis")],
)
def test_an_export_has_one_form(desk: Desk, given: str, said: str) -> None:
    done = desk.run(f"journal export {given} --site SITE")
    assert (done.code, done.out) == (2, b"")
    assert said in done.err


def test_no_plain_value_is_cut_off(desk: Desk) -> None:
    desk.own_site()
    payload = b"9" * 7_000
    desk.stdin = payload + b"\n"
    (row,) = desk.run("scan --plain --site SITE --source stdin:").out.decode().splitlines()
    values = dict(zip(VERDICT_FIELDS, row.split("\t"), strict=True))
    assert base64.b64decode(values["raw_b64"], validate=True) == payload


def test_json_and_plain_are_not_given_together(desk: Desk) -> None:
    done = desk.run("check --json --plain --site SITE CODE")
    assert (done.code, done.out) == (2, b"")
    assert "give one" in done.err


@pytest.mark.parametrize("line", [line for line in JSON_LINES if not line.startswith("doctor")])
def test_without_json_words_for_people_are_printable(desk: Desk, line: str) -> None:
    desk.own_site()
    desk.own_brand()
    desk.stdin = desk.made.genuine[0].payload + b"\n"
    photo(desk, "label.png", desk.made.genuine[0].payload)
    done = desk.run(line)
    assert done.code == 0, done.err
    assert (done.out.decode() + done.err).replace("\n", "").replace("\t", "").isprintable()


def test_an_exported_journal_is_json_lines_too(desk: Desk) -> None:
    desk.own_site()
    desk.stdin = desk.made.genuine[0].payload + b"\n"
    assert desk.run("scan --site SITE --source stdin:").code == 0
    desk.stdin = b""
    (entry,) = desk.run("journal export --format jsonl --site SITE").json
    assert list(entry) == ["seq", "hash", "body"]
    document = json.loads(desk.run("journal export --format epcis --site SITE").out)
    assert document["type"] == "EPCISDocument"
    assert len(document["epcisBody"]["eventList"]) == 1
