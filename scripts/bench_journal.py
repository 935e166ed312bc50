"""How fast a journal is proved, beside a floor: SHA-256 chained over the same bodies.

Builds a station database of N entries by the product's own writer, in groups, then proves it as
`station journal verify` does and, in the same run and on the same file, computes the bare chain.
Finally one entry is changed, and the proof must name it.

    python scripts/bench_journal.py [--entries N] [--folder DIR] [--check]

The bound, held with --check: a million entries within a minute, whatever N is.
"""

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from station.core.codes import Algorithm, CodeKind, UnitIdentity  # noqa: E402
from station.core.crypto import PrivateKey  # noqa: E402
from station.core.facts import Facts, SignatureStatus  # noqa: E402
from station.core.journal import GENESIS_HASH, JournalEntry, chain_hash  # noqa: E402
from station.core.reasons import Reason, VerdictClass  # noqa: E402
from station.core.registry import KeyState, UnitState  # noqa: E402
from station.core.symbol import SymbolFormat  # noqa: E402
from station.core.unit_code import element_string, encode_tag  # noqa: E402
from station.core.verdict import UnitChange, Verdict  # noqa: E402
from station.storage import station_db  # noqa: E402
from station.storage.journal_proof import Proof, prove  # noqa: E402
from station.storage.journal_reader import JournalReader  # noqa: E402

MIN_ENTRIES_PER_S = 1_000_000 / 60
GROUP = 500
STATION = "dock-1"
GTIN = "09506000134352"
KEY = PrivateKey.from_seed(Algorithm.ED25519, bytes(range(32)))

_RECEIVED = Verdict(VerdictClass.ACCEPT, Reason.OK, change=UnitChange.RECEIVE)
_RECALLED = Verdict(VerdictClass.QUARANTINE, Reason.UNIT_RECALLED, change=UnitChange.QUARANTINE)
_MISREAD = Verdict(VerdictClass.RESCAN, Reason.SIGNATURE_INVALID)


def made_up_entries(count: int) -> Iterator[JournalEntry]:
    """Mostly received units, some recalled, some misread; sizes as at a dock."""
    tag = encode_tag(Algorithm.ED25519, 1, bytes(64))
    for number in range(count):
        identity = UnitIdentity(GTIN, f"B{number:012}")
        verdict = _MISREAD if number % 50 == 7 else _RECALLED if number % 50 == 9 else _RECEIVED
        facts = Facts(
            kind=CodeKind.UC1,
            identity=identity,
            enrolled=True,
            form_must_be_signed=True,
            signature=SignatureStatus.VALID,
            key_state=KeyState.ACTIVE,
            listed=True,
            unit_state=UnitState.ACTIVE,
        )
        second = number // 4
        yield JournalEntry(
            scan_id=f"{number:026}",
            time_utc=f"2026-03-02T{second // 3600 % 24:02}:{second // 60 % 60:02}:00.000Z",
            station=STATION,
            source="serial:/dev/serial/by-id/usb-Scanner-if00",
            payload=element_string(identity, tag),
            symbology_identifier="]d2",
            kind=CodeKind.UC1,
            identity=identity,
            gtin=GTIN,
            facts=facts,
            verdict=verdict,
            registry_generation=7,
            keys_digest="ab" * 32,
            policy_version="default",
            software_version="0.1.0",
            operator="ANNA",
            symbol_format=SymbolFormat.DATA_MATRIX,
        )


def build(path: Path, count: int) -> None:
    """Write a journal of `count` entries."""
    station_db.create(path, STATION)
    store = station_db.open_store(path, KEY.sign)
    group: list[JournalEntry] = []
    for entry in made_up_entries(count):
        group.append(entry)
        if len(group) == GROUP:
            store.commit(group)
            group.clear()
    if group:
        store.commit(group)
    store.close()


def bare_chain(path: Path) -> bytes:
    """The floor: every body read and hashed, nothing else."""
    link = GENESIS_HASH
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for (body,) in connection.execute("SELECT body FROM journal ORDER BY seq"):
            link = chain_hash(link, body)
    return link


def proof_of(path: Path) -> Proof:
    """What `station journal verify` finds."""
    with JournalReader(path) as journal:
        return prove(journal, check_signature=KEY.public_key.verify)


def change_one(path: Path, seq: int) -> None:
    """Put another reason into an entry, as whoever has the file can."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute(
            "UPDATE journal SET body = CAST(replace(body, '\"OK\"', '\"NO\"') AS BLOB)"
            " WHERE seq = ?",
            (seq,),
        )


def main() -> int:
    """Run the bench; 1 when the bound is missed or the proof is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="on the disk to measure")
    parser.add_argument("--check", action="store_true", help="fail when the bound is missed")
    options = parser.parse_args()
    count = options.entries
    with tempfile.TemporaryDirectory(prefix="bench-journal-", dir=options.folder or ROOT) as folder:
        path = Path(folder, "station.db")
        started_s = perf_counter()
        build(path, count)
        built_s = perf_counter() - started_s
        size = path.stat().st_size / count
        print(f"built {count} entries in {built_s:.1f} s, {size:.0f} bytes each with claims")
        started_s = perf_counter()
        head = bare_chain(path)
        floor_s = perf_counter() - started_s
        started_s = perf_counter()
        proof = proof_of(path)
        proof_s = perf_counter() - started_s
        rate = count / proof_s
        print(f"bare chain   {floor_s:8.2f} s  {count / floor_s:9.0f} entries/s")
        print(
            f"proved       {proof_s:8.2f} s  {rate:9.0f} entries/s, {proof_s / floor_s:.1f} times "
            f"the floor; at least {MIN_ENTRIES_PER_S:.0f}"
        )
        sound = proof.finding is None and proof.entries == count and proof.head_hash == head
        changed = count * 3 // 4 // 50 * 50 + 1
        change_one(path, changed)
        finding = proof_of(path).finding
        found = finding is not None and finding.seq == changed
        print(f"sound: {sound}; a changed entry {changed} is named: {found}")
    good = sound and found and (rate >= MIN_ENTRIES_PER_S or not options.check)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
