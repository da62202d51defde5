"""The pages that the server writes whole, over HTTP: citations, talks, the lookup, and oEmbed.

``/c/<id>`` is a citation, ``/talk/<id>`` a talk, ``/talks`` all of them. ``/lookup`` takes a quote
in its address and a whole text in a form; a text is checked a sentence at a time, so that a reader
who leaves ends the work. ``/oembed`` (oembed.com, version 1.0) is what a wiki or a blog asks in
order to show a link of ours as a frame.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal, get_args
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.citation.article import checked_of
from assistant.citation.citation import citation_at
from assistant.citation.formats import copied
from assistant.citation.lookup import LONGEST
from assistant.citation.permalink import Changed, FoundAgain, Gone, Resolved, citation_path
from assistant.citation.types import Place
from assistant.engine import Assistant
from assistant.interfaces.http.access import Authenticator
from assistant.interfaces.http.errors import ApiError, error_response
from assistant.interfaces.http.limits import AnswerSlots, RateLimiter
from assistant.interfaces.http.streaming import Work
from assistant.interfaces.web.narrowing import ChoiceKind, chosen, scope_of
from assistant.interfaces.web.page_views import (
    PageDocument,
    citation_card,
    citation_page,
    document_html,
    gone_page,
    headers_of,
    identifier_of,
    lookup_page,
    message_page,
    share_title,
    talk_page,
    talks_page,
)
from assistant.interfaces.web.rendering import render
from assistant.interfaces.web.session import with_detail
from assistant.interfaces.web.visit import PageVisit, visit_of
from assistant.library import Loading
from assistant.messages.catalogue import messages
from assistant.settings import ServingSettings
from assistant.types import Json
from corpus.types import SettingsError, VerbatimError
from index.types import Scope, Talk

_log = logging.getLogger(__name__)

Fields = Sequence[tuple[str, str]]
"""Names and values of a form or an address."""
Size = tuple[int, int]
"""Width and height in pixels."""
Make = Callable[[Assistant, PageVisit], PageDocument | Response]

RETRY_S = 3
"""When to come back while the library loads; browsers do by themselves."""
TEXT_CHARS = 20_000
"""A longer text is not checked: several pages of an article."""
FORM_BYTES = 12 * TEXT_CHARS
"""A larger form is not read: a character takes nine bytes, or twelve, in one."""
LINKED_CHARS = 500
"""A quote of up to so many characters gets an address of its own."""
PLACES = 5
"""So many places of a quote are shown."""
BUSY_S = 5
"""When to come back while too many lookups are going on."""
TALK_SIZE: Size = (640, 640)
CARD_SIZE: Size = (560, 320)
OEMBED_CACHE_S = 3600
TALK_AUTHORS = 8
"""So many of a talk's speakers are named as its authors."""

_READ = ["GET", "HEAD"]
_SCOPE = frozenset(get_args(ChoiceKind))
_READERS_WISHES = ("lang", "theme", "__theme")


def add_pages(app: FastAPI, loading: Loading, serving: ServingSettings) -> None:
    """Adds ``/c/<id>``, ``/talk/<id>``, ``/talks``, ``/lookup`` and ``/oembed``.

    Whatever catches all other addresses has to be added after them.
    """
    pages = PageServer(loading, serving)

    def citation(request: Request, identifier: str) -> Response:
        return pages.respond(request, lambda engine, visit: _citation(engine, visit, identifier))

    def talk(request: Request, name: str) -> Response:
        return pages.respond(request, lambda engine, visit: _talk(engine, visit, name))

    def talks(request: Request) -> Response:
        return pages.respond(request, lambda engine, visit: talks_page(engine.talks(), visit))

    lookup, oembed = LookupRoute(pages), OEmbedRoute(pages)
    for path, endpoint in (
        ("/c/{identifier}", citation),
        ("/talk/{name:path}", talk),
        ("/talks", talks),
        ("/lookup", lookup.by_address),
        ("/oembed", oembed.answered),
    ):
        app.add_api_route(path, endpoint, methods=_READ, include_in_schema=False)
    app.add_api_route("/lookup", lookup.by_form, methods=["POST"], include_in_schema=False)


