"""A library of our own writing behind a real server: the engine is real, its vectors are simple."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from assistant.citation.permalink import FoundAgain, citation_id
from assistant.citation.types import Place, QuoteDifference
from assistant.engine import Assistant
from assistant.interfaces.server import create_app
from assistant.library import current_source
from assistant.settings import ServingSettings
from corpus.library import Library
from index.types import Moment, Talk, Topic
from tests.assistant.interfaces.web.fakes import FakeEngine, loaded
from tests.browser.serving import served
from tests.builders import make_chunk, make_transcript
from tests.index.shelf import Shelf, opened_shelf

KITCHEN = """---
permalink: /talks/küche?/
---
# Kitchen talk

- 链接：https://www.youtube.com/watch?v=dQw4w9WgXcQ
- 发布日期：2025-05-01

## 摘要
- An editor's digest of a day in the kitchen.

## 正文
### Knives（00:00:10 - 00:01:00）
**Ann Lee**：
- A sharp knife is safer than a blunt knife, because it does not slip off the tomato.
- I sharpen mine on a whetstone every second Sunday of the month, all 12 of them.

### Bread（01:01:00 - 01:02:30）
**Bob Al**（01:01:00 - 01:02:30）：
- A sourdough starter wants flour and water for a whole week before it rises.
"""
ARTICLE = """# 厨房来信

## 刀
一位厨师说：钝刀比快刀更危险，因为它会从番茄上滑下来。
"""
KNIFE = "A sharp knife is safer than a blunt knife"
STARTER = "A sourdough starter wants flour and water for a whole week before it rises."
KITCHEN_ID = "talks/küche?"
KITCHEN_PATH = "talk/talks/k%C3%BCche%3F"


@dataclass(frozen=True)
class Response:
    """What came back; ``headers`` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """What a reader sees: without tags, on one line."""
        inside = self.body.partition("<body")[2] or self.body
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", f"<{inside}")).split())

    def tag(self, pattern: str) -> str:
        """The first tag whose source has the pattern."""
        found = re.search(rf"<[^<>]*{pattern}[^<>]*>", self.body)
        assert found is not None, f"no tag has {pattern}"
        return unescape(found[0])

    def meta(self, name: str) -> str:
        """What a tag for link previews holds."""
        found = re.search(rf'<meta (?:property|name)="{name}" content="([^"]*)"', self.body)
        assert found is not None, f"no meta {name}"
        return unescape(found[1])


def send(
    address: str, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> Response:
    """One request, no redirect followed."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        named |= {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, path, body, named)
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, told, response.read().decode("utf-8"))
    finally:
        connection.close()


@dataclass(frozen=True)
class Site:
    """A server over a shelf of notes."""

    address: str
    shelf: Shelf

    def get(self, path: str, **headers: str) -> Response:
        return send(self.address, quote(path, safe="/?&=%:,#-_."), **headers)

    def post(self, path: str, **fields: str) -> Response:
        return send(self.address, path, "POST", urlencode(fields))


@contextmanager
def noted(folder: Path, serving: ServingSettings | None = None, **notes: str) -> Iterator[Site]:
    """The server, over a kitchen talk with times and a Chinese article without, or other notes."""
    with opened_shelf(folder) as shelf:
        shelf.put(**(notes or {"kitchen": KITCHEN, "article": ARTICLE}))
        engine = Assistant(shelf.retriever, current_source(Library(shelf.folder)))
        loading = loaded(engine)
        serving = serving or ServingSettings(requests_per_minute=0)
        with served(loading, create_app(loading, serving)) as address:
            yield Site(address, shelf)


def id_of(words: str, talk: str = KITCHEN_ID, near_s: float | None = None) -> str:
    """The permanent id of words of a talk."""
    return citation_id(talk, words, near_s)


HOSTILE = """<script>alert(1)</script> "><img src=x onerror=alert(2)> ' {{7*7}} {0}"""


def alive(document: str) -> list[str]:
    """What of a document would run, load from elsewhere or style it, as the browser reads it."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told = dict(attrs)
            if tag in ("img", "iframe", "style", "object", "base", "svg:script"):
                found.append(tag)
            if tag == "script" and not (told.get("src") or "").endswith("files/pages.js"):
                found.append(tag)
            for name, value in attrs:
                scheme = (value or "").strip().lower().startswith(("javascript:", "data:"))
                if name.startswith("on") or name == "style" or scheme:
                    found.append(f"{tag} {name}")

    Reader().feed(document)
    return found


def hostile_engine() -> FakeEngine:
    """An engine whose one talk says nothing but what must never come alive."""
    engine = FakeEngine()
    chunk = make_chunk(
        [(HOSTILE, [HOSTILE, "Words."], 1.0, 9.0)],
        title=HOSTILE,
        heading=HOSTILE,
        source_url="javascript:alert(3)",
        language=HOSTILE,
        published=HOSTILE,
    )
    place = Place(
        chunk=chunk,
        sentences=chunk.sentences,
        match="exact",
        similarity=1.0,
        quote=chunk.text,
        matched=HOSTILE,
        spans=((0, len(HOSTILE)),),
        wording=QuoteDifference(),
        moment=Moment(1.0, 9.0, False),
        speakers=(HOSTILE,),
    )
    topic = Topic("talk.md", "talk", HOSTILE, 0, HOSTILE, "talk", (HOSTILE,), 1.0, 9.0)
    talk = Talk("talk", "talk.md", HOSTILE, chunk.source_url, HOSTILE, HOSTILE, (topic,))
    engine.library = (talk,)
    engine.places = (place,)
    engine.citations = {"x": FoundAgain(place)}
    engine.transcripts = {"talk.md": make_transcript(chunk)}
    return engine
