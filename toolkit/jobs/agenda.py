"""What is open in a register, as the digest counts it."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.jobs.ladder import Subject
from toolkit.rules.clock import Clock


@dataclass(frozen=True, slots=True)
class Due:
    """An open clock, and whose row it runs on."""

    subject: Subject
    clock: Clock
