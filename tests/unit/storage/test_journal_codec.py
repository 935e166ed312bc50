"""What the journal's bytes say, and that every release goes on reading them."""

import json
from pathlib import Path

import pytest

from station.storage.journal_codec import SCHEMA, UnreadableEntryError, decode, encode
from tests.fakes.entries import QUARANTINED, entry, nameless


def test_entries_of_the_first_release_are_read_as_ever(root: Path) -> None:
    kept = (root / "tests/golden/journal_bodies.jsonl").read_bytes().splitlines()
    made = [entry(1), entry(2, QUARANTINED), nameless(3)]
    assert [decode(body) for body in kept] == made
    for body, one in zip(kept, made, strict=True):
        written = encode(one)
        assert written == encode(one)
        assert holds(json.loads(written), json.loads(body))


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
