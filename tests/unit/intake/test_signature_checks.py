"""Signatures checked on two threads come back as one thread would give them."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from station.core.parsing import parse
from station.core.registry import KeyState
from station.core.verification import SignatureCheck, check_signature
from station.intake import signature_checks
from station.intake.loop import MAX_TOGETHER, Pulse
from station.intake.recognising import Question, check_in_turn
from station.intake.signature_checks import MIN_SHARED, SignatureChecks
from tests.fakes.intake import Dock, forged, genuine, registry, unsigned
from tests.fakes.replacing import replace


@pytest.fixture
def checks() -> Iterator[SignatureChecks]:
    made = SignatureChecks()
    yield made
    made.close()


def questions(*payloads: bytes) -> list[Question]:
    known = registry()
    product, key = known.product_records[0], known.key_records[0]
    return [Question(parse(payload, "]d2"), product, key) for payload in payloads]


@pytest.mark.parametrize("count", range(3 * MIN_SHARED))
def test_answers_stand_in_the_order_of_the_questions(checks: SignatureChecks, count: int) -> None:
    kinds = (genuine, forged, unsigned)
    asked = questions(*(kinds[n * n % 3](f"U{n}") for n in range(count)))
    assert list(checks(asked)) == list(check_in_turn(asked))


def test_few_are_checked_by_the_caller_alone(checks: SignatureChecks) -> None:
    before = threading.active_count()
    list(checks(questions(*(genuine(f"U{n}") for n in range(MIN_SHARED - 1)))))
    assert threading.active_count() == before


def test_two_threads_share_many(checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=60)
    threads: list[int] = []

    def at_once(*question: Any) -> SignatureCheck:
        if len(threads) < 2:
            threads.append(threading.get_ident())
            both.wait()
        return check_signature(*question)

    monkeypatch.setattr(signature_checks, "check_signature", at_once)
    assert (
        len(list(checks(questions(*(genuine(f"U{n}") for n in range(MIN_SHARED)))))) == MIN_SHARED
    )
    assert len(set(threads)) == 2


def test_the_second_thread_checks_ahead_of_the_caller(
    checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = questions(*(genuine(f"U{n}") for n in range(3 * MIN_SHARED)))
    checked: list[int] = []
    all_checked = threading.Event()

    def note(*question: Any) -> SignatureCheck:
        checked.append(threading.get_ident())
        if len(checked) == len(asked):
            all_checked.set()
        return check_signature(*question)

    monkeypatch.setattr(signature_checks, "check_signature", note)
    answers = checks(asked)
    assert all_checked.wait(60), "it waits to be asked"
    assert threading.get_ident() not in checked
    assert list(answers) == list(check_in_turn(asked))


def test_what_the_other_thread_takes_last_is_waited_for(
    checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, asked = threading.get_ident(), questions(*(genuine(f"U{n}") for n in range(9)))
    taken, given = threading.Event(), threading.Event()
    by_caller: list[int] = []

    def hold_the_first(*question: Any) -> SignatureCheck:
        if threading.get_ident() != caller:
            taken.set()
            assert given.wait(60)
        else:
            by_caller.append(1)
            if len(by_caller) == len(asked) - 1:
                given.set()
        return check_signature(*question)

    monkeypatch.setattr(signature_checks, "check_signature", hold_the_first)
    answers = checks(asked)
    assert taken.wait(60)
    assert list(answers) == list(check_in_turn(asked))
    assert len(by_caller) == len(asked) - 1


def test_what_fails_on_the_second_thread_fails_the_caller(
    checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, tried = threading.get_ident(), threading.Event()

    def fail_elsewhere(*question: Any) -> SignatureCheck:
        if threading.get_ident() != caller:
            tried.set()
            raise RuntimeError("nobody foresaw this")
        return check_signature(*question)

    monkeypatch.setattr(signature_checks, "check_signature", fail_elsewhere)
    answers = checks(questions(*(genuine(f"U{n}") for n in range(MIN_SHARED))))
    assert tried.wait(60)
    with pytest.raises(RuntimeError, match="nobody foresaw"):
        list(answers)


def test_a_second_thread_that_cannot_start_is_done_without(
    checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    asked = questions(*(genuine(f"U{n}") if n % 2 else forged(f"U{n}") for n in range(9)))
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert list(checks(asked)) == list(check_in_turn(asked))
    assert list(checks(asked)) == list(check_in_turn(asked))


def test_what_no_thread_could_be_started_for_is_not_checked_again(
    checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dock that gets no thread for hours neither keeps its reads nor works them off later."""

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    checked: list[int] = []

    def note(*question: Any) -> SignatureCheck:
        checked.append(1)
        return check_signature(*question)

    asked = questions(*(genuine(f"U{n}") for n in range(MIN_SHARED)))
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        for _ in range(3):
            list(checks(asked))
    monkeypatch.setattr(signature_checks, "check_signature", note)
    list(checks(asked))
    checks.close()
    assert len(checked) == len(asked)


def test_one_generation_recognises_and_judges_what_was_taken_together() -> None:
    """A key is revoked while a batch is worked through: no verdict is by half of the new list."""
    dock = Dock(registry("A1", "A2", "A3"))
    revoked = replace(
        dock.registry,
        generation=replace(dock.registry.generation, number=2),
        key_records=[replace(dock.registry.key_records[0], state=KeyState.REVOKED)],
    )
    dock.scan(genuine("A1"))
    dock.arrived.append(Pulse(lambda: setattr(dock, "registry", revoked)))
    for n in range(MAX_TOGETHER):
        dock.scan(genuine(f"A{n % 3 + 1}"), source=f"s{n}")
    dock.run_together()
    judged = {(entry.registry_generation, entry.facts.key_state) for entry in dock.told.verdicts}
    assert judged == {(1, KeyState.ACTIVE), (2, KeyState.REVOKED)}
