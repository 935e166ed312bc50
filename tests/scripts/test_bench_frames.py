"""The bench runs small, every reader reads what is shown, and what is missed is told."""

import re

import pytest

from scripts import bench_frames

LINE = re.compile(
    r"small (file|camera) +1 core +(decoded|zxing-cpp|station) +[0-9.]+ frames a second, "
    r"ratio +[0-9.]+, +[0-9.]+ ms of processor a frame, +([0-9]+) % looked at, ([0-9]) of 2 units"
)


@pytest.mark.slow
def test_files_and_cameras_are_read_to_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["--sizes", "small", "--cores", "1", "--frames", "60", "--rounds", "1"]
    assert bench_frames.main(argv) == 0
    lines = [LINE.fullmatch(line) for line in capsys.readouterr().out.splitlines()]
    found = [line.groups() for line in lines if line is not None]
    assert len(found) == len(lines) == 6
    assert {(source, reader) for source, reader, _, _ in found} == {
        (source, reader) for source in ("file", "camera") for reader in bench_frames.READERS
    }
    of_files = {
        reader: (share, units) for source, reader, share, units in found if source == "file"
    }
    assert of_files == {
        "decoded": ("100", "0"),
        "zxing-cpp": ("100", "2"),
        "station": ("100", "2"),
    }


@pytest.mark.slow
def test_memory_is_sampled_through_all_rounds_of_the_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench_frames.main(["--memory", "--frames", "1000"]) == 0
    said = capsys.readouterr().out
    assert "memory over 1000 frames and " in said
    assert re.search(r"MiB after a tenth, at most [0-9.]+ MiB after that", said)


@pytest.mark.slow
def test_a_unit_that_is_missed_fails_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(reader: str, *_: object) -> dict[str, object]:
        missed = 1 if reader == "station" else 0
        return {
            "frames": 60,
            "looked_at": 60,
            "seconds": 1.0,
            "cpu_s": 0.5,
            "accepted": 2 - missed,
        }

    monkeypatch.setattr(bench_frames, "read", read)
    argv = ["--sizes", "small", "--cores", "1", "--frames", "60", "--rounds", "1"]
    assert bench_frames.main(argv) == 1
