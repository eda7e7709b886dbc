"""Alembic's entry: runs the revisions on the connection and in the transaction of `resources.migrations`."""

from alembic import context

from resources.migrations import VERSION_SCHEMA

context.configure(connection=context.config.attributes["connection"], version_table_schema=VERSION_SCHEMA)
context.run_migrations()
