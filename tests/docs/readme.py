"""The README's commands, by their markers: `python -m tests.docs.readme demo` prints the block behind `<!-- command: demo -->`.

Standard library only: .ci/run reads the commands before anything is installed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"
_BLOCK = re.compile(r"<!-- command: (?P<name>[a-z]+) -->\s*```sh\n(?P<text>.*?)\n```", re.DOTALL)


def commands() -> dict[str, str]:
    """The marked commands by name, in the order of the page."""
    return {match["name"]: match["text"] for match in _BLOCK.finditer(README.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    sys.stdout.write(commands()[sys.argv[1]] + "\n")
