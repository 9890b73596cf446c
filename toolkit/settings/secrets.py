"""`${NAME}` in config.yaml: values from the environment, a `.env` beside it or a file, never shown in an error text."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from functools import cached_property
from io import StringIO
from pathlib import Path

from toolkit.settings.faults import Mistake
from toolkit.settings.yaml_source import Node, Way, dotted

SECRET_KEYS = frozenset(
    {"password", "token", "secret", "api_key", "access_key_secret", "secret_key", "auth_token", "url", "webhook"}
)
HIDDEN = "(not shown)"
_KEY_TEXT = "PRIVATE KEY-----"

_CALL = re.compile(r"\$\$(?=\{)|\$\{(?P<inside>[^}]*)\}?")
_OPEN_LOGIN = re.compile(r"://[^:@/\s]*:(?!\$\{)[^\s]+@")  # a password in an address
_INSIDE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?::-(?P<default>.*))?", re.DOTALL | re.ASCII)


class Outside:
    """The environment first, then `.env`; where NAME is missing, the content of the file that NAME_FILE names."""

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self._home = home
        self._environment = os.environ if environment is None else environment

    @cached_property
    def _dotenv(self) -> Mapping[str, str | None]:
        from dotenv import dotenv_values

        file = self._home / ".env"
        if not file.is_file():
            return {}
        # Only the values that are asked for must be text; a note in another encoding does no harm.
        return dotenv_values(stream=StringIO(file.read_text("utf-8-sig", errors="replace")), interpolate=False)

    def get(self, name: str) -> str | None:
        """The value, or None. A file that cannot be read is an OSError."""
        value = self._plain(name)
        if value is not None or (file := self._plain(f"{name}_FILE")) is None:
            return value
        return (self._home / file).read_text("utf-8").rstrip("\r\n")

    def _plain(self, name: str) -> str | None:
        return self._environment.get(name, self._dotenv.get(name))


class Expansion:
    """Fills in every `${NAME}` and `${NAME:-default}` of a tree. `$${` stands for a plain `${`."""

    def __init__(self, outside: Outside) -> None:
        self.mistakes: list[Mistake] = []
        self.warnings: list[str] = []
        self._outside = outside

    def filled(self, node: Node, way: Way = ()) -> Node:
        """The tree with its values from outside."""
        match node.value:
            case dict() as below:
                return dataclasses.replace(
                    node, value={key: self.filled(one, (*way, key)) for key, one in below.items()}
                )
            case list() as below:
                return dataclasses.replace(node, value=[self.filled(one, (*way, i)) for i, one in enumerate(below)])
            case str() as text:
                return self._scalar(node, text, way)
            case _:
                return node

    def _scalar(self, node: Node, text: str, way: Way) -> Node:
        is_secret = any(str(part).casefold() in SECRET_KEYS for part in way) or _KEY_TEXT in text
        if (is_secret and text and not _is_call(text)) or (way == ("state",) and _OPEN_LOGIN.search(text)):
            self.warnings.append(
                f"{node.file}:{node.line}: {dotted(way)}: a password in the file in the open; "
                f"write ${{NAME}} here and NAME=… into a file .env beside it"
            )
        calls = "${" in text and not _is_template(way)
        value = _CALL.sub(lambda call: self._value(call, node, way), text) if calls else text
        return dataclasses.replace(node, value=value, shown=HIDDEN if is_secret else node.shown)

    def _value(self, call: re.Match[str], node: Node, way: Way) -> str:
        inside = call["inside"]
        if inside is None:
            return "$"
        match = _INSIDE.fullmatch(inside)
        if match is None or not call[0].endswith("}"):
            # What stands there may be a secret that merely looks like a call: it is not repeated.
            self._mistake(
                node, way, "a ${ that is no variable; write ${NAME} or ${NAME:-default}, and $${ for a plain ${"
            )
            return ""
        name, default = match["name"], match["default"]
        try:
            value = self._outside.get(name)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            self._mistake(node, way, f"the file that {name}_FILE names cannot be read: {why}")
            return default or ""
        # As in a shell, `:-` also stands in for a variable that is set to nothing.
        if not value and default is not None:
            return default
        if value is None:
            self._mistake(
                node, way, f"${{{name}}} is not set; set {name} in the environment or in .env beside the file"
            )
            return ""
        return value

    def _mistake(self, node: Node, way: Way, text: str) -> None:
        self.mistakes.append(Mistake(node.file, node.line, dotted(way), text))


def _is_template(way: Way) -> bool:
    """The text of an SMS stands in the file as the gateway has it, and `${name}` is how Aliyun writes a variable."""
    return way[:3] == ("channels", "sms", "templates") and way[-1] == "text"


def _is_call(text: str) -> bool:
    """Whether the whole text is one variable without a default: only then nothing of it stands in the open."""
    match = _CALL.fullmatch(text)
    inside = _INSIDE.fullmatch(match["inside"]) if match and match["inside"] is not None else None
    return inside is not None and not inside["default"]
