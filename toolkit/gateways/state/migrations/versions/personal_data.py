"""A salted index of recipients, and when a message's text and address were pruned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from toolkit.gateways.state.salt import hashed, new_salt
from toolkit.gateways.state.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MESSAGE = sa.table("message", *(sa.column(name) for name in ("id", "recipient", "recipient_hash")))
SECRET = sa.table("secret", sa.column("name", sa.String), sa.column("value", sa.LargeBinary))


def upgrade() -> None:
    """The messages that are there enter the index too."""
    op.create_table(
        "secret",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.add_column("message", sa.Column("recipient_hash", sa.Text, nullable=False, server_default=""))
    op.add_column("message", sa.Column("pruned_at", UtcDateTime))
    op.create_index("message_recipient_hash", "message", ["recipient_hash"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    salt = new_salt()
    connection.execute(SECRET.insert(), {"name": "recipients", "value": salt})
    for (address,) in connection.execute(sa.select(MESSAGE.c.recipient).distinct()).all():
        its = sa.update(MESSAGE).where(MESSAGE.c.recipient == address)
        connection.execute(its.values(recipient_hash=hashed(salt, address)))
