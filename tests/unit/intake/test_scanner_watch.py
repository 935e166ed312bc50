"""What health says of a scanner's faults, and how often it says it."""

from station.core.diagnosis.faults import ScannerFault
from station.core.journal import JournalEntry
from station.core.tickets import Ticket, TicketKind
from station.intake.scanner_watch import ScannerWatch
from station.ports.display import LatchState
from station.ports.health import Health, HealthStatus
from tests.fakes.entries import entry, faulted
from tests.fakes.intake import Told

CAPS, LOST = ScannerFault.CAPS_LOCK, ScannerFault.SEPARATOR_LOST
SOURCE = "serial:/dev/serial/by-id/usb-Maker_7"


def by_id(number: int, *faults: ScannerFault) -> JournalEntry:
    return faulted(number, *faults, source=SOURCE)


def texts(told: Told) -> list[str]:
    return [report.text for report in told.reports]


def test_a_fault_is_told_with_its_scanner_and_count() -> None:
    told = Told()
    ScannerWatch(told).durable(by_id(1, CAPS), 0.5)
    assert told.verdicts == [by_id(1, CAPS)]
    assert told.reports == [
        Health(
            "maintenance:scanner usb-Maker_7",
            HealthStatus.WARNING,
            "caps lock is on (1 read): see 'station scanner tickets'",
        )
    ]


def test_it_is_told_again_at_1_2_5_10_and_so_on() -> None:
    told = Told()
    watch = ScannerWatch(told)
    for number in range(1, 121):
        watch.durable(by_id(number, CAPS), 0.5)
    counts = [int(text.partition("(")[2].partition(" ")[0]) for text in texts(told)]
    assert counts == [1, 2, 5, 10, 20, 50, 100]


def test_all_faults_of_a_scanner_are_one_report_the_commonest_first() -> None:
    told = Told()
    watch = ScannerWatch(told)
    watch.durable(by_id(1, CAPS), 0.5)
    watch.durable(by_id(2, LOST), 0.5)
    watch.durable(by_id(3, LOST, CAPS), 0.5)
    watch.durable(faulted(4, LOST, source="stdin:"), 0.5)
    assert texts(told)[2] == (
        "caps lock is on (2 reads), separators are lost (2 reads): see 'station scanner tickets'"
    )
    assert [report.component for report in told.reports][-2:] == [
        "maintenance:scanner usb-Maker_7",
        "maintenance:stdin",
    ]


def test_counting_goes_on_after_a_restart() -> None:
    told = Told()
    watch = ScannerWatch(told)
    kind, now = TicketKind.SCANNER_FAULT, "2026-01-31T12:00:00.000Z"
    watch.recall([Ticket(3, kind, SOURCE, CAPS, 19, 2, 40, now, now)])
    assert "caps lock is on (19 reads)" in texts(told)[0]
    watch.durable(by_id(41, CAPS), 0.5)
    assert "caps lock is on (20 reads)" in texts(told)[1]


def test_what_is_not_journalled_is_not_counted_and_everything_is_passed_on() -> None:
    told = Told()
    watch = ScannerWatch(told)
    watch.failed(by_id(1, CAPS), "the disk is full")
    watch.durable(entry(2), 0.5)
    watch.latched(LatchState(latched=True))
    assert told.failures == [(by_id(1, CAPS), "the disk is full")]
    assert told.verdicts == [entry(2)]
    assert told.latches == [LatchState(latched=True)]
    assert told.reports == []
    watch.health(Health("camera", HealthStatus.OK, ""))
    assert told.reports == [Health("camera", HealthStatus.OK, "")]
