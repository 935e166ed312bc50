"""Starting and ending: sources that end, devices that are lost, threads that fail, workers."""

import signal
import sys
import threading
import time
from queue import SimpleQueue

import pytest

from station.core.causes import Cause, Told, told
from station.core.errors import DeviceError, StorageError
from station.core.policy import BrandPolicy
from station.core.reading import Capture, Read
from station.core.reasons import Reason
from station.core.symbol import Symbol
from station.intake.announcing import LOOK_UPS, Announcer, stopped
from station.intake.engine import Engine
from station.intake.scoreboard import RECENT, Scoreboard
from station.intake.worker import Worker, WorkerEndedError
from station.ports.display import Counters, EngineMessage, VerdictShown
from station.ports.health import Health, HealthStatus
from tests.fakes.intake import GTIN, CountingIds, Dock, ScriptedSource, genuine, registry
from tests.fakes.replacing import replace

DEADLINE_S = 60.0


def unexpected(error: BaseException) -> None:
    raise error


def capture(payload: bytes, scan_id: str) -> Capture:
    return Capture("scripted:", (Read(scan_id, Symbol(payload)),), "", 0, 0)


def test_an_engine_ends_when_its_sources_have_and_everything_is_committed() -> None:
    dock = Dock(registry("A1", "A2"))
    ids = CountingIds()
    one = ScriptedSource([capture(genuine("A1"), ids.next())])
    two = ScriptedSource([capture(genuine("A2"), ids.next())], name="second:")
    engine = dock.engine(one, two)
    engine.start()
    end = engine.wait()
    assert (end.lost_devices, end.crash) == ((), None)
    assert {e.identity.serial for e in dock.store.entries if e.identity} == {"A1", "A2"}


def test_a_device_that_is_gone_is_a_report_and_the_others_go_on() -> None:
    dock = Dock(registry("A1"))
    gone = ScriptedSource([], DeviceError("no scanner at /dev/x", "plug it in"), "serial:/dev/x")
    engine = dock.engine(gone, ScriptedSource([capture(genuine("A1"), "1")]))
    engine.start()
    end = engine.wait()
    assert end.lost_devices == ("no scanner at /dev/x: plug it in",)
    assert dock.told.reports == [
        Health("serial:/dev/x", HealthStatus.FAILED, "no scanner at /dev/x: plug it in")
    ]
    assert len(dock.store.entries) == 1


def test_an_unforeseen_failure_of_a_source_stops_the_engine() -> None:
    dock = Dock(registry())
    failure = RuntimeError("unforeseen")
    engine = dock.engine(ScriptedSource([], failure))
    engine.start()
    end = engine.wait(until_sources_end=False)
    assert end.crash is failure
    assert dock.told.reports[0].component == "engine"


def test_an_unforeseen_failure_of_the_loop_stops_the_engine_and_frees_its_feeders() -> None:
    dock = Dock(registry("A1"))
    dock.registry.fault = RuntimeError("unforeseen")  # type: ignore[assignment]
    many = [capture(genuine("A1"), str(n)) for n in range(2000)]
    engine = dock.engine(ScriptedSource(many))
    engine.start()
    end = engine.wait(until_sources_end=False)
    assert isinstance(end.crash, RuntimeError)
    assert not dock.store.entries


def test_an_unforeseen_failure_of_the_writer_stops_the_engine() -> None:
    dock = Dock(registry("A1"))

    def fail(entries: object) -> None:
        raise RuntimeError("unforeseen")

    dock.store.commit = fail  # type: ignore[method-assign]
    many = [capture(genuine("A1"), str(n)) for n in range(2000)]
    engine = dock.engine(ScriptedSource(many))
    engine.start()
    end = engine.wait(until_sources_end=False)
    assert isinstance(end.crash, RuntimeError)
    assert not dock.told.verdicts


def test_stop_ends_an_engine_that_waits_for_more() -> None:
    dock = Dock(registry("A1"))
    engine = dock.engine()
    engine.start()
    threading.Thread(target=engine.stop).start()
    assert engine.wait(until_sources_end=False).crash is None


def test_a_signal_that_arrives_while_the_engine_looks_for_news_is_not_missed() -> None:
    """A handler runs on the thread that waits, between its look and its wait."""

    class Interrupted(Engine):
        """Told to stop in the middle of its own look."""

        @property
        def _running(self) -> int:
            self.stop()
            return 1

        @_running.setter
        def _running(self, count: int) -> None:
            """Sources do not matter here."""

    engine = Dock(registry()).engine()
    engine.__class__ = Interrupted
    waiting = threading.Thread(target=engine.wait, daemon=True)
    waiting.start()
    waiting.join(DEADLINE_S)
    assert not waiting.is_alive()


