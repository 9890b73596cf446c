"""A register that had rows and has none now, or far fewer: an accident until somebody says otherwise. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from toolkit.core.errors import UsageError
from toolkit.core.finding import Finding
from toolkit.core.memory import Memory
from toolkit.core.place import Place
from toolkit.core.reason import Name, Reason, because
from toolkit.registers.fold import closest, fold
from toolkit.registers.table import Table
from toolkit.settings.lexicons import lexicon_of, registers_of
from toolkit.settings.model import Settings

SMALL = 10
"""° A register with fewer rows may lose some of them without an alarm, but never all."""

Pair = tuple[str, str]
"""Book, register."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a register had when its book was last read whole (`seen_at`, in the desk's zone), and what it has now."""

    book: str
    register: str
    tab: str
    before: int
    now: int
    seen_at: datetime | None

    @property
    def pair(self) -> Pair:
        """Whose loss it is."""
        return self.book, self.register

    def finding(self) -> Finding:
        """The loss for machines, for `check`, and for the managers' digest."""
        why = because(
            "fault.rows-lost",
            book=self.book,
            register=Name(self.register),
            before=self.before,
            found=self.now,
            seen=self.seen_at,
        )
        return Finding("rows-lost", why, self.book, self.register, place=Place(self.tab), value=self.now)

    def part(self) -> Reason:
        """The loss within the sentence that tells of its book."""
        return because("loss.part", tab=self.tab, before=self.before, found=self.now)


def is_loss(before: int, now: int, most: float | None) -> bool:
    """Whether so many rows do not go by themselves. `most` is the share that may go; None: any, but not all."""
    if now >= before:
        return False
    return now == 0 or (most is not None and before >= SMALL and before - now > round(most * before, 6))


def losses(tables: Collection[Table], memory: Memory, settings: Settings) -> tuple[Loss, ...]:
    """Every register that lost more than its book's `max_loss`, in the order of the books."""
    tabs: dict[Pair, str] = {}
    for table in tables:
        tabs.setdefault((table.book, table.register.name), table.tab)
    found = []
    for (book, register), now in counted(tables).items():
        before, tab = memory.row_count(book, register) or 0, tabs[book, register]
        if is_loss(before, now, settings.book(book).max_loss):
            seen = memory.whole_at(book)
            seen = seen.astimezone(settings.timezone) if seen else None
            found.append(Loss(book, register, tab, before, now, seen))
    return tuple(found)


def counted(tables: Iterable[Table]) -> dict[Pair, int]:
    """The rows of each register as they were read."""
    rows: Counter[Pair] = Counter()
    for table in tables:
        rows[table.book, table.register.name] += len(table.rows)
    return dict(rows)


def accepted(word: str, settings: Settings, books: Collection[str]) -> frozenset[Pair]:
    """What a word of `--accept-loss` names: `tickets`, a tab, either behind `BOOK/`. UsageError for anything else."""
    lexicon, registers = lexicon_of(settings), [one.name for one in registers_of(settings)]
    names = {fold(name): register for register in registers for name in (register, *lexicon.tabs(register))}
    book, _, name = word.rpartition("/")
    if book and book not in books:
        raise UsageError(f"--accept-loss {word}: there is no book “{book}”; there is {', '.join(books)}")
    if fold(name) not in names:
        near = closest(name, [*registers, *(lexicon.tabs(one)[0] for one in registers)])
        meant = f"do you mean {near}?" if near else f"there are {', '.join(registers)}"
        raise UsageError(f"--accept-loss {word}: there is no register “{name}”; {meant}")
    return frozenset((one, names[fold(name)]) for one in ([book] if book else books))


def refuse_in_vain(accepts: Mapping[str, frozenset[Pair]], found: Iterable[Loss]) -> None:
    """A loss is accepted once, for one run: words that accept nothing are a mistake, else they would stay for ever."""
    lost = {one.pair for one in found}
    vain = [word for word, pairs in accepts.items() if not pairs & lost]
    if vain:
        raise UsageError(
            f"--accept-loss {vain[0]}: nothing is missing there. It accepts one loss, in one run: leave it away"
        )


def option_of(loss: Loss, settings: Settings) -> str:
    """The words on the command line that accept a loss."""
    return f"--accept-loss {loss.register if len(settings.books) == 1 else '/'.join(loss.pair)}"


def sentence(lost: Sequence[Loss], settings: Settings, location: str, backups: str | None) -> Reason:
    """What a person is told of one book: what is gone, since when, what that means, what to do."""
    return because(
        "loss.sentence" if backups else "loss.sentence-without-backups",
        location=location,
        parts=tuple(one.part() for one in lost),
        seen=lost[0].seen_at,
        backups=backups,
        options=" ".join(option_of(one, settings) for one in lost),
    )
