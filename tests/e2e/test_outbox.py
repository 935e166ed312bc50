"""Events go up by command, beside a working engine, and none is lost when sending is killed."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from station.storage.site_lock import SiteLock
from tests.fakes.event_receiver import Receiver, Served, served
from tests.fakes.made_site import MadeSite
from tests.fakes.running_engine import running_engine
from tests.fakes.warm_station import Done, Hook, WarmStation


@dataclass(frozen=True, slots=True)
class SendingSite:
    """A site whose events go to a receiver.

    Attributes:
        warm: Starts its commands.
        folder: The site folder.
        to: The receiver, which listens.
    """

    warm: WarmStation
    folder: Path
    to: Served

    @property
    def receiver(self) -> Receiver:
        return self.to.receiver

    def scan(self, *payloads: bytes) -> None:
        lines = b"".join(payload + b"\n" for payload in payloads)
        done = self.warm.run("scan", "--site", self.folder, "--source", "stdin:", stdin=lines)
        assert done.code in {0, 1}

    def outbox(self, verb: str, *more: str, hook: Hook | None = None) -> Done:
        where = ("--site", self.folder, "--json")
        return self.warm.run("outbox", verb, *where, *more, hook=hook)

    def send(self, *more: str, hook: Hook | None = None) -> Done:
        return self.outbox("send", "--allow-http", *more, hook=hook)

    def sync(self, publication: Path) -> Done:
        where = ("--site", self.folder, "--json")
        return self.warm.run("sync", *where, "--from", publication, "--allow-http")


@contextmanager
def sending_site(
    warm: WarmStation, made: MadeSite, folder: Path, receiver: Receiver | None = None
) -> Iterator[SendingSite]:
    with served(receiver) as it:
        site = made.copy_site(folder)
        with (site / "station.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[upload]\nto = "{it.address}"\n')
        yield SendingSite(warm, site, it)


@pytest.fixture
def site(warm: WarmStation, made: MadeSite, tmp_path: Path) -> Iterator[SendingSite]:
    with sending_site(warm, made, tmp_path) as it:
        yield it


def has(serial: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: serial in event["epcList"][0]


def test_what_was_scanned_goes_up_and_only_once(site: SendingSite, made: MadeSite) -> None:
    units = made.genuine[:3]
    site.scan(*(unit.payload for unit in units), made.recalled[0].payload, b"junk")
    assert site.outbox("status").json == [{"waiting": 4, "refused": 0}]
    sent = site.send()
    assert (sent.code, sent.json[0]["sent"]) == (0, 4)
    steps = [event["bizStep"] for event in site.receiver.events.values()]
    assert steps == ["receiving"] * 3 + ["holding"]
    again = site.send()
    assert (again.code, again.json[0]["sent"]) == (0, 0)
    assert len(site.to.requests) == 1


def test_a_refresh_sends_them_too_while_the_engine_works(site: SendingSite, made: MadeSite) -> None:
    with running_engine(site.folder, "stdin:") as engine:
        engine.type_in(made.genuine[0].payload)
        engine.feed.wait_verdicts(1)
        done = site.sync(made.published)
        assert (done.code, done.json[0]["events_sent"]) == (0, 1), done
        engine.type_in(made.genuine[1].payload)
        engine.feed.wait_verdicts(2)
        assert engine.end() == 0
    assert len(site.receiver.events) == 1


def test_events_go_up_though_no_registry_can_be_had(
    site: SendingSite, made: MadeSite, tmp_path: Path
) -> None:
    site.scan(made.genuine[0].payload)
    done = site.sync(tmp_path)
    (told,) = done.json
    assert (done.code, told["exit_code"], told["generation"]) == (4, 4, 1)
    assert "holds no publication" in told["error"]
    assert (told["events_sent"], told["events_waiting"]) == (1, 0)
    assert len(site.receiver.events) == 1


def test_a_second_sync_sends_nothing_beside_the_first(site: SendingSite, made: MadeSite) -> None:
    site.scan(made.genuine[0].payload)
    with SiteLock(site.folder / "sync.lock", "station sync"):
        done = site.sync(made.published)
    assert (done.code, done.json[0]["events_sent"]) == (4, None)
    assert site.to.requests == []


def test_what_waits_is_told_while_it_is_being_sent(site: SendingSite, made: MadeSite) -> None:
    site.scan(made.genuine[0].payload)
    with SiteLock(site.folder / "upload.lock", "sending events"):
        assert site.outbox("status").json == [{"waiting": 1, "refused": 0}]


def test_what_is_refused_is_listed_and_sent_when_it_is_mended(
    site: SendingSite, made: MadeSite
) -> None:
    site.receiver.refuses = has(made.genuine[1].identity.serial)
    site.scan(*(unit.payload for unit in made.genuine[:3]))
    sent = site.send()
    assert (sent.code, sent.json[0]) == (1, {"sent": 2, "refused": 1, "waiting": 0, "text": ""})
    assert "station outbox list" in sent.err
    (letter,) = site.outbox("list").json
    assert letter["text"].startswith("it answers 400")
    site.receiver.refuses = lambda event: False
    assert site.outbox("retry", "--allow-http").json[0]["sent"] == 1
    assert site.outbox("list").json == []
    assert len(site.receiver.events) == 3


def test_a_receiver_that_is_away_loses_nothing(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    with sending_site(warm, made, tmp_path) as site:
        site.scan(made.genuine[0].payload)
    sent = site.send("--wait", "0")
    assert (sent.code, sent.json[0]["waiting"]) == (1, 1)
    assert "cannot reach it" in sent.err
    assert sent.last_words == "  what waits is sent by the next run"


@pytest.mark.parametrize(
    ("token", "mode", "wrong"),
    [(None, 0o600, "there is no key file"), (b"t", 0o644, "can be read by others")],
)
def test_a_token_must_be_there_and_nobody_elses(
    site: SendingSite, token: bytes | None, mode: int, wrong: str
) -> None:
    with (site.folder / "station.toml").open("a", encoding="utf-8") as file:
        file.write('token_file = "keys/upload-token"\n')
    if token is not None:
        kept = site.folder / "keys" / "upload-token"
        kept.write_bytes(token)
        kept.chmod(mode)
    sent = site.send()
    assert sent.code == 4
    assert wrong in sent.err
    assert site.to.requests == []


def test_sending_killed_at_any_durable_step_loses_nothing(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    for step in count(1):
        folder = tmp_path / str(step)
        folder.mkdir()
        picky = Receiver(refuses=has(made.genuine[2].identity.serial))
        with sending_site(warm, made, folder, picky) as site:
            site.scan(*(unit.payload for unit in made.genuine[:4]))
            killed = site.send(hook=Hook("tests.fakes.kill_points:install", (step,)))
            assert killed.code in {1, -signal.SIGKILL}, killed
            assert site.send().code in {0, 1}
            assert site.outbox("status").json == [{"waiting": 0, "refused": 1}]
            kept = json.dumps(list(picky.events.values()))
            assert len(picky.events) == 3
            assert all(made.genuine[number].identity.serial in kept for number in (0, 1, 3))
        if killed.code == 1:
            break
