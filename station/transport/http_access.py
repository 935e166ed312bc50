"""How a site reaches a server: straight or through a proxy, whom it believes, as whom it comes.

TLS certificates are checked against the system's authorities, or against one file of a site's own.
A client certificate is shown to the one host it is meant for, never to one a redirect leads to.
Keys and logins come from files and stand in no message; an address that holds a password is refused
without repeating it.
"""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.util import make_headers

from station.core.errors import ConfigurationError
from station.core.text import printable
from station.transport.http_pace import GRACE_S, TooMuchHeadError, TooSlowError, paced_pools

NO_PROXY: Final = "none"
"""As a proxy's address: none, whatever the environment names."""


@dataclass(frozen=True, slots=True)
class HttpAccess:
    """What a site says of the way to its servers.

    Attributes:
        proxy: A proxy's ``http://`` or ``https://`` address; `NO_PROXY` for none; ``""`` for what
            the environment names (``https_proxy``, ``no_proxy`` and so on).
        proxy_login: ``NAME:PASSWORD`` for it, or ``""``.
        ca_file: PEM certificates of the only authorities believed; None for the system's.
        client_certificate: PEM certificate, with its chain, shown to a server that asks.
        client_key: Its private key, PEM, not encrypted; None where the certificate's file holds it.
        section: Of ``station.toml``, where all this can be set; for messages.
    """

    proxy: str = ""
    proxy_login: str = field(default="", repr=False)
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    section: str = "sync"


def address_parts(address: str, what: str) -> SplitResult:
    """An address taken apart; one that holds a name or password is refused without being shown.

    Args:
        address: Any text.
        what: What it is the address of, for a message.

    Raises:
        ConfigurationError: It is none, or holds a login.
    """
    try:
        parts = urlsplit(address)
        has_login = parts.username is not None or parts.password is not None
        _ = parts.port
    except ValueError:
        raise ConfigurationError(
            f"the address of {what} is none", "give it as https://HOST:PORT/PATH"
        ) from None
    if has_login:
        raise ConfigurationError(
            f"the address of {what} holds a name or password",
            "take it out: addresses end up in logs; a proxy's login goes into a file that "
            "proxy_login_file names",
        )
    return parts


class HttpPools:
    """Connections to a server, and to those its redirects lead to. One thread."""

    def __init__(self, access: HttpAccess, host: str, *, grace_s: float = GRACE_S) -> None:
        """Read the files that are named.

        Args:
            access: The site's settings.
            host: The one host that may see the client certificate.
            grace_s: How long an answer may be slow before its rate counts.

        Raises:
            ConfigurationError: An address or a file cannot be used.
        """
        if access.proxy not in {"", NO_PROXY}:
            parts = address_parts(access.proxy, "the proxy")
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
                raise ConfigurationError(
                    f"'{printable(access.proxy, 200)}' is no proxy's address",
                    f"give it as http://HOST:PORT, or '{NO_PROXY}' for none",
                )
        self.access: Final = access
        self._host: Final = host.lower()
        self._grace_s: Final = grace_s
        self._context: Final = _context(access)
        self._own_context: Final = _with_certificate(access, self._context)
        self._pools: dict[tuple[str, bool], urllib3.PoolManager] = {}

    def pool(self, url: str) -> urllib3.PoolManager:
        """The pool for an address: straight, or through a proxy."""
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        proxy, is_own = self._proxy(parts.scheme, host), host == self._host
        if (proxy, is_own) not in self._pools:
            context = self._own_context if is_own else self._context
            self._pools[proxy, is_own] = self._opened(proxy, context)
        return self._pools[proxy, is_own]

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.clear()

    def _proxy(self, scheme: str, host: str) -> str:
        if self.access.proxy:
            return "" if self.access.proxy == NO_PROXY else self.access.proxy
        proxies = {} if proxy_bypass(host) else getproxies()
        return proxies.get(scheme) or proxies.get("all") or ""

    def _opened(self, proxy: str, context: ssl.SSLContext) -> urllib3.PoolManager:
        pools = self._manager(proxy, context)
        pools.pool_classes_by_scheme = paced_pools(self._grace_s)
        return pools

    def _manager(self, proxy: str, context: ssl.SSLContext) -> urllib3.PoolManager:
        if not proxy:
            return urllib3.PoolManager(ssl_context=context)
        login = self.access.proxy_login
        parts = urlsplit(proxy)
        if not self.access.proxy and parts.username is not None:
            # The environment has no other place for it.
            login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return urllib3.ProxyManager(
            bare,
            proxy_headers=make_headers(proxy_basic_auth=login) if login else None,
            proxy_ssl_context=self._context,
            ssl_context=context,
        )


