"""The golden desks written anew: `python -m tests.golden.renew`. Read the difference (`git diff tests/golden`) before you commit it.

A golden file is what a person would see: `plan --full` of the demo desk at a fixed moment, and one letter of each notice
and channel that its runs send over some days. They change when a template, a rule or the demo changes, and only then.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.system.desks import NOW, Desk, demo, plain
from toolkit.settings.layers import DEFAULT_PRESET, PRESETS

HOME = Path(__file__).parent / "furniture"
LOCALES = ("zh-CN", "en")
OTHERS = tuple(one for one in PRESETS if one != DEFAULT_PRESET)
"""The other kinds of sellers: of their desks the plan is kept, with its letters in full."""
"""The desk's own language; a customer with another one gets letters in theirs, which stand in these files too."""
DAYS = (
    (NOW, None),
    ("2026-11-24T11:00", "staff"),
    ("2026-11-25T10:00", None),
    ("2026-11-30T10:00", None),
)


def plan_text(folder: Path, locale: str, preset: str = DEFAULT_PRESET) -> str:
    """`plan --full` of a preset's demo desk at the fixed moment, as it stands in a pipe."""
    done = demo(folder, locale=locale, preset=preset)("plan", "--full", now=NOW)
    assert done.code == 0, done.err
    return done.out


def letters(folder: Path, locale: str) -> dict[str, str]:
    """`notice.channel.txt` -> the first letter of that kind, by its row's key."""
    desk = demo(folder, locale=locale)
    for now, who in DAYS:
        if who:
            _staff(desk)
        done = desk("run", now=now)
        assert done.code == 0, done.err
        assert desk("run", "digest", now=now).code == 0
    found: dict[str, Path] = {}
    for file in sorted(desk.files(), key=lambda one: (one.parent.name, one.stem.split("-")[2])):
        notice = file.stem.split("-")[1].replace("_", "-")
        found.setdefault(f"{notice}.{'sms' if file.suffix == '.txt' else 'email'}.txt", file)
    return {name: plain(file) for name, file in sorted(found.items())}


def _staff(desk: Desk) -> None:
    """What staff do between the first and the second run, so that letters about changed visits are there too."""
    rows = sorted(
        (
            one
            for one in desk.rows()
            if one["status"] == desk.said("tickets", "status", "dispatched") and one["vendor"] != "V999"
        ),
        key=lambda one: one["ticket_no"],
    )
    moved, stopped, by_mail, *_ = rows
    desk.type(moved["row"], visit_at="2026-11-27T14:00")
    desk.type(stopped["row"], visit_at=None)
    desk.type(by_mail["row"], status="cancelled")


def main() -> None:
    """Write every golden file."""
    folder = Path(tempfile.mkdtemp())
    # All of it is made before any file is touched: a desk that cannot run leaves the golden files as they were.
    made = {one: (plan_text(folder / one / "plan", one), letters(folder / one / "letters", one)) for one in LOCALES}
    plans = {(preset, one): plan_text(folder / preset / one, one, preset) for preset in OTHERS for one in LOCALES}
    for (preset, locale), text in plans.items():
        (HOME.parent / "presets").mkdir(exist_ok=True)
        (HOME.parent / "presets" / f"{preset}.{locale}.plan.txt").write_text(text, "utf-8")
    shutil.rmtree(folder)
    for locale, (plan, found) in made.items():
        there = HOME / "letters" / locale
        shutil.rmtree(there, ignore_errors=True)
        there.mkdir(parents=True)
        (HOME / f"{locale}.plan.txt").write_text(plan, "utf-8")
        for name, text in found.items():
            (there / name).write_text(text, "utf-8")
        print(f"{locale}: {len(found)} letters and a plan")


if __name__ == "__main__":
    main()
