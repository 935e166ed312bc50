"""Sends EPCIS documents to a capture interface over HTTP.

Bounded like everything that talks to strangers: a time limit for silence and a pace, a short look
at what a server answers, no redirects (a token must not follow one), and no words of a server are
shown unless they are printable. Proxy, authorities and client certificate are `http_access`'s.
Fulfils `station.ports.events.EventSink`.

Source: GS1 EPCIS 2.0, section 12 (REST bindings: capture interface); RFC 9110 (status codes).
"""

from typing import Final

import urllib3

from station import __version__
from station.core.errors import ConfigurationError
from station.core.text import printable
from station.ports.events import Answer, Delivery
from station.transport.http_access import (
    HttpAccess,
    HttpPools,
    address_parts,
    is_tls_refusal,
    reason_of,
)

SILENCE_S: Final = 30.0
MAX_ANSWER_BYTES: Final = 4096
MAX_WAIT_S: Final = 3600.0
MAX_TOKEN_CHARS: Final = 4096

_NEVER: Final = frozenset({400, 409, 413, 415, 422})
"""The document itself is at fault."""

_NOT_NOW: Final = frozenset({408, 425, 429})

_RETRIES: Final = urllib3.Retry(total=0)


class EventCapture:
    """A capture interface. One thread at a time."""

    def __init__(
        self,
        address: str,
        token: str,
        *,
        allow_http: bool = False,
        access: HttpAccess | None = None,
        silence_s: float = SILENCE_S,
    ) -> None:
        """Name the receiver; nothing is sent yet.

        Args:
            address: The capture interface's ``https://`` address.
            token: Sent as a bearer token, or ``""``; never shown.
            allow_http: Whether the address may be unencrypted; a token is refused then.
            access: How the receiver is reached.
            silence_s: Longest wait for a connection and for an answer.

        Raises:
            ConfigurationError: The address is none, holds a login, or is unencrypted; or `access`
                cannot be used.
        """
        parts = address_parts(address, "the receiver of events")
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.fragment:
            raise ConfigurationError(
                f"cannot send events to '{printable(address, 200)}'",
                "give the capture interface's https:// address",
            )
        if parts.scheme == "http" and (token or not allow_http):
            raise ConfigurationError(
                f"'{printable(address, 200)}' is not encrypted",
                "use https://; without a token, http:// may be allowed with --allow-http, or "
                "allow_http under [upload]",
            )
        if not token.isascii() or not token.isprintable() or len(token) > MAX_TOKEN_CHARS:
            raise ConfigurationError(
                "the token for sending events is none", "put the token alone into token_file"
            )
        self._address: Final = address
        self._timeout: Final = urllib3.Timeout(silence_s)
        self._headers: Final = {
            "User-Agent": f"intake-station/{__version__}",
            "Content-Type": "application/json",
            "GS1-EPCIS-Version": "2.0.0",
            "GS1-CBV-Version": "2.0.0",
            "GS1-Capture-Error-Behaviour": "rollback",
        }
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pools: Final = HttpPools(access or HttpAccess(section="upload"), parts.hostname)

    def close(self) -> None:
        """Close the connection."""
        self._pools.close()

    def send(self, document: bytes) -> Delivery:
        """Send a document; what goes wrong is a value."""
        try:
            response = self._pools.pool(self._address).request(
                "POST",
                self._address,
                body=document,
                headers=self._headers,
                preload_content=False,
                redirect=False,
                retries=_RETRIES,
                timeout=self._timeout,
            )
        except urllib3.exceptions.HTTPError as error:
            text = _words(f"cannot reach it: {reason_of(error, self._pools.access)}", 300)
            return Delivery(Answer.NOT_ALLOWED if is_tls_refusal(error) else Answer.LATER, text)
        try:
            said = response.read(MAX_ANSWER_BYTES, decode_content=False)
        except urllib3.exceptions.HTTPError:
            said = b""  # The status stands; only the words are missing.
        finally:
            response.close()
        return _delivery(response.status, response.headers.get("Retry-After", ""), said)


def _delivery(status: int, retry_after: str, said: bytes) -> Delivery:
    if 200 <= status < 300:
        return Delivery(Answer.TAKEN)
    text = _words(f"it answers {status}: {said.decode('utf-8', 'replace')}")
    if status in _NEVER:
        return Delivery(Answer.REFUSED, text)
    if status in _NOT_NOW or status >= 500:
        return Delivery(Answer.LATER, text, _seconds(retry_after))
    return Delivery(Answer.NOT_ALLOWED, text)


def _seconds(retry_after: str) -> float | None:
    """``Retry-After`` as seconds; its form as a date is not worth trusting two clocks for."""
    if not (retry_after.isascii() and retry_after.isdigit()):
        return None
    return min(float(retry_after[:9]), MAX_WAIT_S)


def _words(text: str, length: int = 200) -> str:
    return printable(text.strip(), length)
