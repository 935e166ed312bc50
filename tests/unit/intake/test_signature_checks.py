"""Signatures checked on two threads come back as one thread would give them."""

import threading
from collections.abc import Iterator

import pytest

from station.core.parsing import parse
from station.core.verification import SignatureCheck
from station.intake import signature_checks
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


def test_reads_that_wait_together_are_judged_as_one_by_one() -> None:
    serials = [f"W{n % 7}" for n in range(40)]
    together, alone = (Dock(registry(*(f"W{n}" for n in range(6)))) for _ in range(2))
    for n, serial in enumerate(serials):
        payload = forged(serial) if n % 11 == 3 else genuine(serial)
        together.scan(payload, source=f"s{n % 3}")
        alone.scan(payload, source=f"s{n % 3}")
    given = []
    arrived, alone.arrived = alone.arrived, []
    engine = alone.engine()
    engine.start()
    for one in arrived:
        alone.loop.submit(one)
        alone.loop._worker.wait_until_handled()
    assert engine.wait().crash is None
    given = [(e.verdict.verdict_class, e.verdict.reason) for e in alone.told.verdicts]
    assert together.run() == given
