"""The salted hash under which a recipient, or an address that sends mail back, is found again once it is gone itself.

The salt lies in the database, since every computer that uses it needs the same one. So it keeps what was exported or logged
from being joined with other lists; whoever has the whole database can still try out all telephone numbers.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select

from toolkit.gateways.state.engine import insert_new
from toolkit.gateways.state.tables import secret

if TYPE_CHECKING:
    from sqlalchemy import Connection

NAME = "recipients"


def new_salt() -> bytes:
    """A salt that nobody can guess."""
    return secrets.token_bytes(32)


def salt_of(tx: Connection) -> bytes:
    """The salt of a database, made where there is none yet."""
    query = select(secret.c.value).where(secret.c.name == NAME)
    found = tx.execute(query).scalar()
    if found is None:
        once = insert_new(tx, secret).on_conflict_do_nothing(index_elements=["name"])
        tx.execute(once, {"name": NAME, "value": new_salt()})
        found = tx.execute(query).scalar_one()
    return bytes(found)


def hashed(salt: bytes, address: str) -> str:
    """What an address is found by; nothing for no address."""
    return hmac.digest(salt, address.casefold().encode(), "sha256").hex() if address else ""
