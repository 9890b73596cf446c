"""A clerk who does what the cell “next step” says, one thing a row, and nothing else: for desks that live through days."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from tests.small_desk import Cells
from toolkit.settings.model import Settings


class Worked(Protocol):
    """What a clerk works on: rows by register, choices by their keys."""

    settings: Settings
    rows: dict[str, list[Cells]]


@dataclass
class Clerk:
    """Works at an English desk. `diligence` is the chance that a row is taken up when it asks for something."""

    desk: Worked
    seed: int = 1
    diligence: float = 0.8
    not_understood: set[str] = field(default_factory=set)
    """Next steps of tickets that told the clerk nothing."""

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._seen: dict[int, datetime] = {}

    def works(self, now: datetime) -> None:
        """Every ticket and call-back that asks for something gets it, or waits for the next round."""
        for row in [*self.desk.rows.get("tickets", ())]:
            said = row.get("next_step")
            if said and not row.get("check") and self._dice.random() < self.diligence:
                self._step(row, said, now)
        for row in self.desk.rows.get("surveys", ()):
            if row.get("forwarded_at") and not row.get("store_feedback_at") and self._dice.random() < self.diligence:
                row.update(store_feedback="Went there, all is well now", store_feedback_at=now)

    def enters(self, row: Cells, now: datetime) -> None:
        """A customer asks for something: a new row without a number, as another ticket's customer would."""
        kept = (
            "kind",
            "customer",
            "phone",
            "email",
            "city",
            "address",
            "product",
            "category",
            "owner",
            "store",
            "fault",
        )
        row = {key: row[key] for key in (*kept, "delivered_on", "bought_on", "proof", "photos") if row.get(key)}
        problem = f"Something else is wrong since {now:%d %B %H:%M}."
        self.desk.rows["tickets"].append({**row, "opened_at": now, "status": "new", "problem": problem})

    def _step(self, row: Cells, said: str, now: datetime) -> None:
        for pattern, does in STEPS:
            if re.match(pattern, said, re.IGNORECASE):
                row.update(does(self, row, said, now))
                return
        self.not_understood.add(said)

    # -- what there is to do -----------------------------------------------------------------------------------------

    def answer(self, row: Cells, _said: str, now: datetime) -> Cells:
        status = "confirmed" if row["status"] == "new" else row["status"]
        return {"responded_at": now, "status": status, "last_told_at": now}

    def solve(self, row: Cells, _said: str, now: datetime) -> Cells:
        done = {"solution": "It is put right as agreed.", "solved_at": now, "last_told_at": now}
        status = "planned" if row["status"] in ("new", "confirmed") else row["status"]
        return {**done, "status": status, "photos": row.get("photos") or ("https://photos.example.com/1.jpg",)}

    def send(self, row: Cells, said: str, now: datetime) -> Cells:
        """To whom the desk suggests; else nobody goes, and the matter is settled from afar."""
        another = re.search(r": ask (\S+)", said)
        best = another[1] if another else (row.get("suggested_vendor") or "").partition(" ")[0]
        if not best:
            return {"service_mode": "remote", "vendor": None, "visit_at": None}
        at = datetime.combine(now.date() + timedelta(days=2), datetime.min.time()).replace(hour=10)
        blank = {"vendor_reply": None, "vendor_replied_at": None}
        return {**blank, "vendor": best, "visit_at": at, "status": "dispatched", "service_mode": "on_site"}

    def hear(self, _row: Cells, _said: str, now: datetime) -> Cells:
        says_yes = self._dice.random() < 0.8
        return {"vendor_reply": "accepted" if says_yes else "declined", "vendor_replied_at": now}

    def visit(self, row: Cells, _said: str, now: datetime) -> Cells:
        at = row["visit_at"]
        return self.finish(row, _said, now) if isinstance(at, datetime) and at <= now - timedelta(hours=2) else {}

    def finish(self, row: Cells, _said: str, now: datetime) -> Cells:
        agreed = {"fee_agreed": True} if row.get("fee") else {}
        started = row.get("started_at") or now - timedelta(minutes=30)
        return {**agreed, "started_at": started, "finished_at": now, "status": "done", "tested": "passed",
                "quality_check": "passed", "photos_after": ("https://photos.example.com/2.jpg",), "last_told_at": now}  # fmt: skip

    def accept(self, _row: Cells, _said: str, now: datetime) -> Cells:
        """Some close at once, before the desk has written what follows an acceptance."""
        ended = {"status": "closed", "closed_at": now} if self._dice.random() < 0.4 else {"status": "accepted"}
        return {"acceptance": "passed", "accepted_at": now, **ended}

    def close(self, _row: Cells, _said: str, now: datetime) -> Cells:
        return {"closed_at": now, "status": "closed"}

    def rework(self, _row: Cells, _said: str, now: datetime) -> Cells:
        blank = {"acceptance": None, "acceptance_reason": None, "finished_at": None, "accepted_at": None}
        return {**blank, "status": "in_progress", "last_told_at": now}

    def wait(self, row: Cells, _said: str, now: datetime) -> Cells:
        """The customer answers after a day, and the work goes on."""
        since = self._seen.setdefault(id(row), now)
        return {"status": "in_progress", "last_told_at": now} if now - since > timedelta(days=1) else {}

    def carry_on(self, _row: Cells, _said: str, now: datetime) -> Cells:
        return {"status": "in_progress", "last_told_at": now}

    def give_up(self, _row: Cells, _said: str, now: datetime) -> Cells:
        return {"status": "closed", "closed_at": now}

    def chase(self, row: Cells, _said: str, now: datetime) -> Cells:
        for part in self.desk.rows.get("parts", ()):
            if part.get("ticket_no") == row.get("ticket_no") and not part.get("received_on"):
                part["received_on"] = now.date()
        return {"status": "in_progress", "last_told_at": now}

    def fit(self, row: Cells, said: str, now: datetime) -> Cells:
        for part in self.desk.rows.get("parts", ()):
            if part.get("ticket_no") == row.get("ticket_no") and not part.get("sent_on"):
                part["sent_on"] = now.date()
        return self.finish(row, said, now)

    def call(self, row: Cells, _said: str, now: datetime) -> Cells:
        """The caller rings up; most are content."""
        caller = next((one["name"] for one in self.desk.rows["staff"] if one.get("role") == "caller"), None)
        made: dict[str, Any] = {"ticket_no": row["ticket_no"], "called_at": now, "caller": caller, "minutes": 4.0}
        is_content = self._dice.random() < 0.8
        for one in self.desk.settings.questionnaires:
            for question in one.questions:
                if row["kind"] in one.when.get("kind", ()) and question.key != "satisfaction":
                    made[question.key] = is_content
        made["satisfaction"] = "quite_satisfied" if is_content else "not_satisfied"
        self.desk.rows.setdefault("surveys", []).append(made)
        return {}

    def pay_back(self, _row: Cells, _said: str, now: datetime) -> Cells:
        return {"advance_refunded_on": now.date()}


Does = Callable[[Clerk, Cells, str, datetime], Cells]
STEPS: tuple[tuple[str, Does], ...] = (
    (r"answer the customer", Clerk.answer),
    (r"the customer answered .* after it was closed", Clerk.carry_on),
    (r"the customer answered", Clerk.carry_on),
    (r"waiting for the customer", Clerk.wait),
    (r"\d reminders since", Clerk.give_up),
    (r"offer a solution", Clerk.solve),
    (r"find a (new )?vendor", Clerk.send),
    (r".* (declined|has not answered): ask", Clerk.send),
    (r"hear whether the vendor", Clerk.hear),
    (r"visit at", Clerk.visit),
    (r"the visit of .* is over", Clerk.finish),
    (r"(finish the job|finish as promised)", Clerk.finish),
    (r"chase the parts", Clerk.chase),
    (r"post the part", Clerk.finish),
    (r"the parts (are here|were sent)", Clerk.fit),
    (r"arrange the rework", Clerk.rework),
    (r"have the customer accept", Clerk.accept),
    (r"close the ticket", Clerk.close),
    (r"call the customer back", Clerk.call),
    (r"(call-back ended|refund the customer's advance)", Clerk.pay_back),
)
"""What the words of a next step ask for; the first that fits."""
