"""The first tables (60, 12)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from toolkit.gateways.state.tables import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ALIVE = sa.text("state <> 'cancelled'")
OPEN = sa.text("last_seen_at IS NULL")


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def upgrade() -> None:
    """Build the tables, those that others point at first."""
    _letters()
    _runs()
    _rows()


def _letters() -> None:
    op.create_table(
        "message",
        _id(),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("occasions", sa.Text, nullable=False),
        *_words("subject", "text"),
        sa.Column("html", sa.Text),
        sa.Column("attachments", sa.Text, nullable=False, server_default="[]"),
        *_words("recipient", "recipient_name", "audience", "role", "notice", "channel", "book", "register", "row_key"),
        sa.Column("thread", sa.Text),
        *_words("why"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("released", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("not_before", UtcDateTime),
        sa.Column("expires_at", UtcDateTime),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("frozen_at", UtcDateTime),
        *_words("provider_id", "note"),
        sa.Column("sent_at", UtcDateTime),
        sa.Column("noted_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    )
    op.create_index("message_state", "message", ["state"])
    op.create_index("message_key_alive", "message", ["key"], unique=True, sqlite_where=ALIVE, postgresql_where=ALIVE)
    op.create_table(
        "occasion",
        _id(),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        *_words("book", "register", "row_key", "notice", "step"),
        sa.Column("round", sa.Integer, nullable=False, server_default="0"),
        *_words("cause", "role", "channel"),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id")),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("occasion_message", "occasion", ["message_id"])
    op.create_table(
        "attempt",
        _id(),
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id"), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        *_words("outcome", "code", "text", "provider_id"),
    )
    op.create_index("attempt_message", "attempt", ["message_id"])


def _runs() -> None:
    op.create_table(
        "run",
        _id(),
        sa.Column("now", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("jobs", sa.Text, nullable=False, server_default="[]"),
        *_words("result"),
        sa.Column("counts", sa.Text, nullable=False, server_default="{}"),
    )
    op.create_table(
        "slot",
        _id(),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("slot_at", UtcDateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        *_words("note"),
        sa.UniqueConstraint("job", "slot_at", name="slot_once"),
    )
    op.create_table(
        "journal",
        _id(),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("run.id"), nullable=False),
        *_words("book", "register"),
        sa.Column("writes", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("journal_run", "journal", ["run_id"])


def _rows() -> None:
    op.create_table(
        "reservation",
        _id(),
        *_words("book", "register", "fingerprint"),
        sa.Column("nth", sa.Integer, nullable=False),
        *_words("key"),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("run.id")),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("book", "register", "fingerprint", "nth", name="reservation_once"),
        sa.UniqueConstraint("book", "register", "key", name="reservation_key_once"),
    )
    op.create_table(
        "row_left",
        _id(),
        *_words("book", "register", "key"),
        sa.Column("mark", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("book", "register", "key", name="row_left_once"),
    )
    op.create_table(
        "row_seen",
        _id(),
        *_words("book", "register", "key", "column", "value"),
        sa.Column("first_seen_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime),
    )
    op.create_index(
        "row_seen_open",
        "row_seen",
        ["book", "register", "key", "column"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
