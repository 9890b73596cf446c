"""Workers that are watched: who hangs or dies is named with its case, and another takes its place."""

from __future__ import annotations

import json
import os
import queue
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.contract.fuzz.originals import gather

ROOT = Path(__file__).resolve().parents[3]
READERS = ("openpyxl", "calamine")
PATCH_SECONDS = 20.0
JUDGE_SECONDS = 30.0
Verdict = dict[str, Any]


class Lost(Exception):  # noqa: N818
    """The worker did not answer in time, or is no more."""

    def __init__(self, said: Verdict, how: str) -> None:
        super().__init__(how)
        self.said, self.how = said, how


class Worker:
    """One process and the line to it."""

    def __init__(self, originals: Path, scratch: Path, seed: int) -> None:
        self._words = [sys.executable, "-m", "tests.contract.fuzz.worker", str(originals), str(scratch), str(seed)]
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""

    def verdict(self, number: int) -> Verdict:
        """What became of a case. A reader that dies of the file is left out, and the structure still judged."""
        readers = list(READERS)
        while True:
            try:
                return self._ask(number, readers)
            except Lost as lost:
                self.close()
                if lost.said.get("phase") == "judging" and not readers:
                    return {**lost.said, "verdict": "right", "readers": ["(too much for the judge)"]}
                if lost.said.get("phase") != "judging":
                    return {
                        **lost.said,
                        "case": number,
                        "verdict": "wrong",
                        "why": f"{lost.how} while {lost.said.get('phase')}",
                    }
                readers.pop()

    def _ask(self, number: int, readers: list[str]) -> Verdict:
        if self._process is None:
            self._start()
        self._process.stdin.write(f"{number} {','.join(readers)}\n".encode())
        self._process.stdin.flush()
        said: Verdict = {}
        while True:
            said = self._line(JUDGE_SECONDS if said.get("phase") == "judging" else PATCH_SECONDS, said)
            if said["phase"] == "done":
                return said

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._words,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self._rest = b""
        self._line(60, {"phase": "starting"})

    def _line(self, seconds: float, said: Verdict) -> Verdict:
        deadline, handle = time.monotonic() + seconds, self._process.stdout.fileno()
        while b"\n" not in self._rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([handle], [], [], left)[0]:
                raise Lost(said, f"no answer within {seconds:.0f} s")
            piece = os.read(handle, 1 << 16)
            if not piece:
                raise Lost(said, f"the process died (exit {self._process.wait()})")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return json.loads(line)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process.stdout.close()
            self._process = None


def verdicts(seed: int, numbers: Iterable[int], jobs: int = 1) -> Iterator[Verdict]:
    """The verdicts of these cases, as they come."""
    orders: queue.SimpleQueue[int | None] = queue.SimpleQueue()
    answers: queue.SimpleQueue[Verdict | None] = queue.SimpleQueue()
    for one in [*numbers, *[None] * jobs]:
        orders.put(one)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        folder = Path(scratch) / "originals"
        folder.mkdir()
        gather(folder)

        def work() -> None:
            worker = Worker(folder, Path(scratch), seed)
            try:
                while (number := orders.get()) is not None:
                    answers.put(worker.verdict(number))
            finally:
                worker.close()
                answers.put(None)

        threads = [threading.Thread(target=work, daemon=True) for _ in range(jobs)]
        for one in threads:
            one.start()
        working = jobs
        while working:
            answer = answers.get()
            working -= answer is None
            if answer is not None:
                yield answer
