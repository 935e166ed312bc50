"""Site policy: the few choices a site makes, as data that is versioned and stored with verdicts."""

from dataclasses import dataclass

from station.core.registry import UnenrolledPolicy


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """How a site decides where the rules leave it a choice.

    Attributes:
        version: Names this policy in the journal; the digest of its file, or ``default``.
        unenrolled: What becomes of a GTIN no brand enrolled.
        fresh_hours: Registry age up to which verdicts are plain.
        amber_hours: Registry age up to which verdicts are only flagged; beyond, provisional.
    """

    version: str = "default"
    unenrolled: UnenrolledPolicy = UnenrolledPolicy.ACCEPT_NOTE
    fresh_hours: float = 26.0
    amber_hours: float = 72.0
