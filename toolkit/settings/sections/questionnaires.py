"""`questionnaires`: what customers are asked, and what an answer is worth (20, Call-back questionnaires)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from toolkit.core.words import LOCALES
from toolkit.rules.questionnaire import Question, Questionnaire
from toolkit.settings.fields import Listed, When, one_of
from toolkit.settings.form_base import Form


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
