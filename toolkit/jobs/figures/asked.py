"""What a table of figures is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from toolkit.jobs.figures.shape import Month
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """One month of a desk, as it stands at `now`. Each table of the figures is a function of this alone."""

    snapshot: Snapshot
    settings: Settings
    month: Month
    now: datetime
