"""A month's figures made by hand, with every unit in them, and the words of tables that no register has."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from toolkit.core.reason import Name, because
from toolkit.core.words import Words
from toolkit.jobs.figures.shape import Column, Figures, Line, Month, Table, Unit
from toolkit.jobs.figures.worded import Report, Wording
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.load import read
from toolkit.settings.model import Settings

OCTOBER = Month(2026, 10)
FORMULA = '=HYPERLINK("http://evil.example","x")'
MORE = {
    "figures.title.crew": ("服务商", "Vendors"),
    "figures.about.crew": ("本月完工的工单。", "Jobs finished in the month."),
    "figures.title.summary": ("概况", "Summary"),
    "figures.about.summary": ("本月登记的工单。", "Tickets opened in the month."),
    "figures.title.remedies": ("原因与措施", "Causes and remedies"),
    "figures.about.remedies": ("写在工单里的措施。", "The remedy as staff wrote it down."),
    "figures.title.nothing": ("退货", "Returns"),
    "figures.about.nothing": ("本月申请的退货。", "Returns asked for in the month."),
    "figures.by.vendor": ("服务商", "Vendor"),
    "figures.by.figure": ("项目", "Figure"),
    "figures.by.cause": ("原因", "Cause"),
    "figures.column.jobs": ("单数", "Jobs"),
    "figures.column.on_time": ("按时率", "On time"),
    "figures.column.median": ("中位用时", "Median time"),
    "figures.column.rating": ("评分", "Rating"),
    "figures.column.open": ("未结金额", "Open"),
    "figures.column.weight": ("权重", "Weight"),
    "figures.column.last": ("最近一次", "Last"),
    "figures.column.remedy": ("措施", "Remedy"),
}
"""code -> (zh-CN, en)"""

CREW = Table(
    "crew",
    ("vendor",),
    (
        Column("jobs"),
        Column("on_time", Unit.SHARE),
        Column("median", Unit.SPAN),
        Column("rating", Unit.STARS),
        Column("open", Unit.MONEY),
        Column("weight", Unit.NUMBER),
        Column("last", Unit.DAY),
    ),
    (
        Line(
            (FORMULA,),
            (1234, 14 / 15, timedelta(days=2, hours=3, minutes=20), 4.5, Decimal("12345.50"), 1.25, date(2026, 10, 30)),
            (1200, 0.95, timedelta(days=2, hours=5), 4.5, Decimal(0), 1.5, date(2026, 9, 3)),
            (because("late.days", days=3), because("late.days", days=1)),
        ),
        Line(
            (None,),
            (0, None, None, None, Decimal("-20.05"), None, None),
            (3, 0.5, None, 1.0, Decimal(20), 2, date(2026, 9, 3)),
        ),
    ),
)
REMEDIES = Table(
    "remedies",
    ("cause",),
    (Column("jobs"), Column("remedy", Unit.TEXT)),
    (Line((Name("tickets", "cause", "transport_damage"),), (2, "Corner guards")), Line((None,), (1, None))),
)
NOTHING = Table("nothing", ("cause",), (Column("jobs"),))
FIGURES = Figures(OCTOBER, (CREW, REMEDIES, NOTHING), is_running=True)
UNREAD = (("main", "orders"),)


class Spoken(Words):
    """Words that know the tables above as well."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.locale, lexicon_of(settings).label)
        at = 0 if settings.locale == "zh-CN" else 1
        self._texts = {**self._texts, **{code: said[at] for code, said in MORE.items()}}


def settings_of(locale: str) -> Settings:
    """A desk that has a name and counts in yuan."""
    return read(f"locale: {locale}\ncompany: {{name: Cloudrest Ltd, brand: Cloudrest}}\n", Path())


def wording_of(locale: str) -> Wording:
    """Its words."""
    settings = settings_of(locale)
    return Wording(Spoken(settings), settings.currency)


def report_of(locale: str, figures: Figures = FIGURES) -> Report:
    """The report in a locale."""
    return wording_of(locale).report(figures, UNREAD)
