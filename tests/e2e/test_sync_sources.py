"""`station sync` from every kind of source: TLS that asks for a certificate, proxies, a stick."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from station.core.registry import UnitRecord, UnitState
from station.storage.site_lock import SiteLock
from station.transport import tuf_fetch
from station.transport.http_access import HttpAccess, HttpPools
from tests.fakes.certificates import Authority, Pair
from tests.fakes.command_line import Outcome, station
from tests.fakes.file_server import serving_folder
from tests.fakes.proxy import Proxy, proxying
from tests.fakes.publishing import PublisherDesk

SECRET = "Tr0ub4dor"
ROWS = {".rows", ".delta"}
"""How the names of files end that hold rows."""


@dataclass
class Scene:
    """A publication, and a site that knows its root and nothing of where it is."""

    desk: PublisherDesk
    site: Path
    folder: Path

    def sync(self, *options: str) -> Outcome:
        return station("sync", "--site", str(self.site), *options)

    def good(self, *options: str) -> int:
        outcome = self.sync("--json", *options)
        assert outcome.code == 0, outcome.err
        generation: int = outcome.json[0]["generation"]
        return generation

    def refused(self, *options: str, code: int = 4) -> str:
        outcome = self.sync(*options)
        assert outcome.code == code, outcome
        assert SECRET not in outcome.err
        return outcome.err

    def configure(self, keys: dict[str, str | bool]) -> None:
        lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in keys.items())
        path = self.site / "station.toml"
        head, _, tail = path.read_text("utf-8").partition('from = ""\n')
        path.write_text(f"{head}{lines}{tail}", "utf-8")


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    desk = PublisherDesk(tmp_path / "desk")
    release = desk.publish().release
    site = tmp_path / "site"
    made = station(
        *("init", "--site", str(site), "--name", "berlin", "--station", "dock-1"),
        *("--root", str(release.root_file), "--fingerprint", release.root_fingerprint),
    )
    assert made.code == 0, made.err
    return Scene(desk, site, tmp_path)


class TestPlainHttp:
    @pytest.fixture
    def address(self, scene: Scene) -> Iterator[str]:
        with serving_folder(scene.desk.folder) as address:
            yield address

    def test_it_is_refused_unless_allowed(self, scene: Scene, address: str) -> None:
        assert "is not encrypted" in scene.refused("--from", address, code=2)
        assert scene.good("--from", address, "--allow-http") == 1

    def test_it_may_be_allowed_by_configuration(self, scene: Scene, address: str) -> None:
        scene.configure({"from": address, "allow_http": True})
        assert scene.good() == 1

    def test_an_address_with_a_password_is_refused_unseen(self, scene: Scene, address: str) -> None:
        held = address.replace("//", f"//anna:{SECRET}@")
        assert "holds a name or password" in scene.refused("--from", held, code=2)

    @pytest.mark.parametrize("named_by", ["option", "configuration", "environment"])
    def test_a_proxy_forwards_it(
        self, scene: Scene, address: str, named_by: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("no_proxy", "")
        with proxying() as proxy:
            options = ["--from", address, "--allow-http"]
            if named_by == "option":
                options += ["--proxy", proxy.address]
            elif named_by == "configuration":
                scene.configure({"proxy": proxy.address})
            else:
                monkeypatch.setenv("http_proxy", proxy.address)
            assert scene.good(*options) == 1
            assert f"GET {address}metadata/timestamp.json HTTP/1.1" in proxy.asked

    def test_none_goes_straight_whatever_is_configured(
        self, scene: Scene, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with proxying() as proxy:
            scene.configure({"proxy": proxy.address})
            monkeypatch.setenv("http_proxy", proxy.address)
            assert scene.good("--from", address, "--allow-http", "--proxy", "none") == 1
            assert proxy.asked == []


@dataclass
class Tls:
    """A server that shows a certificate of its own authority and asks clients for theirs."""

    address: str
    authority: Authority
    client: Pair

    @property
    def options(self) -> list[str]:
        return [
            *("--from", self.address, "--ca-file", str(self.authority.file)),
            *("--client-certificate", str(self.client.certificate)),
            *("--client-key", str(self.client.key)),
        ]


@pytest.fixture
def tls(scene: Scene, tmp_path: Path) -> Iterator[Tls]:
    authority = Authority(tmp_path)
    context = authority.server(authority.issue("server"), asks_clients=True)
    with serving_folder(scene.desk.folder, context) as address:
        yield Tls(address, authority, authority.issue("client"))


class TestTls:
    def test_a_server_that_asks_for_a_certificate(self, scene: Scene, tls: Tls) -> None:
        assert scene.good(*tls.options) == 1

    def test_all_of_it_configured_beside_the_site(self, scene: Scene, tls: Tls) -> None:
        """Files named in station.toml are looked for in the site folder."""
        for path in (tls.authority.file, tls.client.certificate, tls.client.key):
            shutil.copy2(path, scene.site / "keys" / path.name)
        scene.configure(
            {
                "from": tls.address,
                "ca_file": f"keys/{tls.authority.file.name}",
                "client_certificate": "keys/client.crt",
                "client_key": "keys/client.key",
            }
        )
        assert scene.good() == 1

    def test_certificate_and_key_in_one_file(self, scene: Scene, tls: Tls) -> None:
        both = tls.client.key.with_name("both.pem")
        both.touch(mode=0o600)
        both.write_bytes(tls.client.certificate.read_bytes() + tls.client.key.read_bytes())
        options = [*tls.options[:4], "--client-certificate", str(both)]
        assert scene.good(*options) == 1

    def test_without_a_certificate_it_is_said_what_is_asked_for(
        self, scene: Scene, tls: Tls
    ) -> None:
        said = scene.refused(*tls.options[:4])
        assert "cannot fetch the publication" in said
        assert "asks for a client certificate: --client-certificate" in said

    def test_another_authoritys_client_is_turned_away(self, scene: Scene, tls: Tls) -> None:
        other = Authority(scene.folder, "other").issue("stranger")
        options = [
            *tls.options[:4],
            *("--client-certificate", str(other.certificate), "--client-key", str(other.key)),
        ]
        assert "cannot fetch the publication" in scene.refused(*options)
        assert scene.good(*tls.options) == 1

    def test_an_authority_the_system_does_not_know(self, scene: Scene, tls: Tls) -> None:
        said = scene.refused("--from", tls.address, *tls.options[4:])
        assert "its certificate is not believed" in said
        assert "--ca-file" in said

    def test_a_key_others_can_read_is_refused(self, scene: Scene, tls: Tls) -> None:
        tls.client.key.chmod(0o644)
        assert "can be read by others" in scene.refused(*tls.options)

    def test_an_encrypted_key_is_refused_without_asking(self, scene: Scene, tls: Tls) -> None:
        locked = tls.authority.issue("locked", SECRET.encode())
        options = [
            *tls.options[:4],
            *("--client-certificate", str(locked.certificate), "--client-key", str(locked.key)),
        ]
        said = scene.refused(*options, code=2)
        assert "cannot use client certificate" in said
        assert "not encrypted" in said

    def test_a_key_of_another_certificate_is_told(self, scene: Scene, tls: Tls) -> None:
        other = tls.authority.issue("another")
        options = [*tls.options[:-1], str(other.key)]
        assert "KEY_VALUES_MISMATCH" in scene.refused(*options, code=2)

    def test_a_key_without_its_certificate_is_told(self, scene: Scene, tls: Tls) -> None:
        said = scene.refused(*tls.options[:4], *tls.options[6:], code=2)
        assert "without its certificate" in said

    @pytest.mark.parametrize("content", [None, b"no certificate"])
    def test_an_authority_that_is_none_is_told(
        self, scene: Scene, tls: Tls, content: bytes | None
    ) -> None:
        path = scene.folder / "none.pem"
        if content is not None:
            path.write_bytes(content)
        said = scene.refused("--from", tls.address, "--ca-file", str(path), code=2)
        assert f"cannot use certificates of authorities {path}" in said

    def test_a_certificate_is_not_shown_where_a_redirect_leads(
        self, scene: Scene, tls: Tls
    ) -> None:
        access = HttpAccess(
            ca_file=tls.authority.file,
            client_certificate=tls.client.certificate,
            client_key=tls.client.key,
        )
        own = HttpPools(access, "127.0.0.1").pool(tls.address).request("GET", tls.address)
        assert own.status == 200
        pools = HttpPools(access, "registry.example")
        with pytest.raises(Exception, match=r"(?i)certificate.required"):
            pools.pool(tls.address).request("GET", tls.address, retries=False)


class TestTunnel:
    @pytest.fixture
    def proxy(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
        monkeypatch.setenv("no_proxy", "")
        with proxying(f"anna:{SECRET}") as proxy:
            yield proxy

    @pytest.fixture
    def login(self, scene: Scene) -> Path:
        path = scene.folder / "login"
        path.touch(mode=0o600)
        path.write_text(f"anna:{SECRET}\n")
        return path

    def test_a_proxy_tunnels_tls_and_sees_nothing_of_it(
        self, scene: Scene, tls: Tls, proxy: Proxy, login: Path
    ) -> None:
        options = ["--proxy", proxy.address, "--proxy-login-file", str(login)]
        assert scene.good(*tls.options, *options) == 1
        where = tls.address.removeprefix("https://").rstrip("/")
        assert {line.rpartition(" ")[0] for line in proxy.asked} == {f"CONNECT {where}"}

    def test_the_environment_may_hold_the_login(
        self, scene: Scene, tls: Tls, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        held = proxy.address.replace("//", f"//anna:{SECRET}@")
        monkeypatch.setenv("https_proxy", held)
        assert scene.good(*tls.options) == 1

    def test_a_proxy_that_does_not_let_us_through(
        self, scene: Scene, tls: Tls, proxy: Proxy
    ) -> None:
        said = scene.refused(*tls.options, "--proxy", proxy.address)
        assert "407" in said

    def test_a_login_in_the_address_is_refused_unseen(
        self, scene: Scene, tls: Tls, proxy: Proxy
    ) -> None:
        held = proxy.address.replace("//", f"//anna:{SECRET}@")
        said = scene.refused(*tls.options, "--proxy", held, code=2)
        assert "the address of the proxy holds a name or password" in said

    def test_a_login_others_can_read_is_refused(
        self, scene: Scene, tls: Tls, proxy: Proxy, login: Path
    ) -> None:
        login.chmod(0o640)
        options = ["--proxy", proxy.address, "--proxy-login-file", str(login)]
        assert "can be read by others" in scene.refused(*tls.options, *options)

    @pytest.mark.parametrize("address", ["127.0.0.1:3128", "ftp://x", "http://", "http://x:y"])
    def test_an_address_that_is_none(self, scene: Scene, tls: Tls, address: str) -> None:
        said = scene.refused(*tls.options, "--proxy", address, code=2)
        assert "proxy" in said


class TestStick:
    @pytest.fixture
    def stick(self, scene: Scene) -> Path:
        stick = scene.folder / "stick"
        shutil.copytree(scene.desk.folder, stick / "registry")
        return stick

    def test_a_mounted_stick(self, scene: Scene, stick: Path) -> None:
        assert scene.good("--from", str(stick / "registry")) == 1

    def test_one_that_is_not_mounted(self, scene: Scene, stick: Path) -> None:
        shutil.rmtree(stick / "registry")
        said = scene.refused("--from", str(stick / "registry"), code=2)
        assert "mount it" in said
        assert "it is not mounted, or was taken out" in scene.refused("--from", str(stick))

    @pytest.mark.parametrize("how", ["gone", "empty", "fails"])
    def test_taken_out_in_the_middle_and_put_back(
        self, scene: Scene, stick: Path, how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After the first brand's products have been fetched; the site goes on from there."""
        assert scene.good("--from", str(stick / "registry")) == 1
        scene.desk.store.update_unit(UnitRecord(1, "ACME-000001", UnitState.VOID))
        scene.desk.publish()
        shutil.rmtree(stick / "registry")
        shutil.copytree(scene.desk.folder, stick / "registry")
        take_out(stick, how, monkeypatch)
        said = scene.refused("--from", str(stick / "registry"))
        words = {
            "gone": "is gone: if it is a stick, put it back in",
            "empty": "it is not mounted, or was taken out",
            "fails": "Input/output error; the disk or stick was taken out, or fails",
        }
        assert words[how] in said
        assert "nothing was changed" in said
        assert (scene.site / "registry" / "current").read_text().strip() == "1"
        monkeypatch.undo()
        monkeypatch.chdir(scene.folder)
        if how != "fails":
            (stick / "away").rename(stick / "registry")
        assert scene.good("--from", str(stick / "registry")) == 2


