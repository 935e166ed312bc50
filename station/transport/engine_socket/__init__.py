"""The Unix socket between the engine and its screens: codec, server, client.

`EngineServer` is the engine's `station.ports.display.Display`; `EngineClient` is a screen's
`station.ports.display.EngineFeed`. The messages are described for people in
docs/reference/engine-messages.md.
"""

from station.transport.engine_socket.client import EngineClient
from station.transport.engine_socket.server import EngineServer

__all__ = ["EngineClient", "EngineServer"]
