"""What alembic runs: the steps go over the connection, and in the transaction, that `open_state` hands in."""

from __future__ import annotations

from alembic import context

from toolkit.gateways.state.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite rolls DDL back as well; alembic assumes that it does not, because the driver's own BEGIN comes too late.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
