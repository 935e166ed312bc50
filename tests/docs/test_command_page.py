"""The page of commands is what the commands say, and their objects have the fields it lists."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest

from scripts import make_command_docs
from scripts.command_docs.contract import EXIT_CODES, JSON_FIELDS, JSON_NOTES
from scripts.make_command_docs import PAGE, leaf_commands, page
from station.core.errors import ExitCode
from tests.docs.pages import ROOT
from tests.docs.starts import GTIN, PASSPHRASE, make_start
from tests.fakes.command_line import station
from tests.fakes.event_receiver import Receiver, Served, served
from tests.fakes.people import PIN_OF, FakePeople


def test_the_page_is_current() -> None:
    assert (ROOT / PAGE).read_text("utf-8") == page(), (
        "the commands changed: run scripts/make_command_docs.py"
    )


@pytest.mark.parametrize("columns", ["20", "79", "300"])
def test_the_page_does_not_depend_on_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page()
    for name, value in {
        "COLUMNS": columns,
        "STATION_SITE": "/x",
        "STATION_BRAND_DIR": "/y",
    }.items():
        monkeypatch.setenv(name, value)

    assert page() == before


def test_check_tells_a_page_that_is_not_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make_command_docs, "ROOT", tmp_path)
    assert make_command_docs.main(["--check"]) == 1
    assert "run scripts/make_command_docs.py" in capsys.readouterr().err

    assert make_command_docs.main([]) == 0
    assert make_command_docs.main(["--check"]) == 0

    (tmp_path / PAGE).write_text("other", "utf-8")
    assert make_command_docs.main(["--check"]) == 1


def test_every_exit_code_is_told() -> None:
    assert list(EXIT_CODES) == list(ExitCode)


def test_every_command_with_json_has_its_fields_listed() -> None:
    with_json = {
        path
        for path, command in leaf_commands()
        if any("--json" in option.opts for option in command.params)
    }

    assert set(JSON_FIELDS) == with_json
    assert set(JSON_NOTES) <= with_json


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Every object each command printed on a walk through all of them."""
    with pytest.MonkeyPatch.context() as there:
        there.chdir(tmp_path_factory.mktemp("walk"))
        there.setenv("STATION_KEY_PASSPHRASE", PASSPHRASE)
        there.setattr("station.storage.operator_book.OperatorBook.identify", FakePeople.identify)
        there.setattr("station.app.commands.shipment.offered_pin", lambda who: PIN_OF[who.name])
        with served(Receiver(refuses=lambda event: True)) as receiver:
            yield walk(receiver)


