"""The latch's memory: there while a quarantine stands, closed when in doubt."""

from pathlib import Path

from station.ports.health import Health, HealthStatus
from station.storage.latch_file import UNKNOWN_SCAN, LatchFile
from tests.fakes.privileges import reachable_folder, without_privileges

SCAN = "01M851PFABQBVQ06AV8GJE6BMA"
OTHER = "01M851PFABQBVQ06AV8GJE6BMB"


def test_a_quarantine_is_remembered_until_it_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "latch"
    latch = LatchFile(path, unexpected)
    assert latch.standing() == ()
    latch.keep([SCAN])
    assert LatchFile(path, unexpected).standing() == (SCAN,)
    latch.keep([SCAN, OTHER])
    assert LatchFile(path, unexpected).standing() == (SCAN, OTHER)
    latch.forget()
    latch.forget()
    assert LatchFile(path, unexpected).standing() == ()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_counts_as_standing(tmp_path: Path) -> None:
    path = tmp_path / "latch"
    path.write_bytes(b"")
    assert LatchFile(path, unexpected).standing() == (UNKNOWN_SCAN,)
    path.write_bytes(b"\x1b[2J\xff" * 100)
    (standing,) = LatchFile(path, unexpected).standing()
    assert standing.isprintable()
    assert len(standing) <= 64
    path.write_bytes(b"\n" * 10_000)
    assert LatchFile(path, unexpected).standing() == (UNKNOWN_SCAN,)
    path.unlink()
    path.mkdir()
    assert LatchFile(path, unexpected).standing() == (UNKNOWN_SCAN,)


def test_what_cannot_be_written_is_told_and_never_raised() -> None:
    reports: list[Health] = []
    with reachable_folder() as folder:
        folder.chmod(0o555)
        with without_privileges():
            LatchFile(folder / "latch", reports.append).keep([SCAN])
    (report,) = reports
    assert (report.component, report.status) == ("latch", HealthStatus.WARNING)
    assert "would not survive a restart" in report.text


def unexpected(report: Health) -> None:
    raise AssertionError(report)
