"""Addresses that sent mail back go by the salted hash of the recipients; messages are found by their provider ids."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from toolkit.gateways.state.salt import hashed

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INBOUND = sa.table("inbound", *(sa.column(name) for name in ("message_id", "address", "address_hash")))
MESSAGE = sa.table("message", sa.column("id"), sa.column("recipient_hash"))
SECRET = sa.table("secret", sa.column("name"), sa.column("value", sa.LargeBinary))


def upgrade() -> None:
    """An index, and every bounce under the new hash."""
    op.create_index("message_provider_id", "message", ["provider_id"])
    _rehash(op.get_bind())


def _rehash(connection: sa.Connection) -> None:
    """Where the address is gone, our letter knows its hash; where that is gone too, the person was forgotten."""
    letters = sa.select(MESSAGE.c.recipient_hash).where(MESSAGE.c.id == INBOUND.c.message_id).scalar_subquery()
    connection.execute(sa.update(INBOUND).values(address_hash=sa.func.coalesce(letters, "")))
    addresses = (
        connection.execute(sa.select(INBOUND.c.address).where(INBOUND.c.address != "").distinct()).scalars().all()
    )
    if not addresses:
        return
    salt = bytes(connection.execute(sa.select(SECRET.c.value).where(SECRET.c.name == "recipients")).scalar_one())
    for address in addresses:
        its = sa.update(INBOUND).where(INBOUND.c.address == address)
        connection.execute(its.values(address_hash=hashed(salt, address)))
