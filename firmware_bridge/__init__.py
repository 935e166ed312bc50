"""Talks to devices: ports, framings, scanner feedback, outputs. Knows nothing of the station."""
