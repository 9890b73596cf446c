"""SMS letters: the approved text where the gateway sends nothing else, else the notice's own; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from toolkit.app.sms import limits_of, missing_extra
from toolkit.core.approved import ApprovedText, signed
from toolkit.core.finding import Finding, Severity
from toolkit.core.message import Letter, Values
from toolkit.core.reason import Reason, because
from toolkit.letters.approved import fill
from toolkit.letters.faults import LetterError
from toolkit.letters.library import Library
from toolkit.letters.sms import SmsSize, sms_parts
from toolkit.letters.sms_values import is_expression
from toolkit.rules.sms_lint import Fault, lint, lint_value, lint_whole
from toolkit.settings.model import Settings
from toolkit.settings.sections.sms import APPROVED_ONLY

CHINESE = "zh-CN"


class TextError(LetterError):
    """One SMS cannot be sent as it would read; `reason` says why in the desk's language."""

    def __init__(self, reason: Reason, what: str) -> None:
        super().__init__(reason.code, what=what)
        self.reason = reason


class Texts:
    """The SMS letters of one desk. `libraries` opens the library of a locale."""

    def __init__(self, settings: Settings, libraries: Callable[[str], Library]) -> None:
        self._settings, self._libraries = settings, libraries
        self._chinese: Library | None = None

    def letter(self, notice: str, library: Library, values: Values, what: str) -> Letter:
        """An SMS that may be queued; TextError where the gateway would refuse it."""
        if notice in self._refused:
            raise TextError(because("sms.stopped", notice=notice), what)
        letter = self.draft(notice, library, values, what)
        if fault := next(self.faults(notice, letter), None):
            raise TextError(fault.reason, what)
        return letter

    def draft(self, notice: str, library: Library, values: Values, what: str) -> Letter:
        """An SMS as it would read, right or wrong."""
        sms = self._settings.channels.sms
        one = sms.templates.get(notice)
        if one is None:
            return library.render(notice, "sms", values, what=what)
        return fill(one, self._fitting(one, library), values, what=what)

    def faults(self, notice: str, letter: Letter) -> Iterator[Fault]:
        """What stops this one message."""
        sms = self._settings.channels.sms
        limits = limits_of(sms)
        parts = size(self._settings, notice, letter.text).parts
        if limits.parts is not None and parts > limits.parts:
            yield Fault(because("sms.many-parts", parts=parts, most=limits.parts))
        if fault := lint_whole(signed(sms.keys.get("sign_name", ""), letter.text), limits.characters):
            yield fault
        for name, value in letter.variables.items():
            if fault := lint_value(name, value, sms.templates[notice].variables[name].longest):
                yield fault

    def _fitting(self, one: ApprovedText, library: Library) -> Library:
        """A Chinese text has Chinese dates, whatever the reader's language: it was approved as it stands."""
        if library.locale == CHINESE or not any("\u4e00" <= sign <= "\u9fff" for sign in one.text):
            return library
        self._chinese = self._chinese or self._libraries(CHINESE)
        return self._chinese

    @cached_property
    def _refused(self) -> frozenset[str]:
        found = texts_linted(self._settings)
        return frozenset(notice for notice, fault in found if fault.severity is Severity.ERROR)


def size(settings: Settings, notice: str, text: str) -> SmsSize:
    """Characters and parts as the gateway counts them: in mainland China the sign counts too."""
    sms = settings.channels.sms
    is_mainland = notice in sms.templates or sms.via in APPROVED_ONLY or settings.country == "CN"
    return sms_parts(signed(sms.keys.get("sign_name", ""), text), mainland=is_mainland)


def texts_linted(settings: Settings) -> Iterator[tuple[str, Fault]]:
    """Every fault of every approved text, by notice."""
    sms = settings.channels.sms
    checker = Library((), settings.locale, {}) if sms.templates else None
    for notice, one in sms.templates.items():
        for fault in lint(one, account_max=sms.variable_max, allowed=sms.allow_words):
            yield notice, fault
        for name, variable in one.variables.items():
            if checker is None or not is_expression(variable.source):
                continue
            try:
                checker.check_value(variable.source)
            except LetterError as error:
                yield notice, Fault(because("sms.expression", error=error.problem), variable=name)


def text_findings(settings: Settings) -> Iterator[Finding]:
    """What `check` and `doctor` say of the SMS channel of a configuration; nothing is sent or asked."""
    for notice, fault in texts_linted(settings):
        at = f".variables.{fault.variable}" if fault.variable else ""
        reason = because("sms.config", notice=notice, at=at, fault=fault.reason)
        yield Finding("sms-text", reason, severity=fault.severity)
    sms = settings.channels.sms
    if sms.untold:
        yield Finding("sms-text", because("sms.untold", notices=sms.untold), severity=Severity.WARNING)
    if extra := missing_extra(sms.via):
        yield Finding("sms-text", because("sms.extra", via=sms.via, extra=extra))
