"""Signatures checked on two threads come back as one thread would give them."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from station.core.parsing import parse
from station.core.registry import KeyState
from station.core.verification import SignatureCheck
from station.intake import signature_checks
from station.intake.loop import MAX_TOGETHER, Pulse
from station.intake.recognising import Question, check_in_turn
from station.intake.signature_checks import MIN_SHARED, SignatureChecks
from tests.fakes.intake import Dock, forged, genuine, registry, unsigned


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
    assert checks(asked) == check_in_turn(asked)


def test_few_are_checked_by_the_caller_alone(checks: SignatureChecks) -> None:
    before = threading.active_count()
    checks(questions(*(genuine(f"U{n}") for n in range(MIN_SHARED - 1))))
    assert threading.active_count() == before


def test_two_threads_share_many(checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=60)
    threads = set()

    def at_once(asked: list[Question]) -> list[SignatureCheck]:
        both.wait()
        threads.add(threading.get_ident())
        return check_in_turn(asked)

    monkeypatch.setattr(signature_checks, "check_in_turn", at_once)
    checks(questions(*(genuine(f"U{n}") for n in range(MIN_SHARED))))
    assert len(threads) == 2


def test_what_fails_on_the_second_thread_fails_the_caller(
    checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = threading.get_ident()

    def fail_elsewhere(asked: list[Question]) -> list[SignatureCheck]:
        if threading.get_ident() != caller:
            raise RuntimeError("nobody foresaw this")
        return check_in_turn(asked)

    monkeypatch.setattr(signature_checks, "check_in_turn", fail_elsewhere)
    with pytest.raises(RuntimeError, match="nobody foresaw"):
        checks(questions(*(genuine(f"U{n}") for n in range(MIN_SHARED))))


def test_a_second_thread_that_cannot_start_is_done_without(
    checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    asked = questions(*(genuine(f"U{n}") if n % 2 else forged(f"U{n}") for n in range(9)))
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        assert checks(asked) == check_in_turn(asked)
    assert checks(asked) == check_in_turn(asked)


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
