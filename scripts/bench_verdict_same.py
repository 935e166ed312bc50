"""Whether both sides of `bench_verdict.py` wrote the same."""

import itertools
import json
import sqlite3
from pathlib import Path

from station.storage.journal_proof import prove
from station.storage.journal_reader import JournalReader


def same_work(ours: Path, floor: Path) -> bool:
    """Whether both are sound journals with the same rows, but for moments and durations."""
    for path in (ours, floor):
        with JournalReader(path) as journal:
            finding = prove(journal).finding
        if finding is not None:
            print(f"\n{path.name}: {finding.text}")
            return False
    our_tables, floor_tables = _rows(ours), _rows(floor)
    for table, our_rows in our_tables.items():
        for our_row, floor_row in itertools.zip_longest(our_rows, floor_tables[table]):
            if our_row != floor_row:
                print(f"\n{table}: different rows\n  {our_row}\n  {floor_row}")
                return False
    count = len(our_tables["journal"])
    print(f"\nboth sides wrote the same {count} entries, claims and outbox rows")
    return True


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = sqlite3.connect(path)
    journal = [
        (*columns, _timeless(body))
        for *columns, body in connection.execute(
            "SELECT seq, scan_id, verdict_class, reason, gtin, serial, body FROM journal"
            " ORDER BY seq"
        )
    ]
    claims = connection.execute("SELECT * FROM claim ORDER BY gtin, serial").fetchall()
    outbox = connection.execute("SELECT * FROM outbox ORDER BY seq").fetchall()
    connection.close()
    return {"journal": journal, "claim": claims, "outbox": outbox}


def _timeless(body: bytes) -> str:
    """A journal body without the moment and the durations; the order of its fields stays."""
    document = json.loads(body)
    entry = document["entry"]
    entry["time_utc"] = ""
    entry["timings"] = list(entry["timings"])
    return json.dumps(document)
