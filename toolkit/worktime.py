"""Working time as a library of its own: `from toolkit.worktime import BusinessCalendar, Duration`."""

from toolkit.rules.worktime.calendar import BusinessCalendar
from toolkit.rules.worktime.country import CountryDays, HolidayRow, calendar_for, country_days
from toolkit.rules.worktime.days import DayKind, YearDays
from toolkit.rules.worktime.duration import Duration, Unit
from toolkit.rules.worktime.timeline import NoWorkingTimeError
from toolkit.rules.worktime.walk import WalkedDay

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
