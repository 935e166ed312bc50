"""How a site's commands reach a server: the command line's word, then ``station.toml``'s.

The registry's source and the receiver of events are reached alike, each as its own section says;
what a command line says counts for all that the command reaches. Where nothing names a proxy, the
environment does. Files named in ``station.toml`` are looked for in the site folder, those on the
command line in the working directory.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
import msgspec

from station.app.config import AccessSection, Settings
from station.app.site_paths import SitePaths
from station.core.errors import ConfigurationError
from station.storage.key_files import read_key_file
from station.transport.http_access import NO_PROXY, HttpAccess

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class AccessOptions:
    """What a command line says of the way to a server; None where it says nothing.

    Attributes:
        allow_http: Whether it allows an address that is not encrypted.
        proxy: As `HttpAccess.proxy`.
        proxy_login_file: Holds ``NAME:PASSWORD``.
        ca_file: As `HttpAccess.ca_file`; likewise the others.
    """

    allow_http: bool = False
    proxy: str | None = None
    proxy_login_file: Path | None = None
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None


def access_options(command: _Command) -> _Command:
    """Add the options; the command is called with their values as one, ``options``."""

    @wraps(command)
    def called(**values: Any) -> Any:
        names = [one.name for one in fields(AccessOptions)]
        return command(
            options=AccessOptions(**{name: values.pop(name) for name in names}), **values
        )

    wrapped = cast("_Command", called)
    for option in (
        click.option(
            "--client-key",
            type=_FILE,
            help="Its private key, PEM, mode 0600; where the certificate's file does not hold it.",
        ),
        click.option(
            "--client-certificate",
            type=_FILE,
            help="PEM certificate shown to a server that asks for one.",
        ),
        click.option(
            "--ca-file", type=_FILE, help="PEM certificates of the only authorities to believe."
        ),
        click.option(
            "--proxy-login-file", type=_FILE, help="File with NAME:PASSWORD for the proxy."
        ),
        click.option(
            "--proxy",
            help=f"A proxy's http://HOST:PORT, or '{NO_PROXY}'; otherwise as the environment says.",
        ),
        click.option("--allow-http", is_flag=True, help="Allow an address that is not encrypted."),
    ):
        wrapped = option(wrapped)
    return wrapped


def source_access(paths: SitePaths, settings: Settings, options: AccessOptions) -> HttpAccess:
    """How the registry's source is reached.

    Raises:
        ConfigurationError: The proxy's login is none.
        StorageError: A key or login cannot be read, or others can read it.
    """
    return _http_access(paths, settings.sync, "sync", options)


def receiver_access(paths: SitePaths, settings: Settings, options: AccessOptions) -> HttpAccess:
    """How the receiver of events is reached: by the proxy of ``[sync]`` where it has none.

    Raises:
        ConfigurationError: The proxy's login is none.
        StorageError: A key or login cannot be read, or others can read it.
    """
    section: AccessSection = settings.upload
    if not section.proxy and not section.proxy_login_file:
        section = msgspec.structs.replace(
            section,
            proxy=settings.sync.proxy,
            proxy_login_file=settings.sync.proxy_login_file,
        )
    return _http_access(paths, section, "upload", options)


def _http_access(
    paths: SitePaths, section: AccessSection, name: str, options: AccessOptions
) -> HttpAccess:
    """What counts for a run.

    Raises:
        ConfigurationError: The proxy's login is none.
        StorageError: A key or login cannot be read, or others can read it.
    """

    def chosen(option: Path | None, configured: str) -> Path | None:
        if option is not None:
            return option
        return paths.root / configured if configured else None

    certificate = chosen(options.client_certificate, section.client_certificate)
    # A key belongs to the certificate named beside it, so one place names both.
    configured_key = "" if options.client_certificate else section.client_key
    key = chosen(options.client_key, configured_key)
    secret = key or certificate
    if secret is not None:
        read_key_file(secret, "put the client's key there, readable by its owner only")
    # A login belongs to the proxy named beside it, and is shown to no other.
    configured_login = "" if options.proxy else section.proxy_login_file
    login_file = chosen(options.proxy_login_file, configured_login)
    return HttpAccess(
        proxy=section.proxy if options.proxy is None else options.proxy,
        proxy_login="" if login_file is None else _login(login_file),
        ca_file=chosen(options.ca_file, section.ca_file),
        client_certificate=certificate,
        client_key=key,
        section=name,
    )


def _login(path: Path) -> str:
    remedy = "put NAME:PASSWORD of the proxy there, readable by its owner only"
    text = read_key_file(path, remedy).decode("utf-8", "replace").strip()
    if ":" not in text or not text.isprintable():
        raise ConfigurationError(f"{path} holds no login for the proxy", remedy)
    return text
