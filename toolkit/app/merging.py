"""Notices to one chat room in one run become one post: a bot takes 20 a minute, and people read one better than twenty.
Mails to one person become one letter: several notices about a customer's or vendor's ticket, several alerts of a colleague.

Pure. What is put together is one message that serves several occasions; the outbox keeps each occasion apart, so that each
is told once. Never together are: different rooms; what may leave now and what waits for a time; notices of different jobs
(one that runs without the other would take the other's for withdrawn); rows whose number is not in the sheet yet (they may
have to wait); what was tried before, whose text stands; and what waits for a person or was let go by one, who decided about
that letter and no other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from toolkit.core.memory import RowKey
from toolkit.core.message import Attachment, Letter, Message, State, room_address, room_of
from toolkit.core.reason import because
from toolkit.core.words import Words
from toolkit.letters.faults import LetterError

GATHERED = 30
"""So many notices in one post at most °: beyond that nobody reads on, and the bots' limits cut."""
ROOM = 15_000
ROOMS = {"wecom": 1_900, "feishu": 9_000}
"""Bytes of text that a post takes without being cut, where a service has less room than ROOM. WeCom's is that of a post which
calls people; Feishu counts six bytes for a Chinese sign."""
_TITLE = 60
IMPORTANT = (
    "escalation",
    "overdue",
    "warning",
    "visit-cancelled",
    "visit-cancelled-vendor",
    "visit-moved",
    "visit-moved-vendor",
    "appointment",
    "appointment-vendor",
    "reminder",
    "reminder-vendor",
    "delay",
    "fee",
    "solution",
)
"""What a letter of several notices is headed by, most important first; the others follow in the order of the plan."""
TABLE = "alerts"
ALERTS = frozenset({"escalation", "overdue", "warning"})
"""What a colleague gets in one letter though it is about several tickets."""


class Write(Protocol):
    """Makes the letter of several notices, the most important first (LetterError)."""

    def __call__(self, keys: Sequence[str], *, is_table: bool) -> Letter:
        """`is_table`: a line each, in place of a section each."""
        ...


def merged(
    messages: Sequence[Message],
    words: Words,
    *,
    frozen: Mapping[str, int],
    apart: Callable[[Message], Hashable],
    room: int = ROOM,
) -> tuple[Message, ...]:
    """The messages with those of a chat room put together, each where the first of it stood.

    A post takes up to `room` bytes: two posts are better than one that is cut.
    `frozen` maps occasions whose text stands to the outbox's message that serves them; `apart` tells notices that must
    not meet (by job, by whether the row stands in the sheet).
    """
    heaps: dict[Hashable, list[Message]] = defaultdict(list)
    for one in messages:
        heaps[_heap(one, frozen, apart)].append(one)
    made = [_together(part, words) for heap in heaps.values() for part in _parts(heap, room)]
    return _in_order(made, messages)


def _in_order(made: Iterable[Message], messages: Sequence[Message]) -> tuple[Message, ...]:
    """Each where the first of its notices stood."""
    order = {key: place for place, one in enumerate(messages) for key in one.occasions}
    return tuple(sorted(made, key=lambda one: min(order[key] for key in one.occasions)))


def one_letter_each(
    messages: Sequence[Message],
    write: Write,
    *,
    frozen: Mapping[str, int],
    apart: Callable[[Message], Hashable],
    merge: bool = True,
    alerts_above: int | None = None,
) -> tuple[Message, ...]:
    """The messages with the mails to one person put together, each where the first of them stood.

    `write` makes the letter, by the messages' keys. Where it cannot, the notices go one by one, as they are. More alerts
    than `alerts_above` become a table of them, whether or not other mails are merged.
    """
    heaps: dict[Hashable, list[Message]] = defaultdict(list)
    for one in messages:
        heaps[_pile(one, frozen, apart)].append(one)
    return _in_order((one for heap in heaps.values() for one in _mails(heap, write, merge, alerts_above)), messages)


def _pile(one: Message, frozen: Mapping[str, int], apart: Callable[[Message], Hashable]) -> Hashable:
    is_alert = one.audience == "staff" and one.notice in ALERTS
    may_join = is_alert or (one.audience != "staff" and one.register == "tickets")
    if one.channel != "email" or one.state is not State.READY or not may_join:
        return one.key
    about = "" if is_alert else one.row_key
    return (one.to, one.role, one.book, about, one.not_before, frozen.get(one.key), apart(one))


