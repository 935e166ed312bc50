"""Fetches the files of a publication from a directory or over HTTP, bounded in every way.

A directory may be anybody's USB stick: nothing outside it is read, also not by a link, only plain
files, and when it is taken out in the middle the message says so. Over HTTP a server that stalls or
drips is given up on, redirects are followed a few times and never from ``https`` to ``http``, and
nothing is trusted: what arrives is checked by `tuf_client`.
"""

import errno
import os
import stat
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

import urllib3
from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient import FetcherInterface

from station import __version__
from station.core.errors import ConfigurationError
from station.core.text import printable
from station.transport.http_access import (
    HttpAccess,
    HttpPools,
    address_parts,
    is_too_slow,
    reason_of,
)
from station.transport.tuf_roles import METADATA_FOLDER

CHUNK_BYTES: Final = 1 << 18
SILENCE_S: Final = 20.0
"""Longest wait for a connection, and between two pieces of a file."""

MAX_REDIRECTS: Final = 3
_RETRIES: Final = urllib3.Retry(connect=2, read=0, redirect=0, other=0, backoff_factor=0.2)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class ResumingFetcher(FetcherInterface):
    """A fetcher that can also go on where an earlier transfer broke off."""

    @abstractmethod
    def fetch_rest(self, url: str, start: int) -> tuple[int, Iterator[bytes]]:
        """Fetch a file that never changes, without the bytes that are here already.

        Args:
            url: The file.
            start: How many bytes are here.

        Returns:
            Where the pieces begin: at `start`, or at 0 where only the whole file can be had; and
            the pieces.

        Raises:
            DownloadError: It cannot be fetched.
        """

    def close(self) -> None:
        """End what is under way; idempotent, and nothing is fetched after it."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        return self.fetch_rest(url, 0)[1]


def open_origin(
    origin: str, *, allow_http: bool, access: HttpAccess | None = None
) -> tuple[ResumingFetcher, str]:
    """A fetcher for an origin, and the base address its files are fetched by.

    Args:
        origin: A directory, a mounted stick's too, or an ``https://`` or ``http://`` address.
        allow_http: Whether unencrypted HTTP may be used.
        access: How servers are reached.

    Raises:
        ConfigurationError: It is neither, HTTP without leave, or `access` cannot be used.
    """
    scheme, separator, _ = origin.partition("://")
    if not separator:
        folder = Path(origin)
        if not folder.is_dir():
            raise ConfigurationError(
                f"there is no directory '{printable(origin, 200)}' to sync from",
                "mount it, or name the publisher's directory or https:// address with --from",
            )
        return DirectoryFetcher(folder), DIRECTORY_BASE
    parts = address_parts(origin, "the publication")
    if scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment:
        raise ConfigurationError(
            f"cannot sync from '{printable(origin, 200)}'",
            "give a directory or an https:// address without query",
        )
    if scheme == "http" and not allow_http:
        raise ConfigurationError(
            f"'{printable(origin, 200)}' is not encrypted",
            "use https://, or allow it with --allow-http; the signatures are checked all the same",
        )
    pools = HttpPools(access or HttpAccess(), parts.hostname)
    return HttpFetcher(allow_http=allow_http, pools=pools), origin.rstrip("/") + "/"


DIRECTORY_BASE: Final = "directory:///"


class DirectoryFetcher(ResumingFetcher):
    """Reads a publication from a directory; a file that is not there is "not found"."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder

    def fetch_rest(self, url: str, start: int) -> tuple[int, Iterator[bytes]]:
        """See `ResumingFetcher`."""
        names = [unquote(part) for part in url.removeprefix(DIRECTORY_BASE).split("/")]
        if any(name in {"", ".", ".."} or "/" in name or "\0" in name for name in names):
            raise DownloadHTTPError(f"{url} is no file of a publication", 404)
        path = self._folder.joinpath(*names)
        try:
            # Without O_NONBLOCK, a named pipe would hold the refresh for ever.
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            raise self._not_there(path) from None
        except OSError as error:
            raise self._unreadable(path, error) from error
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise DownloadError(f"{path} is not a plain file")
        if not self._is_inside(handle):
            os.close(handle)
            raise DownloadError(f"{path} is a link that leads outside {self._folder}")
        os.lseek(handle, start, os.SEEK_SET)
        return start, self._pieces(handle, path)

    def _is_inside(self, handle: int) -> bool:
        """Whether an open file lies in the directory: asked of the file, so no link can change."""
        at = Path(f"/proc/self/fd/{handle}").readlink()
        return at.is_relative_to(self._folder.resolve())

    def _pieces(self, handle: int, path: Path) -> Iterator[bytes]:
        with os.fdopen(handle, "rb", buffering=0) as file:
            try:
                while piece := file.read(CHUNK_BYTES):
                    yield piece
            except OSError as error:
                raise self._unreadable(path, error) from error

    def _not_there(self, path: Path) -> DownloadError:
        """One file missing is an answer; a whole publication missing is a stick that is not in."""
        if (self._folder / METADATA_FOLDER).is_dir():
            return DownloadHTTPError(f"{path} is not there", 404)
        if self._folder.is_dir():
            return DownloadError(
                f"{self._folder} holds no publication: if it is a stick, it is not mounted, or was "
                "taken out"
            )
        return DownloadError(f"{self._folder} is gone: if it is a stick, put it back in")

    def _unreadable(self, path: Path, error: OSError) -> DownloadError:
        why = error.strerror or str(error)
        if error.errno in _GONE:
            return DownloadError(
                f"cannot read {path}: {why}; the disk or stick was taken out, or fails"
            )
        return DownloadError(f"cannot read {path}: {why}")


