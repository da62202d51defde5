"""The four tools: what each takes and gives, who calls it, and how it is done.

The words of titles, descriptions and fields are what models read to choose a tool and call it. What
a tool found is told as a document and as text, for a model and the people who read along: each
thing on lines of its own, with where it leads, and the words of a transcript kept to one line, so
that they can't pass for more.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request

from assistant.citation.types import Match
from assistant.engine import Assistant
from assistant.interfaces.documents.answers import (
    AnswerOut,
    DocumentModel,
    HitOut,
    LookupOut,
    PlaceOut,
    SearchOut,
    Where,
    WordingOut,
    answer_out,
    lookup_out,
    search_out,
)
from assistant.interfaces.documents.requests import HITS, PLACES, QUOTE_CHARS, Filters, Question
from assistant.interfaces.documents.talks import (
    MomentOut,
    TalkOut,
    TopicOut,
    moment_out,
    position_at,
    said_in,
    talk_out,
    talks_within,
    topic_out,
)
from assistant.interfaces.documents.text import chat_text, links_of
from assistant.interfaces.http.access import Caller, narrowed, talks_of
from assistant.interfaces.http.errors import SHOWN, ApiError
from assistant.interfaces.http.gateway import Gateway
from assistant.interfaces.http.streaming import Work
from assistant.library import Loading
from assistant.retrieval.scope import Narrowing
from assistant.types import Answer, Json, Mode, Update, percent
from corpus.language import detect_language
from index.moments import timecode_span
from index.types import Scope, Talk

NEIGHBOURS = 20
LOOK_S = 0.1
"""How often to look whether the library is there: a wait in a thread could not be broken off."""
ONLY_USER = Caller("user", "stdio")
_LISTS = frozenset({"talk", "speaker", "lang"})
_MATCHES: Mapping[Match, str] = MappingProxyType(
    {
        "exact": "These words were said.",
        "close": "Nearly these words were said.",
        "meaning": "This was said in other words, or in another language.",
        "none": "This was not said here.",
    }
)

_Arguments = TypeVar("_Arguments", bound=BaseModel)
_Document = TypeVar("_Document", bound=BaseModel)

ReportProgress = Callable[[str], Awaitable[None]]
"""Told what is being done, in a word."""
Quote = Annotated[
    str,
    Field(
        min_length=1,
        max_length=QUOTE_CHARS,
        pattern=r"\S",
        description="The words as remembered or translated, without the question around them.",
    ),
]


class SearchArguments(Filters):
    """Of ``search``."""

    question: Question
    limit: int = Field(6, ge=1, le=HITS, description="Passages at most.")


class AskArguments(Filters):
    """Of ``ask``."""

    question: Question
    mode: Mode | None = Field(
        None,
        description=(
            "quotes: the speakers' own sentences, at once; model: written by the library's"
            " language model; deep: the same in several steps, for questions with several sides."
            " Leave it out as a rule."
        ),
    )


class CiteArguments(Filters):
    """Of ``cite``."""

    quote: Quote
    limit: int = Field(5, ge=1, le=PLACES, description="Places at most.")


class TalkArguments(Filters):
    """Of ``talk``."""

    at: float | None = Field(
        None,
        ge=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="Seconds from the start of the one talk that is named: what is said then.",
    )
    neighbours: int = Field(
        2, ge=0, le=NEIGHBOURS, description="With at: how many moments before and after it."
    )
    limit: int = Field(50, ge=1, le=200, description="Talks at most, in a list.")
    offset: int = Field(0, ge=0, le=1_000_000, description="How many talks to leave out first.")


class TalkResult(DocumentModel):
    """Talks; of one alone its topics, or what is said around a second."""

    talks: list[TalkOut]
    total: int = Field(description="How many talks there are in all.")
    topics: list[TopicOut] = Field(description="Of a talk that was found alone.")
    current: int | None = Field(description="The position of what is said at the second.")
    moments: list[MomentOut] = Field(description="What is said around the second.")


class ToolVisit(Protocol):
    """One call of a tool."""

    @property
    def caller(self) -> Caller:
        """Who calls."""
        ...

    @property
    def home(self) -> str | None:
        """The address that permanent links begin with; ``None`` where no page is served."""
        ...

    async def engine(self) -> Assistant:
        """The engine. Raises ApiError, or VerbatimError if it can't be loaded."""
        ...

    async def scope(self, narrowing: Narrowing) -> Scope:
        """The scope that is meant, inside what the caller may reach. Raises ApiError 404."""
        ...

    async def updates(
        self, question: str, scope: Scope, mode: Mode | None
    ) -> AsyncGenerator[Update | None]:
        """An answer in the making, which ends when the iterator is closed; ``None`` is no news."""
        ...


