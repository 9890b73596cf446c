"""What can be told of a ticket while a register cannot be read: the cells that go by it stay as they are, all others go on."""

from __future__ import annotations

from toolkit.jobs.ticket.case import Case, Judge
from toolkit.jobs.ticket.promised import is_known
from toolkit.registers.tickets import FINISHED, FROZEN
from toolkit.rules.worktime.ends import End

_OVER = FINISHED | FROZEN


class Sure:
    """Asked for each ticket of a run; where every register was read, the answer is yes at once."""

    def __init__(self, judge: Judge) -> None:
        snapshot = self._snapshot = judge.snapshot
        self._knows_calls = not snapshot.is_unread("surveys", "contacts")
        self._knows_contacts = not snapshot.is_unread("contacts")
        self._knows_vendors = not snapshot.is_unread("vendors")
        self._knows_shifts = judge.knows_shifts
        self.is_of_all = not snapshot.unread

    def of_the_call(self, case: Case) -> bool:
        """Whether it is known if the customer was called back: nobody asks before the work is finished."""
        return self._knows_calls or case.row.status not in FINISHED or "callback" not in case.governed

    def of_clocks(self, case: Case) -> bool:
        """Whether it is known which clocks run, and so what is late."""
        return self.is_of_all or (
            self.of_the_call(case)
            and is_known(self._snapshot, case.row)
            and (self._knows_contacts or not self._tells(case))
            and (self._knows_vendors or not self._asks(case))
            and (self._knows_shifts or all(one.end is not End.SHIFT for one in case.governed.values()))
        )

    def _tells(self, case: Case) -> bool:
        """Whether progress is to be told (P-23): when the customer last heard of it stands in the contacts, too."""
        is_answered = case.row.responded_at is not None or "response" not in case.governed
        return "told" in case.governed and is_answered and case.row.status not in _OVER

    def _asks(self, case: Case) -> bool:
        """Whether a vendor may owe an answer (P-25)."""
        return "reply" in case.governed and case.row.vendor is not None and case.row.status not in _OVER

    def of_next_step(self, case: Case, *, sends: bool) -> bool:
        """Whether it is known what comes next: whom the desk waits for may have spoken; who `sends` somebody chooses by what
        is known of the vendors.
        """
        if self.is_of_all:
            return True
        is_waiting = case.waiting_since is not None
        return (
            self.of_clocks(case)
            and (self._knows_contacts or not (is_waiting or case.given_up_since is not None))
            and (self.of_vendors or is_waiting or not sends)
        )

    @property
    def of_vendors(self) -> bool:
        """Whether the vendors are known, with what their customers said of them."""
        return self._knows_vendors and self._knows_calls
