"""`aftersales registers`: every register's tab and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from toolkit.cli.options import AsJson, Config, Quiet, Verbose

if TYPE_CHECKING:
    from toolkit.settings.model import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "registers", help="Every register's tab and columns: key, label, aliases, writer, type, required, choices."
    )(registers)


def registers(config: Config = None, as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Every register's tab and columns."""
    from toolkit.cli.as_json import dumped
    from toolkit.cli.session import settings_of
    from toolkit.cli.show import say, table

    listed = catalogue(settings_of(config, quiet=quiet, verbose=verbose))
    if as_json:
        say(dumped(listed))
        return
    for name, one in listed.items():
        table(
            ("key", "label", "aliases", "written by", "type", "required", "choices"),
            (
                (
                    column["key"],
                    column["label"],
                    "、".join(column["aliases"]),
                    column["written_by"],
                    column["type"],
                    "yes" if column["required"] else "",
                    "、".join(choice["label"] for choice in column["choices"]),
                )
                for column in one["columns"]
            ),
            title=f"{name} · {one['tab']}",
            styles=("cyan",),
        )


def catalogue(settings: Settings) -> dict[str, Any]:
    """`{register: {tab, columns: [{key, label, aliases, written_by, type, required, choices: [{key, label}]}]}}`."""
    from toolkit.core.reason import Name
    from toolkit.settings.lexicons import lexicon_of, registers_of

    lexicon = lexicon_of(settings)
    return {
        one.name: {
            "tab": lexicon.label(Name(one.name)),
            "columns": [
                {
                    "key": column.key,
                    "label": lexicon.label(Name(one.name, column.key)),
                    "aliases": list(lexicon.aliases(one.name, column.key)),
                    "written_by": str(column.written_by),
                    "type": str(column.type),
                    "required": column.is_required,
                    "choices": [
                        {"key": key, "label": lexicon.label(Name(one.name, column.key, key))}
                        for key in lexicon.choice_keys(one.name, column)
                    ],
                }
                for column in one.columns
            ],
        }
        for one in registers_of(settings)
    }
