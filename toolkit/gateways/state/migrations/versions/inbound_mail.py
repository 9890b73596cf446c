"""Mails that came back: bounces and replies, and how far each mailbox was read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from toolkit.gateways.state.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def upgrade() -> None:
    """Two tables more."""
    op.create_table(
        "inbound",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("mail_id", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id")),
        *_words("address", "address_hash", "sender", "book", "register", "row_key", "text"),
        sa.Column("stops", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("seen_run", sa.Integer, sa.ForeignKey("run.id")),
        sa.Column("released_at", UtcDateTime),
    )
    op.create_index("inbound_row", "inbound", ["book", "row_key"])
    op.create_table(
        "mailbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account", sa.Text, nullable=False, unique=True),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("last_uid", sa.BigInteger, nullable=False),
        sa.Column("read_at", UtcDateTime, nullable=False),
    )
