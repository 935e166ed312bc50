"""The adapter for the public conformance suite works, and where the suite is there, it passes.

Set ``TUF_CONFORMANCE`` to a checkout of it, and ``TUF_CONFORMANCE_ENV`` to a folder that keeps its
environment from one run to the next.
"""

import os
from pathlib import Path

import pytest

from scripts import check_tuf_conformance as suite
from tests.conformance import tuf_client_adapter as adapter
from tests.fakes.file_server import serving_folder
from tests.fakes.publishing import PublisherDesk


@pytest.fixture
def desk(tmp_path: Path) -> PublisherDesk:
    desk = PublisherDesk(tmp_path / "desk")
    desk.publish()
    return desk


class TestAdapter:
    def test_the_three_commands(self, desk: PublisherDesk, tmp_path: Path) -> None:
        metadata, targets, root = tmp_path / "metadata", tmp_path / "targets", tmp_path / "root"
        metadata.mkdir()
        targets.mkdir()
        root.write_bytes(desk.root)
        with serving_folder(desk.folder) as address:
            here = ["--metadata-dir", str(metadata), "--metadata-url", f"{address}metadata/"]
            there = ["--target-base-url", f"{address}targets/", "--target-dir", str(targets)]
            assert adapter.main(["--metadata-dir", str(metadata), "init", str(root)]) == 0
            assert {path.name for path in metadata.glob("*.json")} == {"root.json"}
            assert adapter.main([*here, "refresh"]) == 0
            assert {path.name for path in metadata.glob("*.json")} == {
                "root.json",
                "timestamp.json",
                "snapshot.json",
                "targets.json",
            }
            name = "brands/acme/products.json"
            assert adapter.main([*here, "--target-name", name, *there, "download"]) == 0
            (fetched,) = targets.iterdir()
            assert b"Product 1" in fetched.read_bytes()
            assert adapter.main([*here, "--target-name", "none", *there, "download"]) == 1

    def test_a_forged_publication_is_a_failure(self, desk: PublisherDesk, tmp_path: Path) -> None:
        metadata, root = tmp_path / "metadata", tmp_path / "root"
        metadata.mkdir()
        root.write_bytes(desk.root)
        timestamp = desk.folder / "metadata" / "timestamp.json"
        timestamp.write_bytes(timestamp.read_bytes().replace(b"2", b"3", 1))
        with serving_folder(desk.folder) as address:
            adapter.main(["--metadata-dir", str(metadata), "init", str(root)])
            here = ["--metadata-dir", str(metadata), "--metadata-url", f"{address}metadata/"]
            assert adapter.main([*here, "refresh"]) == 1
        assert {path.name for path in metadata.glob("*.json")} == {"root.json"}


def test_a_folder_that_is_no_checkout_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suite.main([str(tmp_path)]) == 2
    assert "is no checkout of tuf-conformance" in capsys.readouterr().err


def test_every_expected_failure_says_why() -> None:
    lines = suite.EXPECTED.read_text("utf-8").splitlines()
    names = [at for at, line in enumerate(lines) if line and not line.startswith("#")]
    assert names
    assert all(lines[at - 1].startswith("# ") for at in names)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_public_suite_passes(tmp_path: Path) -> None:
    checkout = os.environ.get("TUF_CONFORMANCE", "")
    if not checkout:
        pytest.skip("TUF_CONFORMANCE names no checkout of tuf-conformance")
    fault = suite.problem(Path(checkout))
    if fault:
        pytest.skip(fault)
    environment = Path(os.environ.get("TUF_CONFORMANCE_ENV", tmp_path / "env"))
    assert suite.run(Path(checkout), environment, tmp_path, ["-q"]) == 0
