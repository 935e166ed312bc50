"""What the journal's bytes say, and that every release goes on reading them."""

import json
from pathlib import Path

import pytest

from station.core.journal import JournalEntry
from station.storage.journal_codec import SCHEMA, UnreadableEntryError, decode, encode
from tests.fakes.entries import QUARANTINED, entry, nameless
from tests.fakes.grader import SOUND
from tests.fakes.replacing import replace


def test_entries_of_the_first_release_are_read_as_ever(root: Path) -> None:
    kept = (root / "tests/golden/journal_bodies.jsonl").read_bytes().splitlines()
    made = [entry(1), entry(2, QUARANTINED), nameless(3)]
    assert [decode(body) for body in kept] == made
    for body, one in zip(kept, made, strict=True):
        written = encode(one)
        assert written == encode(one)
        assert holds(json.loads(written), json.loads(body))


def test_entries_of_before_prints_were_looked_at_say_nothing_of_them(root: Path) -> None:
    for body in (root / "tests/golden/journal_bodies.jsonl").read_bytes().splitlines():
        assert b"print_quality" not in body
        old = decode(body)
        assert isinstance(old, JournalEntry)
        assert old.print_quality is None


def test_an_estimate_is_kept_as_measured() -> None:
    body = encode(replace(entry(1), print_quality=SOUND))
    assert json.loads(body)["entry"]["print_quality"] == {
        "standard": "ISO/IEC 15415",
        "module_px": 4.0,
        "contrast": 0.9,
        "modulation": 0.8,
        "quiet_zone": 1.0,
        "unused_error_correction": 1.0,
        "fixed_pattern_damage": 0.0,
        "axial_nonuniformity": 0.01,
    }
    assert decode(body) == replace(entry(1), print_quality=SOUND)


def holds(later: object, earlier: object) -> bool:
    """Whether everything an earlier release wrote is written still, fields added or not."""
    if isinstance(later, dict) and isinstance(earlier, dict):
        return all(name in later and holds(later[name], earlier[name]) for name in earlier)
    return later == earlier


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"schema": SCHEMA + 1, "entry": {"anything": "else"}}).encode(),
        encode(entry(1)).replace(b'"schema":1', b'"schema":2'),
    ],
    ids=["other fields", "the same fields, which may mean something else"],
)
def test_a_newer_schema_says_so(body: bytes) -> None:
    with pytest.raises(UnreadableEntryError, match=r"newer release \(schema 2, .* up to 1\)"):
        decode(body)


def test_an_unknown_reason_says_where() -> None:
    body = encode(entry(1)).replace(b'"reason":"OK"', b'"reason":"NEVER_HEARD_OF"')
    with pytest.raises(UnreadableEntryError, match=r"schema 1: .*verdict\.reason"):
        decode(body)


def test_a_field_a_later_release_added_is_passed_over() -> None:
    body = encode(entry(1)).replace(b'"entry":{', b'"entry":{"added":"later",')
    assert decode(body) == entry(1)
