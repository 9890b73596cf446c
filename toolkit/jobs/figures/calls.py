"""How satisfied customers are: the call-backs of a month by questionnaire, and the answers to each question (20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from toolkit.core.reason import Name, because
from toolkit.core.words import LOCALES, texts
from toolkit.jobs.callback.calls import NEEDED, Call, calls_made, questionnaire_for
from toolkit.jobs.figures.asked import Asked
from toolkit.jobs.figures.rows import share, unread_lines
from toolkit.jobs.figures.shape import Column, Label, Line, Month, Table, Unit
from toolkit.jobs.staff import SATISFIED
from toolkit.registers.order import day_of
from toolkit.rules.questionnaire import Questionnaire, score_of

Calls = tuple[Call, ...]


def satisfaction(asked: Asked) -> Table:
    """The calls made in the month, by what was asked: how many answered, how satisfied they were, which stars they gave."""
    columns = (
        Column("calls"),
        Column("answered"),
        Column("satisfied", Unit.SHARE),
        Column("score", Unit.NUMBER),
        Column("stars", Unit.STARS),
        Column("follow_ups"),
    )
    table = Table("satisfaction", ("questionnaire",), columns)
    if asked.snapshot.is_unread(*NEEDED):
        return replace(table, lines=unread_lines(asked, table, *NEEDED))
    by_name = calls_by_questionnaire(asked)
    return replace(table, lines=tuple(_line(name, by_name[name]) for name in _ordered(asked, by_name)))


def answers(asked: Asked) -> Table:
    """Each question that is answered by yes or no, with its answers."""
    columns = (Column("yes"), Column("no"), Column("no_share", Unit.SHARE))
    table = Table("answers", ("questionnaire", "question"), columns)
    if asked.snapshot.is_unread(*NEEDED):
        return replace(table, lines=unread_lines(asked, table, *NEEDED))
    by_name = calls_by_questionnaire(asked)
    return replace(table, lines=tuple(_answers(asked.settings.questionnaires, by_name)))


def calls_in_month(asked: Asked) -> Calls:
    """The calls of the month, one that was sent twice counted once."""
    found = asked.snapshot.once("calls by month", lambda: _by_month(calls_made(asked.snapshot, asked.settings)))
    return found.get(asked.month, ())


def calls_by_questionnaire(asked: Asked) -> Mapping[str | None, Calls]:
    """The calls of the month by the questionnaire that was asked; None where none fits the job."""
    found: dict[str | None, list[Call]] = defaultdict(list)
    for call in calls_in_month(asked):
        asked_by = questionnaire_for(asked.settings, call.ticket)
        found[asked_by.name if asked_by is not None else None].append(call)
    return {name: tuple(calls) for name, calls in found.items()}


def satisfied_share(calls: Calls) -> float | None:
    """The share of satisfied customers among those of whom a verdict is known."""
    verdicts = [call.verdict for call in calls if call.verdict is not None]
    return share(sum(verdict in SATISFIED for verdict in verdicts), len(verdicts))


def mean_stars(calls: Calls) -> float | None:
    """The mean rating of the calls that count; nobody's is none."""
    ratings = [call.rating for call in calls if call.counts and call.rating is not None]
    return sum(ratings) / len(ratings) if ratings else None


def _by_month(calls: Calls) -> Mapping[Month, Calls]:
    found: dict[Month, list[Call]] = defaultdict(list)
    for call in calls:
        if call.row.called_at is not None and call.twin_of is None:
            found[Month.of(day_of(call.row.called_at))].append(call)
    return {month: tuple(its) for month, its in found.items()}


def _ordered(asked: Asked, by_name: Mapping[str | None, Calls]) -> list[str | None]:
    """In the order of the configuration, what was asked by none of them last."""
    names: list[str | None] = [one.name for one in asked.settings.questionnaires if one.name in by_name]
    return [*names, None] if None in by_name else names


def _line(name: str | None, calls: Calls) -> Line:
    stars = mean_stars(calls)
    values = (
        len(calls),
        sum(call.answered.is_written for call in calls),
        satisfied_share(calls),
        score_of(stars) if stars is not None else None,
        stars,
        sum(call.needs_follow_up for call in calls),
    )
    return Line((_called(name),), values)


def _called(name: str | None) -> Label:
    """What a questionnaire is called: in the reader's language where it is one of ours, else as config.yaml names it. A job
    for which none is set is told, since nothing was left blank there.
    """
    code = f"figures.questionnaire-{name}" if name is not None else "figures.no-questionnaire"
    return because(code) if code in texts(LOCALES[0]) else name


def _answers(asked_by: tuple[Questionnaire, ...], by_name: Mapping[str | None, Calls]) -> list[Line]:
    lines = []
    for one in asked_by:
        for question in one.questions:
            given = [call.row.get(question.key) for call in by_name.get(one.name, ())]
            yes, no = given.count(True), given.count(False)
            if not question.stars and (yes or no):
                lines.append(Line((_called(one.name), Name("surveys", question.key)), (yes, no, share(no, yes + no))))
    return lines
