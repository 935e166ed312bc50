"""A site as doctor finds it, one check at a time."""

from pathlib import Path

from station.app.checkup import Finding, Status, examine


def found(site: Path, check: str) -> Finding:
    """The one finding of a check; whatever is not well has its mend."""
    (finding,) = examine(site, (check,))
    assert finding.check == check
    assert finding.status in {Status.OK, Status.SKIPPED} or finding.mend
    return finding
