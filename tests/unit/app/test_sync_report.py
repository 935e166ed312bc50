"""What a run of `station sync` tells: the same keys however it ended; metrics others can read."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from station.app.sync_report import SyncReport, metrics_text, write_metrics
from station.core.errors import StorageError
from station.core.registry import RegistryGeneration
from station.ports.publication import LeftAlone, LeftBecause
from station.sync.refresh import RefreshSummary, RefreshWay
from station.sync.upload import UploadSummary

SUMMARY = RefreshSummary(
    way=RefreshWay.DELTAS,
    generation=RegistryGeneration(7, "2026-01-31T12:00:00.000Z", "aa", "bb"),
    previous=6,
    brands=1,
    products=2,
    units=10_000_000,
    changes=50_000,
    fetched_bytes=123,
    rebased=False,
    fallback="",
)
GOOD = SyncReport("2026-02-01T00:00:00.000Z", 1500, 7, SUMMARY)
FAILED = SyncReport("2026-02-02T00:00:00.000Z", 20, 7, fault=StorageError("no stick", "put it in"))


def values(text: str) -> dict[str, float]:
    found = re.findall(r'^(\w+)\{site="berlin",station="dock-1"\} (\S+)$', text, re.MULTILINE)
    return {name: float(value) for name, value in found}


class TestFields:
    def test_the_keys_are_the_same_however_it_ended(self) -> None:
        assert GOOD.fields().keys() == FAILED.fields().keys()

    def test_of_a_failure(self) -> None:
        fields = FAILED.fields()
        assert fields["error"] == "no stick: put it in"
        assert (fields["exit_code"], fields["changed"], fields["generation"]) == (4, False, 7)

    @pytest.mark.parametrize(("waiting", "refused", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
    def test_events_left_are_told_by_the_exit_code(
        self, waiting: int, refused: int, code: int
    ) -> None:
        sent = UploadSummary(3, refused, waiting, "")
        assert SyncReport("", 0, 7, SUMMARY, sent).exit_code == code

    def test_what_was_put_off_is_told_by_the_exit_code(self) -> None:
        report = SyncReport("", 0, 7, replace(SUMMARY, put_off="the disk is full"))
        assert (report.exit_code, report.fields()["put_off"]) == (1, "the disk is full")
        assert (GOOD.exit_code, GOOD.fields()["put_off"]) == (0, None)


class TestShipmentsLeft:
    def report(self, count: int) -> SyncReport:
        left = tuple(
            ("acme", LeftAlone(f"ASN-{number}", LeftBecause.CAME_ELSEWHERE))
            for number in range(count)
        )
        return SyncReport("", 0, 7, replace(SUMMARY, shipments=2, left=left))

    def test_each_is_named_with_its_brand_and_the_run_is_good(self) -> None:
        fields = self.report(1).fields()
        assert (fields["shipments"], fields["exit_code"]) == (2, 0)
        assert fields["shipments_left"] == [
            {"brand": "acme", "shipment": "ASN-0", "because": "came_elsewhere"}
        ]
        assert len(self.report(1000).fields()["shipments_left"]) == 1000
        assert GOOD.fields()["shipments_left"] == []
        assert FAILED.fields()["shipments_left"] is None

    def test_in_words_a_few_are(self) -> None:
        assert (GOOD.left_words(), FAILED.left_words()) == ("", "")
        assert self.report(5).left_words().count("ASN-") == 5
        assert "more" not in self.report(5).left_words()
        words = self.report(8).left_words()
        assert words.count("ASN-") == 5
        assert words.endswith("ASN-4 of acme (it was imported here, or is another brand's), 3 more")


class TestWords:
    """How the registry came by what is new is told to people too."""

    @pytest.mark.parametrize(
        ("way", "fallback", "end"),
        [
            (RefreshWay.NOTHING, "", "units 10000000"),
            (RefreshWay.DELTAS, "", ", changed 50000"),
            (RefreshWay.SNAPSHOT, "", ", fetched whole"),
            (
                RefreshWay.SNAPSHOT,
                "it did not fit",
                "; everything fetched whole because it did not fit",
            ),
        ],
    )
    def test_the_way_stands_at_the_end(self, way: RefreshWay, fallback: str, end: str) -> None:
        summary = replace(SUMMARY, way=way, fallback=fallback)
        assert SyncReport("", 0, 7, summary).words().endswith(end)
        told = values(
            metrics_text(SyncReport(GOOD.finished_utc, 0, 7, summary), "berlin", "dock-1", "")
        )
        assert told["station_sync_fallback"] == bool(fallback)


class TestMetrics:
    def test_of_a_good_run(self) -> None:
        told = values(metrics_text(GOOD, "berlin", "dock-1", ""))
        assert told == {
            "station_sync_last_run_timestamp_seconds": 1_769_904_000,
            "station_sync_last_success_timestamp_seconds": 1_769_904_000,
            "station_sync_exit_code": 0,
            "station_sync_duration_seconds": 1.5,
            "station_registry_generation": 7,
            "station_registry_published_timestamp_seconds": 1_769_860_800,
            "station_registry_units": 10_000_000,
            "station_sync_fetched_bytes": 123,
            "station_sync_changes": 50_000,
            "station_sync_fallback": 0,
        }

    def test_every_line_is_of_the_format(self) -> None:
        sent = UploadSummary(3, 1, 2, "")
        text = metrics_text(SyncReport("2026-02-01T00:00:00Z", 1, 7, SUMMARY, sent), "a", "b", "")
        assert "e+" not in text
        blocks = re.findall(
            r"# HELP (\w+) [^\n]+\n# TYPE (\w+) gauge\n(\w+)\{site=\"a\",station=\"b\"\} [0-9.]+\n",
            text,
        )
        assert len(blocks) * 3 == text.count("\n")
        assert all(len(set(names)) == 1 for names in blocks)

    def test_a_failure_keeps_when_the_last_good_run_was(self) -> None:
        before = metrics_text(GOOD, "berlin", "dock-1", "")
        told = values(metrics_text(FAILED, "berlin", "dock-1", before))
        assert told["station_sync_last_success_timestamp_seconds"] == 1_769_904_000
        assert told["station_sync_exit_code"] == 4
        assert "station_registry_units" not in told

    @pytest.mark.parametrize("before", ["", "garbage", "\0\ufffd", "station_sync_last_success 1"])
    def test_whatever_stood_there_before(self, before: str) -> None:
        told = values(metrics_text(FAILED, "berlin", "dock-1", before))
        assert "station_sync_last_success_timestamp_seconds" not in told

    def test_the_file_is_replaced_and_others_may_read_it(self, tmp_path: Path) -> None:
        path = tmp_path / "station.prom"
        write_metrics(path, GOOD, "berlin", "dock-1")
        inode = path.stat().st_ino
        write_metrics(path, FAILED, "berlin", "dock-1")
        assert path.stat().st_ino != inode
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
        assert [path.name for path in tmp_path.iterdir()] == ["station.prom"]
        assert values(path.read_text())["station_sync_last_success_timestamp_seconds"] > 0
