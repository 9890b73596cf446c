"""`python -m tests.sheets_server.replay FOLDER`: recordings of real replies, asked again of this server and compared.

Each cassette meets an empty server. Ids that Google gave are mapped to ours as they appear; times, versions, themes and the
service account's address may differ; everything else must be equal: status, members and their absence, order in lists.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.sheets_server import SheetsServer
from tests.sheets_server.values import SERVICE_ACCOUNT

ID_KEYS = {
    "id",
    "spreadsheetId",
    "sheetId",
    "sourceSheetId",
    "destinationSpreadsheetId",
    "protectedRangeId",
    "namedRangeId",
    "filterViewId",
    "filterId",
    "bandedRangeId",
    "tableId",
    "metadataId",
    "permissionId",
}
VOLATILE = {
    "createdTime",
    "modifiedTime",
    "createdDate",
    "modifiedDate",
    "spreadsheetTheme",
    "version",
    "etag",
    "headRevisionId",
}
_LONG_ID = re.compile(r"[A-Za-z0-9_-]{40,}")
_ACCOUNT = re.compile(r"[\w.-]+@[\w.-]*gserviceaccount\.com")


@dataclass
class Replay:
    """One cassette's run: what Google called things, and what we call them."""

    server: SheetsServer
    ours: dict = field(default_factory=dict)
    sent: set = field(default_factory=set)  # ids that the client chose itself

    def __post_init__(self):
        self.connection = http.client.HTTPConnection(urlsplit(self.server.url).netloc)

    def ask(self, request: dict) -> tuple[int, str, bytes]:
        parts = urlsplit(request["uri"])
        target = self.named(parts.path + (f"?{parts.query}" if parts.query else ""))
        body = request["body"]
        headers = {"Authorization": "Bearer replay"}
        if isinstance(body, str) and body:
            try:
                body = json.dumps(self.renamed(json.loads(body)))
                headers["Content-Type"] = "application/json"
            except ValueError:
                headers["Content-Type"] = "text/csv"
            body = body.encode()
        self.connection.request(request["method"], target, body or None, headers)
        response = self.connection.getresponse()
        return response.status, response.getheader("Content-Type", ""), response.read()

    def named(self, text: str) -> str:
        for theirs, mine in self.ours.items():
            if isinstance(theirs, str) and len(theirs) >= 9:
                text = text.replace(theirs, str(mine))
            elif isinstance(theirs, int) and theirs:
                text = re.sub(rf"(/sheets/|gid=){theirs}\b", rf"\g<1>{mine}", text)
        return text

    def renamed(self, value, key: str = ""):
        """A request's body with our ids in it."""
        if isinstance(value, dict):
            return {name: self.renamed(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.renamed(one, key) for one in value]
        if key in ID_KEYS and isinstance(value, str | int):
            return self.ours.get(value, value)
        return self.named(value) if isinstance(value, str) else value

    def differences(self, theirs, mine, place: str = "", key: str = "") -> list[str]:
        if key in VOLATILE:
            return []
        if key in ID_KEYS and isinstance(theirs, str | int) and not isinstance(theirs, bool):
            return self._ids(theirs, mine, place)
        if isinstance(theirs, dict) and isinstance(mine, dict):
            found = [f"{place}.{name}: missing here" for name in theirs if name not in mine]
            found += [f"{place}.{name}: not in the recording: {mine[name]!r:.80}" for name in mine if name not in theirs]
            for name in theirs:
                if name in mine:
                    found += self.differences(theirs[name], mine[name], f"{place}.{name}", name)
            return found
        if isinstance(theirs, list) and isinstance(mine, list):
            if key == "files":
                theirs = [one for one in theirs if one.get("id") in self.ours]  # the account's other files
            if len(theirs) != len(mine):
                return [f"{place}: {len(mine)} items here, {len(theirs)} recorded"]
            pairs = enumerate(zip(theirs, mine, strict=True))
            return [one for at, (a, b) in pairs for one in self.differences(a, b, f"{place}[{at}]", "")]
        if isinstance(theirs, str):
            theirs = _ACCOUNT.sub(SERVICE_ACCOUNT, self.named(theirs))
        same = theirs == mine and isinstance(theirs, bool) == isinstance(mine, bool)
        return [] if same else [f"{place}: {mine!r:.200} here, {theirs!r:.200} recorded"]

    def _ids(self, theirs, mine, place: str) -> list[str]:
        if theirs in self.ours:
            wanted = self.ours[theirs]
            return [] if mine == wanted else [f"{place}: id {mine!r} here, {wanted!r} expected"]
        if type(theirs) is not type(mine) or mine in self.ours.values():
            return [f"{place}: id {mine!r} here for {theirs!r}"]
        self.ours[theirs] = mine
        return []


def compare(run: Replay, interaction: dict) -> list[str]:
    recorded = interaction["response"]
    status, kind, body = run.ask(interaction["request"])
    found = []
    if status != recorded["status"]["code"]:
        found.append(f"status {status} here, {recorded['status']['code']} recorded")
    text = recorded["body"].get("string") or ""
    if not text and not body:
        return found
    try:
        theirs = json.loads(text)
        mine = json.loads(body) if body else None
    except ValueError:
        theirs, mine = text, body.decode("utf-8", "replace")
    return found + run.differences(theirs, mine)


def replay_file(path: Path) -> tuple[int, int, list[str]]:
    """(equal, total, what differs)."""
    interactions = json.loads(path.read_text("utf-8"))["interactions"]
    equal, notes = 0, []
    with SheetsServer() as server:
        _set_the_scene(server, interactions)
        run = Replay(server)
        for at, one in enumerate(interactions):
            found = compare(run, one)
            equal += not found
            request = one["request"]
            notes += [f"{path.name} #{at} {request['method']} {request['uri'][-90:]}\n    {note}" for note in found]
        run.connection.close()
    return equal, len(interactions), notes


def _set_the_scene(server: SheetsServer, interactions: list[dict]) -> None:
    """Spreadsheets of other people, which a recording meets but does not make."""
    for one in interactions:
        if one["response"]["status"]["code"] == 403:
            for book_id in _LONG_ID.findall(urlsplit(one["request"]["uri"]).path):
                if not any(book_id in (other["response"]["body"].get("string") or "") for other in interactions):
                    server.deny(book_id)


def replay_folder(folder: Path) -> tuple[int, int, list[str]]:
    equal = total = 0
    notes: list[str] = []
    for path in sorted(folder.glob("*.json")):
        part = replay_file(path)
        equal, total, notes = equal + part[0], total + part[1], notes + part[2]
    return equal, total, notes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sheets_server.replay", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    equal, total, notes = replay_folder(folder)
    print("\n".join(notes))
    print(f"{equal}/{total} interactions are equal")
    return 0 if equal == total else 1


if __name__ == "__main__":
    raise SystemExit(main())
