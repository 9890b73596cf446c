"""Working time as a library of its own: `from toolkit.worktime import BusinessCalendar, Duration`."""

from toolkit.rules.calendar import BusinessCalendar
from toolkit.rules.country import CountryDays, HolidayRow, calendar_for, country_days
from toolkit.rules.days import DayKind, YearDays
from toolkit.rules.duration import Duration, Unit
from toolkit.rules.timeline import NoWorkingTimeError
from toolkit.rules.walk import WalkedDay

__all__ = [
    "BusinessCalendar",
    "CountryDays",
    "DayKind",
    "Duration",
    "HolidayRow",
    "NoWorkingTimeError",
    "Unit",
    "WalkedDay",
    "YearDays",
    "calendar_for",
    "country_days",
]
