"""Business hours added side by side with other libraries: `python benchmarks/worktime.py`.

Peers that are not installed are named and left out: `pip install workclock businesstimedelta pandas`. Each library gets
the same starts and amounts, Mon-Fri 09:00-18:00 in Asia/Shanghai with three years of holidays; results are compared
with each other before anything is timed. Peers run as many of the cases as they manage in a second or so.
"""

from __future__ import annotations

import gc
import importlib.util
import random
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from toolkit.worktime import BusinessCalendar, Duration

ZONE = ZoneInfo("Asia/Shanghai")
YEARS = (2024, 2025, 2026)
CASES = 20_000
REPEATS = 5
Add = Callable[[datetime, int], datetime]


def holidays() -> list[date]:
    """China's days off of three years, without make-up days: the peers have none."""
    from toolkit.worktime import country_days

    return sorted(country_days("CN", YEARS).holidays)


def ours(days: list[date]) -> Add:
    calendar = BusinessCalendar(ZONE, {"mon-fri": [("09:00", "18:00")]}, days)
    durations = {hours: Duration.parse(f"{hours}bh") for hours in range(1, 1601)}
    return lambda start, hours: calendar.add(start, durations[hours])


def workclock(days: list[date]) -> Add:
    from workclock import Holidays, Schedule, WorkDay

    schedule = Schedule([WorkDay(clock(9), clock(18)), Holidays(days)], time_zone=ZONE)
    return lambda start, hours: schedule.add(start, hours=hours)


def businesstimedelta(days: list[date]) -> Add:
    import businesstimedelta as peer
    import pytz

    zone = pytz.timezone(ZONE.key)
    names = dict.fromkeys([*days, date(2099, 1, 1)], "off")  # it fails beyond its last holiday
    rules = peer.Rules(
        [
            peer.WorkDayRule(clock(9), clock(18), working_days=[0, 1, 2, 3, 4], tz=zone),
            peer.HolidayRule(names, tz=zone),
        ]
    )
    return lambda start, hours: start + peer.BusinessTimeDelta(rules, hours=hours)


def pandas(days: list[date]) -> Add:
    import pandas as pd

    wall = {}

    def add(start: datetime, hours: int) -> datetime:
        offset = wall.get(hours)
        if offset is None:
            offset = wall[hours] = pd.offsets.CustomBusinessHour(hours, start="09:00", end="18:00", holidays=days)
        return (pd.Timestamp(start.replace(tzinfo=None)) + offset).tz_localize(ZONE).to_pydatetime()

    return add


PEERS = {"workclock": workclock, "businesstimedelta": businesstimedelta, "pandas": pandas}


def cases(low: int, high: int) -> list[tuple[datetime, int]]:
    """Starts at any minute of the first years, so that most amounts end among the holidays."""
    choice = random.Random(f"{low}-{high}")
    first = datetime(YEARS[0], 1, 1, tzinfo=ZONE)
    return [
        (first + timedelta(minutes=choice.randrange(2 * 365 * 1440)), choice.randint(low, high)) for _ in range(CASES)
    ]


def rate(add: Add, work: list[tuple[datetime, int]]) -> float:
    """Calls a second: the best of some rounds, on so much of the work as takes about a second."""
    began = time.perf_counter()
    done = 0
    while done < len(work) and time.perf_counter() - began < 1:
        add(*work[done])
        done += 1
    best = float("inf")
    gc.disable()
    for _ in range(REPEATS):
        began = time.perf_counter()
        for start, hours in work[:done]:
            add(start, hours)
        best = min(best, time.perf_counter() - began)
    gc.enable()
    return done / best


def main() -> None:
    days = holidays()
    adders = {"toolkit": ours(days)}
    for name, build in PEERS.items():
        if importlib.util.find_spec(name):
            adders[name] = build(days)
        else:
            print(f"{name} is not installed: left out", file=sys.stderr)
    print(f"Python {sys.version.split()[0]}, {CASES} cases, {len(days)} holidays in {len(YEARS)} years\n")
    print("| amount | library | adds a second | toolkit is … times as fast | same answers |")
    print("|---|---|--:|--:|--:|")
    for low, high in ((1, 80), (1600, 1600)):
        work = cases(low, high)
        rates = {name: rate(add, work) for name, add in adders.items()}
        for name, add in adders.items():
            sample = work[:: len(work) // 100]
            same = sum(add(*case).timestamp() == adders["toolkit"](*case).timestamp() for case in sample)
            label = f"{low}-{high} bh" if low < high else f"{high} bh"
            print(
                f"| {label} | {name} | {rates[name]:,.0f} | {rates['toolkit'] / rates[name]:.1f} | {same} of {len(sample)} |"
            )


if __name__ == "__main__":
    main()