def _mails(heap: Sequence[Message], write: Write, merge: bool, alerts_above: int | None) -> Sequence[Message]:
    if len(heap) == 1:
        return heap
    is_table = alerts_above is not None and len(heap) > alerts_above and heap[0].notice in ALERTS
    if not is_table and not merge:
        return heap
    ranked = sorted(heap, key=lambda one: IMPORTANT.index(one.notice) if one.notice in IMPORTANT else len(IMPORTANT))
    try:
        letter = write([one.key for one in ranked], is_table=is_table)
    except LetterError:
        return heap
    mail = _one_mail(ranked, letter)
    return (replace(mail, notice=TABLE) if is_table else mail,)


def _one_mail(ranked: Sequence[Message], letter: Letter) -> Message:
    """One mail for several, headed by the most important; its files are those of all."""
    first, ends = ranked[0], [one.expires_at for one in ranked]
    return replace(
        first,
        occasions=tuple(dict.fromkeys(key for one in ranked for key in one.occasions)),
        letter=replace(letter, attachments=_named_apart(file for one in ranked for file in one.letter.attachments)),
        expires_at=max((end for end in ends if end is not None), default=None) if None not in ends else None,
        thread=first.thread if len({one.thread for one in ranked}) == 1 else None,
        why="; ".join(dict.fromkeys(one.why for one in ranked)),
    )


def _named_apart(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Two files of one name in one mail: some programs keep only the last."""
    seen: Counter[str] = Counter()
    found = []
    for file in files:
        stem, dot, end = file.name.rpartition(".")
        seen[file.name] += 1
        n = seen[file.name]
        found.append(file if n == 1 else replace(file, name=f"{stem}-{n}{dot}{end}"))
    return tuple(found)


def rows_of(message: Message) -> tuple[RowKey, ...]:
    """The rows that a message is about: its own, and those of the occasions that it serves besides."""
    found = [(message.book, message.register, message.row_key)]
    for key in message.occasions if len(message.occasions) > 1 else ():
        parts = [part.replace("%7C", "|").replace("%25", "%") for part in key.split("|")]
        found += [(parts[0], parts[1], parts[2])] if len(parts) > 2 else []  # noqa: PLR2004
    return tuple(dict.fromkeys(found))


def _heap(one: Message, frozen: Mapping[str, int], apart: Callable[[Message], Hashable]) -> Hashable:
    if one.channel != "chat" or one.state is not State.READY:
        return one.key
    return (room_of(one.to)[0], one.not_before, frozen.get(one.key), apart(one))


def _parts(heap: Sequence[Message], room: int) -> Iterator[Sequence[Message]]:
    """A heap in pieces that fit a post, in order."""
    part: list[Message] = []
    size = _TITLE
    for one in heap:
        its = len(one.letter.text.encode("utf-8", "replace")) + _TITLE
        if part and (len(part) == GATHERED or size + its > room):
            yield part
            part, size = [], _TITLE
        part.append(one)
        size += its
    yield part


def _together(heap: Sequence[Message], words: Words) -> Message:
    """One message for several. It expires when the last of them would be pointless."""
    first = heap[0]
    if len(heap) == 1:
        return first
    ends = [one.expires_at for one in heap]
    subject = words.say(because("chat.gathered", n=len(heap)))
    return replace(
        first,
        occasions=tuple(dict.fromkeys(key for one in heap for key in one.occasions)),
        to=room_address(room_of(first.to)[0], (mobile for one in heap for mobile in room_of(one.to)[1])),
        to_name="、".join(dict.fromkeys(one.to_name for one in heap)),
        letter=Letter(
            subject,
            "\n\n".join((subject, *_sections(heap, words))),
            links=tuple(dict.fromkeys(link for one in heap for link in one.letter.links)),
        ),
        expires_at=max((end for end in ends if end is not None), default=None) if None not in ends else None,
        why="; ".join(dict.fromkeys(one.why for one in heap)),
    )


def _sections(heap: Iterable[Message], words: Words) -> Iterable[str]:
    """A section for each kind of notice, in the order in which the kinds first come."""
    kinds: dict[str, list[Message]] = defaultdict(list)
    for one in heap:
        kinds[one.notice].append(one)
    for notice, its in kinds.items():
        title = words.say(because("chat.section", notice=because(f"notice.{notice}"), n=len(its)))
        yield "\n".join((f"{title}", "\n\n".join(one.letter.text for one in its)))
