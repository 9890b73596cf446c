"""The tables of the state database (60, 12), for SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

HEAD = "0005"
"""The newest migration, said here too so that opening a database that is up to date never loads alembic."""


@lru_cache(maxsize=8192)
def _read(stored: str) -> datetime:
    # A hundred thousand spans share a few hundred run times: each text is parsed once, each datetime is one object.
    return datetime.fromisoformat(stored)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC: fixed-width ISO text on SQLite (sorts as text), timestamptz on PostgreSQL."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        if dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import TIMESTAMP

            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.isoformat(timespec="microseconds")

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        match value:
            case None:
                return None
            case str():
                return _read(value)
            case _:
                return value.astimezone(UTC)


UTC_TIME = UtcDateTime()
"""For statements that convert a moment once instead of for each row."""

metadata = MetaData()


def _words(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False, server_default="") for name in names]


message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("occasions", Text, nullable=False),  # the keys it serves, as JSON; `occasion.message_id` is the way back
    *_words("subject", "text"),
    Column("html", Text),
    Column("attachments", Text, nullable=False, server_default="[]"),
    *_words("recipient", "recipient_name", "audience", "role", "notice", "channel", "book", "register", "row_key"),
    Column("thread", Text),
    *_words("why"),
    Column("state", String(16), nullable=False),
    Column("released", Boolean, nullable=False, server_default=text("false")),  # a person approved or retried it
    Column("lease_owner", Text),
    Column("lease_until", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("frozen_at", UtcDateTime),  # when `sending` was first committed: from then on the text stands (60, 15)
    *_words("provider_id", "note"),
    Column("sent_at", UtcDateTime),
    Column("noted_at", UtcDateTime),  # when the messages tab was told of its present state
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("template", Text),  # code and variables of a text that was approved beforehand, as JSON
    Column("asked_at", UtcDateTime),  # when the other side was last asked what became of it
    *_words("recipient_hash"),  # salted: finds a person's messages where the address itself was pruned
    Column("pruned_at", UtcDateTime),  # when text and address went; such a message cannot be sent again
    Index("message_state", "state"),
    Index("message_recipient_hash", "recipient_hash"),
    Index("message_provider_id", "provider_id"),  # a receipt is told from that of a message like it
    # Message-ID, file name and provider ids derive from the key: two living messages of one key would be one letter
    Index(
        "message_key_alive",
        "key",
        unique=True,
        sqlite_where=text("state <> 'cancelled'"),
        postgresql_where=text("state <> 'cancelled'"),
    ),
)

occasion = Table(
    "occasion",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    *_words("book", "register", "row_key", "notice", "step"),
    Column("round", Integer, nullable=False, server_default="0"),
    *_words("cause", "role", "channel"),
    Column("outcome", String(16), nullable=False),
    Column("message_id", Integer, ForeignKey("message.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Index("occasion_message", "message_id"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", Integer, ForeignKey("message.id"), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    *_words("outcome", "code", "text", "provider_id"),
    Index("attempt_message", "message_id"),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("now", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("jobs", Text, nullable=False, server_default="[]"),
    *_words("result"),
    Column("counts", Text, nullable=False, server_default="{}"),
)

slot = Table(
    "slot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job", Text, nullable=False),
    Column("slot_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    *_words("note"),
    UniqueConstraint("job", "slot_at", name="slot_once"),
)

reservation = Table(
    "reservation",
    metadata,
    Column("id", Integer, primary_key=True),
    *_words("book", "register", "fingerprint"),
    Column("nth", Integer, nullable=False),
    *_words("key"),
    Column("run_id", Integer, ForeignKey("run.id")),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("book", "register", "fingerprint", "nth", name="reservation_once"),
    UniqueConstraint("book", "register", "key", name="reservation_key_once"),
)

row_seen = Table(
    "row_seen",
    metadata,
    Column("id", Integer, primary_key=True),
    *_words("book", "register", "key", "column", "value"),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime),
    Index(
        "row_seen_open",
        "book",
        "register",
        "key",
        "column",
        unique=True,
        sqlite_where=text("last_seen_at IS NULL"),
        postgresql_where=text("last_seen_at IS NULL"),
    ),
)

row_left = Table(
    "row_left",
    metadata,
    Column("id", Integer, primary_key=True),
    *_words("book", "register", "key"),
    Column("mark", BigInteger, nullable=False),
    UniqueConstraint("book", "register", "key", name="row_left_once"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("run.id"), nullable=False),
    *_words("book", "register"),
    Column("writes", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("journal_run", "run_id"),
)

inbound = Table(
    "inbound",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("mail_id", Text, nullable=False, unique=True),  # its Message-ID, or where it lies: noted once
    Column("kind", String(16), nullable=False),
    Column("message_id", Integer, ForeignKey("message.id")),  # our letter
    *_words(
        "address", "address_hash", "sender", "book", "register", "row_key", "text"
    ),  # the hash is salted, and stays
    Column("stops", Boolean, nullable=False, server_default=text("false")),  # nothing more goes to the address
    Column("received_at", UtcDateTime, nullable=False),
    Column("seen_run", Integer, ForeignKey("run.id")),
    Column("released_at", UtcDateTime),  # a person says that the address is right after all
    Index("inbound_row", "book", "row_key"),
)

mailbox = Table(
    "mailbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Text, nullable=False, unique=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
)

secret = Table(
    "secret",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
