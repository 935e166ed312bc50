"""Headless intake's effects: a line a verdict on standard output, and the exit code."""

import sys
import threading
from collections.abc import Callable

from station.app.annotations import Annotations
from station.app.result_lines import object_text
from station.app.standard_streams import output_fault, say
from station.app.verdict_json import verdict_record, verdict_words
from station.core.advice import Advice
from station.core.causes import Told
from station.core.errors import ExitCode, StationError
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.wording import Language
from station.core.wording.causes import at_command
from station.intake.announcing import stopped
from station.intake.engine import EngineEnd
from station.ports.display import ActAnswer, Attendance, LatchState
from station.ports.health import Health, HealthStatus


class ScanReport:
    """Implements `station.ports.outcomes.Outcomes` by printing.

    Args:
        as_json: JSON lines instead of words.
        language: What the site's operators read.
        annotations: Told of every verdict; None where no pictures are annotated.
    """

    def __init__(
        self,
        *,
        as_json: bool,
        language: Language = Language.ENGLISH,
        annotations: Annotations | None = None,
    ) -> None:
        self._annotations = annotations
        self._as_json = as_json
        self._text_of = object_text()
        self._language = language
        self._lock = threading.Lock()
        self._told: dict[str, Health] = {}
        self._all_accepted = True
        self._decoded = 0
        self._stopped = False
        self._reader_gone = False
        self.output_fault: StationError | None = None
        """Why verdicts could not be printed any more; each is journalled all the same."""
        self.on_stop: Callable[[], None] = _nothing
        """Called after a STOP verdict, and when nobody reads the output any more."""

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """Print a verdict that is journalled."""
        self._print(entry, commit_ms)
        if entry.facts.fault is not None:
            say(f"station scan: {entry.facts.fault}\n  stop, and run 'station doctor'\n")

    def failed(self, entry: JournalEntry, reason: str, why: Told | None = None) -> None:
        """Print STOP for what could not be journalled."""
        self.health(Health("journal", HealthStatus.FAILED, reason, why))
        self._print(stopped(entry, reason), 0.0)

    def latched(self, state: LatchState) -> None:
        """Headless intake has no latch."""

    def attended(self, attendance: Attendance) -> None:
        """Nobody signs in at headless intake."""

    def notice(self, said: str | Advice | Told) -> None:
        """Say it on standard error."""
        say(f"station scan: {at_command(said)}\n")

    def answered(self, answer: ActAnswer) -> None:
        """Headless intake takes no requests."""

    def health(self, report: Health) -> None:
        """Say on standard error what does not work, once."""
        with self._lock:
            told = self._told.get(report.component)
            self._told[report.component] = report
        was_ok = told is None or told.status is HealthStatus.OK
        if told == report or (report.status is HealthStatus.OK and was_ok):
            return
        say(f"{report.component}: {report.status.value}: {report.text}\n")

    def exit_code(self, end: EngineEnd) -> ExitCode:
        """What the command returns once the engine has ended."""
        if end.crash is not None:
            return ExitCode.INTERNAL
        if self._stopped or end.lost_devices:
            return ExitCode.DEVICE_OR_STOP
        if self._decoded == 0:
            return ExitCode.NOTHING_DECODABLE
        return ExitCode.DONE if self._all_accepted else ExitCode.NOT_ALL_ACCEPTED

    def _print(self, entry: JournalEntry, commit_ms: float) -> None:
        verdict = entry.verdict
        if self._annotations is not None:
            self._annotations.told(entry)
        if entry.facts.problem is not Reason.READ_EMPTY:
            self._decoded += 1
        self._all_accepted = self._all_accepted and verdict.verdict_class.is_accept
        if self._as_json:
            line = self._text_of(verdict_record(entry, commit_ms, self._language))
        else:
            line = verdict_words(entry, self._language)
        if not self._reader_gone:
            try:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
            except OSError as error:
                self._reader_gone = True
                self.output_fault = output_fault(error)
                self.on_stop()
        if verdict.verdict_class is VerdictClass.STOP:
            self._stopped = True
            self.on_stop()


def _nothing() -> None:
    """No engine to stop yet."""
