"""The intake station: every unit scanned at the dock, judged genuine or not, offline."""

__version__ = "0.1.0"
