"""Events go up the way a site is told: through a proxy, over TLS, with a client certificate."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.certificates import Authority, Pair
from tests.fakes.command_line import Outcome, station
from tests.fakes.event_receiver import Served, served
from tests.fakes.made_site import MadeSite
from tests.fakes.proxy import Proxy, proxying

SECRET = "Tr0ub4dor"
TOKEN = "t0ken-of-the-site"


@dataclass
class Scene:
    """A site with one event to send, and a receiver that asks for a client certificate."""

    site: Path
    it: Served
    authority: Authority
    client: Pair

    @property
    def certified(self) -> dict[str, str | bool]:
        """What `[upload]` says where nothing is missing."""
        return {
            "ca_file": str(self.authority.file),
            "client_certificate": str(self.client.certificate),
            "client_key": str(self.client.key),
        }

    def configure(self, upload: dict[str, str | bool], sync: dict[str, str] | None = None) -> None:
        path = self.site / "station.toml"
        text = path.read_text("utf-8").replace("[sync]\n", "[sync]\n" + lines(sync or {}))
        said = {"to": self.it.address, "token_file": "keys/token", **upload}
        path.write_text(f"{text}\n[upload]\n{lines(said)}", "utf-8")

    def send(self, *options: str) -> Outcome:
        outcome = station("outbox", "send", "--site", str(self.site), "--json", *options)
        assert SECRET not in outcome.err + outcome.out
        assert TOKEN not in outcome.err + outcome.out
        return outcome

    def arrived(self, outcome: Outcome) -> None:
        assert outcome.code == 0, outcome.err
        assert outcome.json[0]["sent"] == len(self.it.receiver.events) == 1
        assert self.it.requests[0]["Authorization"] == f"Bearer {TOKEN}"

    def secret_file(self, name: str, content: str) -> Path:
        path = self.site / "keys" / name
        path.touch(mode=0o600)
        path.write_text(content, "utf-8")
        return path


def lines(keys: dict[str, str] | dict[str, str | bool]) -> str:
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in keys.items())


@pytest.fixture
def scene(made: MadeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    authority = Authority(tmp_path)
    context = authority.server(authority.issue("receiver"), asks_clients=True)
    with served(tls=context) as it:
        scene = Scene(made.copy_site(tmp_path), it, authority, authority.issue("client"))
        scene.secret_file("token", TOKEN)
        scanned = station(
            *("scan", "--site", str(scene.site), "--source", "stdin:"),
            stdin=made.genuine[0].payload + b"\n",
        )
        assert scanned.code == 0, scanned.err
        yield scene


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setenv("no_proxy", "")
    with proxying(f"anna:{SECRET}") as proxy:
        yield proxy


class TestCertificates:
    def test_the_clients_is_shown_to_the_receiver(self, scene: Scene) -> None:
        scene.configure(scene.certified)
        scene.arrived(scene.send())

    def test_the_command_line_may_name_them(self, scene: Scene) -> None:
        scene.configure({})
        scene.arrived(
            scene.send(
                *("--ca-file", str(scene.authority.file)),
                *("--client-certificate", str(scene.client.certificate)),
                *("--client-key", str(scene.client.key)),
            )
        )

    def test_without_the_clients_the_run_ends_and_says_what_is_asked_for(
        self, scene: Scene
    ) -> None:
        scene.configure({"ca_file": str(scene.authority.file)})
        outcome = scene.send()
        assert outcome.code == 2
        assert "client_certificate under [upload]" in outcome.err
        assert "nothing is lost" in outcome.err
        assert scene.it.requests == []
        scene.arrived(
            scene.send(
                *("--client-certificate", str(scene.client.certificate)),
                *("--client-key", str(scene.client.key)),
            )
        )

    def test_a_receiver_that_is_not_believed_is_told_nothing(self, scene: Scene) -> None:
        scene.configure({**scene.certified, "ca_file": ""})
        outcome = scene.send()
        assert outcome.code == 2
        assert "its certificate is not believed" in outcome.err
        assert "ca_file under [upload]" in outcome.err
        assert scene.it.requests == []

    def test_a_key_others_can_read_is_refused(self, scene: Scene) -> None:
        scene.configure(scene.certified)
        scene.client.key.chmod(0o644)
        outcome = scene.send()
        assert (outcome.code, "can be read by others" in outcome.err) == (4, True)


class TestProxy:
    def test_it_tunnels_and_sees_nothing(self, scene: Scene, proxy: Proxy) -> None:
        login = scene.secret_file("login", f"anna:{SECRET}\n")
        scene.configure({**scene.certified, "proxy": proxy.address, "proxy_login_file": str(login)})
        scene.arrived(scene.send())
        where = scene.it.address.removeprefix("https://").partition("/")[0]
        assert [line.rpartition(" ")[0] for line in proxy.asked] == [f"CONNECT {where}"]

    def test_the_registrys_counts_where_events_have_none(
        self, scene: Scene, made: MadeSite, proxy: Proxy
    ) -> None:
        login = scene.secret_file("login", f"anna:{SECRET}\n")
        way = {"proxy": proxy.address, "proxy_login_file": str(login)}
        scene.configure(scene.certified, sync=way)
        synced = station(
            *("sync", "--site", str(scene.site), "--from", str(made.published), "--json")
        )
        assert (synced.code, synced.json[0]["events_sent"]) == (0, 1), synced.err
        assert len(proxy.asked) == 1

    def test_none_goes_straight(self, scene: Scene, proxy: Proxy) -> None:
        scene.configure({**scene.certified, "proxy": "none"}, sync={"proxy": proxy.address})
        scene.arrived(scene.send())
        assert proxy.asked == []

    def test_the_environment_may_name_it(
        self, scene: Scene, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scene.configure(scene.certified)
        monkeypatch.setenv("https_proxy", proxy.address.replace("//", f"//anna:{SECRET}@"))
        scene.arrived(scene.send())
        assert len(proxy.asked) == 1

    def test_one_that_lets_nobody_through_is_waited_for(self, scene: Scene, proxy: Proxy) -> None:
        scene.configure({**scene.certified, "proxy": proxy.address})
        outcome = scene.send("--wait", "0")
        assert (outcome.code, outcome.json[0]["waiting"]) == (1, 1)
        assert "407" in outcome.err

    def test_a_login_is_shown_to_no_other_proxy_than_the_one_beside_it(
        self, scene: Scene, proxy: Proxy
    ) -> None:
        login = scene.secret_file("login", f"anna:{SECRET}\n")
        scene.configure(
            {**scene.certified, "proxy": "http://127.0.0.1:1", "proxy_login_file": str(login)}
        )
        assert "407" in scene.send("--proxy", proxy.address, "--wait", "0").err
        named = ("--proxy", proxy.address, "--proxy-login-file", str(login))
        scene.arrived(scene.send(*named))

    def test_a_login_in_an_address_is_refused_unseen(self, scene: Scene, proxy: Proxy) -> None:
        held = proxy.address.replace("//", f"//anna:{SECRET}@")
        scene.configure({**scene.certified, "proxy": held})
        outcome = scene.send()
        assert outcome.code == 2
        assert "the address of the proxy holds a name or password" in outcome.err


def test_an_address_of_the_receiver_that_holds_a_login_is_refused_unseen(scene: Scene) -> None:
    scene.configure({"to": scene.it.address.replace("//", f"//anna:{SECRET}@")})
    outcome = scene.send()
    assert outcome.code == 2
    assert "the address of the receiver of events holds a name or password" in outcome.err


def test_plain_http_may_be_allowed_by_configuration_and_go_through_a_proxy(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "")
    with served() as plain, proxying() as proxy:
        said: dict[str, str | bool] = {"to": plain.address, "token_file": ""}
        scene.configure({**said, "allow_http": True, "proxy": proxy.address})
        outcome = scene.send()
        assert (outcome.code, len(plain.receiver.events)) == (0, 1), outcome.err
        assert proxy.asked == [f"POST {plain.address} HTTP/1.1"]
