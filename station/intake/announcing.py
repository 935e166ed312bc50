"""Tells screens what became of a read: journal entries in, display messages out.

Only what is durable is shown as decided; what could not be kept is shown as STOP, whatever it would
have said. All text leaves here printable.
"""

from collections.abc import Callable

from msgspec.structs import replace

from station.core.advice import Advice
from station.core.causes import Cause, Told, because, told
from station.core.effects import GATE_FAULT
from station.core.journal import JournalEntry
from station.core.reasons import Reason, VerdictClass
from station.core.telling import plain
from station.core.text import printable
from station.core.verdict import Verdict
from station.intake.scoreboard import Scoreboard
from station.ports.display import ActAnswer, Attendance, Display, LatchState, Notice, VerdictShown
from station.ports.health import Health, HealthStatus

MAX_NAME_CHARS = 60
MAX_SOURCE_CHARS = 80
MAX_NOTICE_CHARS = 80
LOOK_UPS = "look-ups"
"""The health component of what registry and claims answer."""


def stopped(entry: JournalEntry, fault: str) -> JournalEntry:
    """The entry as it must be shown when it could not be made durable.

    Args:
        entry: What would have been decided; it was not journalled.
        fault: What is wrong and what to do.
    """
    return replace(
        entry,
        facts=replace(entry.facts, fault=fault),
        verdict=Verdict(VerdictClass.STOP, Reason.STATION_FAULT),
    )


class Announcer:
    """Implements `station.ports.outcomes.Outcomes` for an engine with screens.

    Args:
        display: Where messages go.
        scoreboard: Keeps sums and history for screens that connect later.
        product_name: A product's name by GTIN, ``""`` when unknown; any thread.
        latches: Whether a quarantine latches this dock.
    """

    def __init__(
        self,
        display: Display,
        scoreboard: Scoreboard,
        product_name: Callable[[str], str],
        *,
        latches: bool,
    ) -> None:
        self._display = display
        self._scoreboard = scoreboard
        self._product_name = product_name
        self._latches = latches
        self._look_ups_fail = False

    def durable(self, entry: JournalEntry, commit_ms: float) -> None:
        """Show a verdict that is journalled."""
        if self._scoreboard.health(Health("journal", HealthStatus.OK, "")):
            self._display.publish(Health("journal", HealthStatus.OK, ""))
        self._tell_of_look_ups(entry)
        self._show(entry, commit_ms)

    def failed(self, entry: JournalEntry, reason: str, why: Told | None = None) -> None:
        """Show STOP: what was decided could not be journalled."""
        told_of = because(Cause.JOURNAL_FAILS, why, reason)
        self.health(Health("journal", HealthStatus.FAILED, printable(reason, 200), told_of))
        self._show(stopped(entry, reason), 0.0)

    def recall(self, entry: JournalEntry) -> None:
        """List a verdict of an earlier run, so that a screen after a restart knows what stands."""
        self._scoreboard.recall(self._shown(entry, 0.0))

    def latched(self, state: LatchState) -> None:
        """Show that the latch refused a read or was released."""
        self._scoreboard.latch(state)
        self._display.publish(state)

    def attended(self, attendance: Attendance) -> None:
        """Show who is signed in."""
        self._scoreboard.attended(attendance)
        self._display.publish(attendance)

    def notice(self, said: str | Advice | Told) -> None:
        """Tell the operator what was not done."""
        match said:
            case Advice():
                notice = Notice(advice=said)
            case Told():
                notice = Notice(told=plain(said))
            case _:
                notice = Notice(printable(said, MAX_NOTICE_CHARS))
        self._display.publish(notice)

    def answered(self, answer: ActAnswer) -> None:
        """Tell whoever asked what became of it."""
        self._display.publish(answer)

    def health(self, report: Health) -> None:
        """Show a part's new state once."""
        clean = Health(
            printable(report.component, MAX_SOURCE_CHARS),
            report.status,
            printable(report.text, 200),
            plain(report.told),
        )
        if self._scoreboard.health(clean):
            self._display.publish(clean)

    def _tell_of_look_ups(self, entry: JournalEntry) -> None:
        """Say why the station cannot decide, until a look-up works again."""
        fault = entry.facts.fault
        if fault is not None and fault.startswith(GATE_FAULT):
            return  # the output's own health says what to do
        if fault is not None:
            self._look_ups_fail = True
            text = f"{fault}: run 'station sync', then 'station doctor'"
            told_of = told(Cause.LOOK_UPS_FAIL, why=fault)
            self.health(Health(LOOK_UPS, HealthStatus.FAILED, text, told_of))
        elif self._look_ups_fail and entry.facts.enrolled is not None:
            self._look_ups_fail = False
            self.health(Health(LOOK_UPS, HealthStatus.OK, ""))

    def _show(self, entry: JournalEntry, commit_ms: float) -> None:
        shown = self._shown(entry, commit_ms)
        counters = self._scoreboard.count(entry, shown)
        self._display.publish(shown)
        self._display.publish(counters)

    def _shown(self, entry: JournalEntry, commit_ms: float) -> VerdictShown:
        """An entry as a screen gets it."""
        verdict = entry.verdict
        identity = entry.identity
        gtin = entry.gtin or ""
        return VerdictShown(
            scan_id=entry.scan_id,
            time_utc=entry.time_utc,
            verdict_class=verdict.verdict_class,
            reason=verdict.reason,
            also=verdict.also,
            modifiers=verdict.modifiers,
            provisional=verdict.provisional,
            gtin=gtin,
            serial=printable(identity.serial, 20) if identity is not None else "",
            product=printable(self._product_name(gtin), MAX_NAME_CHARS) if gtin else "",
            source=printable(reader_name(entry.source), MAX_SOURCE_CHARS),
            latched=self._latches and verdict.verdict_class is VerdictClass.QUARANTINE,
            commit_ms=round(commit_ms, 3),
            total_ms=round(entry.timings.total_ms + commit_ms, 3),
            lane=verdict.lane,
            other_shipment=printable(entry.facts.other_shipment or "", MAX_NAME_CHARS),
        )


def reader_name(source: str) -> str:
    """A source as an operator would call it: the kind of reader, then the end of its name."""
    kind, _, value = source.partition(":")
    word = "scanner" if kind == "serial" else kind
    return f"{word} {value.rstrip('/').rpartition('/')[2]}".rstrip()
