"""Papers of the dispatcher: the day board, a job slip or repair report, a vendor's statement; as pages, text or a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from toolkit.app.writing import folders, standing
from toolkit.core.errors import UsageError
from toolkit.core.reason import Name
from toolkit.core.words import Words
from toolkit.jobs.dispatching.carried import parts_to_carry
from toolkit.jobs.dispatching.statement import Entry, Totals, statement, totals_of
from toolkit.jobs.ticket.case import Case, cases
from toolkit.jobs.ticket.view import Views
from toolkit.letters.papers import Papers
from toolkit.registers.fold import closest, fold
from toolkit.registers.snapshot import Snapshot
from toolkit.settings.lexicons import lexicon_of
from toolkit.settings.model import Settings


def page(settings: Settings, now: datetime, name: str, locale: str, values: Mapping[str, Any]) -> str:
    """A paper as an HTML page (LetterError where its template is at fault)."""
    wall = now.astimezone(settings.timezone)
    papers = Papers(folders(settings), locale, standing(settings))
    return papers.page(name, {"now": datetime.combine(wall.date(), time(0)), **values})


def slip(snapshot: Snapshot, settings: Settings, now: datetime, number: str, locale: str) -> str:
    """A ticket's job slip to be signed; once the customer accepted the work, the report of it (UsageError)."""
    case = ticket(snapshot, settings, now, number)
    views = Views(lambda words_of: lexicon_of(settings, words_of))
    words, row = views.words(locale), case.row
    values = {
        "ticket": views.ticket(case, locale),
        "vendor": views.vendor(snapshot.vendor(row.vendor, case.table.book)),
        "parts": words.word(parts_to_carry(snapshot, case)),
        "done": _done(case, words),
    }
    return page(settings, now, "report" if row.accepted_at is not None else "slip", locale, values)


def _done(case: Case, words: Words) -> dict[str, Any]:
    row = case.row

    def said(column: str) -> str:
        value = row.get(column)
        return words.label(Name("tickets", column, value)) if value else ""

    return {
        "started_at": row.started_at,
        **{column: said(column) for column in ("tested", "quality_check", "acceptance")},
        "acceptance_reason": row.acceptance_reason or "",
        "photos": len(row.photos_after or ()),
    }


def ticket(snapshot: Snapshot, settings: Settings, now: datetime, number: str) -> Case:
    """A ticket by its number (UsageError)."""
    found = next(
        (one for one in cases(snapshot, settings, now) if one.number and fold(one.number) == fold(number)), None
    )
    if found is None:
        near = closest(number, [row.key for _, row in snapshot.rows("tickets") if row.key])
        raise UsageError(f"There is no ticket “{number}”" + (f"; do you mean {near}?" if near else ""))
    return found


def month_of(
    snapshot: Snapshot, settings: Settings, now: datetime, name: str, month: str
) -> tuple[Any, list[Entry], Totals]:
    """A vendor by number or name, and its month `2026-11` (UsageError)."""
    vendor = snapshot.vendor(name)
    if vendor is None:
        near = closest(
            name, [text for _, row in snapshot.rows("vendors") for text in (row.vendor_no, row.name) if text]
        )
        raise UsageError(f"There is no vendor “{name}”" + (f"; do you mean {near}?" if near else ""))
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise UsageError(f"“{month}” is not a month: write it like 2026-11") from None
    today = now.astimezone(settings.timezone).date()
    entries = statement(snapshot, settings, vendor, first.year, first.month, today)
    return vendor, entries, totals_of(entries)


def statement_rows(entries: list[Entry], words: Words) -> list[dict[str, Any]]:
    """The lines of a statement."""
    return [
        {
            "ticket_no": one.row.key or "",
            "day": one.day,
            "customer": one.row.customer or "",
            "product": one.row.product or "",
            "result": words.say(one.result),
            "price": one.money.price,
            "deducted": one.money.deducted,
            "advanced": one.money.advanced,
            "paid": one.money.paid,
            "open": one.money.open,
        }
        for one in entries
    ]


def statement_page(
    settings: Settings, now: datetime, vendor: Any, month: str, entries: list[Entry], totals: Totals
) -> str:
    """A statement as a page in the vendor's language."""
    locale = vendor.language or settings.locale
    views = Views(lambda words_of: lexicon_of(settings, words_of))
    rows = statement_rows(entries, views.words(locale))
    values = {"vendor": views.vendor(vendor), "month": month, "rows": rows, "totals": totals}
    return page(settings, now, "statement", locale, values)


def written_to(settings: Settings, to: Path) -> Path:
    """Where a paper may be written: into a folder that exists, never over a register (UsageError)."""
    if any(book.path is not None and book.path.resolve() == to.resolve() for book in settings.books):
        raise UsageError(f"{to} is a workbook of the desk, and is never overwritten; choose another file")
    if not to.parent.is_dir():
        raise UsageError(f"There is no folder {to.parent}")
    return to
