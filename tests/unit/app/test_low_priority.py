import os
import subprocess
import sys

WORK = (
    "import os; from station.app.low_priority import give_way; give_way();"
    "print(os.getpriority(os.PRIO_PROCESS, 0))"
)


def test_a_long_task_takes_the_lowest_priority() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WORK], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout == "19\n"
    assert os.getpriority(os.PRIO_PROCESS, 0) < 19
