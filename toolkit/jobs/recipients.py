"""Who hears of something, and how that one is reached today."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Any

from toolkit.core.actions import Recipient
from toolkit.core.message import room_address
from toolkit.registers.fold import fold
from toolkit.registers.snapshot import Snapshot
from toolkit.rules.contact import is_mobile, read_email, read_phone
from toolkit.settings.model import Settings
from toolkit.settings.sections.notices import Notice


def addresses(row: Any) -> dict[str, str]:
    """Channel -> address of a row that has `email` and `phone`: SMS goes to mobiles only (60, 5)."""
    found: dict[str, str] = {}
    if row.email:
        found["email"] = row.email
    if row.phone and is_mobile(row.phone):
        found["sms"] = row.phone
    return found


def reached(
    notice: Notice,
    settings: Settings,
    row: Any,
    role: str,
    name: str,
    opted_out: frozenset[str],
    bounced: Container[str] = (),
) -> tuple[Recipient, ...]:
    """Somebody on the channels that the notice names, as far as they have an address and want messages.

    An e-mail address in `bounced` (folded) is passed over: the next channel stands in for it.
    """
    known = {way: to for way, to in addresses(row).items() if way != "sms" or settings.channels.sms.takes(to)}
    if notice.audience == "staff" and (room := room_for(settings, row)) is not None:
        known["chat"] = room
    came_back = known.get("email", "").casefold() in bounced
    language = row.language or settings.locale
    found = tuple(
        Recipient(role, notice.audience, channel, known[channel], name, language, "email" if came_back else "")
        for channel in notice.channels
        if channel in known and known[channel] not in opted_out and not (came_back and channel == "email")
    )
    return found if notice.all_channels else found[:1]


def room_for(settings: Settings, person: Any) -> str | None:
    """The chat room of a member of staff, by role or department, and their mobile, which the bot calls there."""
    chat = settings.channels.chat
    department = fold(person.department or "")
    for room in chat.rooms:
        is_open = not room.roles and not room.departments
        if is_open or person.role in room.roles or department in map(fold, room.departments):
            is_called = chat.mention and person.phone and is_mobile(person.phone)
            return room_address(room.name, (person.phone,) if is_called else ())
    return None


def role_of_vendor(vendor: Any) -> str:
    """`vendor:V012`."""
    return f"vendor:{vendor.vendor_no}"


def role_of_person(person: Any) -> str:
    """`staff:S03`; a person without a number by name."""
    return f"staff:{person.staff_no or person.name}"


def present(snapshot: Snapshot, person: Any, today: date) -> Any:
    """The person, or the deputy of one who is away or gone (20: who is away has a deputy, who gets the letters)."""
    seen: set[str] = set()
    while person is not None and person.name not in seen:
        seen.add(person.name)
        away = person.away_from is not None and person.away_from <= today <= (person.away_to or date.max)
        if person.active is not False and not away:
            return person
        deputy = snapshot.person(person.deputy)
        if deputy is None:
            return person if person.active is not False else snapshot.person(person.manager)
        person = deputy
    return person


ROLE = "role:"
"""Begins a recipient who is known by their role in the staff register: `role:dispatcher`."""


def chain(snapshot: Snapshot, owner: str | None, book: str, to: str, store: str | None = None) -> Any:
    """Owner, manager (the owner's), head (the manager's manager) (60, 18). Without an owner: the first of that role.

    `store` is the manager of the ticket's store, `role:…` and `caller` the first of that role; where there is none, the
    owner's manager hears of it, since a letter to nobody helps nobody.
    """
    person = snapshot.person(owner, book)
    if to == "caller" or to.startswith(ROLE):
        found = of_role(snapshot, to.removeprefix(ROLE))
        return found or chain(snapshot, owner, book, "manager")
    if to == "store":
        return manager_of_store(snapshot, store) or chain(snapshot, owner, book, "manager")
    if to == "owner":
        return person or of_role(snapshot, "manager")
    manager = snapshot.person(person.manager, book) if person else None
    manager = manager or of_role(snapshot, "manager")
    if to == "manager":
        return manager
    head = snapshot.person(manager.manager, book) if manager else None
    return head or of_role(snapshot, "head")


def manager_of_store(snapshot: Snapshot, store: str | None) -> Any:
    """Who manages a store: as the stores register says, else the first of the staff who does; None where nobody is named."""
    wanted = fold(store or "")
    if not wanted:
        return None
    stores = (row for _, row in snapshot.rows("stores") if wanted in (fold(row.name or ""), fold(row.store_no or "")))
    named = snapshot.person(next((row.manager for row in stores), None))
    return named or next(
        (
            row
            for _, row in snapshot.rows("staff")
            if row.role == "store_manager" and row.active is not False and fold(row.store or "") == wanted
        ),
        None,
    )


def of_role(snapshot: Snapshot, role: str) -> Any:
    """The first active member of staff with a role."""
    return next((row for _, row in snapshot.rows("staff") if row.role == role and row.active is not False), None)


def opted_out(snapshot: Snapshot, settings: Settings) -> frozenset[str]:
    """Every phone and address that wants no messages, in the form in which the registers hold them."""
    found: set[str] = set()
    for _, row in snapshot.rows("contacts_opt_out"):
        text = row.contact
        if text is None:
            continue
        found |= {text, fold(text)}
        as_email = read_email(text) if "@" in text else None
        as_phone = None if "@" in text else read_phone(text, settings.country)
        found |= {one for one in (as_email, as_phone) if one}
    return frozenset(found)
