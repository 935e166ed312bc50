"""Goes through a site's journal and decides every entry again; memory stays bounded."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from station.core.acts import ActEntry, Standing
from station.core.codes import SignedUnit, UnitIdentity
from station.core.journal import Entry, JournalEntry
from station.core.policy import SitePolicy
from station.core.registry import KeyRecord
from station.core.replaying import (
    Difference,
    act_differences,
    found_by,
    left_by,
    payload_differences,
    readings,
    rests_on_standing,
    signature_differences,
    signatures_checked,
    standing_differences,
    verdict_differences,
)
from station.ports.registry import Registry
from station.storage.journal_reader import JournalReader, StoredEntry

MAX_SHOWN: Final = 100
"""Differences kept to be shown; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A difference with the entry it is of."""

    seq: int
    scan_id: str
    difference: Difference


@dataclass(slots=True)
class Replayed:
    """What came out.

    Attributes:
        entries: How many were decided again.
        differing: How many of them come out differently.
        signatures: How many signatures were checked again.
        keys_gone: How many could not be: the registry holds their key no more.
        policies_gone: Entries that could not be decided again, by the policy that is not kept.
        first: The first differences.
    """

    entries: int = 0
    differing: int = 0
    signatures: int = 0
    keys_gone: int = 0
    policies_gone: dict[str, int] = field(default_factory=dict)
    first: list[Differing] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether everything was decided again, and as it was."""
        return not self.differing and not self.policies_gone


class Replay:
    """Decides entries again, one by one.

    Args:
        journal: Makes entries out of rows.
        policies: Site policies by version.
        registry: For keys; None checks no signatures.
    """

    def __init__(
        self,
        journal: JournalReader,
        policies: dict[str, SitePolicy],
        registry: Registry | None,
    ) -> None:
        self._journal = journal
        self._policies = policies
        self._registry = registry
        self.result: Final = Replayed()

    def run(self, stored: Iterable[StoredEntry]) -> Replayed:
        """Decide rows again.

        Raises:
            StorageError: An entry cannot be read, or the registry fails.
        """
        for row in stored:
            self._take(row.seq, self._journal.entry_of(row))
        return self.result

    def _take(self, seq: int, entry: Entry) -> None:
        result = self.result
        result.entries += 1
        if isinstance(entry, ActEntry):
            about = self._journal.find(entry.about) if entry.about else None
            differences = act_differences(entry, about)
        else:
            differences = self._verdict(entry)
        if entry.identity is not None and rests_on_standing(entry):
            left = self._left_before(seq, entry, entry.identity)
            differences += standing_differences(entry, left)
        if differences:
            result.differing += 1
            room = MAX_SHOWN - len(result.first)
            result.first += [Differing(seq, entry.scan_id, each) for each in differences[:room]]

    def _left_before(self, seq: int, entry: Entry, identity: UnitIdentity) -> Standing | None:
        """How the last line before another left a unit."""
        for stored in self._journal.of_unit_before(identity, seq):
            left = left_by(self._journal.entry_of(stored), identity)
            if left is not None:
                return left[0]
        # A new label is filed under the old one's name: its line is found by its own.
        found = found_by(entry)
        origin = None if found is None else self._journal.find(found.scan_id)
        if isinstance(origin, ActEntry) and origin.replaced_by == identity:
            left = left_by(origin, identity)
            return None if left is None else left[0]
        return None

    def _verdict(self, entry: JournalEntry) -> list[Difference]:
        result = self.result
        codes = readings(entry)
        differences = payload_differences(entry, codes[0]) if codes else []
        differences += self._signature(entry, signatures_checked(entry, codes))
        policy = self._policies.get(entry.policy_version)
        if policy is None:
            gone = result.policies_gone
            gone[entry.policy_version] = gone.get(entry.policy_version, 0) + 1
        else:
            differences += verdict_differences(entry, policy)
        return differences

    def _signature(self, entry: JournalEntry, codes: list[SignedUnit]) -> list[Difference]:
        if not codes:
            return []
        checked = [(code, key) for code in codes if (key := self._key(code)) is not None]
        if not checked:
            self.result.keys_gone += 1
            return []
        self.result.signatures += 1
        return signature_differences(entry.facts, checked)

    def _key(self, code: SignedUnit) -> KeyRecord | None:
        if self._registry is None:
            return None
        product = self._registry.product(code.identity.gtin)
        return None if product is None else self._registry.key(product.brand_id, code.key_id)
