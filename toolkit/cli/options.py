"""The options that commands share (30, Command line)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "-c", "--config", help="The configuration (default: config.yaml, searched upward).", show_default=False
    ),
]
BookName = Annotated[str | None, typer.Option("--book", help="Only this book.", show_default=False)]
Now = Annotated[
    str | None,
    typer.Option("--now", help="Another moment than the present, ISO 8601: for rehearsals.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine output on stdout, nothing else there.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say only what is wrong.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more.")]
Jobs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[JOB]...", help="Only these jobs (default: all but digest and report).", show_default=False
    ),
]
Full = Annotated[bool, typer.Option("--full", help="Also the rendered text of every message.")]
AcceptLoss = Annotated[
    list[str] | None,
    typer.Option(
        "--accept-loss",
        metavar="REGISTER",
        help="The rows that are missing in this register (its tab, or BOOK/REGISTER) were removed on purpose. "
        "Holds for this once; may stand several times.",
        show_default=False,
    ),
]
