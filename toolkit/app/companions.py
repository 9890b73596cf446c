"""Books that stay open: since when, and the read-only workbook that shows meanwhile what the toolkit would write (60, 31)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.app.planning import chosen_jobs, words_of
from toolkit.core.actions import Append, Edit, Observation, RowId
from toolkit.core.errors import BookLockedError
from toolkit.core.memory import COMPANION, LOCKED
from toolkit.core.reason import Name, because
from toolkit.gateways.excel.companion import (
    NotOursError,
    companion_of,
    remove_companion,
    write_companion,
)
from toolkit.gateways.excel.companion_tab import Column, Tab
from toolkit.gateways.excel.locks import who_has_open
from toolkit.registers.schema import Writer

if TYPE_CHECKING:
    from toolkit.app.applied import Applied
    from toolkit.app.desk import Desk
    from toolkit.app.planned import Planned
    from toolkit.core.words import Words
    from toolkit.registers.table import Table


@dataclass
class _Keeping:
    """One book at the end of a run."""

    desk: Desk
    made: Planned
    applied: Applied
    book: str
    path: Path

    def observed(self) -> Iterator[tuple[str, str]]:
        """What is new of this book: since when it is open, and its companion, which is written or removed here."""
        if self.book not in self.made.read.stamps:
            return  # it could not be read: nobody knows what is to be shown, or whether it is closed
        memory, refused = self.made.snapshot.memory, {one.book for one in self.applied.refused}
        locked, companion = memory.standing(self.book, LOCKED), memory.standing(self.book, COMPANION)
        if self._is_open(was_open=locked is not None):
            if locked is None:
                yield LOCKED, "yes"
            since = locked.first_seen_at if locked else self.made.now
            made = self._stand_in(since) or (companion.value if companion else None)
            if made is not None:
                self._say(since, made)
                yield COMPANION, made
        elif self.book not in refused and (self._is_whole_run or self._is_wanted):
            self._remove()
            yield from ((column, "") for column, was in ((LOCKED, locked), (COMPANION, companion)) if was)

    @property
    def _is_whole_run(self) -> bool:
        return set(chosen_jobs(())) <= set(self.made.jobs)

    @property
    def _is_wanted(self) -> bool:
        """Whether there was something to write."""
        plan = self.made.plan
        return any(one.at.book == self.book for one in plan.edits) or any(one.book == self.book for one in plan.appends)

    def _is_open(self, *, was_open: bool) -> bool:
        """The write was refused for it; or it was open before, nothing had to be written, and somebody has it still."""
        of_book = [one for one in self.applied.refused if one.book == self.book]
        if of_book:
            return any(isinstance(one, BookLockedError) for one in of_book)
        return was_open and not self._is_wanted and who_has_open(self.path) is not None

    def _stand_in(self, since: datetime) -> str | None:
        """Make the companion if it is time; its name. A run of some jobs alone does not know all that it must show."""
        wait = self.desk.settings.book(self.book).companion_after
        if wait is None or self.made.now - since < wait or not self._is_whole_run:
            return None
        words, target = words_of(self.desk.settings), companion_of(self.path)
        try:
            write_companion(self.path, list(self._tabs(words)), self._about(since, words))
        except NotOursError:
            said = because("companion.not-ours", companion=str(target), book=self.path.name)
        except OSError as error:
            said = because("companion.failed", companion=str(target), error=error.strerror or str(error))
        else:
            return target.name
        self.applied.notes.append(words.say(said))
        return None

    def _remove(self) -> None:
        try:
            remove_companion(self.path)
        except OSError as error:
            why = because(
                "companion.failed", companion=str(companion_of(self.path)), error=error.strerror or str(error)
            )
            self.applied.notes.append(words_of(self.desk.settings).say(why))

    def _say(self, since: datetime, name: str) -> None:
        path = str(companion_of(self.path).with_name(name))
        said = because("companion.note", book=str(self.path), since=self._wall(since), companion=path)
        self.applied.notes.append(words_of(self.desk.settings).say(said))
        self.applied.companions.append(path)

    def _about(self, since: datetime, words: Words) -> str:
        owner = who_has_open(self.path)
        return words.say(
            because(
                "companion.about",
                book=self.path.name,
                owner=owner.name if owner else because("companion.someone"),
                since=self._wall(since),
                at=self._wall(self.made.now),
            )
        )

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.desk.settings.book(self.book).timezone)

    def _tabs(self, words: Words) -> Iterator[Tab]:
        edits = [one for one in (*self.made.plan.edits, *self.applied.noted) if one.at.book == self.book]
        appends = [one for one in (*self.made.plan.appends, *self.applied.logged) if one.book == self.book]
        for table in self.made.snapshot.tables:
            if table.book == self.book and (tab := tab_of(table, edits, appends, words)) is not None:
                yield tab


def tab_of(table: Table, edits: Iterable[Edit], appends: Iterable[Append], words: Words) -> Tab | None:
    """A register's key and toolkit columns as they would stand after these edits; None where they would hold nothing."""
    from toolkit.app.build import KINDS, in_sight  # and with it openpyxl: for the rare book alone

    register, name = table.register, table.register.name
    names = (*register.key, *([register.key_else] if register.key_else else []))
    there = [one for one in in_sight(register) if one.key in table.columns]
    key = [one for one in there if one.key in names]
    owned = [one for one in there if one.written_by is not Writer.STAFF and one.key not in names]
    if not owned:
        return None
    new = {(one.at.row, one.column): one.new for one in edits if one.at.register == name}
    rows = [
        [new.get((row.row, one.key), row.bad.get(one.key, row.get(one.key))) for one in (*key, *owned)]
        for row in table.rows
    ]
    rows += [[one.values.get(column.key) for column in (*key, *owned)] for one in appends if one.register == name]
    filled = [
        [_shown(value, words) for value in row] for row in rows if any(one is not None for one in row[len(key) :])
    ]
    columns = [(one, one in key) for one in (*key, *owned)]
    return (
        Tab(
            table.tab,
            tuple(
                Column(words.label(Name(name, one.key)), KINDS.get(one.type, "text"), is_key) for one, is_key in columns
            ),
            filled,
        )
        if filled
        else None
    )


def _shown(value: object, words: Words) -> object:
    match value:
        case bool():
            return words.say(because("build.yes" if value else "build.no"))
        case datetime():
            return value.replace(tzinfo=None)
        case None | str() | int() | float() | Decimal() | date():
            return value
        case _:
            return words.word(value)


def keep_companions(desk: Desk, made: Planned, applied: Applied, run_id: int, last: datetime | None) -> None:
    """See to the companion of every book, and remember what changed."""
    seen = [
        Observation(RowId(name, "", "", 0), column, value)
        for name in desk.books
        if (path := desk.settings.book(name).path) is not None
        for column, value in _Keeping(desk, made, applied, name, path).observed()
    ]
    known = made.snapshot.memory
    new = [one for one in seen if getattr(known.standing(one.at.book, one.column), "value", "") != one.value]
    if new:
        desk.state.record(run_id, made.now, new, seen_before=last)