def _citation(engine: Assistant, visit: PageVisit, identifier: str) -> PageDocument | Response:
    try:
        resolved = engine.cited(identifier)
    except SettingsError:
        return _missing("citation", visit)
    if isinstance(resolved, Gone):
        file = resolved.file
        held = next((talk for talk in engine.talks() if talk.file == file), None)
        return gone_page(held, visit)
    if form := dict(visit.query).get("as"):
        return _citation_as(visit, resolved, identifier, form)
    transcript = engine.transcript(resolved.place.chunk.file)
    make = citation_card if dict(visit.query).get("card") else citation_page
    return make(resolved, transcript, identifier, visit)


def _citation_as(
    visit: PageVisit, resolved: FoundAgain | Changed, asked: str, form: str
) -> PageDocument | Response:
    """The citation in a form to be copied, as plain bytes."""
    place = resolved.place
    link = visit.absolute(citation_path(identifier_of(resolved, asked)))
    copy = copied(form, citation_at(place, None), link, place.chunk.published)
    if copy is None:
        say = messages(visit.lang)
        formats = ", ".join(say.group("page.formats").values())
        return message_page(say("page.no_format"), formats, status=404)
    headers = {"Content-Type": f"{copy.media_type}; charset=utf-8", "Cache-Control": "no-cache"}
    return Response(copy.text, headers=headers)


def _talk(engine: Assistant, visit: PageVisit, name: str) -> PageDocument:
    talk = find_talk(engine, name)
    if talk is None:
        return _missing("talk", visit)
    transcript = engine.transcript(talk.file)
    return talk_page(talk, transcript, _place_in(engine, visit, talk.file), visit)


def _place_in(engine: Assistant, visit: PageVisit, file: str) -> Place | None:
    """The words that the address names by their permanent id, where they stand in this file."""
    asked = dict(visit.query).get("at")
    if not asked:
        return None
    try:
        resolved: Resolved = engine.cited(asked)
    except SettingsError:
        return None
    if isinstance(resolved, Gone) or resolved.place.chunk.file != file:
        return None
    return resolved.place


def find_talk(engine: Assistant, name: str) -> Talk | None:
    """The talk of this id, or of this file."""
    plain = name.strip("/")
    talks = engine.talks()
    named = (talk for talk in talks if talk.id == plain)
    return next(named, None) or next((talk for talk in talks if talk.file == plain), None)


def _missing(what: Literal["citation", "talk"], visit: PageVisit) -> PageDocument:
    say = messages(visit.lang)
    return message_page(say(f"page.no_{what}"), say(f"page.no_{what}_more"), status=404)


