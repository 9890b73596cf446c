"""Whether the names in a configuration exist: each section looks for its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from toolkit.registers.every import REGISTERS
from toolkit.registers.schema import Type, Writer
from toolkit.settings.among import keys_among
from toolkit.settings.faults import Mistake
from toolkit.settings.names import Names
from toolkit.settings.sections.books import misnamed_books
from toolkit.settings.sections.dispatch import misnamed_dispatch
from toolkit.settings.sections.figures import misnamed_figures
from toolkit.settings.sections.imports import misnamed_imports
from toolkit.settings.sections.notices import misnamed_notices
from toolkit.settings.sections.people import misnamed_suppliers
from toolkit.settings.sections.policies import misnamed_policies
from toolkit.settings.sections.questionnaires import misnamed_questionnaires
from toolkit.settings.sections.registers import misnamed_registers, misnamed_tabs
from toolkit.settings.sections.returns import misnamed_returns
from toolkit.settings.sections.sms import misnamed_sms
from toolkit.settings.sections.triage import misnamed_triage
from toolkit.settings.sections.warranty import misnamed_evidence, misnamed_warranty
from toolkit.settings.yaml_source import Node, Way

JOBS = (
    "run",
    "tickets",
    "callbacks",
    "returns",
    "orders",
    "maintenance",
    "suppliers",
    "staff",
    "chores",
    "digest",
    "report",
)
"""What a schedule may name: a run of every job, or one job (60, 9)."""
NEEDED = ("tickets", "vendors", "surveys", "staff", "holidays", "contacts_opt_out", "messages")
"""The registers of every desk; the others are there where `tabs` or `registers` names them."""


def _keyed(names: Names) -> Iterator[Mistake]:
    """Sections, and parts of them, whose keys are names, and that hold nothing else that could be wrong."""
    upkeep = [one.key for one in names.columns["contracts"].values() if one.type is Type.YES_NO]
    numbered = [one.name for one in REGISTERS if one.by_key[one.key[0]].written_by is Writer.FILL]
    keyed: tuple[tuple[Way, Iterable[str]], ...] = (
        (("maintenance", "kinds"), upkeep),  # the visits that a contract says yes or no to
        (("numbers",), numbered),  # the registers whose rows the toolkit numbers
        (("parts", "guides"), names.choices("tickets", "category")),
    )
    for way, known in keyed:
        yield from keys_among(names.tree.find(way), way, known)
    yield from names.entries_of("schedule", JOBS)


CHECKS: tuple[Callable[[Names], Iterator[Mistake]], ...] = (
    misnamed_tabs,
    misnamed_registers,
    misnamed_suppliers,
    misnamed_figures,
    _keyed,
    misnamed_policies,
    misnamed_questionnaires,
    misnamed_warranty,
    misnamed_evidence,
    misnamed_triage,
    misnamed_dispatch,
    misnamed_notices,
    misnamed_returns,
    misnamed_sms,
    misnamed_imports,
    misnamed_books,
)


def misnamed(tree: Node, said: Node, preset: Node) -> list[Mistake]:
    """Every name in a tree (preset and file in one) that does not exist. `said` is the file alone."""
    names = Names(tree, said, preset)
    return list(chain.from_iterable(check(names) for check in CHECKS))
