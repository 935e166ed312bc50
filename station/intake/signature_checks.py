"""Checks the signatures of several reads on two threads.

A check is the dearest step of a verdict and leaves the interpreter to others meanwhile, so that two
cores check two at a time. The second thread begins with the first batch that is worth it: at a dock
that keeps up there is none. Decisions stay serial; nothing here decides.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from station.core.verification import SignatureCheck
from station.intake.recognising import Question, check_in_turn

MIN_SHARED: Final = 4
"""Fewer are checked by the caller alone: to wake a thread costs about as much as one check."""


class SignatureChecks:
    """Implements `station.intake.recognising.CheckAll`; for one caller's thread."""

    def __init__(self) -> None:
        self._second = ThreadPoolExecutor(1, "signature-checks")

    def __call__(self, questions: Sequence[Question]) -> list[SignatureCheck]:
        """Check them, the later half on the second thread."""
        if len(questions) < MIN_SHARED:
            return check_in_turn(questions)
        middle = len(questions) // 2
        try:
            later = self._second.submit(check_in_turn, questions[middle:])
        except RuntimeError:
            # The system gives no more threads: slower is no reason to end.
            return check_in_turn(questions)
        return check_in_turn(questions[:middle]) + later.result()

    def close(self) -> None:
        """End the second thread; idempotent."""
        self._second.shutdown()