class PageServer:
    """Makes pages over an engine that may still load."""

    def __init__(self, loading: Loading, serving: ServingSettings) -> None:
        self.loading = loading
        self.serving = serving
        self._gate = Authenticator(serving)
        self._rates = RateLimiter(serving.requests_per_minute)

    def visit(self, request: Request) -> PageVisit:
        """Who asks, and under which address."""
        return visit_of(request, self.serving)

    def count(self, request: Request) -> None:
        """Counts a request. Raises ApiError 429 for one too many, 401 for a reader whom the proxy
        should have named."""
        peer = request.client.host if request.client else ""
        reader = self._gate.caller(peer, request.headers.getlist, asks_keys=False)
        self._rates.count(reader)

    def refused(self, request: Request) -> Response | None:
        """Counts a request; a page that says why it is not served, where it isn't."""
        try:
            self.count(request)
        except ApiError as error:
            visit = self.visit(request)
            text = str(error)
            if error.status == 429:
                text = messages(visit.lang)("page.too_many")
            after = error.retry_after_s
            headers = {} if after is None else {"Retry-After": str(ceil(after))}
            return rendered(message_page(text, status=error.status, headers=headers), visit)
        return None

    def respond(self, request: Request, make: Make) -> Response:
        """``made``, for a request that is counted by it."""
        return self.refused(request) or self.made(request, make)

    def made(self, request: Request, make: Make) -> Response:
        """What ``make`` gives as a response; a page that says why there is none while the library
        loads, and where something fails."""
        visit = self.visit(request)
        try:
            made = make(self.loading.get(0), visit)
            return made if isinstance(made, Response) else rendered(made, visit)
        except TimeoutError:
            return rendered(self._not_ready(visit), visit)
        except Exception as error:
            return self.failed(request, error)

    def failed(self, request: Request, error: Exception) -> Response:
        """A page that says why there is none; what nobody foresaw is logged, not shown."""
        visit = self.visit(request)
        reason = str(error)
        if not isinstance(error, VerbatimError):
            _log.error("a page could not be made", exc_info=error)
            reason = messages(visit.lang)("chat.error")
        return rendered(message_page("Verbatim", failure=reason, status=503), visit)

    def _not_ready(self, visit: PageVisit) -> PageDocument:
        text = with_detail(messages(visit.lang)("chat.loading"), self.loading.state.message)
        again = {"Retry-After": str(RETRY_S), "Refresh": str(RETRY_S)}
        return message_page(text, status=503, headers=again)


def rendered(document: PageDocument, visit: PageVisit) -> Response:
    """The document with its headers."""
    return HTMLResponse(
        document_html(document, visit), document.status, headers_of(document, visit)
    )


class LookupRoute:
    """Looks up for at most so many readers at once as answers may be made."""

    def __init__(self, pages: PageServer) -> None:
        self._pages = pages
        self._places = AnswerSlots(pages.serving.concurrent_answers)

    def by_address(self, request: Request) -> Response:
        """The form, and what came of the quote that the address has."""
        fields = request.query_params.multi_items()
        return self._pages.respond(request, lambda engine, visit: self._page(engine, visit, fields))

    async def by_form(self, request: Request) -> Response:
        """What came of the form: a quote's own address, or the text that was checked."""
        if refused := self._pages.refused(request):
            return refused
        visit = self._pages.visit(request)
        try:
            fields = await _fields(request)
        except ClientDisconnect:
            return Response(status_code=499)
        if fields is None:
            notice = messages(visit.lang)("lookup.long_text", TEXT_CHARS)
            return await self._form_again(request, (), notice, 413)
        what, typed = dict(fields).get("what"), _typed(fields)
        if what == "text":
            return await self._check(request, fields)
        if len(typed) <= LINKED_CHARS:
            kept = [("quote", typed), *_scope_fields(fields), *visit.wishes.items()]
            return RedirectResponse(f"lookup?{urlencode(kept)}", status_code=303)
        return await run_in_threadpool(
            self._pages.made, request, lambda engine, visit: self._page(engine, visit, fields)
        )

    def _page(self, engine: Assistant, visit: PageVisit, fields: Fields) -> PageDocument:
        say, typed = messages(visit.lang), _typed(fields)
        scope = _scope(engine, fields)
        within = chosen(scope, engine.talks())
        if not typed:
            notice = say("lookup.empty") if "quote" in dict(fields) else ""
            return lookup_page(visit, within=within, notice=notice)
        if len(typed) > LONGEST:
            notice = say("lookup.long_quote", LONGEST)
            return lookup_page(visit, typed, within, notice=notice, status=400)
        try:
            with self._places.one():
                found = engine.look_up(typed, PLACES, scope)
        except ApiError:
            return _busy(visit, typed)
        except SettingsError:
            return lookup_page(visit, typed, within, notice=say("lookup.empty"), status=400)
        return lookup_page(visit, typed, within, found=found, source=engine.transcript)

    async def _check(self, request: Request, fields: Fields) -> Response:
        """Holds its place only while there is work."""
        typed = _typed(fields)
        say = messages(self._pages.visit(request).lang)
        if not typed:
            return await self._form_again(request, fields, say("lookup.empty"), 400)
        if len(typed) > TEXT_CHARS:
            return await self._form_again(request, fields, say("lookup.long_text", TEXT_CHARS), 413)
        if self._pages.loading.state.phase != "ready":
            return await self._form_again(request, fields, "", 503)
        try:
            engine = self._pages.loading.get(0)
            scope = _scope(engine, fields)
            self._places.take()
        except ApiError:
            return self._pages.made(request, lambda _, visit: _busy(visit, typed))
        try:
            work = Work(lambda: engine.checking(typed, scope), self._places.give_back)
            checked = checked_of(await work.collected(request.is_disconnected))
        except ApiError as error:
            return Response(status_code=error.status)
        except Exception as error:
            return self._pages.failed(request, error)

        def make(engine: Assistant, visit: PageVisit) -> PageDocument:
            within = chosen(_scope(engine, fields), engine.talks())
            return lookup_page(visit, typed, within, checked=checked, source=engine.transcript)

        return await run_in_threadpool(self._pages.made, request, make)

    async def _form_again(
        self, request: Request, fields: Fields, notice: str, status: int
    ) -> Response:
        """The form with a line that says why nothing was looked up."""

        def make(engine: Assistant, visit: PageVisit) -> PageDocument:
            within = chosen(_scope(engine, fields), engine.talks())
            return lookup_page(visit, _typed(fields), within, notice=notice, status=status)

        return await run_in_threadpool(self._pages.made, request, make)


