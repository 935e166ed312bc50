"""Makes the checkout's private environment, `.venv`; what does it is in `scripts/bootstrap/`.

Called by `scripts/station` and `scripts/test` through `_bootstrap.sh`, by a Python that has nothing
but its standard library.

    _bootstrap.py ready PROFILE     exit 0 when the environment is there and current, else 1
    _bootstrap.py prepare PROFILE   make it so
    _bootstrap.py place             what an environment is tied to, as JSON

PROFILE is `run` (what the station needs) or `test` (the test tools on top).
"""

import sys
from pathlib import Path

# Last, so that nothing in a checkout stands before the standard library.
sys.path.append(str(Path(__file__).resolve().parent.parent))

from scripts.bootstrap.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
