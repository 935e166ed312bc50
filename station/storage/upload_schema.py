"""The tables of a site's memory of what it has sent up; a file of its own.

The station's database has one writer, the engine; sending happens beside it, and what was sent can
be told again at worst. So it is remembered here, and the outbox itself is never written to.
"""

from typing import Final

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, MetaData, Table, Text

from station.storage.schema import Tree

_METADATA: Final = MetaData()

CURSOR: Final = Table(
    "cursor",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_cursor"),
)
"""One row: the journal entry up to which everything has been taken or put aside, and its chain
hash, which tells whether the journal is still the same one."""

DEAD_LETTER: Final = Table(
    "dead_letter",
    _METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("time_utc", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
)
"""Events the receiver refused for good."""

UPLOAD: Final = Tree(
    name="upload",
    revisions=("upload_0001",),
    application_id=0x49537570,  # "ISup"
    metadata=_METADATA,
)
