"""The whole fuzz: `python -m tests.contract.fuzz [--seed N] [--count 10000] [--jobs 2] [--only K] [--keep FOLDER]`.

Prints what was refused and why, what came out right, what is wrong (with the number that repeats it), seconds and
memory. Exit 1 if something is wrong. `--only K` shows one case in full and puts its file beside the results.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.contract.fuzz.cases import a_case
from tests.contract.fuzz.originals import gather
from tests.contract.fuzz.pool import Verdict, verdicts

SEED = 20261122


def main() -> int:
    """Run and report."""
    asked = argparse.ArgumentParser(prog="python -m tests.contract.fuzz", description=__doc__.split("\n")[0])
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--count", type=int, default=10_000)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--only", type=int)
    asked.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-kept")
    given = asked.parse_args()
    if given.only is not None:
        return _only(given.seed, given.only, given.keep)
    began = time.monotonic()
    report = Report(given.seed)
    for one in verdicts(given.seed, range(given.first, given.first + given.count), given.jobs):
        report.take(one)
        if report.count % 500 == 0:
            print(
                f"  {report.count} cases, {len(report.wrong)} wrong, {time.monotonic() - began:.0f} s", file=sys.stderr
            )
    print(report.text(time.monotonic() - began))
    return 1 if report.wrong else 0


def kind_of(words: str) -> str:
    """A refusal without the names and numbers in it."""
    words = words.partition("cannot be written: ")[2] or words.partition("cannot be read: ")[2] or words
    words = re.sub(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"", "…", words)
    return re.sub(r"\(.*|: .*|\d+.*", "", words).strip()[:70]


class Report:
    """Counts of what came."""

    def __init__(self, seed: int) -> None:
        self.seed, self.count, self.seconds, self.slowest, self.peak = seed, 0, 0.0, 0.0, 0.0
        self.refused: Counter[str] = Counter()
        self.lawful: Counter[tuple[str, str]] = Counter()
        self.steps: Counter[tuple[str, str]] = Counter()
        self.readers: Counter[str] = Counter()
        self.wrong: list[Verdict] = []
        self.right = 0

    def take(self, one: Verdict) -> None:
        """Count a verdict."""
        self.count += 1
        self.seconds += one.get("seconds", 0.0)
        self.slowest, self.peak = max(self.slowest, one.get("seconds", 0.0)), max(self.peak, one.get("peak", 0.0))
        for step in one.get("steps", ()):
            self.steps[step.partition(" in ")[0], one["verdict"]] += 1
        match one["verdict"]:
            case "refused":
                self.refused[kind_of(one["why"])] += 1
                if one.get("is_strange"):
                    self.lawful[
                        " + ".join(step.partition(" in ")[0] for step in one["steps"]), kind_of(one["why"])
                    ] += 1
            case "right":
                self.right += 1
                self.readers[" + ".join(one["readers"]) or "structure alone"] += 1
            case _:
                self.wrong.append(one)

    def text(self, wall: float) -> str:
        """The summary."""
        lines = [
            f"{self.count} cases of seed {self.seed}: {self.right} right, {sum(self.refused.values())} refused, {len(self.wrong)} wrong"
        ]
        lines += [
            f"{wall:.0f} s in all; patching {self.seconds:.0f} s, slowest {self.slowest:.2f} s, greatest growth {self.peak:.0f} MB"
        ]
        lines += ["", "right, judged besides the structure by:", *_table(self.readers)]
        lines += ["", "refused:", *_table(self.refused)]
        lines += [
            "",
            "refused, though what was done is lawful, and written before it was done:",
            *_table(Counter({f"{a}: {b}": n for (a, b), n in self.lawful.items()}), 25),
        ]
        lines += ["", "wrong:"]
        groups: dict[str, list[Verdict]] = {}
        for one in self.wrong:
            groups.setdefault(re.sub(r"\d+", "#", one["why"])[:110], []).append(one)
        for words, ones in sorted(groups.items(), key=lambda pair: -len(pair[1])):
            first = min(ones, key=lambda one: one["case"])
            lines.append(f"{len(ones):6}  {words}")
            lines.append(
                f"        e.g. --seed {self.seed} --only {first['case']}: {first.get('original')} {first.get('steps')}: {first['why'][:300]}"
            )
        return "\n".join(lines)


def _table(counted: Counter[str], most: int = 60) -> list[str]:
    return [f"{n:6}  {words}" for words, n in counted.most_common(most)]


def _only(seed: int, number: int, keep: Path) -> int:
    (verdict,) = verdicts(seed, [number])
    with tempfile.TemporaryDirectory() as folder:
        gather(Path(folder))
        case = a_case(seed, number, Path(folder))
    keep.mkdir(parents=True, exist_ok=True)
    file = keep / f"{seed}-{number}.xlsx"
    file.write_bytes(case.content)
    print(f"{file}: {case.original}, {case.steps}, {case.way}")
    print(
        f"patch_workbook({str(file)!r}, 'out.xlsx', sheet={case.wish.sheet!r}, writes={case.wish.writes!r:.2000}, appends={case.wish.appends!r})"
    )
    for name, value in verdict.items():
        print(f"{name}: {value}")
    return 1 if verdict["verdict"] == "wrong" else 0


if __name__ == "__main__":
    sys.exit(main())
