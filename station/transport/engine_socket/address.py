"""The socket's place in the file system, who may stand at its other end, and waking a selector.

Directory 0750, socket 0660; besides, the peer's ids are asked of the kernel, so that a wrong mode
on a directory above does not let a stranger in.
"""

import contextlib
import errno
import os
import socket
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.core.errors import ConfigurationError

DIRECTORY_MODE: Final = 0o750
SOCKET_MODE: Final = 0o660

_MAX_ADDRESS_BYTES: Final = 107
"""sun_path of unix(7), without its closing zero."""

_PEER: Final = struct.Struct("3i")
_SO_PEERGROUPS: Final = 59
"""From Linux's asm-generic/socket.h; Python's socket module does not name it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end, from the kernel.

    Attributes:
        uid: Effective user.
        groups: Effective group and every supplementary one.
    """

    uid: int
    groups: frozenset[int]


def peer_of(connection: socket.socket) -> Peer:
    """Ask the kernel who connected.

    Raises:
        OSError: The connection is gone.
    """
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _, uid, gid = _PEER.unpack(raw)
    groups = {gid}
    with contextlib.suppress(OSError):  # a kernel before 4.13: the primary group must do
        more = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERGROUPS, 4 * 1024)
        groups.update(struct.unpack(f"{len(more) // 4}I", more[: len(more) // 4 * 4]))
    return Peer(uid, frozenset(groups))


def may_connect(peer: Peer, uid: int, gid: int) -> bool:
    """Whether a peer may see this engine.

    Args:
        peer: Who connected.
        uid: The engine's user.
        gid: The group of the engine's socket.
    """
    return peer.uid in {0, uid} or gid in peer.groups


@contextlib.contextmanager
def socket_address(path: Path) -> Iterator[str]:
    """An address for ``bind`` or ``connect`` that also works for paths over 107 bytes.

    Raises:
        OSError: The directory cannot be opened.
    """
    if len(os.fsencode(path)) <= _MAX_ADDRESS_BYTES:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


def listen(path: Path) -> socket.socket:
    """Bind and listen, non-blocking.

    A socket file that nobody listens on is left from a killed engine and replaced.

    Raises:
        ConfigurationError: Another engine listens there, something else stands in the way, or the
            directory cannot be used or lets everybody write.
    """
    try:
        _prepare_directory(path)
        _remove_stale(path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with socket_address(path) as address:
                listener.bind(address)
            # Nobody can connect before listen(), so there is no moment with a wider mode.
            path.chmod(SOCKET_MODE)
            listener.listen(16)
            listener.setblocking(False)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ConfigurationError(
            f"the engine's socket {path} cannot be made ({error.strerror})",
            "check the folder's owner and mode, then start the engine again",
        ) from error
    return listener


def _prepare_directory(path: Path) -> None:
    directory = path.parent
    directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    status = directory.stat()
    if status.st_mode & stat.S_ISVTX:
        return  # a shared place such as /tmp: only the owner can replace the socket
    alone = all(entry.name == path.name for entry in directory.iterdir())
    if alone and status.st_uid == os.geteuid():
        # Ours and holding nothing else: made with a laxer or stricter umask, put right.
        directory.chmod(DIRECTORY_MODE)
        return
    if status.st_mode & stat.S_IWOTH:
        raise ConfigurationError(
            f"everybody may write to {directory}, where the engine's socket goes",
            f"chmod {DIRECTORY_MODE:o} {directory}",
        )


def _remove_stale(path: Path) -> None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(status.st_mode):
        raise ConfigurationError(
            f"{path} is in the way of the engine's socket",
            "move it elsewhere, then start the engine again",
        )
    if is_answered(path):
        raise ConfigurationError(
            f"another engine listens on {path}",
            "stop it first; a site has one engine at a time",
        )
    path.unlink(missing_ok=True)


def is_answered(path: Path) -> bool:
    """Whether an engine listens on a socket; one left from a killed engine refuses.

    Raises:
        OSError: The directory cannot be opened.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        with socket_address(path) as address:
            refused = probe.connect_ex(address)
    return refused not in {errno.ECONNREFUSED, errno.ENOENT}


class Waker:
    """Ends a `select` from another thread; never blocks, safe after `close`."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._pending = False

    def fileno(self) -> int:
        """To be registered for reading."""
        return self._reader.fileno()

    def wake(self) -> None:
        """Make the selector return; a second wake before `clear` costs nothing."""
        if not self._pending:
            self._pending = True
            with contextlib.suppress(OSError):  # full: awake already; closed: nobody to wake
                self._writer.send(b"\0")

    def clear(self) -> None:
        """Called by the woken thread *before* it looks at what there is to do."""
        with contextlib.suppress(BlockingIOError):
            while self._reader.recv(64):
                pass
        self._pending = False

    def close(self) -> None:
        """Release both ends."""
        self._reader.close()
        self._writer.close()
