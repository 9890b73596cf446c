"""`channels.sms`: a gateway, its keys, and the texts that it approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from toolkit.core.approved import ApprovedText, Variable, dialect_of
from toolkit.letters.sms_values import SHORTEN, is_expression, vocabulary
from toolkit.rules.sms_lint import variable_max
from toolkit.settings.among import entries, keys_among
from toolkit.settings.faults import Mistake
from toolkit.settings.fields import Listed, not_one_of, one_of, say
from toolkit.settings.form_base import Form
from toolkit.settings.names import Names

APPROVED_ONLY = frozenset({"aliyun", "tencent"})
"""Gateways of mainland China: they send to mobiles of the mainland, and only texts that they approved beforehand."""
KEYS: Mapping[str, tuple[str, ...]] = {
    "folder": (),
    "none": (),
    "aliyun": ("access_key_id", "access_key_secret", "sign_name"),
    "tencent": ("secret_id", "secret_key", "app_id", "sign_name"),
    "twilio": ("account_sid", "auth_token", "from"),
    "apprise": ("url",),
}
"""What each gateway needs to be told."""


@dataclass(frozen=True, slots=True)
class SmsSetting:
    """How text messages leave: into the outbox folder, not at all, or through a gateway, which is told `keys`.

    `templates` are the approved texts by notice. `variable_max` is the account's own limit of a variable, where it says so.
    `untold` are the notices that would go by SMS if they had an approved text.
    """

    via: str
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 15
    per_minute: int | None = None
    max_parts: int | None = None
    variable_max: int | None = None
    allow_words: frozenset[str] = frozenset()
    templates: Mapping[str, ApprovedText] = field(default_factory=dict)
    untold: tuple[str, ...] = ()

    def takes(self, phone: str) -> bool:
        """Whether a mobile, spelled as `read_phone` does, can be written to: `+49…` is none of the mainland's."""
        return self.via not in APPROVED_ONLY or not phone.startswith("+")


def _source(value: Any) -> Any:
    """`name: customer` is short for `name: {from: customer}`."""
    return {"from": value} if isinstance(value, str) else value


def _known_source(value: Any) -> str:
    if not isinstance(value, str):
        raise say("expected one value, not a list or section")
    if not is_expression(value) and value not in vocabulary():
        raise not_one_of(*vocabulary())
    return value


def _rules(value: Any) -> Any:
    return () if value == "never" else (value,) if isinstance(value, str) else value


class SmsVariableForm(Form):
    from_: Annotated[str, BeforeValidator(_known_source), Field(alias="from")]
    max: Annotated[int, Field(ge=1, le=500)] | None = None
    shorten: Annotated[tuple[Annotated[str, one_of(*SHORTEN)], ...] | None, BeforeValidator(_rules)] = None


class SmsTemplateForm(Form):
    code: Annotated[str, Field(min_length=1)]
    text: Annotated[str, Field(min_length=1)]
    variables: dict[str, Annotated[SmsVariableForm, BeforeValidator(_source)]] = Field(default_factory=dict)


class SmsForm(Form):
    via: Annotated[str, one_of(*KEYS)] = "folder"
    sign_name: str | None = None
    access_key_id: str | None = None
    access_key_secret: str | None = None
    secret_id: str | None = None
    secret_key: str | None = None
    app_id: str | None = None
    account_sid: str | None = None
    auth_token: str | None = None
    from_: Annotated[str | None, Field(alias="from")] = None
    url: str | None = None
    endpoint: str | None = None
    region: str | None = None
    timeout: Annotated[float, Field(gt=0, le=120)] = 15  # °
    per_minute: Annotated[int, Field(ge=1)] | None = None
    max_parts: Annotated[int, Field(ge=1)] | None = None
    variable_max: Annotated[int, Field(ge=0, le=500)] | None = None
    allow_words: Listed = ()
    templates: dict[str, SmsTemplateForm] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> SmsForm:
        known = {one.alias or name: getattr(self, name) for name, one in type(self).model_fields.items()}
        lacking = [key for key in KEYS.get(self.via, ()) if not known[key]]
        if lacking:
            raise say(f"via: {self.via} needs {', '.join(lacking)}")
        if self.via == "apprise" and "{to}" not in (self.url or ""):
            raise say(
                "the url of apprise has {to} where the number of the recipient goes, e.g. vonage://KEY:SECRET@FROM/{to}"
            )
        if self.via in {"twilio", "apprise"} and self.templates:
            raise say(f"via: {self.via} sends the letters' own texts; templates are for aliyun and tencent")
        return self


def approved(notice: str, one: SmsTemplateForm, dialect: str, sign: str, account_max: int | None) -> ApprovedText:
    """A text of the form as the rest of the toolkit knows it; a variable that says nothing may be as long as any may."""
    longest = variable_max(dialect) if account_max is None else account_max
    variables = {
        name: Variable(name, each.from_, longest if each.max is None else each.max, each.shorten)
        for name, each in one.variables.items()
    }
    return ApprovedText(notice, one.code, one.text, dialect, sign, variables)


def has_text(notice: str, sms: SmsForm) -> bool:
    """Where texts are approved beforehand, a notice without one goes by its next way."""
    return sms.via not in APPROVED_ONLY or notice in sms.templates


def sms(one: SmsForm, channels: Mapping[str, tuple[str, ...]]) -> SmsSetting:
    """How text messages leave; `channels` are the ways of each notice."""

    def dialect(text: str) -> str:
        return one.via if one.via in APPROVED_ONLY else dialect_of(text)

    keys = (
        "access_key_id",
        "access_key_secret",
        "secret_id",
        "secret_key",
        "app_id",
        "account_sid",
        "auth_token",
        "url",
    )
    told = {name: getattr(one, name) for name in (*keys, "endpoint", "region", "sign_name")} | {"from": one.from_}
    return SmsSetting(
        via=one.via,
        keys={name: value for name, value in told.items() if value},
        timeout=one.timeout,
        per_minute=one.per_minute,
        max_parts=one.max_parts,
        variable_max=one.variable_max,
        allow_words=frozenset(one.allow_words),
        templates={
            name: approved(name, each, dialect(each.text), one.sign_name or "", one.variable_max)
            for name, each in one.templates.items()
        },
        untold=tuple(name for name, ways in channels.items() if "sms" in ways and not has_text(name, one)),
    )


def misnamed_sms(names: Names) -> Iterator[Mistake]:
    """An approved text is for a letter that there is, one that is switched off too."""
    texts = names.tree.find(("channels", "sms", "templates"))
    yield from keys_among(
        texts, ("channels", "sms", "templates"), [key for key, _ in entries(names.preset.child("notices"))]
    )
