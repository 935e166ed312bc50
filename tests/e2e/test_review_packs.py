"""Evidence packs made at the supervisor's desk: whole, and checkable with the key alone."""

import base64
import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from station.core.codes import Algorithm
from station.core.crypto import PublicKey
from station.core.journal import GENESIS_HASH
from tests.e2e.test_intake import photo
from tests.fakes.office import PIN, Office


def read_pack(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def check_pack(files: dict[str, bytes], key: PublicKey) -> dict[int, str]:
    """Check a pack as its README says, with nothing of the station's but the key.

    Returns:
        The checked lines' hashes by number.
    """
    for line in files["SHA256SUMS"].decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(files[name]).hexdigest() == digest, name
    proof = json.loads(files["proof.json"])
    told = {}
    for line_bytes in files["journal.jsonl"].splitlines():
        head, _, rest = line_bytes.partition(b'"body":')
        record = json.loads(line_bytes)
        assert head.startswith(b'{"seq":')
        told[record["seq"]] = (record["hash"], rest[:-1])
    checked = {}
    for stretch in proof["stretches"]:
        link = bytes.fromhex(stretch["hash_before"])
        for seq in range(stretch["first"], stretch["last"] + 1):
            kept, body = told[seq]
            link = hashlib.sha256(link + body).digest()
            assert link.hex() == kept, seq
            checked[seq] = kept
        signed = stretch["checkpoint"]
        assert signed["seq"] == stretch["last"]
        assert signed["hash"] == link.hex()
        message = base64.b64decode(signed["message"])
        assert link in message
        assert signed["seq"].to_bytes(8, "big") in message
        assert key.verify(base64.b64decode(signed["signature"]), message)
    assert set(told) == set(checked)
    return checked


class TestEvidencePack:
    @pytest.fixture
    def item(self, office: Office) -> str:
        office.scan(office.made.genuine[0].payload)
        item = office.scan_picture("a.jpg", photo(office.made.recalled[0].payload, seed=12))
        office.scan(office.made.genuine[1].payload)
        office.run(
            *("quarantine", "return", item, "--by", "SVEN", "--reason", "wrong goods"),
            env={"STATION_PIN": PIN},
        )
        office.scan(office.made.genuine[2].payload)
        return item

    def test_it_proves_itself_with_the_stations_key_alone(self, office: Office, item: str) -> None:
        out = office.root.parent / "pack.zip"
        (told,) = office.run("quarantine", "pack", item, "--out", str(out))
        assert told == {"scan_id": item, "file": str(out)}
        files = read_pack(out)
        key = PublicKey.load(
            Algorithm.ED25519, bytes.fromhex(json.loads(files["proof.json"])["public_key"])
        )
        checked = check_pack(files, key)

        proof = json.loads(files["proof.json"])
        assert item in proof["lines"]
        assert set(proof["lines"].values()) <= set(checked)
        record = json.loads(files["item.json"])
        assert record["scan_id"] == item
        kinds = [line.get("act", line.get("verdict")) for line in record["lines"]]
        assert kinds == ["QUARANTINE", "picture_kept", "return_to_seller"]
        (picture,) = (name for name in files if name.startswith("pictures/"))
        digest = hashlib.sha256(files[picture]).hexdigest()
        assert picture.endswith(f".{digest}.jpg")
        assert record["pictures"][0]["sha256"] == digest
        events = json.loads(files["events.json"])["epcisBody"]["eventList"]
        assert events
        assert PIN not in str(files)

    def test_the_same_site_gives_the_same_bytes(self, office: Office, item: str) -> None:
        first = Path(office.desk.pack(item))
        assert first == office.root / "evidence" / f"{item}.zip"
        before = first.read_bytes()
        assert Path(office.desk.pack(item)).read_bytes() == before

    def test_a_changed_line_shows(self, office: Office, item: str) -> None:
        files = read_pack(Path(office.desk.pack(item)))
        key = PublicKey.load(
            Algorithm.ED25519, bytes.fromhex(json.loads(files["proof.json"])["public_key"])
        )
        body = files["journal.jsonl"].replace(b"wrong goods", b"right goods")
        assert body != files["journal.jsonl"]
        sums = files["SHA256SUMS"].replace(
            hashlib.sha256(files["journal.jsonl"]).hexdigest().encode(),
            hashlib.sha256(body).hexdigest().encode(),
        )
        with pytest.raises(AssertionError):
            check_pack({**files, "journal.jsonl": body, "SHA256SUMS": sums}, key)

    def test_the_first_line_of_a_journal_begins_at_the_beginning(self, office: Office) -> None:
        files = read_pack(Path(office.desk.pack(office.scan(office.made.recalled[0].payload)[0])))
        stretches = json.loads(files["proof.json"])["stretches"]
        assert bytes.fromhex(stretches[0]["hash_before"]) != GENESIS_HASH, "people came first"

    def test_a_folder_that_is_not_there_is_told(self, office: Office) -> None:
        (item,) = office.scan(office.made.recalled[0].payload)
        out = office.root / "none" / "pack.zip"
        done = office.warm.run(
            *("quarantine", "pack", item, "--out", str(out), "--site", office.root)
        )
        assert done.code == 4
        assert "check that its folder exists" in done.err

    def test_what_is_no_item_gives_no_pack(self, office: Office) -> None:
        out = office.root.parent / "none.zip"
        for scan_id in ("none", "../../etc/passwd", office.scan(office.made.genuine[5].payload)[0]):
            done = office.warm.run(
                *("quarantine", "pack", scan_id, "--out", str(out), "--site", office.root)
            )
            assert done.code == 2
            assert "see 'station quarantine list'" in done.err
        assert not out.exists()
