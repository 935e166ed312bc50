"""The floor of `bench_verdict.py`: the same four steps by hand, without any of our code.

sqlite3, `cryptography`, msgspec and nothing of `station`. It reads the same registry file, writes
the same rows into the same tables (the same JSON body, hash chain, claim and outbox row), with one
prepared statement a look-up and one transaction a commit. What it leaves out is everything a
station needs beyond one good unit of one kind: other codes, other verdicts, repairs, errors told.
It stops at the first thing it does not expect.
"""

import binascii
import hashlib
import re
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_LAYOUT = re.compile(rb"01([0-9]{14})21([!-z]{1,20})\x1d99([A-Za-z0-9_-]{89}[AQgw])")

_STANDARD_BASE64 = bytes.maketrans(b"-_", b"+/")

_FIND_UNIT = (
    "SELECT s.state, s.overlays, s.lot, s.expiry, s.place FROM unit u"
    " JOIN standing s ON s.standing_id = u.standing_id WHERE u.product_id = ? AND u.serial = ?"
)
_FIND_CLAIM = (
    "SELECT state, station, scan_id, verdict_class, reason FROM claim WHERE gtin = ? AND serial = ?"
)
_CLAIM = (
    "INSERT INTO claim (gtin, serial, state, station, scan_id, verdict_class, reason, seq)"
    " VALUES (?, ?, 3, ?, ?, 0, 'OK', ?) ON CONFLICT (gtin, serial) DO NOTHING"
)
_JOURNAL = (
    "INSERT INTO journal"
    " (seq, scan_id, time_utc, verdict_class, reason, gtin, serial, body, hash)"
    " VALUES (?, ?, ?, 0, 'OK', ?, ?, ?, ?)"
)
_OUTBOX = "INSERT INTO outbox (seq, event_kind) VALUES (?, 'receiving')"
_CHECKPOINT = "INSERT INTO checkpoint (seq, hash, signature, time_utc) VALUES (?, ?, ?, ?)"
_CHECKPOINT_EVERY = 1000

_encode = msgspec.json.Encoder().encode

ACTIVE = 1


class UnexpectedError(Exception):
    """Something other than a good unit."""


