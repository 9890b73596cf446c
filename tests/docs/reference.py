"""The pages of docs/reference, made from the code and the words of docs/*.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import typer
from pydantic import BaseModel

from tests.docs.coverage import coverage
from tests.docs.markdown import code, codes, page, table
from toolkit.cli.door import COMMANDS, app
from toolkit.core.reason import Name
from toolkit.jobs.every import JOBS, NOT_IN_A_PLAIN_RUN
from toolkit.letters.sms_values import vocabulary
from toolkit.registers.every import REGISTERS
from toolkit.registers.lexicon import Lexicon
from toolkit.registers.schema import Column, Register
from toolkit.rules.policy import Policy, When
from toolkit.settings import layers
from toolkit.settings.form import ConfigForm
from toolkit.settings.load import read
from toolkit.settings.model import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@cache
def words(name: str) -> Mapping[str, Any]:
    """A data table of docs/."""
    return tomllib.loads((DOCS / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def settings_of(preset: str) -> Settings:
    """What a preset alone says."""
    return read(f"preset: {preset}\n", ROOT, environment={})


# -- registers ----------------------------------------------------------------------------------------------------


def registers() -> str:
    """Every column of every register."""
    intro = (
        "Every register with its columns. A column may stand anywhere in its tab; its header may be any of the names "
        "here, or an alias of config.yaml. *staff* columns are yours, the toolkit never writes them; *toolkit* columns "
        "are written by it alone; a *fill* column is filled when it is blank, and never changed after. "
        "`aftersales registers` shows the same with your own names."
    )
    return page("Registers", "`toolkit/registers/` and its `labels/`", intro, *(_register(one) for one in REGISTERS))


def _register(one: Register) -> str:
    chinese, english = Lexicon("zh-CN"), Lexicon("en")
    rows = [
        (
            code(column.key),
            chinese.label(Name(one.name, column.key)),
            english.label(Name(one.name, column.key)),
            column.written_by,
            column.type,
            _needs(one, column),
            _choices(one, column, chinese, english),
            "、".join((*chinese.aliases(one.name, column.key), *english.aliases(one.name, column.key))),
        )
        for column in one.columns
    ]
    title = f"## {one.name} · {chinese.label(Name(one.name))} · {english.label(Name(one.name))}"
    key = f"Key: {codes(one.key)}. Tab: {'、'.join(dict.fromkeys((*chinese.tabs(one.name), *english.tabs(one.name))))}."
    return "\n\n".join(
        (title, key, table(("key", "zh-CN", "en", "written by", "type", "demands", "choices", "also read as"), rows))
    )


def _needs(register: Register, column: Column) -> str:
    found = []
    if column.is_required:
        found.append("required")
    found += [f"one of {codes(group)}" for group in register.one_of if column.key in group]
    if column.is_past:
        found.append("not in the future")
    if column.refers_to:
        found.append(f"stands in {column.refers_to}")
    if column.low is not None:
        found.append(f"{column.low:g} to {column.high:g}" if column.high is not None else f"at least {column.low:g}")
    return "; ".join(found)


def _choices(register: Register, column: Column, chinese: Lexicon, english: Lexicon) -> str:
    return ", ".join(
        f"{chinese.label(Name(register.name, column.key, key))} ({english.label(Name(register.name, column.key, key))})"
        for key in column.choices
    )


# -- findings -----------------------------------------------------------------------------------------------------


def findings() -> str:
    """The catalogue of findings."""
    intro = (
        "What `aftersales check`, the `check` column and the digest say of a row, why, and what helps. Errors keep the "
        "toolkit from acting on the row and make `check` end with exit code 1; warnings stop nothing. The codes are stable."
    )
    rows = ((code(name), one["severity"], one["cause"], one["cure"]) for name, one in words("findings").items())
    chinese = ((code(name), one["zh"]) for name, one in words("findings").items())
    return page(
        "Findings",
        "`docs/findings.toml`",
        intro,
        table(("code", "severity", "cause", "cure"), rows),
        "## 中文说明",
        table(("代码", "原因与处理"), chinese),
    )


# -- commands -----------------------------------------------------------------------------------------------------


def commands() -> str:
    """Every command with its arguments and options."""
    intro = (
        "Exit codes: 0 done; 1 `check` found errors, or a run left something a person must see to (held, failed, unknown, "
        "conflict, a register skipped); 2 wrong usage or configuration; 3 a book could not be read or written, or another "
        "run holds the lock; the rest was done."
    )
    jobs = table(
        ("job", "does", "in a plain `aftersales run`"),
        ((code(name), _about(job), "no" if name in NOT_IN_A_PLAIN_RUN else "yes") for name, job in JOBS.items()),
    )
    return page(
        "Commands",
        "`toolkit/cli/`",
        intro,
        "## Jobs",
        jobs,
        *(_command(f"aftersales {' '.join(path)}", one) for path, one in walk()),
    )


def _about(job: Any) -> str:
    """The sentence of a job's module, without its opening words."""
    return str(import_module(job.__module__).__doc__).partition(":")[2].strip().splitlines()[0]


