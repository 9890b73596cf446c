"""Functions that tests hang before or after the n-th request, or before a kind of request: where staff edit in between."""

from __future__ import annotations

from dataclasses import dataclass

from tests.sheets_server.faults import kind_matches


@dataclass
class _Hook:
    function: object
    number: int | None
    kind: str | None
    times: int
    after: bool


class Hooks:
    def __init__(self, count):
        self._count, self._hooks = count, []

    def add(self, n_or_kind, function, *, times: int = 1, after: bool = False) -> None:
        if isinstance(n_or_kind, int):
            self._hooks.append(_Hook(function, self._count() + n_or_kind, None, times, after))
        else:
            self._hooks.append(_Hook(function, None, n_or_kind, times, after))

    def clear(self) -> None:
        self._hooks.clear()

    def due(self, number: int, kind: str, *, after: bool) -> list:
        """Each is handed out as often as its `times` says, and then forgotten."""
        found = []
        for hook in self._hooks:
            meets = number == hook.number if hook.number is not None else kind_matches(hook.kind, kind)
            if hook.after == after and hook.times > 0 and meets:
                hook.times -= 1
                found.append(hook.function)
        self._hooks = [hook for hook in self._hooks if hook.times > 0]
        return found