def walk(receiver: Served) -> dict[str, list[dict[str, Any]]]:
    """Run every command but the demo, which prints what ``scan`` does, with ``--json``."""
    make_start("site", Path.cwd())
    code = json.loads(station("codes", "list", "--json").out.splitlines()[-1])
    serial, faulted = code["serial"], code["element_string"].swapcase().encode("ascii")
    Path("answers.toml").write_text('[site]\nname = "a"\nstation = "b"\n', "ascii")
    Path("pin").write_text("4711\n", "ascii")
    events = {"type": "EPCISDocument", "epcisBody": {"eventList": []}}
    Path("events.json").write_text(json.dumps(events), "ascii")
    Path("asn.csv").write_text(f"shipment,kind,gtin,count\nASN-1,order,{GTIN},2\n", "ascii")
    Path("import.csv").write_text("serial\nBRAND0001\n", "ascii")
    Path("shipment.csv").write_text(f"shipment,gtin,count\nA-1,{GTIN},1\n", "ascii")
    accepted = ("--accept", "brand_serial", "--accept", "uc1")
    why = ("--by", "SVEN", "--reason", "looked at it")
    root = Path("published", "metadata", "1.root.json").read_bytes()
    known = ("--fingerprint", hashlib.sha256(root).hexdigest())
    item = ""
    printed: dict[str, list[dict[str, Any]]] = {}
    for path, *arguments in (
        ("brand add", "other", "--name", "Other"),
        ("brand list",),
        ("brand policy", "other", "unsigned=hold"),
        ("key new", "other"),
        ("key list",),
        ("key retire", "other", "1"),
        ("key compromise", "other", "1"),
        ("key revoke", "other", "1"),
        ("product add", "09506000134369", "--brand", "other", "--name", "Tea", *accepted),
        ("product list",),
        ("product policy", "09506000134369", "stale=hold"),
        ("codes order", "--gtin", GTIN, "--count", "1"),
        ("codes list",),
        ("codes orders",),
        ("codes import", "--gtin", "09506000134369", "import.csv"),
        ("codes mark", "--as", "stolen", GTIN, serial),
        ("codes lift", "--as", "stolen", GTIN, serial),
        ("capture", "events.json"),
        ("label", GTIN, serial, "--out", "more"),
        ("seller add", "nordic", "--brand", "acme", "--name", "Nordic Trade"),
        ("seller authorise", "nordic", "--brand", "acme", "--gtin", GTIN),
        ("seller revoke", "nordic", "--brand", "acme", "--gtin", GTIN),
        ("seller list",),
        ("despatch add", "asn.csv", "--brand", "acme", "--to", "berlin"),
        ("despatch list",),
        ("despatch remove", "ASN-1", "--brand", "acme", "--to", "berlin"),
        ("publish", "--to", "published"),
        ("signing key", "brand-other", "--keys", "held"),
        ("signing add", "brand-other.public.json", "--replace"),
        ("signing root", "--out", "root-request"),
        ("signing show", "root-request", "--keys", "brand/publisher", *known),
        ("signing sign", "root-request", "--keys", "brand/publisher", "--yes", *known),
        ("signing accept", "root-request"),
        ("signing renew", "--to", "published"),
        ("publish", "--to", "published", "--prepare", "request"),
        ("signing sign", "request", "--keys", "held", "--yes", *known),
        ("signing put-out", "request", "--to", "published"),
        ("init", "--site", "second", "--name", "a", "--station", "b"),
        ("sync",),
        ("scan", "--source", "images:labels"),
        ("scan", "--source", "stdin:"),
        ("scanner tickets",),
        ("scanner close-ticket", "1"),
        ("scan", "--source", "images:labels"),
        ("quarantine list",),
        ("quarantine show", "ITEM"),
        ("quarantine pack", "ITEM", "--out", "pack.zip"),
        ("quarantine answer", "ITEM", "second", "--by", "ANNA"),
        ("quarantine tasks",),
        ("quarantine fetched", "ITEM", "--by", "ANNA"),
        ("quarantine put-away", "ITEM", "--tote", "Q1", "--by", "ANNA"),
        *((f"quarantine {name}", "ITEM", *why) for name in ("release", "return")),
        ("quarantine confirm", "ITEM", "--case", "B-1", "--yes", *why),
        ("quarantine relabel", "ITEM", "--code", "1", "--yes", *why),
        ("quarantine destroy", "ITEM", "--witness", "WIM", "--yes", *why),
        ("undo", "ITEM", *why),
        ("shipment import", "shipment.csv"),
        ("shipment list",),
        ("shipment show", "A-1"),
        ("shipment open", "A-1", "--by", "SVEN"),
        ("shipment status", "A-1"),
        ("shipment close", "A-1", "--by", "SVEN"),
        ("check", "1"),
        ("decode", "labels"),
        ("camera check", "images:labels"),
        ("policy show",),
        ("config show",),
        ("setup", "--answers", "answers.toml", "--site", "third"),
        ("policy check", "site/station.toml"),
        ("journal verify",),
        ("journal export",),
        ("figures",),
        ("replay",),
        ("operator add", "ANNA", "--role", "operator"),
        ("operator list",),
        ("operator role", "ANNA", "supervisor"),
        ("operator language", "ANNA", "zh"),
        ("operator pin", "ANNA", "--new-pin-file", "pin"),
        ("operator badge", "ANNA", "--out", "anna.png"),
        ("operator remove", "ANNA"),
        ("doctor",),
        ("outbox status",),
        ("outbox send", "--allow-http"),
        ("outbox list",),
        ("outbox retry", "--allow-http"),
        ("clock",),
        ("db status",),
        ("db upgrade",),
        ("db check",),
        ("db backup", "--to", "kept"),
        ("db restore", "kept/backup.db"),
    ):
        if path == "outbox status":
            with Path("site", "station.toml").open("a", encoding="utf-8") as file:
                file.write(f'\n[upload]\nto = "{receiver.address}"\n')
        if path == "db restore":
            next(Path("kept").glob("station-*.db")).rename("kept/backup.db")
        if path == "quarantine list":
            item = station(*path.split(), "--json").json[0]["scan_id"]
        given = [item if one == "ITEM" else one for one in arguments]
        # What stands on standard input only the one command reads: a code under caps lock.
        outcome = station(*path.split(), *given, "--json", stdin=faulted)
        assert outcome.code in {0, 1}, (path, outcome)
        printed.setdefault(path, []).extend(outcome.json)
    return printed


ELSEWHERE: Final = {"demo", "scanner check", "sound test"}
"""What runs in tests of its own: a scanner at a pty, a player that records."""


@pytest.mark.parametrize("path", sorted(set(JSON_FIELDS) - ELSEWHERE))
def test_objects_have_the_fields_listed(
    path: str, objects: dict[str, list[dict[str, Any]]]
) -> None:
    assert objects[path]
    for printed in objects[path]:
        assert list(printed) == list(JSON_FIELDS[path])


def test_the_demo_prints_verdicts() -> None:
    """It is run by tests of its own; here it is enough that the page says the same of both."""
    assert JSON_FIELDS["demo"] is JSON_FIELDS["scan"]


def test_required_options_are_marked() -> None:
    context = click.Context(dict(leaf_commands())["scan"], info_name="station scan")

    assert "| `--source` | `SOURCE`, repeatable | required |" in page()
    assert context.command.params[0].required
