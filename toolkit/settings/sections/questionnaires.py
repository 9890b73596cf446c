"""`questionnaires`: what customers are asked, and what an answer is worth (20, Call-back questionnaires)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from toolkit.core.words import LOCALES
from toolkit.registers.every import REGISTERS
from toolkit.registers.schema import Type, Writer
from toolkit.rules.questionnaire import Question, Questionnaire
from toolkit.settings.among import entries, keys_among, mistake
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import Listed, When, one_of
from toolkit.settings.form_base import Form
from toolkit.settings.names import KEY, Names
from toolkit.settings.yaml_source import Way

_QUESTION_KEY = "a question has a key of small Latin letters, digits and _; its words go under label"


class QuestionForm(Form):
    label: dict[Annotated[str, one_of(*LOCALES)], str] = Field(default_factory=dict)
    aliases: Listed = ()
    stars: dict[str, Annotated[float, Field(ge=1, le=5)]] = Field(default_factory=dict)
    no_costs: Annotated[float, Field(ge=0)] = 0
    weight: Annotated[float, Field(ge=0)] = 0


class QuestionnaireForm(Form):
    when: When = Field(default_factory=dict)
    questions: Annotated[dict[str, QuestionForm], Field(min_length=1)]
    off: bool = False


def questionnaire(name: str, one: QuestionnaireForm) -> Questionnaire:
    """A questionnaire as the rules know it."""
    questions = tuple(
        Question(key, question.label, question.stars, question.no_costs, question.weight, question.aliases)
        for key, question in one.questions.items()
    )
    return Questionnaire(name, questions, one.when)


def misnamed_questionnaires(names: Names) -> Iterator[Mistake]:
    """Names that `questionnaires` gets wrong."""
    yield from names.off("questionnaires", [key for key, _ in entries(names.preset.child("questionnaires"))])
    surveys = next(one for one in REGISTERS if one.name == "surveys")
    for name, node in entries(names.tree.child("questionnaires")):
        way: Way = ("questionnaires", name)
        yield from names.when(node, way, "tickets")
        for key, question in entries(node.child("questions")):
            here: Way = (*way, "questions", key)
            column = surveys.by_key.get(key)
            if column and (column.type not in {Type.CHOICE, Type.YES_NO} or column.written_by is Writer.TOOLKIT):
                yield mistake(
                    question,
                    here,
                    f"{key} is already a column of the surveys register, and no question; take another key",
                )
            elif column and column.choices:
                yield from keys_among(question.child("stars"), (*here, "stars"), names.choices("surveys", key))
            elif not KEY.fullmatch(key):
                yield mistake(question, here, _QUESTION_KEY)
