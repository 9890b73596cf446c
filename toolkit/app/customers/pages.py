"""A customer file as text and as a page to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from toolkit.app.papers import page
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.settings.model import Settings


def lines(told: Mapping[str, Any], words: Words) -> Iterator[str]:
    """The file as text."""

    def head(name: str) -> str:
        return words.say(because(f"customer.{name}"))

    yield "  ".join((words.word(tuple(told["names"])), words.word((*told["phones"], *told["emails"])))).strip()
    for one in told["addresses"]:
        yield f"  {one}"
    if told["others"]:
        yield f"  {head('others')}: {words.word(tuple(told['others']))}"
    if told["opted_out"]:
        yield f"! {head('opted-out')}: {words.word(tuple(told['opted_out']))}"
    for one in told["unread"]:
        yield f"! {words.say(because('customer.unread', register=one))}"
    last = told["last_contact"]
    yield f"{head('last')}: " + (
        "  ".join((last["at"], last["what"], last["no"] or "")).rstrip() if last else head("never")
    )
    if told["open"]:
        yield from ("", head("open"))
    for one in told["open"]:
        parts = (one["register"], one["no"] or one["cell"], one["status"], one["owner"])
        yield "  " + "  ".join(part for part in parts if part)
        yield from (f"      {mark} {one[name]}" for mark, name in (("!", "overdue"), ("→", "next")) if one[name])
    if told["promises"]:
        yield from ("", head("promises"))
    for one in told["promises"]:
        late = f"  ! {head('late')}" if one["late"] else ""
        yield f"  {one['at']:<16}  {one['what']}  {one['register']} {one['no'] or one['cell']}{late}"
    if told["money"]:
        yield from ("", head("money"))
    for one in told["money"]:
        yield f"  {one['amount']:>10}  {one['what']}  {one['register']} {one['no'] or one['cell']}"
    yield from ("", head("timeline"))
    for one in told["timeline"]:
        yield f"  {one['at']:<16}  {one['register']} {one['no'] or ''}  {one['what']}  {one['detail']}".rstrip()
        yield from (f"      {line}" for line in (one["text"] or "").splitlines())


def customer_page(settings: Settings, now: datetime, told: Mapping[str, Any], locale: str) -> str:
    """The file as a page (LetterError where its template is at fault)."""
    return page(settings, now, "customer", locale, {"customer": told})
