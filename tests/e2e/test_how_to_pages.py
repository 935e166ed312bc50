"""The how-to pages of the brand's side do what they say: their commands run, in their order."""

import hashlib
import json
import re
import shlex
from pathlib import Path

import pytest

from tests.fakes.command_line import station

PAGES = ("enrol-a-product.md", "publish-and-sync.md")
SERIAL = "K7QZ4M2XW9TRB"
FINGERPRINT = "0" * 64


def commands(page: Path) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("$ station ") for line in lines)
    return [line.removeprefix("$ station ") for line in lines]


def test_the_commands_of_both_pages_run_one_after_another(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATION_KEY_PASSPHRASE", "passphrase")
    ran = 0
    for page in PAGES:
        for command in commands(root / "docs" / "how-to" / page):
            line = command
            if SERIAL in line:
                issued = station("codes", "list", "--order", "1", "--json").json
                line = line.replace(SERIAL, issued[0]["serial"])
            if FINGERPRINT in line:
                content = Path("published/metadata/1.root.json").read_bytes()
                line = line.replace(FINGERPRINT, hashlib.sha256(content).hexdigest())
            outcome = station(*shlex.split(line.replace("--count 500", "--count 5")))
            assert outcome.code == 0, (line, outcome.err)
            ran += 1
    assert ran == 19
    assert len(list(Path("labels").iterdir())) == 5
    assert Path("tote-q1.png").is_file()
    assert json.loads(station("sync", "--json").out)["generation"] == 1
