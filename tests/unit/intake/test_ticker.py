"""Time passes in calls."""

import threading

from station.intake.ticker import Ticker
from tests.fakes.intake import Dock, registry


def test_it_ticks_until_it_is_closed() -> None:
    ticks: list[int] = []
    enough = threading.Event()

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 3:
            enough.set()

    ticker = Ticker(tick, period_s=0.001)
    ticker.start()
    assert enough.wait(60)
    ticker.close()
    ticker.close()
    count = len(ticks)
    assert not [thread for thread in threading.enumerate() if thread.name == "ticker"]
    assert len(ticks) == count


def test_one_never_started_can_be_closed() -> None:
    Ticker(lambda: None).close()


def test_what_fails_is_told_and_stops_the_engine() -> None:
    def fail() -> None:
        raise RuntimeError("nobody foresaw this")

    dock = Dock(registry())
    engine = dock.engine()
    engine._ticker = Ticker(fail)
    engine.start()
    end = engine.wait(until_sources_end=False)
    assert str(end.crash) == "nobody foresaw this"
    assert dock.told.reports[-1].component == "engine"