def walk() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, by its words, in the order of the door."""
    group: Any = typer.main.get_command(app)
    for name in COMMANDS:
        command = group.commands[name]
        if hasattr(command, "commands"):
            yield from (((name, below), one) for below, one in command.commands.items())
        else:
            yield (name,), command


def _command(name: str, command: Any) -> str:
    rows = [(spelled(one), _help(one), _default(one)) for one in command.params if one.name != "help"]
    return "\n\n".join((f"## `{name}`", str(command.help), table(("argument or option", "meaning", "default"), rows)))


def spelled(one: Any) -> str:
    """An option's spellings, or an argument's name."""
    if one.param_type_name == "argument":
        return code(one.metavar or one.name.upper())
    return codes(one.opts)


def _help(one: Any) -> str:
    return one.help or ""


def _default(one: Any) -> str:
    return (
        ""
        if one.default in (None, False, (), [])
        or one.required
        or callable(one.default)
        or str(one.default) in (".", "")
        else code(one.default)
    )


# -- options ------------------------------------------------------------------------------------------------------


def config() -> str:
    """Every option of config.yaml."""
    intro = (
        "Every option of config.yaml. Only what is different from the preset needs to stand in it; `aftersales init` "
        "writes a commented file. A mistake is named with file, line, what is allowed, and the nearest word; all at once. "
        "`*` stands for a name of yours or of the preset, `[]` for each item of a list. The default is that of the preset "
        "furniture-retail."
    )
    rows = (
        (code(way), words("options").get(way, flat_options().get(way, "")), code(_said(way)))
        for way in ways(ConfigForm)
    )
    return page(
        "Configuration",
        "`docs/options.toml`, `toolkit/settings/form.py` and `toolkit/letters/sms_values.toml`",
        intro,
        table(("option", "meaning", "default"), rows),
        "## SMS variables",
        "What `from` of a variable may be. A value that is longer than `max` is shortened by the rules of its word, in turn.",
        table(
            ("word", "stands for", "is shortened by"),
            ((code(name), code(one.expression), codes(one.shorten)) for name, one in vocabulary().items()),
        ),
    )


def flat_options() -> dict[str, str]:
    """The words of docs/options.toml by dotted way."""
    return dict(_flat("", words("options")))


def _flat(prefix: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value


def ways(form: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every option of a form by its dotted way."""
    for name, field in form.model_fields.items():
        way = f"{prefix}{field.alias or name}"
        kind, form_below = _below(field.annotation)
        if form_below is None:
            yield way
        else:
            yield from ways(form_below, f"{way}{kind}.")