_GONE: Final = frozenset({errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOTCONN})
"""What reading says when the medium is not there any more."""


class HttpFetcher(ResumingFetcher):
    """Fetches over HTTP with urllib3."""

    def __init__(
        self,
        *,
        allow_http: bool,
        pools: HttpPools | None = None,
        silence_s: float = SILENCE_S,
    ) -> None:
        """Set the limits.

        Args:
            allow_http: Whether unencrypted HTTP may be used.
            pools: The connections; straight or as the environment says where none are given.
            silence_s: Longest wait for a connection, and between two pieces of a file.
        """
        self._schemes: Final = {"https", "http"} if allow_http else {"https"}
        self._timeout: Final = urllib3.Timeout(silence_s)
        self._headers: Final = {
            "User-Agent": f"intake-station/{__version__}",
            # What is fetched is packed already, and a packed answer could unpack without bound.
            "Accept-Encoding": "identity",
        }
        self._pools: Final = pools or HttpPools(HttpAccess(), "")
        self._under_way: urllib3.BaseHTTPResponse | None = None

    def close(self) -> None:
        """See `ResumingFetcher`."""
        if self._under_way is not None:
            self._under_way.close()
        self._pools.close()

    def fetch_rest(self, url: str, start: int) -> tuple[int, Iterator[bytes]]:
        """See `ResumingFetcher`. Source: RFC 9110, section 14 (range requests)."""
        if self._under_way is not None:
            self._under_way.close()
        response = self._get(url, start)
        for _ in range(MAX_REDIRECTS):
            if response.status not in _REDIRECTS:
                break
            target = urljoin(url, response.headers.get("Location", ""))
            response.close()
            if urlsplit(target).scheme not in self._schemes:
                raise DownloadError(f"{url} leads to an address that is not https://")
            url = target
            response = self._get(url, start)
        if start and not _is_rest(response, start):
            # 416: it has no more bytes than are here. 206: it begins elsewhere.
            if response.status in {206, 416}:
                response.close()
                response = self._get(url, 0)
            start = 0
        if response.status != (206 if start else 200):
            response.close()
            raise DownloadHTTPError(f"{url} answers {response.status}", response.status)
        return start, self._pieces(response, url)

    def _get(self, url: str, start: int) -> urllib3.BaseHTTPResponse:
        headers = self._headers | ({"Range": f"bytes={start}-"} if start else {})
        try:
            return self._pools.pool(url).request(
                "GET",
                url,
                headers=headers,
                preload_content=False,
                redirect=False,
                retries=_RETRIES,
                timeout=self._timeout,
            )
        except urllib3.exceptions.HTTPError as error:
            raise self._failed(f"cannot reach {url}", url, error) from error

    def _pieces(self, response: urllib3.BaseHTTPResponse, url: str) -> Iterator[bytes]:
        # One that reads no further, because it has seen enough, leaves this unfinished.
        self._under_way = response
        try:
            # `read1` gives what has arrived; `stream` would wait for a whole chunk, however slowly
            # its bytes drip in.
            while piece := response.read1(CHUNK_BYTES, decode_content=False):
                yield piece
        except urllib3.exceptions.HTTPError as error:
            raise self._failed(f"{url} broke off", url, error) from error
        finally:
            response.close()

    def _failed(self, what: str, url: str, error: urllib3.exceptions.HTTPError) -> DownloadError:
        if is_too_slow(error):
            # Going on with it, as after a line that broke, would be what such a server wants.
            return SlowRetrievalError(f"{url} arrives too slowly")
        return DownloadError(f"{what}: {reason_of(error, self._pools.access)}")


def _is_rest(response: urllib3.BaseHTTPResponse, start: int) -> bool:
    """Whether an answer is the rest of a file from `start` on."""
    part = response.headers.get("Content-Range", "")
    return response.status == 206 and part.startswith(f"bytes {start}-")
