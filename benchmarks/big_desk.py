"""A desk of any size: the demo desk's right rows repeated under new numbers, names, phones and dates, full schema.

    python -m benchmarks.big_desk ROWS FOLDER [CALLED]

CALLED is the share of finished jobs with a call-back (0.95 unless told; 0 makes a desk of tickets alone). The same arguments and the same day give the same workbook. XlsxWriter writes it as Excel would: shared strings, real
dates, formats, dropdowns, one table-like header.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from toolkit.app.build import in_sight, init
from toolkit.app.demo import demo_faults, demo_rows
from toolkit.core.reason import Name
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Column, Register, Type
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.load import load

NOW = datetime(2026, 11, 24, 10, 0)
FORMATS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm"}
MONTHS_BACK = 24
CALLED = 0.95
SEED = 1
ENDED = 0.96
"""Two years of history are mostly closed tickets."""


def build(rows: int, folder: Path, called: float = CALLED) -> None:
    """Write config.yaml and a workbook with so many tickets, and the demo desk's other registers."""
    init(folder, preset=None, locale="zh-CN", now=NOW, is_demo=False)
    settings = load(folder / "config.yaml")
    file = settings.books[0].path
    assert file is not None
    file.unlink()
    demo = demo_rows("zh-CN", NOW)
    wrong = {one.row for one in demo_faults("zh-CN", NOW)}
    right = [row for index, row in enumerate(demo["tickets"]) if index not in wrong and row.get("ticket_no")]
    lexicon = lexicon_of(settings)
    tickets = list(_tickets(right, rows, random.Random(SEED)))
    calls = list(_calls(demo["surveys"], tickets, called, random.Random(SEED)))
    with xlsxwriter.Workbook(str(file)) as book:
        formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        for register in registers_of(settings):
            sheet = book.add_worksheet(lexicon.label(Name(register.name)))
            columns = in_sight(register)
            for index, column in enumerate(columns):
                sheet.write_string(0, index, lexicon.label(Name(register.name, column.key)))
            many = {"tickets": tickets, "surveys": calls}.get(register.name, demo.get(register.name, ()))
            for number, row in enumerate(many, 1):
                _write(sheet, number, row, register, columns, lexicon, formats)
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, max(1, rows), len(columns) - 1)


def _tickets(right, rows, chance):
    counts: dict[date, int] = {}
    ended = [row for row in right if row["status"] == "closed"]
    going = [row for row in right if row["status"] != "closed"]
    for index in range(rows):
        row = dict(chance.choice(ended if chance.random() < ENDED else going))
        shift = timedelta(days=chance.randrange(MONTHS_BACK * 30)) if row["status"] == "closed" else timedelta(0)
        for key, value in row.items():
            if isinstance(value, datetime | date):
                row[key] = value - shift
        day = row["opened_at"].date()
        counts[day] = counts.get(day, 500) + 1
        row["ticket_no"] = f"AS-{day:%Y%m%d}-{counts[day]:04d}"
        row["phone"] = f"139{index:08d}"
        row["customer"] = f"{row['customer']}{index % 97}"
        row.pop("email", None)
        row["address"] = f"{row.get('address') or '人民路'}{index % 800}号"
        yield row


def _calls(surveys, tickets, called, chance):
    """A call-back for most of the jobs that were finished long enough ago."""
    answers = [row for row in surveys if row.get("satisfaction")]
    for index, ticket in enumerate(tickets):
        if ticket["status"] == "closed" and ticket.get("vendor") and chance.random() < called:
            called_at = ticket["finished_at"] + timedelta(days=2)
            made = chance.choice(answers)
            yield {
                **made,
                "survey_no": f"CB-{called_at:%Y%m%d}-{index:06d}",
                "ticket_no": ticket["ticket_no"],
                "called_at": min(called_at, NOW),
            }


def _write(
    sheet,
    number: int,
    row: Mapping[str, object],
    register: Register,
    columns: tuple[Column, ...],
    lexicon: Lexicon,
    formats,
) -> None:
    for index, column in enumerate(columns):
        match row.get(column.key):
            case None:
                pass
            case bool() as value:
                sheet.write_string(number, index, "是" if value else "否")
            case datetime() as value:
                sheet.write_datetime(number, index, value, formats[datetime])
            case date() as value:
                sheet.write_datetime(number, index, datetime(value.year, value.month, value.day), formats[date])
            case int() | float() | Decimal() as value:
                sheet.write_number(number, index, float(value))
            case tuple() as value:
                sheet.write_string(number, index, "、".join(value))
            case str() as value if column.type is Type.CHOICE:
                sheet.write_string(number, index, lexicon.label(Name(register.name, column.key, value)))
            case value:
                sheet.write_string(number, index, getattr(value, "text", str(value)))


if __name__ == "__main__":
    build(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else CALLED)
