"""What a run of `station sync` tells: one line or JSON object, and a metrics file.

The file is for node_exporter's textfile collector, or anything else that reads Prometheus' text
format; it is replaced atomically, also after a run that failed. When the last good run was is
carried over from the file before, so a watcher needs no memory.

Source: Prometheus text exposition format 0.0.4.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from station.core.errors import ExitCode, StationError
from station.ports.publication import LeftBecause
from station.storage.durable import write_atomically
from station.sync.refresh import RefreshSummary, RefreshWay
from station.sync.upload import UploadSummary

MAX_METRICS_BYTES: Final = 65_536
MAX_LEFT_TOLD: Final = 5
"""Shipments named in words; the JSON object names all."""

_BECAUSE: Final = {
    LeftBecause.WAS_AT_DOCK: "it was at the dock",
    LeftBecause.CAME_ELSEWHERE: "it was imported here, or is another brand's",
}

_LAST_SUCCESS: Final = "station_sync_last_success_timestamp_seconds"
_KEPT: Final = re.compile(rf"^{_LAST_SUCCESS}{{[^\n]*}} ([0-9]{{1,12}})$", re.ASCII | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How a run ended.

    Attributes:
        finished_utc: When, ISO 8601 with ``Z``.
        duration_ms: How long it took.
        in_use: The number of the generation in use now, or None.
        summary: Of the refresh; None where it failed.
        sent: Of the upload; None where there was none.
        fault: What ended it, or None.
    """

    finished_utc: str
    duration_ms: int
    in_use: int | None
    summary: RefreshSummary | None = None
    sent: UploadSummary | None = None
    fault: StationError | None = None

    @property
    def exit_code(self) -> int:
        """What the process returns."""
        if self.fault is not None:
            return self.fault.exit_code
        done = self.sent is None or not (self.sent.waiting or self.sent.refused)
        put_off = self.summary is not None and self.summary.put_off
        return ExitCode.DONE if done and not put_off else ExitCode.NOT_ALL_ACCEPTED

    def fields(self) -> dict[str, Any]:
        """The JSON object: the same keys however it ended."""
        summary, sent = self.summary, self.sent
        generation = None if summary is None else summary.generation
        return {
            "changed": summary is not None and summary.changed,
            "how": None if summary is None else summary.way.value,
            "generation": self.in_use,
            "previous_generation": None if summary is None else summary.previous,
            "published_utc": None if generation is None else generation.published_utc,
            "state_digest": None if generation is None else generation.state_digest,
            "brands": None if summary is None else summary.brands,
            "products": None if summary is None else summary.products,
            "units": None if summary is None else summary.units,
            "changes": None if summary is None else summary.changes,
            "rebased": None if summary is None else summary.rebased,
            "shipments": None if summary is None else summary.shipments,
            "shipments_left": None if summary is None else _left(summary),
            "put_off": None if summary is None else summary.put_off or None,
            "fallback": None if summary is None else summary.fallback or None,
            "fetched_bytes": None if summary is None else summary.fetched_bytes,
            "events_sent": None if sent is None else sent.sent,
            "events_refused": None if sent is None else sent.refused,
            "events_waiting": None if sent is None else sent.waiting,
            "duration_ms": self.duration_ms,
            "exit_code": int(self.exit_code),
            "error": None if self.fault is None else str(self.fault),
        }

    def words(self) -> str:
        """One line for people, of a run whose refresh went well."""
        if self.summary is None:
            msg = "a refresh that failed is told by its fault"
            raise ValueError(msg)
        status = "now at" if self.summary.changed else "already at"
        generation = self.summary.generation
        text = (
            f"{status} generation {generation.number} of {generation.published_utc}: "
            f"products {self.summary.products}, units {self.summary.units}{self._way()}"
        )
        if self.summary.shipments:
            text += f"; shipments announced {self.summary.shipments}"
        if self.sent is None:
            return text
        return f"{text}; events sent {self.sent.sent}, waiting {self.sent.waiting}"

    def left_words(self) -> str:
        """Which announced shipments were left as they stand here, and why; ``""`` for none."""
        left = () if self.summary is None else self.summary.left
        told = [
            f"{one.shipment_id} of {slug} ({_BECAUSE[one.because]})"
            for slug, one in left[:MAX_LEFT_TOLD]
        ]
        if len(left) > MAX_LEFT_TOLD:
            told.append(f"{len(left) - MAX_LEFT_TOLD} more")
        return f"shipments announced otherwise stay as they are: {', '.join(told)}" if told else ""

    def _way(self) -> str:
        """How the registry came by what is new."""
        if self.summary is None or self.summary.way is RefreshWay.NOTHING:
            return ""
        if self.summary.fallback:
            return f"; everything fetched whole because {self.summary.fallback}"
        if self.summary.way is RefreshWay.DELTAS:
            return f", changed {self.summary.changes}"
        return ", fetched whole"