class Floor:
    """One hand-written station."""

    def __init__(
        self,
        registry: Path,
        database: Path,
        station: str,
        versions: dict[str, str],
        sign: Callable[[bytes], bytes],
    ) -> None:
        self._registry = sqlite3.connect(
            f"file:{registry}?mode=ro&immutable=1", uri=True, isolation_level=None
        )
        self._find_unit = self._registry.execute
        (self._generation, self._keys_digest) = self._registry.execute(
            "SELECT number, keys_digest FROM generation"
        ).fetchone()
        self._products: dict[bytes, tuple[int, int]] = {
            gtin.encode(): (product_id, brand_id)
            for gtin, product_id, brand_id in self._registry.execute(
                "SELECT gtin, product_id, brand_id FROM product"
            )
        }
        self._keys = {
            (brand_id, key_id): Ed25519PublicKey.from_public_bytes(public_key)
            for brand_id, key_id, public_key in self._registry.execute(
                "SELECT brand_id, key_id, public_key FROM signing_key"
                " WHERE algorithm = 1 AND state = 'active'"
            )
        }
        self._database = sqlite3.connect(database, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._database.execute(f"PRAGMA {pragma}")
        self._execute = self._database.execute
        self._station = station
        self._versions = versions
        self._sign = sign
        self._seq = 0
        self._hash = bytes(32)
        self._signed_seq = 0

    def decide(self, payload: bytes, scan_id: str) -> dict[str, Any]:
        """Parse, verify, look up the unit and its claim; the journal's entry of a good unit."""
        started_ns = time.monotonic_ns()
        match = _LAYOUT.fullmatch(payload)
        if match is None:
            raise UnexpectedError("not a unit code")
        gtin_bytes, serial_bytes, tag_text = match.groups()
        total = sum(gtin_bytes[-2::-2]) * 3 + sum(gtin_bytes[-3::-2]) - 27 * 48
        if (10 - total) % 10 != gtin_bytes[13] - 48:
            raise UnexpectedError("check digit")
        tag = binascii.a2b_base64(tag_text.translate(_STANDARD_BASE64) + b"==")
        if tag[0] != 0x11:
            raise UnexpectedError("not Ed25519")
        signed = b"UC1\x00" + tag[:3] + gtin_bytes + b"\x1d" + serial_bytes
        parsed_ns = time.monotonic_ns()
        product = self._products.get(gtin_bytes)
        if product is None:
            raise UnexpectedError("not enrolled")
        product_id, brand_id = product
        key = self._keys[brand_id, tag[1] << 8 | tag[2]]
        gtin, serial = gtin_bytes.decode(), serial_bytes.decode()
        unit = self._find_unit(_FIND_UNIT, (product_id, serial)).fetchone()
        if unit is None:
            raise UnexpectedError("not listed")
        claim = self._execute(_FIND_CLAIM, (gtin, serial)).fetchone()
        found_ns = time.monotonic_ns()
        now_utc = datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
        key.verify(tag[3:], signed)
        state, overlays, _lot, expiry, _place = unit
        last_day = f"20{expiry[:2]}-{expiry[2:4]}-{expiry[4:]}"
        if claim is not None or state != ACTIVE or overlays or last_day < now_utc[:10]:
            raise UnexpectedError("not a good unit")
        done_ns = time.monotonic_ns()
        identity = {"gtin": gtin, "serial": serial}
        return {
            "scan_id": scan_id,
            "time_utc": now_utc,
            "station": self._station,
            "source": "bench",
            "payload": payload,
            "symbology_identifier": "]d2",
            "kind": "uc1",
            "identity": identity,
            "gtin": gtin,
            "facts": {
                "kind": "uc1",
                "problem": None,
                "declared": None,
                "identity": identity,
                "enrolled": True,
                "form_accepted": True,
                "form_must_be_signed": True,
                "signature": "valid",
                "key_state": "active",
                "key_entitled": True,
                "listed": True,
                "unit_state": state,
                "overlays": overlays,
                "received_elsewhere": None,
                "expired": False,
                "data_mismatch": (),
                "claim_state": None,
                "claim_station": None,
                "standing_class": None,
                "standing_reason": None,
                "repeat": "none",
                "second_read": False,
                "places_in_frame": 1,
                "freshness": "fresh",
                "fault": None,
                "today": now_utc[:10],
                "outer_level": gtin[0] != "0",
                "level_of_enrolled": False,
                "scanner_faults": (),
                "expectation": "none",
                "other_shipment": None,
                "seller_authorised": True,
                "claim_scan": None,
                "claim_previous": None,
                "presented_class": None,
                "by_signature": False,
                "place_in_frame": 1,
            },
            "verdict": {
                "verdict_class": 0,
                "reason": "OK",
                "also": (),
                "modifiers": (),
                "provisional": False,
                "change": "receive",
                "lane": "",
            },
            "registry_generation": self._generation,
            "keys_digest": self._keys_digest,
            **self._versions,
            "picture": "",
            "timings": {
                "decode_ms": 0.0,
                "verify_ms": (parsed_ns - started_ns + done_ns - found_ns) / 1e6,
                "lookup_ms": (found_ns - parsed_ns) / 1e6,
                "commit_ms": 0.0,
                "total_ms": (done_ns - started_ns) / 1e6,
            },
            "operator": "",
            "shipment": "",
            "symbol_format": "DataMatrix",
            "complete": True,
            "proven": True,
            "print_quality": None,
        }

    def commit(self, entries: Sequence[dict[str, Any]]) -> None:
        """Journal, claim and outbox rows of all entries, in one transaction."""
        executemany = self._database.executemany
        seq, link = self._seq, self._hash
        journal, claims, outbox = [], [], []
        for entry in entries:
            seq += 1
            body = _encode({"schema": 1, "entry": entry})
            link = hashlib.sha256(link + body).digest()
            scan_id, gtin, serial = entry["scan_id"], entry["gtin"], entry["identity"]["serial"]
            journal.append((seq, scan_id, entry["time_utc"], gtin, serial, body, link))
            claims.append((gtin, serial, self._station, scan_id, seq))
            outbox.append((seq,))
        self._execute("BEGIN IMMEDIATE")
        executemany(_JOURNAL, journal)
        if executemany(_CLAIM, claims).rowcount != len(claims):
            raise UnexpectedError("claimed already")
        executemany(_OUTBOX, outbox)
        if seq - self._signed_seq >= _CHECKPOINT_EVERY:
            self._checkpoint(seq, link, entries[-1]["time_utc"])
            self._signed_seq = seq
        self._execute("COMMIT")
        self._seq, self._hash = seq, link

    def _checkpoint(self, seq: int, head: bytes, time_utc: str) -> None:
        message = b"".join(
            (
                b"intake-station/checkpoint/1\x00",
                seq.to_bytes(8, "big"),
                head,
                time_utc.encode(),
                b"\x00",
                self._station.encode(),
            )
        )
        self._execute(_CHECKPOINT, (seq, head, self._sign(message), time_utc))

    def close(self) -> None:
        """Release both files."""
        self._database.close()
        self._registry.close()
