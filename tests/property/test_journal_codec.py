"""Any entry comes back from the journal as it went in, and any bytes give an entry or a refusal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.core.codes import CodeKind, UnitIdentity
from station.core.facts import Facts, Freshness, Repeat, SignatureStatus
from station.core.journal import JournalEntry, Timings
from station.core.print_quality import PrintQuality, Standard
from station.core.reasons import Reason, VerdictClass
from station.core.registry import KeyState, Overlay, UnitState
from station.core.verdict import UnitChange, Verdict
from station.storage.journal_codec import UnreadableEntryError, decode, encode
from tests.fakes.entries import entry
from tests.fakes.replacing import replace

shares = st.floats(0, 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
identities = st.builds(UnitIdentity, texts, texts)
reasons = st.sampled_from(Reason)
durations = st.floats(min_value=0, max_value=1e9, allow_nan=False)
facts = st.builds(
    Facts,
    kind=st.sampled_from(CodeKind),
    problem=st.none() | reasons,
    declared=st.none() | reasons,
    identity=st.none() | identities,
    enrolled=st.none() | st.booleans(),
    form_accepted=st.booleans(),
    form_must_be_signed=st.booleans(),
    signature=st.sampled_from(SignatureStatus),
    key_state=st.none() | st.sampled_from(KeyState),
    key_entitled=st.booleans(),
    listed=st.booleans(),
    unit_state=st.none() | st.sampled_from(UnitState),
    overlays=st.integers(0, 15).map(Overlay),
    received_elsewhere=st.none() | texts,
    expired=st.booleans(),
    data_mismatch=st.lists(texts, max_size=3).map(tuple),
    claim_state=st.none() | st.sampled_from(UnitState),
    claim_station=st.none() | texts,
    standing_class=st.none() | st.sampled_from(VerdictClass),
    standing_reason=st.none() | reasons,
    repeat=st.sampled_from(Repeat),
    second_read=st.booleans(),
    places_in_frame=st.integers(1, 1000),
    freshness=st.sampled_from(Freshness),
    fault=st.none() | texts,
)
entries = st.builds(
    JournalEntry,
    scan_id=texts,
    time_utc=texts,
    station=texts,
    source=texts,
    payload=st.binary(max_size=200),
    symbology_identifier=texts,
    kind=st.sampled_from(CodeKind),
    identity=st.none() | identities,
    gtin=st.none() | texts,
    facts=facts,
    verdict=st.builds(
        Verdict,
        verdict_class=st.sampled_from(VerdictClass),
        reason=reasons,
        also=st.lists(reasons, max_size=4).map(tuple),
        modifiers=st.lists(reasons, max_size=4).map(tuple),
        provisional=st.booleans(),
        change=st.sampled_from(UnitChange),
    ),
    registry_generation=st.integers(0, 2**62),
    keys_digest=texts,
    policy_version=texts,
    software_version=texts,
    picture=texts,
    timings=st.builds(Timings, durations, durations, durations, durations, durations),
    print_quality=st.none()
    | st.builds(
        PrintQuality,
        st.sampled_from(Standard),
        *(shares,) * 3,
        *(st.none() | shares,) * 4,
    ),
)


@given(entries)
def test_an_entry_comes_back_as_it_went_in(made: JournalEntry) -> None:
    body = encode(made)
    assert decode(body) == made
    assert encode(decode(body)) == body


@given(entries)
def test_the_body_is_json_that_anyone_can_read(made: JournalEntry) -> None:
    document = json.loads(encode(made))
    assert document["schema"] == 1
    assert document["entry"]["verdict"]["reason"] == made.verdict.reason.value


@given(st.binary(max_size=300))
def test_any_bytes_give_an_entry_or_a_refusal(body: bytes) -> None:
    with pytest.raises(UnreadableEntryError):
        decode(body)


@given(st.data())
def test_a_damaged_entry_gives_an_entry_or_a_refusal(data: st.DataObject) -> None:
    body = bytearray(encode(entry(1)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] = data.draw(st.integers(0, 255))
    try:
        damaged = decode(bytes(body))
    except UnreadableEntryError:
        return
    assert isinstance(damaged, JournalEntry)


@given(st.text(min_size=1, max_size=20))
def test_a_file_name_of_any_bytes_can_be_journalled(name: str) -> None:
    facts_of_fault = Facts(kind=CodeKind.NONE, fault=f"\udcff{name}")
    made = replace(entry(1), picture=f"\udc80{name}", source=name, facts=facts_of_fault)
    back = decode(encode(made))
    assert isinstance(back, JournalEntry)
    assert back.picture.startswith("\\udc80")
    assert back.facts.fault is not None
    assert replace(back, picture="", source="", facts=made.facts) == replace(
        made, picture="", source=""
    )
