"""Recorded mode: real answers, served from a folder through a map of URLs to files.

A URL without a recorded file is a 503, which a connector takes for "could not ask" - never a 404, which would say
"there is none" of a company nobody asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from sandbox.reading import read_yaml
from sandbox.wire import JSON, PLAIN, Reply, Request, SandboxError

SHIPPED_MAP = Path(__file__).parent / "recorded_map.yml"
OWN_MAP = "recorded_map.yml"
_KEYS = {"url", "file", "status", "content_type", "query", "basic_user"}
# Further companies need no entry: a file of this name, dropped into this folder, answers this URL.
_BY_NAME = (
    (re.compile(r"/sec_edgar/submissions/(CIK\d{10}(?:-submissions-\d{3})?\.json)"), "sec_edgar/submissions"),
    (re.compile(r"/sec_edgar/api/xbrl/companyfacts/(CIK\d{10}\.json)"), "sec_edgar/companyfacts"),
)


@dataclass(frozen=True)
class Entry:
    """One line of a map.

    Attributes:
        url: prefix and path; `*` stands for anything.
        query: parameters the request must have, each containing this text, whatever the case.
        basic_user: `wrong` for requests whose key is missing, empty or `wrong`; None for all.
    """

    url: str
    file: str
    status: int = 200
    content_type: str = JSON
    query: tuple[tuple[str, str], ...] = ()
    basic_user: str | None = None

    def matches(self, source: str, request: Request) -> bool:
        """Tell whether the entry answers a request."""
        if not fnmatchcase(f"/{source}{request.path}", self.url):
            return False
        if self.basic_user == "wrong" and request.basic_user not in (None, "", "wrong"):
            return False
        return all(text.casefold() in request.value(name).casefold() for name, text in self.query)


class Recorded:
    """The recorded answers of a folder.

    Args:
        folder: root of the tree that the map's files are in.
        map_file: a map in place of the shipped one. A `recorded_map.yml` in the folder is asked before either.

    Raises:
        SandboxError: a map is malformed; the message names the file and the entry.
    """

    def __init__(self, folder: Path, map_file: Path | None = None) -> None:
        self._root = folder.resolve()
        if not self._root.is_dir():
            raise SandboxError(f"{folder}: no such folder")
        own = self._root / OWN_MAP
        maps = [*([own] if own.is_file() else []), map_file or SHIPPED_MAP]
        self._entries = [entry for path in maps for entry in self._read(path)]

    def answer(self, source: str, request: Request) -> Reply:
        """Answer one request with the recorded bytes, or with 503."""
        for entry in self._entries:
            if entry.matches(source, request):
                return self._serve(self._root / entry.file, entry.status, entry.content_type)
        url = f"/{source}{request.path}"
        for pattern, folder in _BY_NAME:
            if match := pattern.fullmatch(url):
                return self._serve(self._root / folder / match[1], 200, JSON)
        return _not_recorded(url)

    def _serve(self, path: Path, status: int, content_type: str) -> Reply:
        # A link inside the folder may still point out of it.
        inside = path.resolve().is_relative_to(self._root)
        return Reply(status, path.read_bytes(), content_type) if inside and path.is_file() else _not_recorded(path.name)

    def _read(self, path: Path) -> list[Entry]:
        try:
            document = read_yaml(path)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SandboxError(f"{path.name}: {error}") from error
        if not isinstance(document, list):
            raise SandboxError(f"{path.name}: a list of entries with url and file")
        entries = []
        for number, item in enumerate(document, start=1):
            try:
                entries.append(self._read_entry(item))
            except SandboxError as error:
                raise SandboxError(f"{path.name}: entry {number}: {error}") from error
        return entries

    def _read_entry(self, item: object) -> Entry:
        if not isinstance(item, Mapping):
            raise SandboxError(f"{item!r}: a table of {', '.join(sorted(_KEYS))}")
        if unknown := set(item) - _KEYS:
            raise SandboxError(f"{', '.join(map(str, unknown))}: known are {', '.join(sorted(_KEYS))}")
        url, file, status, query = item.get("url"), item.get("file"), item.get("status", 200), item.get("query", {})
        if not isinstance(url, str) or not url.startswith("/"):
            raise SandboxError(f"url: {url!r}: a path that starts with a slash")
        if not isinstance(file, str) or not file:
            raise SandboxError(f"file: {file!r}: a path inside the folder")
        if not (self._root / file).resolve().is_relative_to(self._root):
            raise SandboxError(f"file: {file!r}: leads out of the folder")
        if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
            raise SandboxError(f"status: {status!r}: a number from 200 to 599")
        if not isinstance(query, Mapping):
            raise SandboxError(f"query: {query!r}: a table of parameters")
        if item.get("basic_user") not in (None, "wrong"):
            raise SandboxError(f"basic_user: {item.get('basic_user')!r}: only `wrong` is known")
        return Entry(
            url=url,
            file=file,
            status=status,
            content_type=str(item.get("content_type", JSON)),
            query=tuple((str(name), str(text)) for name, text in query.items()),
            basic_user=item.get("basic_user"),
        )


def _not_recorded(what: str) -> Reply:
    text = f"Not recorded: {re.sub(r'[^ -~]', '?', what)}\n"
    return Reply(503, text.encode(), PLAIN, {"X-Sandbox": "not-recorded"})
