"""Which quarantines stand at a dock when its engine is started again: the journal decides."""

from pathlib import Path

from station.app.clock import is_scan_id
from station.core.acts import ActEntry, ActKind
from station.ports.latch_memory import LatchMemory
from station.storage.journal_reader import JournalReader


def settle_latch(memory: LatchMemory, database: Path) -> None:
    """Leave in the latch's memory only what the journal says stands.

    The memory is written before a quarantine is journalled and cleared after its acknowledgement
    was, and the station may have been killed in between. Where nothing was journalled, nothing was
    quarantined and nothing told: the unit is to be scanned again, not put away without an entry.
    Where the acknowledgement was, the item lies in the tote or with the supervisor the line names.
    What is no scan at all, of a file that cannot be read, stands until it is acknowledged.

    Raises:
        StorageError: The journal cannot be read.
    """
    remembered = memory.standing()
    if not remembered:
        return
    with JournalReader(database) as journal:
        standing = [one for one in remembered if _stands(one, journal)]
        if any(_is_acknowledged(one, journal) for one in standing):
            standing = []  # one acknowledgement is for all that stand
    if not standing:
        memory.forget()
    elif tuple(standing) != remembered:
        memory.keep(standing)


def _stands(scan_id: str, journal: JournalReader) -> bool:
    return not is_scan_id(scan_id) or journal.find_stored(scan_id) is not None


def _is_acknowledged(scan_id: str, journal: JournalReader) -> bool:
    quarantine = journal.find_stored(scan_id)
    if quarantine is None:
        return False
    return any(
        isinstance(act, ActEntry) and act.about == scan_id
        for act in journal.acts_after(quarantine.seq, ActKind.ACKNOWLEDGE)
    )
