"""Runs the revisions of one tree on the connection `station.storage.schema.upgrade` hands over.

Configures no logging and opens nothing; the caller's transaction holds every revision together.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