def _left(summary: RefreshSummary) -> list[dict[str, str]]:
    return [
        {"brand": slug, "shipment": one.shipment_id, "because": one.because.value}
        for slug, one in summary.left
    ]


def metrics_text(report: SyncReport, site: str, station: str, before: str) -> str:
    """The metrics of a run.

    Args:
        report: The run.
        site: The site's name, of letters, digits and ``._-``; likewise the station's.
        station: The station's name.
        before: The file as the last run left it, or anything at all.
    """
    finished = _seconds(report.finished_utc)
    kept = _KEPT.search(before)
    last_success = finished if report.exit_code == ExitCode.DONE else int(kept[1]) if kept else None
    rows: list[tuple[str, str, float | None]] = [
        ("station_sync_last_run_timestamp_seconds", "When the last run ended.", finished),
        (_LAST_SUCCESS, "When the last run ended that returned 0.", last_success),
        ("station_sync_exit_code", "What the last run returned.", int(report.exit_code)),
        ("station_sync_duration_seconds", "How long it took.", report.duration_ms / 1000),
        ("station_registry_generation", "The generation in use.", report.in_use),
    ]
    if report.summary is not None:
        published = _seconds(report.summary.generation.published_utc)
        rows += [
            ("station_registry_published_timestamp_seconds", "When it was published.", published),
            ("station_registry_units", "Units it lists.", report.summary.units),
            ("station_sync_fetched_bytes", "What was fetched.", report.summary.fetched_bytes),
            ("station_sync_changes", "Rows that changed by deltas.", report.summary.changes),
            (
                "station_sync_fallback",
                "1 where everything was fetched whole although deltas were there.",
                int(bool(report.summary.fallback)),
            ),
        ]
    if report.sent is not None:
        rows += [
            ("station_sync_events_sent", "Events the receiver took.", report.sent.sent),
            ("station_sync_events_refused", "Events it refused for good.", report.sent.refused),
            ("station_sync_events_waiting", "Events that still wait.", report.sent.waiting),
        ]
    labels = f'{{site="{site}",station="{station}"}}'
    return "".join(
        f"# HELP {name} {what}\n# TYPE {name} gauge\n{name}{labels} {value:.15g}\n"
        for name, what, value in rows
        if value is not None
    )


def write_metrics(path: Path, report: SyncReport, site: str, station: str) -> None:
    """Replace the metrics file.

    Raises:
        OSError: The file before stands.
    """
    try:
        with path.open("rb") as file:
            before = file.read(MAX_METRICS_BYTES).decode("utf-8", "replace")
    except FileNotFoundError:
        before = ""
    write_atomically(path, metrics_text(report, site, station, before).encode("ascii"))
    # The collector is another user's.
    path.chmod(0o644)


def _seconds(moment_utc: str) -> int:
    return int(datetime.fromisoformat(moment_utc).astimezone(UTC).timestamp())