@dataclass(frozen=True, slots=True)
class HttpVisit:
    """A request that has come through the gateway: see ``Gateway`` for what is raised."""

    gateway: Gateway
    request: Request
    caller: Caller

    @property
    def home(self) -> str | None:
        return self.gateway.home(self.request)

    async def engine(self) -> Assistant:
        return self.gateway.engine()

    async def scope(self, narrowing: Narrowing) -> Scope:
        return await asyncio.to_thread(self.gateway.scope, self.caller, narrowing)

    async def updates(
        self, question: str, scope: Scope, mode: Mode | None
    ) -> AsyncGenerator[Update | None]:
        return self.gateway.updates(self.request, self.caller, question, (), scope, mode)


@dataclass(frozen=True, slots=True)
class LocalVisit:
    """The user who started the program; the first call waits for the library."""

    loading: Loading
    home: str | None
    caller: Caller = ONLY_USER

    async def engine(self) -> Assistant:
        while True:
            try:
                return self.loading.get(0)
            except TimeoutError:
                await asyncio.sleep(LOOK_S)

    async def scope(self, narrowing: Narrowing) -> Scope:
        return await asyncio.to_thread(narrowed, await self.engine(), self.caller, narrowing)

    async def updates(
        self, question: str, scope: Scope, mode: Mode | None
    ) -> AsyncGenerator[Update | None]:
        engine = await self.engine()
        return Work(lambda: engine.stream(question, (), scope, mode)).arriving()


@dataclass(frozen=True, slots=True)
class Result:
    """What a call gives: for a model to read, and as a document."""

    text: str
    document: Json


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool. ``run`` may raise whatever the engine and the visit do."""

    title: str
    description: str
    arguments: type[BaseModel]
    result: type[BaseModel]
    run: Callable[[ToolVisit, Any, ReportProgress], Awaitable[Result]]


async def call(
    name: str, given: Mapping[str, Any] | None, visit: ToolVisit, report: ReportProgress
) -> Result:
    """What a tool gives. Raises KeyError for one that there isn't, ApiError for wrong arguments."""
    tool = TOOLS[name]
    return await tool.run(visit, read_arguments(tool.arguments, given), report)


async def _search(visit: ToolVisit, asked: SearchArguments, _: ReportProgress) -> Result:
    engine, scope = await visit.engine(), await visit.scope(asked.narrowing())
    found = await asyncio.to_thread(engine.search, asked.question, asked.limit, (), scope)
    return _result(search_out(*found, visit.home or ""), search_text, visit)


async def _ask(visit: ToolVisit, asked: AskArguments, report: ReportProgress) -> Result:
    scope = await visit.scope(asked.narrowing())
    answer, stage = None, ""
    async with aclosing(await visit.updates(asked.question, scope, asked.mode)) as updates:
        async for update in updates:
            if update is None:
                continue
            if update.stage != stage:
                stage = update.stage
                await report(stage)
            answer = update.answer
    if answer is None:
        raise ApiError(500, "internal", "The answer broke off.", "Ask again.")
    text = _answer_text(answer, asked.question, visit.home)
    return _result(answer_out(answer, visit.home or ""), lambda _: text, visit)