class Watched:
    """A queue of which is known when its only waiter waits in it."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[None] = SimpleQueue()
        self._waiter = threading.main_thread().ident
        self.put = self._queue.put

    def get(self, timeout: float | None = None) -> None:
        wait = self._queue.get
        wait(timeout=timeout)

    def is_waited_in(self) -> bool:
        """Asked on another thread, which has the interpreter: so the waiter has given it away."""
        frame = sys._current_frames()[self._waiter or 0]
        code = Watched.get.__code__
        return frame.f_code is code and frame.f_lineno == code.co_firstlineno + 2


def test_a_signal_that_does_not_interrupt_the_wait_ends_the_engine_all_the_same() -> None:
    """One that comes a moment before the wait, or on another thread, only leaves a mark."""
    engine = Dock(registry()).engine()
    changed = Watched()
    engine._changed = changed  # type: ignore[assignment]
    ended = threading.Event()
    missed: list[str] = []

    def signal_elsewhere() -> None:
        deadline_s = time.monotonic() + DEADLINE_S
        while not changed.is_waited_in() and time.monotonic() < deadline_s:
            pass
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        if not ended.wait(DEADLINE_S):
            missed.append("the signal")
            engine.stop()

    before = signal.signal(signal.SIGUSR1, lambda _number, _frame: engine.stop())
    other = threading.Thread(target=signal_elsewhere)
    try:
        engine.start()
        other.start()
        engine.wait(until_sources_end=False)
    finally:
        ended.set()
        other.join()
        signal.signal(signal.SIGUSR1, before)
    assert not missed


def test_a_worker_handles_everything_in_order_in_bounded_batches() -> None:
    batches: list[list[int]] = []
    worker = Worker("w", batches.append, max_waiting=8, max_batch=5)
    worker.start(unexpected)
    for number in range(100):
        worker.put(number)
    worker.close()
    assert [number for batch in batches for number in batch] == list(range(100))
    assert max(map(len, batches)) <= 5


def test_a_worker_that_ended_takes_nothing_more() -> None:
    crashes: list[BaseException] = []
    ended = threading.Event()

    def fail(batch: list[int]) -> None:
        raise RuntimeError(str(batch))

    def crashed(error: BaseException) -> None:
        crashes.append(error)
        ended.set()

    worker = Worker("w", fail, max_waiting=1)
    with pytest.raises(WorkerEndedError):
        worker.put(0)
    worker.start(crashed)
    worker.put(1)
    assert ended.wait(DEADLINE_S)
    worker.close()
    with pytest.raises(WorkerEndedError):
        worker.put(2)
    assert [str(error) for error in crashes] == ["[1]"]


def test_waiting_for_a_worker_ends_when_all_is_handled_and_when_it_dies() -> None:
    handled: list[int] = []
    slow = threading.Event()

    def handle(batch: list[int]) -> None:
        slow.wait(0.05)
        handled.extend(batch)
        if 9 in batch:
            raise RuntimeError("nine")

    worker = Worker("w", handle, max_waiting=8)
    worker.wait_until_handled()
    worker.start(lambda error: None)
    for number in range(3):
        worker.put(number)
    worker.wait_until_handled()
    assert handled == [0, 1, 2]
    worker.put(9)
    worker.wait_until_handled()
    assert handled[-1] == 9
    worker.close()


def test_an_offer_to_a_full_worker_is_refused_at_once() -> None:
    worker: Worker[int] = Worker("w", lambda batch: None, max_waiting=2)
    assert [worker.offer(n) for n in range(3)] == [True, True, False]


def test_an_offer_to_a_worker_that_died_or_ended_is_refused() -> None:
    def fail(batch: list[int]) -> None:
        raise RuntimeError("nobody foresaw this")

    dead = Worker("w", fail, max_waiting=2)
    ended: Worker[int] = Worker("w", lambda batch: None, max_waiting=2)
    for worker in (dead, ended):
        assert worker.offer(1)
        worker.start(lambda error: None)
    dead.wait_until_handled()
    ended.close()
    assert [worker.offer(2) for worker in (dead, ended)] == [False, False]
    dead.close()


class Shown:
    """Implements `Display`; remembers."""

    def __init__(self) -> None:
        self.messages: list[EngineMessage] = []

    def publish(self, message: EngineMessage) -> None:
        self.messages.append(message)

    def verdicts(self) -> list[VerdictShown]:
        return [m for m in self.messages if isinstance(m, VerdictShown)]


def announced(dock: Dock, *, latches: bool = True) -> tuple[Shown, Scoreboard, Announcer]:
    shown, board = Shown(), Scoreboard()
    announcer = Announcer(shown, board, lambda gtin: "Head\x1bphones", latches=latches)
    for entry in dock.told.verdicts:
        announcer.durable(entry, 0.5)
    return shown, board, announcer


def test_a_verdict_is_shown_in_words_with_its_unit_and_counted() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.scan(genuine("A1"), source="other\x07")
    dock.declare(Reason.NO_CODE)
    dock.run()
    shown, board, _ = announced(dock)
    accept, hold, quarantine = shown.verdicts()
    assert (accept.reason, accept.serial) == (Reason.OK, "A1")
    assert accept.product == "Head\N{REPLACEMENT CHARACTER}phones"
    assert hold.source == "other\N{REPLACEMENT CHARACTER}"
    assert (accept.latched, hold.latched, quarantine.latched) == (False, False, True)
    standing = board.standing()
    assert standing.counters == Counters(accepted=1, held=1, quarantined=1, scans=3)
    assert [v.scan_id for v in standing.recent] == [v.scan_id for v in reversed(shown.verdicts())]
    assert standing.latch.scan_id == quarantine.scan_id


def test_a_lane_of_the_policys_is_told() -> None:
    known = registry("A1")
    known.product_records = [
        replace(known.product_records[0], policy=BrandPolicy(uncoded_lane="lane 7"))
    ]
    dock = Dock(known)
    dock.declare(Reason.NO_CODE, GTIN)
    dock.run()
    shown, *_ = announced(dock)
    (verdict,) = shown.verdicts()
    assert (verdict.reason, verdict.lane) == (Reason.NO_CODE, "lane 7")


def test_further_reasons_and_flags_are_told_too() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.scan(genuine("A1"))
    dock.clock.utc = "2026-01-03T00:00:00.000Z"
    dock.run()
    shown, *_ = announced(dock)
    *_, verdict = shown.verdicts()
    assert (verdict.also, verdict.modifiers) == (
        (Reason.REPEAT_SAME_STATION,),
        (Reason.REGISTRY_STALE,),
    )


@pytest.mark.parametrize(
    ("source", "shown_as"),
    [
        ("serial:/dev/serial/by-id/usb-Maker_1900-if00", "scanner usb-Maker_1900-if00"),
        ("camera:http://127.0.0.1:8080/stream", "camera stream"),
        ("images:photos/", "images photos"),
        ("stdin:", "stdin"),
    ],
)
def test_a_reader_is_shown_by_kind_and_name(source: str, shown_as: str) -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"), source=source)
    dock.run()
    shown, _, _ = announced(dock)
    assert [verdict.source for verdict in shown.verdicts()] == [shown_as]


def test_a_repeat_counts_no_second_unit() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.scan(genuine("A1"))
    dock.run()
    _, board, _ = announced(dock)
    assert board.standing().counters == Counters(accepted=1, scans=2)


def test_a_failed_commit_is_shown_as_stop_and_never_as_accept() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.run()
    shown, board, announcer = announced(Dock(registry()))
    (entry,) = dock.told.verdicts
    announcer.failed(entry, "the disk is full: free some space")
    assert [v.reason for v in shown.verdicts()] == [Reason.STATION_FAULT]
    assert board.standing().counters == Counters(stops=1, scans=1)
    assert board.standing().health == (
        Health("journal", HealthStatus.FAILED, "the disk is full: free some space"),
    )
    assert stopped(entry, "why").facts.fault == "why"


def test_why_the_journal_fails_is_told_by_name() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.run()
    shown, _, announcer = announced(Dock(registry()))
    (entry,) = dock.told.verdicts
    full = told(Cause.STORAGE_FULL, path="station.db")
    announcer.failed(entry, "the disk is full: free some space", full)
    (health,) = [one for one in shown.messages if isinstance(one, Health)]
    assert health.told == Told(
        Cause.JOURNAL_FAILS, (("why", "storage-full"), ("path", "station.db"))
    )


def test_why_the_station_cannot_decide_is_said_until_it_can() -> None:
    dock = Dock(registry("A1"))
    dock.registry.fault = StorageError("cannot use registry-1.db: it is damaged", "sync")
    dock.scan(genuine("A1"))
    dock.scan(genuine("A1"), source="other")
    dock.run()
    dock.registry.fault = None
    dock.scan(b"nothing that is looked up")
    dock.scan(genuine("A1"), source="third")
    dock.run()
    shown, _, _ = announced(dock)
    assert [m for m in shown.messages if isinstance(m, Health) and m.component == LOOK_UPS] == [
        Health(
            LOOK_UPS,
            HealthStatus.FAILED,
            "cannot use registry-1.db: it is damaged: run 'station sync', then 'station doctor'",
        ),
        Health(LOOK_UPS, HealthStatus.OK, ""),
    ]


def test_a_station_that_can_decide_says_nothing_of_look_ups() -> None:
    dock = Dock(registry("A1"))
    dock.scan(genuine("A1"))
    dock.run()
    shown, _, _ = announced(dock)
    assert {m.component for m in shown.messages if isinstance(m, Health)} == {"journal"}


def test_history_is_bounded() -> None:
    dock = Dock(registry())
    for _ in range(RECENT + 10):
        dock.declare(Reason.NO_CODE)
    dock.run()
    _, board, _ = announced(dock)
    assert len(board.standing().recent) == RECENT
    assert board.standing().counters.quarantined == RECENT + 10


def test_health_is_published_when_it_changes() -> None:
    shown, _, announcer = announced(Dock(registry()))
    for _ in range(3):
        announcer.health(Health("camera", HealthStatus.OK, "fine"))
    announcer.health(Health("camera", HealthStatus.FAILED, "gone\x1b[2J"))
    assert [m for m in shown.messages if isinstance(m, Health)] == [
        Health("camera", HealthStatus.OK, "fine"),
        Health("camera", HealthStatus.FAILED, "gone\N{REPLACEMENT CHARACTER}[2J"),
    ]