def _below(annotation: Any) -> tuple[str, type[BaseModel] | None]:
    """The form inside an annotation, and how to get there: `` (itself), `[]` (in a list), `.*` (by name)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "", annotation
    origin = getattr(annotation, "__origin__", None)
    for one in get_args(annotation):
        inner, found = _below(one)
        if found is not None:
            return (".*" if origin is dict else "[]" if origin is tuple else "") + inner, found
    return "", None


def _said(way: str) -> str:
    if "*" in way or "[]" in way:
        return ""
    node = layers.preset(layers.DEFAULT_PRESET).find(way.split("."))
    node = node or layers.preset(layers.DEFAULT_PRESET).find(way.removesuffix(".via").split("."))
    value = node.plain() if node is not None else None
    return "" if value is None or isinstance(value, list | dict) else str(value)


# -- policies -----------------------------------------------------------------------------------------------------


def policies() -> str:
    """What each preset rules."""
    intro = (
        "The rules that each preset brings, by their numbers. A rule governs a clock: `start` begins it, `stop` ends it, "
        "the target says how long it may take (`h` clock time, `bh` working time, `bd` working days, `d` days). Of several rules "
        "for one clock the first whose conditions fit governs. Change one in config.yaml under `policies`, or switch it "
        "off: `P-17: off`; or in the tab `policies` of the workbook, where `tabs` names it."
    )
    numbers = table(
        ("rule", "what", "starts", "stops", "target", "presets", "carried out by"),
        (
            (code(no), one["what"], one["start"], one["stop"], one["target"], users(no), one["where"])
            for no, one in words("policies").items()
        ),
    )
    return page(
        "Policies",
        "`docs/policies.toml`, `toolkit/settings/presets/`",
        intro,
        "## Every number",
        numbers,
        *(_preset(name) for name in layers.PRESETS),
    )


def users(no: str) -> str:
    """The presets that carry out this rule: by a policy of that number, or by a setting where it is no clock."""
    by_setting = {"P-21": lambda one: one.callbacks.periodic, "P-28": lambda one: one.chasing}
    uses = by_setting.get(no, lambda one: any(policy.no == no for policy in one.policies))
    found = [name for name in layers.PRESETS if uses(settings_of(name))]
    return "all" if len(found) == len(layers.PRESETS) else ", ".join(found)


def _preset(name: str) -> str:
    settings = settings_of(name)
    parts = [
        f"## {name}",
        f"Opening hours: {_week(settings.calendar.week)}. Public holidays: {settings.calendar.holidays or 'none'}.",
    ]
    if settings.policies:
        parts.append(
            table(
                ("rule", "clock", "from", "to", "target", "only for", "pauses", "warning", "escalates"),
                (_policy(one) for one in settings.policies),
            )
        )
    else:
        parts.append("No deadlines of its own yet.")
    terms = "; ".join(
        f"{term.months} months from {codes(term.starts)}{' for ' + _when(term.when) if term.when else ''}"
        for term in settings.warranty.terms
    )
    parts.append(f"Warranty: {terms}.")
    if settings.callbacks.periodic:
        after = ", ".join(code(one) for one in settings.callbacks.periodic)
        parts.append(f"P-21, calls after delivery: {after} (`callbacks.periodic`).")
    parts += [f"Evidence: {codes(columns)} for {_when(when)}." for when, columns in settings.evidence]
    parts += [
        f"Questionnaire `{one.name}` after {_when(one.when) or 'every job'}: "
        + "; ".join(
            f"{question.label.get('zh-CN', question.key)} ({question.label.get('en', question.key)})"
            for question in one.questions
        )
        + "."
        for one in settings.questionnaires
    ]
    return "\n\n".join(parts)


def _week(week: Mapping[str, tuple[tuple[str, str], ...]]) -> str:
    """Days of the same hours together: `mon-fri 09:00-12:00, 13:30-18:00`."""
    found = []
    for spans, group in groupby(week, key=lambda day: week[day]):
        days = list(group)
        name = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
        found.append(f"{name} {', '.join('-'.join(span) for span in spans)}")
    return "; ".join(found)


def _policy(one: Policy) -> tuple[object, ...]:
    target = code(one.target or one.end) if not one.is_typed else f"{code(one.lead)} before"
    if one.working_days_only:
        target += ", working days only"
    ladder = ", ".join(f"{rung.role} after {rung.after}" for rung in one.ladder)
    warning = f"{one.warn_share:.0%}" if one.warn_share and not one.is_typed else ""
    return (
        code(one.id),
        one.clock,
        codes(one.starts),
        code(one.stops),
        target,
        _when(one.when),
        codes(one.pause_on),
        warning,
        ladder,
    )


def _when(when: When) -> str:
    return ", ".join(f"{column} {' or '.join(values)}" for column, values in when.items())


# -- notices ------------------------------------------------------------------------------------------------------


def notices() -> str:
    """Every letter."""
    intro = (
        "Every letter that the toolkit writes. Each occasion is told once; the first of the channels for which there is an "
        "address is taken. The text of a letter is `templates/<locale>/<name>.md` (subject, body, SMS in one file); a file "
        "of the same name in the `templates/` folder beside your config.yaml wins. `aftersales template copy NAME` puts "
        "it there, and `aftersales check` looks it through. `aftersales preview NAME` shows a letter about a sample row, "
        "`--ticket N` about a real ticket."
    )
    known = settings_of(layers.DEFAULT_PRESET).notices
    rows = (
        (
            code(one.name),
            one.register,
            one.to,
            ", ".join(notice_channels(one.name)),
            words("notices").get(one.name, ""),
            _when(one.when),
            code(one.cause),
            code(one.expires),
            "passes quiet hours" if one.is_urgent else "",
        )
        for one in known.values()
    )
    return page(
        "Letters",
        "`toolkit/settings/presets/base.yaml` and `docs/notices.toml`",
        intro,
        table(
            (
                "letter",
                "about",
                "goes to",
                "channels",
                "when",
                "only for",
                "told again when this changes",
                "expires",
                "",
            ),
            rows,
        ),
    )


def notice_channels(name: str) -> list[str]:
    """The channels as the preset has them, also those that a new desk has switched off."""
    node = layers.preset(layers.DEFAULT_PRESET).find(("notices", name, "channels"))
    found = node.plain() if node is not None else []
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]


PAGES = {
    "registers": registers,
    "findings": findings,
    "commands": commands,
    "config": config,
    "policies": policies,
    "notices": notices,
    "coverage": coverage,
}
