"""Texts approved beforehand travel as a code with variables; and when a gateway was last asked for a receipt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from toolkit.gateways.state.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two nullable columns: what an older toolkit queued has neither."""
    op.add_column("message", sa.Column("template", sa.Text))
    op.add_column("message", sa.Column("asked_at", UtcDateTime))
