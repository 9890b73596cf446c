"""What a run did: counts, what was not made and why, books that refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.app.deliver import DeliveryReport
from toolkit.app.mailbox import Post
from toolkit.app.receipts import ReceiptReport
from toolkit.core.actions import Append, Edit
from toolkit.core.errors import BookError
from toolkit.core.reason import Reason


@dataclass(frozen=True, slots=True)
class Unmade:
    """An edit that a book did not make, why not, and what was found in the cell."""

    edit: Edit
    why: Reason
    found: object = None


@dataclass
class Applied:
    """What a run did. `conflicts` are edits that were not made, and why; `refused` are books that could not be read or written;
        `companions` are the read-only workbooks that stand in for books which are open too long, `post` is what came back by mail,
    `unsure` are books that changed under their last write: the next run sees what of it stands.
    """

    edits: int = 0
    appends: int = 0
    conflicts: list[Unmade] = field(default_factory=list)
    noted: list[Edit] = field(default_factory=list)
    logged: list[Append] = field(default_factory=list)
    refused: list[BookError] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)
    backups: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    companions: list[str] = field(default_factory=list)
    delivery: DeliveryReport = field(default_factory=DeliveryReport)
    receipts: ReceiptReport = field(default_factory=ReceiptReport)
    queued: int = 0
    held: int = 0
    waiting: Mapping[str, int] = field(default_factory=dict)
    is_lost: bool = False
    post: Post = field(default_factory=Post)
    seconds: float = 0.0
    api_calls: int = 0
