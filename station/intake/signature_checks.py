"""Checks the signatures of several reads on two threads.

A check is the dearest step of a verdict and leaves the interpreter to others meanwhile: a second
thread checks ahead while the verdict loop decides by what has been checked. Where it has not come
far enough, the loop checks too, so that nobody waits while there is something to check. The second
thread begins with the first batch that is worth it: at a dock that keeps up there is none.
Decisions stay serial; nothing here decides.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Final

from station.core.verification import SignatureCheck, check_signature
from station.intake.recognising import Question, check_in_turn

MIN_SHARED: Final = 4
"""Fewer are checked by the caller alone: to wake a thread costs about as much as one check."""


class SignatureChecks:
    """Implements `station.intake.recognising.CheckAll`; for one caller's thread."""

    def __init__(self) -> None:
        self._second = _second_thread()

    def __call__(self, questions: Sequence[Question]) -> Iterator[SignatureCheck]:
        """Check them; each answer is there as soon as it is asked for."""
        if len(questions) < MIN_SHARED:
            return check_in_turn(questions)
        batch = _Batch(questions)
        try:
            second = self._second.submit(batch.work)
        except RuntimeError:
            # The system gives no more threads: slower is no reason to end. What was submitted waits
            # in a pool without a thread: a new one, or all of it would be kept and checked again.
            self._second.shutdown(wait=False, cancel_futures=True)
            self._second = _second_thread()
            return check_in_turn(questions)
        return batch.answers(second.result)

    def close(self) -> None:
        """End the second thread; idempotent."""
        self._second.shutdown()


def _second_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "signature-checks")


class _Batch:
    """Questions that two threads take one by one, first come, first served."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = questions
        self._answers: list[SignatureCheck | None] = [None] * len(questions)
        self._next = count()  # threads share it: no number is given twice or passed over

    def work(self) -> None:
        """Check what nobody has taken yet, until everything is taken."""
        while self._check_next():
            pass

    def answers(self, wait_for_the_other: Callable[[], None]) -> Iterator[SignatureCheck]:
        """Each answer in the order of the questions.

        Args:
            wait_for_the_other: Returns when the other thread's `work` has; raises what it raised.
        """
        for place in range(len(self._questions)):
            while (answer := self._answers[place]) is None:
                if not self._check_next():
                    wait_for_the_other()
            yield answer

    def _check_next(self) -> bool:
        """Check the next one; False when all are taken."""
        place = next(self._next)
        if place >= len(self._questions):
            return False
        self._answers[place] = check_signature(*self._questions[place])
        return True
