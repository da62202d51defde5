"""Who reads a page and under which address: language, theme, and the links that fit both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request

from assistant.messages.languages import Lang, choose_language, match_language
from assistant.settings import ServingSettings

ShownTheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class PageVisit:
    """One request for a page.

    ``base`` is where readers reach the root, without a slash at its end; ``up`` leads from the page
    to the root, so that links hold under any path of a proxy. ``theme`` is ``None`` where the
    browser's wish counts. ``wishes`` is what the address asks for, which its links carry along.
    """

    lang: Lang
    base: str
    path: str
    up: str = ""
    theme: ShownTheme | None = None
    wishes: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()

    def to(self, path: str, **query: str) -> str:
        """The address of a page from here, the reader's wishes included."""
        return _joined(f"{self.up}{path}" or "./", {**query, **self.wishes})

    def to_file(self, path: str) -> str:
        """The address of a file from here."""
        return f"{self.up}{path}"

    def same(self, **wishes: str) -> str:
        """This very page with another wish."""
        kept = [pair for pair in self.query if pair[0] not in wishes]
        return _joined(f"{self.up}{self.path}" or "./", [*kept, *wishes.items()])

    def absolute(self, path: str, **query: str) -> str:
        """The address to give to others: no wish of this reader's is in it."""
        return _joined(f"{self.base}/{path}", query)


def visit_of(request: Request, serving: ServingSettings) -> PageVisit:
    """What a request says of its reader; the operator's public address wins over its own."""
    asked = request.query_params
    path = _below_root(request)
    theme = asked.get("__theme") or asked.get("theme")
    known: dict[str, ShownTheme] = {"light": "light", "dark": "dark"}
    wishes = {
        name: asked[name]
        for name in ("lang", "theme", "__theme")
        if name in asked and (asked[name] in known or match_language(asked[name]))
    }
    return PageVisit(
        lang=choose_language(asked.get("lang"), request.headers.get("accept-language")),
        base=serving.public_url or str(request.base_url).rstrip("/"),
        path=path,
        up="../" * path.count("/"),
        theme=known.get(theme or ""),
        wishes=wishes,
        query=tuple(asked.multi_items()),
    )


def _below_root(request: Request) -> str:
    """The path below the application's root, as the browser sent it, without its first slash."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path = raw.decode("latin-1").partition("?")[0]
    return path.removeprefix(request.scope.get("root_path", "")).removeprefix("/")


def _joined(address: str, query: Mapping[str, str] | Sequence[tuple[str, str]]) -> str:
    return f"{address}?{urlencode(query)}" if query else address