async def _fields(request: Request) -> Fields | None:
    """The fields of a form; ``None`` where it is too large to be read."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_BYTES:
            return None
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def _typed(fields: Fields) -> str:
    return dict(fields).get("quote", "").strip().replace("\r\n", "\n")


def _scope_fields(fields: Fields) -> list[tuple[str, str]]:
    return [pair for pair in fields if pair[0] in _SCOPE]


def _scope(engine: Assistant, fields: Fields) -> Scope:
    return scope_of(urlencode(_scope_fields(fields)), engine.talks())


def _busy(visit: PageVisit, typed: str) -> PageDocument:
    page = lookup_page(visit, typed, notice=messages(visit.lang)("lookup.busy"), status=429)
    return replace(page, headers={"Retry-After": str(BUSY_S)})


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link leads to: a citation by its id, a talk by its id, or the chat, of one talk where
    ``name`` is its id. ``query`` is what the frame's own address takes over."""

    kind: Literal["citation", "talk", "chat"]
    name: str
    query: tuple[tuple[str, str], ...] = ()


class OEmbedRoute:
    """Answers in JSON alone; errors have the one shape of programs' errors."""

    def __init__(self, pages: PageServer) -> None:
        self._pages = pages

    def answered(self, request: Request) -> Response:
        """The document for ``url``, with status and headers as oEmbed's specification has them."""
        try:
            self._pages.count(request)
            document = self._document(request)
        except ApiError as error:
            return error_response(error)
        return JSONResponse(document, headers={"Cache-Control": f"max-age={OEMBED_CACHE_S}"})

    def _document(self, request: Request) -> dict[str, object]:
        asked = request.query_params
        if asked.get("format", "json").lower() != "json":
            raise ApiError(501, "format", "Only JSON is served here.", "Ask for format=json.")
        url = asked.get("url", "")
        if not url:
            raise ApiError(400, "url", "The request names no url.", "Give a link of this server.")
        most = (_limit(request, "maxwidth"), _limit(request, "maxheight"))
        bases = tuple(filter(None, (self._pages.serving.public_url, str(request.base_url))))
        link = linked(url, bases)
        if link is None:
            raise _unknown(url)
        title, author = self._title_and_author(link, self._engine(), url)
        return oembed_document(link, self._pages.visit(request).base, most, title, author)

    def _engine(self) -> Assistant:
        try:
            return self._pages.loading.get(0)
        except TimeoutError:
            raise ApiError(
                503,
                "loading",
                "The library is still loading.",
                "Wait as many seconds as Retry-After says, then ask again.",
                retry_after_s=RETRY_S,
            ) from None
        except VerbatimError as error:
            raise ApiError(503, "failed", str(error), "Tell the operator.") from error

    def _title_and_author(self, link: Linked, engine: Assistant, url: str) -> tuple[str, str]:
        """The title and the author of what a link leads to."""
        if link.kind == "citation":
            try:
                resolved = engine.cited(link.name)
            except SettingsError:
                raise _unknown(url) from None
            if isinstance(resolved, Gone):
                raise _unknown(url)
            citation = citation_at(resolved.place, None)
            return share_title(citation), ", ".join(citation.speakers)
        if self._pages.serving.embed_secret and "token" not in dict(link.query):
            raise ApiError(
                401,
                "token",
                "The chat is shown in frames with an embed token only.",
                "Give a link to /embed with its token.",
            )
        talk = find_talk(engine, link.name) if link.name else None
        if talk is None and link.name:
            raise _unknown(url)
        if talk is None:
            return "Verbatim", ""
        return talk.title, ", ".join(talk.speakers[:TALK_AUTHORS])


