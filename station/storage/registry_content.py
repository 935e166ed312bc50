"""Whether a generation still says what it said when it was written.

SQLite looks at how a file's pages hang together; a bit that a disk turns inside a row, it does not
see. So every row is read and each stream held to the digest that it was admitted with, and the keys
to theirs. Whoever can write the file can write the digests too: this finds faults, not forgers.
"""

from contextlib import closing

from station.core.errors import DamagedError, StorageError, TrustError
from station.core.registry_digest import keys_digest
from station.storage.registry_file import StreamTallies, without_collector
from station.storage.registry_files import GenerationFiles, open_generation
from station.storage.registry_held import held_codes, held_units
from station.storage.registry_master import MasterRecords, file_damaged, read_master_data


def check_content(files: GenerationFiles) -> None:
    """Read a generation through: some million rows a second, beside a working engine too.

    Args:
        files: What it is made of.

    Raises:
        DamagedError: A row or key is not what was admitted.
        StorageError: A file cannot be read or is damaged otherwise.
    """
    with closing(open_generation(files)) as connection:
        master = read_master_data(connection, files.newest)
    if keys_digest(master.keys()) != master.generation.keys_digest:
        raise file_damaged(files.newest, "its keys are not those the publisher signed")
    try:
        _check_rows(files, master)
    except DamagedError:
        raise
    except (TrustError, StorageError) as error:
        raise file_damaged(files.newest, error.message) from error


def _check_rows(files: GenerationFiles, master: MasterRecords) -> None:
    tallies = StreamTallies(master)
    with without_collector():
        for block in held_units(files, master.unit_streams):
            tallies.units(block)
        for codes in held_codes(files, master.unit_streams):
            tallies.codes(codes)
    tallies.verify(list(master.holdings))