def take_out(stick: Path, how: str, patch: pytest.MonkeyPatch) -> None:
    """Take the stick out once a brand's products have been read, or let its rows fail."""
    pieces = tuf_fetch.DirectoryFetcher._pieces

    def taken(self: tuf_fetch.DirectoryFetcher, handle: int, path: Path) -> Iterator[bytes]:
        if path.suffix in ROWS and how == "fails":
            # Reading the first page of its own memory fails as a medium that is gone does: EIO.
            broken = os.open("/proc/self/mem", os.O_RDONLY)
            os.dup2(broken, handle)
            os.close(broken)
        yield from pieces(self, handle, path)
        is_due = how != "fails" and path.name.endswith(".products.json")
        if is_due and (stick / "registry").is_dir():
            (stick / "registry").rename(stick / "away")
            if how == "empty":
                (stick / "registry").mkdir()

    patch.setattr(tuf_fetch.DirectoryFetcher, "_pieces", taken)


class TestReport:
    def test_one_object_and_the_figures_of_a_run(self, scene: Scene) -> None:
        figures = scene.folder / "station.prom"
        options = ("--json", "--metrics", str(figures))
        good = scene.sync("--from", str(scene.desk.folder), *options)
        assert (good.code, len(good.json), good.json[0]["error"]) == (0, 1, None)
        assert 'station_sync_exit_code{site="berlin",station="dock-1"} 0\n' in figures.read_text()
        bad = scene.sync("--from", str(scene.folder), *options)
        (told,) = bad.json
        assert (bad.code, told["exit_code"], told["generation"], told["changed"]) == (
            4,
            4,
            1,
            False,
        )
        assert "holds no publication" in told["error"]
        assert 'station_sync_exit_code{site="berlin",station="dock-1"} 4\n' in figures.read_text()
        assert "station_registry_generation" in figures.read_text()

    def test_figures_may_be_configured(self, scene: Scene) -> None:
        scene.configure({"from": str(scene.desk.folder), "metrics_file": "sync.prom"})
        assert scene.good() == 1
        assert (scene.site / "sync.prom").is_file()

    def test_figures_that_cannot_be_written_are_told_and_no_failure(self, scene: Scene) -> None:
        nowhere = scene.folder / "none" / "station.prom"
        done = scene.sync("--from", str(scene.desk.folder), "--metrics", str(nowhere))
        assert done.code == 0
        assert f"the figures cannot be written to {nowhere}: No such file" in done.err

    def test_a_second_run_is_told_who_holds_the_lock_and_leaves_the_figures(
        self, scene: Scene
    ) -> None:
        figures = scene.folder / "station.prom"
        figures.write_text("those of the first run\n")
        with SiteLock(scene.site / "sync.lock", "station sync"):
            options = ("--from", str(scene.desk.folder), "--metrics", str(figures), "--json")
            second = scene.sync(*options)
        assert second.code == 4
        who = rf"'station sync' \(process {os.getpid()} on \S+, since \d{{4}}-[0-9T:-]+Z\)"
        assert re.search(who, second.err)
        assert "wait until it has ended, then run this again" in second.err
        assert re.search(who, second.json[0]["error"])
        assert figures.read_text() == "those of the first run\n"