def _limit(request: Request, name: str) -> int:
    """A size in pixels; 0 where none is asked for."""
    text = request.query_params.get(name, "0") or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise ApiError(400, name, f"{name} is no number of pixels.", "Give one such as 600.")
    return int(text)


def _unknown(url: str) -> ApiError:
    return ApiError(
        404,
        "not_found",
        f"{url[:200]!r} is no citation, talk or chat of this server.",
        "Give a link that begins with this server's own address.",
    )


def linked(url: str, bases: tuple[str, ...]) -> Linked | None:
    """What an address of ours leads to; ``None`` for a foreign one and for other pages.

    Of ``bases``, the addresses of the root, either scheme will do: a proxy may take off TLS.
    """
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018  raises where it is none
    except ValueError:
        return None
    path = _below(parts.scheme, parts.netloc, parts.path, bases)
    if path is None:
        return None
    asked = parse_qsl(parts.query)
    wishes = tuple(pair for pair in asked if pair[0] in _READERS_WISHES)
    kind, _, rest = path.partition("/")
    name = unquote(rest)
    if kind == "c" and name and "/" not in name:
        return Linked("citation", name, wishes)
    if kind == "talk" and name:
        return Linked("talk", name, (("talk", name), *wishes))
    if path.rstrip("/") == "embed":
        return Linked("chat", dict(asked).get("talk", ""), tuple(asked))
    return None


def _below(scheme: str, site: str, path: str, bases: tuple[str, ...]) -> str | None:
    """The path below the first base that the address lies under, without its first slash."""
    if scheme not in ("http", "https"):
        return None
    for base in bases:
        own = urlsplit(base)
        root = own.path.rstrip("/")
        if site.lower() == own.netloc.lower() and path.startswith(f"{root}/"):
            return path.removeprefix(f"{root}/")
    return None


def oembed_document(link: Linked, base: str, most: Size, title: str, author: str) -> Json:
    """The answer: a frame with the citation's card, or with the chat about the talk."""
    if link.kind == "citation":
        query: tuple[tuple[str, str], ...] = (("card", "1"), *link.query)
        address, size = f"{base}/{citation_path(link.name)}", CARD_SIZE
    else:
        query, address, size = link.query, f"{base}/embed", TALK_SIZE
    source = f"{address}?{urlencode(query)}" if query else address
    width, height = fitted(size, most)
    document: Json = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": "Verbatim",
        "provider_url": f"{base}/",
        "cache_age": OEMBED_CACHE_S,
        "html": render("oembed_frame.html", source=source, width=width, height=height, title=title),
        "width": width,
        "height": height,
    }
    return document | ({"author_name": author} if author else {})


def fitted(size: Size, most: Size) -> Size:
    """The size to offer where the asker has room for ``most``; 0 is no limit."""
    width, height = (
        min(wanted, limit) if limit else wanted for wanted, limit in zip(size, most, strict=True)
    )
    return width, height
