"""An approved SMS text filled with the values of a letter: the variables shortened to their limits, the text as preview."""

from __future__ import annotations

from toolkit.core.approved import ApprovedText, Variable
from toolkit.core.message import Letter, Values
from toolkit.letters.library import Library
from toolkit.letters.sms_values import Word, fitted, is_expression, vocabulary


def fill(one: ApprovedText, library: Library, values: Values, *, what: str = "") -> Letter:
    """The letter that travels as a code and variables; LetterError where a value cannot be rendered.

    Nothing is judged here: a variable that cannot be made short enough stays too long.
    """
    filled = {name: _value(one.variables[name], library, values, what) for name in one.ordered}
    return Letter("", one.filled(filled), template=one.code, variables=filled)


def _value(variable: Variable, library: Library, values: Values, what: str) -> str:
    source = variable.source
    word = Word(source, ("cut",)) if is_expression(source) else vocabulary()[source]
    text = library.value(word.expression, values, what=what)
    return fitted(text, variable.longest, word.shorten if variable.shorten is None else variable.shorten)
