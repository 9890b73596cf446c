"""`aftersales statement VENDOR MONTH`: a vendor's jobs of a month, with prices, deductions, what was paid."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.options import AsJson, BookName, Config, Now, Quiet, Verbose

COLUMNS = ("ticket_no", "day", "result", "price", "deducted", "advanced", "paid", "open")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("statement", help="A vendor's statement of a month: jobs, prices, deductions, paid, open.")(statement)


def statement(
    vendor: Annotated[str, typer.Argument(help="The vendor's number or name.")],
    month: Annotated[str, typer.Argument(help="The month, like 2026-11.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the page to this file (.html).", show_default=False)
    ] = None,
    config: Config = None,
    book: BookName = None,
    now: Now = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """One vendor's month."""
    from dataclasses import asdict

    from toolkit.app.papers import month_of, statement_page, statement_rows, written_to
    from toolkit.app.planning import words_of
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import looking
    from toolkit.cli.show import complain, say, table
    from toolkit.core.reason import because

    with looking(config, book, now, quiet=quiet, verbose=verbose) as session:
        words = words_of(session.settings)
        row, entries, totals = month_of(session.snapshot, session.settings, session.at, vendor, month)
        lines = statement_rows(entries, words)
        if to is not None:
            page = statement_page(session.settings, session.at, row, month, entries, totals)
            written_to(session.settings, to).write_text(page, encoding="utf-8")
            if not quiet:
                complain(f"written to {to}")
        elif as_json:
            plain = [{name: _plain(line[name]) for name in COLUMNS} for line in lines]
            summed = {name: _plain(value) for name, value in asdict(totals).items()}
            say(dumped({"vendor": row.vendor_no, "month": month, "rows": plain, "totals": summed}))
        else:
            headers = [words.say(because(f"statement.{name}")) for name in COLUMNS]
            counts = words.say(because("statement.total", jobs=totals.jobs, n=totals.without_result))
            sums = ["", "", counts, totals.price, totals.deducted, totals.advanced, totals.paid, totals.open]
            table(headers, [*([line[name] for name in COLUMNS] for line in lines), sums], title=f"{row.name}  {month}")
    raise typer.Exit(session.exit_code)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int) else str(value)