async def _cite(visit: ToolVisit, asked: CiteArguments, _: ReportProgress) -> Result:
    engine, scope = await visit.engine(), await visit.scope(asked.narrowing())
    found = await asyncio.to_thread(engine.look_up, asked.quote, asked.limit, scope)
    return _result(lookup_out(found, visit.home or ""), lookup_text, visit)


async def _talk(visit: ToolVisit, asked: TalkArguments, _: ReportProgress) -> Result:
    engine, scope = await visit.engine(), await visit.scope(asked.narrowing())
    found = talks_within(talks_of(engine, visit.caller), scope)
    if asked.at is not None:
        if len(found) != 1:
            raise ApiError(
                422,
                "which_talk",
                f"A second is of one talk, and {len(found)} are named so.",
                "Give the talk's id, as the tool lists it without at.",
            )
        result = await asyncio.to_thread(_around, engine, found[0], asked, visit.home or "")
    else:
        result = _talk_list(found, asked, visit.home or "")
    return _result(result, talk_text, visit)


def _talk_list(found: list[Talk], asked: TalkArguments, home: str) -> TalkResult:
    """A page of the talks; of one alone its topics too."""
    page = found[asked.offset : asked.offset + asked.limit]
    alone = found[0] if len(found) == 1 and asked.talk else None
    return TalkResult(
        talks=[talk_out(one, home) for one in page],
        total=len(found),
        topics=[topic_out(topic, alone) for topic in alone.topics] if alone else [],
        current=None,
        moments=[],
    )


def _around(engine: Assistant, talk: Talk, asked: TalkArguments, home: str) -> TalkResult:
    """What is said around a second."""
    transcript = engine.transcript(talk.file)
    said = said_in(transcript) if transcript else ()
    current = position_at(said, asked.at or 0.0)
    if current is None:
        raise ApiError(
            404,
            "no_times",
            "The talk's source gives no times." if transcript else "The talk's file is gone.",
            "Use search to find what it says.",
        )
    first, last = max(current - asked.neighbours, 0), current + asked.neighbours + 1
    moments = [moment_out(at, said[at], talk) for at in range(first, min(last, len(said)))]
    talks = [talk_out(talk, home)]
    return TalkResult(talks=talks, total=1, topics=[], current=current, moments=moments)


def _answer_text(answer: Answer, question: str, home: str | None) -> str:
    links = links_of(answer.citations, home)
    return chat_text(answer, links, detect_language(question)).text


def _result(found: _Document, text: Callable[[_Document], str], visit: ToolVisit) -> Result:
    """The document and its text; without a page there are no permanent links in either."""
    document = found.model_dump(mode="json")
    if visit.home is None:
        document = _without_links(document)
        found = type(found).model_validate(document)
    return Result(text(found), document)


def _without_links(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: None if name == "link" else _without_links(inner) for name, inner in value.items()
        }
    return [_without_links(inner) for inner in value] if isinstance(value, list) else value


TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        "search": Tool(
            "Search the talks",
            "Finds the passages of recorded talks and podcasts that answer a question, in any"
            " language, with the speaker, the second and a link to it. Use it to read what was said"
            " and judge for yourself. It finds something in any case: the probability says whether"
            " the talks answer the question at all. Quote only what stands there, with its link.",
            SearchArguments,
            SearchOut,
            _search,
        ),
        "ask": Tool(
            "Ask the talks",
            "Answers a question from recorded talks and podcasts, in the question's language; each"
            " claim is checked and linked to the moment when it was said. Says so where the talks"
            " don't tell. Ask a question that stands alone, without pronouns that lean on the"
            " conversation. Keep the links when you pass the answer on.",
            AskArguments,
            AnswerOut,
            _ask,
        ),
        "cite": Tool(
            "Find who said it",
            "Finds who said a quote, where and when, even if it is half remembered, translated or"
            " in the other Chinese script. Says whether the words are exact, close, the same only"
            " in meaning, or not said here at all. Use it to check a quotation before you pass it"
            " on.",
            CiteArguments,
            LookupOut,
            _cite,
        ),
        "talk": Tool(
            "Look at the talks",
            "Lists the talks of the library; with the name of one, its topics with their times;"
            " with at as well, what was said around that second.",
            TalkArguments,
            TalkResult,
            _talk,
        ),
    }
)


