"""Makes a command's own process fail in ways that nothing outside can provoke.

Named in a `tests.fakes.warm_station.Hook`.
"""

import importlib


def fail_at(module: str, name: str) -> None:
    """Calling a function of a module, or of a class in it, raises what nobody foresaw."""

    def fail(*args: object, **options: object) -> None:
        raise RuntimeError("nobody foresaw this")

    owner: object = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    getattr(owner, last)
    setattr(owner, last, fail)
