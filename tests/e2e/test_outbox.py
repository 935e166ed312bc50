"""Events go up by command, beside a working engine, and none is lost when sending is killed."""

import json
import signal
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from station.storage.site_lock import SiteLock
from tests.fakes.event_receiver import Receiver, Served, served
from tests.fakes.made_site import MadeSite
from tests.fakes.running_engine import running_engine
from tests.fakes.warm_station import Done, Hook, WarmStation


def site_sending_to(it: Served, made: MadeSite, folder: Path) -> Path:
    site = made.copy_site(folder)
    with (site / "station.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[upload]\nto = "{it.address}"\n')
    return site


def scanned(warm: WarmStation, site: Path, *payloads: bytes) -> None:
    lines = b"".join(payload + b"\n" for payload in payloads)
    assert warm.run("scan", "--site", site, "--source", "stdin:", stdin=lines).code in {0, 1}


def has(serial: str) -> Callable[[dict[str, Any]], bool]:
    return lambda event: serial in event["epcList"][0]


def outbox(warm: WarmStation, site: Path, verb: str, *more: str) -> Done:
    return warm.run("outbox", verb, "--site", site, "--json", *more)


def test_what_was_scanned_goes_up_and_only_once(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    with served() as it:
        site = site_sending_to(it, made, tmp_path)
        units = made.genuine[:3]
        scanned(warm, site, *(unit.payload for unit in units), made.recalled[0].payload, b"junk")
        assert outbox(warm, site, "status").json == [{"waiting": 4, "refused": 0}]
        sent = outbox(warm, site, "send", "--allow-http")
        assert (sent.code, sent.json[0]["sent"]) == (0, 4)
        steps = [event["bizStep"] for event in it.receiver.events.values()]
        assert steps == ["receiving"] * 3 + ["holding"]
        again = outbox(warm, site, "send", "--allow-http")
        assert (again.code, again.json[0]["sent"]) == (0, 0)
        assert len(it.requests) == 1


def test_a_refresh_sends_them_too_while_the_engine_works(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    with served() as it:
        site = site_sending_to(it, made, tmp_path)
        with running_engine(site, "stdin:") as engine:
            engine.type_in(made.genuine[0].payload)
            engine.feed.wait_verdicts(1)
            done = warm.run(
                *("sync", "--site", site, "--from", made.published, "--allow-http", "--json")
            )
            assert (done.code, done.json[0]["events_sent"]) == (0, 1), done
            engine.type_in(made.genuine[1].payload)
            engine.feed.wait_verdicts(2)
            assert engine.end() == 0
        assert len(it.receiver.events) == 1


def test_events_go_up_though_no_registry_can_be_had(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    with served() as it:
        site = site_sending_to(it, made, tmp_path)
        scanned(warm, site, made.genuine[0].payload)
        done = warm.run("sync", "--site", site, "--from", tmp_path, "--allow-http", "--json")
        (told,) = done.json
        assert (done.code, told["exit_code"], told["generation"]) == (4, 4, 1)
        assert "holds no publication" in told["error"]
        assert (told["events_sent"], told["events_waiting"]) == (1, 0)
        assert len(it.receiver.events) == 1


def test_a_second_sync_sends_nothing_beside_the_first(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    with served() as it:
        site = site_sending_to(it, made, tmp_path)
        scanned(warm, site, made.genuine[0].payload)
        with SiteLock(site / "sync.lock", "station sync"):
            done = warm.run(
                *("sync", "--site", site, "--from", made.published, "--allow-http", "--json")
            )
        assert (done.code, done.json[0]["events_sent"]) == (4, None)
        assert it.requests == []


def test_what_waits_is_told_while_it_is_being_sent(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    with served() as it:
        site = site_sending_to(it, made, tmp_path)
        scanned(warm, site, made.genuine[0].payload)
        with SiteLock(site / "upload.lock", "sending events"):
            assert outbox(warm, site, "status").json == [{"waiting": 1, "refused": 0}]


def test_what_is_refused_is_listed_and_sent_when_it_is_mended(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    bad = made.genuine[1].identity.serial
    with served(Receiver(refuses=has(bad))) as it:
        site = site_sending_to(it, made, tmp_path)
        scanned(warm, site, *(unit.payload for unit in made.genuine[:3]))
        sent = outbox(warm, site, "send", "--allow-http")
        assert (sent.code, sent.json[0]) == (
            1,
            {"sent": 2, "refused": 1, "waiting": 0, "text": ""},
        )
        assert "station outbox list" in sent.err
        (letter,) = outbox(warm, site, "list").json
        assert letter["text"].startswith("it answers 400")
        it.receiver.refuses = lambda event: False
        assert outbox(warm, site, "retry", "--allow-http").json[0]["sent"] == 1
        assert outbox(warm, site, "list").json == []
        assert len(it.receiver.events) == 3


def test_a_receiver_that_is_away_loses_nothing(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    with served() as it:
        site = site_sending_to(it, made, tmp_path)
    scanned(warm, site, made.genuine[0].payload)
    sent = outbox(warm, site, "send", "--allow-http", "--wait", "0")
    assert (sent.code, sent.json[0]["waiting"]) == (1, 1)
    assert "cannot reach it" in sent.err
    assert sent.last_words == "  what waits is sent by the next run"


@pytest.mark.parametrize(
    ("token", "mode", "wrong"),
    [(None, 0o600, "there is no key file"), (b"t", 0o644, "can be read by others")],
)
def test_a_token_must_be_there_and_nobody_elses(
    warm: WarmStation, made: MadeSite, tmp_path: Path, token: bytes | None, mode: int, wrong: str
) -> None:
    with served() as it:
        site = site_sending_to(it, made, tmp_path)
        with (site / "station.toml").open("a", encoding="utf-8") as file:
            file.write('token_file = "keys/upload-token"\n')
        if token is not None:
            (site / "keys" / "upload-token").write_bytes(token)
            (site / "keys" / "upload-token").chmod(mode)
        sent = outbox(warm, site, "send", "--allow-http")
        assert sent.code == 4
        assert wrong in sent.err
        assert it.requests == []


def test_sending_killed_at_any_durable_step_loses_nothing(
    warm: WarmStation, made: MadeSite, tmp_path: Path
) -> None:
    for step in count(1):
        folder = tmp_path / str(step)
        folder.mkdir()
        bad = made.genuine[2].identity.serial
        with served(Receiver(refuses=has(bad))) as it:
            site = site_sending_to(it, made, folder)
            scanned(warm, site, *(unit.payload for unit in made.genuine[:4]))
            killed = warm.run(
                *("outbox", "send", "--site", site, "--allow-http"),
                hook=Hook("tests.fakes.kill_points:install", (step,)),
            )
            assert killed.code in {1, -signal.SIGKILL}, killed
            assert outbox(warm, site, "send", "--allow-http").code in {0, 1}
            assert outbox(warm, site, "status").json == [{"waiting": 0, "refused": 1}]
            assert len(it.receiver.events) == 3
            kept = json.dumps(list(it.receiver.events.values()))
            assert all(made.genuine[number].identity.serial in kept for number in (0, 1, 3))
        if killed.code == 1:
            break