def reason_of(error: urllib3.exceptions.HTTPError, access: HttpAccess) -> str:
    """The innermost reason, which says what is wrong, without the library's wrapping.

    Args:
        error: What a request met.
        access: How the server was to be reached.

    Returns:
        Printable, at most 300 characters; of TLS also which setting is about it.
    """
    reason = _innermost(error)
    if isinstance(reason, ssl.SSLError):
        return _tls_words(reason, access.section)
    words = str(reason).rpartition(": ")[2].strip()
    return printable(words or type(reason).__name__, 200)


def is_too_slow(error: urllib3.exceptions.HTTPError) -> bool:
    """Whether the server drips, as one does on purpose."""
    return isinstance(_innermost(error), TooSlowError)


def is_tls_refusal(error: urllib3.exceptions.HTTPError) -> bool:
    """Whether a certificate, ours or the server's, is not believed: trying again is no use."""
    reason = _innermost(error)
    return isinstance(reason, ssl.SSLError) and (
        isinstance(reason, ssl.SSLCertVerificationError) or _is_about_ours(reason)
    )


def _innermost(error: urllib3.exceptions.HTTPError) -> BaseException:
    reason: BaseException = error
    while True:
        if isinstance(reason.__cause__, TooSlowError | TooMuchHeadError):
            return reason.__cause__
        inner = getattr(reason, "reason", None)
        if not isinstance(inner, Exception):
            inner = next((arg for arg in reason.args if isinstance(arg, Exception)), None)
        if inner is None:
            return reason
        reason = inner


def _is_about_ours(error: ssl.SSLError) -> bool:
    """Whether it is the server's alert that says so."""
    reason = (error.reason or "").lower()
    return "certificate" in reason or "unknown_ca" in reason


def _tls_words(error: ssl.SSLError, section: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return printable(
            f"its certificate is not believed, {error.verify_message}; the authority's file is "
            f"named by --ca-file, or ca_file under [{section}]",
            300,
        )
    reason = (error.reason or "TLS failed").replace("_", " ").lower()
    if _is_about_ours(error):
        reason += (
            "; it asks for a client certificate: --client-certificate, or client_certificate "
            f"under [{section}]"
        )
    return printable(f"TLS: {reason}", 300)


def _context(access: HttpAccess) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=access.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(
            f"certificates of authorities {access.ca_file}",
            error,
            f"name a file of PEM certificates with --ca-file, or ca_file under [{access.section}]",
        ) from error


def _with_certificate(access: HttpAccess, bare: ssl.SSLContext) -> ssl.SSLContext:
    """A context that shows the client certificate; the bare one where there is none."""
    if access.client_certificate is None:
        if access.client_key is not None:
            raise ConfigurationError(
                "a client key is named without its certificate",
                "name the certificate too: --client-certificate, or client_certificate under "
                f"[{access.section}]",
            )
        return bare
    context = _context(access)
    try:
        # Without an answer of ours, OpenSSL would ask the terminal for an encrypted key's password.
        context.load_cert_chain(access.client_certificate, access.client_key, password=lambda: "")
    except (OSError, ssl.SSLError, ValueError) as error:
        files = " and ".join(
            str(path) for path in (access.client_certificate, access.client_key) if path is not None
        )
        raise _unusable(
            f"client certificate {files}",
            error,
            "give a PEM certificate and the private key that belongs to it, not encrypted and "
            "readable by its owner only",
        ) from error
    return context


def _unusable(what: str, error: Exception, remedy: str) -> ConfigurationError:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "it is damaged"
    return ConfigurationError(f"cannot use {what}: {printable(str(reason), 100)}", remedy)
