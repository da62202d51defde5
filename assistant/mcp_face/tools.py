"""The four tools: what each is for, what it takes and gives, and how it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel

from assistant.access.scope import talks_of
from assistant.access.types import ApiError
from assistant.api.documents import AnswerOut, LookupOut, SearchOut
from assistant.api.moments import position_at, said_in
from assistant.api.openai_chat_answer import links_of
from assistant.api.openai_chat_text import chat_text
from assistant.api.talk_telling import moment_out, talk_out, talks_within, topic_out
from assistant.api.telling import answer_out, lookup_out, search_out
from assistant.loading import Engine
from assistant.mcp_face.arguments import (
    AskArguments,
    CiteArguments,
    SearchArguments,
    TalkArguments,
    TalkResult,
    read_arguments,
)
from assistant.mcp_face.visits import Visit
from assistant.mcp_face.wording import lookup_text, search_text, talk_text
from assistant.types import Answer
from assistant.wording import answer_language
from corpus.language import detect_language
from index.types import Talk

Json = dict[str, Any]
Report = Callable[[str], Awaitable[None]]
"""Told what is being done, in a word."""

_Document = TypeVar("_Document", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Told:
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
    run: Callable[[Visit, Any, Report], Awaitable[Told]]


async def call(name: str, given: Mapping[str, Any] | None, visit: Visit, report: Report) -> Told:
    """What a tool gives. Raises KeyError for one that there isn't, ApiError for wrong arguments."""
    tool = TOOLS[name]
    return await tool.run(visit, read_arguments(tool.arguments, given), report)


async def _search(visit: Visit, asked: SearchArguments, _: Report) -> Told:
    engine, scope = await visit.engine(), await visit.scope(asked.narrowing())
    found = await asyncio.to_thread(engine.search, asked.question, asked.limit, (), scope)
    return _told(search_out(*found, visit.home or ""), search_text, visit)


async def _ask(visit: Visit, asked: AskArguments, report: Report) -> Told:
    scope = await visit.scope(asked.narrowing())
    answer, stage = None, ""
    async with aclosing(await visit.updates(asked.question, scope, asked.mode)) as updates:
        async for update in updates:
            if update.stage != stage:
                stage = update.stage
                await report(stage)
            answer = update.answer
    if answer is None:
        raise ApiError(500, "internal", "The answer broke off.", "Ask again.")
    text = _answer_text(answer, asked.question, visit.home)
    return _told(answer_out(answer, visit.home or ""), lambda _: text, visit)


async def _cite(visit: Visit, asked: CiteArguments, _: Report) -> Told:
    engine, scope = await visit.engine(), await visit.scope(asked.narrowing())
    found = await asyncio.to_thread(engine.look_up, asked.quote, asked.limit, scope)
    return _told(lookup_out(found, visit.home or ""), lookup_text, visit)


async def _talk(visit: Visit, asked: TalkArguments, _: Report) -> Told:
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
        result = _listed(found, asked, visit.home or "")
    return _told(result, talk_text, visit)


def _listed(found: list[Talk], asked: TalkArguments, home: str) -> TalkResult:
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


def _around(engine: Engine, talk: Talk, asked: TalkArguments, home: str) -> TalkResult:
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
    language = answer_language(detect_language(question))
    return chat_text(answer, links_of(answer.citations, home), language).text


def _told(found: _Document, text: Callable[[_Document], str], visit: Visit) -> Told:
    """The document and its text; without a page there are no permanent links in either."""
    document = found.model_dump(mode="json")
    if visit.home is None:
        document = _without_links(document)
        found = type(found).model_validate(document)
    return Told(text(found), document)


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
