"""The rules alone, on desks of growing size with rows in every register: time and memory of reading and of planning.

    python -m benchmarks.trade [ROWS ...]                     (default: 1000 10000 100000)

No file and no net: the demo rows of the presets, many times over, are typed, checked and planned in memory. Each size is a
fresh process. The jobs are planned one by one, then the digest and the figures of last month, then all jobs at once as a run does
it, in CPU seconds: on a desk that no run has seen, and once more right after that run, which then plans next to nothing. A job that grows faster than its rows shows in `growth`,
its seconds for each row against those of the size before. The peak is that of the first whole plan, the registers included.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.small_desk import SmallDesk, settings_of
from toolkit.app.demo import Typed, demo_faults, demo_rows
from toolkit.app.planning import make_plan
from toolkit.cli.door import GARBAGE_EVERY
from toolkit.core.actions import Plan
from toolkit.core.memory import ByRow
from toolkit.jobs.every import JOBS, NOT_IN_A_PLAIN_RUN
from toolkit.jobs.figures.month import figures
from toolkit.jobs.figures.shape import Month
from toolkit.jobs.typed_over import marks
from toolkit.registers.every import REGISTERS

NOW = datetime(2026, 11, 24, 10, 0)
SIZES = (1_000, 10_000, 100_000)
SHARES = {
    "tickets": 0.40, "orders": 0.20, "returns": 0.12, "surveys": 0.10, "contacts": 0.10, "parts": 0.05, "maintenance": 0.02,
    "contracts": 0.01,
}  # fmt: skip
"""Of all rows; the registers of people and firms stay as they are."""
FROM = {
    "returns": "ecommerce-returns",
    "contracts": "office-furniture",
    "maintenance": "office-furniture",
    "orders": "curtains",
}
"""Which preset's demo desk lends the rows of a register that the furniture desk has few of."""
MONTHS_BACK = 24
TELLING = 0.05
"""CPU seconds; what takes less tells nothing about growth."""
CONFIG = "preset: furniture-retail\ntabs: [{tabs}]\nchannels: {{only_since: 2026-11-20, hold_above: 100000}}\n"


def desk(rows: int) -> SmallDesk:
    """A desk with so many rows over all registers."""
    settings = settings_of(CONFIG.format(tabs=", ".join(one.name for one in REGISTERS)))
    chance, found = random.Random(1), {}
    for name in (one.name for one in REGISTERS):
        right = _right(name)
        found[name] = list(_many(name, right, int(rows * SHARES[name]), chance)) if name in SHARES and right else right
    return SmallDesk(settings, found)


def _right(name: str) -> list[dict[str, object]]:
    """The demo rows of a register with nothing wrong in them."""
    for preset in ("furniture-retail", FROM.get(name, ""), "mall"):
        rows = demo_rows("en", NOW, preset).get(name, ()) if preset else ()
        wrong = {one.row for one in demo_faults("en", NOW, preset) if one.register == name} if preset else set()
        right = [dict(row) for index, row in enumerate(rows) if index not in wrong]
        right = [row for row in right if not any(isinstance(value, Typed) for value in row.values())]
        if right:
            return right
    return []


def _many(name: str, right: list[dict[str, object]], count: int, chance: random.Random) -> Iterator[dict[str, object]]:
    """Rows of two years: those that ended lie back, each with a key, a customer and a ticket of its own."""
    key = next(one.key[0] for one in REGISTERS if one.name == name)
    for n in range(count):
        row = dict(chance.choice(right))
        back = timedelta(days=chance.randrange(MONTHS_BACK * 30) if row.get("status") in ("closed", "completed") else 0)
        row.update({one: value - back for one, value in row.items() if isinstance(value, date)})
        row[key] = f"{key[:1].upper()}{n:07d}"
        if "phone" in row:
            row["phone"] = f"139{n:08d}"
        for column, letter in (("ticket_no", "T"), ("order_no", "O"), ("contract_no", "C")):
            if column in row and column != key:
                row[column] = f"{letter}{n:07d}" if n < count else row[column]
        yield row


def measured(rows: int) -> dict[str, object]:
    """One size, in this process."""
    gc.set_threshold(GARBAGE_EVERY)  # as every command has it
    small = desk(rows)
    at = small.moment(NOW)
    first, plan = planned(small, at)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    counted = sum(map(len, small.rows.values()))
    remember(small, plan, at)
    del plan
    second, plan = planned(small, at)
    return {
        "rows": counted,
        "peak_mb": round(peak),
        "first": first,
        "second": second,
        "edits": len(plan.edits),
    }


def planned(small: SmallDesk, at: datetime) -> tuple[dict[str, float], Plan]:
    """CPU seconds of reading, of each job by itself, of all at once; and what all at once want."""
    seconds = {}
    began = time.process_time()
    snapshot = small.snapshot(at)
    seconds["read"] = time.process_time() - began
    jobs = tuple(one for one in JOBS if one not in NOT_IN_A_PLAIN_RUN)
    for job in (*jobs, "digest"):
        began = time.process_time()
        make_plan(snapshot, small.settings, at, (job,))
        seconds[job] = time.process_time() - began
    began = time.process_time()
    figures(snapshot, small.settings, Month.of(NOW).before, at)
    seconds["figures"] = time.process_time() - began
    snapshot = replace(snapshot)  # nothing worked out yet
    began = time.process_time()
    plan = make_plan(snapshot, small.settings, at, jobs)
    seconds["all at once"] = time.process_time() - began
    return seconds, plan


def remember(small: SmallDesk, plan: Plan, at: datetime) -> None:
    """What a run leaves behind: cells, rows, observations, marks, and when each customer last heard of their case."""
    small.apply(plan, at)
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (book, register, key), mark in marks(small.snapshot(at)):
        found[book, register][key] = mark
    told = (one.at for one in plan.occasions if one.to.audience == "customer" and not one.skip)
    heard = {(one.book, one.register, one.key or ""): at for one in told}
    small.memory = replace(small.memory, marks=ByRow(found), heard=heard)


def main() -> None:
    """Print two tables, or (one size) what this process measured."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("rows", nargs="*", type=int, default=list(SIZES))
    asked.add_argument("--one", action="store_true", help="measure in this process, as JSON")
    words = asked.parse_args()
    if words.one:
        print(json.dumps(measured(words.rows[0])))
        return
    found = []
    for rows in words.rows:
        command = [sys.executable, "-m", "benchmarks.trade", "--one", str(rows)]
        found.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    for when in ("first", "second"):
        table(when, found)


def table(when: str, found: list[dict[str, Any]]) -> None:
    """The seconds of one time, and how each grows."""
    steps = list(found[0][when])
    print(f"\n| rows, {when} time | " + " | ".join(steps) + " | peak MB |")
    print("|---" * (len(steps) + 2) + "|")
    for one in found:
        cells = " | ".join(f"{one[when][step]:.2f}" for step in steps)
        print(f"| {one['rows']:,} | {cells} | {one['peak_mb'] if when == 'first' else ''} |")
    for before, after in pairwise(found):
        factor = after["rows"] / before["rows"]
        growth = ", ".join(
            f"{step} {after[when][step] / before[when][step] / factor:.2f}"
            for step in steps
            if before[when][step] > TELLING
        )
        print(f"growth {before['rows']:,} to {after['rows']:,}: {growth or 'too short to tell'}")


if __name__ == "__main__":
    main()