def read_arguments(kind: type[_Arguments], given: Mapping[str, Any] | None) -> _Arguments:
    """The arguments of a call. Raises ApiError that names what is wrong with them.

    A list may come as the JSON of one, or as one name: some programs write lists so.
    """
    whole = {
        name: _listed(value) if name in _LISTS else value for name, value in (given or {}).items()
    }
    try:
        return kind.model_validate(whole)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:SHOWN]]
    message = " ".join("; ".join(lines).encode("utf-8", "replace").decode().split())
    raise ApiError(422, "invalid", f"{message}.", "Mend the arguments and call again.")


def _listed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        read = None
    return read if isinstance(read, list) else [value]


def search_text(found: SearchOut) -> str:
    """The passages, best first."""
    if not found.hits:
        return "Nothing was found."
    sure = f"Probability that the talks answer this: {percent(found.answerable)}."
    return _blocks([sure, *map(_hit, found.hits)])


def lookup_text(found: LookupOut) -> str:
    """Where a quote was said."""
    lead = _MATCHES[found.match]
    if found.match == "none" and found.hits:
        lead = f"{lead} What comes nearest, and is no proof of it:"
    return _blocks([lead, *map(_place, found.hits)])


def talk_text(found: TalkResult) -> str:
    """A list of talks, or one with its topics or a few moments."""
    if not found.talks:
        return "No talk is of that kind."
    lines = [_talk_line(talk) for talk in found.talks]
    if found.moments:
        return _blocks([*lines, *(_moment(one, found.current) for one in found.moments)])
    if found.topics:
        return _blocks([*lines, "\n".join(map(_topic, found.topics))])
    shown = f"{len(found.talks)} of {found.total} talks:"
    return _blocks([shown, "\n".join(f"- {line}" for line in lines)])


def _hit(hit: HitOut) -> str:
    passage = f"Passage: {_line(hit.text)}"
    return _lines(f"{hit.rank}. {_where(hit)}", f"“{_line(hit.quote)}”", passage, _link(hit))


def _place(place: PlaceOut) -> str:
    off = _off(place.wording) if place.wording else ""
    return _lines(
        f"{place.rank}. {_where(place)} ({place.match})",
        f"“{_line(place.quote)}”",
        off,
        _link(place),
    )


def _off(wording: WordingOut) -> str:
    counted = (
        (wording.changed, "changed"),
        (wording.left_out, "left out"),
        (wording.added, "not in the source"),
    )
    told = ", ".join(f"{count} {what}" for count, what in counted if count)
    return f"Words: {told}." if told else ""


def _talk_line(talk: TalkOut) -> str:
    who = ", ".join(talk.speakers)
    parts = (talk.title, who, talk.published, talk.language, f"id {talk.id}")
    return _joined(part for part in (*parts, talk.link or talk.source_url) if part)


def _topic(topic: TopicOut) -> str:
    when = timecode_span(topic.start_s, None, False)
    return "- " + _joined((when, topic.heading, ", ".join(topic.speakers), topic.url or ""))


def _moment(moment: MomentOut, current: int | None) -> str:
    when = timecode_span(moment.start_s, None, moment.estimated)
    who = f"{moment.speaker}: " if moment.speaker else ""
    here = "→ " if moment.position == current else ""
    said = f"{here}{_joined((when, moment.heading))}"
    return _lines(said, f"{_line(who)} {_line(moment.text)}".strip(), moment.url or "")


def _where(place: Where) -> str:
    when = timecode_span(place.start_s, None, place.estimated)
    return _joined((place.title, place.heading, ", ".join(place.speakers), when))


def _link(place: Where) -> str:
    return place.link or place.url or ""


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(_line(part) for part in parts if part)


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _blocks(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks)
