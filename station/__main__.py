"""Runs the command line as `python -m station`."""

import sys

from station.app.main import main

if __name__ == "__main__":
    sys.exit(main())
