"""Lets a long task give way to the dock beside it."""

import contextlib
import os


def give_way() -> None:
    """Take the lowest priority for this process; its disk accesses follow (ioprio_set(2)).

    Building a registry takes a processor for minutes; a verdict beside it must not wait. A system
    that does not allow it is none the worse.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, 19)
